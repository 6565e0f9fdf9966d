# SPDX-License-Identifier: GPL-3.0-or-later
"""Shortest ways between two nodes, against networkx."""

from __future__ import annotations

import networkx as nx
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graphkit.graphs.shortest_ways import shortest_ways

NODE = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(NODE, NODE), min_size=1, max_size=14), NODE, NODE)
def test_the_nodes_are_those_on_any_shortest_path_of_networkx(pairs, start, end):
    edges = pl.DataFrame(pairs, schema=["a", "b"], orient="row")
    graph = nx.Graph(pairs)
    known = start in graph and end in graph and nx.has_path(graph, start, end)
    paths = list(nx.all_shortest_paths(graph, start, end)) if known else []
    expected = sorted({(step, node) for path in paths for step, node in enumerate(path)})
    assert [(step, node) for node, step in shortest_ways(edges, start, end).rows()] == expected
