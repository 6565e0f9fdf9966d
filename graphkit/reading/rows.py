# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows and records of files of any form: a sample of them, frames of them, or one after another."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.reading.columnar import parquet_columns, parquet_rows
from graphkit.reading.databases import database_rows, table_names
from graphkit.reading.delimited import delimited_rows, header
from graphkit.reading.documents import document_records, document_sample
from graphkit.reading.forms import Source, source
from graphkit.reading.importer import Sample
from graphkit.reading.json_lines import line_rows, object_rows, values
from graphkit.reading.opening import bare_name, guarded
from graphkit.reading.shapes import Record, Records, Refused, Rows
from graphkit.reading.workbooks import sheet_header, sheet_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from graphkit.reading.importer import ReadOptions

__all__ = ["TABULAR", "Record", "Records", "Refused", "Rows", "records", "sampled", "table_rows"]

TABULAR = {"delimited", "json-lines", "parquet", "excel"}
SAMPLED = 20
SAMPLED_CHARACTERS = 4096


def sampled(path: Path, options: ReadOptions | None = None) -> Sample:
    """The beginning of the file.

    Of JSON Lines, and of a document that is an array, `columns` are the keys of its first objects.

    Raises:
        InputError: it cannot be opened, is empty, is not what its name says, or is text in an
            encoding that the person must tell.
    """
    with guarded(path):
        found = source(path, options)
        objects = _objects(found)
        columns = _columns(found, objects, sheet=None if options is None else options.sheet)
    text = found.beginning[:SAMPLED_CHARACTERS].removeprefix("\ufeff")
    return Sample(path, bare_name(path), found.form, tuple(columns), objects, text)


def _objects(found: Source) -> tuple[Any, ...]:
    if found.form == "json":
        return document_sample(found)
    if found.form == "json-lines":
        first = (value for _, value in islice(values(found), SAMPLED))
        return tuple(value for value in first if not isinstance(value, Refused))
    return ()


def _columns(found: Source, objects: Sequence[Any], *, sheet: str | None) -> Sequence[str]:
    if found.form == "delimited":
        return header(found)
    if found.form == "parquet":
        return parquet_columns(found.path)
    if found.form == "excel":
        return sheet_header(found.path, sheet)
    if found.form == "sqlite":
        return table_names(found.path)
    if found.form == "json" and not found.beginning.lstrip("\ufeff \t\r\n").startswith("["):
        return ()
    dicts = [value for value in objects if isinstance(value, dict)]
    return list(dict.fromkeys(key for value in dicts for key in value))


def table_rows(path: Path, options: ReadOptions, *, short_rows: bool = False) -> Iterator[Rows]:
    """The rows of a table of any form, some at a time, as they are read.

    CSV and TSV; JSON Lines, or a document that is an array; Parquet; the sheet or the table
    `options.sheet` of a workbook or database. With `short_rows` a row of CSV with fewer cells than
    the header lacks the last ones; else it is rejected.

    Raises:
        InputError: it cannot be opened, has no rows, or is of another form.
    """
    with guarded(path):
        found = source(path, options)
        for number, rows in enumerate(_rows(found, options.sheet, short_rows=short_rows)):
            notes = {**rows.notes, **found.notes} if number == 0 else rows.notes
            yield Rows(rows.frame, rows.rejects, rows.rows_read, notes)


def _rows(found: Source, sheet: str | None, *, short_rows: bool) -> Iterator[Rows]:
    if found.form == "delimited":
        return delimited_rows(found, short_rows=short_rows)
    if found.form == "json-lines":
        return line_rows(found)
    if found.form == "json":
        return object_rows(found, _numbered(document_records(found)))
    if found.form == "parquet":
        return parquet_rows(found.path)
    if found.form == "excel":
        return sheet_rows(found.path, sheet)
    if found.form == "sqlite":
        return database_rows(found.path, sheet)
    raise InputError(
        f"{found.path.name}: is no table that can be read; give CSV, JSON Lines, Parquet, Excel or "
        "SQLite"
    )


def _numbered(
    found: Iterator[Record | tuple[int, Refused]],
) -> Iterator[tuple[int, int, Any]]:
    for each in found:
        line, value = (each.line, each.value) if isinstance(each, Record) else each
        yield line, 0, value


def records(
    path: Path, options: ReadOptions, *, at: Sequence[str] = (), short_rows: bool = False
) -> Records:
    """The file's records: rows of a table, JSON Lines, elements of the array `at` in a document.

    `at` names the keys that lead from the document to the array (none: it is the array, or the
    document is the one record), or the table of a SQLite database. A record that cannot be read
    comes as its line and why. The file is opened when the first is asked for. `short_rows` as in
    `table_rows`.

    Raises:
        InputError: it cannot be opened, has no rows, or is of another form.
    """
    notes: dict[str, int] = {}
    return Records(_records(path, options, tuple(at), short_rows=short_rows, notes=notes), notes)


def _records(
    path: Path,
    options: ReadOptions,
    at: tuple[str, ...],
    *,
    short_rows: bool,
    notes: dict[str, int],
) -> Iterator[Record | tuple[int, Refused]]:
    with guarded(path):
        found = source(path, options)
        notes.update(found.notes)
        if found.form == "json":
            yield from document_records(found, at)
        elif found.form == "json-lines":
            for line, value in values(found):
                yield (line, value) if isinstance(value, Refused) else Record(line, value, {})
        else:
            sheet = at[0] if at and found.form == "sqlite" else options.sheet
            for rows in _rows(found, sheet, short_rows=short_rows):
                yield from _of_rows(rows)


def _of_rows(rows: Rows) -> Iterator[Record | tuple[int, Refused]]:
    yield from ((line, Refused(reason)) for line, reason in rows.rejects.iter_rows())
    for row in rows.frame.iter_rows(named=True):
        line = row.pop("source_line")
        yield Record(line, {n: v for n, v in row.items() if v is not None}, {})
