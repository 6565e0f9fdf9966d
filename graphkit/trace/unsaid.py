# SPDX-License-Identifier: GPL-3.0-or-later
"""Named sources that do not say what a story cites them for: both texts, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.normal import normal_form, own_words
from graphkit.text.shingles import shingles
from graphkit.trace.claim import first_posts

if TYPE_CHECKING:
    from graphkit.tables import Corpus

LEAST_SHARED = 6  # shingles: fewer in common are a phrase and not a statement
HOLDS = 0.6  # share of the shorter text in common from which on a source said it
NUMBER = r"\d+"
DENIES = (
    r"(?i)从未|從未|未曾|没有发布|不实|不實|辟谣|闢謠|谣言|謠言|伪造|偽造|假的|"
    r"(?-u:\b)(?:den(?:y|ies|ied)|did not|never|false|fake|hoax)(?-u:\b)"
)
LEAST_DENIED = 2
FIRST = 5  # citing posts of one story and one source that are looked at


def asked_of_sources(corpus: Corpus, told: pl.DataFrame) -> pl.DataFrame:
    """The first posts of each story that name one source whose texts are at hand.

    Sources are accounts that the words name, and posts or pages that they link; what a quote shows
    and what a platform's field says is not asked for, nor an account's own posts.

    Returns:
        child, citation_no, story_id, source (an account or a post), source_kind, support, at;
        sorted.
    """
    rows = corpus.citations.filter(
        pl.col("certainty") > 0,
        pl.col("target_kind").is_in(["account", "post"]),
        pl.col("via").is_in(["text", "link"]),
        (pl.col("target_kind") == "post") | (pl.col("via") == "text"),
    ).select("post_id", "citation_no", "support", source="target", source_kind="target_kind")
    mine = told.select("post_id", "story_id", "account_id", "at").drop_nulls("at")
    authors = corpus.posts.select(source="post_id", author="account_id")
    asked = rows.join(mine, on="post_id").join(authors, on="source", how="left")
    others = asked.filter(pl.coalesce("author", "source") != pl.col("account_id"))
    rank = pl.struct("at", "post_id").rank("dense").over("story_id", "source")
    return (
        others.filter(rank <= FIRST)
        .select(
            "citation_no", "story_id", "source", "source_kind", "support", "at", child="post_id"
        )
        .sort("child", "citation_no")
    )


def unsaid(
    corpus: Corpus, told: pl.DataFrame, *, least_posts: int, paraphrase: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What sources at hand do not say, and how many of each story were asked.

    An account is asked where `least_posts` earlier posts of it are at hand, and has said it where
    it passed the story on.

    Returns:
        Rows: outcome (`never-said`: no earlier text shares `paraphrase` of the words;
        `says-otherwise`: one shares most of the words, with other numbers), story_id, child,
        citation_no, source, at, share, nearest (the earlier text that shares most; where none
        shares enough, the latest, and share is null), later and later_share (the same of later
        ones, or of a later denial that shares less),
        earlier_count, missing (numbers that it does not hold). And story_id, asked_count.
    """
    asked = asked_of_sources(corpus, told)
    texts = _texts_of(corpus, asked)
    shared = _shared(corpus, asked, texts)
    passed = _passed_on(corpus, told)
    counted = shared.join(passed, left_on=["story_id", "source"],
                          right_on=["story_id", "account_id"], how="left")  # fmt: skip
    enough = (pl.col("source_kind") == "post") | (pl.col("earlier_count") >= least_posts)
    said = (pl.col("passed_at") < pl.col("at")).fill_null(value=False)
    judged = counted.filter(enough, ~said).with_columns(outcome=_outcome(paraphrase))
    counts = judged.group_by("story_id").agg(asked_count=pl.len().cast(pl.Int64))
    rows = judged.drop_nulls("outcome").sort("story_id", "outcome", "at", "child", "citation_no")
    return rows, counts.sort("story_id")


def _outcome(paraphrase: float) -> pl.Expr:
    share = pl.col("share").fill_null(0.0)
    silent = (share < paraphrase) | pl.col("support").eq("silent").fill_null(value=False)
    other = (share >= HOLDS) & (pl.col("missing").list.len() > 0)
    return (
        pl.when(pl.col("support") == "supports")
        .then(None)
        .when(other | pl.col("support").eq("contradicts").fill_null(value=False))
        .then(pl.lit("says-otherwise"))
        .when(silent)
        .then(pl.lit("never-said"))
    )


