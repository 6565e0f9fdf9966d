# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores of topics per tick from an action log, their ranks, and both without some accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from graphkit.graphs.coaudience import ActionLog


@dataclass(frozen=True)
class ScoreRule:
    """What a topic's score counts at each tick: distinct accounts, or actions, in the time before.

    Platforms do not publish their scores; these two are stated stand-ins.
    """

    counts: Literal["accounts", "actions"] = "accounts"
    trailing: timedelta = timedelta(hours=1)
    tick: timedelta = timedelta(minutes=10)


def topic_scores(log: ActionLog, rule: ScoreRule) -> pl.DataFrame:
    """The score of every topic at every tick where it is above 0, by topic and tick.

    Columns: topic (code of the log), tick (number of ticks since 1970), score. An action counts at
    the ticks in the `trailing` time from it on.
    """
    tick, trailing = (int(span.total_seconds()) for span in (rule.tick, rule.trailing))
    frame = pl.LazyFrame({"topic": log.topic, "account": log.account, "second": log.second})
    second = pl.col("second")
    spans = frame.select(
        "topic",
        "account",
        start=-(-second // tick),
        stop=-(-(second + trailing) // tick),
    )
    if rule.counts == "accounts":  # an account's overlapping spans on a topic count once
        spans = spans.sort("topic", "account", "start").with_columns(
            start=pl.max_horizontal(
                "start", pl.col("stop").shift(1).over("topic", "account", order_by="start")
            )
        )
    steps = pl.concat(
        [
            spans.select("topic", tick="start", change=pl.lit(1, pl.Int64)),
            spans.select("topic", tick="stop", change=pl.lit(-1, pl.Int64)),
        ]
    )
    levels = (
        steps.group_by("topic", "tick")
        .agg(pl.col("change").sum())
        .sort("topic", "tick")
        .with_columns(
            score=pl.col("change").cum_sum().over("topic"),
            until=pl.col("tick").shift(-1).over("topic"),
        )
    )
    held = levels.filter(pl.col("score") > 0).select(
        "topic", pl.int_ranges("tick", "until").alias("tick"), "score"
    )
    return held.explode("tick").collect()


def ranked(scores: pl.DataFrame) -> pl.DataFrame:
    """`scores` with the column rank: 1 for the highest score of the tick, equal scores alike."""
    rank = pl.col("score").rank("min", descending=True).over("tick")
    return scores.with_columns(rank=rank.cast(pl.Int64))


def counterfactual_ranks(
    log: ActionLog, scores: pl.DataFrame, rule: ScoreRule, *, accounts: pl.Series, topics: pl.Series
) -> pl.DataFrame:
    """Score and rank of `topics` with and without `accounts`, at their ticks in `scores`.

    Columns: topic, tick, score, rank, score_without (0 where nothing is left), rank_without
    (there, behind every topic with a score), by topic and tick. `scores` are those of the log, all
    topics of every tick that is to be ranked; accounts and topics are codes. Every topic loses the
    accounts' actions, not only the given ones. It is not what would have happened: a topic that
    ranks lower is also seen less.
    """
    ticks = scores.filter(pl.col("topic").is_in(topics.implode())).select("tick").unique()
    near = scores.join(ticks, on="tick", how="semi")
    gone = np.isin(log.account, accounts.to_numpy())
    touched = np.unique(log.topic[gone])
    kept = np.isin(log.topic, touched) & ~gone
    rest = replace(log, account=log.account[kept], topic=log.topic[kept], second=log.second[kept])
    left = topic_scores(rest, rule).join(ticks, on="tick", how="semi")
    others = near.filter(~pl.col("topic").is_in(pl.Series(touched).implode()))
    without = ranked(pl.concat([others, left])).rename(
        {"score": "score_without", "rank": "rank_without"}
    )
    wanted = ranked(near).filter(pl.col("topic").is_in(topics.implode()))
    last = without.group_by("tick").agg(last=pl.len() + 1)
    both = wanted.join(without, on=["topic", "tick"], how="left").join(last, on="tick", how="left")
    return both.select(
        "topic",
        "tick",
        "score",
        "rank",
        pl.col("score_without").fill_null(0),
        pl.coalesce("rank_without", "last", 1).cast(pl.Int64),
    ).sort("topic", "tick")
