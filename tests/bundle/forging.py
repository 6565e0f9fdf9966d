# SPDX-License-Identifier: GPL-3.0-or-later
"""What a forger does to a bundle: changes it, makes all hashes fit, and signs it anew."""

from __future__ import annotations

import base64
import hashlib
import json

from graphkit.bundle import write
from graphkit.bundle.bag import seal_bag, sha256_of
from graphkit.bundle.signing import load_key
from graphkit.ids import canonical_json


def edited(path, old, new):
    """Replaces the first `old` in the file."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def told(path, change):
    """Rewrites each record of a JSONL file, or drops it where `change` gives None."""
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    kept = [new for new in map(change, records) if new is not None]
    path.write_bytes(b"".join(canonical_json(each) + b"\n" for each in kept))


def chained(log, change):
    """Rewrites the audit log and makes its chain fit again."""
    prev, lines = "0" * 64, []
    for record in map(json.loads, log.read_bytes().splitlines()):
        new = change(record)
        if new is not None:
            lines.append(canonical_json({**new, "prev": prev, "seq": len(lines)}))
            prev = hashlib.sha256(lines[-1]).hexdigest()
    log.write_bytes(b"".join(line + b"\n" for line in lines))


def described(root):
    """Makes the RO-Crate metadata say what the files are now."""
    path = root / "data" / "ro-crate-metadata.json"
    crate = json.loads(path.read_bytes())
    for each in crate["@graph"]:
        if each["@type"] == "File":
            file = root / "data" / each["@id"]
            each |= {"sha256": sha256_of(file), "contentSize": str(file.stat().st_size)}
    path.write_text(json.dumps(crate))


def resealed(root, key_file, *, log=lambda record: record):
    """All hashes made to fit, the last export in the log too, and signed with `key_file`.

    `log` changes each record of the audit log before.
    """
    digest = seal_bag(root, {})
    exports = [
        record["seq"]
        for record in map(json.loads, (root / "audit.jsonl").read_bytes().splitlines())
        if record["event"] == "export"
    ]

    def fitted(record):
        if record["seq"] == exports[-1]:
            return {**record, "detail": {**record["detail"], "tag_manifest_sha256": digest}}
        return log(record)

    chained(root / "audit.jsonl", fitted)
    head = write._head((root / "audit.jsonl").read_bytes())
    said = {**_signed(root), "tag_manifest_sha256": digest}
    write._sign(root, load_key(key_file), said=said, heads=(head, head))


def _signed(root):
    """What the statement says beside hashes and heads."""
    payload = json.loads((root / "bundle.dsse.json").read_bytes())["payload"]
    predicate = json.loads(base64.b64decode(payload))["predicate"]
    return {
        n: v for n, v in predicate.items() if n not in ("tool", "audit_head", "case_audit_head")
    }
