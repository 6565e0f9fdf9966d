# SPDX-License-Identifier: GPL-3.0-or-later
"""Greedy peeling of a weighted bipartite graph, the lightest node first, in exact order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

WAYS = 4
WAITING, GONE = -1, -2


@kernel
def peel(ptr: Ints, neighbour: Ints, weight: Floats) -> tuple[Ints, int, float]:
    """Every node in the order of its removal, how many removals leave the best block, its score.

    Neighbours of node v are `neighbour[ptr[v]:ptr[v + 1]]`; of each edge exactly one end has a
    `weight` other than 0, and it is the edge's. A node weighs what its edges to the nodes still
    there do. Of equal nodes the lower number goes first. The score of a block is the weight of its
    edges over its number of nodes; of equally good blocks the largest is taken.

    Nodes wait in order of their first weight; one that loses an edge moves to an indexed heap of
    four ways, which many light nodes never see. O((nodes + edges) log nodes).
    """
    nodes = len(ptr) - 1
    key = np.zeros(nodes)
    total = 0.0
    for v in range(nodes):
        for e in range(ptr[v], ptr[v + 1]):
            key[v] += weight[v] + weight[neighbour[e]]
        total += key[v]
    total /= 2
    waiting = np.argsort(key, kind="mergesort")
    heap, load = np.empty(nodes, np.int32), np.empty(nodes)
    place = np.full(nodes, WAITING, np.int32)
    order = np.empty(nodes, np.int64)
    best, score, size, head = 0, total / max(nodes, 1), 0, 0
    for gone in range(nodes):
        while head < nodes and place[waiting[head]] != WAITING:
            head += 1
        v = waiting[head] if head < nodes else heap[0]
        if size and (load[0] < key[v] or (load[0] == key[v] and heap[0] <= v)):
            v = heap[0]
            total -= load[0]
            size -= 1
            last, lasts = heap[size], load[size]
            at = 0
            while WAYS * at + 1 < size:
                child = WAYS * at + 1
                for c in range(child + 1, min(child + WAYS, size)):
                    if load[c] < load[child] or (load[c] == load[child] and heap[c] < heap[child]):
                        child = c
                if lasts < load[child] or (lasts == load[child] and last < heap[child]):
                    break
                heap[at], load[at] = heap[child], load[child]
                place[heap[at]] = at
                at = child
            heap[at], load[at] = last, lasts
            place[last] = at
        else:
            total -= key[v]
        order[gone] = v
        place[v] = GONE
        left = nodes - gone - 1
        if left and total / left > score:
            best, score = gone + 1, total / left
        for e in range(ptr[v], ptr[v + 1]):
            u = neighbour[e]
            at = place[u]
            if at == GONE:
                continue
            less = weight[u] + weight[v]
            if at == WAITING:
                less = key[u] - less
                at = size
                size += 1
            else:
                less = load[at] - less
            while at:
                up = (at - 1) // WAYS
                if load[up] < less or (load[up] == less and heap[up] < u):
                    break
                heap[at], load[at] = heap[up], load[up]
                place[heap[at]] = at
                at = up
            heap[at], load[at] = u, less
            place[u] = at
    return order, best, score
