# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of a command's files on their way into the case, as Parquet parts in a folder.

Only some batches are in memory at a time. Beside its table's columns each row has: `row`, its
number among the rows of its table; `file`, the number of its file; `is_main`, whether it is one of
the counted rows; `at`, when it was collected; `hash`, of the columns in which rows repeat another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.errors import TableError
from graphkit.reading.importer import PROBLEMS
from graphkit.reading.tables import identity
from graphkit.tables import TABLES, TIME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from graphkit.reading.importer import Batch

PART_BYTES = 64 << 20
FILE_PROBLEMS = pl.Schema({"file": pl.Int32(), **PROBLEMS})
STAGED = {"row": pl.Int64, "file": pl.Int32, "is_main": pl.Boolean, "at": TIME, "hash": pl.UInt64}


def identity_hash(name: str) -> pl.Expr:
    """A 64-bit hash of the columns in which rows of the table `name` repeat one another.

    Rows that repeat another have the same hash; only rows of the same hash need to be compared.
    """
    return pl.struct(identity(name)).hash().alias("hash")


class Staging:
    """Rows by table, written to parts as they grow."""

    def __init__(self, folder: Path, *, collected_at: datetime | None = None) -> None:
        """`collected_at`: when the rows were collected that do not say it."""
        self._folder = folder
        self._collected_at = collected_at
        self._waiting: dict[tuple[str, bool], list[tuple[int, pl.DataFrame]]] = defaultdict(list)
        self._bytes = 0
        self._parts: dict[str, list[Path]] = defaultdict(list)
        self._heights: Counter[str] = Counter()
        self._counts: dict[str, Counter[int]] = defaultdict(Counter)
        self._left_out: list[int] = []
        self._rejects: list[pl.DataFrame] = []
        self._warnings: list[pl.DataFrame] = []
        self.rows_read = 0
        """Rows of all files so far."""

    def add(self, batch: Batch, *, file: int) -> None:
        """Adds the rows of a batch of the file number `file`.

        Raises:
            TableError: a row lacks what its table requires, by a fault of the importer.
        """
        self.rows_read += batch.rows_read
        for is_main, tables in ((True, batch.tables), (False, batch.extras)):
            for name, frame in tables.items():
                if not frame.is_empty():
                    self._waiting[name, is_main].append((file, _of_table(name, frame)))
                    self._bytes += int(frame.estimated_size())
        for problems, frame in ((self._rejects, batch.rejects), (self._warnings, batch.warnings)):
            if not frame.is_empty():
                problems.append(frame.select(pl.lit(file, pl.Int32).alias("file"), *PROBLEMS))
        if self._bytes > PART_BYTES:
            self._write()

    def _write(self) -> None:
        """Writes what waits: many small files together, which is many times faster than each."""
        waiting = {key: _together(rows) for key, rows in sorted(self._waiting.items())}
        lines = _collected_lines(waiting.get(("posts", True)))
        for name in dict.fromkeys(name for name, _ in waiting):
            main, extra = waiting.get((name, True)), waiting.get((name, False))
            rows = [] if main is None else [main.with_columns(is_main=pl.lit(value=True))]
            if extra is not None:
                rows.append(_told_anew(name, extra).with_columns(is_main=pl.lit(value=False)))
            self._write_part(name, _with_times(pl.concat(rows), lines, self._collected_at))
        self._waiting.clear()
        self._bytes = 0

    def _write_part(self, name: str, rows: pl.DataFrame) -> None:
        start = self._heights[name]
        self._heights[name] += rows.height
        counts = rows.group_by("file").len()
        self._counts[name].update(dict(zip(counts["file"], counts["len"], strict=True)))
        numbers = pl.int_range(start, self._heights[name])
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{len(self._parts[name])}.parquet"
        numbered = rows.with_columns(identity_hash(name), row=numbers)
        numbered.select(*STAGED, *TABLES[name].columns).write_parquet(
            part, compression="lz4", statistics=False
        )
        self._parts[name].append(part)

    def counts(self) -> Mapping[str, Mapping[int, int]]:
        """How many rows each file has in each table."""
        self._write()
        for counts in self._counts.values():
            for file in self._left_out:
                counts.pop(file, None)
        return self._counts

    def leave_out(self, file: int) -> None:
        """Forgets the rows of a file that could not be read to its end."""
        self._left_out.append(file)

    def rejects(self) -> pl.DataFrame:
        """Rows that were rejected: file, line, reason."""
        return self._problems(self._rejects)

    def warnings(self) -> pl.DataFrame:
        """Rows that got a warning: file, line, reason."""
        return self._problems(self._warnings)

    def _problems(self, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
        found = pl.concat([pl.DataFrame(schema=FILE_PROBLEMS), *frames])
        return found.filter(~pl.col("file").is_in(self._left_out))

    def rows(self, name: str) -> pl.LazyFrame:
        """The rows of the table `name`, in the order in which they came."""
        self._write()
        found = pl.scan_parquet(self._parts[name], glob=False, hive_partitioning=False)
        return found.filter(~pl.col("file").is_in(self._left_out)) if self._left_out else found


def _of_table(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    table = TABLES[name]
    rows = frame if frame.schema == pl.Schema(table.schema) else table.conform(frame)
    empty = [n for n, c in table.columns.items() if not c.nullable and rows[n].null_count()]
    if empty:
        raise TableError(f"{name}: a row has no {', '.join(empty)}; the importer is at fault")
    return rows


def _together(rows: Sequence[tuple[int, pl.DataFrame]]) -> pl.DataFrame:
    numbers = np.repeat([file for file, _ in rows], [frame.height for _, frame in rows])
    file = pl.Series("file", numbers, pl.Int32)
    return pl.concat([frame for _, frame in rows]).with_columns(file)


def _collected_lines(posts: pl.DataFrame | None) -> pl.DataFrame | None:
    """When the post on each line of each file was collected, where the files say it."""
    if posts is None or posts["collected_at"].null_count() == posts.height:
        return None
    told = posts.drop_nulls("collected_at").group_by("file", "source_line")
    return told.agg(line_at=pl.col("collected_at").min())


def _with_times(
    rows: pl.DataFrame, lines: pl.DataFrame | None, given: datetime | None
) -> pl.DataFrame:
    """The rows with `at`: as they say, else as the post of their line, else as the person says."""
    times = [pl.col("collected_at")] if "collected_at" in rows.columns else []
    if lines is not None:
        on = ["file", "source_line"]
        rows = rows.join(lines, on=on, how="left", maintain_order="left")
        times.append(pl.col("line_at"))
    return rows.with_columns(at=pl.coalesce(*times, pl.lit(given, TIME)))


def _told_anew(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that came along, without those that only say again what the one before them said.

    Authors come along with each of their posts: without this a file has as many as posts.
    """
    said = pl.struct(pl.exclude("source_line", "collected_at")).hash()
    again = said == said.shift(1).over(*identity(name), "file")
    return rows.filter(~again.fill_null(value=False))
