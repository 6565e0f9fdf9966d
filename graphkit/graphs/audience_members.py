# SPDX-License-Identifier: GPL-3.0-or-later
"""Which accounts belong to a group of audiences, beyond those that chance brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.nulls import poisson_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.coaudience import ActionLog

MOST_HITS = 12  # more topics than that by chance: a tail too small to matter
TAILS = 10.0 ** -np.arange(0, 12.5, 0.25)
COVERED = 0.9  # of the group's actions, within the shortest span; the rest may be strays


def beyond_chance(
    hits: NDArray[np.int64], expected: NDArray[np.float64], *, error: float
) -> tuple[NDArray[np.bool_], float]:
    """Which accounts are in more topics (two at least) than chance explains, and chance's number.

    `hits` and `expected` are of all accounts: topics, and topics by chance (Poisson). Of the tails
    at which to cut, the widest is taken at which chance would bring at most `error` of the accounts
    that pass: a quiet account needs two topics, a busy one more.

    >>> beyond_chance(np.array([2, 2, 3, 0]), np.array([0.01, 2.0, 0.01, 2.0]), error=0.1)[0]
    array([ True, False,  True, False])
    """
    own = np.where(hits >= 2, poisson_tail(hits, expected), 2.0)
    able, alike = np.unique(expected[expected > 0], return_counts=True)
    levels = poisson_tail(np.arange(2, MOST_HITS + 1)[:, None], able[None, :])
    for tail in TAILS:
        found = own <= tail
        chance = float(np.where(levels <= tail, levels, 0.0).max(axis=0) @ alike)
        if chance <= error * found.sum():
            return found, chance
    return np.zeros(hits.size, bool), 0.0


def tight_spans(
    log: ActionLog, windows: pl.DataFrame, core: pl.Series, *, width: int
) -> pl.DataFrame:
    """When the core came to each topic: topic, start, stop (seconds, exclusive), sorted.

    Windows of a topic that touch are one. Its span is the shortest that holds nine tenths of the
    core accounts' actions from half a `width` before to half a width after, and a quarter of
    its length more on either side. The lines of a grid cut a group wherever they fall.
    """
    ordered = windows.select("topic", "start").sort("topic", "start")
    is_new = pl.col("start") - pl.col("start").shift(1).over("topic") > 2 * width
    parts = (
        ordered.with_columns(part=is_new.fill_null(value=False).cum_sum().over("topic"))
        .group_by("topic", "part")
        .agg(first=pl.col("start").min() - width // 2, last=pl.col("start").max() + 3 * width // 2)
        .sort("topic", "part")
    )
    held = np.isin(log.account, core.to_numpy())
    topic, second = log.topic[held], log.second[held]
    spans = [
        (number, *_shortest(np.sort(second[(topic == number) & (second >= a) & (second < b)])))
        for number, _, a, b in parts.iter_rows()
    ]
    return pl.DataFrame(spans, schema=["topic", "start", "stop"], orient="row")


def _shortest(seconds: NDArray[np.int64]) -> tuple[int, int]:
    """The shortest span of `COVERED` of sorted `seconds`, and a quarter more on either side."""
    kept = int(np.ceil(COVERED * seconds.size))
    lengths = seconds[kept - 1 :] - seconds[: seconds.size - kept + 1]
    at = int(lengths.argmin())
    more = int(lengths[at]) // 4 + 1
    return int(seconds[at]) - more, int(seconds[at + kept - 1]) + more + 1
