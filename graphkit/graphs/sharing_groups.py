# SPDX-License-Identifier: GPL-3.0-or-later
"""One sharing group as a detector tells of it: its rows, and the numbers of its finding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.nulls import poisson_tail
from graphkit.graphs.shadowed import shadowed
from graphkit.graphs.sharing_explanations import SharingGroup
from graphkit.graphs.windows import estimated_window

if TYPE_CHECKING:
    from graphkit.graphs.coaction_groups import GroupRule, Groups
    from graphkit.graphs.named_group import NamedGroup
    from graphkit.tables import Corpus

Met = tuple[pl.DataFrame, pl.DataFrame]
"""Edges of a group and the row pairs behind them."""


def sharing_group(
    corpus: Corpus, log: pl.DataFrame, *, accounts: pl.Series, met: Met, p_value: float
) -> SharingGroup:
    """A group with its rows, those of others on its objects, and the texts that carried them."""
    edges, evidence = met
    ids = pl.concat([evidence["action_a"], evidence["action_b"]]).unique().sort()
    rows = log.filter(pl.col("action_id").is_in(ids.implode())).sort("action_id")
    same = log.filter(pl.col("object_id").is_in(rows["object_id"].unique().implode()))
    others = same.filter(~pl.col("account_id").is_in(accounts.implode()))
    posts = corpus.posts.select("text", "client", content_id="post_id")
    rows = rows.join(posts, on="content_id", how="left", maintain_order="left")
    return SharingGroup(log["act"][0], accounts, edges, rows, others, log, p_value)


def without_shadowed(
    corpus: Corpus, group: SharingGroup, evidence: pl.DataFrame, rule: GroupRule
) -> SharingGroup | None:
    """`group` without the accounts that may be shadowed; None when no pair of others is left."""
    unnamed = shadowed(
        group.rows, group.log, within=rule.within, followed_share=rule.followed_share
    )
    if unnamed.is_empty():
        return group
    gone = unnamed.implode()
    edges = group.edges.filter(~pl.col("a").is_in(gone), ~pl.col("b").is_in(gone))
    if edges.is_empty():
        return None
    evidence = evidence.join(edges, on=["a", "b"], how="semi")
    accounts = pl.concat([edges["a"], edges["b"]]).unique().sort()
    left = sharing_group(
        corpus, group.log, accounts=accounts, met=(edges, evidence), p_value=group.p_value
    )
    return replace(left, unnamed_count=len(group.accounts) - len(accounts))


def _smallest_detectable(expected: float, tests: int, alpha: float) -> int:
    """The fewest shared objects at which a lone pair with that expectation would be an edge."""
    counts = np.arange(1, 1000)
    return int(np.argmax(poisson_tail(counts, expected) * tests <= alpha) + 1)


def group_measures(group: SharingGroup, found: Groups, alpha: float) -> dict[str, float]:
    """The measures of a group that the search found, with edges at q `alpha`."""
    edges = group.edges
    typical = float(edges["expected"].median())  # type: ignore[arg-type]
    window = estimated_window(group.log)
    return {
        "accounts_count": len(group.accounts),
        "edges_count": edges.height,
        "objects_count": group.rows["object_id"].n_unique(),
        "pairs_count": int(edges["pairs_count"].sum()),
        "shared_objects": int(edges["objects_count"].sum()),
        "expected_objects": float(f"{edges['expected'].sum():.12g}"),
        "expected_by_hour": float(f"{edges['expected_by_hour'].sum():.12g}"),
        "median_meetings": float(edges["meetings_count"].median()),  # type: ignore[arg-type]
        "median_lag_seconds": float(edges["median_lag_seconds"].median()),  # type: ignore[arg-type]
        "followed_count": len(found.followed),
        "unnamed_count": group.unnamed_count,
        "permutations": found.permutations,
        "smallest_detectable_objects": _smallest_detectable(typical, found.tests, alpha),
        "estimated_window_seconds": 0.0 if window is None else window.total_seconds(),
    }


def named_measures(group: SharingGroup, found: NamedGroup, named_count: int) -> dict[str, float]:
    """The measures of a group of `named_count` accounts that was named beforehand."""
    meetings = found.edges["meetings_count"].to_numpy()
    return {
        "accounts_count": len(found.members),
        "named_count": named_count,
        "edges_count": found.edges.height,
        "objects_count": group.rows["object_id"].n_unique(),
        "shared_objects": found.shared_objects,
        "expected_objects": float(f"{found.by_chance.mean():.12g}"),
        "chance_at_95": float(f"{np.quantile(found.by_chance, 0.95):.12g}"),
        "median_meetings": float(np.median(meetings)) if len(meetings) else 0.0,
        "permutations": len(found.by_chance),
    }
