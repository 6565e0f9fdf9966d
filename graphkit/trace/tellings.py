# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of a whole case: the posts that tell one in their own words, and who copied whom.

A story is a group of near-duplicate texts of originals and quotes; reposts show what they pass on
and are only counted. Nothing is traced: one pass over the posts, whatever their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.near_duplicates import near_duplicate_groups, near_duplicate_pairs
from graphkit.text.normal import CHAIN, RETWEET, normal_form, own_words
from graphkit.trace.claim import HASHTAG, WIDTHS, first_posts

if TYPE_CHECKING:
    from graphkit.tables import Corpus

SHORTEST = 16  # characters in normal form: less is a phrase and tells no story
LETTERS = 4  # letters that say as much as one Chinese character does
COLUMNS = (
    "post_id", "story_id", "account_id", "platform", "kind", "text", "words", "wording", "at",
    "end", "edited_at", "has_media", "is_relay", "story_posts",
)  # fmt: skip


@dataclass(frozen=True)
class Reach:
    """Which stories are looked at.

    Attributes:
        similarity: least Jaccard index of two wordings of one story.
        contained: least share of the shorter wording that is in one that it was copied from, and
            share from which on two wordings are of one story though one is much longer.
        least_accounts: least accounts that tell it in their own words; those of one declared owner
            count once.
        least_posts: least posts that tell it or pass it on.
        most_wordings: wordings of one story that are compared, the earliest.
    """

    similarity: float = 0.5
    contained: float = 0.8
    least_accounts: int = 3
    least_posts: int = 10
    most_wordings: int = 300


def tellings(corpus: Corpus, reach: Reach) -> pl.DataFrame:
    """The posts that tell a story with enough reach.

    Returns:
        post_id, story_id (the least post id of the story), account_id, platform, kind, text,
        wording (number of the distinct normal form), at (the id's time, else the shown one; null
        where unknown), end (when it was there at the latest, by the precision of the time),
        edited_at, has_media, `is_relay` (its platform or its own chain shows which telling it
        passes on), story_posts (posts of all cascades of the story); sorted by post_id.
    """
    seen = corpus.posts.filter("is_seen")
    placed = seen.select("post_id", "kind").with_columns(cascade=first_posts(seen))
    texts = seen.filter(pl.col("kind").is_in(["original", "quote"])).select(
        "post_id", words=normal_form(own_words(pl.col("text")).str.replace_all(HASHTAG, " "))
    )
    texts = texts.filter(_length(pl.col("words")) >= SHORTEST)
    groups = near_duplicate_groups(
        texts.select(text_id="post_id", text="words"),
        threshold=reach.similarity,
        containment=reach.contained,
    ).rename({"text_id": "post_id", "group_id": "story_id"})
    owner = pl.coalesce("declared_owner", "account_id")
    owners = corpus.accounts.select("account_id", owner=owner)
    told = (
        groups.join(texts, on="post_id")
        .join(placed.drop("kind"), on="post_id")
        .join(seen, on="post_id")
        .join(owners, on="account_id", how="left")
        .with_columns(owner=pl.coalesce("owner", "account_id"))
    )
    return _with_reach(_dated(told), placed, reach)


def _length(words: pl.Expr) -> pl.Expr:
    """The length of texts in normal form, in Chinese characters."""
    han = words.str.count_matches(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
    return han + (words.str.len_chars() - han) // LETTERS


def _dated(told: pl.DataFrame) -> pl.DataFrame:
    width = pl.col("time_precision").replace_strict(WIDTHS, default=None, return_dtype=pl.Int64)
    by_id = pl.col("id_time").is_not_null()
    at = pl.coalesce("id_time", "created_at")
    return told.with_columns(
        at=at, end=at + pl.duration(seconds=pl.when(by_id).then(1).otherwise(width))
    )


def _with_reach(told: pl.DataFrame, placed: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    sizes = placed.group_by(post_id="cascade").agg(posts_count=pl.len().cast(pl.Int64))
    tops = told.select("story_id", cascade="post_id")
    shown = told.join(tops, on=["story_id", "cascade"], how="semi").filter(
        pl.col("post_id") != pl.col("cascade")
    )
    chained = pl.col("text").str.contains(f"{CHAIN}|{RETWEET}")
    counted = told.join(sizes, on="post_id", how="left").with_columns(
        pl.col("posts_count").fill_null(0),
        wording=pl.col("words").rank("dense").cast(pl.Int64),
        has_media=pl.col("media_hashes").list.len() > 0,
        is_relay=pl.col("post_id").is_in(shown["post_id"].implode()) | chained,
        story_posts=pl.max_horizontal(pl.col("posts_count").fill_null(0), 1).sum().over("story_id"),
    )
    wide = counted.filter(
        pl.col("owner").n_unique().over("story_id") >= reach.least_accounts,
        pl.col("story_posts") >= reach.least_posts,
    )
    return wide.select(COLUMNS).sort("post_id")


def similar_wordings(told: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """Which wordings of one story are similar.

    A wording that is a small part of a longer one may be a comment in it and not the story: there
    the longer is similar to the shorter, and not the other way round.

    Returns:
        wording, near (another, or itself), similarity (Jaccard index of 3-shingles); sorted. Of a
        story with more than `reach.most_wordings` only the earliest are in it.
    """
    first = told.drop_nulls("end").group_by("story_id", "wording").agg(
        pl.col("words").first(), pl.col("end").min()
    )  # fmt: skip
    rank = pl.struct("end", "wording").rank("ordinal").over("story_id")
    kept = first.filter(rank <= reach.most_wordings)
    texts = kept.select(text_id=pl.col("wording").cast(pl.String), text="words")
    pairs = near_duplicate_pairs(texts, threshold=reach.similarity, containment=reach.contained)
    pairs = pairs.filter(pl.col("containment") >= reach.contained).select(
        wording=pl.col("a").cast(pl.Int64), near=pl.col("b").cast(pl.Int64), similarity="jaccard"
    )
    back = pairs.select(wording="near", near="wording", similarity="similarity")
    sizes = kept.select("wording", size=pl.col("words").str.len_chars())
    both = (
        pl.concat([pairs, back])
        .join(sizes, on="wording")
        .join(sizes.rename({"wording": "near", "size": "near_size"}), on="near")
        .filter(
            (pl.col("similarity") >= reach.similarity) | (pl.col("size") >= pl.col("near_size"))
        )
    )
    own = kept.select("wording", near="wording", similarity=pl.lit(1.0))
    return pl.concat([both.select(own.columns), own]).sort("wording", "near")
