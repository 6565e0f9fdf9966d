# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts in common, by chance and among accounts of like activity."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.member_overlap import overlap


def activity(counts):
    return pl.DataFrame({"account_id": list(counts), "count": list(counts.values())})


def test_all_draws_of_a_small_log_give_the_same_tail():
    counts = dict.fromkeys("abcdefgh", 1)
    found = overlap(activity(counts), "abc", "bcde")
    draws = list(combinations("abcdefgh", 4))
    as_many = sum(len(set(draw) & set("abc")) >= 2 for draw in draws)
    assert found.shared == 2
    assert found.expected == 1.5
    assert found.p_value == pytest.approx(as_many / len(draws))
    assert found.p_alike == pytest.approx(found.p_value)


def test_two_groups_of_the_busiest_accounts_share_no_more_than_busy_accounts_do():
    quiet = {f"q{i}": 1 for i in range(90)}
    busy = {f"b{i}": 100 for i in range(10)}
    found = overlap(
        activity(quiet | busy), [f"b{i}" for i in range(8)], [f"b{i}" for i in range(2, 10)]
    )
    assert found.shared == 6
    assert found.p_value < 1e-5
    assert found.expected_alike == pytest.approx(6.4)
    assert found.p_alike == pytest.approx(1.0)


def test_members_that_the_log_does_not_hold_are_left_out():
    found = overlap(activity({"a": 1, "b": 2}), ["a", "gone"], ["b", "away"])
    assert (found.sizes, found.shared, found.p_value, found.p_alike) == ((1, 1), 0, 1.0, 1.0)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_order_of_rows_and_of_the_groups_changes_nothing(data):
    counts = data.draw(
        st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 40), min_size=2)
    )
    names = sorted(counts)
    one, other = (data.draw(st.sets(st.sampled_from(names))) for _ in range(2))
    frame = activity(counts)
    found, turned = overlap(frame, one, other), overlap(frame.reverse(), other, one)
    assert found.shared == turned.shared
    assert found.p_value == pytest.approx(turned.p_value)
    assert found.p_alike == pytest.approx(turned.p_alike)
