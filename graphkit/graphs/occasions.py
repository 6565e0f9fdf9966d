# SPDX-License-Identifier: GPL-3.0-or-later
"""Occasions: hours in which something happens, so that a hundred times in one hour count once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

START = "37m30s"
"""Where an hour begins: midway between the half and the quarter, where clocks set nothing off."""


def occasion(at: pl.Expr) -> pl.Expr:
    """The hour of each time, from 37:30 to 37:30, as text; null stays null.

    Two times on both sides of 37:30 are on two occasions however near they are: of pairs that are
    `d` seconds apart, d in 3,600 are missed, and none is counted twice.

    >>> from datetime import UTC, datetime
    >>> import polars as pl
    >>> times = [datetime(2026, 3, 2, 9, 37, second, tzinfo=UTC) for second in (29, 30)]
    >>> pl.DataFrame({"at": times}).select(occasion(pl.col("at"))).to_series().to_list()
    ['2026-03-02T08:37:30Z', '2026-03-02T09:37:30Z']
    """
    return (at.dt.offset_by(f"-{START}").dt.truncate("1h").dt.offset_by(START)).dt.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
