# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of text from the values that parsers give, some rows at a time."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import polars as pl

from graphkit.reading.importer import PROBLEMS
from graphkit.reading.shapes import Json, Refused, Rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

ROWS_AT_ONCE = 100_000
CHARACTERS_AT_ONCE = 1 << 26
ROWS_PACKED = 2000  # so few that Python has thrown them away before it looks for garbage in earnest
UNDECODABLE = "holds bytes that are no character of its encoding; give --encoding if it is another"
NUL = "holds NUL, which no text does"
HALF = "not a row: a character is half of a surrogate pair"
ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
NOTHING = type(None)


@dataclass
class Gathered:
    """Rows on their way into a frame: cells, the line of each, and what is no row.

    `names` may grow while rows are added: earlier rows lack the later cells.
    """

    names: Collection[str]
    cells: list[Sequence[Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejects: list[tuple[int, str]] = field(default_factory=list)
    parts: list[pl.DataFrame] = field(default_factory=list)
    height: int = 0
    size: int = 0

    def __len__(self) -> int:
        return self.height + len(self.cells) + len(self.rejects)

    def add(self, line: int, size: int, row: Sequence[Any] | Refused) -> None:
        """Adds a row with its line and its length in characters, or why it is none."""
        self.size += size
        if isinstance(row, Refused):
            self.rejects.append((line, row.reason))
            return
        self.cells.append(row)
        self.lines.append(line)
        if len(self.cells) >= ROWS_PACKED:
            self._pack()

    def add_columns(
        self, columns: Sequence[Sequence[Any]], lines: Sequence[int], size: int
    ) -> None:
        """Adds rows by their columns, which are `names`; their texts hold no half characters."""
        self._pack()
        self.size += size
        self._append(columns, lines)

    def is_full(self) -> bool:
        """Whether there are enough rows for a frame."""
        return len(self) >= ROWS_AT_ONCE or self.size > CHARACTERS_AT_ONCE

    def rows(self) -> Rows:
        """The rows as a frame."""
        self._pack()
        if not self.parts:
            self._append([()] * len(self.names), [])
        frame = pl.concat(self.parts, how="diagonal")
        texts = pl.col(pl.String)
        return without_nul(frame.with_columns(pl.when(texts != "").then(texts)), self.rejects)

    def _pack(self) -> None:
        """Turns the rows into a part of the frame; a row with half a character is rejected."""
        pairs = list(zip(self.cells, self.lines, strict=True))
        self.cells, self.lines = [], []
        try:
            self._append_rows(pairs)
        except UnicodeEncodeError:
            good = [(row, line) for row, line in pairs if is_text(row)]
            self.rejects += [(line, UNDECODABLE) for row, line in pairs if not is_text(row)]
            self._append_rows(good)

    def _append_rows(self, pairs: Sequence[tuple[Sequence[Any], int]]) -> None:
        columns = list(zip_longest(*[row for row, _ in pairs]))
        columns += [(None,) * len(pairs)] * (len(self.names) - len(columns))
        if pairs:
            self._append(columns, [line for _, line in pairs])

    def _append(self, columns: Sequence[Sequence[Any]], lines: Sequence[int]) -> None:
        series = [text_series(name, c) for name, c in zip(self.names, columns, strict=True)]
        numbered = [*series, pl.Series("source_line", lines, pl.Int64)]
        self.parts.append(pl.DataFrame({each.name: each for each in numbered}))
        self.height += len(lines)


def in_batches(
    names: Collection[str], rows: Iterable[tuple[int, int, Sequence[Any] | Refused]]
) -> Iterator[Rows]:
    """Frames of rows that come as line, length in characters, and cells (or why it is no row)."""
    gathered = Gathered(names)
    for line, size, row in rows:
        gathered.add(line, size, row)
        if gathered.is_full():
            yield gathered.rows()
            gathered = Gathered(names)
    if len(gathered):
        yield gathered.rows()


def without_nul(frame: pl.DataFrame, rejects: Sequence[tuple[int, str]] = ()) -> Rows:
    """The rows of the frame but those that hold NUL, which are rejected as well as `rejects`."""
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    has = [pl.col(name).str.contains("\0", literal=True).fill_null(value=False) for name in text]
    nul = frame.select(pl.any_horizontal(pl.lit(value=False), *has).alias("nul"))["nul"]
    told = list(rejects)
    if nul.any():
        told += [(line, NUL) for line in frame.filter(nul)["source_line"]]
        frame = frame.filter(~nul)
    problems = pl.DataFrame(sorted(told), schema=PROBLEMS, orient="row")
    return Rows(frame, problems, frame.height + problems.height)


def is_text(row: Iterable[Any]) -> bool:
    """Whether no text in the row holds half a character."""
    try:
        "".join(map(str, row)).encode()
    except UnicodeEncodeError:
        return False
    return True


def text_series(name: str, values: Sequence[Any]) -> pl.Series:
    """The values as texts: lists and objects as JSON, numbers as Python writes them.

    Of a number with a fraction or an exponent the digits of an id are lost; it shows.

    >>> text_series("a", [1, None, True, 1.5e18, ["x"]]).to_list()
    ['1', None, 'true', '1.5e+18', '["x"]']
    """
    kinds = set(map(type, values)) - {NOTHING}
    if kinds <= {str}:
        return pl.Series(name, values, pl.String)
    if kinds == {list}:
        with suppress(TypeError):  # what orjson cannot write, `_text` can
            lists = [None if v is None else orjson.dumps(v).decode() if v else "[]" for v in values]
            return pl.Series(name, lists, pl.String)
    if kinds == {int}:
        with suppress(OverflowError):
            return pl.Series(name, values, pl.Int64).cast(pl.String)
    return pl.Series(name, [_text(value) for value in values], pl.String)


def list_series(name: str, lists: Sequence[list[str] | None]) -> pl.Series:
    """The lists of texts as a column; of an empty one and of None nothing.

    As polars itself makes it, fifteen times as fast.
    """
    rows = pl.int_range(len(lists), eager=True).alias("row")
    lengths = [0 if each is None else len(each) for each in lists]
    texts = pl.Series("text", list(chain.from_iterable(filter(None, lists))), pl.String)
    owners = pl.Series("row", np.repeat(np.arange(len(lists)), lengths))
    found = pl.DataFrame([owners, texts]).group_by("row", maintain_order=True).agg("text")
    joined = rows.to_frame().join(found, on="row", how="left", maintain_order="left")
    return joined["text"].alias(name)


def _text(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return _json(value)
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)


def _json(value: Json) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a number of more than 64 bits, or half a character
        return json.dumps(value, ensure_ascii=False)
