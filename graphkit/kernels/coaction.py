# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernels of the windowed co-action count.

Rows come sorted by (object, time); `accounts` are dense codes from 0. A row's window is a slice of
rows, because the rows of one object lie together in the order of time. `order` and `starts` list
the rows of every account (CSR), so that one account's partners are counted in a dense accumulator
and thresholded at once: no table of pairs is ever made (Gustavson 1978, the sparse row product).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Longs = NDArray[np.int64]


@kernel
def grouped(codes: Ints, size: int) -> tuple[Ints, Longs]:
    """The rows of every code in their order, and where each code's rows start (counting sort)."""
    starts = np.zeros(size + 1, np.int64)
    for code in codes:
        starts[code + 1] += 1
    for code in range(size):
        starts[code + 1] += starts[code]
    order = np.empty(len(codes), np.int32)
    place = starts[:-1].copy()
    for row in range(len(codes)):
        order[place[codes[row]]] = row
        place[codes[row]] += 1
    return order, starts


@kernel
def sort_groups(order: Ints, starts: Longs, times: Longs) -> None:
    """Sorts every group of `order` by time, in place; rows of one time keep their order."""
    for group in range(len(starts) - 1):
        first, after = starts[group], starts[group + 1]
        if after - first > 32:
            rows = order[first:after].copy()
            order[first:after] = rows[np.argsort(times[rows], kind="mergesort")]
            continue
        for at in range(first + 1, after):
            row = order[at]
            while at > first and times[order[at - 1]] > times[row]:
                order[at] = order[at - 1]
                at -= 1  # noqa: PLW2901  insertion sort: the place moves left
            order[at] = row


@kernel
def window_bounds(objects: Ints, times: Longs, window: int) -> tuple[Ints, Ints]:
    """Per row the first row and the row after the last within `window` (inclusive), same object."""
    rows = len(objects)
    low = np.empty(rows, np.int32)
    high = np.empty(rows, np.int32)
    left = 0
    right = 0
    for row in range(rows):
        while objects[left] != objects[row] or times[left] < times[row] - window:
            left += 1
        right = max(right, row)
        while (
            right < rows and objects[right] == objects[row] and times[right] <= times[row] + window
        ):
            right += 1
        low[row] = left
        high[row] = right
    return low, high


@kernel
def window_pairs(
    objects: Ints, accounts: Ints, low: Ints, accounts_count: int, objects_count: int
) -> Longs:
    """Per object the in-window row pairs of different accounts, counted in one pass over rows."""
    inside = np.zeros(accounts_count, np.int64)  # rows of each account in the window behind
    pairs = np.zeros(objects_count, np.int64)
    left = 0
    for row in range(len(accounts)):
        while left < low[row]:
            inside[accounts[left]] -= 1
            left += 1
        pairs[objects[row]] += row - left - inside[accounts[row]]
        inside[accounts[row]] += 1
    return pairs


@kernel
def sweep_edges(
    objects: Ints,
    accounts: Ints,
    low: Ints,
    high: Ints,
    order: Ints,
    starts: Longs,
    objects_count: int,
    min_objects: int,
) -> tuple[Ints, Longs, Longs]:
    """Edges that share `min_objects` objects, and the pairs of accounts that each object makes.

    Returns edges (rows of: a, b, distinct objects, row pairs; a < b; sorted), the pairs of accounts
    per object, and of those the ones that meet on no other object.
    """
    accounts_count = len(starts) - 1
    met = np.zeros((accounts_count, 3), np.int32)  # of each b: row pairs, objects, last object + 1
    touched = np.empty(accounts_count, np.int32)
    object_pairs = np.zeros(objects_count, np.int64)
    one_off = np.zeros(objects_count, np.int64)
    found = np.empty((4, 1024), np.int32)
    used = 0
    for a in range(accounts_count):
        reached = 0
        for at in range(starts[a], starts[a + 1]):
            row = order[at]
            item = objects[row]
            for other in range(low[row], high[row]):
                b = accounts[other]
                if b <= a:
                    continue
                if met[b, 0] == 0:
                    touched[reached] = b
                    reached += 1
                met[b, 0] += 1
                if met[b, 2] != item + 1:
                    met[b, 2] = item + 1
                    met[b, 1] += 1
                    object_pairs[item] += 1
        kept = 0
        for at in range(reached):
            b = touched[at]
            if met[b, 1] == 1:
                one_off[met[b, 2] - 1] += 1
            if met[b, 1] >= min_objects:
                touched[kept] = b
                kept += 1
            else:
                met[b] = 0
        touched[:kept].sort()
        if used + kept > found.shape[1]:
            grown = np.empty((4, 2 * (used + kept)), np.int32)
            grown[:, :used] = found[:, :used]
            found = grown
        for b in touched[:kept]:
            found[0, used] = a
            found[1, used] = b
            found[2, used] = met[b, 1]
            found[3, used] = met[b, 0]
            met[b] = 0
            used += 1
    return found[:, :used].T, object_pairs, one_off


