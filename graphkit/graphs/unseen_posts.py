# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts that are only referred to: deleted, withheld or never collected, with all that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.account_names import account_names
from graphkit.tables import POSTS
from graphkit.text.id_times import id_times
from graphkit.text.normal import HANDLE

if TYPE_CHECKING:
    from collections.abc import Mapping

DID = r"^bluesky:at://(did:[^/]+)/"
ACTOR = r"^mastodon:(https?://[^/]+/users/[^/]+)/statuses/"
RETWEETED = rf"^\s*(?i:RT)\s*@({HANDLE})\s*:"
UNSEEN: Mapping[str, pl.DataType] = {
    "post_id": pl.String(),
    "platform": pl.String(),
    "id_time": pl.Datetime("us", "UTC"),
    "account_id": pl.String(),
    "handle": pl.String(),
    "referred_by_count": pl.Int64(),
    "first_referred_at": pl.Datetime("us", "UTC"),
    "fields": pl.List(pl.String()),
    "source_id": pl.String(),
    "source_line": pl.Int64(),
}


def unseen_posts(
    posts: pl.DataFrame, citations: pl.DataFrame, *, accounts: pl.DataFrame
) -> pl.DataFrame:
    """What is known of each post that `posts` or `citations` refer to and `posts` lacks.

    The author is known by the id where the platform puts it there (Bluesky, Mastodon), and by the
    handle that the platform writes into reposts (`RT @name:` at the start, a `source_label`) where
    all of them say the same. The name in an address of X and the like is not read: any name stands
    there as well.

    Args:
        posts: the table of the case, before rows of this function are added.
        citations: its citations.
        accounts: its accounts.

    Returns:
        `post_id`, `platform`, `id_time` (by the id), `account_id` (null where unknown,
        `platform:@handle` where only the handle is known and no account has it), `handle`,
        `referred_by_count` (posts), `first_referred_at` (shown or id time of the first that has
        one), `fields` (parent_id, root_id, citation: by what), `source_id` and `source_line` (of
        the first post that refers to it). Sorted by post_id.
    """
    rows = _references(posts, citations).join(posts.select("post_id"), on="post_id", how="anti")
    at = pl.coalesce("created_at", "id_time")
    said = rows.with_columns(at=at).sort("at", "by", nulls_last=True)
    handles = pl.col("handle").drop_nulls().str.to_lowercase()
    found = said.group_by("post_id", maintain_order=True).agg(
        handle=pl.when(handles.n_unique() == 1).then(handles.first()),
        referred_by_count=pl.col("by").n_unique().cast(pl.Int64),
        first_referred_at=pl.col("at").min(),
        fields=pl.col("field").unique().sort(),
        source_id=pl.col("source_id").first(),
        source_line=pl.col("source_line").first(),
    )
    known = found.with_columns(
        id_times(found["post_id"]).alias("id_time"),
        platform=pl.col("post_id").str.extract("^([^:]+):").fill_null("local"),
    )
    return (
        _with_authors(known, accounts)
        .select(pl.col(name).cast(dtype) for name, dtype in UNSEEN.items())
        .sort("post_id")
    )


def _references(posts: pl.DataFrame, citations: pl.DataFrame) -> pl.DataFrame:
    """`post_id` that is referred to, `by` which post, the `field`, the handle that goes with it."""
    seen = posts.filter("is_seen").rename({"post_id": "by"})
    label = pl.col("source_label").str.extract(f"^[@＠]({HANDLE})$")
    retweeted = pl.when(platform="x").then(pl.col("text").str.extract(RETWEETED))
    handle = pl.when(kind="repost").then(pl.coalesce(retweeted, label))
    cited = citations.filter(pl.col("via") != "field", target_kind="post")
    linked = seen.join(cited.select(by="post_id", target="target"), on="by")
    of = ["by", "created_at", "id_time", "source_id", "source_line"]
    nobody = pl.lit(None, pl.String)
    return pl.concat(
        [
            seen.select(*of, post_id="parent_id", field=pl.lit("parent_id"), handle=handle),
            seen.select(*of, post_id="root_id", field=pl.lit("root_id"), handle=nobody),
            linked.select(*of, post_id="target", field=pl.lit("citation"), handle=nobody),
        ]
    ).drop_nulls("post_id")


def _with_authors(found: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """`found` with `account_id`; where only a handle is known `platform:@handle`."""
    names = account_names(accounts).filter("is_handle").rename({"name": "handle"})
    did, actor = (pl.col("post_id").str.extract(pattern) for pattern in (DID, ACTOR))
    by_handle = pl.concat_str("platform", pl.lit(":@"), "handle")
    named = found.join(names, on=["platform", "handle"], how="left").with_columns(
        account_id=pl.coalesce("bluesky:" + did, "mastodon:" + actor, "named_id", by_handle)
    )
    shown = accounts.select("account_id", known_handle="handle")
    both = named.join(shown, on="account_id", how="left")
    return both.with_columns(handle=pl.coalesce("known_handle", "handle"))


def unseen_rows(unseen: pl.DataFrame) -> pl.DataFrame:
    """The rows of the table `posts` for those of `unseen_posts` whose author is known.

    Not seen, of unknown text, kind original, and of the time that the id carries.
    """
    known = unseen.drop_nulls("account_id")
    empty = {
        name: pl.lit([], column.dtype)
        for name, column in POSTS.columns.items()
        if column.dtype == pl.List(pl.String)
    }
    return POSTS.conform(
        known.select(
            "post_id",
            "account_id",
            "platform",
            "id_time",
            "source_id",
            "source_line",
            time_precision=pl.lit("unknown"),
            kind=pl.lit("original"),
            is_seen=pl.lit(value=False),
            **empty,
        )
    )
