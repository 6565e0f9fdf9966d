# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups: who is in, who is only followed, and what permutations make of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.coaction import edge_codes, timed_rows
from graphkit.graphs.coaction_groups import GroupRule, coaction_groups, permuted_rows
from graphkit.graphs.hourly_null import expected_by_hour
from graphkit.graphs.sharing_reach import smallest_effect

START = datetime(2026, 3, 2, tzinfo=UTC)
RULE = GroupRule(
    within=timedelta(seconds=60),
    alpha=0.05,
    min_objects=2,
    min_accounts=3,
    min_partners=2,
    followed_share=0.9,
    permutations=19,
    seed=1,
    stratum_rows=100,
    max_pairs=1_000_000,
)


def log(rows):
    return pl.DataFrame(
        [
            (f"r{i:05}", account, item, START + timedelta(seconds=second))
            for i, (account, item, second) in enumerate(rows)
        ],
        schema={
            "action_id": pl.String,
            "account_id": pl.String,
            "object_id": pl.String,
            "acted_at": pl.Datetime("us", "UTC"),
        },
        orient="row",
    )


@pytest.fixture
def crowd():
    """Four hundred accounts, two thousand rows on five hundred objects over five days."""
    dice = Random(7)
    return [
        (f"n{dice.randrange(400):03}", f"o{dice.randrange(500)}", dice.randrange(432_000))
        for _ in range(2000)
    ]


@pytest.fixture
def group():
    """Six accounts on five objects, each time within fifty seconds, in any order."""
    dice = Random(8)
    return [(f"g{m}", f"s{k}", 80_000 * k + dice.randrange(50)) for k in range(5) for m in range(6)]


def members(groups):
    return sorted(set(groups.edges["a"]) | set(groups.edges["b"]))


def test_a_group_is_found_and_no_permutation_has_one_as_large(crowd, group):
    found = coaction_groups(log(crowd + group), RULE)
    assert members(found) == ["g0", "g1", "g2", "g3", "g4", "g5"]
    assert found.chances["p_value"].to_list() == [0.05]
    assert found.tests == 81406


def test_a_crowd_has_no_group(crowd):
    found = coaction_groups(log(crowd), RULE)
    assert (found.edges.height, found.evidence.height, found.chances.height) == (0, 0, 0)


def test_shadows_do_not_make_the_account_that_they_follow_a_member(crowd):
    dice = Random(9)
    rows = list(crowd)
    for k in range(8):
        at = 50_000 * k + dice.randrange(9000)
        rows.append(("victim", f"v{k}", at))
        rows += [(f"shadow{m:02}", f"v{k}", at + 3 + dice.randrange(50)) for m in range(20)]
    found = coaction_groups(log(rows), RULE)
    assert found.followed.to_list() == ["victim"]
    assert len(members(found)) == 20
    assert "victim" not in members(found)


def test_one_false_edge_does_not_make_a_bystander_a_member(crowd, group):
    rows = crowd + group
    for k in range(4):
        rows += [
            ("g0", f"w{k}", 60_000 * k + 7 + k % 2),
            ("bystander", f"w{k}", 60_000 * k + 8 - k % 2),
        ]
    found = coaction_groups(log(rows), RULE)
    assert members(found) == ["g0", "g1", "g2", "g3", "g4", "g5"]
    loose = coaction_groups(log(rows), replace(RULE, min_partners=1))
    assert "bystander" in members(loose)


def test_permuting_keeps_what_accounts_do_in_each_stratum_and_the_times_of_objects(crowd):
    rows = timed_rows(log(crowd), within=RULE.within)
    hours = rows.times // 3_600_000_000
    for permuted in permuted_rows(rows, replace(RULE, permutations=2, stratum_rows=1)):
        assert (permuted.times == rows.times).all()
        assert (permuted.accounts != rows.accounts).any()
        pairs = [sorted(zip(hours, r.accounts, strict=True)) for r in (rows, permuted)]
        assert pairs[0] == pairs[1]


def test_the_same_log_in_another_order_gives_the_same_groups(crowd, group):
    actions = log(crowd + group)
    found = coaction_groups(actions, RULE)
    again = coaction_groups(actions.sample(fraction=1, shuffle=True, seed=3), RULE)
    assert found.edges.equals(again.edges)
    assert found.evidence.equals(again.evidence)
    assert found.chances.equals(again.chances)


def test_an_obvious_group_elsewhere_changes_nothing_about_another(crowd, group):
    dice = Random(11)
    decoys = [
        (f"d{m:02}", f"e{k}", 40_000 * k + dice.randrange(50)) for k in range(9) for m in range(25)
    ]
    alone = coaction_groups(log(crowd + group), RULE)
    beside = coaction_groups(log(crowd + group + decoys), RULE)
    assert beside.chances.height == 2
    theirs = beside.edges.filter(pl.col("a").str.starts_with("g"))
    assert theirs.drop("component").equals(alone.edges.drop("component"))
    assert beside.chances.filter(component=theirs["component"][0])["p_value"].to_list() == [0.05]


