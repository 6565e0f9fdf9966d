# SPDX-License-Identifier: GPL-3.0-or-later
"""Parquet files, some rows at a time, with their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import InputError
from graphkit.reading.cells import ROWS_AT_ONCE, without_nul
from graphkit.reading.opening import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.shapes import Rows


def parquet_columns(path: Path) -> list[str]:
    """The names of the columns.

    Raises:
        pl.exceptions.PolarsError: it is no Parquet file.
    """
    with unpacked(path) as plain:
        return list(pl.read_parquet_schema(plain))


def parquet_rows(path: Path) -> Iterator[Rows]:
    """The rows, at most 100,000 at a time, counted from 1.

    Raises:
        InputError: it has no rows.
        pl.exceptions.PolarsError: it is no Parquet file.
    """
    first = 1
    with unpacked(path) as plain:
        whole = pl.scan_parquet(plain).drop("source_line", strict=False)
        for frame in whole.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True):
            lines = pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True)
            first += frame.height
            yield without_nul(frame.with_columns(lines.alias("source_line")))
    if first == 1:
        raise InputError(f"{path.name}: has no rows; export it again")
