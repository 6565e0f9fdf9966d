# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups: who is in, who is only followed, and what permutations make of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest

from graphkit.graphs.coaction import timed_rows
from graphkit.graphs.coaction_groups import GroupRule, coaction_groups, permuted_rows

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
