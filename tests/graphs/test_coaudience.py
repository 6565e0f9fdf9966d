# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared audiences, their expectation, and the groups that they form."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.audience_groups import (
    Permutations,
    co_audience,
    distinct_groups,
    permutation_p_values,
)
from graphkit.graphs.audience_members import tight_spans
from graphkit.graphs.coaudience import (
    CoAudienceRule,
    Grid,
    action_log,
    audience_pairs,
    audiences,
    shuffled,
)

START = datetime(2026, 3, 2, tzinfo=UTC)
SMALL = CoAudienceRule(min_accounts=2, min_shared=1, family=1)


def log_of(rows):
    """The log of (account, topic, seconds after the start) rows."""
    return action_log(
        pl.DataFrame(
            [
                {
                    "action_id": f"{n:06d}",
                    "account_id": account,
                    "object_id": topic,
                    "act": "search",
                    "acted_at": START + timedelta(seconds=second),
                }
                for n, (account, topic, second) in enumerate(rows)
            ],
            schema_overrides={"acted_at": pl.Datetime("us", "UTC")},
        )
    )


def crowd(dice, accounts=400, topics=60, rows=6000, hours=48):
    return [
        (f"a{dice.randrange(accounts)}", f"t{dice.randrange(topics)}", dice.randrange(hours * 3600))
        for _ in range(rows)
    ]


def push(dice, members=12, topics=4, late=300):
    return [
        (f"p{n}", f"pushed{t}", 9000 * (t + 1) + dice.randrange(late))
        for t in range(topics)
        for n in range(members)
    ]


def described(group, log):
    names = log.topic_ids.gather(group.windows["topic"]).unique().sort().to_list()
    return names, log.account_ids.gather(group.core).sort().to_list(), round(group.surprise, 9)


def test_an_event_is_an_account_on_a_topic_in_a_window_however_often_it_acts():
    log = log_of([("a", "x", 0), ("a", "x", 10), ("b", "x", 59), ("a", "x", 60), ("a", "y", 0)])
    found = audiences(log, Grid(60, 0), SMALL)
    assert found.size.tolist() == [2, 1, 1]
    assert found.activity.toarray().tolist() == [[3], [1]]


