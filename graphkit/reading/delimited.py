# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV and TSV files, some rows at a time, with the line on which each row begins.

Blocks in which every quote stands where it should are cut as arrays. From the first other one on
the file is read record by record, which says of each odd record what is wrong with it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.reading.cells import in_batches
from graphkit.reading.forms import delimiter
from graphkit.reading.opening import (
    CUT,
    DAMAGED,
    LONGEST_LINE,
    LOST_TEXT,
    again,
    as_text,
    bare_name,
    filled,
    opened_text,
    opened_utf8,
)
from graphkit.reading.regular import regular_rows, scanned
from graphkit.reading.shapes import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, TextIO

    from graphkit.reading.forms import Source
    from graphkit.reading.shapes import Rows

    Records = Iterator[tuple[int, int, list[str] | Refused]]

BLOCK_BYTES = 1 << 24
csv.field_size_limit(LONGEST_LINE)


class _Lines:
    """The lines of a text, none longer than LONGEST_LINE; `read` counts their characters."""

    def __init__(self, handle: TextIO) -> None:
        self._handle = handle
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._handle.readline(LONGEST_LINE):
            self.read += len(line)
            yield line


@dataclass
class _Place:
    """Where the reading of a file stands: what was read and not yet cut into rows, and its line."""

    line: int = 1
    left: bytes = b""
    is_damaged: bool = False
    is_past_header: bool = False

    def fill(self, handle: BinaryIO) -> bool:
        """Reads a block more; whether that was the last."""
        block, self.is_damaged = filled(handle, BLOCK_BYTES)
        self.left += block
        is_last = len(block) < BLOCK_BYTES
        if is_last and not self.is_damaged and self.left and not self.left.endswith(b"\n"):
            self.left += b"\n"
        return is_last


def header(found: Source) -> list[str]:
    """The names of the columns as they stand in the file; none where it has no line.

    Raises:
        OSError: it cannot be opened.
    """
    first = _first_record(found)
    return first if isinstance(first, list) else []


def _first_record(found: Source) -> list[str] | Refused:
    with opened_text(found.path, found.encoding) as handle:
        return next(_records(handle, separator(found)), (0, 0, []))[2]


def separator(found: Source) -> str:
    """What stands between the cells, by the first line."""
    first = found.beginning.lstrip("\ufeff\r\n").split("\n", 1)[0]
    return delimiter(first, Path(bare_name(found.path)).suffix.lower())


def delimited_rows(found: Source, *, short_rows: bool = False) -> Iterator[Rows]:
    """The rows, at most 100,000 at a time.

    A row with other than the header's number of cells is rejected; with `short_rows` one with
    fewer lacks its last cells.

    Raises:
        InputError: there is no header, or it has a name twice, or no row follows.
    """
    names = _checked_header(found)
    has_rows = False
    with opened_utf8(found.path, found.encoding) as handle:
        place = _Place()
        if not short_rows:
            for rows in _regular_rows(handle, names, separator(found), place):
                has_rows = has_rows or rows.rows_read > 0
                yield rows
        rest = again(place.left, handle, is_damaged=place.is_damaged)
        records = _records(as_text(rest), separator(found), line=place.line)
        if not place.is_past_header:
            next(records, None)
        for rows in in_batches(names, _of_width(records, len(names), short_rows=short_rows)):
            has_rows = True
            yield rows
    if not has_rows:
        raise InputError(f"{found.path.name}: has a header and no rows; export it again")


def _regular_rows(
    handle: BinaryIO, names: list[str], separator: str, place: _Place
) -> Iterator[Rows]:
    """The rows up to the first block that is not regular; `place` says where that begins."""
    is_last = False
    while not is_last:
        is_last = place.fill(handle)
        scan = scanned(place.left, separator)
        if scan is None:
            return
        found = regular_rows(place.left, scan, names, separator=separator, line=place.line)
        if found is None:
            return
        if not place.is_past_header:
            if found[0].frame.is_empty():
                return  # blank lines before a header that is not regular
            found[0] = _without_header(found[0])
        yield from (rows for rows in found if rows.rows_read)
        place.line += scan.height
        place.left = place.left[int(scan.ends[-1]) + 1 :]
        place.is_past_header = True


def _without_header(rows: Rows) -> Rows:
    return replace(rows, frame=rows.frame.slice(1), rows_read=rows.rows_read - 1)


def _records(handle: TextIO, separator: str, *, line: int = 1) -> Records:
    """The records from `line` on with line and length of each, blank lines left out.

    A record that is no CSV is refused with its lines; the next is read from the line after it.
    """
    lines = _Lines(handle)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    begins, read = line, 0
    while True:
        try:
            for record in reader:
                if record:
                    yield begins, lines.read - read, record
                begins, read = line + reader.line_num, lines.read
        except csv.Error as error:
            yield begins, 0, Refused(f"is no row of CSV: {error}")
            begins, read = line + reader.line_num, lines.read
        except (*DAMAGED, UnicodeDecodeError):
            yield begins, 0, Refused(CUT)
            return
        else:
            return


def _of_width(records: Records, width: int, *, short_rows: bool) -> Records:
    """The records with `width` cells; one that has another number is refused."""
    for line, size, record in records:
        if isinstance(record, Refused) or len(record) == width:
            yield line, size, record
        elif short_rows and len(record) < width:
            yield line, size, [*record, *[""] * (width - len(record))]
        else:
            yield line, size, Refused(f"{len(record)} cells where the header has {width}")


def _checked_header(found: Source) -> list[str]:
    names = _first_record(found)
    if isinstance(names, Refused):
        raise InputError(f"{found.path.name} line 1: {names.reason}; export it again")
    if any(odd in name for name in names for odd in ("\0", LOST_TEXT)):
        raise InputError(f"{found.path.name} line 1: is no text; give its --encoding")
    twice = sorted({name or "(no name)" for name in names if names.count(name) > 1})
    if not any(names):
        raise InputError(f"{found.path.name}: has no header; export it again")
    if twice:
        raise InputError(
            f"{found.path.name} line 1: has twice the column {', '.join(twice)}; "
            "give each column a name of its own"
        )
    return names