def test_a_faint_group_keeps_its_chance_when_obvious_ones_fill_its_hours(crowd):
    dice = Random(12)
    faint = [
        (f"f{m}", f"y{k}", 130_000 * k + dice.randrange(50)) for k in range(2) for m in range(3)
    ]
    decoys = [
        (f"d{m:02}", f"e{k}", 3600 * (k % 100) + dice.randrange(50))
        for k in range(40)
        for m in range(12)
    ]
    rule = replace(RULE, alpha=0.2)
    alone = coaction_groups(log(crowd + faint), rule)
    beside = coaction_groups(log(crowd + faint + decoys), rule)
    assert members(alone) == ["f0", "f1", "f2"]
    ours = beside.edges.filter(pl.col("a") == "f0")["component"][0]
    assert beside.chances.filter(component=ours)["p_value"].to_list() == (
        alone.chances["p_value"].to_list()
    )


@settings(max_examples=6, deadline=None)
@given(st.integers(5, 20), st.integers(5, 12), st.integers(0, 1000))
def test_decoys_of_any_size_leave_every_other_group_as_it_is(size, objects, seed):
    dice = Random(seed)
    rows = [
        (f"n{dice.randrange(300):03}", f"o{dice.randrange(300)}", dice.randrange(300_000))
        for _ in range(1500)
    ]
    for number, shared in enumerate((2, 3, 5)):
        rows += [
            (f"g{number}{m}", f"s{number}{k}", 50_000 * k + 7000 * number + dice.randrange(50))
            for k in range(shared)
            for m in range(4)
        ]
    decoys = [
        (f"d{m}", f"e{k}", 20_000 * k + dice.randrange(50))
        for k in range(objects)
        for m in range(size)
    ]
    ours = [*"abg", "n"]
    rule = replace(RULE, permutations=9)
    alone, beside = coaction_groups(log(rows), rule), coaction_groups(log(rows + decoys), rule)
    told = beside.edges.join(beside.chances, on="component").filter(
        pl.col("a").str.head(1).is_in(ours)
    )
    before = alone.edges.join(alone.chances, on="component")
    assert told.drop("component").sort("a", "b").equals(before.drop("component").sort("a", "b"))


def test_the_hours_of_the_day_count_in_what_chance_would_make():
    rows = timed_rows(
        log([("a", "x", 0), ("b", "x", 5), ("a", "y", 40_000), ("c", "y", 40_005)]),
        within=RULE.within,
    )
    _, null = edge_codes(rows, min_objects=1)
    pairs = {"a": np.array([0, 1]), "b": np.array([1, 2])}
    # two one-off pairs of four rows, two an hour: 2 * 2 / (2**2 + 2**2) where both are awake
    assert expected_by_hour(rows, null, **pairs).tolist() == [0.5, 0.0]
    assert null.expected(*pairs.values()).tolist() == [0.5, 0.25]


def test_a_log_says_what_a_group_would_have_had_to_share(crowd):
    assert smallest_effect(log(crowd), RULE) == (
        "398 accounts with 2,000 rows; every pair of a group that is told meets within 60 seconds "
        "on at least this many objects: 3 typical accounts 2, 5 typical accounts 2, "
        "20 typical accounts 2; 3 of the busiest hundredth 2"
    )
    strict = replace(RULE, alpha=1e-9, min_accounts=20)
    assert smallest_effect(log(crowd), strict).endswith(
        "20 typical accounts 3; 20 of the busiest hundredth 3"
    )


def test_the_rows_of_one_post_stay_with_one_account_when_accounts_are_permuted(crowd):
    posts = [(name, f"{item}{tag}", second) for name, item, second in crowd for tag in "ab"]
    twice = log(posts).with_columns(
        content_id=pl.Series([f"p{number // 2}" for number in range(len(posts))])
    )
    rows = timed_rows(twice, within=RULE.within)
    permuted = next(permuted_rows(rows, RULE))

    owners = pl.DataFrame({"post": rows.posts, "account": permuted.accounts})
    assert owners["post"].n_unique() == 2000
    assert owners.unique().height == 2000
    assert (permuted.accounts != rows.accounts).any()


def test_a_crowd_whose_posts_bear_two_objects_each_has_no_group(crowd):
    posts = [(name, f"{item}{tag}", second) for name, item, second in crowd for tag in "ab"]
    twice = log(posts).with_columns(
        content_id=pl.Series([f"p{number // 2}" for number in range(len(posts))])
    )
    edges, _ = edge_codes(timed_rows(twice, within=RULE.within), min_objects=2)
    counted = edge_codes(timed_rows(twice.drop("content_id"), within=RULE.within), min_objects=2)[0]

    assert coaction_groups(twice, RULE).chances.is_empty()
    assert edges.height == counted.height > 0
    assert (edges["q_value"] > 0.05).all()
    assert (counted["q_value"] <= 0.05).any()
