# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing files into a case, with a ledger in which every row is accounted for."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case import append_audit, locked, save_import, source_records, stored
from graphkit.errors import InputError, ParameterError, UnknownNameError
from graphkit.investigation.plugins import importer, importers
from graphkit.reading.importer import ReadOptions
from graphkit.reading.tables import identity
from graphkit.tables import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphkit.case import Case
    from graphkit.reading.importer import Importer, Reading

PLATFORM = r"[\w.-]+"


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
    if os.path.isdir(path):  # noqa: PTH112  Path.is_dir raises for a name that is too long
        raise InputError(f"{path.name}: is a folder; name the files in it")
    if name is not None:
        chosen, why = importer(name), "named by --format"
    elif options.columns or options.table is not None:
        chosen, why = importer("canonical"), "a table or a map was given"
    else:
        chosen, why = recognised(path)
    try:
        return chosen, why, chosen.read(path, options)
    except InputError as error:
        where = "" if str(error).startswith(path.name) else f"{path.name}: "
        raise InputError(f"{where}{error}") from error
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"{path.name}: has columns of types that {chosen.name} cannot read; export it as CSV"
        ) from error


def ingest(
    case: Case,
    paths: Sequence[Path],
    *,
    options: ReadOptions | None = None,
    importer_name: str | None = None,
    collection: str = "unknown",
) -> list[Ledger]:
    """A ledger for each of the files, imported into the case. All files are read before any counts.

    A file of which no row is accepted leaves nothing behind. The same bytes can be imported again
    with other options; only rows that the case does not have yet are then accepted.

    Raises:
        InputError: a file cannot be read; the case is as it was.
        UnknownNameError: no such importer or way of collection.
        ParameterError: the platform has characters that no id can begin with.
    """
    if collection not in COLLECTIONS:
        raise UnknownNameError.among("way of collection", collection, COLLECTIONS)
    told = ReadOptions() if options is None else options
    if told.platform is not None and not re.fullmatch(PLATFORM, told.platform):
        raise ParameterError(f"{told.platform!r} is no name of a platform; write weibo")
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
    told = _told(chosen.name, options, collection)
    earlier = [each for each in source_records(case) if each["sha256"] == sha256]
    # The same bytes, told otherwise, may give rows that were rejected: that is another import.
    source_id = f"{sha256[:16]}-{len(earlier) + 1}" if earlier else sha256[:16]
    main = next(iter(reading.tables))
    fresh, again = {}, []
    for name, frame in reading.tables.items():
        fresh[name], lines = _new(case, name, frame.with_columns(source_id=pl.lit(source_id)))
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
        is_known=any(each["told"] == told for each in earlier),
    )
    brings = ledger.accepted if earlier else ledger.rows_read - len(ledger.rejects)
    if brings and not ledger.is_known:
        record = {**_source_record(ledger, told), "source_id": source_id, "sha256": sha256}
        save_import(case, content, record=record, tables=fresh)
    return ledger


def _told(importer_name: str, options: ReadOptions, collection: str) -> dict[str, Any]:
    """What was said of a file and is not in it; with the file's bytes it makes the rows."""
    at = options.collected_at
    return {
        "importer": importer_name,
        "collection": collection,
        "collected_at": None if at is None else at.isoformat(),
        "platform": options.platform,
        "table": options.table,
        "tz": options.tz,
        "date_order": options.date_order,
        "columns": dict(options.columns),
    }


def _source_record(ledger: Ledger, told: dict[str, Any]) -> dict[str, Any]:
    """What the import record says: what was told, counts, and each problem with its line."""
    return {
        "told": told,
        **{name: told[name] for name in ("importer", "collection", "collected_at")},
        "file": ledger.file,
        "rows_read": ledger.rows_read,
        "accepted": ledger.accepted,
        "duplicate": len(ledger.duplicates),
        "rejected": len(ledger.rejects),
        "tables": ledger.tables,
        "rejects": ledger.rejects,
        "duplicates": ledger.duplicates,
        "warnings": ledger.warnings,
        "notes": ledger.notes,
    }
