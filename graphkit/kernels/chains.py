# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernels over post -> earlier-post citations, which are a directed acyclic graph.

Posts are numbered by time, so every cited number is smaller than the citing one and one pass in
that order answers what a chain ends in. Citations are in compressed rows: those of post p are
`cited[ptr[p]:ptr[p + 1]]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@kernel
def chain_end_masses(ptr: Ints, cited: Ints, weight: Floats, ends: Floats) -> None:
    """Puts into `ends` where the chains of every post end: one row a post, one column a kind.

    Before, `ends[p, k]` is the weight of the citations of p that end there in kind k, and `weight`
    that of those that go on to a post. After, a row sums to 1; to 0 where a post has neither. There
    is no second array of that size.
    """
    posts, kinds = ends.shape
    for p in range(posts):
        total = 0.0
        for k in range(kinds):
            total += ends[p, k]
        for e in range(ptr[p], ptr[p + 1]):
            total += weight[e]
            for k in range(kinds):
                ends[p, k] += weight[e] * ends[cited[e], k]
        if total > 0.0:
            for k in range(kinds):
                ends[p, k] /= total


@kernel
def chained_loops(
    ptr: Ints, cited: Ints, author: Ints, posted: Ints, limits: Ints
) -> tuple[Ints, Ints, Ints]:
    """A shortest chain back to its own author for every post that has one, and what was cut.

    A chained loop of post p follows citations p -> q -> ... -> r with `author[r] == author[p]`,
    every post between by someone else and at least one of them (so a post that cites its author's
    own earlier post is none). `limits` holds the longest span `posted[p] - posted[r]`, the most
    hops, and the most posts looked at from one start.

    Returns the row numbers of the citations of all loops in hop order, the bounds of each loop in
    them (loops are in the order of their start), and the starts whose search was cut short.
    Ties go to the citation that comes first.
    """
    window, depth, most = limits[0], limits[1], limits[2]
    posts = len(ptr) - 1
    seen = np.full(posts, -1, np.int64)
    node, up = np.empty(most + 1, np.int64), np.empty(most + 1, np.int64)
    via, hops = np.empty(most + 1, np.int64), np.empty(most + 1, np.int64)
    rows, used = np.empty(1024, np.int64), 0
    bounds, loops = np.zeros(1024, np.int64), 0
    cut, cuts = np.empty(posts, np.int64), 0
    for p in range(posts):
        if ptr[p] == ptr[p + 1]:
            continue
        node[0], up[0], hops[0] = p, -1, 0
        head, tail, last = 0, 1, -1
        was_cut = False
        while head < tail and last < 0:
            if hops[head] < depth:
                for e in range(ptr[node[head]], ptr[node[head] + 1]):
                    q = cited[e]
                    if seen[q] == p or posted[p] - posted[q] > window:
                        continue
                    if author[q] == author[p]:
                        if head == 0:
                            continue
                        last = e
                        break
                    if tail > most:
                        was_cut = True
                        break
                    seen[q] = p
                    node[tail], up[tail], via[tail], hops[tail] = q, head, e, hops[head] + 1
                    tail += 1
            head += 1
        if last < 0:
            if was_cut:
                cut[cuts] = p
                cuts += 1
            continue
        at = head - 1
        length = hops[at] + 1
        if used + length > len(rows):
            rows = np.concatenate((rows, np.empty(len(rows) + length, np.int64)))
        if loops + 2 > len(bounds):
            bounds = np.concatenate((bounds, np.empty(len(bounds), np.int64)))
        rows[used + length - 1] = last
        for back in range(length - 2, -1, -1):
            rows[used + back] = via[at]
            at = up[at]
        used += length
        loops += 1
        bounds[loops] = used
    return rows[:used], bounds[: loops + 1], cut[:cuts]


@kernel
def swap_targets(
    citing: Ints, cited: Ints, author: Ints, stratum_ptr: Ints, sweeps_and_seed: Ints
) -> Ints:
    """`cited` after random swaps of targets that leave every citation on an earlier post.

    Citations are grouped by stratum, those of stratum s in rows `stratum_ptr[s]:stratum_ptr[s+1]`.
    Two of one stratum swap targets if both targets stay earlier and neither becomes a citation of
    the author's own. Every post keeps how often it cites, within its stratum, and is cited.
    """
    sweeps, seed = sweeps_and_seed[0], sweeps_and_seed[1]
    np.random.seed(seed)
    target = cited.copy()
    for _ in range(sweeps):
        for s in range(len(stratum_ptr) - 1):
            low, high = stratum_ptr[s], stratum_ptr[s + 1]
            for x in range(low, high):
                y = low + int(np.random.random() * (high - low))
                p, q = citing[x], target[x]
                p2, q2 = citing[y], target[y]
                apart = author[q2] != author[p] and author[q] != author[p2]
                if q2 < p and q < p2 and apart:
                    target[x], target[y] = q2, q
    return target
