# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores of topics per tick from an action log, their ranks, and both without some accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, cast, get_args

import numpy as np
import polars as pl

from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from graphkit.graphs.coaudience import ActionLog


Counts = Literal["accounts", "actions", "weighted", "velocity", "weibo2021"]
SEARCHES = ("search",)
DISCUSSION = ("post", "hashtag", "repost", "quote", "reply")
INTERACTIONS = ("like", "vote", "repost", "quote", "reply")
DAY_HOURS = 24


@dataclass(frozen=True)
class ScoreRule:
    """What a topic's score is at each tick, from the actions of the `trailing` time before.

    Platforms do not publish their scores; these are stated stand-ins:

    - accounts: distinct accounts;
    - actions: actions;
    - weighted: actions, each with its act's whole number in `weights` (1 where none is given);
    - velocity: how far the actions are above the hourly mean m of the day before, (n - m) over the
      square root of m + 1; only where they are;
    - weibo2021: the rule that Weibo published in August 2021, (searches + discussion) times the
      rate of interaction (likes, votes, reposts, replies an action); reads are not in a log, and
      the rate is 1 where the whole log has no interactions.
    """

    counts: Counts = "accounts"
    trailing: timedelta = timedelta(hours=1)
    tick: timedelta = timedelta(minutes=10)
    weights: tuple[tuple[str, int], ...] = ()


def score_rules(names: Iterable[str], weights: Iterable[str]) -> list[ScoreRule]:
    """The rules of these names; `weights` are acts and whole numbers, such as `post=3`.

    Raises:
        ParameterError: a name is none of `Counts`, or a weight is not of that form.
    """
    pairs = [(act, number) for act, _, number in (text.partition("=") for text in weights)]
    odd = [f"{act}={number}" for act, number in pairs if not number.isdecimal()]
    known = get_args(Counts)
    if odd:
        raise ParameterError(f"act_weights: {odd[0]!r} is not an act and a whole number")
    unknown = sorted(set(names := list(names)) - set(known))
    if unknown:
        raise ParameterError(f"scores: no {unknown[0]!r}; there are {', '.join(known)}")
    numbers = tuple((act, int(number)) for act, number in pairs)
    return [ScoreRule(cast("Counts", name), weights=numbers) for name in names]


def topic_scores(log: ActionLog, rule: ScoreRule) -> pl.DataFrame:
    """The score of every topic at every tick where it is above 0, by topic and tick.

    Columns: topic (code of the log), tick (number of ticks since 1970), score. An action counts at
    the ticks in the `trailing` time from it on.
    """
    weight = np.ones(len(log.act_ids), np.int64)
    if rule.counts == "weighted":
        given = dict(rule.weights)
        weight = np.array([given.get(act, 1) for act in log.act_ids], np.int64)
    levels = _levels(log, rule, weight[log.act])
    held = (
        levels.filter(pl.col("score") > 0)
        .select("topic", pl.int_ranges("tick", "until").alias("tick"), "score")
        .explode("tick")
    )
    if rule.counts == "velocity":
        return _velocity(log, rule, held)
    if rule.counts == "weibo2021":
        return _weibo2021(log, rule, held)
    return held


def _levels(log: ActionLog, rule: ScoreRule, weight: NDArray[np.int64]) -> pl.DataFrame:
    """The steps of each topic's score: topic, tick, score, until (the tick of the next step)."""
    tick, trailing = (int(span.total_seconds()) for span in (rule.tick, rule.trailing))
    second = pl.col("second")
    columns = {"topic": log.topic, "account": log.account, "second": log.second, "weight": weight}
    spans = pl.LazyFrame(columns).select(
        "topic",
        "account",
        "weight",
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
            spans.select("topic", tick="start", change="weight"),
            spans.select("topic", tick="stop", change=-pl.col("weight")),
        ]
    )
    summed = steps.group_by("topic", "tick").agg(pl.col("change").sum()).sort("topic", "tick")
    return summed.select(
        "topic",
        "tick",
        score=pl.col("change").cum_sum().over("topic"),
        until=pl.col("tick").shift(-1).over("topic"),
    ).collect()


