# SPDX-License-Identifier: GPL-3.0-or-later
"""What sets a group of audiences apart, on rows written out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.graphs.audience_traits import (
    arrivals,
    clock_deviation,
    order_agreement,
    spread_ratios,
    topic_spreads,
    topics_in_common,
)

START = datetime(2026, 3, 2, tzinfo=UTC)


def rows_of(*rows):
    """Rows (account, topic, second, in_window, topics hit, is_core) as `group_rows` gives them."""
    names = ["account_id", "object_id", "second", "in_window", "topics", "is_core"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.with_row_index("action_id").with_columns(pl.col("action_id").cast(pl.String))


def actions_of(*rows):
    """Actions (account, topic, second)."""
    frame = pl.DataFrame(rows, schema=["account_id", "object_id", "second"], orient="row")
    at = pl.lit(START) + pl.duration(seconds=pl.col("second"))
    return frame.with_columns(acted_at=at).drop("second")


def test_the_group_is_chosen_on_the_other_topics_and_compared_with_everybody_else():
    group = [
        (f"g{n}", topic, start + n, True, 2, True)
        for topic, start in (("x", 1000), ("y", 9000))
        for n in range(4)
    ]
    crowd = [(f"o{n}", "x", 1000 * n, False, 0, False) for n in range(5)]
    late = [("once", "x", 1001, True, 1, False)]
    spreads = pl.DataFrame(
        {"object_id": ["x", "y", "z"], "accounts": [10, 4, 9], "spread": [1.0] * 3}
    )
    found = spread_ratios(rows_of(*group, *crowd, *late), 2, spreads).rows(named=True)
    assert [(r["object_id"], r["group_accounts"], r["other_accounts"]) for r in found] == [
        ("x", 4, 6),
        ("y", 4, 0),
    ]
    assert [(r["group_spread"], r["other_spread"]) for r in found] == [(1.5, 1749.75), (1.5, None)]
    assert [r["like_spread"] for r in found] == [1.0, None]


def test_an_account_that_is_core_only_with_this_topic_is_neither_group_nor_other_on_it():
    rows = rows_of(
        ("a", "x", 1, True, 2, True),
        ("a", "y", 2, True, 2, True),
        ("b", "x", 3, True, 3, True),
        ("b", "y", 4, True, 3, True),
        ("b", "z", 5, True, 3, True),
    )
    spreads = pl.DataFrame({"object_id": ["q"], "accounts": [1], "spread": [1.0]})
    found = spread_ratios(rows, 2, spreads).select("object_id", "group_accounts", "other_accounts")
    assert found.rows() == [("x", 1, 0), ("y", 1, 0), ("z", 1, 0)]


def test_the_spread_of_a_topic_is_that_of_first_actions():
    actions = actions_of(("a", "x", 0), ("a", "x", 9999), ("b", "x", 100), ("c", "x", 200))
    assert topic_spreads(actions).rows() == [("x", 3, 100.0)]


def test_a_scheduler_that_walks_through_a_list_is_seen_in_the_order():
    walk = [
        (f"g{n}", topic, start + 10 * n, True, 3, True)
        for topic, start in (("x", 0), ("y", 7000), ("z", 9000))
        for n in range(12)
    ]
    assert order_agreement(rows_of(*walk)) == pytest.approx(1.0)
    assert order_agreement(rows_of(*walk[:9], *walk[12:20])) is None


def test_two_topics_of_one_occasion_have_one_order_because_people_look_once():
    looked = [
        (f"g{n}", topic, start + 100 * n, True, 2, True)
        for topic, start in (("x", 0), ("y", 60))
        for n in range(12)
    ]
    assert order_agreement(rows_of(*looked)) is None


def test_a_common_history_is_counted_and_everyday_topics_are_not():
    everyday = [(f"o{n}", f"t{n % 20}", n) for n in range(400)]
    core = [
        (f"g{n}", topic, n) for n in range(10) for topic in ("pushed", "club", "choir", f"t{n}")
    ]
    rows = rows_of(*((f"g{n}", "pushed", n, True, 2, True) for n in range(10)))
    assert topics_in_common(actions_of(*everyday, *core), rows) == 2


def test_others_are_placed_before_and_after_the_core():
    core = [(f"g{n}", "x", 7200 + n, True, 2, True) for n in range(5)]
    others = [
        (f"o{n}", "x", second, False, 0, False)
        for n, second in enumerate((5000, 7203, 9000, 90_000))
    ]
    (found,) = arrivals(rows_of(*core, *others)).rows(named=True)
    assert (found["core_median"], found["others"]) == (7202, 4)
    assert (found["near_share"], found["before_share"]) == (0.75, pytest.approx(1 / 3))
    assert (found["same_minute"], found["minute_mean"]) == (1, 3 / 120)


def test_times_of_day_are_compared_around_midnight():
    day = timedelta(days=1).total_seconds()
    assert clock_deviation(pl.Series([-300.0, day + 300, 2 * day])) == 300.0
    assert clock_deviation(pl.Series([0.0, day / 4])) == day / 8
