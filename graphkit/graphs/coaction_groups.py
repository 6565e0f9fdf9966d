# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of accounts that co-act more than chance allows, and how often chance makes such a group.

An edge stays when its q-value is at most alpha: the q-value that it earns with the edges of its own
component (`nulls.component_q`), under the larger of two expectations, by burst class and by burst
class and hour of day. An account that came first in nearly all its pairs is *followed*: others act
just after it, which it cannot help, so it is dropped. So is an account with a single partner: of
the edges that stay, alpha may be false, and one false edge must not make a bystander a member. The
groups are the connected components of what is left, judged again until they stay as they are.

No group is judged by another's rows. A group is *clear* when edges that pass a tenth of
alpha hold it together. The rows that make the edges of clear groups are set aside, the largest
groups first; what is left is tested as a log of its own, and each clear group in the log without
those of the other ones. So a group that somebody adds, however large, lowers the bar for nobody and
raises it for nobody.

A group's statistic is the sum over its edges of the meetings beyond expectation (the objects that
two accounts share, at most one for a post of either); its p-value compares that with the largest
group of each permutation (maximum statistic: Westfall and Young 1993), so it holds for the whole
search. Groups that are not clear are compared with permutations of the log without the clear ones;
clear ones with permutations of the whole log, in which a group that is mostly made of another clear
group's accounts does not count. Permuting stops when every group has been beaten ten times; the
p-value is valid then too (Besag and Clifford 1991).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.coaction import (
    checked_rows,
    edge_codes,
    evidence_codes,
    named_edges,
    named_evidence,
    order_of_ends,
)
from graphkit.graphs.components import components
from graphkit.graphs.hourly_null import HOUR, expected_by_hour
from graphkit.graphs.nulls import component_q, poisson_tail
from graphkit.kernels.coaction import window_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from graphkit.graphs.coaction import TimedRows

ENOUGH_EXCEEDANCES = 10
"""Permutations that beat every group, after which more would not change the answer."""


CLEAR = 0.1
"""Part of alpha that the edges of a clear group pass."""
CHANCES = {"component": pl.Int64, "excess": pl.Float64, "p_value": pl.Float64}


@dataclass(frozen=True)
class GroupRule:
    """What makes a group, and how its chance is reckoned.

    Attributes:
        within: the window, inclusive.
        alpha: largest q-value of an edge.
        min_objects: least objects of an edge.
        min_accounts: least accounts of a group.
        min_partners: least partners of an account in its group.
        followed_share: share of its row pairs from which an account that came first is followed.
        permutations: permutations of the accounts.
        seed: of the permutations.
        stratum_rows: accounts are permuted within the hour, or within as many hours in a row as
            it takes to hold this many rows.
        max_pairs: largest number of in-window row pairs.
        by_hour: whether a pair must also pass what its hours of the day make it expect; not asked
            where other evidence tests the groups, for a group that is nearly alone in its log and
            hours expects itself.
    """

    within: timedelta
    alpha: float
    min_objects: int
    min_accounts: int
    min_partners: int
    followed_share: float
    permutations: int
    seed: int
    stratum_rows: int
    max_pairs: int
    by_hour: bool = True


@dataclass(frozen=True)
class Groups:
    """The groups of one log.

    Attributes:
        edges: as `Coaction.edges`, with the columns component (numbered from 0) and
            expected_by_hour; p_value is under the larger expectation, q_value within the component.
        evidence: as `Coaction.evidence`, of these edges.
        chances: one row a group: component, excess (its statistic), p_value.
        followed: ids of the accounts that were dropped because they were followed.
        tests: pairs of accounts tested.
        permutations: permutations made of the log in which most were made.
    """

    edges: pl.DataFrame
    evidence: pl.DataFrame
    chances: pl.DataFrame
    followed: pl.Series
    tests: int
    permutations: int


def _followed(edges: pl.DataFrame, share: float) -> pl.Series:
    ends = [
        edges.select(account=end, first=f"{end}_first_count", pairs="pairs_count")
        for end in ("a", "b")
    ]
    sums = pl.concat(ends).group_by("account").agg(pl.col("first", "pairs").sum())
    return sums.filter(pl.col("first") >= share * pl.col("pairs"))["account"].sort()


def held_together(edges: pl.DataFrame, min_partners: int) -> pl.DataFrame:
    """The edges among accounts that have `min_partners` partners among themselves (the k-core)."""
    while True:
        degree = pl.concat([edges["a"], edges["b"]]).alias("account").value_counts()
        loose = degree.filter(pl.col("count") < min_partners)["account"]
        if loose.is_empty():
            return edges
        edges = edges.filter(
            ~pl.col("a").is_in(loose.implode()), ~pl.col("b").is_in(loose.implode())
        )


