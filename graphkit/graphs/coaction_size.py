# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a co-action count would be, before it is made, and how to make it smaller.

A burst of a hundred thousand rows in one minute is five thousand million row pairs in any engine.
Such a log is refused with what it would cost, the objects that cost it, and what each way out
would leave.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.errors import ParameterError
from graphkit.kernels.coaction import window_bounds, window_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.coaction import TimedRows

MICROSECOND = timedelta(microseconds=1)
EDGE_BYTES = 200
"""Memory of an edge: its columns take 145, what the sweep holds beside them up to 48."""


def capped(
    actions: pl.DataFrame, *, within: timedelta, cap: int, seed: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`actions` without the rows of bursts beyond `cap`, and what was left out.

    The clock is cut into stretches as long as the window (from 1970). Of an object with more than
    `cap` rows in a stretch, `cap` rows are drawn by `seed`, every row alike. A row then meets fewer
    than two caps of earlier rows. The second frame has one row a burst: object_id, begins_at,
    rows_count, kept_count; by object and time. Rows without a time stay.

    Raises:
        ParameterError: `cap` is below 1, or `within` negative.
    """
    if cap < 1 or within < timedelta(0):
        raise ParameterError(f"cap={cap}, within={within}: a cap of 1 or more, a span of 0 or more")
    width = max(within // MICROSECOND, 1)
    burst = ("object_id", "stretch")
    log = actions.with_row_index("place").with_columns(
        stretch=pl.col("acted_at").dt.epoch("us") // width
    )
    crowded = log.filter(pl.col("stretch").is_not_null(), pl.len().over(burst) > cap)
    crowded = crowded.sort(*burst, "acted_at", "account_id", "action_id")
    draw = pl.Series(np.random.default_rng(seed).random(crowded.height))
    is_kept = crowded.select(draw.alias("draw"), *burst).select(
        pl.col("draw").rank("ordinal").over(burst) <= cap
    )
    dropped = crowded.filter(~is_kept.to_series())
    begins = (pl.col("stretch") * width).cast(pl.Datetime("us", "UTC"))
    bursts = crowded.group_by(burst).agg(rows_count=pl.len().cast(pl.Int64)).sort(burst)
    told = bursts.select(
        "object_id", begins.alias("begins_at"), "rows_count", kept_count=pl.lit(cap, pl.Int64)
    )
    return actions[_others(actions.height, dropped["place"])], told


def _others(height: int, dropped: pl.Series) -> NDArray[np.int64]:
    """The places below `height` that are not `dropped`."""
    stays = np.ones(height, np.bool_)
    stays[dropped.to_numpy()] = False
    return np.flatnonzero(stays)


def refused(rows: TimedRows, pairs: NDArray[np.int64], *, within: timedelta, max_pairs: int) -> str:
    """Why a count of `pairs` in-window row pairs an object is refused, and the ways out."""
    total = int(pairs.sum())
    largest = np.argsort(-pairs, kind="stable")[:3]
    sizes = np.bincount(rows.objects, minlength=len(pairs))
    objects = ", ".join(
        f"{rows.items[int(at)][:80]!r} ({sizes[at]:,} rows make {pairs[at]:,})" for at in largest
    )
    ways = [_smaller_window(rows, within, max_pairs), *_smaller_cap(rows, within, max_pairs)]
    return (
        f"coaction: {total:,} row pairs lie within {_span(within)} of each other, more than "
        f"max_pairs={max_pairs:,}; as edges up to {total * EDGE_BYTES / 1e9:,.1f} GB of memory. "
        f"The largest objects: {objects}. Ways out: {'; '.join(ways)}; or a larger max_pairs"
    )


def _span(width: timedelta) -> str:
    return f"{width.total_seconds():g}s"


def _smaller_window(rows: TimedRows, within: timedelta, max_pairs: int) -> str:
    """The largest halving of the window that fits, of the first ten."""
    names = (rows.names.len(), rows.items.len())
    width = within
    for _ in range(10):
        width /= 2
        low, _ = window_bounds(rows.objects, rows.times, width // MICROSECOND)
        pairs = int(window_pairs(rows.objects, rows.accounts, low, *names).sum())
        if pairs <= max_pairs:
            return f"within={_span(width)} leaves {pairs:,} pairs"
    return f"no window down to {_span(width)} is small enough"


def _smaller_cap(rows: TimedRows, within: timedelta, max_pairs: int) -> list[str]:
    """The largest cap (see `capped`) under which the pairs are certain to fit, if there is one."""
    stretch = rows.times // max(within // MICROSECOND, 1)
    is_new = np.diff(rows.objects, prepend=-1) != 0
    starts = np.flatnonzero(is_new | (np.diff(stretch, prepend=stretch[0]) != 0))
    counts = np.diff(starts, append=len(stretch))
    follows = ~is_new[starts[1:]] & (np.diff(stretch[starts]) == 1)

    def most(cap: int) -> int:
        kept = np.minimum(counts, cap)
        return int((kept * (kept - 1) // 2).sum() + (kept[1:] * kept[:-1])[follows].sum())

    fits, too_large = 0, int(counts.max()) + 1
    while too_large - fits > 1:
        middle = (fits + too_large) // 2
        fits, too_large = (middle, too_large) if most(middle) <= max_pairs else (fits, middle)
    if fits == 0:
        return []
    kept = int(np.minimum(counts, fits).sum())
    return [
        f"a cap of {fits} rows (of one object in a stretch of {_span(within)}, drawn by a "
        f"seed) leaves {kept:,} of {len(stretch):,} rows"
    ]
