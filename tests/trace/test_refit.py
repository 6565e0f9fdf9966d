# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import replace

import polars as pl
import pytest

from benchmarks.relay_world import Habits, relay_world
from graphkit.errors import InputError
from graphkit.trace.calibration import NOT_HERE, calibration_errors, with_probability
from graphkit.trace.refit import labelled_reposts, refit

HABITS = Habits()


@pytest.fixture(scope="module")
def world():
    return relay_world(731, habits=HABITS, cascades=30)


@pytest.fixture(scope="module")
def fitted(world):
    return refit(world)


def test_a_table_fitted_on_a_case_holds_in_another_where_that_of_weibo_does_not(fitted):
    other = labelled_reposts(relay_world(732, habits=HABITS, cascades=30))
    own = calibration_errors(with_probability(other, fitted=fitted.counts))
    moved = other.with_columns(platform=pl.lit("weibo"), at=pl.datetime(2014, 1, 1))
    weibo = calibration_errors(with_probability(moved))
    assert own["ece"] < 0.05 < 0.15 < weibo["ece"]
    assert own["brier"] < weibo["brier"]
    assert fitted.errors["weiju"]["ece"] < 0.05


def test_what_is_fitted_is_counted_by_class_on_one_half_and_held_against_the_other(fitted, world):
    counts = fitted.counts
    labelled = labelled_reposts(world)
    assert counts["n"].sum() + counts["n_held"].sum() == labelled.height
    unique = counts.row(by_predicate=pl.col("evidence") == "name-unique", named=True)
    assert (unique["platform"], unique["first_year"], unique["last_year"]) == ("weiju", 2026, 2026)
    assert 0.6 < unique["right"] / unique["n"] < 0.95  # Habits: .15 of the relays are skipped


def test_a_story_is_in_one_half_though_two_cascades_tell_it(world):
    first = world.posts.filter(kind="original")["post_id"][:2].to_list()
    words = pl.lit("苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响")
    told = pl.when(pl.col("post_id").is_in(first)).then(words).otherwise("text")
    posts = world.posts.with_columns(text=told)
    roots = posts.select("root_id", child="post_id")
    labelled = labelled_reposts(replace(world, posts=posts)).join(roots, on="child")
    assert labelled.filter(pl.col("root_id").is_in(first))["half"].n_unique() == 1
    assert labelled["half"].n_unique() == 2


def test_the_recorded_parents_are_not_looked_at_when_parents_are_read(world):
    hidden = world.posts.with_columns(parent_id=pl.coalesce("root_id", "parent_id"))
    one, other = labelled_reposts(world), labelled_reposts(replace(world, posts=hidden))
    both = one.join(other, on="child", suffix="_hidden")
    assert (both["evidence"] == both["evidence_hidden"]).all()


def test_a_platform_that_flattens_says_nothing_by_its_first_posts(world):
    said = pl.col("post_id").hash(seed=1) % 10 < 3
    flat = pl.when((pl.col("kind") == "repost") & said).then("root_id").otherwise("parent_id")
    labelled = labelled_reposts(replace(world, posts=world.posts.with_columns(parent_id=flat)))
    assert labelled.filter(pl.col("evidence").str.starts_with("no-chain"))["right"].sum() == 0
    assert labelled.filter(evidence="name-unique")["right"].mean() > 0.6


def test_too_few_recorded_parents_are_refused_with_what_to_do():
    small = relay_world(733, habits=HABITS, cascades=3)
    with pytest.raises(InputError, match="200 of one platform in two or more stories are needed"):
        refit(small)


def test_one_large_story_cannot_be_fitted_and_checked():
    large = relay_world(734, habits=HABITS, cascades=1, mean_size=900)
    assert large.posts.height > 300
    with pytest.raises(InputError, match="two or more stories"):
        refit(large)


def test_row_order_changes_nothing(world, fitted):
    again = refit(replace(world, posts=world.posts.sample(fraction=1, shuffle=True, seed=1)))
    assert again.counts.equals(fitted.counts)
    assert again.errors == fitted.errors


def test_a_class_seen_less_than_twenty_times_has_no_probability():
    counts = {"evidence": ["name-unique"], "platform": ["weiju"], "first_year": [2026]}
    counts |= {"last_year": [2026], "right": [19], "n": [19], "right_held": [30], "n_held": [30]}
    fitted = pl.DataFrame(counts | {"agreement": [None]})
    edge = pl.DataFrame({"evidence": ["name-unique"], "platform": ["weiju"]}).with_columns(
        at=pl.datetime(2026, 3, 1, time_zone="UTC")
    )
    said = with_probability(edge, fitted=fitted).select("p", "calibration")
    assert said.row(0) == (None, NOT_HERE)
    enough = fitted.with_columns(n=pl.lit(20))
    assert with_probability(edge, fitted=enough).select("p", "calibration").row(0) == (
        0.909,
        "fitted on this case: right in 30 of 30 held-out reposts, weiju 2026-2026",
    )
    late = edge.with_columns(at=pl.datetime(2027, 3, 1, time_zone="UTC"))
    assert with_probability(late, fitted=enough)["p"].to_list() == [None]


def test_the_expected_calibration_error_is_the_weighted_distance_in_ten_bins():
    said = pl.DataFrame({"p": [0.9, 0.9, 0.2, 0.2], "right": [True, False, False, False]})
    assert calibration_errors(said) == {"n": 4, "brier": 0.225, "ece": 0.3}
    assert calibration_errors(said.clear()) == {"n": 0, "brier": None, "ece": None}
