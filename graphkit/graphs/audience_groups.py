# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of audiences that share more accounts than chance explains, and their core accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.coaudience import (
    ActionLog,
    Audiences,
    CoAudienceRule,
    Grid,
    audience_pairs,
    shuffled,
)
from graphkit.graphs.coaudience import audiences as audiences_of
from graphkit.graphs.components import components
from graphkit.graphs.nulls import poisson_tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

LEAST_TAIL = 1e-300  # smaller tails are rounding: keeps -log10 finite


@dataclass(frozen=True)
class AudienceGroup:
    """Audiences of several topics on one grid that share more accounts than chance explains.

    `windows`: topic, start (epoch seconds), accounts, core. `members`: account, topics (in how
    many of the group's topics it was in a window), expected (the same by chance), surprise (-log10
    of that Poisson tail), is_core. Topics and accounts are codes of the log. `threshold` is the
    least topics of a core account; chance alone would bring `core_by_chance` such accounts.
    `shared` and `expected` sum the accounts over the `pairs` significant pairs, whose least q is
    `q_value`.
    """

    grid: Grid
    windows: pl.DataFrame
    members: pl.DataFrame
    threshold: int
    core_by_chance: float
    pairs: int
    shared: int
    expected: float
    q_value: float

    @property
    def core(self) -> pl.Series:
        """The accounts in at least `threshold` topics."""
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

    An account is core when it was in the windows of at least `threshold` of the group's topics:
    the least number, from 2, at which chance would bring at most `member_error` of the accounts
    that reach it. A group without such a number, or with fewer than `min_accounts` core accounts,
    is left out.
    """
    events = audiences_of(log, grid, rule)
    pairs, tests = audience_pairs(events, rule)
    linked = pairs.filter(pl.col("q_value") <= rule.alpha)
    if linked.is_empty():
        return CoAudience((), tests, events.set_aside)
    nodes = components(linked.select(a="left", b="right"))
    numbers = np.full(events.size.size, -1)
    numbers[nodes["node"].to_numpy()] = nodes["component"].to_numpy()
    linked = linked.with_columns(group=numbers[linked["left"].to_numpy()])
    of_event = numbers[events.audience]
    order = np.argsort(of_event, kind="stable")
    bounds = np.searchsorted(of_event[order], np.arange(numbers.max(initial=-1) + 2))
    groups = (
        _group(events, order[bounds[n] : bounds[n + 1]], linked.filter(group=n), (grid, rule))
        for n in range(bounds.size - 1)
    )
    return CoAudience(tuple(each for each in groups if each is not None), tests, events.set_aside)


def _by_chance(
    events: Audiences, nodes: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """For each account of the log, how many of the audiences it would join by chance."""
    totals = np.asarray(events.activity.sum(axis=0), float)
    at = events.block[nodes]
    rate = np.bincount(at, weights=sizes / totals[at], minlength=totals.size)
    chance: NDArray[np.float64] = events.activity @ rate
    return chance


def _threshold(
    events: Audiences, rows: NDArray[np.int64], members: pl.DataFrame, rule: CoAudienceRule
) -> tuple[int, float, NDArray[np.int64]] | None:
    """Least topics of a core account, core accounts by chance, core accounts in each audience.

    Chance is what the rest of each audience would make under the null model.
    """
    nodes, place = np.unique(events.audience[rows], return_inverse=True)
    hit, who = members["topics"].to_numpy(), members["account"].to_numpy()
    for threshold in range(2, int(hit.max()) + 1):
        core = who[hit >= threshold]
        if core.size < rule.min_accounts:
            return None
        inside = np.bincount(place[np.isin(events.account[rows], core)], minlength=nodes.size)
        rate = _by_chance(events, nodes, events.size[nodes] - inside)
        chance = float(poisson_tail(threshold, rate[rate > 0]).sum())
        if chance <= rule.member_error * core.size:
            return threshold, chance, inside
    return None


def _group(
    events: Audiences,
    rows: NDArray[np.int64],
    linked: pl.DataFrame,
    setting: tuple[Grid, CoAudienceRule],
) -> AudienceGroup | None:
    """The group whose events are at `rows`, or None where no threshold tells core from chance."""
    grid, rule = setting
    topic = events.topic[events.audience[rows]]
    seen = pl.DataFrame({"account": events.account[rows], "topic": topic}).unique()
    members = seen.group_by("account").agg(topics=pl.len()).sort("account")
    found = _threshold(events, rows, members, rule) if linked.height else None
    if found is None:
        return None
    threshold, chance, inside = found
    nodes = np.unique(events.audience[rows])
    if (inside < rule.min_shared).any():  # chained by others than the core: the group without it
        kept = nodes[inside >= rule.min_shared]
        inner = linked.filter(pl.col("left", "right").is_in(kept.tolist()))
        return _group(events, rows[np.isin(events.audience[rows], kept)], inner, setting)
    expected = _by_chance(events, nodes, events.size[nodes])[members["account"].to_numpy()]
    tail = np.maximum(poisson_tail(members["topics"], expected), LEAST_TAIL)
    windows = {
        "topic": events.topic[nodes],
        "start": events.start[nodes],
        "accounts": events.size[nodes],
        "core": inside,
    }
    return AudienceGroup(
        grid=grid,
        windows=pl.DataFrame(windows),
        members=members.with_columns(
            expected=expected, surprise=-np.log10(tail), is_core=pl.col("topics") >= threshold
        ),
        threshold=threshold,
        core_by_chance=chance,
        pairs=linked.height,
        shared=int(linked["shared"].sum()),
        expected=float(linked["expected"].sum()),
        q_value=float(linked["q_value"].min()),  # type: ignore[arg-type]  # there is a pair
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
