# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence over several acts: each post speaks once, and layers that are copies add nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import ParameterError
from graphkit.graphs.coaction import coaction
from graphkit.graphs.communities import communities, stable_communities
from graphkit.graphs.layers import coaction_layers, layer_extents, pair_evidence, simes

WITHIN = timedelta(seconds=60)
START = datetime(2026, 3, 10, tzinfo=UTC)
COLUMNS = ["act", "account_id", "object_id", "second", "content_id"]


def log_of(rows):
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row", strict=False)
    return frame.with_columns(
        pl.col("content_id").cast(pl.String),
        action_id=pl.concat_str(*COLUMNS, separator="|", ignore_nulls=True),
        acted_at=pl.lit(START) + pl.duration(seconds=pl.col("second").cast(pl.Int64)),
    ).drop("second")


def crowd(act, seed, *, rows=3000, accounts=200, objects=200):
    """Accounts that act on random objects at random times of a day: nobody coordinates."""
    rng = np.random.default_rng(seed)
    return [
        (act, f"u{a:03}", f"{act}{o}", int(t), f"{act}-p{n}")
        for n, (a, o, t) in enumerate(
            zip(
                rng.integers(0, accounts, rows),
                rng.integers(0, objects, rows),
                rng.integers(0, 86_400, rows),
                strict=True,
            )
        )
    ]


def meetings(act, who, times):
    return [
        (act, account, f"{act}-new{time}", time + late, f"{act}-{account}-{time}")
        for time in times
        for late, account in enumerate(who)
    ]


def pair(layers, a, b):
    return layers.pairs.row(by_predicate=(pl.col("a") == a) & (pl.col("b") == b), named=True)


def test_the_layers_are_the_networks_of_the_acts_by_themselves():
    log = log_of([*crowd("url", 1), *crowd("tag", 2), *meetings("url", "xy", [5, 900])])
    layers = coaction_layers(log, within=WITHIN)
    assert layers.acts == ("tag", "url")
    for act in layers.acts:
        alone = coaction(log.filter(act=act), within=WITHIN).edges
        own = layers.edges.filter(act=act).drop("act")
        assert own.select(sorted(own.columns)).equals(alone.select(sorted(alone.columns)))


def test_one_post_with_an_address_and_a_tag_is_one_meeting():
    once = [
        (act, who, act, n, f"post-{who}") for act in ("tag", "url") for n, who in enumerate("xy")
    ]
    layers = coaction_layers(log_of([*once, *crowd("url", 3)]), within=WITHIN)
    told = pair(layers, "x", "y")
    assert (told["acts_count"], told["objects_count"], told["meetings_count"]) == (2, 2, 1)


def test_two_posts_are_two_meetings():
    rows = [("tag", who, "t", n, f"{who}1") for n, who in enumerate("xy")]
    rows += [("url", who, "a", n, f"{who}2") for n, who in enumerate("xy")]
    assert pair(coaction_layers(log_of(rows), within=WITHIN), "x", "y")["meetings_count"] == 2


def test_two_tags_of_one_post_are_one_meeting():
    rows = [("tag", who, tag, n, f"p{who}") for tag in ("s", "t") for n, who in enumerate("xy")]
    told = pair(coaction_layers(log_of(rows), within=WITHIN), "x", "y")
    assert (told["objects_count"], told["meetings_count"]) == (2, 1)


def test_actions_without_a_post_are_posts_of_their_own():
    rows = [(act, who, act, n, None) for act in ("tag", "url") for n, who in enumerate("xy")]
    assert pair(coaction_layers(log_of(rows), within=WITHIN), "x", "y")["meetings_count"] == 2


def test_all_pairs_of_accounts_of_any_act_are_tested():
    rows = [("tag", "u", "t", 0, "1"), ("tag", "v", "t", 9, "2"), ("url", "w", "a", 0, "3")]
    assert coaction_layers(log_of(rows), within=WITHIN).tests == 3


def test_meeting_once_in_each_of_four_acts_is_seen_by_no_act_alone():
    acts = ("image", "repost", "tag", "url")
    rows = [row for seed, act in enumerate(acts) for row in crowd(act, seed)]
    for number, act in enumerate(acts):
        rows += meetings(act, ["u001", "u002"], [1000 * number + 500])
    layers = coaction_layers(log_of(rows), within=WITHIN)
    alone = layers.edges.filter(a="u001", b="u002")
    assert alone["q_value"].min() > 0.05
    assert pair(layers, "u001", "u002")["q_value"] < 0.05


def test_layers_that_are_copies_of_one_another_add_nothing():
    one = [*crowd("url", 5), *meetings("url", ["u001", "u002"], [100, 4000])]
    copies = [(f"url{n}", who, o, t, post) for n in range(4) for _, who, o, t, post in one]
    single = coaction_layers(log_of(one), within=WITHIN)
    copied = coaction_layers(log_of(copies), within=WITHIN)
    assert copied.pairs["p_value"].to_list() == pytest.approx(single.pairs["p_value"].to_list())
    assert copied.pairs["meetings_count"].equals(single.pairs["meetings_count"])
    assert copied.shared["shared_share"].to_list() == [1.0] * 6


