# SPDX-License-Identifier: GPL-3.0-or-later
"""Who in a group can be told from an account that all the others shadow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.shadowed import places, shadowed

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(seconds=60)


def rows_of(rows):
    """A frame from (account, object, second)."""
    made = [(a, o, START + timedelta(seconds=s)) for a, o, s in rows]
    schema = {"account_id": pl.String, "object_id": pl.String}
    return pl.DataFrame(made, schema | {"acted_at": pl.Datetime("us", "UTC")}, orient="row")


def unnamed(rows, log=None):
    frame = rows_of(rows)
    log = frame if log is None else rows_of(log)
    return shadowed(frame, log, within=MINUTE, followed_share=0.9).to_list()


def turns(count, objects, seed=1, spread=45):
    """`count` accounts on each object, at random within `spread` seconds."""
    dice = Random(seed)
    return [
        (f"m{m:02}", f"o{k}", 1000 * k + dice.randrange(spread))
        for k in range(objects)
        for m in range(count)
    ]


def test_places_count_who_was_there_earlier_and_later():
    rows = [("a", "x", 0), ("b", "x", 10), ("c", "x", 10), ("a", "y", 5), ("b", "y", 100)]
    found = places(rows_of(rows), rows_of([*rows, ("a", "z", 0)]), within=MINUTE)
    assert found.to_dicts() == [
        {"account_id": "a", "meetings_count": 1, "pairs_count": 2, "earlier_count": 0,
         "later_count": 2, "spread": 2.0, "near_share": 1.0, "attended_share": 1.0,
         "own_share": 1 / 3},
        {"account_id": "b", "meetings_count": 1, "pairs_count": 2, "earlier_count": 1,
         "later_count": 0, "spread": 0.5, "near_share": 1.0, "attended_share": 1.0,
         "own_share": 0.5},
        {"account_id": "c", "meetings_count": 1, "pairs_count": 2, "earlier_count": 1,
         "later_count": 0, "spread": 0.5, "near_share": 1.0, "attended_share": 1.0,
         "own_share": 1.0},
    ]  # fmt: skip


def test_a_meeting_ends_where_nobody_acts_for_longer_than_the_window():
    rows = [("a", "x", 0), ("b", "x", 60), ("c", "x", 121), ("a", "x", 180)]
    found = places(rows_of(rows), rows_of(rows), within=MINUTE)
    assert found["meetings_count"].to_list() == [2, 1, 1]


def test_whoever_is_always_last_is_not_named():
    late = [("late", f"o{k}", 1000 * k + 50) for k in range(5)]
    assert unnamed(turns(6, 5) + late) == ["late"]


def test_members_who_take_turns_are_all_named():
    assert unnamed(turns(6, 5)) == []
    assert unnamed(turns(50, 10)) == []


def test_a_hub_that_alone_is_near_everybody_is_not_named():
    rows = [
        (f"m{m}", f"o{k}", 1000 * k + (-50 if (m + k) % 2 else 50) + m)
        for k in range(4)
        for m in range(6)
    ]
    hub = [("hub", f"o{k}", 1000 * k) for k in range(4)]
    assert unnamed(rows + hub) == ["hub"]


def centre(objects=5):
    """Twenty accounts, ten before and ten after the account `centre` each time."""
    dice = Random(3)
    rows = []
    for k in range(objects):
        order = dice.sample(range(20), 20)
        rows += [(f"m{m:02}", f"o{k}", 1000 * k + 2 * p) for p, m in enumerate(order)]
        rows.append(("centre", f"o{k}", 1000 * k + 19))
    return rows


def test_whoever_has_the_others_evenly_on_both_sides_each_time_is_not_named():
    assert "centre" in unnamed(centre())


def elsewhere(account, count):
    """`count` rows of `account` alone."""
    return [(account, f"own{k}", 90_000 + 500 * k) for k in range(count)]


def test_a_centre_that_does_nothing_else_is_not_named_even_if_the_group_meets_without_it():
    away = [(a, f"p{o}", s) for a, o, s in centre(3) if a != "centre"]
    assert "centre" in unnamed(centre() + away)


def test_a_centre_that_does_other_things_is_named_when_the_group_meets_without_it():
    away = [(a, f"p{o}", s) for a, o, s in centre(3) if a != "centre"]
    log = centre() + away + elsewhere("centre", 4)
    assert "centre" not in unnamed(centre() + away, log)
    assert "centre" in unnamed(centre(), centre() + elsewhere("centre", 4))


def test_a_centre_that_mostly_acts_without_the_group_is_named():
    assert "centre" not in unnamed(centre(), centre() + elsewhere("centre", 6))


def test_among_few_a_centre_cannot_be_told_and_is_named():
    rows = [
        (a, f"o{k}", 1000 * k + s)
        for k in range(5)
        for a, s in (
            ("x", k % 2),
            ("y", 1 - k % 2),
            ("mid", 5),
            ("z", 9 + k % 2),
            ("w", 10 - k % 2),
        )
    ]
    assert "mid" not in unnamed(rows)


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 20), st.integers(2, 6), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_change_nothing(count, objects, dice):
    rows = turns(count, objects, seed=count * objects)
    new = dict(zip(range(count), dice.sample(range(count), count), strict=True))
    other = [(f"m{new[int(a[1:])]:02}", o, s) for a, o, s in dice.sample(rows, len(rows))]
    assert sorted(f"m{new[int(a[1:])]:02}" for a in unnamed(rows)) == unnamed(other)
