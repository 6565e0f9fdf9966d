# SPDX-License-Identifier: GPL-3.0-or-later
"""From a file's records (JSON values, CSV rows) to batches: a format says how to read one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.reading.cells import HALF, is_text, list_series, text_series
from graphkit.reading.columns import typed
from graphkit.reading.importer import PROBLEMS, Batch
from graphkit.reading.media import hashed, noted
from graphkit.reading.shapes import Json, Record, Records, Refused, Rows
from graphkit.reading.tables import finished, must_be_filled
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from graphkit.reading.columns import Draft
    from graphkit.reading.importer import ReadOptions
    from graphkit.tables import Table

ROWS_AT_ONCE = 20_000
ODD_SHAPE = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
LEFT_OUT = "what came along in it is left out: "


@dataclass(frozen=True)
class Found:
    """One row of a file: a row of `table` by column name, and rows that came along in it.

    Values are texts, numbers, truths, lists of texts, or None. Times are as the file has them. A
    post's `media_files` are names of pictures beside the file, see `reading.media`. `warnings` are
    what to know of the row, which is accepted.
    """

    table: str
    row: Mapping[str, Any]
    extras: Sequence[tuple[str, Mapping[str, Any]]] = ()
    warnings: Sequence[str] = ()


_Row = tuple[int, "Mapping[str, Any]"]  # with its line


@dataclass
class _Gathered:
    """The rows of some records, by table."""

    rows_read: int = 0
    size: int = 0
    rejects: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    tables: dict[str, list[_Row]] = field(default_factory=lambda: defaultdict(list))
    extras: dict[str, list[_Row]] = field(default_factory=lambda: defaultdict(list))

    def is_full(self) -> bool:
        """Whether there are enough rows; a record may hold many, and a page of posts hundreds."""
        return self.size >= ROWS_AT_ONCE

    def add(self, line: int, found: Found | Refused) -> None:
        self.rows_read += 1
        self.size += 1
        if isinstance(found, Refused):
            self.rejects.append((line, found.reason))
            return
        self.tables[found.table].append((line, found.row))
        self.warnings += [(line, reason) for reason in found.warnings]
        self.size += len(found.extras)
        for table, row in found.extras:
            self.extras[table].append((line, row))


def record_batches(
    records: Iterable[Record | tuple[int, Refused]],
    read: Callable[[Record], Iterable[Found | Refused]],
    *,
    options: ReadOptions,
    platform: str,
    zone: str | None = None,
    media_folder: Path | None = None,
) -> Iterator[Batch]:
    """Batches of what `read` finds in each of `records`.

    `platform` is that of rows that do not say theirs, `zone` that of times without offset where
    the person names none; `media_folder` is where the pictures lie that the rows name. A record of
    a shape that `read` stumbles over is rejected.
    """
    told = replace(
        options,
        platform=platform if options.platform is None else options.platform,
        tz=zone if options.tz is None else options.tz,
    )
    reading = read if media_folder is None else partial(hashed, read, media_folder)
    notes = records.notes if isinstance(records, Records) else {}
    for number, gathered in enumerate(_gathered(records, reading)):
        batch = noted(_batch(gathered, told))
        yield replace(batch, notes={**batch.notes, **notes}) if number == 0 else batch


def _gathered(
    records: Iterable[Record | tuple[int, Refused]],
    read: Callable[[Record], Iterable[Found | Refused]],
) -> Iterator[_Gathered]:
    """What is found in the records, some rows at a time."""
    gathered = _Gathered()
    for record in records:
        if isinstance(record, Record):
            for found in _found(record, read):
                gathered.add(record.line, found)
        else:
            gathered.add(*record)
        if gathered.is_full():
            yield gathered
            gathered = _Gathered()
    if gathered.rows_read:
        yield gathered


def _batch(gathered: _Gathered, options: ReadOptions) -> Batch:
    now = datetime.now(UTC)
    drafts = {n: _draft(n, rows, options, now) for n, rows in gathered.tables.items()}
    lines = {line for draft in drafts.values() for line in draft.frame["source_line"]}
    extras = {}
    for name, rows in gathered.extras.items():
        kept = [row for row in rows if row[0] in lines]  # not what came along in rejected rows
        if kept:
            extras[name] = _draft(name, kept, options, now)
    rejects = [pl.DataFrame(gathered.rejects, schema=PROBLEMS, orient="row")]
    rejects += [draft.rejects for draft in drafts.values()]
    warnings = [pl.DataFrame(gathered.warnings, schema=PROBLEMS, orient="row")]
    warnings += [draft.warnings for draft in drafts.values()]
    warnings += [_left_out(draft) for draft in extras.values()]
    return Batch(
        rows_read=gathered.rows_read,
        tables={n: _conformed(n, draft) for n, draft in drafts.items()},
        extras={n: _conformed(n, draft) for n, draft in extras.items()},
        rejects=pl.concat(rejects).sort("line", maintain_order=True),
        warnings=pl.concat(warnings).sort("line", maintain_order=True),
    )


def _left_out(draft: Draft) -> pl.DataFrame:
    """A warning for each row that came along and cannot be kept, but for those without an id."""
    told = draft.rejects.filter(~pl.col("reason").str.starts_with("nothing in column"))
    return told.with_columns(reason=pl.lit(LEFT_OUT) + pl.col("reason"))


def _found(
    record: Record, read: Callable[[Record], Iterable[Found | Refused]]
) -> Sequence[Found | Refused]:
    try:
        return list(read(record))
    except ODD_SHAPE as error:
        told = str(error)[:60]
        return [Refused(f"has a shape that this format does not have ({told})")]


def _draft(name: str, rows: Sequence[_Row], options: ReadOptions, now: datetime) -> Draft:
    bad: list[tuple[int, str]] = []
    try:
        frame = _frame(TABLES[name], rows)
    except UnicodeEncodeError:
        bad = [(line, HALF) for line, row in rows if not is_text(row.values())]
        frame = _frame(TABLES[name], [each for each in rows if is_text(each[1].values())])
    given = Rows(frame, pl.DataFrame(bad, schema=PROBLEMS, orient="row"), len(rows))
    bare = replace(options, columns={})
    draft = typed(given, TABLES[name], options=bare, required=(), filled=must_be_filled(name))
    return finished(draft, name, options=bare, now=now)


def _frame(table: Table, rows: Sequence[_Row]) -> pl.DataFrame:
    """The rows with those of the table's columns that one of them has."""
    columns = [pl.Series("source_line", [line for line, _ in rows], pl.Int64)]
    cells = [row for _, row in rows]
    used = set().union(*cells)
    for name in (n for n in dict.fromkeys((*table.columns, "platform")) if n in used):
        values = [row.get(name) for row in cells]
        is_list = name in table.columns and isinstance(table.columns[name].dtype, pl.List)
        if is_list:
            columns.append(list_series(name, [_list(value) for value in values]))
        else:
            text = text_series(name, values)
            columns.append(text.set(text == "", None))
    return pl.DataFrame(columns)


def _conformed(name: str, draft: Draft) -> pl.DataFrame:
    return TABLES[name].conform(draft.frame.with_columns(source_id=pl.lit("")))


def _list(value: Json) -> list[str] | None:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [str(each) for each in value if each]
    return None if value is None or value == "" else [str(value)]
