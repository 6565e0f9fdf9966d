# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing a bundle: a BagIt folder with report, findings, rows, graphs and a signature.

The same state of a case gives the same bytes; only the audit log and the signed statement, which
lie outside the tag manifest, tell one export from the next.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graphkit import __version__
from graphkit.bundle.bag import TAG_MANIFEST, seal_bag
from graphkit.bundle.contents import DEFAULT_SCOPE, Beside, audit_lines, bundle_contents
from graphkit.bundle.crate import METADATA, VERIFY_TEXT, crate_metadata
from graphkit.bundle.inputs import bundled_inputs
from graphkit.bundle.leaks import refuse_leaks
from graphkit.bundle.markup import sheet_safe
from graphkit.bundle.names import withheld_names
from graphkit.bundle.parts import all_graphs
from graphkit.bundle.place import workplace
from graphkit.bundle.report import html_report
from graphkit.bundle.rows import stored_rows
from graphkit.bundle.signing import load_key, public_pem, signed_envelope, statement
from graphkit.bundle.verify import AUDIT, ENVELOPE, PUBLIC_KEY
from graphkit.bundle.zipped import SUFFIX, write_zip
from graphkit.case import add_in_full, append_audit, audit, audit_head, load_corpus
from graphkit.case.custody import refuse_changed
from graphkit.errors import BundleError
from graphkit.ids import canonical_json, stable_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from graphkit.bundle.contents import Contents, Scope
    from graphkit.bundle.inputs import Inputs
    from graphkit.bundle.names import Withheld
    from graphkit.case import Case

_BATCH = 50_000  # rows


@dataclass(frozen=True)
class Bundle:
    """A bundle that was written. The SHA-256 of the tag manifest stands for its whole content.

    `unreviewed_count` findings in it have a grade that nobody reviewed; `left_out` says how many
    findings stay out as unreviewed and as rejected.
    """

    path: Path
    tag_manifest_sha256: str
    signed: bool
    unreviewed_count: int
    left_out: Mapping[str, int]


def write_bundle(
    case: Case,
    out: Path,
    *,
    scope: Scope = DEFAULT_SCOPE,
    signing_key: Path | None = None,
    beside: Beside | None = None,
) -> Bundle:
    """The bundle of `scope` of the case, written to the new folder `out`.

    `signing_key` is the PEM file of an Ed25519 key; without it the bundle is unsigned.
    `beside` is what the case does not hold: limits of the methods, and ties between findings. The
    export is noted in the case's audit log. A kill or a refusal leaves no bundle.

    Raises:
        BundleError: `out` is there already, the key cannot be used, the evidence names rows that
            the case does not hold, or a withheld name would leak.
        CaseError: an input is missing or was changed.
        UnknownNameError: no such finding.
    """
    if out.exists():
        raise BundleError(f"{out}: is there already; name a new one")
    key = None if signing_key is None else load_key(signing_key)
    refuse_changed(case)
    if scope.in_full is not None:
        add_in_full(case, reason=scope.in_full.reason, by=scope.in_full.by)
    corpus = load_corpus(case)
    withheld = withheld_names(case, corpus)
    more = Beside() if beside is None else beside
    contents = bundle_contents(corpus, withheld=withheld, scope=scope, ties=more.ties)
    inputs = bundled_inputs(withheld, corpus, wanted=scope.inputs)
    contents = replace(contents, runs=[_with_inputs(run, inputs) for run in contents.runs])
    held = _holds(contents)
    try:
        with workplace(out) as folder:
            root = folder / "bundle"
            digest = _fill(root, contents, more, inputs=inputs)
            del corpus, contents  # the gate reads files
            said = {"tag_manifest_sha256": digest, **held}
            _close(case, root, withheld=withheld, key=key, said=said)
            _place(root, out)
    except OSError as error:
        raise BundleError(f"{out}: cannot be written ({error.strerror})") from error
    return Bundle(out, digest, key is not None, held["unreviewed_findings"], held["left_out"])


def _with_inputs(run: dict[str, Any], inputs: Inputs) -> dict[str, Any]:
    """The run with those of its inputs that the bundle does not hold, by their SHA-256."""
    return {
        **run,
        "withheld_inputs": sorted(inputs.withheld & set(run["recipe"].get("inputs", []))),
    }


def _place(root: Path, out: Path) -> None:
    """Moves the bag to where it was asked for, as one file where that is a zip; by rename."""
    if out.suffix.lower() == SUFFIX:
        packed = root.with_suffix(SUFFIX)
        write_zip(root, packed)
        packed.rename(out)
    else:
        root.rename(out)


