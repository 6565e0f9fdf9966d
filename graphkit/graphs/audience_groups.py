# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of audiences that share more accounts than chance explains, and their core accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.audience_members import beyond_chance, tight_spans
from graphkit.graphs.coaudience import (
    ActionLog,
    Audiences,
    CoAudienceRule,
    Grid,
    audience_pairs,
    shuffled,
    up_to,
)
from graphkit.graphs.coaudience import audiences as audiences_of
from graphkit.graphs.components import components
from graphkit.graphs.nulls import poisson_tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

ROUNDS = 3  # of the core and the chance that follows from it: it changes no more
LEAST_TAIL = 1e-300  # smaller tails are rounding: keeps -log10 finite


@dataclass(frozen=True)
class AudienceGroup:
    """Audiences of several topics on one grid that share more accounts than chance explains.

    `windows`: topic, start, stop (epoch seconds; when the core came), accounts, core. `members`:
    account, topics (in how many of the group's topics it was in a window), expected (the same by
    chance), surprise (-log10 of that Poisson tail), is_core. Topics and accounts are codes of the
    log. `threshold` is the least topics of a core account; chance alone would bring
    `core_by_chance` such accounts. `pairs` are the significant pairs of audiences: left_topic,
    right_topic, shared, expected, q_value; `shared`, `expected` and `q_value` are their sums and
    their least q.
    """

    grid: Grid
    windows: pl.DataFrame
    members: pl.DataFrame
    threshold: int
    core_by_chance: float
    pairs: pl.DataFrame

    @property
    def shared(self) -> int:
        """The accounts shared by significant pairs, summed."""
        return int(self.pairs["shared"].sum())

    @property
    def expected(self) -> float:
        """The same by chance."""
        return float(self.pairs["expected"].sum())

    @property
    def q_value(self) -> float:
        """The least q of a pair."""
        return float(self.pairs["q_value"].to_numpy().min())

    @property
    def core(self) -> pl.Series:
        """The accounts in more topics than chance explains."""
        return self.members.filter("is_core")["account"]

    @property
    def surprise(self) -> float:
        """How far the core accounts together are from chance: their -log10 tails, summed."""
        return float(self.members.filter("is_core")["surprise"].sum())


@dataclass(frozen=True)
class Permutations:
    """How many logs to shuffle, from which seed, and after how many exceedances to stop."""

    count: int = 99
    seed: int = 1
    enough: int = 10


@dataclass(frozen=True)
class CoAudience:
    """The groups of one grid, the pairs of audiences tested, and the accounts set aside as busy."""

    groups: tuple[AudienceGroup, ...]
    tests: int
    set_aside: int


def co_audience(log: ActionLog, grid: Grid, rule: CoAudienceRule) -> CoAudience:
    """The groups of audiences on `grid` that are joined by pairs with q <= alpha.

    Pairs are tested with all accounts and again with the quiet ones. The core of a group are the
    accounts in more of its topics than chance explains (`beyond_chance`), within the span in which
    the group came to each (`tight_spans`). A group with fewer than `min_accounts` of them is left
    out.
    """
    events = audiences_of(log, grid, rule)
    linked, tests = _linked(events, rule, days=log.days)
    if linked.is_empty():
        return CoAudience((), tests, events.set_aside)
    nodes = components(linked.select(a="left", b="right"))
    numbers = np.full(events.size.size, -1)
    numbers[nodes["node"].to_numpy()] = nodes["component"].to_numpy()
    linked = linked.with_columns(group=numbers[linked["left"].to_numpy()])
    groups = (
        _group(log, events, each, (grid, rule))
        for each in linked.partition_by("group", maintain_order=True)
    )
    return CoAudience(tuple(each for each in groups if each is not None), tests, events.set_aside)


def _linked(events: Audiences, rule: CoAudienceRule, *, days: int) -> tuple[pl.DataFrame, int]:
    """The pairs with q <= alpha by the smaller q of the two tests, and the tests made."""
    pairs, tests = audience_pairs(events, rule)
    linked = pairs.filter(pl.col("q_value") <= rule.alpha)
    quiet, same = up_to(events, rule.quiet.max_daily_events * days)
    pairs, more = audience_pairs(quiet, rule)
    again = pairs.filter(pl.col("q_value") <= rule.alpha)
    numbered = again.with_columns(
        pl.Series(side, same[again[side].to_numpy()]) for side in ("left", "right")
    )
    both = pl.concat([linked, numbered]).sort("q_value", "left", "right", "shared")
    return both.unique(["left", "right"], keep="first").sort("left", "right"), tests + more


@dataclass(frozen=True)
class _Visits:
    """Who came when: pairs of an account and a place; of each place its topic and an audience."""

    account: NDArray[np.int64]
    place: NDArray[np.int64]
    topic: NDArray[np.int64]
    audience: NDArray[np.int64]


