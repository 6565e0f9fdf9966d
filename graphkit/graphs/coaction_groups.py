# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of accounts that co-act more than chance allows, and how often chance makes such a group.

An edge stays when its q-value is at most alpha. An account that came first in nearly all its pairs
is *followed*: others act just after it, which it cannot help, so it is dropped. So is an account
with a single partner: of the edges that stay, alpha may be false, and one false edge must not make
a bystander a member. The groups are the connected components of what is left. A group's statistic
is the sum over its edges of the objects shared beyond expectation; its p-value compares that with
the largest group of each permutation (maximum statistic: Westfall and Young 1993), so it holds for
the whole search.
"""

from __future__ import annotations

from dataclasses import dataclass
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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from graphkit.graphs.coaction import TimedRows

HOUR = 3_600_000_000
ENOUGH_EXCEEDANCES = 10
"""Permutations that beat every group, after which more would not change the answer."""


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


@dataclass(frozen=True)
class Groups:
    """The groups of one log.

    Attributes:
        edges: as `Coaction.edges`, with the column component, numbered from 0.
        evidence: as `Coaction.evidence`, of these edges.
        chances: one row a group: component, excess (its statistic), p_value.
        followed: ids of the accounts that were dropped because they were followed.
        tests: pairs of accounts tested.
        permutations: permutations made.
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


def _held_together(edges: pl.DataFrame, min_partners: int) -> pl.DataFrame:
    """The edges among accounts that have `min_partners` partners among themselves (the k-core)."""
    while True:
        degree = pl.concat([edges["a"], edges["b"]]).alias("account").value_counts()
        loose = degree.filter(pl.col("count") < min_partners)["account"]
        if loose.is_empty():
            return edges
        edges = edges.filter(
            ~pl.col("a").is_in(loose.implode()), ~pl.col("b").is_in(loose.implode())
        )


def _grouped(rows: TimedRows, rule: GroupRule) -> tuple[pl.DataFrame, pl.Series]:
    """The edges (codes) of groups with their component, and the followed accounts."""
    tested, _ = edge_codes(rows, min_objects=rule.min_objects)
    kept = tested.filter(pl.col("q_value") <= rule.alpha)
    ends = order_of_ends(evidence_codes(rows, kept))
    kept = pl.concat([kept, ends], how="horizontal")
    followed = _followed(kept, rule.followed_share)
    mutual = kept.filter(
        ~pl.col("a").is_in(followed.implode()), ~pl.col("b").is_in(followed.implode())
    )
    mutual = _held_together(mutual, rule.min_partners)
    members = components(mutual).filter(pl.len().over("component") >= rule.min_accounts)
    numbered = members.with_columns(pl.col("component").rank("dense").cast(pl.Int64) - 1)
    edges = mutual.join(numbered, left_on="a", right_on="node", maintain_order="left")
    return edges, followed


def _excess(edges: pl.DataFrame) -> pl.DataFrame:
    beyond = pl.col("objects_count") - pl.col("expected")
    return edges.group_by("component").agg(beyond.sum().round(9).alias("excess")).sort("component")


def permuted_rows(rows: TimedRows, rule: GroupRule) -> Iterator[TimedRows]:
    """`rows` with the accounts permuted within the hour, `rule.permutations` times.

    Every account keeps how much it does and when in the day, every object keeps its times.
    """
    generator = np.random.default_rng(rule.seed)
    _, place, sizes = np.unique(rows.times // HOUR, return_inverse=True, return_counts=True)
    before = np.cumsum(sizes) - sizes
    stratum = (before // rule.stratum_rows)[place]
    slots = np.argsort(stratum, kind="stable")
    for _ in range(rule.permutations):
        dealt = np.empty_like(rows.accounts)
        dealt[slots] = rows.accounts[np.lexsort((generator.random(len(slots)), stratum))]
        yield rows.dealt_to(dealt)


def _largest_by_chance(rows: TimedRows, rule: GroupRule, observed: float) -> list[float]:
    """The statistic of the largest group of every permutation, 0 without one."""
    largest: list[float] = []
    for permuted in permuted_rows(rows, rule):
        excess = _excess(_grouped(permuted, rule)[0])["excess"]
        largest.append(float(excess.max()) if len(excess) else 0.0)  # type: ignore[arg-type]
        if sum(value >= observed for value in largest) >= ENOUGH_EXCEEDANCES:
            break
    return largest


def coaction_groups(actions: pl.DataFrame, rule: GroupRule) -> Groups:
    """The groups of `actions`, a log of one act (account_id, object_id, action_id, acted_at).

    Raises:
        ParameterError: the log has more than `rule.max_pairs` in-window row pairs.
    """
    rows = checked_rows(actions, within=rule.within, max_pairs=rule.max_pairs)
    edges, followed = _grouped(rows, rule)
    excess = _excess(edges)
    observed = excess["excess"].to_numpy()
    by_chance = _largest_by_chance(rows, rule, observed.max()) if len(observed) else []
    beaten = (np.array(by_chance) >= observed[:, None]).sum(axis=1)
    return Groups(
        named_edges(rows, edges),
        named_evidence(rows, edges, evidence_codes(rows, edges)),
        excess.with_columns(p_value=(1 + beaten) / (1 + len(by_chance))),
        rows.names.gather(followed),
        rows.tests,
        len(by_chance),
    )
