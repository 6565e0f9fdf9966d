# SPDX-License-Identifier: GPL-3.0-or-later
"""Sheets of workbooks (.xlsx, .xls, .ods), read whole: they have a million rows at most."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook

from graphkit.errors import InputError
from graphkit.reading.cells import in_batches
from graphkit.reading.opening import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.shapes import Json, Rows

DIGITS_KEPT = 10**15  # a spreadsheet keeps fifteen digits and writes zeros for the others


def sheet_header(path: Path, sheet: str | None) -> list[str]:
    """The names of the columns of the sheet (the first, where none is named).

    Raises:
        InputError: it is no workbook, or has no such sheet.
    """
    return next(_filled(path, sheet), (0, []))[1]


def sheet_rows(path: Path, sheet: str | None) -> Iterator[Rows]:
    """The rows of the sheet as texts, with their numbers in the sheet as source_line.

    Dates and times are ISO 8601. A number of more than fifteen digits has lost some: it is written
    with an exponent, so that none passes for an id.

    Raises:
        InputError: it is no workbook, has no such sheet, no header, or no row.
    """
    rows = _filled(path, sheet)
    names = next(rows, (0, []))[1]
    twice = sorted({name or "(no name)" for name in names if names.count(name) > 1})
    if twice or not names:
        raise InputError(
            f"{path.name}: no header, or twice the column {', '.join(twice)}; "
            "give each column a name of its own"
        )
    has_rows = False
    for found in in_batches(names, ((line, len(row), row) for line, row in rows)):
        has_rows = True
        yield found
    if not has_rows:
        raise InputError(f"{path.name}: has a header and no rows; export it again")


def _filled(path: Path, sheet: str | None) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold something, header first, with their numbers; none wider than it."""
    try:
        with unpacked(path) as plain, CalamineWorkbook.from_path(plain) as book:
            name = _sheet_name(path, book.sheet_names, sheet)
            width = 0
            for line, row in zip(count(1), book.get_sheet_by_name(name).iter_rows()):
                cells = [_cell(value) for value in row]
                if any(cells):
                    width = width or _last(cells)
                    yield line, cells[:width]
    except CalamineError as error:
        raise InputError(f"{path.name}: is not a workbook ({error}); save it as CSV") from error


def _last(header: list[str]) -> int:
    return max(place for place, cell in enumerate(header, start=1) if cell)


def _sheet_name(path: Path, names: list[str], wanted: str | None) -> str:
    if wanted is None and names:
        return names[0]
    if wanted is None or wanted not in names:
        raise InputError(f"{path.name}: has no sheet {wanted}; it has: {', '.join(names)}")
    return wanted


def _cell(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < DIGITS_KEPT:
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value) if abs(value) < DIGITS_KEPT else f"{value:e}"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
