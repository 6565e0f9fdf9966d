# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of a hot list tested against their neighbours: given away, entered, short of engagement.

Each test is exact where the places compared are exchangeable, and conservative where what is
tested falls or rises steadily along the list: the neighbour against the finding is the one used.
"""

from __future__ import annotations

import polars as pl
from scipy.stats import binom

from graphkit.graphs.nulls import benjamini_hochberg
from graphkit.graphs.placement import EARNED, LEAST_P, clock, entered

RANK, SNAPSHOT = ["list_id", "rank"], ["list_id", "snapshot_at"]
ENGAGEMENT = ("read_count", "discuss_count", "origin_count")


def _tested(frame: pl.DataFrame, count: str, trials: str, chance: str) -> pl.DataFrame:
    """`frame` with p_value = P(Bin(trials, chance) >= count), and q_value over all its rows."""
    numbers = (frame[count].cast(pl.Int64) - 1, frame[trials].cast(pl.Int64), frame[chance])
    p_value = binom.sf(*(each.to_numpy() for each in numbers))
    tested = frame.with_columns(p_value=pl.Series(p_value, dtype=pl.Float64).clip(LEAST_P))
    q_value = benjamini_hochberg(tested["p_value"].to_numpy(), tests=tested.height)
    return tested.with_columns(q_value=pl.Series(q_value, dtype=pl.Float64))


def given_rows(rankings: pl.DataFrame) -> pl.DataFrame:
    """The rows of topics without a rank or without heat, with their `place`.

    A place is the rank that the row has all the same, else its position as shown; null where that
    is below all ranks. Marks (is_promoted, is_pinned) are not used.
    """
    last = pl.col("rank").max().over("list_id")
    shown = pl.when(pl.col("position") <= last).then("position")
    placed = rankings.with_columns(place=pl.coalesce("rank", shown), last=last)
    return placed.filter((~EARNED).fill_null(value=True))


def given_places(rankings: pl.DataFrame) -> pl.DataFrame:
    """Places that a list gives to topics without a rank or without heat, most rows first.

    Columns list_id, place, rows, snapshots, share (of the list's snapshots), promoted_share and
    pinned_share (rows that the platform marks so; null where it marks none either way), all_rows
    (on the list), chance (were all places equally likely), expected, p_value, q_value.
    """
    snapshots = rankings.group_by("list_id").agg(total=pl.col("snapshot_at").n_unique())
    given = given_rows(rankings).join(snapshots, on="list_id")
    counted = given.group_by("list_id", "place").agg(
        rows=pl.len(),
        snapshots=pl.col("snapshot_at").n_unique(),
        share=pl.col("snapshot_at").n_unique() / pl.col("total").first(),
        promoted_share=pl.col("is_promoted").mean(),
        pinned_share=pl.col("is_pinned").mean(),
        chance=1 / (pl.col("last").first().fill_null(0) + 1),
    )
    counted = counted.with_columns(all_rows=pl.col("rows").sum().over("list_id"))
    counted = counted.with_columns(expected=pl.col("all_rows") * pl.col("chance"))
    tested = _tested(counted, "rows", "all_rows", "chance")
    return tested.sort("list_id", -pl.col("rows").cast(pl.Int64), "place", nulls_last=True)


def entry_tests(rankings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Whether topics come in at one rank more often than at the two ranks on either side.

    Columns list_id, rank, entries, side (sum of the two ranks above or below, the larger), trials,
    chance (a third), ratio (entries to the mean of that side), p_value, q_value over all ranks
    with two ranks on both sides. And the rows of the topics that came in. At most one topic comes
    in at a rank in one snapshot, so counts vary less than the binomial and p-values are too large.
    """
    rows = entered(rankings, clock(rankings))
    full = rankings.filter(EARNED).select(RANK).unique().sort(RANK)
    counted = full.join(
        rows.group_by(RANK).agg(entries=pl.len()), on=RANK, how="left", maintain_order="left"
    )
    counted = counted.with_columns(pl.col("entries").fill_null(0).cast(pl.Int64))
    sides = [
        pl.sum_horizontal(
            (pl.col("entries").shift(d).over("list_id") for d in pair), ignore_nulls=False
        )
        for pair in ((1, 2), (-1, -2))
    ]
    both = counted.with_columns(above=sides[0], below=sides[1]).drop_nulls(["above", "below"])
    sided = both.select(*RANK, "entries", side=pl.max_horizontal("above", "below")).with_columns(
        trials=pl.col("entries") + pl.col("side"),
        chance=1 / 3,
        ratio=pl.col("entries") / (pl.col("side").clip(1) / 2),
    )
    return _tested(sided, "entries", "trials", "chance"), rows


def engagement_tests(rankings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Whether topics at a rank have less engagement than those above and below at the same time.

    Columns list_id, rank, measure (a column of reads, discussions or original posts), topics
    (each once, when first at that rank), least (of them with less than both), share, chance
    (a third: of three topics in any order), new_share (of `topics`, not listed in the snapshot
    before), near_new_share (the same, mean of the two neighbours), p_value, q_value. And the rows
    of those topics. Displayed heat is not used: it falls with rank by construction.
    """
    ranked = rankings.filter(EARNED)
    firsts = ranked.group_by(*RANK, "topic").agg(pl.col("snapshot_at").min())
    keys = [*RANK, "topic", "snapshot_at"]
    new = entered(rankings, clock(rankings)).select(keys).with_columns(is_new=True)
    first = ranked.join(firsts, on=keys, how="semi").join(new, on=keys, how="left")
    first = first.with_columns(pl.col("is_new").fill_null(value=False))
    near = ranked.select(*SNAPSHOT, "rank", *ENGAGEMENT)
    for name, side in (("above", 1), ("below", -1)):
        shifted = near.unique([*SNAPSHOT, "rank"]).with_columns(pl.col("rank") + side)
        renamed = shifted.rename({m: f"{m}_{name}" for m in ENGAGEMENT})
        first = first.join(renamed, on=[*SNAPSHOT, "rank"], how="left")
    is_new = first.group_by(RANK).agg(new_share=pl.col("is_new").mean()).sort(RANK)
    sides = [pl.col("new_share").shift(d).over("list_id") for d in (1, -1)]
    is_new = is_new.with_columns(near_new_share=pl.mean_horizontal(sides))
    counted = pl.concat(_least(first, measure) for measure in ENGAGEMENT).join(is_new, on=RANK)
    tested = counted.filter(pl.col("topics") > 0).with_columns(chance=1 / 3)
    tested = _tested(tested, "least", "topics", "chance").sort(*RANK, "measure")
    return tested.with_columns(share=pl.col("least") / pl.col("topics")), first


def _least(first: pl.DataFrame, measure: str) -> pl.DataFrame:
    three = first.drop_nulls([measure, f"{measure}_above", f"{measure}_below"])
    near = pl.min_horizontal(f"{measure}_above", f"{measure}_below")
    is_least = pl.col(measure) < near
    counted = three.group_by(RANK).agg(topics=pl.len(), least=is_least.sum())
    return counted.with_columns(measure=pl.lit(measure))
