# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a story lost its source, and whom its posts credit without ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from graphkit.trace.lineage import Lineage

SHOWN = 10


def source_lost(graph: Lineage) -> dict[str, Any] | None:
    """The earliest copy of another's words that names no source for them, and what it copied.

    Returns:
        `node_id`, `parent` (the post with the nearest earlier wording), or None.
    """
    named = graph.states.filter(state="named").select(child="post_id")
    copies = graph.edges.filter(cls="E3").join(named, on="child", how="anti")
    timed = copies.join(graph.nodes.select("at", child="node_id"), on="child").drop_nulls("at")
    first = timed.sort("at", "child").select("parent", node_id="child").head(1)
    return first.to_dicts()[0] if first.height else None


def wrong_sources(graph: Lineage) -> list[dict[str, Any]]:
    """Accounts that posts credit though no earlier post of theirs in the data says it.

    Returns:
        `target`, `posts_count`, `first_post` (the earliest that credits it) and its `words` that
        do; most credited first.
    """
    wrong = graph.states.filter(state="wrong").join(
        graph.nodes.select("at", "text", post_id="node_id"), on="post_id"
    )
    credit = pl.col("text").str.slice("span_start", pl.col("span_end") - pl.col("span_start"))
    by_time = wrong.with_columns(words=credit).sort("at", "post_id", nulls_last=True)
    told = by_time.group_by("target", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("posts_count"),
        pl.col("post_id").first().alias("first_post"),
        pl.col("words").first(),
    )
    return told.sort(["posts_count", "target"], descending=[True, False]).head(SHOWN).to_dicts()
