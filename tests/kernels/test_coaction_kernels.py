# SPDX-License-Identifier: GPL-3.0-or-later
"""The co-action kernels against loops that a reader can check."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.kernels.coaction import (
    edge_ends,
    grouped,
    sort_groups,
    sweep_edges,
    sweep_evidence,
    window_bounds,
    window_pairs,
)

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 5)), min_size=1, max_size=40
)


def arrays(rows):
    rows = sorted(rows)
    objects, times, accounts = (np.array(column) for column in zip(*rows, strict=True))
    return objects.astype(np.int32), times.astype(np.int64), accounts.astype(np.int32)


def by_account(accounts):
    starts = np.concatenate([[0], np.cumsum(np.bincount(accounts, minlength=6))])
    return np.argsort(accounts, kind="stable").astype(np.int32), starts.astype(np.int64)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), max_size=120))
def test_rows_are_grouped_by_code_and_sorted_by_time_with_ties_in_their_order(rows):
    codes = np.array([code for code, _ in rows], np.int32)
    times = np.array([time for _, time in rows], np.int64)
    order, starts = grouped(codes, 3)
    assert order.tolist() == sorted(range(len(rows)), key=lambda row: codes[row])
    assert np.diff(starts).tolist() == [sum(code == each for code in codes) for each in range(3)]
    sort_groups(order, starts, times)
    assert order.tolist() == sorted(range(len(rows)), key=lambda row: (codes[row], times[row]))


def test_the_ends_of_an_edge_count_their_distinct_rows_and_who_was_first():
    columns = [[0, 0, 0, 1], [5, 5, 6, 6], [7, 8, 8, 9], [10, 10, 40, 40], [12, 20, 20, 40]]
    edge, row_a, row_b = (np.array(column, np.int32) for column in columns[:3])
    ends, median = edge_ends(edge, row_a, row_b, *(np.array(c, np.int64) for c in columns[3:]))
    assert ends.T.tolist() == [[2, 2, 2, 1, 10, 40], [1, 1, 0, 0, 40, 40]]
    assert median.tolist() == [10.0, 0.0]


def meetings(objects, times, accounts, window):
    """Every in-window pair of rows of two accounts: (a, b, object, row of a, row of b)."""
    found = []
    for i, j in combinations(range(len(objects)), 2):
        near = objects[i] == objects[j] and abs(times[i] - times[j]) <= window
        if near and accounts[i] != accounts[j]:
            (a, row_a), (b, row_b) = sorted([(accounts[i], i), (accounts[j], j)])
            found.append((int(a), int(b), int(objects[i]), row_a, row_b))
    return found


@settings(max_examples=150, deadline=None)
@given(ROWS, st.integers(0, 5), st.integers(1, 3))
def test_the_sweep_finds_the_edges_that_a_double_loop_finds(rows, window, min_objects):
    objects, times, accounts = arrays(rows)
    order, starts = by_account(accounts)
    low, high = window_bounds(objects, times, window)
    met = meetings(objects, times, accounts, window)

    shared = {(a, b): {o for x, y, o, *_ in met if (x, y) == (a, b)} for a, b, *_ in met}
    edges, object_pairs, one_off = sweep_edges(
        objects, accounts, low, high, order, starts, 4, min_objects
    )
    pairs = window_pairs(objects, accounts, low, 6, 4)
    assert pairs.tolist() == [sum(o == item for *_, o, _, _ in met) for item in range(4)]
    assert list(map(tuple, edges.tolist())) == sorted(
        (a, b, len(on), sum((x, y) == (a, b) for x, y, *_ in met))
        for (a, b), on in shared.items()
        if len(on) >= min_objects
    )
    assert object_pairs.tolist() == [sum(o in on for on in shared.values()) for o in range(4)]
    assert one_off.tolist() == [sum(on == {o} for on in shared.values()) for o in range(4)]


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(0, 5))
def test_the_evidence_of_chosen_edges_is_every_pair_of_their_rows(rows, window):
    objects, times, accounts = arrays(rows)
    order, starts = by_account(accounts)
    low, high = window_bounds(objects, times, window)
    met = meetings(objects, times, accounts, window)

    chosen = sorted({(a, b) for a, b, *_ in met})[::2]
    wanted = [(chosen.index((a, b)), i, j) for a, b, _, i, j in met if (a, b) in chosen]
    edge_starts = np.searchsorted([a for a, _ in chosen], np.arange(7)).astype(np.int64)
    edge_b = np.array([b for _, b in chosen], np.int32)
    edge_pairs = np.bincount([edge for edge, *_ in wanted], minlength=len(chosen)).astype(np.int64)
    found = sweep_evidence(accounts, low, high, order, starts, edge_starts, edge_b, edge_pairs)
    assert found[:, 0].tolist() == sorted(edge for edge, *_ in wanted)
    assert sorted(map(tuple, found.tolist())) == sorted(wanted)


def test_more_edges_than_the_first_block_holds_are_all_kept():
    accounts = np.arange(80, dtype=np.int32)
    objects, times = np.zeros(80, np.int32), np.zeros(80, np.int64)
    low, high = window_bounds(objects, times, 0)
    order, starts = accounts.astype(np.int64), np.arange(81, dtype=np.int64)
    edges, object_pairs, _ = sweep_edges(objects, accounts, low, high, order, starts, 1, 1)
    assert len(edges) == object_pairs[0] == 3160