def _level_at(held: pl.DataFrame, levels: pl.DataFrame, name: str) -> pl.DataFrame:
    """`held` with the score of `levels` at its ticks as the column `name`, 0 before the first."""
    steps = levels.select("topic", "tick", pl.col("score").alias(name)).sort("tick")
    joined = held.sort("tick").join_asof(
        steps, on="tick", by="topic", strategy="backward", check_sortedness=False
    )
    return joined.with_columns(pl.col(name).fill_null(0))


def _velocity(log: ActionLog, rule: ScoreRule, held: pl.DataFrame) -> pl.DataFrame:
    """(n - m) / sqrt(m + 1), where above 0: m is the mean of the 24 spans before the trailing."""
    long = replace(rule, trailing=(DAY_HOURS + 1) * rule.trailing)
    both = _level_at(held, _levels(log, long, np.ones_like(log.act)), "day")
    mean = (pl.col("day") - pl.col("score")) / DAY_HOURS
    above = both.select("topic", "tick", score=(pl.col("score") - mean) / (mean + 1).sqrt())
    return above.filter(pl.col("score") > 0).sort("topic", "tick")


def _weibo2021(log: ActionLog, rule: ScoreRule, held: pl.DataFrame) -> pl.DataFrame:
    """(searches + discussion) times the share of interactions among all actions, where above 0."""
    counted, answering = (
        log.act_ids.is_in(list(acts)).cast(pl.Int64).to_numpy()
        for acts in (SEARCHES + DISCUSSION, INTERACTIONS)
    )
    both = _level_at(held, _levels(log, rule, counted[log.act]), "heat")
    rate = pl.lit(1.0)
    if answering.any():
        both = _level_at(both, _levels(log, rule, answering[log.act]), "answers")
        rate = pl.col("answers") / pl.col("score")
    heat = both.select("topic", "tick", score=pl.col("heat") * rate)
    return heat.filter(pl.col("score") > 0).sort("topic", "tick")


def ranked(scores: pl.DataFrame) -> pl.DataFrame:
    """`scores` with the column rank: 1 for the highest score of the tick, equal scores alike."""
    rank = pl.col("score").rank("min", descending=True).over("tick")
    return scores.with_columns(rank=rank.cast(pl.Int64))


def _reaches(log: ActionLog, rule: ScoreRule, ticks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each action counts for a score at one of the sorted `ticks`."""
    tick, trailing = (int(span.total_seconds()) for span in (rule.tick, rule.trailing))
    reach = trailing * (DAY_HOURS + 1 if rule.counts == "velocity" else 1)
    following = np.append(ticks, np.iinfo(np.int64).max // tick)
    ahead: NDArray[np.int64] = following[np.searchsorted(ticks, -(-log.second // tick))] * tick
    return np.asarray(ahead < log.second + reach)


def counterfactual_ranks(
    log: ActionLog,
    scores: pl.DataFrame,
    rule: ScoreRule,
    *,
    accounts: pl.Series,
    ticks: pl.DataFrame,
) -> pl.DataFrame:
    """Score and rank of every topic at `ticks`, with and without `accounts`.

    Columns: topic, tick, score, rank, score_without (0 where nothing is left), rank_without
    (there, behind every topic with a score), by topic and tick. `scores` are those of the log, all
    topics of every tick that is to be ranked; accounts and topics are codes. Every topic loses the
    accounts' actions, not only those that are asked for. It is not what would have happened: a
    topic that ranks lower is also seen less.
    """
    near = scores.join(ticks, on="tick", how="semi")
    gone = np.isin(log.account, accounts.to_numpy())
    touched = np.unique(log.topic[gone])
    counts = _reaches(log, rule, ticks["tick"].sort().to_numpy())
    rest = log.rows(np.isin(log.topic, touched) & ~gone & counts)
    left = topic_scores(rest, rule).join(ticks, on="tick", how="semi")
    others = near.filter(~pl.col("topic").is_in(pl.Series(touched).implode()))
    without = ranked(pl.concat([others, left])).rename(
        {"score": "score_without", "rank": "rank_without"}
    )
    last = without.group_by("tick").agg(last=pl.len() + 1)
    both = ranked(near).join(without, on=["topic", "tick"], how="left")
    return (
        both.join(last, on="tick", how="left")
        .select(
            "topic",
            "tick",
            "score",
            "rank",
            pl.col("score_without").fill_null(0),
            pl.coalesce("rank_without", "last", 1).cast(pl.Int64),
        )
        .sort("topic", "tick")
    )
