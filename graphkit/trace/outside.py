# SPDX-License-Identifier: GPL-3.0-or-later
"""How probable it is that a story began outside the data, where that was measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl

from graphkit.trace.calibration import NOT_HERE

if TYPE_CHECKING:
    from datetime import datetime

LEAST_REFERENCES = 5  # posts referred to, below which their missing share tells nothing
BANDS = {"40-up": 0.4, "20-40": 0.2, "0-20": 0.0}


@dataclass(frozen=True)
class Outside:
    """`p`, null where it was not measured, in words what it was measured on, and the `cell`."""

    cell: str
    p: float | None
    calibration: str


def outside_cell(missing: float | None, *, references: int, tellings: int) -> str:
    """The cell of `outside.csv`: the band of the missing share.

    `references`: posts referred to by id, `tellings`: posts with which the story begins. Where it
    is told once (`lone`) nothing is known: most such stories never had another telling.

    >>> outside_cell(0.3, references=12, tellings=4)
    '20-40'
    >>> outside_cell(0.0, references=2, tellings=2)
    'unknown'
    """
    told = missing if missing is not None and references >= LEAST_REFERENCES else -1.0
    band = next((name for name, least in BANDS.items() if told >= least), "unknown")
    return band if tellings > 1 else "lone"


def outside(cell: str, *, platform: str | None, at: datetime | None) -> Outside:
    """The measured share of traces of this cell whose first copy was not in the data.

    Nothing is told outside the platform and the years of the table.
    """
    here = _table().filter(cell=cell, platform=platform)
    row = here.row(0, named=True) if here.height else None
    if row is None or at is None or not row["first_year"] <= at.year <= row["last_year"]:
        return Outside(cell, None, NOT_HERE)
    told = (
        f"the first copy was outside in {row['outside_held']} of {row['n_held']} traces of "
        f"held-out stories, {platform} {row['first_year']}-{row['last_year']}"
    )
    return Outside(cell, round(row["outside"] / row["n"], 3), told)


@cache
def _table() -> pl.DataFrame:
    text = files("graphkit.trace").joinpath("outside.csv").read_text("utf-8")
    return pl.read_csv(text.encode(), comment_prefix="#")
