# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies that could have kept something: every wording that they may have been copied from has it.

Which of several like texts somebody copied is not known. A copy is held to what its nearest earlier
wordings bear only if all of them bear it: who copied a text from which it was gone already lost
nothing.
"""

from __future__ import annotations

import polars as pl


def copies_of(
    told: pl.DataFrame, near: pl.DataFrame, holders: pl.DataFrame, *, margin: float
) -> pl.DataFrame:
    """The tellings whose nearest earlier wordings are all among `holders`.

    Nearest are the earlier wordings with the highest similarity, and those less similar by `margin`
    or less. Left out are relays, posts without a known time, posts that were edited, and accounts
    that repeat themselves.

    Args:
        told: `tellings.tellings`.
        near: `tellings.similar_wordings`.
        holders: post_id of the tellings that bear what is asked for, and `since`, from when on.
        margin: of the similarity.

    Returns:
        child, parent (the earliest holder of the most similar wording), similarity, story_id,
        at (of the child), near_count (wordings that it may have been copied from); sorted by at
        and child.
    """
    known = told.drop_nulls("end")
    held = known.join(holders, on="post_id").with_columns(end=pl.max_horizontal("end", "since"))
    bare = known.join(holders, on="post_id", how="anti")
    firsts = _first(held, "parent", "held_at").join(
        _first(bare, "bare", "bare_at"), on="near", how="full", coalesce=True
    )
    concerned = held.select("story_id").unique()
    asked = known.filter(~pl.col("is_relay"), pl.col("edited_at").is_null()).join(
        concerned, on="story_id", how="semi"
    )
    pairs = (
        asked.select("story_id", "wording", "account_id", "at", child="post_id")
        .join(near, on="wording")
        .join(firsts, on="near")
    )
    earlier = pairs.filter(pl.min_horizontal("held_at", "bare_at") <= pl.col("at"))
    close = pl.col("similarity") >= pl.col("similarity").max().over("child") - margin
    candidates = earlier.filter(close).with_columns(
        lost=(pl.col("bare_at") <= pl.col("at")).fill_null(value=False).any().over("child")
    )
    sure = _not_own(candidates.filter(~pl.col("lost")), known)
    best = sure.sort("child", -pl.col("similarity"), "held_at", "parent").unique(
        "child", keep="first", maintain_order=True
    )
    counts = sure.group_by("child").agg(near_count=pl.len().cast(pl.Int64))
    return (
        best.join(counts, on="child")
        .select("child", "parent", "similarity", "story_id", "at", "near_count")
        .sort("at", "child")
    )


def _first(posts: pl.DataFrame, name: str, at: str) -> pl.DataFrame:
    """For each wording the first of `posts`, as `name`, and when it was there, as `at`."""
    first = posts.sort("end", "post_id").unique("wording", keep="first", maintain_order=True)
    return first.select(pl.col("post_id").alias(name), pl.col("end").alias(at), near="wording")


def _not_own(candidates: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`candidates` without children whose account told one of those wordings itself before."""
    own = known.group_by("account_id", near="wording").agg(own_at=pl.col("end").min())
    repeats = candidates.join(own, on=["account_id", "near"]).filter(
        pl.col("own_at") <= pl.col("at")
    )
    return candidates.join(repeats, on="child", how="anti")
