# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tokens two sets share, for many pairs of sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def shared_token_counts(
    ends: NDArray[np.int64],
    tokens: NDArray[np.uint32],
    a: NDArray[np.uint32],
    b: NDArray[np.uint32],
    least: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The size of the intersection of sets `a[i]` and `b[i]` for each i, 0 if below `least[i]`.

    Args:
        ends: set k is `tokens[ends[k]:ends[k + 1]]`.
        tokens: ascending and distinct inside each set.
        a: numbers of sets.
        b: numbers of sets, as many.
        least: a pair is left as soon as it cannot share this many any more.
    """
    counts = np.zeros(len(a), np.int64)
    for pair in range(len(a)):
        i, last_i = ends[a[pair]], ends[a[pair] + 1]
        j, last_j = ends[b[pair]], ends[b[pair] + 1]
        shared = 0
        while i < last_i and j < last_j and shared + min(last_i - i, last_j - j) >= least[pair]:
            if tokens[i] == tokens[j]:
                shared += 1
                i += 1
                j += 1
            elif tokens[i] < tokens[j]:
                i += 1
            else:
                j += 1
        if shared >= least[pair]:
            counts[pair] = shared
    return counts
