# SPDX-License-Identifier: GPL-3.0-or-later
"""A real hot list beside stated scores of its topics, with and without some accounts' actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.coaudience import action_log
from graphkit.graphs.placement import EARNED
from graphkit.graphs.scores import topic_scores

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphkit.graphs.scores import ScoreRule

ON = ["list_id", "snapshot_at", "topic"]
LEAST = 5  # topics with a score in a snapshot, for saying how far score and list agree


def listed_ranks(
    rankings: pl.DataFrame,
    actions: pl.DataFrame,
    rules: Iterable[ScoreRule],
    *,
    accounts: Iterable[str],
) -> pl.DataFrame:
    """Every ranked row of `rankings` with its rank among the listed topics under each score.

    Columns list_id, snapshot_at, topic, rank (the list's own), rule, score and score_without (0
    where the log has no action), rank_by_score and rank_without (the `accounts`' actions) among the
    topics of the snapshot, listed and scored (topics of the snapshot, and those with a score),
    agreement (Spearman's correlation of the list's rank and that by score over the scored ones;
    null below five): where it is low, the score is not what the list ranks by. By time, topic and
    rule; the rows of `rankings` should be few. It is not what would have happened: a topic that
    ranks lower is also seen less.
    """
    listed = rankings.filter(EARNED).select(*ON, "rank")
    own = actions.filter(pl.col("object_id").is_in(listed["topic"].unique().implode()))
    rest = own.filter(~pl.col("account_id").is_in(sorted(accounts)))
    parts = [_ranked(listed, own, rest, rule) for rule in rules]
    return pl.concat(parts).sort(*ON, "rule") if parts else pl.DataFrame()


def _ranked(
    listed: pl.DataFrame, own: pl.DataFrame, rest: pl.DataFrame, rule: ScoreRule
) -> pl.DataFrame:
    tick = int(rule.tick.total_seconds())
    at = listed.with_columns(tick=pl.col("snapshot_at").dt.epoch("s") // tick)
    for name, rows in (("score", own), ("score_without", rest)):
        at = at.join(_scores(rows, rule, name), on=["topic", "tick"], how="left")
    snapshot = ["list_id", "snapshot_at"]
    scored = at.with_columns(pl.col("score", "score_without").cast(pl.Float64).fill_null(0))
    ranks = {
        name: pl.col(column).rank("min", descending=True).over(snapshot).cast(pl.Int64)
        for name, column in (("rank_by_score", "score"), ("rank_without", "score_without"))
    }
    has = pl.col("score") > 0
    same = pl.corr(pl.col("rank").filter(has), -pl.col("score").filter(has), method="spearman")
    return scored.with_columns(
        **ranks,
        rule=pl.lit(rule.counts),
        listed=pl.len().over(snapshot).cast(pl.Int64),
        scored=has.sum().over(snapshot).cast(pl.Int64),
        agreement=pl.when(has.sum().over(snapshot) >= LEAST)
        .then(same.over(snapshot))
        .fill_nan(None),
    ).drop("tick")


def _scores(actions: pl.DataFrame, rule: ScoreRule, name: str) -> pl.DataFrame:
    log = action_log(actions)
    found = topic_scores(log, rule)
    return found.select("tick", topic=log.topic_ids.gather(found["topic"]), **{name: "score"})