def _core(
    events: Audiences, visits: _Visits, rule: CoAudienceRule
) -> tuple[pl.DataFrame, float, NDArray[np.int64]]:
    """Members, core accounts by chance, and core accounts at each place.

    Chance is what the accounts at each place that are not core would make under the null model.
    """
    accounts = events.accounts
    seen = np.unique(visits.account * (visits.topic.max() + 1) + visits.topic[visits.place])
    hits = np.bincount(seen // (visits.topic.max() + 1), minlength=accounts)
    size = np.bincount(visits.place, minlength=visits.topic.size)
    shares = events.shares(visits.audience)
    is_core, chance = hits >= 2, 0.0
    for _ in range(ROUNDS):
        inside = np.bincount(visits.place[is_core[visits.account]], minlength=size.size)
        is_core, chance = beyond_chance(hits, shares @ (size - inside), error=rule.member_error)
    inside = np.bincount(visits.place[is_core[visits.account]], minlength=size.size)
    who = np.flatnonzero(hits)
    expected = (shares @ size)[who]
    tail = np.maximum(poisson_tail(hits[who], expected), LEAST_TAIL)
    members = pl.DataFrame(
        {
            "account": who,
            "topics": hits[who],
            "expected": expected,
            "surprise": -np.log10(tail),
            "is_core": is_core[who],
        }
    )
    return members, chance, inside


def _group(
    log: ActionLog, events: Audiences, linked: pl.DataFrame, setting: tuple[Grid, CoAudienceRule]
) -> AudienceGroup | None:
    """The group of the audiences that the pairs `linked` join, or None where it has no core."""
    grid, rule = setting
    nodes = np.unique(linked.select("left", "right").to_numpy())
    if not nodes.size:
        return None
    at = np.isin(events.audience, nodes)
    place = np.searchsorted(nodes, events.audience[at])
    visits = _Visits(events.account[at].astype(np.int64), place, events.topic[nodes], nodes)
    members, chance, inside = _core(events, visits, rule)
    if (inside < rule.min_shared).any():  # chained by others than the core: the group without it
        kept = nodes[inside >= rule.min_shared].tolist()
        return _group(
            log,
            events,
            linked.filter(pl.col("left").is_in(kept), pl.col("right").is_in(kept)),
            (grid, rule),
        )
    spans = windows = pl.DataFrame({"topic": events.topic[nodes], "start": events.start[nodes]})
    for _ in range(ROUNDS):
        core = members.filter("is_core")["account"]
        if core.len() < rule.min_accounts:
            return None
        spans = tight_spans(log, windows, core, width=grid.width)
        visits = _visits(log, spans, events, nodes)
        members, chance, inside = _core(events, visits, rule)
    if members["is_core"].sum() < rule.min_accounts:
        return None
    size = np.bincount(visits.place, minlength=spans.height)
    return AudienceGroup(
        grid=grid,
        windows=spans.with_columns(accounts=pl.Series(size), core=pl.Series(inside)),
        members=members,
        threshold=int(members.filter("is_core")["topics"].min()),  # type: ignore[arg-type]  # some
        core_by_chance=chance,
        pairs=linked.select(
            pl.Series(f"{side}_topic", events.topic[linked[side].to_numpy()])
            for side in ("left", "right")
        ).hstack(linked.select("shared", "expected", "q_value")),
    )


def _visits(
    log: ActionLog, spans: pl.DataFrame, events: Audiences, nodes: NDArray[np.int64]
) -> _Visits:
    """Who came in each of the `spans`, each at the time of its topic's nearest audience."""
    able = np.diff(events.held[0]) > 0  # the others are set aside
    near = np.flatnonzero(np.isin(log.topic, spans["topic"].to_numpy()) & able[log.account])
    topic, second, account = log.topic[near], log.second[near], log.account[near]
    accounts, places, audiences = [], [], []
    for number, (of, start, stop) in enumerate(spans.select("topic", "start", "stop").iter_rows()):
        here = np.unique(account[(topic == of) & (second >= start) & (second < stop)])
        own = nodes[events.topic[nodes] == of]
        accounts.append(here)
        places.append(np.full(here.size, number))
        audiences.append(own[np.abs(2 * events.start[own] - start - stop).argmin()])
    return _Visits(
        np.concatenate(accounts),
        np.concatenate(places),
        spans["topic"].to_numpy(),
        np.array(audiences),
    )


def distinct_groups(groups: Iterable[AudienceGroup]) -> list[tuple[AudienceGroup, int]]:
    """The groups of all grids, each family once, and on how many grids more it was found.

    A family is what shares half of the core accounts of the smaller group. Of a family the grid
    is kept whose core accounts are furthest from chance (`surprise`): a finer grid is not better
    in itself, it loses the accounts that came a little later.
    """
    best = sorted(groups, key=lambda g: (-round(g.surprise, 6), g.grid.width, g.grid.offset))
    kept: list[tuple[AudienceGroup, set[int], set[Grid]]] = []
    for group in best:
        core = set(group.core)
        like = [k for k in kept if 2 * len(k[1] & core) >= min(len(k[1]), len(core))]
        if like:
            like[0][2].add(group.grid)
        else:
            kept.append((group, core, set()))
    return [(group, len(grids - {group.grid})) for group, _, grids in kept]


def permutation_p_values(
    log: ActionLog,
    grids: Iterable[Grid],
    rule: CoAudienceRule,
    *,
    sizes: Sequence[int],
    plan: Permutations,
) -> list[float | None]:
    """For each size, the share of shuffled logs with a core as large on any grid, or None.

    (1 + exceedances) / (1 + logs shuffled); shuffling stops when every size has been exceeded
    `plan.enough` times (Besag and Clifford 1991, "Sequential Monte Carlo p-values"). None when
    `plan.count` is 0.
    """
    exceeded = np.zeros(len(sizes), np.int64)
    made = 0
    while made < plan.count and (exceeded < plan.enough).any():
        again = shuffled(log, seed=plan.seed + made)
        found = [len(g.core) for grid in grids for g in co_audience(again, grid, rule).groups]
        exceeded += np.asarray(sizes) <= max(found, default=0)
        made += 1
    return [float((1 + n) / (1 + made)) if made else None for n in exceeded]
