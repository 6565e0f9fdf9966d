# SPDX-License-Identifier: GPL-3.0-or-later
"""Windowed co-action: which accounts do the same thing to the same object within a window.

One engine on arrays (reference: the row-by-row sparse product, Gustavson 1978). The rows are sorted
by object and time once; one sweep counts and thresholds the edges, a second one lists the row pairs
of those that stay, so that every weight can be walked back to its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.errors import ParameterError
from graphkit.graphs.nulls import benjamini_hochberg, burst_null, poisson_tail
from graphkit.kernels.coaction import sweep_edges, sweep_evidence, window_bounds, window_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_PAIRS = 50_000_000
"""In-window row pairs above which a count is refused: about 2 GB of evidence, 2 s of sweeping."""

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Coaction:
    """Who acted with whom, on what, and what chance would make of it.

    Attributes:
        edges: one row a pair of accounts, a < b in text order: a, b, objects_count (distinct
            objects), pairs_count (row pairs), a_rows, b_rows (distinct rows of each end),
            a_first_count, b_first_count (row pairs in which that end is strictly earlier),
            median_lag_seconds, first_at, last_at (over the rows), expected (objects, under the
            null), p_value, q_value; by a, b.
        evidence: every in-window row pair of those edges: a, b, object_id, action_a, action_b,
            lag_seconds (not negative); by a, b and the actions.
        null: the burst classes that `expected` rests on; see `nulls.BurstNull.classes`.
        untimed_count: actions left out because they have no time.
    """

    edges: pl.DataFrame
    evidence: pl.DataFrame
    null: pl.DataFrame
    untimed_count: int


@dataclass(frozen=True)
class TimedRows:
    """The timed rows of one log in the order of the kernels: by object, then time.

    `accounts` are codes into `names` (sorted, so codes keep the order of ids); `position` is each
    row's place in `actions`; `low` and `high` bound its window; `order` and `starts` list the rows
    of every account.
    """

    names: pl.Series
    actions: pl.DataFrame
    position: NDArray[np.int64]
    objects: NDArray[np.int32]
    accounts: NDArray[np.int32]
    times: NDArray[np.int64]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    order: NDArray[np.int64]
    starts: NDArray[np.int64]

    @property
    def tests(self) -> int:
        """The number of pairs of accounts."""
        return self.names.len() * (self.names.len() - 1) // 2

    def dealt_to(self, accounts: NDArray[np.int32]) -> TimedRows:
        """The same rows, done by `accounts` (codes in the order of the rows)."""
        order, starts = _rows_by_account(accounts, self.names.len())
        return replace(self, accounts=accounts, order=order, starts=starts)


def _rows_by_account(
    accounts: NDArray[np.int32], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(accounts, minlength=size), out=starts[1:])
    return np.argsort(accounts, kind="stable").astype(np.int64), starts


def _codes(ids: pl.Series) -> tuple[pl.Series, NDArray[np.int32]]:
    """The sorted distinct ids, and the place of every id among them."""
    names = ids.unique().sort()
    return names, ids.cast(pl.Enum(names)).to_physical().cast(pl.Int32).to_numpy()


def timed_rows(actions: pl.DataFrame, *, within: timedelta) -> TimedRows:
    """The rows of `actions` (account_id, object_id, action_id, acted_at) that have a time.

    Raises:
        ParameterError: `within` is negative.
    """
    if within < timedelta(0):
        raise ParameterError(f"within: {within} is negative; give a span such as 60s")
    ids = [pl.col(name).cast(pl.String) for name in ("object_id", "account_id", "action_id")]
    timed = actions.filter(pl.col("acted_at").is_not_null()).select(*ids, "acted_at")
    _, objects = _codes(timed["object_id"])
    names, accounts = _codes(timed["account_id"])
    times = timed["acted_at"].dt.epoch("us").to_numpy()
    position = np.lexsort((times, objects))
    objects, accounts, times = objects[position], accounts[position], times[position]
    low, high = window_bounds(objects, times, within // MICROSECOND)
    by_account = _rows_by_account(accounts, names.len())
    return TimedRows(names, timed, position, objects, accounts, times, low, high, *by_account)


def edge_codes(rows: TimedRows, *, min_objects: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tested edges with account codes for a and b (by a, b), and the burst classes."""
    objects_count = int(rows.objects[-1]) + 1 if len(rows.objects) else 0
    found, object_pairs, one_off = sweep_edges(
        rows.objects,
        rows.accounts,
        rows.low,
        rows.high,
        rows.order,
        rows.starts,
        objects_count,
        min_objects,
    )
    a, b, objects, pairs = found[np.lexsort((found[:, 1], found[:, 0]))].T.copy()
    null = burst_null(rows.accounts, rows.objects, object_pairs=object_pairs, one_off=one_off)
    expected = null.expected(a, b)
    p_value = poisson_tail(objects, expected)
    edges = pl.DataFrame(
        {
            "a": a,
            "b": b,
            "objects_count": objects.astype(np.int64),
            "pairs_count": pairs.astype(np.int64),
            "expected": expected,
            "p_value": p_value,
            "q_value": benjamini_hochberg(p_value, tests=rows.tests),
        }
    )
    return edges, null.classes


