# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking a bundle offline, without the case: hashes, signature, audit chain, finding ids."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.bag import MANIFEST, TAG_MANIFEST, bag_problems, sha256_of
from graphkit.bundle.evidence import evidence_keys, finding_id_of, shown_evidence
from graphkit.bundle.log_checks import log_problems
from graphkit.bundle.record_checks import record_problems
from graphkit.bundle.signing import fingerprint, load_public_key, opened_envelope
from graphkit.bundle.ties import tied_keys
from graphkit.bundle.zipped import bundle_folder, zip_problems
from graphkit.errors import BundleError
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.bundle.record_checks import Outcomes

AUDIT = "audit.jsonl"
ENVELOPE = "bundle.dsse.json"
PUBLIC_KEY = "public-key.pem"
NO_LINE = "0" * 64
_BESIDE = frozenset({AUDIT, ENVELOPE, PUBLIC_KEY})


@dataclass(frozen=True)
class Verification:
    """What a check found. `ok` when there are no problems.

    `tag_manifest_sha256` stands for the whole content of the bundle that was checked.

    `signer` is the fingerprint (SHA-256) of the key that signed, None when the bundle is unsigned.
    A bundle that somebody made anew and signed with another key is whole too: compare the
    fingerprint with the one that the sender told you, or give their public key.
    """

    ok: bool
    problems: tuple[str, ...]
    signed: bool
    signer: str | None
    tag_manifest_sha256: str | None = None


def verify_bundle(
    path: Path,
    *,
    allow_unsigned: bool = False,
    public_key: Path | None = None,
    outcomes: Outcomes | None = None,
) -> Verification:
    """What is wrong with the bundle `path`, a folder or a zip; `public_key` is its sender's PEM.

    `outcomes` says by kind and outcome whether it accuses; others are taken as they are.

    Raises:
        BundleError: there is no bundle in it, or `public_key` is not a key.
    """
    expected = None if public_key is None else fingerprint(load_public_key(public_key))
    told = _Told(expected, allow_unsigned, {} if outcomes is None else outcomes)
    unsafe = zip_problems(path) if path.is_file() else []
    if unsafe:
        return Verification(ok=False, problems=tuple(unsafe), signed=False, signer=None)
    with bundle_folder(path) as root:
        return _verified(root, path, told)


@dataclass(frozen=True)
class _Told:
    """What the reader says: the sender's fingerprint, if known, and what may pass."""

    expected: str | None
    allow_unsigned: bool
    outcomes: Outcomes


def _verified(path: Path, given: Path, told: _Told) -> Verification:
    """What is wrong with the bundle in the folder `path`, which the reader calls `given`."""
    if not any((path / name).is_file() for name in (MANIFEST, TAG_MANIFEST, "bagit.txt")):
        raise BundleError(f"{given}: is not a bundle; it holds no {MANIFEST}")
    problems = bag_problems(path, _BESIDE)
    signer, predicate, wrong = _signature(path, told.expected)
    problems += wrong
    signed = (path / ENVELOPE).is_file()
    if not signed and (told.expected is not None or not told.allow_unsigned):
        problems.append("unsigned: nothing says who made it; allow it only if you made it yourself")
    broken = _audit_problems(path, predicate.get("audit_head"))
    problems += broken or log_problems(path, predicate)
    problems += _content_problems(path / "data", told.outcomes)
    tags = path / TAG_MANIFEST
    digest = sha256_of(tags) if tags.is_file() else None
    return Verification(not problems, tuple(dict.fromkeys(problems)), signed, signer, digest)


def signed_head(path: Path) -> dict[str, Any]:
    """{seq, sha256} of the last line that the case's audit log had when `path` was signed.

    Raises:
        BundleError: there is no bundle in it, or nobody signed it.
    """
    with bundle_folder(path) as root:
        signer, predicate, problems = _signature(root, None)
    if signer is None or problems or not isinstance(predicate.get("case_audit_head"), dict):
        raise BundleError(f"{path}: holds no signed head of an audit log; verify it first")
    return dict(predicate["case_audit_head"])