def _fill(root: Path, contents: Contents, beside: Beside, *, inputs: Inputs) -> str:
    """The SHA-256 of the tag manifest, after payload and tag files are written."""
    for name, content in _payload(contents, beside):
        _write(root / "data" / name, content)
    _write(root / "data" / "imports.json", _json(inputs.imports))
    for name, path in inputs.files.items():
        (root / "data" / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, root / "data" / name)
    crate = crate_metadata(contents, root / "data", software=__version__)
    _write(root / "data" / METADATA, crate)
    return seal_bag(root, _bag_info(contents))


def _close(
    case: Case,
    root: Path,
    *,
    withheld: Withheld,
    key: Ed25519PrivateKey | None,
    said: Mapping[str, Any],
) -> None:
    """Passes the leak gate, notes the export, adds the audit log and the signature."""
    _write(root / AUDIT, _audit(case, withheld))
    refuse_leaks(withheld, root)
    append_audit(case, "export", {**said, "signed": key is not None})
    log = _audit(case, withheld)
    _write(root / AUDIT, log)
    if key is not None:
        _sign(root, key, said=said, heads=(_head(log), audit_head(case)))


def _payload(contents: Contents, beside: Beside) -> Iterator[tuple[str, bytes | pl.DataFrame]]:
    """Name and content of every payload file but the crate's metadata."""
    yield "findings.jsonl", _json_lines(contents.findings)
    yield "runs.json", _json(contents.runs)
    yield "evidence.parquet", contents.evidence
    yield "evidence.csv", contents.evidence
    for name in ("ties", "judgements", "notes", "searches", "attachments"):
        yield f"{name}.jsonl", _json_lines(getattr(contents, name))
    yield "decisions.jsonl", _json_lines([*contents.decisions, *contents.decisions_in_full])
    yield from ((f"calibration/{name}", table) for name, table in contents.calibration.items())
    for name, rows in contents.rows.items():
        yield f"rows/{name}.parquet", stored_rows(name, rows)
    for trace in contents.traces:
        yield f"traces/{stable_id([trace['query'], trace['claim']])}.json", _json(trace)
    yield from all_graphs(contents)
    yield "report.html", html_report(contents, beside=beside)
    yield "VERIFY.txt", VERIFY_TEXT.encode()


def _holds(contents: Contents) -> dict[str, Any]:
    """What whoever gets the bundle must know before they open it."""
    return {
        "unreviewed_findings": contents.unreviewed_count,
        "left_out": dict(contents.left_out),
        "in_full": contents.in_full,
    }


def _bag_info(contents: Contents) -> dict[str, str]:
    whole = contents.in_full
    texts = "cut" if whole is None else f"in full; {whole['by']}: {whole['reason']}"
    return {
        "Unreviewed-Findings": str(contents.unreviewed_count),
        "Texts-And-Times": " ".join(texts.split()),
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
    root: Path,
    key: Ed25519PrivateKey,
    *,
    said: Mapping[str, Any],
    heads: tuple[Mapping[str, Any], ...],
) -> None:
    """Signs the tag manifest's hash, the head of the bundle's audit log and that of the case's."""
    digest = said["tag_manifest_sha256"]
    predicate = {
        **{name: each for name, each in said.items() if name != "tag_manifest_sha256"},
        "tool": f"graphkit {__version__}",
        "audit_head": heads[0],
        "case_audit_head": heads[1],
    }
    said = statement(TAG_MANIFEST, sha256=digest, predicate=predicate)
    _write(root / ENVELOPE, signed_envelope(said, key))
    _write(root / PUBLIC_KEY, public_pem(key.public_key()).encode())


def _write(path: Path, content: bytes | pl.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        handle.writelines([content] if isinstance(content, bytes) else _stored(path, content))


def _stored(path: Path, frame: pl.DataFrame) -> Iterator[bytes]:
    """The frame as a file of this ending, in memory: polars tells of a full disk in its own way."""
    if path.suffix == ".csv":
        yield frame.clear().write_csv().encode()
        parts = (sheet_safe(part) for part in frame.iter_slices(_BATCH))
        yield from (part.write_csv(include_header=False).encode() for part in parts)
    else:
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", compression_level=3)
        yield buffer.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def _json_lines(records: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(canonical_json(record) + b"\n" for record in records)
