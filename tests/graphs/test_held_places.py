# SPDX-License-Identifier: GPL-3.0-or-later
"""Topics that keep a rank while others pass them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.held_places import held_tests, steps
from graphkit.tables import RANKINGS

START = datetime(2026, 3, 2, tzinfo=UTC)


def rankings(snapshots):
    """Rows of {hour: topics in order of rank}."""
    rows = [
        {
            "list_id": "list",
            "snapshot_at": START + timedelta(hours=hour),
            "topic": topic,
            "rank": rank,
            "source_id": "s",
        }
        for hour, topics in snapshots.items()
        for rank, topic in enumerate(topics, 1)
    ]
    return RANKINGS.conform(pl.DataFrame(rows))


def step_of(snapshots, topic, hour=0):
    at = START + timedelta(hours=hour)
    found = steps(rankings(snapshots)).filter(topic=topic, snapshot_at=at)
    return found.select("is_kept", "is_passed").row(0)


def test_a_topic_that_nobody_passes_is_kept_and_not_passed():
    assert step_of({0: "abcd", 1: "bacd"}, "c") == (True, False)


def test_a_topic_passed_once_in_each_direction_is_held():
    assert step_of({0: "abcd", 1: "dbac"}, "b") == (True, True)


def test_a_topic_that_is_overtaken_is_passed_and_not_kept():
    assert step_of({0: "abcd", 1: "bacd"}, "a") == (False, True)


def test_topics_that_come_or_go_do_not_pass():
    assert step_of({0: "abcd", 1: "xbcd"}, "c") == (True, False)
    assert step_of({0: "abcd", 1: "bcda"[:3]}, "c") == (False, False)


def test_no_step_crosses_a_missing_snapshot():
    found = steps(rankings({0: "abc", 1: "abc", 4: "abc", 5: "abc"}))
    assert found["snapshot_at"].unique().sort().to_list() == [START, START + timedelta(hours=4)]


def brute_force(snapshots):
    """(passed, held) per rank, from sets of topics above."""
    counts = {}
    for hour in sorted(snapshots):
        if hour + 1 not in snapshots:
            continue
        now, then = snapshots[hour], snapshots[hour + 1]
        both = set(now) & set(then)
        for topic in both:
            rank, after = now.index(topic), then.index(topic)
            if set(now[:rank]) & both != set(then[:after]) & both:
                passed, held = counts.get(rank + 1, (0, 0))
                counts[rank + 1] = (passed + 1, held + (rank == after))
    return counts


def shuffled_list(seed, *, hours=60, held=False):
    dice = Random(seed)
    topics = list("abcdefghijkl")
    snapshots = {}
    for hour in range(hours):
        for _ in range(4):
            at = dice.randrange(11)
            topics[at], topics[at + 1] = topics[at + 1], topics[at]
        shown = [t for t in topics if not held or t != "h"]
        if held:
            shown.insert(3, "h")
        snapshots[hour] = "".join(shown[:10])
    return snapshots


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.booleans())
def test_the_counts_are_those_of_sets_of_topics(seed, held):
    snapshots = shuffled_list(seed, held=held)
    del snapshots[seed % 50 + 5]
    expected = brute_force(snapshots)
    tests = held_tests(steps(rankings(snapshots)))
    for rank, passed, count in tests.ranks.select("rank", "passed", "held").rows():
        assert (passed, count) == expected[rank]


def test_a_held_rank_is_found_and_its_run_told():
    tests = held_tests(steps(rankings(shuffled_list(5, held=True))))
    best = tests.ranks.sort("p_value").row(0, named=True)
    assert (best["rank"], best["held_share"]) == (4, 1.0)
    assert best["q_value"] < 1e-6
    run = tests.runs.sort("p_value").row(0, named=True)
    assert (run["topic"], run["rank"], run["snapshots"]) == ("h", 4, 60)
    assert run["p_value"] == pytest.approx(best["neighbour_share"] ** run["held"])


def test_a_list_that_turns_over_everywhere_holds_no_rank():
    found = [held_tests(steps(rankings(shuffled_list(seed)))).ranks for seed in range(20)]
    assert sum((each["q_value"] <= 0.05).sum() for each in found) <= 2


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_row_order_and_names_of_topics_do_not_matter(seed):
    rows = rankings(shuffled_list(seed, held=True))
    tests = held_tests(steps(rows))
    turned = rows.sample(fraction=1, shuffle=True, seed=seed)
    renamed = turned.with_columns(topic="renamed " + pl.col("topic"))
    again = held_tests(steps(renamed))
    assert tests.ranks.equals(again.ranks)
    names = again.runs.with_columns(pl.col("topic").str.strip_prefix("renamed "))
    assert tests.runs.equals(names)


def test_no_rows_give_no_tests():
    tests = held_tests(steps(RANKINGS.empty()))
    assert (tests.ranks.height, tests.runs.height) == (0, 0)
