# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores per tick, ranks, and both without some accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import ParameterError
from graphkit.graphs.coaudience import action_log
from graphkit.graphs.scores import (
    ScoreRule,
    counterfactual_ranks,
    ranked,
    score_rules,
    topic_scores,
)

START = datetime(2026, 3, 2, tzinfo=UTC)
ORIGIN = int(START.timestamp())
SECOND = timedelta(seconds=1)
RULES = {
    counts: ScoreRule(counts, trailing=60 * SECOND, tick=10 * SECOND)
    for counts in ("accounts", "actions")
}


def log_of(rows, *, acts="search"):
    return action_log(
        pl.DataFrame(
            {
                "action_id": [f"{n:04d}" for n in range(len(rows))],
                "account_id": [account for account, _, _ in rows],
                "object_id": [topic for _, topic, _ in rows],
                "act": [acts] * len(rows) if isinstance(acts, str) else acts,
                "acted_at": [START + second * SECOND for *_, second in rows],
            },
            schema_overrides={"acted_at": pl.Datetime("us", "UTC")},
        )
    )


def by_seconds(log, scores):
    topics = log.topic_ids.to_list()
    return {(topics[t], tick * 10 - ORIGIN): score for t, tick, score in scores.iter_rows()}


ROW = st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 300))


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25))
def test_a_score_counts_the_accounts_or_actions_of_the_trailing_time(rows):
    log = log_of(rows)
    for counts, rule in RULES.items():
        expected = {}
        for topic in "xy":
            for tick in range(0, 400, 10):
                here = [a for a, t, second in rows if t == topic and tick - 60 < second <= tick]
                if here:
                    expected[topic, tick] = len(here) if counts == "actions" else len(set(here))
        assert by_seconds(log, topic_scores(log, rule)) == expected


def test_equal_scores_share_the_better_rank():
    log = log_of([("a", "x", 1), ("b", "y", 2), ("a", "z", 3), ("b", "z", 3)])
    scores = ranked(topic_scores(log, RULES["accounts"]))
    assert scores.filter(tick=scores["tick"].min())["rank"].to_list() == [2, 2, 1]


def test_without_the_accounts_every_topic_loses_them_and_ranks_move():
    rows = [("p", "x", 1), ("q", "x", 2), ("a", "x", 3), ("p", "y", 4), ("b", "y", 5)]
    log = log_of([*rows, ("c", "z", 6), ("d", "z", 7), ("p", "only", 8)])
    rule = RULES["accounts"]
    accounts = log.account_ids.search_sorted(pl.Series(["p", "q"]))
    scores = topic_scores(log, rule)
    ticks = scores.select("tick").unique()
    found = counterfactual_ranks(log, scores, rule, accounts=accounts, ticks=ticks)
    first = found.filter(pl.col("tick") == found["tick"].min(), pl.col("topic").is_in([0, 1]))
    assert first.drop("topic", "tick").rows() == [(1, 4, 0, 4), (3, 1, 1, 2)]


def test_the_course_without_accounts_is_that_of_a_log_without_their_rows():
    dice = Random(4)
    rows = [(dice.choice("abcdef"), dice.choice("uvwxyz"), dice.randrange(400)) for _ in range(90)]
    log, rule = log_of(rows), RULES["actions"]
    accounts = log.account_ids.search_sorted(pl.Series(["a", "b"]))
    scores = topic_scores(log, rule)
    ticks = scores.select("tick").unique()
    found = counterfactual_ranks(log, scores, rule, accounts=accounts, ticks=ticks)
    rest = log_of([row for row in rows if row[0] not in "ab"])
    alone = by_seconds(rest, topic_scores(rest, rule))
    seen = by_seconds(log, found.select("topic", "tick", "score_without"))
    assert {key: score for key, score in seen.items() if score} == alone


def test_weights_count_actions_by_their_act():
    log = log_of([("a", "x", 1), ("b", "x", 2), ("c", "y", 3)], acts=["post", "like", "like"])
    rule = replace(RULES["actions"], counts="weighted", weights=(("post", 3),))
    assert set(topic_scores(log, rule)["score"]) == {4, 1}


def test_velocity_is_of_what_is_more_than_the_spans_before():
    rows = [("a", "x", 60 * n + 1) for n in range(25)]  # one action a span, for 25 spans
    log = log_of([*rows, *(("b", "x", 1500 + n) for n in range(1, 9))])
    scores = by_seconds(log, topic_scores(log, replace(RULES["actions"], counts="velocity")))
    assert scores["x", 10] == 1.0  # nothing before
    assert scores["x", 1510] == pytest.approx((8 - 1) / 2**0.5)


def test_the_rule_of_2021_multiplies_searches_and_discussion_by_the_rate_of_interaction():
    rows = [("a", "x", 1), ("b", "x", 2), ("c", "x", 3), ("d", "x", 4)]
    rule = replace(RULES["actions"], counts="weibo2021")
    log = log_of(rows, acts=["search", "post", "like", "view"])
    assert by_seconds(log, topic_scores(log, rule))["x", 10] == 2 * 1 / 4
    silent = log_of(rows, acts="search")
    assert by_seconds(silent, topic_scores(silent, rule))["x", 10] == 4


def test_an_unknown_score_and_an_odd_weight_are_refused():
    with pytest.raises(ParameterError, match="no 'heat'; there are accounts, actions"):
        score_rules(["heat"], [])
    with pytest.raises(ParameterError, match="'post=many' is not an act and a whole number"):
        score_rules(["actions"], ["post=many"])
