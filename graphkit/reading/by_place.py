# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables whose columns are known by their place: the cells of each row, a header like any other."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.reading.cells import NUL, UNDECODABLE
from graphkit.reading.forms import delimiter, source
from graphkit.reading.opening import CUT, DAMAGED, bare_name, guarded, opened_text
from graphkit.reading.shapes import Refused

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Iterator

    from graphkit.reading.importer import ReadOptions


def cell_records(path: Path, options: ReadOptions) -> Iterator[tuple[int, list[str] | Refused]]:
    """The cells of every row with the line on which it begins; of what is no row, why.

    Raises:
        InputError: it cannot be opened, or is no CSV or TSV.
    """
    with guarded(path):
        found = source(path, options)
        if found.form != "delimited":
            raise InputError(f"{path.name}: is no CSV or TSV; export it again")
        suffix = Path(bare_name(path)).suffix.lower()
        first = found.beginning.lstrip("\ufeff\r\n").split("\n", 1)[0]
        with opened_text(path, found.encoding) as handle:
            yield from _rows(csv.reader(handle, delimiter=delimiter(first, suffix), strict=True))


def _rows(reader: Reader) -> Iterator[tuple[int, list[str] | Refused]]:
    """The rows; after one that is no CSV the next begins on the line that follows."""
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begins, Refused(f"is no row of CSV: {error}")
        except (*DAMAGED, UnicodeDecodeError):
            yield begins, Refused(CUT)
            return
        else:
            if cells:
                yield begins, _checked(cells)
        begins = reader.line_num + 1


def _checked(cells: list[str]) -> list[str] | Refused:
    text = "".join(cells)
    try:
        text.encode()
    except UnicodeEncodeError:
        return Refused(UNDECODABLE)
    return Refused(NUL) if "\0" in text else cells