def evidence_codes(rows: TimedRows, edges: pl.DataFrame) -> pl.DataFrame:
    """Every in-window row pair of `edges`: edge (row of `edges`), row_a, row_b, time_a, time_b."""
    edge_starts = np.searchsorted(edges["a"].to_numpy(), np.arange(rows.names.len() + 1))
    found = sweep_evidence(
        rows.accounts,
        rows.low,
        rows.high,
        rows.order,
        rows.starts,
        edge_starts,
        edges["b"].to_numpy(),
        int(edges["pairs_count"].sum()),
    )
    edge, row_a, row_b = found.T.copy()
    times = {"time_a": rows.times[row_a], "time_b": rows.times[row_b]}
    return pl.DataFrame({"edge": edge, "row_a": row_a, "row_b": row_b, **times})


def order_of_ends(evidence: pl.DataFrame) -> pl.DataFrame:
    """Per edge of `evidence_codes`: who came first how often, the lag and the span of the rows."""
    a, b = pl.col("time_a"), pl.col("time_b")
    return (
        evidence.with_columns(
            (a < b).alias("a_first"),
            (b < a).alias("b_first"),
            (a - b).abs().alias("lag"),
            pl.min_horizontal(a, b).alias("first"),
            pl.max_horizontal(a, b).alias("last"),
        )
        .group_by("edge")
        .agg(
            pl.col("row_a").n_unique().cast(pl.Int64).alias("a_rows"),
            pl.col("row_b").n_unique().cast(pl.Int64).alias("b_rows"),
            pl.col("a_first").sum().cast(pl.Int64).alias("a_first_count"),
            pl.col("b_first").sum().cast(pl.Int64).alias("b_first_count"),
            (pl.col("lag").median() / 1e6).alias("median_lag_seconds"),
            pl.col("first").min().cast(pl.Datetime("us", "UTC")).alias("first_at"),
            pl.col("last").max().cast(pl.Datetime("us", "UTC")).alias("last_at"),
        )
        .sort("edge")
        .drop("edge")
    )


def named_edges(rows: TimedRows, edges: pl.DataFrame) -> pl.DataFrame:
    """`edges` with the ids of accounts for their codes."""
    return edges.with_columns(rows.names.gather(edges[end]).alias(end) for end in ("a", "b"))


def named_evidence(rows: TimedRows, edges: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """`evidence_codes` of `edges` with ids for codes: the columns of `Coaction.evidence`."""
    row_a, row_b = (rows.position[evidence[name].to_numpy()] for name in ("row_a", "row_b"))
    ends = named_edges(rows, edges.select("a", "b"))
    actions = rows.actions["action_id"]
    lag = (pl.col("time_a") - pl.col("time_b")).abs() / 1e6
    named = evidence.select(
        "edge",
        ends["a"].gather(evidence["edge"]).alias("a"),
        ends["b"].gather(evidence["edge"]).alias("b"),
        rows.actions["object_id"].gather(row_a).alias("object_id"),
        actions.gather(row_a).alias("action_a"),
        actions.gather(row_b).alias("action_b"),
        lag.alias("lag_seconds"),
    )
    return named.sort("edge", "action_a", "action_b").drop("edge")


def checked_rows(actions: pl.DataFrame, *, within: timedelta, max_pairs: int) -> TimedRows:
    """`timed_rows`, when their in-window row pairs are at most `max_pairs`.

    Raises:
        ParameterError: there are more; the message has the number and the ways out.
    """
    rows = timed_rows(actions, within=within)
    pairs = int(window_pairs(rows.accounts, rows.low, rows.names.len()))
    if pairs > max_pairs:
        raise ParameterError(
            f"coaction: {pairs:,} row pairs lie within {within} of each other, more than max_pairs="
            f"{max_pairs:,}; take a smaller window, cap or sample the rows of the largest objects, "
            "or raise max_pairs"
        )
    return rows


def coaction(
    actions: pl.DataFrame,
    *,
    within: timedelta,
    min_objects: int = 1,
    max_pairs: int = MAX_PAIRS,
) -> Coaction:
    """The pairs of accounts in `actions` that meet on `min_objects` objects, with their rows.

    `actions` is a log of one act (account_id, object_id, action_id, acted_at); two rows meet when
    they are of different accounts, on the same object, and at most `within` apart (inclusive). All
    pairs of the N accounts that have a timed row are tested: q_value is Benjamini and Hochberg's
    over N(N-1)/2 tests against the burst-stratified null.

    Raises:
        ParameterError: the log has more than `max_pairs` in-window row pairs.
    """
    rows = checked_rows(actions, within=within, max_pairs=max_pairs)
    edges, null = edge_codes(rows, min_objects=min_objects)
    evidence = evidence_codes(rows, edges)
    counted = pl.concat([named_edges(rows, edges), order_of_ends(evidence)], how="horizontal")
    chances = ("expected", "p_value", "q_value")
    return Coaction(
        counted.select(pl.exclude(chances), *chances),
        named_evidence(rows, edges, evidence),
        null,
        actions.height - rows.actions.height,
    )
