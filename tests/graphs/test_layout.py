# SPDX-License-Identifier: GPL-3.0-or-later
"""Communities and coordinates: the same from any row order, discs apart, members inside."""

from __future__ import annotations

import random

import networkx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.communities import communities
from graphkit.graphs.layout import MAX_DISCS, community_discs, force_layout, two_level_layout

CAVES = [(a, b) for group in ("abcde", "fghij", "klmno") for a in group for b in group if a < b]
BRIDGES = [("e", "f"), ("j", "k")]


def edges(pairs):
    return pl.DataFrame(pairs, schema={"a": pl.String, "b": pl.String}, orient="row")


def shuffled(frame, seed):
    return frame.sample(fraction=1, shuffle=True, seed=seed)


def test_three_caves_joined_by_two_bridges_are_three_communities():
    found = communities(edges(CAVES + BRIDGES))
    assert found.group_by("community", maintain_order=True).agg("node")["node"].to_list() == [
        ["a", "b", "c", "d", "e"],
        ["f", "g", "h", "i", "j"],
        ["k", "l", "m", "n", "o"],
    ]


def test_the_communities_of_the_karate_club_have_the_known_modularity():
    graph = networkx.karate_club_graph()
    pairs = [(f"{a:02}", f"{b:02}") for a, b in graph.edges]
    found = communities(edges(pairs))
    parts = [{int(node) for node in part["node"]} for part in found.partition_by("community")]
    assert networkx.community.modularity(graph, parts, weight=None) == pytest.approx(
        0.4198, abs=5e-4
    )


def test_a_heavy_bridge_joins_what_light_links_leave_apart():
    pairs = edges([("a", "b"), ("c", "d"), ("b", "c")])
    light = pairs.with_columns(weight=pl.Series([9.0, 9.0, 0.1]))
    heavy = pairs.with_columns(weight=pl.Series([0.1, 0.1, 9.0]))
    assert communities(light)["community"].to_list() == [0, 0, 1, 1]
    assert dict(communities(heavy).rows())["b"] == dict(communities(heavy).rows())["c"]


def test_no_edges_no_communities_no_places():
    nothing = edges([])
    assert communities(nothing).is_empty()
    assert two_level_layout(communities(nothing), nothing).is_empty()
    assert force_layout(nothing).is_empty()


def test_the_random_numbers_of_others_are_left_alone():
    random.seed(5)
    expected = random.random()
    random.seed(5)
    communities(edges(CAVES))
    force_layout(edges(CAVES))
    assert random.random() == expected


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=80),
    st.integers(0, 9),
)
def test_neither_row_order_nor_direction_changes_groups_or_places(pairs, seed):
    own = edges([(f"n{a:02}", f"n{b:02}") for a, b in pairs])
    other = shuffled(own, seed).select(a="b", b="a")
    groups = communities(own)
    assert communities(other).equals(groups)
    assert two_level_layout(shuffled(groups, seed), other).equals(two_level_layout(groups, own))
    assert force_layout(other).equals(force_layout(own))


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(15)))
def test_renaming_the_nodes_renames_the_communities(order):
    names = dict(zip("abcdefghijklmno", [f"x{n:02}" for n in order], strict=True))
    renamed = edges([(names[a], names[b]) for a, b in CAVES + BRIDGES])
    parts = communities(renamed).group_by("community").agg("node")["node"].to_list()
    expected = [{names[n] for n in group} for group in ("abcde", "fghij", "klmno")]
    assert sorted(map(sorted, parts)) == sorted(map(sorted, expected))


def test_discs_do_not_overlap_and_hold_their_members():
    rng = np.random.default_rng(3)
    pairs = [
        (f"{c:02}-{a}", f"{c:02}-{b}") for c in range(20) for a, b in rng.integers(0, 12, (40, 2))
    ]
    pairs += [(f"{a:02}-0", f"{b:02}-0") for a, b in rng.integers(0, 20, (30, 2))]
    groups = communities(edges(pairs))
    discs = community_discs(groups, edges(pairs))
    apart = [
        np.hypot(one["x"] - two["x"], one["y"] - two["y"]) - one["radius"] - two["radius"]
        for one in discs.to_dicts()
        for two in discs.to_dicts()
        if one["community"] < two["community"]
    ]
    assert min(apart) > -0.05
    placed = two_level_layout(groups, edges(pairs)).join(discs, on="community", suffix="_disc")
    off = (placed["x"] - placed["x_disc"]) ** 2 + (placed["y"] - placed["y_disc"]) ** 2
    assert (off <= placed["radius"] ** 2 * 1.01).all()


def crowd(seed, accounts=700):
    """Pairs in communities of falling size, and a few between them."""
    rng = np.random.default_rng(seed)
    group = np.sort(rng.zipf(1.6, accounts).clip(1, 90))
    a = rng.permutation(np.repeat(np.arange(accounts), 3))
    near = np.searchsorted(group, group[a]) + rng.integers(0, 9, a.size)
    b = np.where(rng.random(a.size) < 0.95, near % accounts, rng.integers(0, accounts, a.size))
    return edges([(f"n{x:03}", f"n{y:03}") for x, y in zip(a, b, strict=True)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_discs_that_start_where_others_lay_do_not_overlap_either(seed):
    old, new = crowd(seed).head(1500), crowd(seed)
    start = two_level_layout(communities(old), old)
    discs = community_discs(communities(new), new, start=start)
    xy, radius = discs.select("x", "y").to_numpy(), discs["radius"].to_numpy()
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    assert (apart - radius[:, None] - radius[None]).min() > 0


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 50))
def test_no_row_order_changes_what_starts_from_other_places(seed):
    old, new = crowd(4).head(1500), crowd(4)
    start = two_level_layout(communities(old), old)
    own = two_level_layout(communities(new), new, start=start)
    mixed = [shuffled(each, seed) for each in (communities(new), new, start)]
    assert two_level_layout(mixed[0], mixed[1], start=mixed[2]).equals(own)
    small = edges(CAVES + BRIDGES)
    near = force_layout(small, start=force_layout(small.head(20)))
    assert force_layout(shuffled(small, seed), start=force_layout(small.head(20))).equals(near)


def test_the_largest_communities_lie_the_same_in_the_picture_of_all_and_of_sixty():
    pairs = [(f"{c:03}-{i:02}", f"{c:03}-{j:02}") for c in range(100) for i in range(1, 9 - c // 20)
             for j in range(i)]  # fmt: skip
    pairs += [(f"{c:03}-00", f"{c + 1:03}-00") for c in range(58)]
    groups = communities(edges(pairs))
    discs = community_discs(groups, edges(pairs))
    largest = discs.sort(["members", "community"], descending=[True, False]).head(60)
    own = groups.join(largest, on="community", how="semi")
    alone = community_discs(own, edges(pairs)).select("community", "x", "y")
    both = alone.join(largest, on="community", suffix="_of_all")
    middle = both.select(pl.col("x_of_all", "y_of_all") - pl.col("x_of_all", "y_of_all").mean())
    off = both.select(pl.col("x", "y") - pl.col("x", "y").mean()).to_numpy() - middle.to_numpy()
    assert np.abs(off).max() < 2.0


def test_only_the_largest_communities_get_a_disc():
    pairs = [(f"{c:03}-a", f"{c:03}-b") for c in range(MAX_DISCS + 5)] + [("000-b", "000-c")]
    groups = communities(edges(pairs))
    discs = community_discs(groups, edges(pairs))
    assert discs.height == MAX_DISCS
    assert discs["members"].max() == 3
