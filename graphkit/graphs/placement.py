# SPDX-License-Identifier: GPL-3.0-or-later
"""What the snapshots of a hot list show about its places, without any account.

Nothing between snapshots is interpolated: a topic is followed only from a snapshot to the next
one that came after the list's own step. Displayed heat is made to fall with rank, so it is not
used here as a measure of popularity.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

NEAR = 0.5  # a snapshot is the next one when it comes after 0.5 to 1.5 steps
LEAST_P = 1e-300  # a tail below what a float holds is told as this, never as impossible
EARNED = pl.col("rank").is_not_null() & (pl.col("heat").is_null() | (pl.col("heat") > 0))
"""Rows of topics that stand in the ranking: others are in a place that the list gives away."""


@dataclass(frozen=True)
class RankingFacts:
    """Three frames on each list.

    `ranks`: list_id, rank, followed (topics at this rank with a next snapshot), left_share (no
    longer on the list then), stayed (still ranked then), kept (at the same rank), kept_share
    (kept / stayed), neighbour_kept_share (the same over the ranks one above and one below), topics
    (different ones followed), longest_run (snapshots in a row with one topic), entries (topics new
    at this rank since the snapshot before), neighbour_entries (mean of the four ranks around).
    `slots`: list_id, rank, is_pinned, is_promoted, rows, share (of snapshots): places that the list
    gives to topics without a rank or without heat, which are not in `ranks`. `snapshots`: list_id,
    first_at, last_at, snapshots, step (duration), followed (snapshots with a next one), missing
    (steps without a snapshot).
    """

    ranks: pl.DataFrame
    slots: pl.DataFrame
    snapshots: pl.DataFrame


def ranking_facts(rankings: pl.DataFrame) -> RankingFacts:
    """Persistence of places, places without a rank, and gaps, for each list of a rankings frame."""
    times = clock(rankings)
    marked = rankings.with_columns(is_earned=EARNED)
    return RankingFacts(_ranks(marked, times), _slots(marked), _snapshots(times))


def clock(rankings: pl.DataFrame) -> pl.DataFrame:
    """The snapshots of each list: list_id, snapshot_at, gap (to the next), step, next_at.

    next_at is null where the next snapshot is missing: nothing is followed across a gap.
    """
    gap = pl.col("snapshot_at").diff(-1).neg().over("list_id", order_by="snapshot_at")
    times = rankings.select("list_id", "snapshot_at").unique().sort("list_id", "snapshot_at")
    times = times.with_columns(gap=gap)
    step = pl.col("gap").drop_nulls().mode().min().over("list_id")
    near = pl.col("gap").is_between(pl.col("step") * NEAR, pl.col("step") * (2 - NEAR))
    stepped = times.with_columns(step=step)
    following = pl.when(near).then(pl.col("snapshot_at") + pl.col("gap"))
    return stepped.with_columns(next_at=following)


def _snapshots(times: pl.DataFrame) -> pl.DataFrame:
    steps = (pl.col("gap") / pl.col("step")).round().cast(pl.Int64)
    return (
        times.group_by("list_id")
        .agg(
            first_at=pl.col("snapshot_at").min(),
            last_at=pl.col("snapshot_at").max(),
            snapshots=pl.len(),
            step=pl.col("step").first(),
            followed=pl.col("next_at").count(),
            missing=(steps - 1).clip(0).sum(),
        )
        .sort("list_id")
    )


def _slots(rankings: pl.DataFrame) -> pl.DataFrame:
    total = pl.col("snapshot_at").n_unique().over("list_id")
    given = rankings.with_columns(total=total).filter(~pl.col("is_earned"))
    place = ["list_id", "rank", "is_pinned", "is_promoted"]
    counted = given.group_by(place).agg(
        rows=pl.len(), share=pl.col("snapshot_at").n_unique() / pl.col("total").first()
    )
    return counted.sort(place)


def _around(column: str, distances: tuple[int, ...]) -> pl.Expr:
    """The mean of `column` over the ranks at those distances on the same list."""
    return pl.mean_horizontal(pl.col(column).shift(each).over("list_id") for each in distances)


def _runs(places: pl.DataFrame) -> pl.DataFrame:
    """The longest run of one topic at each rank, in snapshots."""
    ordered = places.sort("list_id", "rank", "snapshot_at")
    before = pl.struct("topic", at="next_at").shift(1).over("list_id", "rank")
    is_new = (before != pl.struct("topic", at="snapshot_at")).fill_null(value=True)
    runs = ordered.with_columns(run=is_new.cum_sum()).group_by("list_id", "rank", "run").len()
    return runs.group_by("list_id", "rank").agg(longest_run=pl.col("len").max())


def entered(rankings: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """The ranked rows of topics that were not on the list in the snapshot before.

    `times` is `clock(rankings)`; rows of a snapshot whose predecessor is missing are left out.
    """
    lists = ["list_id", "snapshot_at"]
    before = rankings.join(times, on=lists).drop_nulls("next_at")
    earlier = before.select("list_id", "topic", snapshot_at="next_at")
    known = earlier.select(lists).unique()
    new = rankings.join(known, on=lists, how="semi").join(earlier, on=[*lists, "topic"], how="anti")
    return new.filter(EARNED)


def _ranks(rankings: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    earned = rankings.filter("is_earned")
    places = earned.select("list_id", "snapshot_at", "topic", "rank")
    places = places.join(times, on=["list_id", "snapshot_at"])
    later = places.select("list_id", "topic", next_at="snapshot_at", next_rank="rank")
    moves = places.drop_nulls("next_at").join(later, on=["list_id", "topic", "next_at"], how="left")
    by_rank = moves.group_by("list_id", "rank").agg(
        followed=pl.len(),
        left_share=pl.col("next_rank").is_null().mean(),
        stayed=pl.col("next_rank").count(),
        kept=(pl.col("next_rank") == pl.col("rank")).sum(),
        topics=pl.col("topic").n_unique(),
    )
    kept_share = pl.when(pl.col("stayed") > 0).then(pl.col("kept") / pl.col("stayed"))
    on = ["list_id", "rank"]
    entries = entered(rankings, times).group_by(on).agg(entries=pl.len())
    joined = by_rank.join(_runs(places), on=on, how="left").join(entries, on=on, how="left")
    return (
        joined.with_columns(pl.col("entries").fill_null(0), kept_share=kept_share)
        .sort(on)
        .with_columns(
            neighbour_kept_share=_around("kept_share", (-1, 1)),
            neighbour_entries=_around("entries", (-2, -1, 1, 2)),
        )
    )
