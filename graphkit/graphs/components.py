# SPDX-License-Identifier: GPL-3.0-or-later
"""Connected components of an edge frame."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def components(edges: pl.DataFrame) -> pl.DataFrame:
    """The component of every node in `edges`: columns node and component, by component and node.

    `edges` has the two columns a and b of one type (ids or numbers); direction, repeats and
    self-loops do not matter. Components are numbered from 0 (Int64) in the order of their smallest
    member, so the numbers do not depend on the order of the rows.

    >>> edges = pl.DataFrame({"a": ["x", "c"], "b": ["y", "x"]})
    >>> components(edges).rows()
    [('c', 0), ('x', 0), ('y', 0)]
    """
    nodes = pl.concat([edges["a"], edges["b"]]).unique().sort()
    ends = [nodes.search_sorted(edges[name]).to_numpy() for name in ("a", "b")]
    size = nodes.len()
    links = coo_array((np.ones(edges.height, np.int8), tuple(ends)), shape=(size, size))
    labels = connected_components(links, directed=False)[1] if size else np.empty(0, np.int32)
    _, first = np.unique(labels, return_index=True)
    order = np.empty(len(first), np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    frame = pl.DataFrame({"node": nodes, "component": pl.Series(order[labels], dtype=pl.Int64)})
    return frame.sort("component", "node")
