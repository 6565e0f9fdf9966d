# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.kernels.shared_tokens import shared_token_counts

SETS = st.lists(st.sets(st.integers(0, 12), max_size=8), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(SETS, st.integers(0, 4))
def test_counts_equal_those_of_intersecting_the_sets(sets, least):
    tokens = np.array([t for each in sets for t in sorted(each)], np.uint32)
    ends = np.cumsum([0, *(len(each) for each in sets)]).astype(np.int64)
    a, b = (axis.ravel().astype(np.uint32) for axis in np.indices((len(sets), len(sets))))
    needed = np.full(len(a), least, np.int64)
    shared = [len(sets[i] & sets[j]) for i, j in zip(a, b, strict=True)]
    counts = shared_token_counts(ends, tokens, a, b, needed)
    assert counts.tolist() == [count if count >= least else 0 for count in shared]