def _signature(path: Path, expected: str | None) -> tuple[str | None, dict[str, Any], list[str]]:
    """Who signed, what the signed statement says, and what is wrong with it."""
    envelope, pem = path / ENVELOPE, path / PUBLIC_KEY
    if not envelope.is_file():
        removed = [f"{ENVELOPE}: missing, though {PUBLIC_KEY} is there"] if pem.is_file() else []
        return None, {}, removed
    try:
        key = load_public_key(pem)
        said = opened_envelope(envelope.read_bytes(), key)
        digest = said["subject"][0]["digest"]["sha256"]
        name, predicate = said["subject"][0]["name"], dict(said["predicate"])
    except BundleError as error:
        return None, {}, [f"{ENVELOPE}: bad signature: {error}"]
    except (KeyError, IndexError, TypeError, ValueError):
        return None, {}, [f"{ENVELOPE}: bad signature: the statement is of no bundle"]
    problems = []
    if expected not in (None, fingerprint(key)):
        problems.append(f"{ENVELOPE}: signed by another key, {fingerprint(key)}")
    tags = path / TAG_MANIFEST
    if name != TAG_MANIFEST or not tags.is_file() or sha256_of(tags) != digest:
        problems.append(f"{TAG_MANIFEST}: is not the one that was signed")
    return fingerprint(key), predicate, problems


def _audit_problems(path: Path, head: object) -> list[str]:
    """Where the hash chain of the audit log breaks, and whether it ends at the signed head."""
    log = path / AUDIT
    if not log.is_file() or log.is_symlink():
        return [f"{AUDIT}: missing"]
    prev, lines = NO_LINE, log.read_bytes().splitlines()
    for seq, line in enumerate(lines):
        try:
            record = json.loads(line)
            follows = record["seq"] == seq and record["prev"] == prev
        except (ValueError, KeyError, TypeError):
            follows = False
        if not follows:
            return [f"{AUDIT}: line {seq + 1} does not follow the line before"]
        prev = hashlib.sha256(line).hexdigest()
    if head is not None and head != {"seq": len(lines) - 1, "sha256": prev}:
        return [f"{AUDIT}: does not end where it did when it was signed"]
    return []


def _content_problems(data: Path, outcomes: Outcomes) -> list[str]:
    """Findings whose ids, numbers or evidence do not fit the rows or the runs."""
    try:
        return [*_finding_problems(data), *record_problems(data, outcomes)]
    except FileNotFoundError:
        return ["data/: a file that every bundle of findings holds is missing"]
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return ["data/findings.jsonl: findings and rows cannot be read together"]


def _finding_problems(data: Path) -> Iterator[str]:
    records = [json.loads(x) for x in (data / "findings.jsonl").read_bytes().splitlines()]
    rows = pl.read_parquet(data / "evidence.parquet")
    keys, first = evidence_keys(rows), shown_evidence(rows)
    counts = {(run, name): n for run, name, n in rows.group_by("run_id", "finding_id").len().rows()}
    for record in records:
        name = record["bundle_finding_id"]
        own = (record["run_id"], name)
        if finding_id_of(record["kind"], record["subjects"], keys.pop(own, "")) != name:
            yield f"finding {name}: its id does not fit its subjects and rows"
        held = (counts.pop(own, 0), first.pop(own, []))
        if (record["evidence_count"], record["evidence"]) != held:
            yield f"finding {name}: the evidence it shows is not that in evidence.parquet"
    for _, name in sorted(counts):
        yield f"finding {name}: has rows in evidence.parquet and no record"
    yield from _row_problems(data, rows.select("table", "key"), "evidence")
    yield from _tie_problems(data, {record["bundle_finding_id"] for record in records})


def _tie_problems(data: Path, names: set[str]) -> Iterator[str]:
    """Ties to findings or of rows that the bundle does not hold."""
    path = data / "ties.jsonl"
    if not path.is_file():  # a bundle made before ties were in it
        return
    ties = [json.loads(line) for line in path.read_bytes().splitlines()]
    for tie in ties:
        ends = {tie["bundle_finding_id"], tie["bundle_other_id"]}
        for name in sorted(ends - names - {None}):
            yield f"data/ties.jsonl: a tie to finding {name}, which is not in the bundle"
    yield from _row_problems(data, tied_keys(ties), "ties")


def _row_problems(data: Path, rows: pl.DataFrame, what: str) -> Iterator[str]:
    """Rows that `what` names (table, key) and the bundle does not hold."""
    for (name,), part in sorted(rows.partition_by("table", as_dict=True).items()):
        table = TABLES[str(name)]
        held = pl.read_parquet(data / "rows" / f"{name}.parquet").select(table.row_key())
        lost = part.select("key").unique().join(held, on="key", how="anti").height
        if lost:
            yield f"data/rows/{name}.parquet: lacks {lost} rows of {what}"
