# SPDX-License-Identifier: GPL-3.0-or-later
"""The shortest ways between two nodes of an edge frame."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra


def shortest_ways(edges: pl.DataFrame, start: str, end: str) -> pl.DataFrame:
    """The nodes on the shortest ways from `start` to `end`: node, step; by step and node.

    `step` counts the links from `start`. Every node that lies on any of the ways of the least
    length is there; direction and weight of the links (columns a and b) do not matter. Without a
    way, or where an end has no link, there are no rows.

    >>> edges = pl.DataFrame({"a": ["x", "x", "y", "z"], "b": ["y", "z", "w", "w"]})
    >>> shortest_ways(edges, "x", "w").rows()
    [('x', 0), ('y', 1), ('z', 1), ('w', 2)]
    """
    nodes = pl.concat([edges["a"], edges["b"]]).unique().sort()
    places = [nodes.index_of(each) for each in (start, end)]
    if places[0] is None or places[1] is None:
        return pl.DataFrame(schema={"node": pl.String, "step": pl.Int64})
    ends = [nodes.search_sorted(edges[name]).to_numpy() for name in ("a", "b")]
    links = coo_array((np.ones(edges.height, np.int8), tuple(ends)), shape=(len(nodes),) * 2)
    from_start, from_end = dijkstra(links.tocsr(), directed=False, unweighted=True, indices=places)
    length = from_start[places[1]]
    on_way = np.isfinite(length) & (from_start + from_end == length)
    found = pl.DataFrame({"node": nodes, "step": from_start}).filter(pl.Series(on_way))
    return found.with_columns(pl.col("step").cast(pl.Int64)).sort("step", "node")
