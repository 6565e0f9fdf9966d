# SPDX-License-Identifier: GPL-3.0-or-later
"""Communities of an edge frame, by the Leiden algorithm."""

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


def _numbered_by_smallest(labels: np.ndarray) -> np.ndarray:
    """`labels` renumbered from 0 in the order of their first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    numbers: np.ndarray = np.argsort(np.argsort(first))[inverse]
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
    with seeded(seed):
        found = graph.community_leiden(
            objective_function="modularity",
            weights=links["weight"].to_list(),
            resolution=resolution,
            n_iterations=iterations,
        )
    numbers = _numbered_by_smallest(np.asarray(found.membership, np.int64))
    frame = pl.DataFrame({"node": nodes, "community": pl.Series(numbers, dtype=pl.Int64)})
    return frame.sort("community", "node")
