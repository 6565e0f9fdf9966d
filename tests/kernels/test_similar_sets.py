# SPDX-License-Identifier: GPL-3.0-or-later
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.kernels.similar_sets import similar_sets

SETS = st.lists(st.sets(st.integers(0, 9), max_size=7), min_size=1, max_size=7)


def joined(sets, least, by_smaller, group):
    """The kernel on `sets`, each looked up by all of its tokens."""
    tokens = np.array([t for each in sets for t in sorted(each)], np.int64)
    ends = np.cumsum([0, *(len(each) for each in sets)]).astype(np.int64)
    holders = [[k for k, each in enumerate(sets) if t in each] for t in range(10)]
    index_ends = np.cumsum([0, *(len(each) for each in holders)]).astype(np.int64)
    index_sets = np.array([k for each in holders for k in each], np.int64)
    sizes = np.diff(ends)
    rank = np.empty(len(sets), np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sets))
    needs = (least, 0.0) if by_smaller else (least / (1 + least), least / (1 + least))
    return similar_sets(ends, tokens, sizes, index_ends, index_sets, rank, needs, group)


def by_brute_force(sets, least, by_smaller):
    pairs = set()
    for a, b in combinations(range(len(sets)), 2):
        shared = len(sets[a] & sets[b])
        whole = min(len(sets[a]), len(sets[b])) if by_smaller else len(sets[a] | sets[b])
        if shared and shared >= least * whole - 1e-9:
            pairs.add((a, b, shared))
    return pairs


@settings(max_examples=80, deadline=None)
@given(SETS, st.sampled_from([0.3, 0.5, 0.8, 1.0]), st.sampled_from([0, 1]))
def test_the_pairs_are_those_of_comparing_all(sets, least, by_smaller):
    one, other, shared = joined(sets, least, by_smaller, np.empty(0, np.int64))
    found = {(min(a, b), max(a, b), n) for a, b, n in zip(one, other, shared, strict=True)}
    assert len(found) == len(one)
    assert found == by_brute_force(sets, least, by_smaller)


@settings(max_examples=60, deadline=None)
@given(SETS, st.sampled_from([0.3, 0.6]), st.sampled_from([0, 1]))
def test_the_groups_are_the_components_of_the_pairs(sets, least, by_smaller):
    group = np.arange(len(sets))
    assert len(joined(sets, least, by_smaller, group)[0]) == 0
    for _ in sets:
        group = group[group]
    label = list(range(len(sets)))
    for _ in sets:
        for a, b, _shared in by_brute_force(sets, least, by_smaller):
            label[a] = label[b] = min(label[a], label[b])
    assert group.tolist() == label


@pytest.mark.parametrize("count", [3, 1500])
def test_more_pairs_than_fit_at_first_are_all_kept(count):
    sets = [{0}] * (count if count < 10 else 60)
    one, _, _ = joined(sets, 1.0, 0, np.empty(0, np.int64))
    assert len(one) == len(sets) * (len(sets) - 1) // 2
