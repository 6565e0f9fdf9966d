# SPDX-License-Identifier: GPL-3.0-or-later
"""Communities of an edge frame by Leiden or by flow (Infomap), and how much a seed decides."""

from __future__ import annotations

import contextlib
import random
from threading import Lock
from typing import TYPE_CHECKING

import igraph
import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_ONE_GENERATOR = Lock()


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside, igraph draws from a generator started at `seed`; one thread at a time.

    igraph has one generator a process, so it is put back to Python's own afterwards.
    """
    with _ONE_GENERATOR:
        igraph.set_random_number_generator(random.Random(seed))
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)


def _numbered_by_smallest(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """`labels` renumbered from 0 in the order of their first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    numbers: NDArray[np.int64] = np.argsort(np.argsort(first))[inverse]
    return numbers


def communities(
    edges: pl.DataFrame, *, resolution: float = 1.0, iterations: int = 4, seed: int = 1
) -> pl.DataFrame:
    """The community of every node in `edges`: columns node and community, by community and node.

    `edges` has the columns a and b and, where links are not equal, weight. Direction does not
    matter; repeats add up; self-loops are left out of the count. Communities maximise modularity
    at `resolution` and are numbered from 0 in the order of their smallest member. Same edges and
    seed, same communities, in any row order.

    Traag, Waltman and van Eck 2019, "From Louvain to Leiden" (doi 10.1038/s41598-019-41695-z).

    >>> ring = [("a", "b"), ("b", "c"), ("a", "c"), ("x", "y"), ("y", "z"), ("x", "z"), ("c", "x")]
    >>> communities(pl.DataFrame(ring, schema=["a", "b"], orient="row")).rows()
    [('a', 0), ('b', 0), ('c', 0), ('x', 1), ('y', 1), ('z', 1)]
    """
    nodes, graph = _graph(edges)
    numbers, _ = _leiden(graph, resolution, iterations, seed)
    return pl.DataFrame({"node": nodes, "community": numbers}).sort("community", "node")


def flow_modules(edges: pl.DataFrame, *, seed: int = 1) -> pl.DataFrame:
    """The module of every node in `edges` (a, b, weight): columns node, community, in that order.

    A walk that follows the arrows from a to b, by weight, stays long inside a module and seldom
    leaves it. Unlike modularity this does not drown small modules among many nodes. Pairs do not
    repeat. Modules are numbered from 0 in the order of their smallest member. Same edges and seed,
    same modules, in any row order.

    Rosvall and Bergstrom 2008, "Maps of random walks" (doi 10.1073/pnas.0706851105).

    >>> ring = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "z"), ("z", "x"), ("c", "x")]
    >>> weighed = pl.DataFrame(ring, schema=["a", "b"], orient="row").with_columns(weight=2.0)
    >>> flow_modules(weighed)["community"].to_list()
    [0, 0, 0, 1, 1, 1]
    """
    nodes = pl.concat([edges["a"], edges["b"]]).unique().sort()
    links = edges.sort("a", "b")
    ends = [nodes.search_sorted(links[name]).to_numpy() for name in ("a", "b")]
    graph = igraph.Graph(n=nodes.len(), edges=np.column_stack(ends), directed=True)
    weight = links["weight"].cast(pl.Float64).to_list()
    with seeded(seed):
        found = graph.community_infomap(edge_weights=weight, trials=1)
    numbers = _numbered_by_smallest(np.asarray(found.membership, np.int64))
    return pl.DataFrame({"node": nodes, "community": numbers}).sort("community", "node")


def _graph(edges: pl.DataFrame) -> tuple[pl.Series, igraph.Graph]:
    """The sorted nodes of `edges`, and the graph of its links added up."""
    nodes = pl.concat([edges["a"], edges["b"]]).unique().sort()
    weight = pl.col("weight") if "weight" in edges.columns else pl.lit(1.0)
    links = (
        edges.select(
            low=pl.min_horizontal("a", "b"),
            high=pl.max_horizontal("a", "b"),
            weight=weight.cast(pl.Float64),
        )
        .filter(pl.col("low") != pl.col("high"))
        .group_by("low", "high")
        .agg(pl.col("weight").sort().sum())
        .sort("low", "high")
    )
    ends = [nodes.search_sorted(links[name]).to_numpy() for name in ("low", "high")]
    graph = igraph.Graph(n=nodes.len(), edges=np.column_stack(ends))
    graph.es["weight"] = links["weight"].to_list()
    return nodes, graph


def _leiden(
    graph: igraph.Graph, resolution: float, iterations: int, seed: int
) -> tuple[NDArray[np.int64], float]:
    """The community of every node by one run, numbered by smallest member, and its quality."""
    with seeded(seed):
        found = graph.community_leiden(
            objective_function="modularity",
            weights="weight",
            resolution=resolution,
            n_iterations=iterations,
        )
    return _numbered_by_smallest(np.asarray(found.membership, np.int64)), found.quality


def stable_communities(
    edges: pl.DataFrame, *, resolution: float = 1.0, runs: int = 20, seed: int = 1
) -> pl.DataFrame:
    """The community of every node and how far another seed would agree; by community and node.

    Columns: node, community, stability. Of `runs` runs (two or more) from consecutive seeds the
    partition of the highest quality stands. stability (0 to 1) is the mean over the other runs of
    how much of a node's company is the same: nodes that are with it both times, over those that are
    with it either time. Well below 1, another seed would tell another story about the node.

    >>> pairs = [("a", "b"), ("b", "c"), ("x", "y")]
    >>> stable_communities(pl.DataFrame(pairs, schema=["a", "b"], orient="row")).row(0)
    ('a', 0, 1.0)
    """
    nodes, graph = _graph(edges)
    found = [_leiden(graph, resolution, 4, seed + run) for run in range(runs)]
    best = int(np.argmax([round(quality, 9) for _, quality in found]))
    chosen, _ = found.pop(best)
    stability = np.mean([_agreement(chosen, other) for other, _ in found], axis=0)
    columns = {"node": nodes, "community": chosen, "stability": stability.round(6)}
    return pl.DataFrame(columns).sort("community", "node")


def _agreement(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
    """Per node: those with it in both partitions over those with it in either, itself left out."""
    pair = one * (int(other.max(initial=0)) + 1) + other
    _, inverse, counts = np.unique(pair, return_inverse=True, return_counts=True)
    both = counts[inverse] - 1
    either = np.bincount(one)[one] + np.bincount(other)[other] - 2 - both
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)
