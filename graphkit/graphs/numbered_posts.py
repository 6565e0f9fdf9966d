# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts and their accounts numbered in the order of time, so that no name is compared again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.tables import Corpus

    Numbers = NDArray[np.int32]

NUMBER = pl.Int32
"""Of posts, accounts, controllers and stories: half of the memory that a count takes."""


def numbered_posts(corpus: Corpus) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Posts that are no reposts with their numbers, their accounts, and the cited_no of post_ids.

    Ties of time are put in the order of the ids' length, then of the ids: numbers of one platform
    then stand in their order. A repost of what is not there has no cited_no. `at` is the row of
    the table; texts are not copied.
    """
    ordered = (
        corpus.posts.select(
            "post_id",
            "is_seen",
            at=pl.int_range(pl.len(), dtype=pl.UInt32),
            posted_at=pl.coalesce("created_at", "id_time"),
            is_repost=pl.col("kind") == "repost",
            is_reply=pl.col("kind") == "reply",
            shows=pl.col("media_hashes").list.len() > 0,
        )
        .filter(pl.col("posted_at").is_not_null())
        .sort("posted_at", pl.col("post_id").str.len_chars(), "post_id")
    )
    is_repost = ordered["is_repost"].to_numpy()
    end = followed(_steps(ordered, corpus.posts["parent_id"]))
    number = np.cumsum(~is_repost, dtype=np.int32) - 1
    cited_no = nullable("cited_no", np.where(end < 0, np.int32(-1), number[end]))
    carriers = ordered.select("post_id").with_columns(cited_no)
    posts = ordered.filter(~pl.col("is_repost")).drop("is_repost")
    account_id = corpus.posts["account_id"].gather(posts["at"])
    posts = posts.with_columns(account_id, post_no=pl.int_range(pl.len(), dtype=NUMBER))
    number, accounts = _accounts(posts, corpus.accounts)
    of_author = accounts.select("account_no", "controller_no", "is_credited")[number]
    shows = pl.col("shows") | pl.col("is_credited")
    return posts.hstack(of_author).with_columns(shows=shows), accounts, carriers


def _steps(ordered: pl.DataFrame, parents: pl.Series) -> Numbers:
    """The place of the post that citing each of `ordered` cites: its own, a repost's parent's."""
    is_repost = ordered["is_repost"].to_numpy()
    step = np.where(is_repost, -1, np.arange(len(is_repost))).astype(np.int32)
    reposts = np.flatnonzero(is_repost)
    parent = places(parents.gather(ordered["at"].gather(reposts)), ordered["post_id"])
    step[reposts] = np.where(parent < reposts, parent, -1)
    return step


def _accounts(posts: pl.DataFrame, known: pl.DataFrame) -> tuple[Numbers, pl.DataFrame]:
    """The account_no of each post; account_id, account_no, controller_no, is_credited of each.

    Both are numbered from 0 in the order of their first post: names do not matter.
    """
    first = posts.select(pl.col("post_no").first().over("account_id")).to_series().to_numpy()
    is_first = first == np.arange(posts.height)
    number = (np.cumsum(is_first, dtype=np.int32) - 1)[first]
    owner = pl.coalesce("declared_owner", pl.concat_str(pl.lit("\0"), "account_id"))
    named = (
        posts.select("account_id")
        .filter(is_first)
        .with_columns(account_no=pl.int_range(pl.len(), dtype=NUMBER))
    )
    accounts = named.join(
        known.select("account_id", "declared_owner", "credential"),
        on="account_id", how="left", maintain_order="left",
    )  # fmt: skip
    return number, accounts.select(
        "account_id",
        "account_no",
        controller_no=(pl.col("account_no").min().over(owner).rank("dense") - 1).cast(NUMBER),
        is_credited=pl.col("credential").is_not_null(),
    )


def places(ids: pl.Series, known: pl.Series) -> Numbers:
    """Where each of `ids` stands in `known`, which does not repeat; -1 where it is not, or is null.

    Hashes are joined and the ids of a pair compared: half of the memory that joining the ids takes.
    """
    asked = pl.DataFrame([ids.hash().alias("hash")]).with_row_index("row")
    there = pl.DataFrame([known.hash().alias("hash")]).with_row_index("place")
    found = asked.join(there, on="hash").drop("hash")
    same = ids.gather(found["row"]) == known.gather(found["place"])
    row, place = found.filter(same)
    where = np.full(len(ids), -1, np.int32)
    where[row.to_numpy()] = place.to_numpy()
    return where


def nullable(name: str, numbers: Numbers) -> pl.Series:
    """`numbers` from 0; null where one is negative."""
    return pl.Series(name, numbers).set(pl.Series(numbers < 0), None)


def followed(step: Numbers) -> Numbers:
    """Where following `step` from each number ends: at one that steps to itself, or at -1."""
    while True:
        onward = np.where(step < 0, step, step[step])
        if np.array_equal(onward, step):
            return step
        step = onward
