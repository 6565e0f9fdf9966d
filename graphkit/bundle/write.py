# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing a bundle: a BagIt folder with report, findings, rows, graphs and a signature.

The same state of a case gives the same bytes; only the audit log and the signed statement, which
lie outside the tag manifest, tell one export from the next.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit import __version__
from graphkit.bundle.bag import TAG_MANIFEST, seal_bag
from graphkit.bundle.contents import Beside, audit_lines, bundle_contents
from graphkit.bundle.crate import METADATA, VERIFY_TEXT, crate_metadata
from graphkit.bundle.graphfiles import gexf, graphml
from graphkit.bundle.leaks import refuse_leaks
from graphkit.bundle.links import evidence_graph, own_rows
from graphkit.bundle.markup import sheet_safe
from graphkit.bundle.names import withheld_names
from graphkit.bundle.report import html_report
from graphkit.bundle.report_finding import own_evidence
from graphkit.bundle.rows import stored_rows
from graphkit.bundle.signing import load_key, public_pem, signed_envelope, statement
from graphkit.bundle.verify import AUDIT, ENVELOPE, PUBLIC_KEY
from graphkit.case import append_audit, audit, audit_head, load_corpus
from graphkit.errors import BundleError
from graphkit.ids import canonical_json, stable_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import polars as pl
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from graphkit.bundle.contents import Contents
    from graphkit.bundle.names import Withheld
    from graphkit.case import Case


@dataclass(frozen=True)
class Bundle:
    """A bundle that was written. The SHA-256 of the tag manifest stands for its whole content."""

    path: Path
    tag_manifest_sha256: str
    signed: bool


def write_bundle(
    case: Case,
    out: Path,
    *,
    finding_ids: Collection[str] | None = None,
    signing_key: Path | None = None,
    beside: Beside | None = None,
) -> Bundle:
    """The bundle of the findings `finding_ids` (all when None), written to the new folder `out`.

    `signing_key` is the PEM file of an Ed25519 key; without it the bundle is unsigned.
    `beside` is what the case does not hold: limits of the methods, and ties between findings. The
    export is noted in the case's audit log. A kill or a refusal leaves no bundle.

    Raises:
        BundleError: `out` is there already, the key cannot be used, the evidence names rows that
            the case does not hold, or a withheld name would leak.
        UnknownNameError: no such finding.
    """
    if out.exists():
        raise BundleError(f"{out}: is there already; name a new folder")
    key = None if signing_key is None else load_key(signing_key)
    corpus = load_corpus(case)
    withheld = withheld_names(case, corpus)
    more = Beside() if beside is None else beside
    contents = bundle_contents(corpus, withheld=withheld, finding_ids=finding_ids, ties=more.ties)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
            root = Path(folder) / "bundle"
            digest = _fill(root, contents, more.limits)
            _close(case, root, withheld=withheld, key=key, digest=digest)
            root.rename(out)
    except OSError as error:
        raise BundleError(f"{out}: cannot be written ({error.strerror})") from error
    return Bundle(out, digest, key is not None)


def _fill(root: Path, contents: Contents, limits: Mapping[str, Sequence[str]]) -> str:
    """The SHA-256 of the tag manifest, after payload and tag files are written."""
    for name, content in _payload(contents, limits):
        _write(root / "data" / name, content)
    crate = crate_metadata(contents, root / "data", software=__version__)
    _write(root / "data" / METADATA, crate)
    return seal_bag(root, _bag_info(contents))


def _close(
    case: Case, root: Path, *, withheld: Withheld, key: Ed25519PrivateKey | None, digest: str
) -> None:
    """Passes the leak gate, notes the export, adds the audit log and the signature."""
    _write(root / AUDIT, _audit(case, withheld))
    refuse_leaks(withheld, root)
    said = {"tag_manifest_sha256": digest, "signed": key is not None}
    append_audit(case, "export", said)
    log = _audit(case, withheld)
    _write(root / AUDIT, log)
    if key is not None:
        _sign(root, key, digest=digest, heads=(_head(log), audit_head(case)))


def _payload(
    contents: Contents, limits: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, bytes]]:
    """Name and content of every payload file but the crate's metadata."""
    yield "findings.jsonl", _json_lines(contents.findings)
    yield "runs.json", _json(contents.runs)
    yield "evidence.parquet", _parquet(contents.evidence)
    yield "evidence.csv", sheet_safe(contents.evidence).write_csv().encode()
    for name in ("ties", "judgements", "notes", "decisions", "searches"):
        yield f"{name}.jsonl", _json_lines(getattr(contents, name))
    for name, rows in contents.rows.items():
        yield f"rows/{name}.parquet", _parquet(stored_rows(name, rows))
    for trace in contents.traces:
        yield f"traces/{stable_id([trace['query'], trace['claim']])}.json", _json(trace)
    yield from _graphs(contents)
    yield "report.html", html_report(contents, limits=limits)
    yield "VERIFY.txt", VERIFY_TEXT.encode()


def _graphs(contents: Contents) -> Iterator[tuple[str, bytes]]:
    for record in contents.findings:
        own = own_rows(contents.rows, own_evidence(contents, record))
        graph = evidence_graph(contents.rows, own)
        if graph is not None:
            stem = f"graphs/{record['bundle_finding_id']}-{record['run_id']}"
            yield f"{stem}.graphml", graphml(graph.nodes, graph.edges, directed=True)
            yield f"{stem}.gexf", gexf(graph.nodes, graph.edges, directed=True)


def _bag_info(contents: Contents) -> dict[str, str]:
    return {
        "Bag-Software-Agent": f"graphkit {__version__}",
        "Bagging-Date": contents.date,
        "External-Description": f"Evidence bundle: {contents.name}",
    }


def _audit(case: Case, withheld: Withheld) -> bytes:
    return b"".join(line + b"\n" for line in audit_lines(withheld, audit(case)))


def _head(log: bytes) -> dict[str, Any]:
    lines = log.splitlines()
    return {"seq": len(lines) - 1, "sha256": hashlib.sha256(lines[-1]).hexdigest()}


def _sign(
    root: Path, key: Ed25519PrivateKey, *, digest: str, heads: tuple[Mapping[str, Any], ...]
) -> None:
    """Signs the tag manifest's hash, the head of the bundle's audit log and that of the case's."""
    predicate = {
        "tool": f"graphkit {__version__}",
        "audit_head": heads[0],
        "case_audit_head": heads[1],
    }
    said = statement(TAG_MANIFEST, sha256=digest, predicate=predicate)
    _write(root / ENVELOPE, signed_envelope(said, key))
    _write(root / PUBLIC_KEY, public_pem(key.public_key()).encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def _json_lines(records: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(canonical_json(record) + b"\n" for record in records)


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=3)
    return buffer.getvalue()
