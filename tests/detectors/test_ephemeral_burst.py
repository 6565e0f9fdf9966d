# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts made together and soon deleted: what is found, who is named, and what explains it."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.burst_world import World, framed
from graphkit.case import runs
from graphkit.detectors.ephemeral_burst import DETECTOR, Params, detect
from graphkit.findings import CaveatOutcome, Grade
from graphkit.graphs.ephemeral_bursts import BurstRule, deleted_together, ephemeral_bursts

DAY, HOUR = 86_400, 3_600
TEN = np.arange(1_000, 1_010)
STEPS = np.arange(10) * 3


def quiet(seed=1):
    """A week of 7,000 posts by 400 accounts; three in a hundred are deleted, hours later."""
    draw = np.random.default_rng(seed)
    world = World(draw)
    made = draw.integers(0, 7 * DAY, 7_000)
    gone = np.where(draw.random(7_000) < 0.03, made + draw.integers(HOUR, DAY, 7_000), 0)
    world.add("ordinary", draw.integers(0, 400, 7_000), made, gone=gone)
    return world


def bursting(world, *moments, accounts=TEN, topic="pushed", **more):
    """Posts of `accounts`, three seconds apart in another order each time, deleted soon after."""
    gone = 100 + np.arange(len(accounts)) * 4
    for n, at in enumerate(moments):
        made = at + np.roll(np.arange(len(accounts)), 4 * n) * 3
        world.add("burst", accounts, made, **{"gone": at + gone, "topic": topic, **more})
    return world


def found(world, **params):
    return list(detect(world.corpus(), Params(**params)))


def names(numbers):
    return tuple(sorted(f"x:{n}" for n in numbers))


def told(finding, word):
    [caveat] = [c for c in finding.caveats if word in c.hypothesis]
    return caveat.outcome


def test_a_single_burst_is_weak_and_names_who_deleted_and_not_who_posted_beside():
    world = bursting(quiet(), 40_000)
    world.add("beside", np.arange(2_000, 2_020), 40_000 + np.arange(20))
    [finding] = found(world)
    assert (finding.outcome, finding.grade) == ("ephemeral", Grade.WEAK)
    assert finding.subjects.accounts == names(TEN)
    assert finding.subjects.topics == ("pushed",)
    assert finding.measures["hits_count"] == 10
    assert 0.2 < finding.measures["deleted_share"] < 0.35
    assert finding.summary.startswith(
        "10 posts of 10 accounts, made within 120 seconds on 1 occasion, were deleted after 104 "
    )


def test_accounts_that_come_back_are_moderate_and_who_came_once_is_not_named():
    world = bursting(quiet(), 40_000, 90_000)
    bursting(world, 140_000, accounts=np.array([*TEN[::-1], 77]))
    [finding] = found(world)
    assert (finding.outcome, finding.grade) == ("ephemeral", Grade.MODERATE)
    assert finding.subjects.accounts == names(TEN)
    assert finding.measures["bursts_count"] == 3
    assert finding.measures["associated_accounts"] == 1
    roles = {row.role for row in finding.evidence}
    assert roles == {"core", "associated"}
    assert len(finding.evidence) == 31
    assert all(c.outcome is not CaveatOutcome.WEAKENS for c in finding.caveats)


def test_a_busy_minute_of_which_nothing_is_deleted_is_nothing():
    world = quiet()
    world.add("news", np.arange(500, 600), 40_000 + np.arange(100))
    assert found(world) == []


def test_a_sweep_that_takes_posts_of_every_age_is_cleared_up_and_names_nobody():
    world = bursting(quiet(), 40_000)
    world.add("swept", np.arange(200, 230), np.arange(30) * 300 + 20_000, gone=70_000)
    assert found(world)[0].outcome == "ephemeral"
    spread = 40_095 + np.arange(30) * 2
    world.add("swept", np.arange(300, 330), np.arange(30) * 300 + 20_000, gone=spread)
    [finding] = found(world)
    assert (finding.outcome, finding.grade) == ("cleared-up", None)
    assert finding.subjects.accounts == ()
    assert told(finding, "took down posts of every age") is CaveatOutcome.WEAKENS


def test_a_declared_owner_who_removes_the_posts_is_cleared_up():
    world = bursting(quiet(), 40_000, 90_000)
    world.owners = dict.fromkeys(names(TEN), "a newsroom")
    [finding] = found(world)
    assert (finding.outcome, finding.grade) == ("cleared-up", None)


def test_an_application_that_deletes_after_a_fixed_time_is_undetermined():
    world = bursting(quiet(), 40_000, 90_000, client="Fade", gone=0)
    assert found(world) == []
    world = quiet()
    for at in (40_000, 90_000):
        world.add("app", TEN, at + STEPS, gone=at + STEPS + 600, client="Fade")
    assert found(world)[0].grade is Grade.MODERATE
    alone = np.arange(12) * 9_000 + 5_000
    world.add("app", np.arange(700, 712), alone, gone=alone + 600, client="Fade")
    [finding] = found(world)
    assert (finding.outcome, finding.grade) == ("undetermined", None)
    assert told(finding, "fixed time") is CaveatOutcome.WEAKENS


def test_slips_that_are_put_right_in_one_minute_are_no_burst():
    words = [f"person {n} thinks a great del of this bridge" for n in range(10)]
    world = bursting(quiet(), 40_000, text=words)
    assert len(found(world)) == 1
    right = [w.replace("del", "deal") for w in words]
    world.add("right", TEN, 40_060 + STEPS, text=right)
    assert found(world) == []


