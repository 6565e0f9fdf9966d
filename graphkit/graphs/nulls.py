# SPDX-License-Identifier: GPL-3.0-or-later
"""What chance would make: tails of null models, and error rates over many tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import gammainc

from graphkit.errors import ParameterError
from graphkit.kernels.linking import linked_steps

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def poisson_tail(counts: ArrayLike, expected: ArrayLike) -> NDArray[np.float64]:
    """P(X >= count) for X ~ Poisson(expected), elementwise; 1 where the count is 0.

    Exact far into the tail (no 1 - cdf). An expected value of 0 with a count above 0 gives 0: a
    null model that calls the observed impossible is too narrow, so do not call it that way.

    >>> [round(float(p), 6) for p in poisson_tail([0, 1, 3], [0.5, 0.5, 0.5])]
    [1.0, 0.393469, 0.014388]
    """
    k, rate = np.broadcast_arrays(np.asarray(counts, float), np.asarray(expected, float))
    tail: NDArray[np.float64] = np.where(k > 0, gammainc(np.maximum(k, 1.0), rate), 1.0)
    return tail


def benjamini_hochberg(p_values: NDArray[np.float64], *, tests: int) -> NDArray[np.float64]:
    """The q-value of each p-value when `tests` tests were made; in the order of `p_values`.

    q is the smallest false discovery rate at which the test is still rejected. Tests that are not
    listed count with p = 1, so a sparse list of pairs among N(N-1)/2 is tested for what it is.
    Benjamini and Hochberg 1995, "Controlling the false discovery rate".

    >>> [round(float(q), 6) for q in benjamini_hochberg(np.array([0.02, 0.001, 0.03]), tests=10)]
    [0.1, 0.01, 0.1]

    Raises:
        ParameterError: fewer tests are stated than p-values are given.
    """
    p = np.asarray(p_values, float)
    if tests < p.size:
        raise ParameterError(f"{p.size} p-values but only {tests} tests; count every test made")
    low = np.flatnonzero(p * tests <= p.size)  # a larger one has q = 1, whatever its rank
    order = low[np.argsort(p[low], kind="stable")]
    steps = p[order] * tests / np.arange(1, order.size + 1)
    q = np.ones_like(p)
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q


def component_q(
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    *,
    p_values: NDArray[np.float64],
    tests: int,
) -> NDArray[np.float64]:
    """The q-value that every edge a-b earns within its own component, among `tests` tests made.

    Benjamini and Hochberg's step-up counts the rejections of the whole family, so that a thousand
    edges of an obvious group let weaker edges of strangers in. Here the edges with p up to t fall
    into components, and an edge is rejected at level q when in one of the components that it
    belongs to (for some t) t * tests / edges is at most q. What is added elsewhere changes
    nothing; q is never below that of `benjamini_hochberg`, and equal to it for one component.

    >>> p = np.array([1e-6, 1e-6, 1e-6, 0.004, 0.004, 0.004])
    >>> ends = np.array([0, 1, 2, 5, 6, 7]), np.array([1, 2, 0, 6, 7, 5])
    >>> [round(float(q), 6) for q in benjamini_hochberg(p, tests=28)[2:4]]
    [9e-06, 0.018667]
    >>> [round(float(q), 6) for q in component_q(*ends, p_values=p, tests=28)[2:4]]
    [9e-06, 0.037333]
    """
    order = np.argsort(p_values, kind="stable")
    nodes, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    left, right = codes[: len(a)][order], codes[len(a) :][order]
    q = np.empty(len(order))
    q[order] = np.minimum(linked_steps(left, right, p_values[order], len(nodes)) * tests, 1.0)
    return q


BURSTS = (1, 2, 4, 11, 51, 501)
"""Least number of one-off pairs of the burst classes 1 to 6; class 0 has none."""


@dataclass(frozen=True)
class BurstNull:
    """The burst-stratified Poisson null of co-action, fitted to one log.

    Attributes:
        rates: per burst class, the chance that an in-window pair of accounts is one given pair of
            events: 2 M / E^2, M pairs and E events of the class.
        events: events of every account (rows) in every class (columns).
        levels: the class of every object.
        classes: the frame with one row a class: class, least_one_off, objects_count, pairs_count
            (M), events_count (E).
    """

    rates: NDArray[np.float64]
    events: NDArray[np.int64]
    levels: NDArray[np.int64]
    classes: pl.DataFrame

    def expected(self, a: NDArray[np.integer], b: NDArray[np.integer]) -> NDArray[np.float64]:
        """The expected number of objects on which each pair of account codes meets."""
        total = np.zeros(len(a))
        for level, rate in enumerate(self.rates):
            total += rate * self.events[a, level] * self.events[b, level]
        return total


def burst_null(
    accounts: NDArray[np.integer],
    objects: NDArray[np.integer],
    *,
    object_pairs: NDArray[np.int64],
    one_off: NDArray[np.int64],
) -> BurstNull:
    """The null in which accounts keep how often they act on quiet and on bursting objects.

    lambda_ij = sum over classes c of 2 M_c (E_ic / E_c)(E_jc / E_c): M_c in-window pairs, E_c
    events, E_ic events of account i. An object's class is the number of its *one-off* pairs, those
    that meet on no other object, and class 0 when they are at most a third: a crowd that happens
    upon an object makes one-off pairs, a group that returns together does not. Classes by all
    pairs let a group that makes most pairs of its class expect itself (of fifty accounts that
    share three objects in one log, no edge was left; docs/measured/coordinated-sharing.md).

    `accounts` and `objects` are codes, one a row; `object_pairs` and `one_off` count per object.
    """
    crowd = one_off * 3 > object_pairs
    level = np.digitize(np.where(crowd, one_off, 0), BURSTS)
    size = len(BURSTS) + 1
    row_level = level[objects]
    counts = np.bincount(accounts.astype(np.int64) * size + row_level, minlength=size)
    events = np.pad(counts, (0, -len(counts) % size)).reshape(-1, size)
    events_count = np.bincount(row_level, minlength=size)
    pairs_count = np.bincount(level, object_pairs, minlength=size).astype(np.int64)
    classes = pl.DataFrame(
        {
            "class": np.arange(size),
            "least_one_off": np.array((0, *BURSTS)),
            "objects_count": np.bincount(level, minlength=size),
            "pairs_count": pairs_count,
            "events_count": events_count,
        }
    )
    rates = 2 * pairs_count / np.maximum(events_count, 1).astype(float) ** 2
    return BurstNull(rates, events, level, classes)
