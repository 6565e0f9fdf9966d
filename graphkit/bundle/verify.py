# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking a bundle offline, without the case: hashes, signature, audit chain, finding ids."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.bag import MANIFEST, TAG_MANIFEST, bag_problems, sha256_of
from graphkit.bundle.contents import finding_id_of, shown_evidence
from graphkit.bundle.signing import fingerprint, load_public_key, opened_envelope
from graphkit.bundle.ties import tied_keys
from graphkit.errors import BundleError
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AUDIT = "audit.jsonl"
ENVELOPE = "bundle.dsse.json"
PUBLIC_KEY = "public-key.pem"
NO_LINE = "0" * 64
_BESIDE = frozenset({AUDIT, ENVELOPE, PUBLIC_KEY})


@dataclass(frozen=True)
class Verification:
    """What a check found. `ok` when there are no problems.

    `signer` is the fingerprint (SHA-256) of the key that signed, None when the bundle is unsigned.
    A bundle that somebody made anew and signed with another key is whole too: compare the
    fingerprint with the one that the sender told you, or give their public key.
    """

    ok: bool
    problems: tuple[str, ...]
    signed: bool
    signer: str | None


def verify_bundle(
    path: Path, *, allow_unsigned: bool = False, public_key: Path | None = None
) -> Verification:
    """What is wrong with the bundle in the folder `path`; `public_key` is the PEM of its sender.

    Raises:
        BundleError: the folder is not a bundle, or `public_key` is not a key.
    """
    if not any((path / name).is_file() for name in (MANIFEST, TAG_MANIFEST, "bagit.txt")):
        raise BundleError(f"{path}: is not a bundle; it holds no {MANIFEST}")
    expected = None if public_key is None else fingerprint(load_public_key(public_key))
    problems = bag_problems(path, _BESIDE)
    signer, predicate, wrong = _signature(path, expected)
    problems += wrong
    signed = (path / ENVELOPE).is_file()
    if not signed and (expected is not None or not allow_unsigned):
        problems.append("unsigned: nothing says who made it; allow it only if you made it yourself")
    problems += _audit_problems(path, predicate.get("audit_head"))
    problems += _content_problems(path / "data")
    return Verification(not problems, tuple(dict.fromkeys(problems)), signed, signer)


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


def _content_problems(data: Path) -> list[str]:
    """Findings whose ids or evidence do not fit the rows."""
    try:
        return list(_finding_problems(data))
    except FileNotFoundError:
        return ["data/: a file that every bundle of findings holds is missing"]
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return ["data/findings.jsonl: findings and rows cannot be read together"]


def _finding_problems(data: Path) -> Iterator[str]:
    records = [json.loads(x) for x in (data / "findings.jsonl").read_bytes().splitlines()]
    rows = pl.read_parquet(data / "evidence.parquet")
    parts = rows.partition_by("run_id", "finding_id", as_dict=True)
    for record in records:
        name = record["bundle_finding_id"]
        own = parts.pop((record["run_id"], name), rows.clear())
        if finding_id_of(record["kind"], record["subjects"], own) != name:
            yield f"finding {name}: its id does not fit its subjects and rows"
        if (record["evidence_count"], record["evidence"]) != (own.height, shown_evidence(own)):
            yield f"finding {name}: the evidence it shows is not that in evidence.parquet"
    for _, name in parts:
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
