# SPDX-License-Identifier: GPL-3.0-or-later
"""What a group of accounts did for its topics' scores and ranks, under stated scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.scores import ScoreRule, counterfactual_ranks, topic_scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphkit.graphs.audience_groups import AudienceGroup
    from graphkit.graphs.coaudience import ActionLog

SHARES = ScoreRule("accounts")  # peak_share is of this score, whatever else is asked for


def all_scores(log: ActionLog, rules: Iterable[ScoreRule]) -> dict[ScoreRule, pl.DataFrame]:
    """The scores of every topic of the log under `SHARES` and each of the rules."""
    return {rule: topic_scores(log, rule) for rule in dict.fromkeys((SHARES, *rules))}


def push_impact(
    log: ActionLog, scores: Mapping[ScoreRule, pl.DataFrame], group: AudienceGroup, *, top: int
) -> dict[str, float]:
    """Numbers by name: what share of the topics' peak score is the core's, and their ranks.

    At the tick where the core gives a topic's score most: `peak_share`, the core's share of it (by
    accounts), and peak_rank_by_<rule>, the rank; medians over the topics. minutes_in_top_by_<rule>
    sums over topics, from the start of each window until the score has forgotten it. Ranks and
    minutes also with `_without` (the core) and `_without_associated` (the core and the associated
    accounts): the two ends of what the group did. displaced_by_<rule> counts the other topics that
    are in the top at one of these ticks only without the core.
    """
    numbers: dict[str, float] = {}
    own = group.windows["topic"].unique().implode()
    for rule, of_all in scores.items():
        wanted = _ticks_in_windows(rule, group)
        ticks = wanted.select("tick").unique()
        core, all_members = (
            counterfactual_ranks(log, of_all, rule, accounts=accounts, ticks=ticks)
            for accounts in (group.core, group.members["account"])
        )
        entered = (pl.col("rank") > top) & (pl.col("rank_without") <= top)
        displaced = core.filter(entered, ~pl.col("topic").is_in(own))["topic"].n_unique()
        more = all_members.select(
            "topic", "tick", pl.col("^.*_without$").name.suffix("_associated")
        )
        both = core.join(more, on=["topic", "tick"])
        ranks = both.join(wanted, on=["topic", "tick"], how="semi").sort("topic", "tick")
        numbers |= _course(ranks, rule, top) | {f"displaced_by_{rule.counts}": float(displaced)}
        if rule == SHARES:
            peaks = _peaks(ranks)
            numbers["peak_share"] = _median(1 - peaks["score_without"] / peaks["score"])
    return numbers


def _course(ranks: pl.DataFrame, rule: ScoreRule, top: int) -> dict[str, float]:
    """Rank at the peak and minutes in the top, with, without the core, and without all members."""
    peaks, minutes = _peaks(ranks), rule.tick.total_seconds() / 60
    numbers = {}
    for suffix in ("", "_without", "_without_associated"):
        seen = ranks.filter(pl.col(f"rank{suffix}") <= top, pl.col(f"score{suffix}") > 0)
        numbers[f"peak_rank_by_{rule.counts}{suffix}"] = _median(peaks[f"rank{suffix}"])
        numbers[f"minutes_in_top_by_{rule.counts}{suffix}"] = seen.height * minutes
    return numbers


def _peaks(ranks: pl.DataFrame) -> pl.DataFrame:
    """For each topic, the first tick at which the core gives most."""
    given = ranks.with_columns(given=pl.col("score") - pl.col("score_without"))
    ordered = given.sort(["topic", "given", "tick"], descending=[False, True, False])
    return ordered.unique("topic", keep="first", maintain_order=True)


def _median(values: pl.Series) -> float:
    median = values.cast(pl.Float64).median()
    return median if isinstance(median, float) else 0.0


def _ticks_in_windows(rule: ScoreRule, group: AudienceGroup) -> pl.DataFrame:
    """Topic and tick, from the start of each window until the score has forgotten it."""
    tick, trailing = (int(each.total_seconds()) for each in (rule.tick, rule.trailing))
    ticks = pl.int_ranges(pl.col("start") // tick, (pl.col("stop") + trailing) // tick + 1)
    return group.windows.select("topic", tick=ticks).explode("tick").unique()
