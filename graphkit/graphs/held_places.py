# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics that keep a rank of a hot list while others pass them: a place held, not a clear lead.

A topic that is far ahead of the next keeps its rank because nobody overtakes it, and the first
topic of a quiet night keeps it for hours. So whether a topic keeps its rank is asked only where it
was *passed*: of the other topics on both snapshots, not the same stand above it. It then keeps its
rank only where as many fall behind it as overtake it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from scipy.stats import hypergeom

from graphkit.graphs.nulls import benjamini_hochberg
from graphkit.graphs.placement import EARNED, LEAST_P, clock

SNAPSHOT, RANK = ["list_id", "snapshot_at"], ["list_id", "rank"]


@dataclass(frozen=True)
class HeldTests:
    """Two frames on the ranks of each list.

    `ranks`: list_id, rank, passed (steps from one snapshot to the next in which a topic at this
    rank stays on the list and is passed), held (of them at the same rank afterwards), held_share,
    neighbour_share (the larger of the ranks above and below), runs (number of), p_share (Fisher's
    exact test against that neighbour), p_runs (Simes over the runs), p_value (Bonferroni of the
    two), q_value (Benjamini-Hochberg over all ranks of all lists). Ranks without two neighbours are
    not tested.

    `runs`: list_id, rank, topic, start, end, snapshots (in a row at this rank), passed, held,
    p_value (neighbour_share ** held), q_value (within the rank): runs that were passed at all.
    """

    ranks: pl.DataFrame
    runs: pl.DataFrame


def steps(rankings: pl.DataFrame) -> pl.DataFrame:
    """Each ranked topic's step to the next snapshot, where it is ranked in both.

    Columns list_id, snapshot_at, next_at, topic, rank, next_rank, is_kept, is_passed. Topics that
    come or go do not count as passing.
    """
    places = rankings.filter(EARNED).select(*SNAPSHOT, "topic", "rank")
    times = clock(rankings).select(*SNAPSHOT, "next_at").drop_nulls()
    later = places.select("list_id", "topic", next_at="snapshot_at", next_rank="rank")
    both = places.join(times, on=SNAPSHOT).join(later, on=["list_id", "topic", "next_at"])
    mark = both.with_columns(mark=pl.col("topic").hash())  # sums of marks stand for sets of topics
    above = {
        name: pl.col("mark").cum_sum().over(SNAPSHOT, order_by=[rank, "topic"]) - pl.col("mark")
        for name, rank in (("before", "rank"), ("after", "next_rank"))
    }
    return mark.with_columns(**above).select(
        *SNAPSHOT,
        "next_at",
        "topic",
        "rank",
        "next_rank",
        is_kept=pl.col("rank") == pl.col("next_rank"),
        is_passed=pl.col("before") != pl.col("after"),
    )


def _runs(moves: pl.DataFrame) -> pl.DataFrame:
    """Runs of steps of one topic from one rank, ended by the first that leaves it."""
    ordered = moves.sort("list_id", "topic", "snapshot_at")
    here = pl.struct("list_id", "topic", at="snapshot_at")
    goes_on = pl.struct("list_id", "topic", at="next_at").shift(1) == here
    follows = (goes_on & pl.col("is_kept").shift(1)).fill_null(value=False)
    numbered = ordered.with_columns(run=(~follows).cum_sum())
    last = pl.when("is_kept").then("next_at").otherwise("snapshot_at").max()
    runs = numbered.group_by("run", *RANK, "topic").agg(
        start=pl.col("snapshot_at").min(),
        end=last,
        snapshots=pl.col("is_kept").sum() + 1,
        passed=pl.col("is_passed").sum(),
        held=(pl.col("is_kept") & pl.col("is_passed")).sum(),
    )
    return runs.drop("run").filter(pl.col("passed") > 0)


def _neighbour(column: str, side: int) -> pl.Expr:
    """The value of the rank directly above (1) or below (-1), null where the list has none."""
    near = pl.col("rank").shift(side).over("list_id") == pl.col("rank") - side
    return pl.when(near).then(pl.col(column).shift(side).over("list_id"))


def _shares(runs: pl.DataFrame) -> pl.DataFrame:
    """Per rank passed, held, and those of the neighbour with the larger share, where it has two."""
    counted = runs.group_by(RANK).agg(pl.col("passed").sum(), pl.col("held").sum()).sort(RANK)
    share = (pl.col("held") + 1) / (pl.col("passed") + 2)  # one success, one failure beforehand
    shares = counted.with_columns(smooth=share)
    above, below = _neighbour("smooth", 1), _neighbour("smooth", -1)
    upper = above >= below
    near = {
        f"near_{name}": pl.when(upper).then(_neighbour(name, 1)).otherwise(_neighbour(name, -1))
        for name in ("passed", "held")
    }
    near_share = pl.when(upper).then(above).otherwise(below)
    tested = pl.when(above.is_not_null() & below.is_not_null())
    return shares.with_columns(neighbour_share=tested.then(near_share), **near).drop("smooth")


def _simes() -> pl.Expr:
    ordered = pl.col("p_value").sort()
    return (ordered * pl.len() / pl.int_range(1, pl.len() + 1)).min().clip(0, 1)


def held_tests(moves: pl.DataFrame) -> HeldTests:
    """Tests of whether ranks are held, from `steps`. Simes 1986; Benjamini and Hochberg 1995."""
    runs = _runs(moves)
    shares = _shares(runs).drop_nulls("neighbour_share")
    runs = runs.join(shares.select(*RANK, "neighbour_share"), on=RANK)
    runs = runs.with_columns(p_value=pl.col("neighbour_share") ** pl.col("held"))
    shares = shares.join(runs.group_by(RANK).agg(p_runs=_simes(), runs=pl.len()), on=RANK).sort(
        RANK
    )
    columns = ("held", "passed", "near_held", "near_passed")
    held, passed, near_held, near_passed = (shares[n].cast(pl.Int64).to_numpy() for n in columns)
    p_share = hypergeom.sf(held - 1, passed + near_passed, held + near_held, passed)
    tested = shares.with_columns(
        held_share=pl.col("held") / pl.col("passed"),
        p_share=pl.Series(p_share, dtype=pl.Float64).clip(LEAST_P),
    ).with_columns(p_value=(2 * pl.min_horizontal("p_share", "p_runs")).clip(0, 1))
    q_values = benjamini_hochberg(tested["p_value"].to_numpy(), tests=tested.height)
    ranks = tested.with_columns(q_value=pl.Series(q_values, dtype=pl.Float64))
    return HeldTests(ranks.drop("near_passed", "near_held"), _with_q(runs))


def _with_q(runs: pl.DataFrame) -> pl.DataFrame:
    """`runs` with the q-value of each among the runs of its rank."""
    ordered = runs.sort(*RANK, "p_value", "start", "topic")
    place = pl.int_range(1, pl.len() + 1).over(RANK)
    step = (pl.col("p_value") * pl.len().over(RANK) / place).clip(0, 1)
    q_value = step.reverse().cum_min().reverse().over(RANK)
    return ordered.with_columns(q_value=q_value).drop("neighbour_share")
