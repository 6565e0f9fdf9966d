# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared audiences of topics: who turned up at several topics, each within one window.

An audience (a column) is the set of accounts that acted on one topic in one window of time. Two
audiences of different topics share O accounts. Under the null model an account that made n of the
A events of an hour joins an audience of d accounts of that hour with probability n d / A, so

    expected O = d_c d_d / (A_B A_B') * H[B, B'],   H[B, B'] = sum over accounts of n_B n_B'

which keeps every account's number of events in every hour and every audience's size: a busy
hour, a busy account and a burst are not evidence in themselves. O is tested as Poisson, with
Benjamini-Hochberg over all pairs of audiences of different topics, seen or not.

Hours are hours since the start in logs of up to fourteen days. In longer ones they are hours of
the week, and the same ratio over whole weeks, H[W, W'] / (A_W A_W'), relative to that of the whole
log, multiplies the expectation: an account keeps its number of events in each hour of the week and
in each week. n n stands for n (n - 1) wherever both are the same hour, week or log: an event does
not meet itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from graphkit.graphs.nulls import benjamini_hochberg, poisson_tail
from graphkit.kernels.coaudience import columns_by_row, meetings, shared_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from numpy.typing import NDArray

HOUR = 3600
DAY = 86400
WEEK = 7 * DAY
LONG_DAYS = 14  # in a longer log, hours of the week and weeks stand for hours


@dataclass(frozen=True)
class ActionLog:
    """Dated actions as integer codes, by time and action id: whose, on what, when, which act.

    Codes count the sorted ids in `account_ids`, `topic_ids` and `act_ids`.
    """

    account: NDArray[np.int64]
    topic: NDArray[np.int64]
    second: NDArray[np.int64]
    act: NDArray[np.int64]
    account_ids: pl.Series
    topic_ids: pl.Series
    act_ids: pl.Series

    def rows(self, kept: NDArray[np.bool_]) -> ActionLog:
        """The log of the rows that are `kept`, with the same codes."""
        columns = {
            name: getattr(self, name)[kept] for name in ("account", "topic", "second", "act")
        }
        return replace(self, **columns)

    @property
    def days(self) -> int:
        """Days from the first to the last action, at least 1."""
        return max(1, -(-int(self.second[-1] - self.second[0]) // DAY)) if self.second.size else 1


@dataclass(frozen=True)
class Grid:
    """Windows of `width` seconds (a divisor or multiple of an hour), from `offset` seconds on."""

    width: int
    offset: int


def two_grids(scales: Iterable[timedelta], *, coarser_than: timedelta) -> list[Grid]:
    """Two grids a scale that is wider than `coarser_than`, half a window apart."""
    widths = sorted({int(scale.total_seconds()) for scale in scales if scale > coarser_than})
    return [Grid(width, offset) for width in widths for offset in (0, width // 2)]


@dataclass(frozen=True)
class CoAudienceRule:
    """What is tested, and when a pair of audiences and an account count.

    `family` is the number of grids tested: q-values are multiplied by it (Bonferroni).
    `member_error` bounds the share of core accounts that chance alone would bring. Each grid is
    tested with all accounts up to `max_daily_events`, and again with those up to
    `quiet_daily_events` (`quiet`): what busy accounts share by chance hides what quiet ones share.
    """

    min_accounts: int = 5
    min_shared: int = 3
    max_daily_events: float = 100
    quiet_daily_events: float = 2
    alpha: float = 0.01
    family: int = 6
    member_error: float = 0.1

    @property
    def quiet(self) -> CoAudienceRule:
        """The rule for the quiet accounts alone."""
        return replace(self, max_daily_events=min(self.max_daily_events, self.quiet_daily_events))


def action_log(actions: pl.DataFrame) -> ActionLog:
    """The log of the dated rows of an actions frame."""
    dated = actions.drop_nulls("acted_at").sort("acted_at", "action_id")
    accounts, topics, acts = (
        dated[name].unique().sort() for name in ("account_id", "object_id", "act")
    )
    return ActionLog(
        account=accounts.search_sorted(dated["account_id"]).to_numpy().astype(np.int64),
        topic=topics.search_sorted(dated["object_id"]).to_numpy().astype(np.int64),
        second=dated["acted_at"].dt.epoch("s").to_numpy(),
        act=acts.search_sorted(dated["act"]).to_numpy().astype(np.int64),
        account_ids=accounts,
        topic_ids=topics,
        act_ids=acts,
    )


def shuffled(log: ActionLog, *, seed: int) -> ActionLog:
    """`log` with the accounts permuted among the actions of each hour.

    It keeps each account's actions in each hour, and each topic's in each second.
    """
    hour = log.second // HOUR
    draw = np.random.default_rng(seed).random(hour.size)
    return replace(log, account=log.account[np.lexsort((draw, hour))])


@dataclass(frozen=True)
class Audiences:
    """The audiences of a log on a grid, and the accounts in them (events).

    Of each event, by audience and account: account, audience. Of each audience: topic, start (epoch
    seconds), block (hour, or window where that is longer), week (0 in a short log), size
    (accounts). `accounts` is how many the log has; `set_aside` counts those too busy to be tested.
    """

    accounts: int
    account: NDArray[np.int32]
    audience: NDArray[np.int32]
    topic: NDArray[np.int64]
    start: NDArray[np.int64]
    block: NDArray[np.int64]
    week: NDArray[np.int64]
    size: NDArray[np.int64]
    set_aside: int

    @cached_property
    def held(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The audiences of each account, one after the other, and where each account's start."""
        return columns_by_row(self.account, self.audience, self.accounts)

    @cached_property
    def activity(self) -> csr_array:
        """Events by account and block."""
        return _counts(*self.held, self.block)

    @cached_property
    def weekly(self) -> csr_array:
        """Events by account and week."""
        return _counts(*self.held, self.week)

    @property
    def is_long(self) -> bool:
        """Whether blocks are hours of the week, to be read with the weeks."""
        return int(self.week.max(initial=0)) > 0

    def shares(self, audiences: NDArray[np.int64]) -> csr_array:
        """For each account (row), its share of the events at the time of each audience (column)."""
        events = csr_array(self.activity[:, self.block[audiences]].astype(float))
        if self.is_long:
            total = np.maximum(np.diff(self.held[0]).astype(float), 1)[:, None]
            events = csr_array(events.multiply(self.weekly[:, self.week[audiences]]) / total)
        return csr_array(events / np.asarray(events.sum(axis=0), float))


def _counts(
    starts: NDArray[np.int64], audiences: NDArray[np.int32], time: NDArray[np.int64]
) -> csr_array:
    shape = (starts.size - 1, int(time.max(initial=0)) + 1)
    ones = np.ones(audiences.size, np.int64)
    counts = csr_array((ones, time[audiences], starts.copy()), shape=shape)
    counts.sum_duplicates()  # in place, its starts too
    return counts


def audiences(log: ActionLog, grid: Grid, rule: CoAudienceRule) -> Audiences:
    """The audiences of `log` on `grid`, without the accounts beyond the daily limit of events."""
    window = (log.second + grid.offset) // grid.width
    first = int(window.min(initial=2**62))
    windows = int(window.max(initial=first)) - first + 1
    accounts = max(1, len(log.account_ids))
    bits = accounts.bit_length()
    key = log.topic * windows
    key += window - first
    key <<= bits
    key |= log.account
    key.sort()
    key = key[_heads(key)]
    account = (key & ((1 << bits) - 1)).astype(np.int32)
    place = key >> bits
    heads = np.flatnonzero(_heads(place))
    topic, index = np.divmod(place[heads], windows)
    size = np.diff(np.append(heads, place.size))
    block, week = _times(
        (index + first) * grid.width, width=grid.width, is_long=log.days > LONG_DAYS
    )
    events = Audiences(
        accounts=accounts,
        account=account,
        audience=np.repeat(np.arange(size.size, dtype=np.int32), size),
        topic=topic,
        start=(index + first) * grid.width - grid.offset,
        block=block,
        week=week,
        size=size,
        set_aside=0,
    )
    return up_to(events, rule.max_daily_events * log.days)[0]


def _heads(ordered: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Where a sorted array has another value than before."""
    heads = np.ones(ordered.size, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=heads[1:])
    return heads


def up_to(events: Audiences, limit: float) -> tuple[Audiences, NDArray[np.int64]]:
    """The audiences without the accounts of more events, and which of `events` each of them is."""
    busy = np.bincount(events.account, minlength=events.accounts) > limit
    if not busy.any():
        return events, np.arange(events.size.size)
    kept = ~busy[events.account]
    audience = events.audience[kept]
    heads = np.flatnonzero(_heads(audience))
    same, size = audience[heads].astype(np.int64), np.diff(np.append(heads, audience.size))
    columns = {name: getattr(events, name)[same] for name in ("topic", "start", "block", "week")}
    left = replace(
        events,
        account=events.account[kept],
        audience=np.repeat(np.arange(size.size, dtype=np.int32), size),
        size=size,
        set_aside=int(busy.sum()),
        **columns,
    )
    return left, same


def _times(
    second: NDArray[np.int64], *, width: int, is_long: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The block and the week of each time: hour since the first and 0, or hour of the week."""
    length = max(HOUR, width)
    if is_long:
        return second % WEEK // length, (second - second.min(initial=2**62)) // WEEK
    hour = second // length
    return hour - hour.min(initial=2**62), np.zeros_like(hour)


def _pairs(
    events: Audiences, chosen: NDArray[np.int64], least: int
) -> tuple[NDArray[np.int32], ...]:
    """Left, right and shared accounts of the `chosen` audiences (positions in `chosen`)."""
    number = np.full(events.size.size, -1, np.int32)
    number[chosen] = np.arange(chosen.size, dtype=np.int32)
    column = number[events.audience]
    kept = column >= 0
    account, column = events.account[kept], column[kept]
    twice = (np.bincount(account, minlength=events.accounts) > 1)[account]
    account, column = account[twice], column[twice]
    columns = np.bincount(column, minlength=chosen.size)
    left, right, shared = shared_accounts(
        *columns_by_row(account, column, events.accounts),
        np.append(0, np.cumsum(columns)),
        account,
        events.topic[chosen].astype(np.int32),
        least,
    )
    return left, right, shared


def _expected(
    events: Audiences, left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Accounts that audiences `left` and `right` share by chance, pair by pair."""
    rate = _meeting(events, events.block, left, right)
    if events.is_long:
        own = np.diff(events.held[0]).astype(float)
        rate *= _meeting(events, events.week, left, right)
        rate *= own.sum() ** 2 / max(float((own * (own - 1)).sum()), 1.0)
    return np.asarray(events.size[left] * events.size[right] * rate)


def _meeting(
    events: Audiences, time: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """H[B, B'] / (A_B A_B') for each pair of times: that two events of them are one account's.

    Inside one block n (n - 1) stands for n squared: the events of the block are taken off.
    """
    length = int(time.max(initial=0)) + 1
    met = meetings(*events.held, time, length)
    totals = np.bincount(time, events.size, minlength=length)
    met[np.arange(length), np.arange(length)] -= totals.astype(np.int64)
    b, c = time[left], time[right]
    return np.asarray(met[b, c] / (totals[b] * totals[c]))


def audience_pairs(events: Audiences, rule: CoAudienceRule) -> tuple[pl.DataFrame, int]:
    """Pairs of audiences that share `min_shared` accounts or more, and how many pairs were tested.

    Columns: left, right (numbers of audiences), shared, expected, p_value, q_value
    (Benjamini-Hochberg over all pairs of audiences of different topics, times `family`), by left
    and right.
    """
    chosen = np.flatnonzero(events.size >= rule.min_accounts)
    same = np.bincount(events.topic[chosen])
    tests = (chosen.size * (chosen.size - 1) - int((same * (same - 1)).sum())) // 2
    left, right, shared = _pairs(events, chosen, rule.min_shared)
    frame = pl.DataFrame({"left": chosen[left], "right": chosen[right], "shared": shared})
    expected = _expected(events, chosen[left], chosen[right])
    p = poisson_tail(shared, expected)
    q = np.minimum(benjamini_hochberg(p, tests=tests) * rule.family, 1.0)
    columns = [pl.Series("expected", expected), pl.Series("p_value", p), pl.Series("q_value", q)]
    return frame.with_columns(columns).sort("left", "right"), tests
