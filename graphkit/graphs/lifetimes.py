# SPDX-License-Identifier: GPL-3.0-or-later
"""How long deleted posts lived, where the time of deletion is one, and the act `deletion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.occasions import occasion

if TYPE_CHECKING:
    from graphkit.tables import Corpus

UNTOLD = ("reddit",)
"""Platforms whose archives have only the time of a second look."""
MANY = 3
"""Accounts with one and the same deletion time from which on it may be that of a collector."""
NEIGHBOURHOOD = 30
"""Seconds on each side in which real deletions of so many accounts leave others."""
PEAK = 3
"""How many times the accounts of a usual second around it a lone peak has."""
LONGEST_BURST = 3_600
"""Seconds within which posts were made that one burst deletes in the same second."""


def lifetimes(corpus: Corpus) -> pl.DataFrame:
    """Every seen post with a time of deletion: when it was made and gone, and what speaks against.

    `deleted_at` may be when a collector found the post gone; then all that one pass found coincide.
    `fault` says why a time is not plausible to the second, the first that holds, else null:

    - `creation unknown`: the post's own time is not known to the second.
    - `before creation`: it was deleted before it was made.
    - `time of collection`: a post or file of the case was collected at exactly that time, or the
      platform tells nobody when a post was deleted, so that it can be nothing else.
    - `whole minutes`: all times of deletion on its platform end in :00, three or more.
    - `many ages`: three or more accounts have that very time, for posts made over an hour or more.
    - `lone peak`: three or more accounts have that very time, and more than three times as many as
      a usual second within 30 s of it: bursts of deletions spread over seconds, passes do not.

    What this cannot tell: a collector who looks every second, or finds one post at a time.

    Returns:
        post_id, account_id, platform, created_at, deleted_at, life_seconds, fault; by post.
    """
    gone = corpus.posts.filter("is_seen", pl.col("deleted_at").is_not_null()).select(
        "post_id", "account_id", "platform", "created_at", "time_precision", "deleted_at"
    )
    life = pl.col("deleted_at") - pl.col("created_at")
    collected = pl.concat([corpus.posts["collected_at"], corpus.sources["collected_at"]])
    is_many = pl.col("accounts") >= MANY
    faults = {
        "creation unknown": (pl.col("time_precision") != "second") | life.is_null(),
        "before creation": life.dt.total_microseconds() < 0,
        "time of collection": pl.col("platform").is_in(UNTOLD)
        | pl.col("deleted_at").is_in(collected.drop_nulls().unique().implode()),
        "whole minutes": pl.col("is_whole"),
        "many ages": is_many & (pl.col("ages").dt.total_seconds() >= LONGEST_BURST),
        "lone peak": is_many & (pl.col("accounts") > PEAK * pl.col("usual")),
    }
    first = pl.coalesce(pl.when(holds).then(pl.lit(name)) for name, holds in faults.items())
    known = _with_passes(gone).with_columns(
        fault=first, life_seconds=life.dt.total_microseconds() / 1e6
    )
    columns = ("post_id", "account_id", "platform", "created_at", "deleted_at", "life_seconds")
    return known.select(*columns, "fault").sort("post_id")


def _with_passes(gone: pl.DataFrame) -> pl.DataFrame:
    """`gone` with the accounts and ages of its very time, those of a usual second, and `is_whole`.

    `usual` is over the minute around that time, without it; `is_whole` says whether all times of
    the platform's deletions end in :00.
    """
    moments = gone.group_by("deleted_at").agg(
        accounts=pl.col("account_id").n_unique().cast(pl.Int64),
        ages=pl.col("created_at").max() - pl.col("created_at").min(),
    )
    ordered = moments.sort("deleted_at")
    minute = ordered.rolling(
        "deleted_at", period=f"{2 * NEIGHBOURHOOD}s", offset=f"-{NEIGHBOURHOOD}s", closed="both"
    )
    near = minute.agg(near=pl.col("accounts").sum())
    usual = (pl.col("near") - pl.col("accounts")) / (2 * NEIGHBOURHOOD)
    around = ordered.join(near, on="deleted_at").with_columns(usual=usual)
    is_zero = pl.col("deleted_at").dt.second() == 0
    is_whole = is_zero.all().over("platform") & (pl.len().over("platform") >= MANY)
    return gone.with_columns(is_whole=is_whole).join(around, on="deleted_at")


def deletion_acts(corpus: Corpus) -> pl.DataFrame:
    """A row for each seen post, by when it was made; its object is the hour of its deletion.

    So two accounts meet where posts that they made within the window were deleted in the same hour
    (`occasions`), and that counts once however many posts it were. A post that was not deleted, or
    at no plausible time, is an object of its own: it meets nothing, but when accounts are permuted
    the deletions fall on others. None at all where no post has a plausible time of deletion.
    action_id is the post.
    """
    gone = lifetimes(corpus).filter(pl.col("fault").is_null())
    posts = corpus.posts if gone.height else corpus.posts.clear()
    seen = posts.filter("is_seen", time_precision="second")
    when = gone.select("post_id", hour=occasion(pl.col("deleted_at")))
    rows = seen.join(when, on="post_id", how="left")
    return rows.with_columns(
        action_id="post_id",
        content_id="post_id",
        table=pl.lit("posts"),
        acted_at="created_at",
        object_id=pl.coalesce("hour", "post_id"),
    )
