# SPDX-License-Identifier: GPL-3.0-or-later
"""What a group of accounts did for its topics' scores and ranks, under two stated scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.scores import ScoreRule, counterfactual_ranks, topic_scores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphkit.graphs.audience_groups import AudienceGroup
    from graphkit.graphs.coaudience import ActionLog

RULES = (ScoreRule("accounts"), ScoreRule("actions"))


def all_scores(log: ActionLog) -> dict[ScoreRule, pl.DataFrame]:
    """The scores of every topic of the log under each of the two rules."""
    return {rule: topic_scores(log, rule) for rule in RULES}


def push_impact(
    log: ActionLog, scores: Mapping[ScoreRule, pl.DataFrame], group: AudienceGroup, *, top: int
) -> dict[str, float]:
    """Numbers by name: what share of the topics' peak score is the core's, and their ranks.

    At the tick where the core gives a topic's score most: `peak_share`, the core's share of it (by
    accounts), and peak_rank_by_<rule>, the rank; medians over the topics. minutes_in_top_by_<rule>
    sums over topics, from the start of each window until the score has forgotten it. Ranks and
    minutes also with `_without` (the core).
    """
    numbers: dict[str, float] = {}
    for rule, of_all in scores.items():
        ranks = _ranks_in_windows(log, of_all, rule, group)
        peaks = _peaks(ranks)
        minutes = rule.tick.total_seconds() / 60
        for suffix in ("", "_without"):
            numbers[f"peak_rank_by_{rule.counts}{suffix}"] = _median(peaks[f"rank{suffix}"])
            seen = ranks.filter(pl.col(f"rank{suffix}") <= top, pl.col(f"score{suffix}") > 0)
            numbers[f"minutes_in_top_by_{rule.counts}{suffix}"] = seen.height * minutes
        if rule.counts == "accounts":
            numbers["peak_share"] = _median(1 - peaks["score_without"] / peaks["score"])
    return numbers


def _peaks(ranks: pl.DataFrame) -> pl.DataFrame:
    """For each topic, the first tick at which the core gives most."""
    given = ranks.with_columns(given=pl.col("score") - pl.col("score_without"))
    ordered = given.sort(["topic", "given", "tick"], descending=[False, True, False])
    return ordered.unique("topic", keep="first", maintain_order=True)


def _median(values: pl.Series) -> float:
    median = values.cast(pl.Float64).median()
    return median if isinstance(median, float) else 0.0


def _ranks_in_windows(
    log: ActionLog, scores: pl.DataFrame, rule: ScoreRule, group: AudienceGroup
) -> pl.DataFrame:
    tick, trailing = (int(each.total_seconds()) for each in (rule.tick, rule.trailing))
    spans = group.windows.select(
        "topic",
        tick=pl.int_ranges(
            pl.col("start") // tick, (pl.col("start") + group.grid.width + trailing) // tick + 1
        ),
    )
    wanted = spans.explode("tick").unique()
    near = scores.join(wanted.select("tick").unique(), on="tick", how="semi")
    topics = group.windows["topic"].unique().sort()
    ranks = counterfactual_ranks(log, near, rule, accounts=group.core, topics=topics)
    return ranks.join(wanted, on=["topic", "tick"], how="semi")
