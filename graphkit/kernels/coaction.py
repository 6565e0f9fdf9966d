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
def window_pairs(accounts: Ints, low: Ints, accounts_count: int) -> int:
    """The number of in-window row pairs of different accounts, counted in one pass over rows."""
    inside = np.zeros(accounts_count, np.int64)  # rows of each account in the window behind
    total = 0
    left = 0
    for row in range(len(accounts)):
        while left < low[row]:
            inside[accounts[left]] -= 1
            left += 1
        total += row - left - inside[accounts[row]]
        inside[accounts[row]] += 1
    return total


@kernel
def sweep_edges(
    objects: Ints,
    accounts: Ints,
    low: Ints,
    high: Ints,
    order: Longs,
    starts: Longs,
    objects_count: int,
    min_objects: int,
) -> tuple[Ints, Longs, Longs]:
    """Edges that share `min_objects` objects, and the pairs of accounts that each object makes.

    Returns edges (rows of: a, b, distinct objects, row pairs; a < b, in no order of b), the pairs
    of accounts per object, and of those the ones that meet on no other object.
    """
    accounts_count = len(starts) - 1
    pairs = np.zeros(accounts_count, np.int32)
    distinct = np.zeros(accounts_count, np.int32)
    last = np.full(accounts_count, -1, np.int32)
    touched = np.empty(accounts_count, np.int32)
    object_pairs = np.zeros(objects_count, np.int64)
    one_off = np.zeros(objects_count, np.int64)
    found = np.empty((1024, 4), np.int32)
    used = 0
    for a in range(accounts_count):
        reached = 0
        for at in range(starts[a], starts[a + 1]):
            row = order[at]
            for other in range(low[row], high[row]):
                b = accounts[other]
                if b <= a:
                    continue
                if pairs[b] == 0:
                    touched[reached] = b
                    reached += 1
                pairs[b] += 1
                if last[b] != objects[row]:
                    last[b] = objects[row]
                    distinct[b] += 1
                    object_pairs[objects[row]] += 1
        if used + reached > len(found):
            grown = np.empty((2 * (used + reached), 4), np.int32)
            grown[:used] = found[:used]
            found = grown
        for at in range(reached):
            b = touched[at]
            if distinct[b] == 1:
                one_off[last[b]] += 1
            if distinct[b] >= min_objects:
                found[used, 0] = a
                found[used, 1] = b
                found[used, 2] = distinct[b]
                found[used, 3] = pairs[b]
                used += 1
            pairs[b] = 0
            distinct[b] = 0
            last[b] = -1
    return found[:used].copy(), object_pairs, one_off


@kernel
def sweep_evidence(
    accounts: Ints,
    low: Ints,
    high: Ints,
    order: Longs,
    starts: Longs,
    edge_starts: Longs,
    edge_b: Ints,
    pairs_count: int,
) -> Ints:
    """Every in-window row pair of the given edges: rows of (edge, row of a, row of b).

    Edges are sorted by a; those of account a are `edge_starts[a]` to `edge_starts[a + 1]`, their
    other ends `edge_b`. `pairs_count` is the sum of their row pairs.
    """
    wanted = np.full(len(starts) - 1, -1, np.int32)
    found = np.empty((pairs_count, 3), np.int32)
    used = 0
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
                    found[used, 0] = edge
                    found[used, 1] = row
                    found[used, 2] = other
                    used += 1
        for edge in range(edge_starts[a], edge_starts[a + 1]):
            wanted[edge_b[edge]] = -1
    return found
