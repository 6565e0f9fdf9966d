# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores per tick, ranks, and both without some accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.coaudience import action_log
from graphkit.graphs.scores import ScoreRule, counterfactual_ranks, ranked, topic_scores

START = datetime(2026, 3, 2, tzinfo=UTC)
ORIGIN = int(START.timestamp())
SECOND = timedelta(seconds=1)
RULES = {
    counts: ScoreRule(counts, trailing=60 * SECOND, tick=10 * SECOND)
    for counts in ("accounts", "actions")
}


def log_of(rows):
    return action_log(
        pl.DataFrame(
            {
                "action_id": [f"{n:04d}" for n in range(len(rows))],
                "account_id": [account for account, _, _ in rows],
                "object_id": [topic for _, topic, _ in rows],
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
    topics = log.topic_ids.search_sorted(pl.Series(["only", "x"]))
    found = counterfactual_ranks(
        log, topic_scores(log, rule), rule, accounts=accounts, topics=topics
    )
    first = found.filter(pl.col("tick") == found["tick"].min())
    assert first.drop("topic", "tick").rows() == [(1, 4, 0, 4), (3, 1, 1, 2)]


def test_the_course_without_accounts_is_that_of_a_log_without_their_rows():
    dice = Random(4)
    rows = [(dice.choice("abcdef"), dice.choice("uvwxyz"), dice.randrange(400)) for _ in range(90)]
    log, rule = log_of(rows), RULES["actions"]
    accounts = log.account_ids.search_sorted(pl.Series(["a", "b"]))
    topics = pl.Series(range(6))
    found = counterfactual_ranks(
        log, topic_scores(log, rule), rule, accounts=accounts, topics=topics
    )
    rest = log_of([row for row in rows if row[0] not in "ab"])
    alone = by_seconds(rest, topic_scores(rest, rule))
    seen = by_seconds(log, found.select("topic", "tick", "score_without"))
    assert {key: score for key, score in seen.items() if score} == alone
