# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories that come back to where they were: a telling names what was told from its own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from graphkit.trace.story_sources import Named

LONGEST = 6  # steps


def closing_tellings(told: pl.DataFrame, said: Named) -> pl.DataFrame:
    """The tellings whose named source told the story, in some steps, from an earlier one of theirs.

    A step goes from a telling to the latest earlier telling of an account that it names in words or
    by a link. What a quote or reply shows is conversation, and no step.

    Returns:
        story_id, child, parent (the telling that it names), began (the earlier telling of its own
        account), steps, at; sorted by story, at and child; of several ways the shortest.
    """
    steps = _steps(told, said)
    owner = told.select("post_id", "account_id")
    reached = steps.join(owner, left_on="child", right_on="post_id").select(
        "story_id", "child", "parent", "account_id", current="parent"
    )
    ahead = steps.select(current="child", next="parent")
    found = []
    for length in range(2, LONGEST + 1):
        beyond = reached.join(ahead, on="current").join(
            owner.rename({"post_id": "next", "account_id": "whose"}), on="next"
        )
        home = pl.col("whose") == pl.col("account_id")
        found.append(beyond.filter(home).with_columns(steps=pl.lit(length, pl.Int64)))
        onward = beyond.filter(~home).with_columns(current="next").drop("next", "whose")
        reached = onward.unique().sort(onward.columns)
    closed = pl.concat(found).join(told.select("at", child="post_id"), on="child")
    first = closed.sort("child", "steps", "parent", "next").unique(
        "child", keep="first", maintain_order=True
    )
    return first.select("story_id", "child", "parent", "steps", "at", began="next").sort(
        "story_id", "at", "child"
    )


def _steps(told: pl.DataFrame, said: Named) -> pl.DataFrame:
    names = said.keys.filter(~pl.col("by_field")).select("post_id", "key")
    citing = told.select("post_id", "story_id", "at", "account_id").join(names, on="post_id")
    cited = told.select("post_id", "story_id", "end", by="account_id").join(
        said.authors, on="post_id"
    )
    pairs = citing.join(cited, on=["story_id", "key"], suffix="_cited").filter(
        pl.col("end") <= pl.col("at"), pl.col("by") != pl.col("account_id")
    )
    latest = pairs.sort("post_id", "by", "end", "post_id_cited").unique(
        ["post_id", "by"], keep="last", maintain_order=True
    )
    return latest.select("story_id", child="post_id", parent="post_id_cited")
