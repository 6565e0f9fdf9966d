# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks of CSV in which every quote stands where RFC 4180 wants it, cut into rows as arrays.

Such a block is read five times as fast as record by record, and gives the same rows.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.reading.cells import ROWS_AT_ONCE, without_nul

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.reading.shapes import Rows

    Places = NDArray[np.int64]

QUOTE, RETURN, BREAK = b'"\r\n'


@dataclass(frozen=True)
class Scan:
    """The records of a block: bytes from `starts` up to `ends` (a line break), and their cells.

    `lines` has for each the line breaks before it, `height` all of them.
    """

    starts: Places
    ends: Places
    lines: Places
    cells: Places
    height: int


def scanned(block: bytes, separator: str) -> Scan | None:
    r"""The records that end in the block; None where none does or a quote stands at an odd place.

    >>> found = scanned(b'a,"b\n"\nc\n"d', ",")
    >>> found.ends.tolist(), found.lines.tolist(), found.cells.tolist()
    ([6, 8], [0, 2], [2, 1])
    """
    if block.count(b"\r") != block.count(b"\r\n"):
        return None
    text = np.frombuffer(block, np.uint8)
    quotes = text == QUOTE
    is_quoted = (np.cumsum(quotes, dtype=np.uint8) & 1).astype(np.bool_)
    breaks = text == BREAK
    ends = np.flatnonzero(breaks & ~is_quoted)
    if not len(ends):
        return None
    cut = int(ends[-1]) + 1
    if not _is_regular(text[:cut], np.flatnonzero(quotes[:cut]), ord(separator)):
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    separators = (text[:cut] == ord(separator)) & ~is_quoted[:cut]
    cells = np.add.reduceat(separators, starts, dtype=np.int64) + 1
    every = np.flatnonzero(breaks[:cut])
    return Scan(starts, ends, np.searchsorted(every, starts), cells, len(every))


def _is_regular(text: NDArray[np.uint8], quotes: Places, separator: int) -> bool:
    """Whether quotes open after and close before a separator or line break, or are doubled."""
    opening, closing = quotes[0::2], quotes[1::2]
    before, after = text[opening - 1], text[closing + 1]
    opens = np.isin(before, (separator, BREAK)) | (opening == 0)
    closes = np.isin(after, (separator, BREAK, RETURN))
    opens[1:] |= opening[1:] == closing[:-1] + 1
    closes[:-1] |= opening[1:] == closing[:-1] + 1
    return bool(opens.all() and closes.all())


def regular_rows(
    block: bytes, found: Scan, names: Sequence[str], *, separator: str, line: int
) -> list[Rows] | None:
    """The rows of the block, whose first line is `line`; None where it is no UTF-8."""
    lengths = found.ends - found.starts
    text = np.frombuffer(block, np.uint8)
    is_blank = (lengths == 0) | ((lengths == 1) & (text[found.starts] == RETURN))
    is_good = (found.cells == len(names)) & ~is_blank
    wanted = text[: int(found.ends[-1]) + 1]
    if not is_good.all():
        wanted = wanted[np.repeat(is_good, lengths + 1)]
    frame = _parsed(wanted.tobytes(), len(names), separator)
    if frame is None or frame.height != is_good.sum():
        return None
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    frame.columns = list(names)
    lines, is_odd = found.lines + line, ~is_good & ~is_blank
    rejects = [
        (int(each), f"{count} cells where the header has {len(names)}")
        for each, count in zip(lines[is_odd], found.cells[is_odd], strict=True)
    ]
    frame = frame.with_columns(pl.Series("source_line", lines[is_good]))
    parts = list(frame.iter_slices(ROWS_AT_ONCE))
    last = parts.pop() if parts else frame
    return [*map(without_nul, parts), without_nul(last, rejects)]


def _parsed(text: bytes, width: int, separator: str) -> pl.DataFrame | None:
    """The cells; None where the text is no UTF-8."""
    schema = {f"column_{number}": pl.String() for number in range(width)}
    if not text:
        return pl.DataFrame(schema=schema)
    if text.startswith(BOM_UTF8):  # polars takes it for the mark of a file
        return None
    try:
        return pl.read_csv(text, has_header=False, schema=schema, separator=separator)
    except pl.exceptions.PolarsError:
        return None
