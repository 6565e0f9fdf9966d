# SPDX-License-Identifier: GPL-3.0-or-later
"""Every shipped data set is as it was shipped, with its licence and its description beside it."""

from __future__ import annotations

import networkx as nx
import polars as pl
import pytest

from graphkit.graphs.communities import communities
from graphkit.investigation.shipped import dataset, datasets


@pytest.mark.parametrize("name", sorted(datasets()))
def test_its_files_are_as_shipped_and_its_licence_stands_beside_them(name):
    found = dataset(name)
    assert found.files
    assert found.licence in {"MIT", "CC0-1.0"}
    assert (found.folder / "LICENSE").read_text("utf-8").strip()
    assert (found.folder / "README.md").read_text("utf-8").startswith("# ")


def test_the_four_shipped_data_sets_are_there():
    assert sorted(datasets()) == [
        "benchmark_networks",
        "invented_world",
        "russian_reposts",
        "weibo_hot_slice",
    ]


def test_each_network_has_the_lines_that_it_says():
    for file in dataset("benchmark_networks").files:
        assert len(file.path.read_text("utf-8").splitlines()) == file.rows


def test_the_communities_of_the_karate_club_are_as_good_as_those_of_networkx():
    karate = next(f for f in dataset("benchmark_networks").files if f.path.stem == "karate")
    pairs = [line.split() for line in karate.path.read_text("utf-8").splitlines()]
    edges = pl.DataFrame({"a": [p[0] for p in pairs], "b": [p[1] for p in pairs]})
    graph = nx.Graph(pairs)
    found = communities(edges.with_columns(weight=pl.lit(1.0)))
    ours = [set(part["node"]) for part in found.partition_by("community")]
    peer = nx.community.louvain_communities(graph, seed=1)
    assert nx.community.modularity(graph, ours) >= nx.community.modularity(graph, peer) - 0.01
