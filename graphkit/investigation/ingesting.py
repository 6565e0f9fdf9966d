# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing files into a case, with a ledger in which every row is accounted for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case import append_audit, locked, save_import, source_records, stored
from graphkit.errors import InputError, UnknownNameError
from graphkit.investigation.plugins import importer, importers
from graphkit.reading.importer import ReadOptions
from graphkit.reading.tables import identity
from graphkit.tables import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphkit.case import Case
    from graphkit.reading.importer import Importer, Reading


@dataclass(frozen=True)
class Ledger:
    """What became of the rows of one file: accepted + duplicate + rejected = rows_read.

    `rejects` and `warnings` are lists of {line, reason}, `duplicates` of {line, first}. When the
    same bytes were imported before, nothing was changed and `is_known` is True.
    """

    file: str
    importer: str
    why: str
    tables: tuple[str, ...]
    rows_read: int
    accepted: int
    rejects: list[dict[str, Any]] = field(repr=False)
    duplicates: list[dict[str, Any]] = field(repr=False)
    warnings: list[dict[str, Any]] = field(repr=False)
    notes: tuple[str, ...] = ()
    is_known: bool = False


def recognised(path: Path) -> tuple[Importer, str]:
    """The importer that fits the file, and why.

    Raises:
        InputError: none fits.
    """
    for each in importers().values():
        why = each.suits(path)
        if why is not None:
            return each, why
    raise InputError(
        f"{path.name}: no importer knows this format; name a table and a column map with "
        "--table and --map, or see graphkit formats"
    )


def _reading(path: Path, name: str | None, options: ReadOptions) -> tuple[Importer, str, Reading]:
    if path.is_dir():
        raise InputError(f"{path.name}: is a folder; name the files in it")
    if name is not None:
        chosen, why = importer(name), "named by --format"
    elif options.columns or options.table is not None:
        chosen, why = importer("canonical"), "a table or a map was given"
    else:
        chosen, why = recognised(path)
    return chosen, why, chosen.read(path, options)


def ingest(
    case: Case,
    paths: Sequence[Path],
    *,
    options: ReadOptions | None = None,
    importer_name: str | None = None,
    collection: str = "unknown",
) -> list[Ledger]:
    """A ledger for each of the files, imported into the case. All files are read before any counts.

    Raises:
        InputError: a file cannot be read; the case is as it was.
        UnknownNameError: no such importer or way of collection.
    """
    if collection not in COLLECTIONS:
        raise UnknownNameError.among("way of collection", collection, COLLECTIONS)
    told = ReadOptions() if options is None else options
    read = [(path, *_reading(path, importer_name, told)) for path in paths]
    with locked(case):
        ledgers = [_saved(case, each, options=told, collection=collection) for each in read]
    for ledger in ledgers:
        counts = {"rows_read": ledger.rows_read, "accepted": ledger.accepted}
        append_audit(case, "import", {"importer": ledger.importer, **counts})
    return ledgers


def _new(case: Case, table: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that the case does not have, and the lines of those that it has."""
    key = list(identity(table))
    known = stored(case, table).select(key).unique()
    again = frame.join(known, on=key, how="semi", nulls_equal=True)
    fresh = frame.join(known, on=key, how="anti", nulls_equal=True)
    return fresh, again.select(line="source_line")


def _saved(
    case: Case,
    read: tuple[Path, Importer, str, Reading],
    *,
    options: ReadOptions,
    collection: str,
) -> Ledger:
    path, chosen, why, reading = read
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    main = next(iter(reading.tables))
    is_known = any(record["sha256"] == sha256 for record in source_records(case))
    fresh, again = {}, []
    for name, frame in reading.tables.items():
        named = frame.with_columns(source_id=pl.lit(sha256[:16]))
        fresh[name], lines = _new(case, name, named)
        again += [{**row, "first": None} for row in lines.to_dicts()] if name == main else []
    ledger = Ledger(
        file=path.name,
        importer=chosen.name,
        why=why,
        tables=tuple(reading.tables),
        rows_read=reading.rows_read,
        accepted=fresh[main].height,
        rejects=reading.rejects.to_dicts(),
        duplicates=sorted(reading.duplicates.to_dicts() + again, key=lambda row: row["line"]),
        warnings=reading.warnings.to_dicts(),
        notes=reading.notes,
        is_known=is_known,
    )
    if not is_known:
        record = _source_record(ledger, sha256, options=options, collection=collection)
        save_import(case, content, record=record, tables=fresh)
    return ledger


def _source_record(
    ledger: Ledger, sha256: str, *, options: ReadOptions, collection: str
) -> dict[str, Any]:
    """The import record: the columns of `sources`, what was said of the file, and its problems."""
    at = options.collected_at
    return {
        "source_id": sha256[:16],
        "file": ledger.file,
        "sha256": sha256,
        "importer": ledger.importer,
        "collection": collection,
        "collected_at": None if at is None else at.isoformat(),
        "rows_read": ledger.rows_read,
        "accepted": ledger.accepted,
        "duplicate": len(ledger.duplicates),
        "rejected": len(ledger.rejects),
        "tables": ledger.tables,
        "options": {
            "platform": options.platform,
            "table": options.table,
            "tz": options.tz,
            "date_order": options.date_order,
            "columns": dict(options.columns),
        },
        "rejects": ledger.rejects,
        "duplicates": ledger.duplicates,
        "warnings": ledger.warnings,
        "notes": ledger.notes,
    }
