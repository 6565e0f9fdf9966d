# SPDX-License-Identifier: GPL-3.0-or-later
"""A real list beside stated scores, with and without some accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.graphs.listed_ranks import listed_ranks
from graphkit.graphs.scores import ScoreRule
from graphkit.tables import ACTIONS, RANKINGS

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULES = [ScoreRule("accounts"), ScoreRule("actions")]


def acted(*rows):
    """Rows (account, topic, minutes from START, how often)."""
    listed = [
        {"action_id": f"a{n}.{i}", "account_id": who, "object_id": topic, "act": "search",
         "acted_at": START + timedelta(minutes=minute), "time_precision": "second",
         "source_id": "s"}
        for n, (who, topic, minute, times) in enumerate(rows)
        for i in range(times)
    ]  # fmt: skip
    return ACTIONS.conform(pl.DataFrame(listed))


def listing(*topics):
    rows = [
        {"list_id": "hot", "snapshot_at": START, "topic": t, "rank": n, "source_id": "s"}
        for n, t in enumerate(topics, 1)
    ]
    return RANKINGS.conform(pl.DataFrame(rows))


def course(ranks, topic, rule):
    own = ranks.filter(topic=topic, rule=rule)
    return own.select("rank", "rank_by_score", "rank_without").row(0)


def test_a_topic_that_three_accounts_carry_falls_behind_the_listed_topics_without_them():
    log = acted(
        *((who, "pushed", -20, 1) for who in "abc"),
        *((who, "honest", -20, 1) for who in "de"),
        ("f", "pushed", -20, 5),
        ("g", "unlisted", -20, 9),
    )
    ranks = listed_ranks(listing("pushed", "honest"), log, RULES, accounts=["a", "b", "c"])
    assert course(ranks, "pushed", "accounts") == (1, 1, 2)
    assert course(ranks, "honest", "accounts") == (2, 2, 1)
    assert course(ranks, "pushed", "actions") == (1, 1, 1)


def test_actions_older_than_the_score_remembers_do_not_count():
    log = acted(("a", "one", -61, 1), ("b", "two", -59, 1))
    ranks = listed_ranks(listing("one", "two"), log, RULES[:1], accounts=[])
    assert ranks.select("topic", "score").rows() == [("one", 0.0), ("two", 1.0)]


def test_agreement_is_told_from_five_scored_topics_on():
    topics = "abcdef"
    log = acted(*((f"p{n}", t, -10, 6 - n) for n, t in enumerate(topics)))
    ranks = listed_ranks(listing(*topics), log, RULES[1:], accounts=[])
    assert ranks["agreement"].to_list() == pytest.approx([1.0] * 6)
    turned = listed_ranks(listing(*reversed(topics)), log, RULES[1:], accounts=[])
    assert turned["agreement"].to_list() == pytest.approx([-1.0] * 6)
    few = listed_ranks(listing(*topics[:4]), log, RULES[1:], accounts=[])
    assert few["agreement"].to_list() == [None] * 4
    assert few["listed"].to_list() == few["scored"].to_list() == [4] * 4


def test_a_list_of_no_rows_gives_no_rows():
    log = acted(("a", "one", -5, 1))
    assert listed_ranks(listing("one").clear(), log, RULES, accounts=[]).is_empty()
    assert listed_ranks(listing("one"), log, RULES, accounts=["a"])["score_without"].to_list() == [
        0,
        0,
    ]


def test_the_order_of_rows_changes_nothing():
    log = acted(("a", "one", -5, 2), ("b", "two", -5, 3), ("c", "one", -7, 1))
    once = listed_ranks(listing("one", "two"), log, RULES, accounts=["c"])
    again = listed_ranks(listing("one", "two").reverse(), log.reverse(), RULES, accounts=["c"])
    assert once.equals(again)
