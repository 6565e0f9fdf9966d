# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with graphkit's own column names (docs/tables.md), or with a map to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.reading.columns import reading, typed
from graphkit.reading.importer import Importer
from graphkit.reading.rows import SUFFIXES, column_names, read_rows
from graphkit.reading.tables import REQUIRED, finished, identity, must_be_filled
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graphkit.reading.importer import Reading, ReadOptions

# Names that people give to the parent of a post; each says which kind of post it is.
PARENT_COLUMNS = {"repost_of": "repost", "quote_of": "quote", "reply_to": "reply"}


def _fitting(columns: Iterable[str]) -> list[str]:
    """The tables that the columns fill. Posts that lack their times are no list of accounts."""
    have = set(columns)
    fits = [name for name, required in REQUIRED.items() if have.issuperset(required)]
    return [name for name in fits if name != "accounts" or "post_id" not in have]


def _suits(path: Path) -> str | None:
    fitting = _fitting(column_names(path)) if path.suffix.lower() in SUFFIXES else []
    return f"it has the columns of the table {fitting[-1]}" if fitting else None


def _table(path: Path, columns: list[str], options: ReadOptions) -> str:
    if options.table is not None:
        return options.table
    fitting = _fitting([*columns, *options.columns])
    best = max(fitting, key=lambda n: len(set(TABLES[n].columns) & {*columns, *options.columns}),
               default=None)  # fmt: skip
    if best is None:
        raise InputError(
            f"{path.name}: fits no table (columns: {', '.join(columns)}); name one with --table, "
            "and its columns with --map"
        )
    return best


def _read(path: Path, options: ReadOptions) -> Reading:
    rows = read_rows(path)
    name = _table(path, rows.columns, options)
    parents = [column for column in PARENT_COLUMNS if column in rows.columns]
    if name == "posts" and len(parents) == 1 and "parent_id" not in options.columns:
        options = replace(options, columns={**options.columns, "parent_id": parents[0]})
    filled = must_be_filled(name)
    draft = typed(rows, TABLES[name], options=options, required=REQUIRED[name], filled=filled)
    draft = finished(draft, name, options=options, now=datetime.now(UTC))
    used = {*TABLES[name].columns, "platform", *options.columns.values()}
    unused = [column for column in rows.columns if column not in used]
    notes = [f"columns not used: {', '.join(unused)}"] if unused else []
    return reading(draft, TABLES[name], rows=rows, key=identity(name), notes=notes)


IMPORTER = Importer(
    name="canonical",
    summary="CSV, TSV, JSON Lines or Parquet with graphkit's column names, or mapped to them",
    order=50,
    suits=_suits,
    read=_read,
)
