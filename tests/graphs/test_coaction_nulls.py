# SPDX-License-Identifier: GPL-3.0-or-later
"""Tails, false discovery rates, the burst-stratified null, and components."""

from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, poisson

from graphkit.errors import ParameterError
from graphkit.graphs.components import components
from graphkit.graphs.nulls import benjamini_hochberg, burst_null, component_q, poisson_tail


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.floats(1e-6, 50))
def test_the_tail_is_scipys_survival_function(count, expected):
    assert poisson_tail(count, expected) == pytest.approx(
        poisson.sf(count - 1, expected), rel=1e-9, abs=0
    )


def test_the_tail_keeps_its_precision_far_out():
    assert float(poisson_tail(30, 0.002)) == pytest.approx(4.0399e-114, rel=1e-3, abs=0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_values_are_scipys_when_every_test_is_listed(p_values):
    p = np.array(p_values)
    assert benjamini_hochberg(p, tests=len(p)) == pytest.approx(false_discovery_control(p))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(0, 20))
def test_unlisted_tests_count_as_ones(p_values, unlisted):
    p = np.array(p_values)
    full = np.concatenate([p, np.ones(unlisted)])
    expected = false_discovery_control(full)[: len(p)]
    assert benjamini_hochberg(p, tests=len(full)) == pytest.approx(expected)


def test_fewer_tests_than_p_values_are_refused():
    with pytest.raises(ParameterError, match="2 p-values but only 1 tests"):
        benjamini_hochberg(np.array([0.1, 0.2]), tests=1)


TESTED = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from([1e-5, 1e-4, 0.001, 0.004])),
    min_size=1,
    max_size=14,
)


def by_levels(edges, tests):
    """q by trying every level: the components of the edges with at most that p, and their edges."""
    q = [1.0] * len(edges)
    for level in sorted({p for *_, p in edges}):
        graph = nx.Graph((a, b) for a, b, p in edges if p <= level)
        for members in nx.connected_components(graph):
            inside = [i for i, (a, _, p) in enumerate(edges) if p <= level and a in members]
            for each in inside:
                q[each] = min(q[each], level * tests / len(inside))
    return q


def q_of(edges, tests=1000):
    a, b, p = (np.array(each) for each in zip(*edges, strict=True))
    return component_q(a, b, p_values=p, tests=tests)


@settings(max_examples=80, deadline=None)
@given(TESTED)
def test_a_component_earns_its_rate_by_its_own_edges(edges):
    assert q_of(edges) == pytest.approx(by_levels(edges, 1000))


@settings(max_examples=60, deadline=None)
@given(TESTED, TESTED)
def test_what_is_added_elsewhere_changes_no_rate(edges, others):
    apart = [(a + 100, b + 100, p) for a, b, p in others]
    assert q_of(edges + apart)[: len(edges)].tolist() == q_of(edges).tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([1e-6, 1e-4, 0.002, 0.004]), min_size=1, max_size=12))
def test_the_rate_of_a_single_component_is_benjamini_and_hochbergs(p_values):
    star = [(0, leaf, p) for leaf, p in enumerate(p_values, 1)]
    plain = benjamini_hochberg(np.array(p_values), tests=1000)
    assert q_of(star) == pytest.approx(plain)


def test_crowds_burst_and_returning_groups_do_not():
    accounts = np.array([0, 1, 2, 3, 0, 1], np.int32)
    objects = np.array([0, 0, 0, 0, 1, 1], np.int32)
    # object 0: six pairs, five of them meet there only; object 1: one pair that met before
    null = burst_null(accounts, objects, object_pairs=np.array([6, 1]), one_off=np.array([5, 0]))
    used = null.classes.filter(pl.col("events_count") > 0)
    assert used.rows() == [(0, 0, 1, 1, 2), (3, 4, 1, 6, 4)]
    # 2 * 6 * (1/4) ** 2 on the crowd's object, and 2 * 1 * (1/2) ** 2 on the other
    assert null.expected(np.array([0, 2]), np.array([1, 3])).tolist() == [1.25, 0.75]


EDGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)


@settings(max_examples=60, deadline=None)
@given(EDGES, st.randoms(use_true_random=False))
def test_components_are_networkxs_numbered_by_their_smallest_member(edges, dice):
    frame = pl.DataFrame(edges, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")
    expected = sorted(sorted(members) for members in nx.connected_components(nx.Graph(edges)))
    rows = [(node, number) for number, members in enumerate(expected) for node in members]
    assert components(frame).rows() == rows
    shuffled = [dice.sample(edge, 2) for edge in dice.sample(edges, len(edges))]
    assert components(pl.DataFrame(shuffled, schema=frame.schema, orient="row")).rows() == rows
