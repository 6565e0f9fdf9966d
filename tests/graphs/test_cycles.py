# SPDX-License-Identifier: GPL-3.0-or-later
"""Cycles as they are asked for: those of networkx, the short ones first."""

from __future__ import annotations

from itertools import islice

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.cycles import shortest_cycles

PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] != p[1]))


@settings(deadline=None, max_examples=200)
@given(PAIRS, st.integers(2, 8))
def test_they_are_those_that_networkx_finds_and_no_longer_one_comes_first(pairs, longest):
    found = list(shortest_cycles(pairs, longest=longest))
    graph = nx.DiGraph(pairs)

    def from_smallest(cycle):
        at = cycle.index(min(cycle))
        return tuple(cycle[at:] + cycle[:at])

    assert sorted(found) == sorted(map(from_smallest, nx.simple_cycles(graph, longest)))
    assert [len(cycle) for cycle in found] == sorted(len(cycle) for cycle in found)


def test_the_cycle_that_igraph_misses_is_found():
    assert list(shortest_cycles([(0, 2), (1, 2), (2, 1)], longest=3)) == [(1, 2)]


def test_the_first_cycles_of_a_dense_graph_come_at_once():
    everybody = [(a, b) for a in range(60) for b in range(60) if a != b]
    first = list(islice(shortest_cycles(everybody, longest=60), 1771))
    assert len(first) == 1771
    assert first[-1] == (0, 1, 2)