def _tested(rows: TimedRows, rule: GroupRule) -> pl.DataFrame:
    """The edges (codes) that pass under both expectations, by the log's own false discovery rate.

    Of what does not pass so, nothing can pass within its component.
    """
    tested, null = edge_codes(rows, min_objects=rule.min_objects)
    kept = tested.filter(pl.col("q_value") <= rule.alpha)
    by_hour = expected_by_hour(rows, null, a=kept["a"].to_numpy(), b=kept["b"].to_numpy())
    expected = kept["expected"].to_numpy()
    larger = np.maximum(expected, by_hour) if rule.by_hour else expected
    return kept.with_columns(
        expected_by_hour=by_hour, p_value=poisson_tail(kept["meetings_count"].to_numpy(), larger)
    )


def _passing(edges: pl.DataFrame, tests: int, rule: GroupRule) -> pl.DataFrame:
    """The edges that pass within their component, among accounts with enough partners, at rest."""
    while True:
        a, b, p_values = (edges[name].to_numpy() for name in ("a", "b", "p_value"))
        judged = edges.with_columns(q_value=component_q(a, b, p_values=p_values, tests=tests))
        kept = held_together(judged.filter(pl.col("q_value") <= rule.alpha), rule.min_partners)
        if kept.height == edges.height:
            return kept
        edges = kept


def _grouped(rows: TimedRows, rule: GroupRule) -> tuple[pl.DataFrame, pl.Series]:
    """The edges (codes) of groups with their component, and the followed accounts."""
    kept = _tested(rows, rule)
    ends = order_of_ends(evidence_codes(rows, kept))
    kept = pl.concat([kept, ends], how="horizontal")
    followed = _followed(kept, rule.followed_share)
    mutual = kept.filter(
        ~pl.col("a").is_in(followed.implode()), ~pl.col("b").is_in(followed.implode())
    )
    mutual = _passing(mutual, rows.tests, rule)
    return _numbered(mutual, rule.min_accounts), followed


def _numbered(edges: pl.DataFrame, min_accounts: int) -> pl.DataFrame:
    """`edges` of the components that have `min_accounts` accounts, with the column component."""
    members = components(edges).filter(pl.len().over("component") >= min_accounts)
    numbered = members.with_columns(pl.col("component").rank("dense").cast(pl.Int64) - 1)
    return edges.join(numbered, left_on="a", right_on="node", maintain_order="left")


def _accounts(edges: pl.DataFrame) -> NDArray[np.integer]:
    return np.unique(np.concatenate([edges["a"].to_numpy(), edges["b"].to_numpy()]))


def _excess(edges: pl.DataFrame) -> pl.DataFrame:
    expected = pl.max_horizontal("expected", "expected_by_hour")
    beyond = (pl.col("meetings_count") - expected).sum().round(9)
    return edges.group_by("component").agg(beyond.alias("excess")).sort("component")


@dataclass(frozen=True)
class _Judged:
    """Groups as a log shows them: the log, their edges (codes, component), who was followed."""

    rows: TimedRows
    edges: pl.DataFrame
    followed: pl.Series

    def groups(self) -> list[_Judged]:
        """Every group by itself."""
        numbers = self.edges["component"].unique().sort()
        return [
            replace(self, edges=self.edges.filter(pl.col("component") == each)) for each in numbers
        ]

    @property
    def members(self) -> pl.Series:
        """The ids of its accounts, sorted."""
        return self.rows.names.gather(_accounts(self.edges))

    @property
    def acts(self) -> NDArray[np.integer]:
        """The positions of the rows that make its edges, sorted."""
        evidence = evidence_codes(self.rows, self.edges)
        return np.unique(self.rows.position[evidence.select("row_a", "row_b").to_numpy()])

    @property
    def excess(self) -> float:
        """The statistic of a single group."""
        return float(_excess(self.edges)["excess"][0])


def _judged(rows: TimedRows, rule: GroupRule) -> _Judged:
    edges, followed = _grouped(rows, rule)
    return _Judged(rows, edges, rows.names.gather(followed))


def _is_clear(group: _Judged, rule: GroupRule) -> bool:
    """Whether edges that pass a tenth of the wanted rate hold enough accounts together."""
    sure = group.edges.filter(pl.col("q_value") <= CLEAR * rule.alpha)
    core = held_together(sure.drop("component"), rule.min_partners)
    return not _numbered(core, rule.min_accounts).is_empty()


