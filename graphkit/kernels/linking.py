# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel of the error rate that every connected group of edges earns by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def linked_steps(
    a: NDArray[np.int64], b: NDArray[np.int64], p_values: NDArray[np.float64], nodes: int
) -> NDArray[np.float64]:
    """Per edge the least p / n over the components that it belongs to as edges are added.

    The edges come by rising p. Adding one joins two components (or closes a cycle in one); the
    component then has n edges, all with at most this p. Kruskal's forest remembers which component
    went into which, so that one pass backwards hands every edge the least value above it.
    """
    parent = np.arange(nodes)
    count = np.zeros(nodes, np.int64)
    latest = np.full(nodes, -1, np.int64)  # the edge that last grew the component of this root
    grown_by = np.full(len(a), -1, np.int64)
    best = np.empty(len(a), np.float64)
    for edge in range(len(a)):
        left, right = a[edge], b[edge]
        while parent[left] != left:
            parent[left] = parent[parent[left]]
            left = parent[left]
        while parent[right] != right:
            parent[right] = parent[parent[right]]
            right = parent[right]
        for root in (left, right):
            if latest[root] >= 0:
                grown_by[latest[root]] = edge
        if left != right:
            if count[left] < count[right]:
                left, right = right, left
            parent[right] = left
            count[left] += count[right]
        count[left] += 1
        latest[left] = edge
        best[edge] = p_values[edge] / count[left]
    for edge in range(len(a) - 1, -1, -1):
        if grown_by[edge] >= 0:
            best[edge] = min(best[edge], best[grown_by[edge]])
    return best
