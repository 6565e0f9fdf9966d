# SPDX-License-Identifier: GPL-3.0-or-later
"""What verbs print: tables, JSON, CSV. Hidden marks in what others wrote are made visible."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

from graphkit.text.visible import columns, defused, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def note(text: str) -> None:
    """Prints progress or a remark to stderr, so that stdout holds results only."""
    print(visible(text), file=sys.stderr)


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints rows under a header in aligned columns; the last column is not padded."""
    cells = [[visible("" if c is None else str(c)) for c in row] for row in [header, *rows]]
    widths = [max(columns(row[i]) for row in cells) for i in range(len(header))]
    for row in cells:
        padded = [c + " " * (w - columns(c)) for c, w in zip(row, widths, strict=True)]
        print("  ".join([*padded[:-1], row[-1]]).rstrip())


def print_json(value: object) -> None:
    """Prints one JSON value; ASCII only, so that no mark in it reaches the terminal."""
    print(json.dumps(value, indent=2))


def print_json_lines(records: Sequence[Mapping[str, Any]]) -> None:
    """Prints one JSON object a line."""
    for record in records:
        print(json.dumps(record))


def print_csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints CSV; a text cell that a spreadsheet would run as a formula is defused."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([defused(visible(c)) if isinstance(c, str) else c for c in row])
