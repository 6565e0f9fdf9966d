# SPDX-License-Identifier: GPL-3.0-or-later
"""What chance would make of co-action when everybody keeps their hours of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.coaction import TimedRows
    from graphkit.graphs.nulls import BurstNull

HOUR = 3_600_000_000
HOURS = 24


def expected_by_hour(
    rows: TimedRows, null: BurstNull, *, a: NDArray[np.integer], b: NDArray[np.integer]
) -> NDArray[np.float64]:
    """The expected number of objects on which each pair meets, by burst class and hour of day.

    As `BurstNull.expected`, with every class cut into 24 strata (UTC): accounts that are awake at
    the same hours meet more often. The in-window pairs of a class are spread over its hours as the
    squares of its rows are, as pairs of rows that fall at random would be; the pairs seen in an
    hour are not used, for a group that always meets at one hour would then expect itself.
    """
    size = len(null.rates) * HOURS
    cell = null.levels[rows.objects] * HOURS + rows.times // HOUR % HOURS
    squares = np.bincount(cell, minlength=size).reshape(-1, HOURS).astype(float) ** 2
    pairs = null.classes["pairs_count"].to_numpy()
    rates = np.repeat(2 * pairs / np.maximum(squares.sum(axis=1), 1), HOURS)
    accounts = np.unique(np.concatenate([a, b]))
    place = np.full(len(null.events), -1)
    place[accounts] = np.arange(len(accounts))
    theirs = place[rows.accounts] >= 0
    at = place[rows.accounts[theirs]] * size + cell[theirs]
    events = np.bincount(at, minlength=len(accounts) * size).reshape(-1, size)
    total = np.zeros(len(a))
    for stratum in np.flatnonzero(rates):
        total += rates[stratum] * events[place[a], stratum] * events[place[b], stratum]
    return total