def without(rows: TimedRows, gone: Sequence[NDArray[np.integer]], within: timedelta) -> TimedRows:
    """The log without the rows at the positions `gone`, as if it had been read so."""
    stays = ~np.isin(rows.position, np.concatenate([[-1], *gone]))
    codes, dense = np.unique(rows.accounts[stays], return_inverse=True)
    objects, times = rows.objects[stays], rows.times[stays]
    low, high = window_bounds(objects, times, within // timedelta(microseconds=1))
    kept = replace(
        rows,
        names=rows.names.gather(codes),
        position=rows.position[stays],
        posts=None if rows.posts is None else rows.posts[stays],
        objects=objects,
        times=times,
        low=low,
        high=high,
    )
    return kept.dealt_to(dense.astype(np.int32))


def _clear_groups(rows: TimedRows, rule: GroupRule) -> list[_Judged]:
    """The clear groups: of the log, of the log without them, and so on; each without the others."""
    cores: list[_Judged] = []
    while True:
        rest = _judged(without(rows, [core.acts for core in cores], rule.within), rule)
        clear = [group for group in rest.groups() if _is_clear(group, rule)]
        if not clear:
            break
        largest = max(group.excess for group in clear)
        cores += [group for group in clear if 2 * group.excess >= largest]
    found = []
    for core in cores:
        others = [each.acts for each in cores if each is not core]
        alone = _judged(without(rows, others, rule.within), rule)
        found += [g for g in alone.groups() if g.members.is_in(core.members.implode()).any()]
    return found


def permuted_rows(rows: TimedRows, rule: GroupRule) -> Iterator[TimedRows]:
    """`rows` with the accounts permuted within the hour, `rule.permutations` times.

    Every account keeps how much it does and when in the day, every object keeps its times, and the
    rows of one post stay with one account.
    """
    generator = np.random.default_rng(rule.seed)
    posts = np.arange(len(rows.accounts)) if rows.posts is None else rows.posts
    _, first, post = np.unique(posts, return_index=True, return_inverse=True)
    hours = rows.times[first] // HOUR
    _, place, sizes = np.unique(hours, return_inverse=True, return_counts=True)
    before = np.cumsum(sizes) - sizes
    stratum = (before // rule.stratum_rows)[place]
    slots = np.argsort(stratum, kind="stable")
    authors = rows.accounts[first]
    for _ in range(rule.permutations):
        dealt = np.empty_like(authors)
        dealt[slots] = authors[np.lexsort((generator.random(len(slots)), stratum))]
        yield rows.dealt_to(dealt[post])


def _largest(edges: pl.DataFrame, owner: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
    """Per group the largest statistic in `edges`; what is mostly another group does not count."""
    largest = np.zeros(groups)
    for component, excess in _excess(edges).iter_rows():
        owners = owner[_accounts(edges.filter(pl.col("component") == component))]
        mostly = np.bincount(owners[owners >= 0], minlength=groups) * 2 > len(owners)
        meant = mostly if mostly.any() else np.ones(groups, bool)
        largest[meant] = np.maximum(largest[meant], excess)
    return largest


def _by_chance(
    rows: TimedRows, groups: list[_Judged], rule: GroupRule
) -> tuple[NDArray[np.float64], int]:
    """The p-value of every group against permutations of `rows`, and how many were made."""
    owner = np.full(rows.names.len(), -1)
    for number, group in enumerate(groups):
        owner[rows.names.search_sorted(group.members).to_numpy()] = number
    observed = np.array([group.excess for group in groups])
    beaten, made = np.zeros(len(groups), np.int64), 0
    for permuted in permuted_rows(rows, rule) if groups else ():
        beaten += _largest(_grouped(permuted, rule)[0], owner, len(groups)) >= observed
        made += 1
        if beaten.min() >= ENOUGH_EXCEEDANCES:
            break
    return (1 + beaten) / (1 + made), made


def coaction_groups(actions: pl.DataFrame, rule: GroupRule) -> Groups:
    """The groups of `actions`, a log of one act (account_id, object_id, action_id, acted_at).

    Raises:
        ParameterError: the log has more than `rule.max_pairs` in-window row pairs.
    """
    rows = checked_rows(actions, within=rule.within, max_pairs=rule.max_pairs)
    clear = _clear_groups(rows, rule)
    left = without(rows, [group.acts for group in clear], rule.within)
    rest = _judged(left, rule)
    of_clear, made = _by_chance(rows, clear, rule)
    of_rest, made_of_rest = _by_chance(left, rest.groups(), rule)
    chances = zip([*clear, *rest.groups()], [*of_clear, *of_rest], strict=True)
    found = sorted(chances, key=lambda each: each[0].members[0])
    return _as_groups(found, rest, tests=rows.tests, permutations=max(made, made_of_rest))


def _as_groups(
    found: list[tuple[_Judged, float]], rest: _Judged, *, tests: int, permutations: int
) -> Groups:
    """Numbered, with ids for codes. `rest` gives the columns when nothing was found."""
    none = replace(rest, edges=rest.edges.clear())
    groups = [none, *(group for group, _ in found)]
    edges = [
        named_edges(group.rows, group.edges).with_columns(component=pl.lit(number, pl.Int64))
        for number, group in enumerate(groups, -1)
    ]
    evidence = [
        named_evidence(group.rows, group.edges, evidence_codes(group.rows, group.edges))
        for group in groups
    ]
    chances = [(number, group.excess, p) for number, (group, p) in enumerate(found)]
    return Groups(
        pl.concat(edges).sort("a", "b", "component"),
        pl.concat(evidence).unique().sort("a", "b", "action_a", "action_b"),
        pl.DataFrame(chances, schema=CHANCES, orient="row"),
        pl.concat([rest.followed, *(group.followed for group, _ in found)]).unique().sort(),
        tests,
        permutations,
    )
