# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest effect that a log of one act could have shown: what a group would have had to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.graphs.coaction import checked_rows, edge_codes
from graphkit.graphs.nulls import poisson_tail

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from graphkit.graphs.coaction_groups import GroupRule
    from graphkit.graphs.nulls import BurstNull

SIZES = (3, 5, 20)
BUSIEST = 0.99
MOST_OBJECTS = 1000


def _expected(null: BurstNull, rows_count: float) -> float:
    """The objects that chance makes two accounts share that have so many rows of the usual mix."""
    events = null.classes["events_count"].to_numpy()
    each = rows_count * events / max(events.sum(), 1)
    return float((null.rates * each**2).sum())


def _least(expected: float, accounts: int, tests: int, rule: GroupRule) -> int:
    """The objects on which all pairs of so many accounts must meet to pass in their component."""
    counts = np.arange(rule.min_objects, MOST_OBJECTS)
    p_values: NDArray[np.float64] = poisson_tail(counts, expected)
    passes = p_values * tests <= rule.alpha * accounts * (accounts - 1) / 2
    return int(counts[np.argmax(passes)]) if passes.any() else MOST_OBJECTS


def smallest_effect(actions: pl.DataFrame, rule: GroupRule) -> str:
    """What groups of typical and of busy accounts would have had to share in `actions`, one act.

    Every pair of the group is taken to share the objects, and its accounts to act on quiet and on
    bursting objects as the log does; typical is the median of rows an account, busy their 99th
    percentile.

    Raises:
        ParameterError: the log has more than `rule.max_pairs` in-window row pairs.
    """
    rows = checked_rows(actions, within=rule.within, max_pairs=rule.max_pairs)
    null = edge_codes(rows, min_objects=MOST_OBJECTS)[1]
    each = np.bincount(rows.accounts, minlength=1)
    sizes = [size for size in SIZES if size >= rule.min_accounts] or [rule.min_accounts]
    typical, busy = (_expected(null, float(np.quantile(each, at))) for at in (0.5, BUSIEST))
    told = [f"{size} typical accounts {_least(typical, size, rows.tests, rule)}" for size in sizes]
    return (
        f"{rows.names.len():,} accounts with {len(rows.accounts):,} rows; every pair of a group "
        f"that is told meets within {rule.within.total_seconds():g} seconds on at least this many "
        f"objects: {', '.join(told)}; {sizes[0]} of the busiest hundredth "
        f"{_least(busy, sizes[0], rows.tests, rule)}"
    )
