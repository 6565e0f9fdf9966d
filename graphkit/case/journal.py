# SPDX-License-Identifier: GPL-3.0-or-later
"""Append-only JSONL files: what people decide, and the hash-chained audit log."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from graphkit.case.folder import locked
from graphkit.case.pseudonyms import pseudonyms
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from graphkit.case.folder import Case

Record = dict[str, Any]
NO_LINE = "0" * 64


def now() -> str:
    """The time of writing, ISO 8601 in UTC, for records of what people do."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _lines(case: Case, name: str) -> list[bytes]:
    path = case.root / name
    whole = path.read_bytes().split(b"\n") if path.exists() else [b""]
    return whole[:-1]  # what follows the last newline was cut off by a kill: never reported saved


def read_journal(case: Case, name: str) -> list[Record]:
    """The records of the journal `name`, oldest first."""
    return [json.loads(line) for line in _lines(case, name)]


def _append_line(case: Case, name: str, line: bytes) -> None:
    path = case.root / name
    whole = sum(len(each) + 1 for each in _lines(case, name))
    with path.open("ab") as handle:
        handle.truncate(whole)
        handle.write(line + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def append_journal(
    case: Case, name: str, record: Mapping[str, Any], *, event: str, detail: Mapping[str, Any]
) -> Record:
    """The record as saved: `record` with the time `at`. It is on the disk when this returns.

    The audit log gets a line `event` with `detail` and the line's `seal`, so that it shows when the
    journal was edited.
    """
    saved = {**record, "at": now()}
    line = canonical_json(saved)
    with locked(case):
        _append_line(case, name, line)
        append_audit_line(case, event, {**detail, "seal": seal_of(case, line)})
    return saved


def seal_of(case: Case, content: bytes) -> str:
    """A hash of `content` with the case's key: nobody without it can try what was hashed."""
    digest = hashlib.sha256(content).hexdigest()
    return pseudonyms(case, [digest], prefix="seal")[digest]


def seal_of_files(case: Case, paths: Iterable[Path]) -> str:
    """One seal of the contents of the files, in that order."""
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    return seal_of(case, canonical_json(hashes))


def journal_lines(case: Case, name: str) -> list[bytes]:
    """The lines of the journal `name` as they are on the disk, oldest first."""
    return _lines(case, name)


def append_audit(case: Case, event: str, detail: Mapping[str, Any]) -> Record:
    """The audit record as saved: {seq, prev, at, event, detail}.

    `prev` is the SHA-256 of the line before. `detail` names accounts by pseudonym only, for the
    log leaves the case with every bundle.
    """
    with locked(case):
        return append_audit_line(case, event, detail)


def append_audit_line(case: Case, event: str, detail: Mapping[str, Any]) -> Record:
    """As `append_audit`, for a caller that holds the case's lock."""
    lines = _lines(case, "audit.jsonl")
    prev = hashlib.sha256(lines[-1]).hexdigest() if lines else NO_LINE
    saved = {"seq": len(lines), "prev": prev, "at": now(), "event": event, "detail": detail}
    _append_line(case, "audit.jsonl", canonical_json(saved))
    return saved


def audit(case: Case) -> list[Record]:
    """The audit log, oldest first."""
    return read_journal(case, "audit.jsonl")


def audit_head(case: Case) -> Record:
    """{seq, sha256} of the last line of the audit log; seq -1 when it is empty."""
    lines = _lines(case, "audit.jsonl")
    digest = hashlib.sha256(lines[-1]).hexdigest() if lines else NO_LINE
    return {"seq": len(lines) - 1, "sha256": digest}
