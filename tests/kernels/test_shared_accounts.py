# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared-audience kernel against sets."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graphkit.kernels.coaudience import columns_by_row, meetings, shared_accounts


def shared(audiences, groups, least):
    """Calls the kernel on a list of audiences (sets of account numbers)."""
    pairs = [(account, c) for c, audience in enumerate(audiences) for account in audience]
    rows, columns = (
        (np.array(side, int) for side in zip(*pairs, strict=True)) if pairs else ([], [])
    )
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(12, len(audiences)))
    by_row, by_column = matrix.tocsr(), matrix.tocsc()
    by_row.sort_indices()
    found = shared_accounts(
        by_row.indptr.astype(np.int64),
        by_row.indices.astype(np.int32),
        by_column.indptr.astype(np.int64),
        by_column.indices.astype(np.int32),
        np.array(groups, np.int32),
        least,
    )
    return sorted(zip(*(column.tolist() for column in found), strict=True))


@settings(deadline=None)
@given(
    st.lists(st.sets(st.integers(0, 11)), max_size=7),
    st.lists(st.integers(0, 2), min_size=7, max_size=7),
    st.integers(1, 4),
)
def test_it_counts_what_sets_have_in_common(audiences, groups, least):
    groups = groups[: len(audiences)]
    expected = [
        (a, b, len(audiences[a] & audiences[b]))
        for a, b in combinations(range(len(audiences)), 2)
        if groups[a] != groups[b] and len(audiences[a] & audiences[b]) >= least
    ]
    assert shared(audiences, groups, least) == expected


def test_pairs_beyond_the_first_buffer_are_kept():
    audiences = [{0, 1}] * 60
    assert len(shared(audiences, range(60), 2)) == 1770


def test_two_windows_of_one_topic_are_no_pair():
    assert shared([{1, 2, 3}, {1, 2, 3}], [5, 5], 1) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), max_size=30))
def test_columns_come_row_by_row_in_the_order_given(cells):
    rows, columns = (np.array([cell[side] for cell in cells], np.int32) for side in (0, 1))
    starts, ordered = columns_by_row(rows, columns, 6)
    assert [ordered[a:b].tolist() for a, b in pairwise(starts)] == [
        [column for row, column in cells if row == at] for at in range(6)
    ]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), max_size=30),
    st.lists(st.integers(0, 3), min_size=8, max_size=8),
)
def test_two_times_meet_in_a_row_as_often_as_its_cells_multiply(cells, times):
    rows, columns = (np.array([cell[side] for cell in cells], np.int32) for side in (0, 1))
    counts = np.zeros((6, 4), np.int64)
    for row, column in cells:
        counts[row, times[column]] += 1
    found = meetings(*columns_by_row(rows, columns, 6), np.array(times), 4)
    assert found.tolist() == (counts.T @ counts).tolist()