def test_what_a_collector_found_gone_in_one_pass_is_no_burst():
    assert found(bursting(quiet(), 40_000, gone=40_200)) == []


def test_times_of_minutes_say_nothing_and_the_reach_of_the_run_says_so():
    corpus = bursting(quiet(), 40_000).corpus()
    minutes = corpus.posts.with_columns(time_precision=pl.lit("minute"))
    coarse = replace(corpus, posts=minutes)
    assert list(detect(coarse, Params())) == []
    [said] = DETECTOR.reach(coarse, Params())
    assert said == (
        "Of 215 deleted posts 0 have a plausible time of deletion; "
        "0 of them were deleted within 1200 seconds and not put right."
    )


def test_an_announced_drive_that_deletes_stays_weak():
    world = bursting(quiet(), 40_000, 90_000)
    world.add("call", np.array([5]), np.array([9_000]), text="今晚8点一起上 #pushed#")
    [finding] = found(world)
    assert (finding.outcome, finding.grade) == ("ephemeral", Grade.WEAK)
    assert told(finding, "openly announced") is CaveatOutcome.WEAKENS


def test_an_account_beside_which_others_react_is_set_aside():
    world = World(np.random.default_rng(3), quiet(3).pieces)
    victim = framed(world, times=4, is_foreseen=False)
    [finding] = found(world)
    assert finding.grade is Grade.MODERATE
    assert finding.measures["accounts_set_aside"] == 1
    assert victim not in finding.subjects.accounts
    assert len(finding.subjects.accounts) == 30


def test_an_account_that_deletes_soon_at_other_times_as_well_is_set_aside():
    world = bursting(quiet(), 40_000, 90_000)
    alone = np.arange(3) * 20_000 + 51_000
    world.add("habit", TEN[3:4].repeat(3), alone, gone=alone + 100)
    [finding] = found(world)
    assert finding.subjects.accounts == names(set(TEN) - {TEN[3]})


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=9))
def test_the_p_value_of_a_window_is_that_of_all_ways_to_deal_the_fates(items):
    world = World(np.random.default_rng(1))
    inside = np.array([is_in for is_in, _ in items])
    short = np.array([is_short for _, is_short in items])
    made = np.where(inside, 7_220, 8_000) + np.arange(len(items))
    world.add("few", np.arange(len(items)), made, gone=np.where(short, made + 100, 0))
    rule = BurstRule(timedelta(minutes=20), timedelta(seconds=60), 1, 1.0)
    bursts = ephemeral_bursts(world.corpus(), rule).bursts.filter(pl.col("start") % 3_600 < 30)
    seen = int((inside & short).sum())
    ways = list(itertools.combinations(range(len(items)), int(short.sum())))
    tail = sum(int(inside[list(way)].sum()) >= seen for way in ways) / len(ways)
    for p_value in bursts["p_value"]:
        assert math.isclose(p_value, tail, abs_tol=1e-9)


def test_deletions_closer_together_than_lives_elsewhere_bring_have_a_small_p():
    world = bursting(quiet(), 40_000)
    made = np.arange(40) * 5_000
    world.add("soon", np.arange(300, 340), made, gone=made + 20 + np.arange(40) * 29)
    rule = BurstRule(timedelta(minutes=20), timedelta(seconds=60), 5, 0.05)
    bursts = ephemeral_bursts(world.corpus(), rule)
    near = deleted_together(bursts.members, bursts.posts, permutations=99, seed=1)
    assert near == 0.01
    late = pl.col("life_seconds") + pl.int_range(pl.len()) * 115
    loose = bursts.members.with_columns(life_seconds=late)
    assert deleted_together(loose, bursts.posts, permutations=99, seed=1) > 0.3
    assert deleted_together(loose, loose, permutations=99, seed=1) is None


def test_neither_the_order_of_rows_nor_the_names_of_accounts_change_a_finding():
    corpus = bursting(quiet(), 40_000, 90_000).corpus()
    plain = list(detect(corpus, Params()))
    mixed = replace(corpus, posts=corpus.posts.sample(fraction=1, shuffle=True, seed=5))
    assert list(detect(mixed, Params())) == plain
    renamed = pl.col("account_id").str.replace("x:", "y:z")
    other = replace(corpus, posts=corpus.posts.with_columns(renamed),
                    accounts=corpus.accounts.with_columns(renamed))  # fmt: skip
    [finding] = detect(other, Params())
    assert finding.measures == plain[0].measures
    assert finding.q_value == plain[0].q_value
    assert {a.replace("y:z", "x:") for a in finding.subjects.accounts} == set(names(TEN))


def test_without_a_time_of_deletion_there_is_nothing():
    assert found(bursting(World(np.random.default_rng(1)), 40_000, gone=0)) == []


@pytest.fixture(scope="module")
def of_the_world(world_case):
    [run] = [run for run in runs(world_case) if run.detector == "ephemeral-burst"]
    return run.findings


def test_the_push_of_the_shipped_world_is_found_and_nobody_else_is_named_above_weak(
    of_the_world, repository
):
    truth = pl.read_json(repository / "datasets/invented_world/data/truth.json")
    [push] = [g for g in truth["planted"][0].to_list() if g["name"] == "push"]
    graded = [f for f in of_the_world if f["grade"] is not None]
    assert [(f["outcome"], f["grade"]) for f in graded] == [("ephemeral", "moderate")]
    assert graded[0]["measures"]["bursts_count"] == 6
    assert len(graded[0]["subjects"]["accounts"]) == 43
    assert set(graded[0]["subjects"]["accounts"]) <= set(push["accounts"])