@kernel
def sweep_evidence(
    accounts: Ints,
    low: Ints,
    high: Ints,
    order: Ints,
    starts: Longs,
    edge_starts: Longs,
    edge_b: Ints,
    edge_pairs: Longs,
) -> Ints:
    """Every in-window row pair of the given edges: rows of (edge, row of a, row of b), by edge.

    Edges are sorted by a; those of account a are `edge_starts[a]` to `edge_starts[a + 1]`, their
    other ends `edge_b`, the number of their row pairs `edge_pairs`.
    """
    wanted = np.full(len(starts) - 1, -1, np.int32)
    place = np.cumsum(edge_pairs) - edge_pairs
    found = np.empty((edge_pairs.sum(), 3), np.int32)
    for a in range(len(starts) - 1):
        if edge_starts[a] == edge_starts[a + 1]:
            continue
        for edge in range(edge_starts[a], edge_starts[a + 1]):
            wanted[edge_b[edge]] = edge
        for at in range(starts[a], starts[a + 1]):
            row = order[at]
            for other in range(low[row], high[row]):
                edge = wanted[accounts[other]]
                if edge >= 0:
                    found[place[edge], 0] = edge
                    found[place[edge], 1] = row
                    found[place[edge], 2] = other
                    place[edge] += 1
        for edge in range(edge_starts[a], edge_starts[a + 1]):
            wanted[edge_b[edge]] = -1
    return found


@kernel
def edge_ends(
    edge: Ints, row_a: Ints, row_b: Ints, time_a: Longs, time_b: Longs
) -> tuple[Longs, NDArray[np.float64]]:
    """Per edge of row pairs that lie edge by edge: its counts and times, and its median lag.

    The rows of the first: distinct rows of a, of b, pairs in which a is strictly first, in which
    b is, first time, last time.
    """
    edges = 0
    for at in range(len(edge)):
        edges += at == 0 or edge[at] != edge[at - 1]
    ends = np.zeros((6, edges), np.int64)
    median = np.empty(edges, np.float64)
    # a row belongs to one account, so one array tells for both ends which edge saw it last
    seen = np.full(max(row_a.max(), row_b.max()) + 1 if edges else 0, -1, np.int32)
    first = 0
    for number in range(edges):
        after = first
        ends[4:, number] = time_a[first]
        while after < len(edge) and edge[after] == edge[first]:
            for end, row in enumerate((row_a[after], row_b[after])):
                if seen[row] != number:
                    seen[row] = number
                    ends[end, number] += 1
            ends[2, number] += time_a[after] < time_b[after]
            ends[3, number] += time_b[after] < time_a[after]
            ends[4, number] = min(ends[4, number], time_a[after], time_b[after])
            ends[5, number] = max(ends[5, number], time_a[after], time_b[after])
            after += 1
        if after == first + 1:
            median[number] = abs(time_a[first] - time_b[first])
        else:
            median[number] = np.median(np.abs(time_a[first:after] - time_b[first:after]))
        first = after
    return ends, median
