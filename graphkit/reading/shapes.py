# SPDX-License-Identifier: GPL-3.0-or-later
"""What files are read into: rows of text as frames, single records, and what is neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

Json = Any  # a value that a parser gave, of a shape that nobody promised


@dataclass(frozen=True)
class Rows:
    """`frame` has the file's columns and `source_line`; cells are text or null, of Parquet typed.

    An empty cell is null. `rejects` (line, reason) are rows that are not rows at all. `notes` say
    what concerns the whole file, with a count, as in `Batch`.
    """

    frame: pl.DataFrame
    rejects: pl.DataFrame
    rows_read: int
    notes: Mapping[str, int] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The file's own columns."""
        return [name for name in self.frame.columns if name != "source_line"]


@dataclass(frozen=True)
class Refused:
    """A row of the file that is no row of any table, and why."""

    reason: str


@dataclass(frozen=True)
class Record:
    """One JSON value or table row: where it begins, and what stands around the array it is in.

    Of CSV, TSV, Parquet, Excel and SQLite `value` is a dict by column, without the empty cells.
    """

    line: int
    value: Json
    head: Mapping[str, Any]


class Records(Iterator[Record | tuple[int, Refused]]):
    """Records one after another, and `notes` on the whole file, with a count, as in `Batch`."""

    def __init__(
        self, found: Iterator[Record | tuple[int, Refused]], notes: dict[str, int]
    ) -> None:
        self._found = found
        self.notes = notes

    def __next__(self) -> Record | tuple[int, Refused]:
        """The next record, or the line of what is none and why."""
        return next(self._found)
