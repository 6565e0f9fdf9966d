# SPDX-License-Identifier: GPL-3.0-or-later
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.trace.copies import copied_from, text_change

START = datetime(2026, 3, 10, tzinfo=UTC)
FIRST = "苇港大桥主塔出现3条裂缝昨晚有人听到钢索在响家在桥边的赶紧绕路"
SECOND = "苇港大桥主塔出现13条裂缝昨晚很多人听到钢索在响家在桥边的赶紧绕路"
THIRD = "望砚大桥主塔出现13条裂缝昨晚很多人听到钢索在响家在桥边的赶紧绕路"


def says_of(*rows, width=1):
    return pl.DataFrame(
        {
            "node_id": [name for name, _, _ in rows],
            "words": [words for _, _, words in rows],
            "at": [None if at is None else START + timedelta(seconds=at) for _, at, _ in rows],
            "width": pl.Series([width] * len(rows), dtype=pl.Int64),
        },
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )


def pairs(says):
    return copied_from(says).select("child", "parent").rows()


def test_a_copy_comes_from_the_earlier_wording_that_is_most_similar():
    says = says_of(("a", 0, FIRST), ("b", 10, SECOND), ("c", 20, THIRD))
    assert pairs(says) == [("b", "a"), ("c", "b")]


def test_of_equal_wordings_the_earliest_post_is_the_parent_of_all():
    says = says_of(("a", 0, FIRST), ("b", 10, FIRST), ("c", 20, FIRST))
    assert pairs(says) == [("b", "a"), ("c", "a")]


def test_what_the_clocks_cannot_tell_apart_is_not_ordered():
    says = says_of(("a", 0, FIRST), ("b", 30, FIRST), ("c", 90, FIRST), width=60)
    assert pairs(says) == [("c", "a")]


def test_posts_without_a_time_and_unlike_texts_are_nobodys_copies():
    other = "今天天气很好我们一起去公园散步吧下午三点门口见"
    assert pairs(says_of(("a", 0, FIRST), ("b", None, FIRST), ("c", 9, other))) == []


WORDS = st.sampled_from([FIRST, SECOND, THIRD, FIRST + "求证", THIRD[4:]])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), WORDS), min_size=1, max_size=8))
def test_no_copy_is_earlier_than_what_it_comes_from_and_row_order_changes_nothing(rows):
    says = says_of(*((f"n{i}", at, words) for i, (at, words) in enumerate(rows)))
    found = copied_from(says)
    at = dict(says.select("node_id", "at").rows())
    assert all(at[parent] < at[child] for child, parent in found.select("child", "parent").rows())
    assert found.equals(copied_from(says.reverse()))


def test_the_change_is_what_was_added_and_dropped_word_by_word():
    assert text_change("the bridge fell at 9.30", "the old bridge fell at 10") == {
        "added": [" old", "10"],
        "dropped": ["9.30"],
    }
    assert text_change("同", "同") == {"added": [], "dropped": []}
