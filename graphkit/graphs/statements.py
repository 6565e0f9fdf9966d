# SPDX-License-Identifier: GPL-3.0-or-later
"""What posts say in their own words, and which of them say it in nearly the same characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form, own_words
from graphkit.text.templates import HASHTAG, shown_words

if TYPE_CHECKING:
    from graphkit.tables import Corpus

WIDTHS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
ANSWERS = ("repost", "quote", "reply")


def statements(corpus: Corpus, *, least: int) -> pl.DataFrame:
    """The seen posts whose own words have `least` characters or more of normal form.

    The columns of posts, and `at` (the time in the id, else the shown one), `width` (seconds that
    its precision leaves open, null where unknown), `shown` (own words, for people) and `words`
    (own words without hashtags, normal form); by post.
    """
    own = own_words(pl.col("text")).str.replace_all(HASHTAG, " ")
    width = pl.col("time_precision").replace_strict(WIDTHS, default=None, return_dtype=pl.Int64)
    seen = corpus.posts.filter("is_seen").with_columns(words=normal_form(own))
    return (
        seen.filter(pl.col("words").str.len_chars() >= least)
        .with_columns(
            at=pl.coalesce("id_time", "created_at"),
            width=pl.when(pl.col("id_time").is_not_null()).then(1).otherwise(width),
            shown=shown_words(pl.col("text")),
        )
        .sort("post_id")
    )


def alike(said: pl.DataFrame, *, similarity: float, containment: float | None) -> pl.DataFrame:
    """`said` (`statements`) with `group`: a number for each set of near-duplicate words.

    The groups are those of `near_duplicate_groups`, joined once over the distinct words, and
    numbered in the order of their first words.
    """
    distinct = said.select(text="words").unique().sort("text").with_row_index("number")
    texts = distinct.select("text", text_id=pl.col("number").cast(pl.String).str.zfill(9))
    groups = near_duplicate_groups(texts, threshold=similarity, containment=containment)
    named = texts.join(groups, on="text_id").select(
        words="text", group=pl.col("group_id").cast(pl.Int64)
    )
    return said.join(named, on="words", maintain_order="left")
