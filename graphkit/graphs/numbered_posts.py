# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts and their accounts numbered in the order of time, so that no name is compared again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.tables import Corpus


def numbered_posts(corpus: Corpus) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Posts that are no reposts with their numbers, their accounts, and the cited_no of post_ids.

    Ties of time are put in the order of the ids' length, then of the ids: numbers of one platform
    then stand in their order. A repost of what is not there has no cited_no.
    """
    ordered = (
        corpus.posts.select(
            "post_id",
            "account_id",
            "kind",
            "is_seen",
            "parent_id",
            "text",
            posted_at=pl.coalesce("created_at", "id_time"),
            has_media=pl.col("media_hashes").list.len() > 0,
        )
        .filter(pl.col("posted_at").is_not_null())
        .sort("posted_at", pl.col("post_id").str.len_chars(), "post_id")
    )
    is_repost = ordered["kind"] == "repost"
    posts = ordered.filter(~is_repost).drop("parent_id")
    posts = posts.with_columns(post_no=pl.int_range(pl.len(), dtype=pl.Int64))
    accounts = _accounts(posts, corpus.accounts)
    posts = posts.join(accounts, on="account_id", how="left", maintain_order="left").with_columns(
        shows=pl.col("has_media") | pl.col("credential").is_not_null()
    )
    end = followed(_steps(ordered, is_repost.to_numpy()))
    number = np.cumsum(~is_repost.to_numpy()) - 1
    cited_no = nullable("cited_no", np.where(end < 0, -1, number[end]))
    return posts, accounts, ordered.select("post_id").with_columns(cited_no)


def _steps(ordered: pl.DataFrame, is_repost: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The place of the post that citing each of `ordered` cites: its own, a repost's parent's."""
    placed = ordered.select("post_id", "parent_id", place=pl.int_range(pl.len(), dtype=pl.Int64))
    step = np.where(is_repost, -1, placed["place"].to_numpy())
    parents = placed.select(parent_id="post_id", parent="place")
    back = placed.filter(pl.Series(is_repost)).join(parents, on="parent_id")
    back = back.filter(pl.col("parent") < pl.col("place"))
    step[back["place"].to_numpy()] = back["parent"].to_numpy()
    return step


def _accounts(posts: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The accounts of `posts`: account_id, credential, account_no, controller_no.

    Both are numbered from 0 in the order of their first post: names do not matter.
    """
    owner = pl.coalesce("declared_owner", pl.concat_str(pl.lit("\0"), "account_id"))
    first = posts.group_by("account_id").agg(first=pl.col("post_no").min()).sort("first")
    joined = first.join(
        known.select("account_id", "declared_owner", "credential"),
        on="account_id", how="left", maintain_order="left",
    )  # fmt: skip
    return joined.select(
        "account_id",
        "credential",
        account_no=pl.int_range(pl.len(), dtype=pl.Int64),
        controller_no=(pl.col("first").min().over(owner).rank("dense") - 1).cast(pl.Int64),
    )


def nullable(name: str, numbers: NDArray[np.int64]) -> pl.Series:
    """`numbers` from 0; null where one is negative."""
    return pl.Series(name, numbers).set(pl.Series(numbers < 0), None)


def followed(step: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where following `step` from each number ends: at one that steps to itself, or at -1."""
    onward = np.where(step < 0, -1, step[step])
    return step if np.array_equal(onward, step) else followed(onward)
