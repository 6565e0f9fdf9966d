# SPDX-License-Identifier: GPL-3.0-or-later
"""The importer contract: a file in `graphkit.importers` with an `IMPORTER` constant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

PROBLEMS = pl.Schema({"line": pl.Int64(), "reason": pl.String()})


@dataclass(frozen=True)
class ReadOptions:
    """What a person says of a file that the file itself does not say.

    `sheet` names the sheet of a workbook or the table of a database.
    """

    platform: str | None = None
    table: str | None = None
    tz: str | None = None
    date_order: str | None = None
    encoding: str | None = None
    collected_at: datetime | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """The beginning of a file, by which importers recognise their format.

    Attributes:
        path: where it lies; exporters put names and dates into folders.
        name: its file name without what only says that it is compressed (`.gz`, `.zst`, `.bz2`).
        form: delimited, json-lines, json (one document), parquet, excel, sqlite, html, mhtml,
            warc, wacz, or unknown.
        columns: of delimited, parquet and excel files; of SQLite files their tables.
        objects: the first values (at most 20) of json-lines; of one document the array's first
            values, or the document itself without its long arrays' ends.
        text: the first characters (at most 4,096) of a text file.
    """

    path: Path
    name: str
    form: str
    columns: tuple[str, ...] = ()
    objects: tuple[Any, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Batch:
    """Some of a file's rows, in the file's order. Frames are of their tables, source_id empty.

    Attributes:
        rows_read: rows of the file in this batch: each is in `tables` or in `rejects`.
        tables: what those rows are.
        extras: what came along in them (authors, quoted posts); not counted.
        rejects: line and reason.
        warnings: line and reason, of rows that are in `tables`.
        notes: what concerns the whole file, with a count; `{n}` in the text stands for the sum.
    """

    rows_read: int
    tables: Mapping[str, pl.DataFrame]
    rejects: pl.DataFrame
    warnings: pl.DataFrame
    extras: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Importer:
    """One format. `suits(sample)` says why a file fits, or None; `read` may raise InputError.

    Attributes:
        name: as in `--format`.
        title: what people call the format.
        summary: what it is and which tool writes it, in one line.
        needs: the columns or keys by which it is known.
        gives: the tables that come out.
        zone: the time zone of its times without offset, where the format has one of its own.
        path_parts: how many of the last parts of a file's path it reads names or times from.
        order: the first importer (by `order`, then name) that suits is taken.
    """

    name: str
    title: str
    summary: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    order: int
    suits: Callable[[Sample], str | None]
    read: Callable[[Path, ReadOptions], Iterator[Batch]]
    zone: str | None = None
    path_parts: int = 1