@pytest.mark.parametrize("acts", [2, 4])
def test_copied_crowds_give_small_p_values_no_more_often_than_chance(acts):
    small = tests = rejecting = 0
    for seed in range(301, 321):
        one = crowd("url", seed, accounts=80)
        rows = [(f"url{n}", who, o, t, post) for n in range(acts) for _, who, o, t, post in one]
        layers = coaction_layers(log_of(rows), within=WITHIN)
        small += layers.pairs.filter(pl.col("p_value") <= 0.01).height
        tests += layers.tests
        rejecting += (layers.pairs["q_value"] <= 0.05).any()
    assert small <= 0.01 * tests
    assert rejecting <= 3  # of twenty logs one is expected


def test_looking_twice_is_paid_for():
    log = log_of(crowd("url", 3))
    alone = coaction(log, within=WITHIN).edges
    layers = coaction_layers(log, within=WITHIN)

    twice = np.minimum(1.0, 2 * alone["p_value"].to_numpy())
    assert layers.pairs["p_value"].to_numpy() == pytest.approx(twice)


def test_how_far_two_acts_are_the_same_posts():
    rows = [("tag", who, "t", n, f"{who}1") for n, who in enumerate("xyz")]
    rows += [("url", who, "a", n, f"{who}1") for n, who in enumerate("xy")]
    rows += [("repost", who, "r", n, f"{who}2") for n, who in enumerate("xy")]
    assert coaction_layers(log_of(rows), within=WITHIN).shared.rows() == [
        ("repost", "tag", 2, 0.0), ("repost", "url", 2, 0.0), ("tag", "url", 2, 1.0),
    ]  # fmt: skip


def test_simes_takes_the_best_step():
    assert simes(np.array([[0.2, 0.02, 1.0], [0.03, 0.03, 0.03]])).tolist() == pytest.approx(
        [0.06, 0.03]
    )


def test_the_extent_is_told_for_all_acts_and_for_each():
    rows = [*crowd("url", 7), *crowd("tag", 8), *meetings("url", ["u001", "u002"], [5, 900, 4000])]
    extents = layer_extents(coaction_layers(log_of(rows), within=WITHIN))
    told = dict(extents.filter(account="u001").select("act", "extent").rows())
    assert list(told) == [None, "url"]
    assert told["url"] > 0.95
    assert told[None] > 0.95
    assert extents["extent"].is_between(0, 1).all()


def test_a_community_of_one_quiet_act_does_not_drown_in_a_busy_one():
    quiet = [f"u{n:03}" for n in range(6)]
    rows = [*crowd("tag", 11, rows=9000, objects=12), *crowd("url", 12), *crowd("repost", 13)]
    rows += meetings("url", quiet, [500, 7000, 30000])
    rows += meetings("tag", [f"u{n:03}" for n in range(20, 26)], [900, 8000, 20000])
    rows += meetings("repost", [f"u{n:03}" for n in range(20, 26)], [1500, 9000, 40000])
    layers = coaction_layers(log_of(rows), within=WITHIN)
    flat = communities(layers.edges.select("a", "b", weight="objects_count"))
    groups = flat.filter(pl.col("node").is_in(quiet))["community"].unique()
    assert flat.filter(pl.col("community").is_in(groups.implode())).height > 6
    found = stable_communities(pair_evidence(layers.pairs.filter(pl.col("q_value") <= 0.05)))
    members = found.group_by("community", maintain_order=True).agg("node")["node"].to_list()
    assert members == [quiet, [f"u{n:03}" for n in range(20, 26)]]
    assert found["stability"].to_list() == [1.0] * 12


def test_an_act_that_would_explode_is_refused():
    with pytest.raises(ParameterError, match="1 row pairs lie within"):
        coaction_layers(log_of(meetings("url", "xy", [0])), within=WITHIN, max_pairs=0)


def test_without_an_action_there_is_nothing_to_combine():
    with pytest.raises(ParameterError, match="layers: there is no action"):
        coaction_layers(log_of([("url", "x", "o", 0, "p")]).clear(), within=WITHIN)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["tag", "url"]),
        st.sampled_from("uvwx"),
        st.sampled_from("op"),
        st.integers(0, 200),
        st.sampled_from(["1", "2", None]),
    ),
    min_size=2,
    max_size=25,
    unique=True,
)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, order):
    log = log_of([(act, who, o, t, None if p is None else who + p) for act, who, o, t, p in rows])
    mixed = log.sample(fraction=1, shuffle=True, seed=order.randrange(1000))
    one, other = (coaction_layers(each, within=WITHIN) for each in (log, mixed))
    assert one.pairs.equals(other.pairs)
    assert one.edges.equals(other.edges)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_meetings_are_at_most_the_posts_and_objects_that_a_reader_counts(rows):
    rows = [(act, who, o, t, None if p is None else who + p) for act, who, o, t, p in rows]
    layers = coaction_layers(log_of(rows), within=WITHIN)
    for a, b in combinations("uvwx", 2):
        met = [
            (act, o, post or (act, a, o, t), again or (act, b, o, s))
            for act, who, o, t, post in rows
            for other, whose, p, s, again in rows
            if (act, o, who, whose) == (other, p, a, b) and abs(t - s) <= 60
        ]
        told = layers.pairs.filter(a=a, b=b)
        assert told.height == (len(met) > 0)
        if met:
            assert told["objects_count"].item() == len({row[:2] for row in met})
            most = min(len({row[end] for row in met}) for end in (2, 3))
            assert 0 <= told["meetings_count"].item() <= most
