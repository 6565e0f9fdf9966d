# SPDX-License-Identifier: GPL-3.0-or-later
"""A table: named, typed columns with a key. Frames are checked against it once, at the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Column:
    """One column: its polars type, whether it may be null, and what it holds."""

    dtype: pl.DataType
    doc: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """A table's name, key and columns. `columns` is in the order in which frames are stored."""

    name: str
    doc: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The polars schema, column by column."""
        return {name: column.dtype for name, column in self.columns.items()}

    def empty(self) -> pl.DataFrame:
        """A frame of this table without rows."""
        return pl.DataFrame(schema=self.schema)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame` with exactly this table's columns, missing nullable ones as null.

        Raises:
            TableError: a required column is missing, or a column cannot be cast.
        """
        missing = [n for n, c in self.columns.items() if n not in frame.columns and not c.nullable]
        if missing:
            raise TableError(f"{self.name}: no column {', '.join(missing)}")
        columns = [
            pl.col(n).cast(c.dtype) if n in frame.columns else pl.lit(None, c.dtype).alias(n)
            for n, c in self.columns.items()
        ]
        try:
            return frame.select(columns)
        except pl.exceptions.PolarsError as error:
            raise TableError(f"{self.name}: {error}") from error

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame` itself, when its columns, types, nulls and key are this table's.

        Raises:
            TableError: says which column or key is wrong, and in how many rows.
        """
        if frame.schema != pl.Schema(self.schema):
            odd = sorted(set(frame.schema.items()) ^ set(pl.Schema(self.schema).items()), key=str)
            raise TableError(f"{self.name}: columns or types differ: {odd}")
        for name, column in self.columns.items():
            nulls = 0 if column.nullable else frame[name].null_count()
            if nulls:
                raise TableError(f"{self.name}: {nulls} rows have no {name}")
        twice = frame.height - frame.select(self.key).n_unique() if frame.height else 0
        if twice:
            raise TableError(f"{self.name}: {twice} rows repeat the key {', '.join(self.key)}")
        return frame

    def row_key(self) -> pl.Expr:
        """An expression for the row's key as one text: its parts joined by a vertical bar.

        Times in it are ISO 8601 in UTC. It is what an evidence row carries as `key`.
        """
        parts = [
            pl.col(n).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
            if isinstance(self.columns[n].dtype, pl.Datetime)
            else pl.col(n).cast(pl.String)
            for n in self.key
        ]
        return pl.concat_str(parts, separator="|").alias("key")
