# SPDX-License-Identifier: GPL-3.0-or-later
"""The peeling kernel against removing the lightest node by looking at all of them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.kernels.peeling import peel

ACCOUNTS, OBJECTS = 5, 4
pairs = st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(ACCOUNTS, ACCOUNTS + OBJECTS - 1))


def peeled(edges, weight):
    """The kernel's answer for accounts 0..4, objects 5..8 and edges (account, object)."""
    ends = sorted([*edges, *((b, a) for a, b in edges)])
    counts = np.bincount([a for a, _ in ends], minlength=ACCOUNTS + OBJECTS)
    ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    order, best, score = peel(ptr, np.array([b for _, b in ends], np.int64), weight)
    return order.tolist(), best, score


def slowly(edges, weight):
    """The same by brute force, in exact fractions."""
    nodes, order, scores = set(range(ACCOUNTS + OBJECTS)), [], []
    while nodes:
        left = [(a, b) for a, b in edges if a in nodes and b in nodes]
        total = sum(Fraction(weight[b]) for _, b in left)
        scores.append(total / len(nodes))
        load = {v: sum(Fraction(weight[b]) for a, b in left if v in (a, b)) for v in nodes}
        lightest = min(nodes, key=lambda v: (load[v], v))
        order.append(lightest)
        nodes.remove(lightest)
    best = max(range(len(scores)), key=lambda n: (scores[n], -n))
    return order, best, float(scores[best])


@settings(deadline=None, max_examples=200)
@given(
    st.lists(pairs, unique=True, max_size=20),
    st.lists(st.sampled_from([0.25, 0.5, 0.75]), min_size=OBJECTS, max_size=OBJECTS),
)
def test_nodes_go_in_the_order_that_looking_at_all_of_them_gives(edges, weights):
    weight = np.array([0.0] * ACCOUNTS + weights)
    assert peeled(edges, weight) == slowly(edges, weight)


def test_nothing_is_peeled_of_no_nodes():
    order, best, score = peel(np.zeros(1, np.int64), np.empty(0, np.int64), np.empty(0))
    assert (order.tolist(), best, score) == ([], 0, 0.0)
