# SPDX-License-Identifier: GPL-3.0-or-later
"""Windowed co-action: which accounts do the same thing to the same object within a window.

One engine on arrays (reference: the row-by-row sparse product, Gustavson 1978). The rows are sorted
by object and time once; one sweep counts and thresholds the edges, a second one lists the row pairs
of those that stay, so that every weight can be walked back to its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.errors import ParameterError
from graphkit.graphs.coaction_size import MICROSECOND, capped, refused
from graphkit.graphs.nulls import benjamini_hochberg, burst_null, poisson_tail
from graphkit.kernels.coaction import (
    edge_ends,
    grouped,
    sort_groups,
    sweep_edges,
    sweep_evidence,
    window_bounds,
    window_pairs,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.nulls import BurstNull

MAX_PAIRS = 50_000_000
"""In-window row pairs above which a count is refused: at most 10 GB of edges, far fewer if each
must share two objects."""

PART = 1 << 16
"""Edges that are given their rows at a time, which bounds the memory this takes."""


@dataclass(frozen=True)
class Coaction:
    """Who acted with whom, on what, and what chance would make of it.

    Attributes:
        edges: one row a pair of accounts, a < b in text order: a, b, objects_count (distinct
            objects), meetings_count (the least of these and of the distinct posts of either end:
            what is tested), pairs_count (row pairs), a_rows, b_rows (distinct rows of each end),
            a_first_count, b_first_count (row pairs in which that end is strictly earlier),
            median_lag_seconds, first_at, last_at (over the rows), a_share, b_share (of all rows
            of that end), expected (objects, under the null), p_value, q_value; by a, b.
        evidence: every in-window row pair of those edges: a, b, object_id, action_a, action_b,
            lag_seconds (not negative); by a, b and the actions.
        null: the burst classes that `expected` rests on; see `nulls.BurstNull.classes`.
        untimed_count: actions left out because they have no time.
        bursts: the bursts of which a cap left rows out, as `coaction_size.capped` gives them; None
            where no cap was asked for.
    """

    edges: pl.DataFrame
    null: pl.DataFrame
    untimed_count: int
    bursts: pl.DataFrame | None
    rows: TimedRows = field(repr=False)
    codes: pl.DataFrame = field(repr=False)

    @cached_property
    def evidence(self) -> pl.DataFrame:
        """The rows behind `edges`, made when first asked for; see the attributes."""
        return named_evidence(self.rows, self.codes, evidence_codes(self.rows, self.codes))


@dataclass(frozen=True)
class TimedRows:
    """The timed rows of one log in the order of the kernels: by object, then time.

    `accounts` and `objects` are codes into `names` and `items` (sorted, so codes keep the order of
    ids); `posts` tells rows of one post by one account from others, None where each row is a post
    of its own; `action_ids` are in the order of the log, `position` is each row's place in it;
    `low` and `high` bound a row's window; `order` and `starts` list the rows of every account.
    """

    names: pl.Series
    items: pl.Series
    action_ids: pl.Series
    untimed_count: int
    position: NDArray[np.int32]
    objects: NDArray[np.int32]
    accounts: NDArray[np.int32]
    posts: NDArray[np.int32] | None
    times: NDArray[np.int64]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    order: NDArray[np.int32]
    starts: NDArray[np.int64]

    @property
    def tests(self) -> int:
        """The number of pairs of accounts."""
        return self.names.len() * (self.names.len() - 1) // 2

    def dealt_to(self, accounts: NDArray[np.int32]) -> TimedRows:
        """The same rows, done by `accounts` (codes in the order of the rows)."""
        order, starts = grouped(accounts, self.names.len())
        return replace(self, accounts=accounts, order=order, starts=starts)


def _codes(ids: pl.Series) -> tuple[pl.Series, NDArray[np.int32]]:
    """The sorted distinct ids, and the place of every id among them."""
    names = ids.unique().sort()
    return names, ids.cast(pl.Enum(names)).to_physical().cast(pl.Int32).to_numpy()


def _post_codes(timed: pl.DataFrame) -> NDArray[np.int32] | None:
    """A number for the post of every row (content_id, by account), or None if all are different."""
    if "content_id" not in timed.columns:
        return None
    told = timed["content_id"].drop_nulls()
    if told.n_unique() == told.len():
        return None
    post = pl.struct("account_id", pl.coalesce("content_id", "action_id"))
    return timed.select(post.rank("dense").cast(pl.Int32) - 1).to_series().to_numpy()


def timed_rows(actions: pl.DataFrame | pl.LazyFrame, *, within: timedelta) -> TimedRows:
    """The rows of `actions` (account_id, object_id, action_id, acted_at) that have a time.

    With content_id, rows of one account with the same one are of one post.

    Raises:
        ParameterError: `within` is negative.
    """
    if within < timedelta(0):
        raise ParameterError(f"within: {within} is negative; give a span such as 60s")
    lazy = actions.lazy()
    names_of_ids = ["object_id", "account_id", "action_id", "content_id"]
    known = lazy.collect_schema().names()
    ids = [pl.col(name).cast(pl.String) for name in names_of_ids if name in known]
    log = lazy.select(*ids, "acted_at").collect()
    timed = log.drop_nulls("acted_at")
    items, objects = _codes(timed["object_id"])
    names, accounts = _codes(timed["account_id"])
    posts = _post_codes(timed)
    times = timed["acted_at"].dt.epoch("us").to_numpy()
    position, _ = grouped(accounts, names.len())  # rows of one time lie in the order of accounts
    order, starts = grouped(objects[position], items.len())
    position = position[order]
    sort_groups(position, starts, times)
    objects, accounts, times = objects[position], accounts[position], times[position]
    low, high = window_bounds(objects, times, within // MICROSECOND)
    return TimedRows(
        names,
        items,
        timed["action_id"],
        log.height - timed.height,
        position,
        objects,
        accounts,
        None if posts is None else posts[position],
        times,
        low,
        high,
        *grouped(accounts, names.len()),
    )


def _meetings(rows: TimedRows, edges: pl.DataFrame) -> NDArray[np.int64]:
    """Per edge the distinct objects, but no more than the distinct posts of either end.

    Two accounts that meet with one post each have met once, however many objects the posts bear:
    with each of them counted, two hashtags that go together made 600 false pairs in a log in which
    nobody coordinates (docs/measured/layers.md).
    """
    meetings = edges["objects_count"].to_numpy().copy()
    if rows.posts is None:
        return meetings
    several = np.flatnonzero(meetings > 1)
    for start in range(0, len(several), PART):
        part = several[start : start + PART]
        found = evidence_codes(rows, edges[part])
        of_a, of_b = (rows.posts[found[name].to_numpy()] for name in ("row_a", "row_b"))
        times = (found["time_a"].to_numpy(), found["time_b"].to_numpy())
        ends, _ = edge_ends(found["edge"].to_numpy(), of_a, of_b, *times)
        meetings[part] = np.minimum(meetings[part], ends[:2].min(axis=0))
    return meetings


def edge_codes(rows: TimedRows, *, min_objects: int) -> tuple[pl.DataFrame, BurstNull]:
    """The tested edges with account codes for a and b (by a, b), and the null they rest on."""
    layout = (rows.low, rows.high, rows.order, rows.starts)
    found, object_pairs, one_off = sweep_edges(
        rows.objects, rows.accounts, *layout, rows.items.len(), min_objects
    )
    a, b = found.T[:2].copy()  # not a view: it would keep the other half alive
    objects, pairs = found.T[2:]
    null = burst_null(rows.accounts, rows.objects, object_pairs=object_pairs, one_off=one_off)
    ends = {"a": a, "b": b}
    counts = {"objects_count": objects.astype(np.int64), "pairs_count": pairs.astype(np.int64)}
    meetings = _meetings(rows, pl.DataFrame({**ends, **counts}))
    expected = null.expected(a, b)
    p_value = poisson_tail(meetings, expected)
    chances = {
        "expected": expected,
        "p_value": p_value,
        "q_value": benjamini_hochberg(p_value, tests=rows.tests),
    }
    return pl.DataFrame({**ends, **counts, "meetings_count": meetings, **chances}), null


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
        edges["pairs_count"].to_numpy(),
    )
    edge, row_a, row_b = found.T.copy()
    times = {"time_a": rows.times[row_a], "time_b": rows.times[row_b]}
    return pl.DataFrame({"edge": edge, "row_a": row_a, "row_b": row_b, **times})


def order_of_ends(evidence: pl.DataFrame) -> pl.DataFrame:
    """Per edge of `evidence_codes`: who came first how often, the lag and the span of the rows."""
    ends, median = edge_ends(*(column.to_numpy() for column in evidence))
    counts = ("a_rows", "b_rows", "a_first_count", "b_first_count")
    span = ("first_at", "last_at")
    columns = dict(zip((*counts, *span), ends, strict=True))
    return pl.DataFrame(columns).select(
        *counts,
        pl.Series("median_lag_seconds", median / 1e6),
        pl.col(span).cast(pl.Datetime("us", "UTC")),
    )


def named_edges(rows: TimedRows, edges: pl.DataFrame) -> pl.DataFrame:
    """`edges` with the ids of accounts for their codes."""
    return edges.with_columns(rows.names.gather(edges[end]).alias(end) for end in ("a", "b"))


def named_evidence(rows: TimedRows, edges: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """`evidence_codes` of `edges` with ids for codes: the columns of `Coaction.evidence`."""
    row_a, row_b = evidence["row_a"].to_numpy(), evidence["row_b"].to_numpy()
    ends = named_edges(rows, edges.select("a", "b"))
    lag = (pl.col("time_a") - pl.col("time_b")).abs() / 1e6
    named = evidence.select(
        "edge",
        ends["a"].gather(evidence["edge"]).alias("a"),
        ends["b"].gather(evidence["edge"]).alias("b"),
        rows.items.gather(rows.objects[row_a]).alias("object_id"),
        rows.action_ids.gather(rows.position[row_a]).alias("action_a"),
        rows.action_ids.gather(rows.position[row_b]).alias("action_b"),
        lag.alias("lag_seconds"),
    )
    return named.sort("edge", "action_a", "action_b").drop("edge")


def _counted(rows: TimedRows, edges: pl.DataFrame) -> pl.DataFrame:
    """`edges` with the ids of their accounts, and what their rows say of the two ends."""
    ends = order_of_ends(evidence_codes(rows, edges))
    own = pl.Series(np.diff(rows.starts))
    shares = [(ends[f"{end}_rows"] / own.gather(edges[end])).alias(f"{end}_share") for end in "ab"]
    return pl.concat([named_edges(rows, edges), ends.with_columns(shares)], how="horizontal")


def checked_rows(
    actions: pl.DataFrame | pl.LazyFrame, *, within: timedelta, max_pairs: int
) -> TimedRows:
    """`timed_rows`, when their in-window row pairs are at most `max_pairs`.

    Raises:
        ParameterError: there are more; the message has the number and the ways out.
    """
    rows = timed_rows(actions, within=within)
    names = (rows.names.len(), rows.items.len())
    pairs = window_pairs(rows.objects, rows.accounts, rows.low, *names)
    if pairs.sum() > max_pairs:
        raise ParameterError(refused(rows, pairs, within=within, max_pairs=max_pairs))
    return rows


def coaction(
    actions: pl.DataFrame | pl.LazyFrame,
    *,
    within: timedelta,
    min_objects: int = 1,
    max_pairs: int = MAX_PAIRS,
    cap: int | None = None,
) -> Coaction:
    """The pairs of accounts in `actions` that meet on `min_objects` objects, with their rows.

    `actions` is a log of one act (account_id, object_id, action_id, acted_at); two rows meet when
    they are of different accounts, on the same object, and at most `within` apart (inclusive). All
    pairs of the N accounts that have a timed row are tested: q_value is Benjamini and Hochberg's
    over N(N-1)/2 tests against the burst-stratified null. `cap` leaves out rows of larger bursts
    (`coaction_size.capped`, seed 0). A LazyFrame of a file takes less memory than its frame.

    Raises:
        ParameterError: the log has more than `max_pairs` in-window row pairs.
    """
    bursts = None
    if cap is not None:
        actions, bursts = capped(actions.lazy().collect(), within=within, cap=cap)
    rows = checked_rows(actions, within=within, max_pairs=max_pairs)
    edges, null = edge_codes(rows, min_objects=min_objects)
    classes = null.classes
    del null  # its accounts by classes take as much as all edges' ends
    starts = range(0, max(edges.height, 1), PART)
    counted = pl.concat(_counted(rows, edges[start : start + PART]) for start in starts)
    chances = ("expected", "p_value", "q_value")
    return Coaction(
        counted.select(pl.exclude(chances), *chances),
        classes,
        rows.untimed_count,
        bursts,
        rows,
        edges.select("a", "b", "pairs_count"),
    )
