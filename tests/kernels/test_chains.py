# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernels over citations, each against ten lines of brute force."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.kernels.chains import chain_end_masses, chained_loops, swap_targets


def compressed(posts, pairs):
    """Row pointers and cited posts of citing -> cited pairs sorted by the citing post."""
    citing = np.array([p for p, _ in pairs], np.int64)
    cited = np.array([q for _, q in pairs], np.int64)
    return np.concatenate([[0], np.cumsum(np.bincount(citing, minlength=posts))]), cited


@st.composite
def graphs(draw, most=9):
    posts = draw(st.integers(2, most))
    pairs = [(p, q) for p in range(posts) for q in range(p)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3 * posts))
    author = draw(st.lists(st.integers(0, 3), min_size=posts, max_size=posts))
    return posts, sorted(chosen), np.array(author, np.int64)


def loop_length(post, pairs, author, posted, limits):
    """The length of the shortest chained loop of `post`, by walking every chain."""
    window, depth, _ = limits
    shortest, chains = None, [[post]]
    while chains:
        chain = chains.pop()
        for p, q in pairs:
            if p != chain[-1] or posted[post] - posted[q] > window or len(chain) > depth:
                continue
            if author[q] != author[post]:
                chains.append([*chain, q])
            elif len(chain) > 1 and (shortest is None or len(chain) < shortest):
                shortest = len(chain)
    return shortest


@settings(deadline=None, max_examples=150)
@given(graphs(), st.integers(2, 5), st.integers(2, 12))
def test_loops_are_those_that_walking_every_chain_finds(graph, depth, window):
    posts, pairs, author = graph
    posted, limits = np.arange(posts) * 2, np.array([window, depth, 100])
    ptr, cited = compressed(posts, pairs)
    rows, bounds, cut = chained_loops(ptr, cited, author, posted, limits)
    found = {}
    for low, high in itertools.pairwise(bounds):
        hops = [pairs[row] for row in rows[low:high]]
        assert [q for _, q in hops[:-1]] == [p for p, _ in hops[1:]]
        assert author[hops[0][0]] == author[hops[-1][1]]
        found[hops[0][0]] = len(hops)
    lengths = {p: loop_length(p, pairs, author, posted, limits) for p in range(posts)}
    assert found == {p: n for p, n in lengths.items() if n is not None}
    assert len(cut) == 0


def test_a_citation_of_ones_own_post_is_no_loop_but_one_through_another_is():
    ptr, cited = compressed(3, [(1, 0), (2, 1)])
    posted, limits = np.arange(3), np.array([100, 16, 100])
    own = np.array([7, 7, 7])
    assert len(chained_loops(ptr, cited, own, posted, limits)[0]) == 0
    through = np.array([7, 8, 7])
    assert chained_loops(ptr, cited, through, posted, limits)[0].tolist() == [1, 0]


def test_a_search_that_is_cut_short_is_reported():
    pairs = [(p, q) for p in range(6) for q in range(p)]
    ptr, cited = compressed(6, pairs)
    _, _, cut = chained_loops(ptr, cited, np.arange(6), np.arange(6), np.array([100, 16, 2]))
    assert cut.tolist() == [3, 4, 5]


def masses_by_walking(post, pairs, weight, ends):
    """Where the chains of `post` end, one random step at a time."""
    onward = [(q, w) for (p, q), w in zip(pairs, weight, strict=True) if p == post]
    total = ends[post].sum() + sum(w for _, w in onward)
    if total == 0:
        return np.zeros(ends.shape[1])
    ahead = sum(
        (w * masses_by_walking(q, pairs, weight, ends) for q, w in onward),
        start=np.zeros(ends.shape[1]),
    )
    return (ends[post] + ahead) / total


@settings(deadline=None, max_examples=100)
@given(graphs(), st.randoms(use_true_random=False))
def test_end_masses_are_those_of_walking_every_chain(graph, dice):
    posts, pairs, _ = graph
    ptr, cited = compressed(posts, pairs)
    weight = np.array([dice.choice([0.25, 0.5, 1.0]) for _ in pairs])
    ends = np.array([[dice.choice([0.0, 0.0, 1.0]) for _ in range(3)] for _ in range(posts)])
    wanted = np.array([masses_by_walking(p, pairs, weight, ends) for p in range(posts)])
    chain_end_masses(ptr, cited, weight, ends)
    assert np.allclose(ends, wanted)


@settings(deadline=None, max_examples=60)
@given(graphs(most=14), st.integers(0, 99))
def test_swaps_keep_who_cites_how_often_is_cited_and_the_direction_of_time(graph, seed):
    _, pairs, author = graph
    pairs = [(p, q) for p, q in pairs if author[p] != author[q]]
    citing = np.array([p for p, _ in pairs], np.int64)
    cited = np.array([q for _, q in pairs], np.int64)
    half = len(pairs) // 2
    bounds = np.array([0, half, len(pairs)])
    moved = swap_targets(citing, cited, author, bounds, np.array([5, seed]))
    assert (moved < citing).all()
    assert (author[moved] != author[citing]).all()
    assert Counter(moved[:half].tolist()) == Counter(cited[:half].tolist())
    assert Counter(moved[half:].tolist()) == Counter(cited[half:].tolist())
    again = swap_targets(citing, cited, author, bounds, np.array([5, seed]))
    assert moved.tolist() == again.tolist()