def _texts_of(corpus: Corpus, asked: pl.DataFrame) -> pl.DataFrame:
    """The texts of each source: source, said_id, said_at, text, words."""
    own = corpus.posts.filter("is_seen", pl.col("text").is_not_null()).select(
        "text", "account_id", said_id="post_id", said_at=pl.coalesce("id_time", "created_at")
    )
    sources = asked.select("source").unique()
    by_account = own.rename({"account_id": "source"}).join(sources, on="source", how="semi")
    by_post = own.with_columns(source="said_id").join(sources, on="source", how="semi")
    columns = ["source", "said_id", "said_at", "text"]
    both = pl.concat([by_account.select(columns), by_post.select(columns)])
    return both.with_columns(words=normal_form(own_words(pl.col("text"))))


def _shared(corpus: Corpus, asked: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """`asked` with the source's nearest earlier and later text, and how many earlier it has."""
    claims = corpus.posts.join(asked, left_on="post_id", right_on="child", how="semi").select(
        child="post_id", claim_words=normal_form(own_words(pl.col("text")))
    )
    numbered = asked.join(claims, on="child").sort("child", "citation_no").with_row_index("row")
    pairs = numbered.select("row", "source", "at", "source_kind", "claim_words").join(
        texts, on="source"
    )
    is_page = pl.col("source_kind") == "post"
    earlier = is_page | (pl.col("said_at") < pl.col("at")).fill_null(value=False)
    pairs = pairs.with_columns(earlier=earlier)
    counts = pairs.group_by("row").agg(earlier_count=pl.col("earlier").sum().cast(pl.Int64))
    numbers = pl.col("claim_words").str.extract_all(NUMBER)
    ranked = _shares(numbered, pairs).with_columns(
        missing=numbers.list.set_difference(pl.col("words").str.extract_all(NUMBER))
    )
    fits = (pl.col("share") >= HOLDS) & (pl.col("missing").list.len() == 0)
    ordered = ranked.sort("row", ~fits, -pl.col("share"), "said_id")
    best = {
        at: ordered.filter(pl.col("earlier") == at).unique("row", keep="first", maintain_order=True)
        for at in (True, False)
    }
    latest = pairs.filter("earlier").sort("row", "said_at", "said_id").unique("row", keep="last")
    before = latest.select("row", latest="said_id").join(
        best[True].select("row", "share", "missing", "said_id"), on="row", how="left"
    )
    before = before.with_columns(nearest=pl.coalesce("said_id", "latest")).drop("said_id", "latest")
    after = best[False].select("row", later_share="share", later="said_id")
    return (
        numbered.join(counts, on="row")
        .join(before, on="row", how="left")
        .join(after, on="row", how="left")
        .drop("row", "claim_words")
    )


def _shares(numbered: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs` that share enough shingles, with the `share` of the shorter text."""
    citing = shingles(numbered.select(text_id="row", text="claim_words")).rename({"text_id": "row"})
    held = shingles(pairs.select(text_id="said_id", text="words").unique()).rename(
        {"text_id": "said_id"}
    )
    sizes = [
        frame.group_by(name).agg(pl.len().alias(f"{name}_size"))
        for frame, name in ((citing, "row"), (held, "said_id"))
    ]
    shared = (
        pairs.select("row", "said_id")
        .join(citing, on="row")
        .join(held, on=["said_id", "shingle"])
        .group_by("row", "said_id")
        .agg(shared=pl.len())
        .join(sizes[0], on="row")
        .join(sizes[1], on="said_id")
    )
    share = pl.col("shared") / pl.min_horizontal("row_size", "said_id_size")
    found = pairs.join(shared.with_columns(share=share), on=["row", "said_id"])
    denied = ~pl.col("earlier") & pl.col("text").str.contains(DENIES)
    least = pl.when(denied).then(LEAST_DENIED).otherwise(LEAST_SHARED)
    return found.filter(pl.col("shared") >= least)


def _passed_on(corpus: Corpus, told: pl.DataFrame) -> pl.DataFrame:
    """When each account first passed each story on: story_id, account_id, passed_at."""
    seen = corpus.posts.filter("is_seen")
    placed = seen.select(
        "post_id",
        "account_id",
        cascade=first_posts(seen),
        passed_at=pl.coalesce("id_time", "created_at"),
    )
    others = placed.filter(pl.col("post_id") != pl.col("cascade"))
    stories = told.select("story_id", cascade="post_id")
    return others.join(stories, on="cascade").group_by("story_id", "account_id").agg(
        pl.col("passed_at").min()
    )  # fmt: skip
