# SPDX-License-Identifier: GPL-3.0-or-later
"""Communities say how far another seed would agree."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import polars as pl
import pytest

from graphkit.graphs.communities import communities, flow_modules, stable_communities


def frame(pairs):
    return pl.DataFrame(sorted(pairs), schema=["a", "b"], orient="row")


def clique(*names):
    return list(combinations(names, 2))


def test_two_cliques_are_the_same_from_every_seed():
    found = stable_communities(frame([*clique(*"abcd"), *clique(*"wxyz"), ("d", "w")]))
    assert found.rows() == [
        *((name, 0, 1.0) for name in "abcd"),
        *((name, 1, 1.0) for name in "wxyz"),
    ]


def test_a_ring_has_no_stable_communities():
    names = [f"n{n:02}" for n in range(24)]
    ring = stable_communities(frame(zip(names, [*names[1:], names[0]], strict=True)))
    assert ring["stability"].max() < 0.9


def test_the_partition_of_the_best_seed_is_no_worse_than_any_single_one():
    graph = nx.gnp_random_graph(40, 0.15, seed=3)
    pairs = frame((f"n{a:02}", f"n{b:02}") for a, b in graph.edges)

    def modularity(found):
        groups = found.group_by("community").agg("node")["node"].to_list()
        return nx.community.modularity(nx.Graph(pairs.rows()), groups)

    best = modularity(stable_communities(pairs, runs=10))
    assert best == pytest.approx(max(modularity(communities(pairs, seed=s)) for s in range(1, 11)))


def test_rows_in_another_order_give_the_same_communities_and_stability():
    rng = np.random.default_rng(1)
    pairs = frame(
        {tuple(sorted(f"n{n:02}" for n in rng.choice(30, 2, replace=False))) for _ in range(80)}
    )
    mixed = pairs.sample(fraction=1, shuffle=True, seed=4).select(a="b", b="a")
    assert stable_communities(pairs).equals(stable_communities(mixed))


def test_without_edges_there_are_no_communities():
    assert stable_communities(frame([]).cast(pl.String)).rows() == []


def rings_in_a_crowd(crowd):
    """Ten rings of four that cite each other much, among `crowd` accounts in hundreds."""
    draw = np.random.default_rng(5)
    citing = np.repeat(np.arange(crowd), 6)
    cited = citing // 100 * 100 + draw.integers(0, 100, 6 * crowd)
    near = pl.DataFrame({"a": citing + 40, "b": cited + 40}).filter(pl.col("a") != pl.col("b"))
    rings = [(4 * ring + n, 4 * ring + (n + 1) % 4, 9.0) for ring in range(10) for n in range(4)]
    leaks = [(4 * ring, 40 + ring, 1.0) for ring in range(10)]
    ringed = pl.DataFrame([*rings, *leaks], schema=["a", "b", "weight"], orient="row")
    return pl.concat([ringed, near.unique(maintain_order=True).with_columns(weight=pl.lit(1.0))])


@pytest.mark.parametrize("crowd", [100, 5000])
def test_a_crowd_of_any_size_does_not_drown_small_rings_that_trap_flow(crowd):
    modules = flow_modules(rings_in_a_crowd(crowd))
    found = modules.group_by("community").agg(pl.col("node").sort())["node"].to_list()
    assert all([4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3] in found for n in range(10))


def test_modules_do_not_change_with_the_order_of_the_rows():
    edges = rings_in_a_crowd(100)
    shuffled = edges.sample(fraction=1, shuffle=True, seed=2)
    assert flow_modules(shuffled).equals(flow_modules(edges))
