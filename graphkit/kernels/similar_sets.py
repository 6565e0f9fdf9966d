# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of sets that share enough: the inner loop of an exact similarity join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def similar_sets(
    ends: NDArray[np.int64],
    tokens: NDArray[np.int64],
    probes: NDArray[np.int64],
    index_ends: NDArray[np.int64],
    index_sets: NDArray[np.int64],
    rank: NDArray[np.int64],
    needs: tuple[float, float],
    group: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of sets that share as many tokens as their sizes ask for.

    Args:
        ends: set k is `tokens[ends[k]:ends[k + 1]]`, ascending and distinct.
        tokens: numbers of tokens.
        probes: how many of its first tokens each set is looked up by.
        index_ends: sets under token t are `index_sets[index_ends[t]:index_ends[t + 1]]`.
        index_sets: numbers of sets.
        rank: a different number for each set; a pair is found from the set of higher rank.
        needs: (x, y): at least x * its size + y * the size of the set of lower rank are shared.
            A Jaccard index of j is j / (1 + j) twice.
        group: empty, or for each set the number of one in its group, itself at first. Then pairs
            inside a group are passed over, found pairs join their groups in place, and none is
            returned.

    Returns:
        The set of higher rank, that of lower rank and the number of shared tokens for each pair,
        in no set order.
    """
    left = np.empty(1024, np.int64)
    right = np.empty(1024, np.int64)
    shares = np.empty(1024, np.int64)
    found = 0
    met = np.full(probes.size, -1, np.int64)
    for one in range(probes.size):
        for probe in range(ends[one], ends[one] + probes[one]):
            for place in range(index_ends[tokens[probe]], index_ends[tokens[probe] + 1]):
                other = index_sets[place]
                if met[other] == one or rank[other] >= rank[one]:
                    continue
                met[other] = one
                top, top_other = one, other
                if group.size:
                    while group[top] != top:
                        top = group[top]
                    while group[top_other] != top_other:
                        top_other = group[top_other]
                    group[one], group[other] = top, top_other
                    if top == top_other:
                        continue
                i, last_i, j, last_j = probe, ends[one + 1], ends[other], ends[other + 1]
                needed = needs[0] * (last_i - ends[one]) + needs[1] * (last_j - j) - 1e-9
                shared = 0  # none before the first that both have among the looked up
                while i < last_i and j < last_j and shared + min(last_i - i, last_j - j) >= needed:
                    if tokens[i] == tokens[j]:
                        shared += 1
                        i += 1
                        j += 1
                    elif tokens[i] < tokens[j]:
                        i += 1
                    else:
                        j += 1
                if shared < needed:
                    continue
                if group.size:
                    group[max(top, top_other)] = min(top, top_other)
                    continue
                if found == left.size:
                    left = np.concatenate((left, np.empty_like(left)))
                    right = np.concatenate((right, np.empty_like(right)))
                    shares = np.concatenate((shares, np.empty_like(shares)))
                left[found], right[found], shares[found] = one, other, shared
                found += 1
    return left[:found], right[:found], shares[:found]
