# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about the places of hot lists, for the page on rankings and for scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
from scipy.stats import binom

from graphkit.graphs.held_places import held_tests, steps
from graphkit.graphs.place_tests import entry_tests
from graphkit.graphs.placement import RankingFacts, clock, ranking_facts

if TYPE_CHECKING:
    from graphkit.tables import Corpus

LIMIT = 0.99  # of 100 counts that the neighbours' rate makes, 99 are no higher than the limit
_BINS = tuple(timedelta(days=days) for days in (1, 2, 7, 14, 28, 91, 182, 364))
MOST_BINS = 90


@dataclass(frozen=True)
class PlacePicture:
    """One list, rank by rank and over time.

    `ranks`: rank, stayed (topics there that are still listed in the next snapshot), kept_share (of
    them still at this rank), passed (of them, passed by others), held_share (at this rank all the
    same), held_chance (the higher neighbour's share), held_limit (99 of 100 shares that it makes
    are no higher), entries, entries_chance (the mean of the two ranks on the busier side) and
    entries_limit. Null where a rank is not tested. `missing`: start, snapshots, missing (steps
    without a snapshot, never interpolated), each `width` wide.
    """

    ranks: pl.DataFrame
    missing: pl.DataFrame
    width: timedelta


def placement(corpus: Corpus) -> RankingFacts:
    """What the hot lists of `corpus` show about their places, without any account."""
    return ranking_facts(corpus.rankings)


def place_picture(rankings: pl.DataFrame, list_id: str, *, zone: str) -> PlacePicture:
    """What a picture of the places of one list shows, in days of `zone`; see `PlacePicture`."""
    own = rankings.filter(list_id=list_id)
    kept = ranking_facts(own).ranks.select("rank", "stayed", "kept_share")
    held = held_tests(steps(own)).ranks.select(
        "rank", "passed", "held_share", held_chance="neighbour_share"
    )
    came = entry_tests(own)[0].select(
        "rank", "entries", "trials", "chance", entries_chance=pl.col("side") / 2
    )
    joined = kept.join(held, on="rank", how="left").join(came, on="rank", how="left").sort("rank")
    limits = {
        "held_limit": _limit(joined, "passed", "held_chance") / joined["passed"],
        "entries_limit": _limit(joined, "trials", "chance"),
    }
    missing, width = _missing(own, zone)
    return PlacePicture(joined.with_columns(**limits).drop("trials", "chance"), missing, width)


def _limit(frame: pl.DataFrame, trials: str, chance: str) -> pl.Series:
    numbers = (frame[trials].cast(pl.Float64).to_numpy(), frame[chance].to_numpy())
    return pl.Series(binom.ppf(LIMIT, *numbers)).fill_nan(None)


def _missing(own: pl.DataFrame, zone: str) -> tuple[pl.DataFrame, timedelta]:
    """Snapshots there and missing, in bins of a day or more; a missing step counts where it was."""
    times = clock(own).sort("snapshot_at")
    length = times["snapshot_at"][-1] - times["snapshot_at"][0]
    width = next((each for each in _BINS if length / each < MOST_BINS), _BINS[-1])
    steps_on = (pl.col("gap") / pl.col("step")).round().cast(pl.Int64).fill_null(1)
    counted = times.select("snapshot_at", "step", after=pl.int_ranges(steps_on)).explode("after")
    at = pl.col("snapshot_at") + pl.col("after") * pl.col("step").fill_null(timedelta(0))
    binned = counted.group_by(start=at.dt.convert_time_zone(zone).dt.truncate(width)).agg(
        snapshots=(pl.col("after") == 0).sum().cast(pl.Int64),
        missing=(pl.col("after") > 0).sum().cast(pl.Int64),
    )
    return binned.sort("start"), width