def test_expected_overlap_is_that_of_the_formula_in_the_module():
    rows = crowd(Random(3), accounts=12, topics=5, rows=120, hours=3)
    events = {(account, topic, second // 600) for account, topic, second in rows}
    sizes = Counter((topic, window) for _, topic, window in events)
    per_hour = Counter((account, window // 6) for account, _, window in events)
    totals = Counter(window // 6 for _, _, window in events)
    big = sorted(at for at, size in sizes.items() if size >= 2)

    def expected(c, d):
        b, e = c[1] // 6, d[1] // 6
        both = sum(
            per_hour[a, b] * (per_hour[a, e] - (b == e))
            for a in {account for account, _, _ in events}
        )
        return sizes[c] * sizes[d] * both / (totals[b] * totals[e])

    log = log_of(rows)
    found = audiences(log, Grid(600, 0), SMALL)
    pairs, tests = audience_pairs(found, SMALL)
    origin = int(START.timestamp())
    name = [
        (log.topic_ids[int(topic)], int(start - origin) // 600)
        for topic, start in zip(found.topic, found.start, strict=True)
    ]
    assert tests == sum(c[0] != d[0] for c, d in combinations(big, 2))
    assert pairs.height > 20
    for left, right, _, by_chance, *_ in pairs.iter_rows():
        assert by_chance == pytest.approx(expected(name[left], name[right]))


def test_a_push_is_a_group_with_exactly_its_accounts_as_core():
    dice = Random(1)
    log = log_of(crowd(dice) + push(dice))
    (group,) = co_audience(log, Grid(600, 0), CoAudienceRule()).groups
    topics, core, _ = described(group, log)
    assert topics == ["pushed0", "pushed1", "pushed2", "pushed3"]
    assert core == sorted(f"p{n}" for n in range(12))
    assert group.threshold == 4
    assert group.core_by_chance < 0.5
    assert group.shared > 10 * group.expected


def test_an_account_in_one_window_only_is_a_member_but_not_core():
    dice = Random(1)
    log = log_of([*crowd(dice), *push(dice), ("once", "pushed0", 9100)])
    (group,) = co_audience(log, Grid(600, 0), CoAudienceRule()).groups
    once = group.members.filter(account=log.account_ids.search_sorted("once"))
    assert once.select("topics", "is_core").rows() == [(1, False)]


def test_the_same_people_on_one_topic_again_and_again_are_no_group():
    dice = Random(1)
    again = [
        (f"p{n}", "pushed", 9000 * t + dice.randrange(300)) for t in range(6) for n in range(12)
    ]
    log = log_of(crowd(dice) + again)
    assert co_audience(log, Grid(600, 0), CoAudienceRule()).groups == ()


def test_an_everyday_crowd_has_no_groups_on_any_grid():
    log = log_of(crowd(Random(5)))
    for width in (60, 600, 3600):
        assert co_audience(log, Grid(width, width // 2), CoAudienceRule()).groups == ()


def test_accounts_beyond_the_daily_limit_are_set_aside_and_counted():
    busy = [("busy", f"t{n % 60}", 60 * n) for n in range(2000)]
    result = co_audience(log_of(crowd(Random(5)) + busy), Grid(600, 0), CoAudienceRule())
    assert result.set_aside == 1


def test_an_empty_log_has_no_groups():
    log = log_of([("a", "x", 0)])
    assert co_audience(log, Grid(600, 0), CoAudienceRule()).groups == ()


@pytest.mark.parametrize(("late", "width"), [(300, 600), (1500, 3600)])
def test_of_one_family_on_several_grids_the_least_likely_by_chance_is_kept(late, width):
    dice = Random(1)
    log = log_of(crowd(dice) + push(dice, late=late))
    grids = [Grid(width, 0) for width in (600, 3600)]
    groups = [g for grid in grids for g in co_audience(log, grid, CoAudienceRule()).groups]
    ((kept, others),) = distinct_groups(groups)
    assert len(groups) == 2
    assert (kept.grid, others) == (Grid(width, 0), 1)
    assert kept.surprise == max(g.surprise for g in groups)


def test_shuffling_keeps_each_account_and_each_topic_in_its_hour():
    log = log_of(crowd(Random(2), rows=500))
    again = shuffled(log, seed=4)
    hours = (log.second // 3600).tolist()
    assert sorted(zip(hours, log.account.tolist(), strict=True)) == sorted(
        zip(hours, again.account.tolist(), strict=True)
    )
    assert (again.topic == log.topic).all()
    assert (again.account != log.account).any()


def test_a_push_is_larger_than_any_core_of_the_shuffled_logs():
    dice = Random(1)
    log = log_of(crowd(dice) + push(dice))
    grids, rule = [Grid(600, 0)], CoAudienceRule(family=1)
    plan = Permutations(count=9, seed=1)
    assert permutation_p_values(log, grids, rule, sizes=[12, 0], plan=plan) == [0.1, 1.0]
    none = Permutations(count=0)
    assert permutation_p_values(log, grids, rule, sizes=[12], plan=none) == [None]


def test_shuffling_stops_when_every_size_was_exceeded_often_enough():
    plan = Permutations(count=50, seed=1, enough=3)
    log = log_of(crowd(Random(2), rows=300))
    found = permutation_p_values(log, [Grid(600, 0)], CoAudienceRule(), sizes=[0], plan=plan)
    assert found == [1.0]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_neither_row_order_nor_names_change_the_groups(seed):
    dice, order = Random(1), Random(seed)
    rows = crowd(dice, rows=3000) + push(dice)
    log = log_of(rows)
    first = co_audience(log, Grid(600, 0), CoAudienceRule()).groups
    accounts = sorted({account for account, _, _ in rows})
    topics = sorted({topic for _, topic, _ in rows})
    renamed = dict(zip(accounts, order.sample(accounts, len(accounts)), strict=True))
    retitled = dict(zip(topics, order.sample(topics, len(topics)), strict=True))
    mixed = [(renamed[a], retitled[t], second) for a, t, second in rows]
    order.shuffle(mixed)
    other = log_of(mixed)
    again = co_audience(other, Grid(600, 0), CoAudienceRule()).groups
    expected = [
        (sorted(retitled[t] for t in topics), sorted(renamed[a] for a in core), surprise)
        for topics, core, surprise in (described(g, log) for g in first)
    ]
    assert [described(g, other) for g in again] == expected
    assert len(first) == 1


def test_in_a_log_of_weeks_hours_of_the_week_and_weeks_stand_for_hours():
    dice = Random(8)
    rows = [
        (f"a{dice.randrange(400)}", f"t{dice.randrange(300)}", dice.randrange(28 * 86_400))
        for _ in range(20_000)
    ]
    found = audiences(log_of(rows), Grid(3600, 0), SMALL)
    assert found.is_long
    assert found.activity.shape[1] == 168
    assert int(found.week.max()) == 3
    pairs, _ = audience_pairs(found, SMALL)
    assert pairs["expected"].sum() > 0
    alike = audience_pairs(found, replace(SMALL, min_shared=2))[0]
    assert alike.height == 0 or alike["q_value"].min() > 0.01
    assert co_audience(log_of(rows + push(dice)), Grid(600, 0), CoAudienceRule()).groups
    shares = found.shares(np.arange(5))
    assert shares.sum(axis=0).tolist() == pytest.approx([1.0] * 5)


def test_quiet_accounts_that_meet_are_not_hidden_by_busy_ones():
    dice = Random(9)
    busy = [(f"b{n % 40}", f"t{dice.randrange(40)}", 20 * n) for n in range(12_000)]
    others = crowd(dice, accounts=4000, topics=200, rows=6000, hours=66)
    quiet = [
        (f"q{n}", f"t{t}", 20_000 * (t + 1) + dice.randrange(300))
        for t in range(3) for n in range(8)
    ]  # fmt: skip
    log = log_of(busy + quiet + others)
    (group,) = co_audience(log, Grid(600, 0), CoAudienceRule()).groups
    assert described(group, log)[1] == sorted(f"q{n}" for n in range(8))
    (alike,) = co_audience(log, Grid(600, 0), CoAudienceRule(quiet_daily_events=100)).groups
    assert group.q_value < 1e-12
    assert alike.q_value > 1e-4


def test_the_span_of_a_topic_is_the_shortest_with_nine_tenths_of_the_core():
    rows = [(f"p{n}", "x", 1000 + 10 * n) for n in range(9)]
    log = log_of([*rows, ("p9", "x", 1700), ("a", "x", 1030)])
    origin = int(START.timestamp())
    windows = pl.DataFrame({"topic": [0], "start": [origin + 1000]})
    core = log.account_ids.search_sorted(pl.Series([f"p{n}" for n in range(10)]))
    found = tight_spans(log, windows, core, width=600)
    assert found.rows() == [(0, origin + 1000 - 21, origin + 1080 + 22)]
