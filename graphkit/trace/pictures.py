# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts that carry a rare picture or address of other posts."""

from __future__ import annotations

import polars as pl

from graphkit.text.links import canonical_url

RARE = 20  # posts beside the claim's: what more of them carry is nobody's mark


def shared_marks(posts: pl.DataFrame, of_claim: pl.Series, column: str) -> pl.DataFrame:
    """The rare marks (`media_hashes` or `urls`) of some posts, and who else carries them.

    Returns:
        `mark`, `post_id` (not of the claim), `at`, `end` (of the clock's cell), and `parent`, the
        claim's earliest post with that mark, with `parent_at`.
    """
    carried = posts.filter(pl.col("kind") != "repost").select(
        "post_id", "at", "width", mark=pl.col(column)
    )
    marks = carried.explode("mark").drop_nulls("mark").unique(["post_id", "mark"])
    if column == "urls":
        marks = marks.with_columns(mark=canonical_url(marks["mark"])).drop_nulls("mark")
    own = marks.filter(pl.col("post_id").is_in(of_claim.implode()))
    first = own.sort("at", "post_id", nulls_last=True).unique(
        "mark", keep="first", maintain_order=True
    )
    ends = pl.col("at") + pl.duration(seconds="width")
    rest = marks.join(own, on=["post_id", "mark"], how="anti").join(
        first.select("mark", parent="post_id", parent_end=ends), on="mark"
    )
    return rest.filter(pl.len().over("mark") <= RARE).sort("mark", "post_id")


def wordless_copies(posts: pl.DataFrame, of_claim: pl.Series) -> pl.DataFrame:
    """`child`, `parent`: posts without words that show a rare picture of the claim, and later.

    A picture with other words is another statement about it, and an earlier picture without words
    says nothing yet: neither is tied.
    """
    shown = shared_marks(posts, of_claim, "media_hashes").filter(
        pl.col("parent_end") <= pl.col("at")
    )
    silent = posts.filter(pl.col("words").str.len_chars().fill_null(0) == 0)
    tied = shown.join(silent, on="post_id", how="semi").select("parent", child="post_id")
    return tied.sort("child", "parent").unique("child", keep="first", maintain_order=True)
