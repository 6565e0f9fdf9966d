# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports on disk. One command is one batch, and a batch is in the case whole or not at all.

Its files are made in a hidden folder of the case and then moved, each to its place; last comes the
record `inputs/<batch_id>.json`. From that moment the import counts. What a kill leaves (files that
no record names, an audit line still to be written) is put right by `settle`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from graphkit.case.folder import locked, write_file
from graphkit.case.journal import append_audit_line, audit
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphkit.case.folder import Case

Record = dict[str, Any]
STAGING = ".staging-"
COPY = re.compile("[0-9a-f]{64}")
SYNCED_SINGLY = 32
LEDGER = pl.Schema(
    {
        "source_id": pl.String(),
        "line": pl.Int64(),
        "outcome": pl.String(),  # rejected, duplicate or warning
        "reason": pl.String(),
        "first": pl.Int64(),
    }
)


def batch_records(case: Case) -> list[Record]:
    """The records of the imports, sorted by batch_id: {batch_id, sources}."""
    found = [orjson.loads(f.read_bytes()) for f in (case.root / "inputs").glob("*.json")]
    return sorted(found, key=lambda record: str(record["batch_id"]))


def source_records(case: Case) -> list[Record]:
    """What is on record of each imported file, sorted by source_id.

    The columns of `sources`, and batch_id; `told`, all that was said of the file; `notes`; and
    `reasons`: for "rejected" and "warning" a list of [reason, how often, first five lines]. Each
    single row that was not plainly accepted is in `ledger_rows`.
    """
    return sources_of(batch_records(case))


def sources_of(records: Sequence[Record]) -> list[Record]:
    """`source_records` of batch records that were read already."""
    found = [
        {**each, "batch_id": record["batch_id"]} for record in records for each in record["sources"]
    ]
    return sorted(found, key=lambda each: str(each["source_id"]))


def ledger_rows(case: Case, batch_id: str) -> pl.DataFrame:
    """The rows of an import that were rejected, repeat another, or got a warning.

    Columns source_id, line, outcome (rejected, duplicate, warning), reason, and first, the line of
    the same file that a duplicate repeats. Sorted by source_id, line and outcome.
    """
    path = case.root / "inputs" / f"{batch_id}.ledger.parquet"
    return pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=LEDGER)


@contextlib.contextmanager
def staging(case: Case) -> Iterator[Path]:
    """A new hidden folder of the case, held until the end, when it is removed."""
    with locked(case):
        folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=case.root))
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def save_import(case: Case, staged: Path, *, record: Mapping[str, Any]) -> None:
    """Moves every file of `staged`, a folder laid out like the case, then writes the record.

    `staged` has the read-only copies (inputs/<sha256>), the ledger
    (inputs/<batch_id>.ledger.parquet) and the rows (tables/<table>/<batch_id>.parquet). The caller
    holds the case's lock.
    """
    made = sorted(path for path in staged.rglob("*") if path.is_file())
    _to_disk(made)
    for path in made:
        place = case.root / path.relative_to(staged)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
    write_file(case.root / "inputs" / f"{record['batch_id']}.json", canonical_json(record))
    append_audit_line(case, "import", _audited(record))


def settle(case: Case) -> None:
    """Puts right what a killed import left; does nothing where none was."""
    if not _left(case):
        return
    with locked(case):
        left, records = _left(case), batch_records(case)
        if not left:
            return
        noted = {each["detail"].get("batch_id") for each in audit(case)}
        for record in records:
            if record["batch_id"] not in noted:
                append_audit_line(case, "import", _audited(record))
        for path in _orphans(case, records):
            path.unlink(missing_ok=True)
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)


def _audited(record: Mapping[str, Any]) -> Record:
    sources = record["sources"]
    return {
        "batch_id": record["batch_id"],
        "importer": ", ".join(sorted({each["importer"] for each in sources})),
        "files": len(sources),
        **{name: sum(each[name] for each in sources) for name in ("rows_read", "accepted")},
    }


def _to_disk(files: Sequence[Path]) -> None:
    if len(files) > SYNCED_SINGLY:  # 16,000 single ones take minutes
        os.sync()
        return
    for path in files:
        with path.open("rb") as handle:
            os.fsync(handle.fileno())


def _left(case: Case) -> list[Path]:
    """Staging folders that no process holds any more."""
    found = []
    for folder in case.root.glob(f"{STAGING}*"):
        with contextlib.suppress(FileNotFoundError, BlockingIOError):  # gone, or in use
            handle = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found.append(folder)
            finally:
                os.close(handle)
    return found


def _orphans(case: Case, records: Sequence[Record]) -> Iterator[Path]:
    """Files that no record names: rows, copies and ledgers of imports that never counted."""
    batches = {str(record["batch_id"]) for record in records}
    copies = {str(each["sha256"]) for record in records for each in record["sources"]}
    for path in (case.root / "tables").glob("*/*.parquet"):
        if path.stem not in batches:
            yield path
    for path in (case.root / "inputs").iterdir():
        name = path.name
        is_copy = COPY.fullmatch(name) and name not in copies
        is_ledger = name.endswith(".ledger.parquet") and name.split(".")[0] not in batches
        if path.is_file() and (is_copy or is_ledger or name.endswith(".part")):
            yield path
