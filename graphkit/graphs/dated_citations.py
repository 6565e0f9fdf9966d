# SPDX-License-Identifier: GPL-3.0-or-later
"""Citations with the clocks of both sides, and sources that say nothing of what is cited.

A post has up to three clocks: the time that it shows, the time that its id carries, and the time
at which the server took it in. The last two are compared inside one platform only. A shown time is
as fine as its precision says; one of unknown precision is not compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.normal import normal_form, own_words
from graphkit.text.shingles import shingles

if TYPE_CHECKING:
    from graphkit.tables import Corpus

WIDTHS = {"second": 1.0, "minute": 60.0, "hour": 3_600.0, "day": 86_400.0}
OF_POST = (
    "account_id", "platform", "kind", "created_at", "time_precision", "id_time", "received_at",
    "edited_at", "deleted_at", "collected_at", "is_seen", "source_id",
)  # fmt: skip
LEAST_SHARED = 6  # shingles: fewer in common are a phrase and not a statement
ROWS_AT_ONCE = 2_000


def dated_citations(corpus: Corpus) -> pl.DataFrame:
    """Citations of posts that have a row, with how much later the cited post is.

    Returns:
        post_id, citation_no, target, via, support; of the citing post `OF_POST`, of the cited post
        the same with the prefix `cited_`; `gap_shown`, `gap_id` and `gap_received`, the seconds by
        which the cited post is later than the citing one by that clock, beyond what precision
        leaves open (null where either has none); `gap`, the least of them; `may_be_added`: the
        citing post was edited after the cited one was there. Sorted by key.
    """
    posts = corpus.posts.select("post_id", *OF_POST)
    cited = posts.rename({"post_id": "target", **{name: f"cited_{name}" for name in OF_POST}})
    rows = (
        corpus.citations.filter(pl.col("certainty") > 0, target_kind="post")
        .select("post_id", "citation_no", "target", "via", "support")
        .join(posts, on="post_id")
        .join(cited, on="target")
        .sort("post_id", "citation_no")
    )
    here = pl.col("platform") == pl.col("cited_platform")
    there = pl.min_horizontal("cited_created_at", "cited_id_time", "cited_received_at")
    return rows.with_columns(
        gap_shown=_later("created_at") - width() - width("cited_"),
        gap_id=pl.when(here).then(_later("id_time")),
        gap_received=pl.when(here).then(_later("received_at")),
        may_be_added=(pl.col("edited_at") >= there).fill_null(value=False),
    ).with_columns(gap=pl.min_horizontal("gap_shown", "gap_id", "gap_received"))


def width(side: str = "") -> pl.Expr:
    """The seconds that the precision of a shown time leaves open; null where it is unknown."""
    precision = pl.col(f"{side}time_precision")
    return precision.replace_strict(WIDTHS, default=None, return_dtype=pl.Float64)


def seconds(span: pl.Expr) -> pl.Expr:
    """A duration in seconds, with fractions."""
    return span.dt.total_microseconds() / 1e6


def _later(clock: str) -> pl.Expr:
    return seconds(pl.col(f"cited_{clock}") - pl.col(clock))


def named_citations(corpus: Corpus) -> pl.DataFrame:
    """Citations of accounts that have a row, with when those were made and first posted.

    Returns:
        post_id, citation_no, target (the account), via, support; of the citing post `OF_POST`;
        `made_at` (null where unknown), `first_at` (the first post of it in the data). Sorted.
    """
    at = pl.coalesce("created_at", "id_time")
    first = corpus.posts.group_by(target="account_id").agg(first_at=at.min())
    made = corpus.accounts.select(target="account_id", made_at="created_at")
    return (
        corpus.citations.filter(pl.col("certainty") > 0, target_kind="account")
        .select("post_id", "citation_no", "target", "via", "support")
        .join(corpus.posts.select("post_id", *OF_POST), on="post_id")
        .join(made, on="target")
        .join(first, on="target", how="left")
        .sort("post_id", "citation_no")
    )


def asked_sources(corpus: Corpus, named: pl.DataFrame) -> pl.DataFrame:
    """What the accounts in `named` (`named_citations`) said before, beside what is attributed.

    Only what the text itself attributes (via text) is asked for, and nothing of which `support` is
    known. Posts whose own words have fewer than `LEAST_SHARED` shingles say too little to compare.

    Returns:
        Rows of `named` with `earlier_count`, the seen earlier posts of the named account, at least
        one; `best_id`, the one of them that shares most 3-shingles with the citing post's own
        words (null where none shares `LEAST_SHARED`), and `best_share`, of the shorter text.
        Sorted by key.
    """
    key = ["post_id", "citation_no"]
    words = normal_form(own_words(pl.col("text")))
    at = pl.coalesce("created_at", "id_time")
    asked = named.filter(pl.col("support").is_null(), via="text").with_columns(at=at)
    said = corpus.posts.filter("is_seen").select(
        "text", target="account_id", said_id="post_id", said_at=at
    )
    said = said.join(asked, on="target", how="semi").with_columns(words=words).drop("text")
    texts = corpus.posts.join(asked, on="post_id", how="semi").select("post_id", claim=words)
    asked = asked.join(texts, on="post_id").sort(key).with_row_index("row")
    parts = [
        _shared(asked.slice(start, ROWS_AT_ONCE), said)
        for start in range(0, max(asked.height, 1), ROWS_AT_ONCE)
    ]
    return asked.join(pl.concat(parts), on="row").drop("row", "at", "claim").sort(key)


def _shared(asked: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Of each `row`: earlier_count, and the earlier post that shares most, best_id, best_share."""
    pairs = asked.select("row", "target", "at").join(said, on="target")
    pairs = pairs.filter(pl.col("said_at") < pl.col("at"))
    counted = pairs.group_by("row").agg(earlier_count=pl.len().cast(pl.Int64))
    citing = shingles(asked.select(text_id="row", text="claim")).rename({"text_id": "row"})
    texts = pairs.select(text_id="said_id", text="words").unique()
    held = shingles(texts).rename({"text_id": "said_id"})
    sizes = held.group_by("said_id").agg(held=pl.len())
    own = citing.group_by("row").agg(size=pl.len())
    shared = (
        pairs.select("row", "said_id")
        .join(citing, on="row")
        .join(held, on=["said_id", "shingle"])
        .group_by("row", "said_id")
        .agg(shared=pl.len())
        .filter(pl.col("shared") >= LEAST_SHARED)
        .join(sizes, on="said_id")
        .join(own, on="row")
        .with_columns(best_share=pl.col("shared") / pl.min_horizontal("size", "held"))
        .sort("row", -pl.col("best_share"), "said_id")
        .unique("row", keep="first", maintain_order=True)
    )
    best = shared.select("row", "best_share", best_id="said_id")
    long_enough = own.filter(pl.col("size") >= LEAST_SHARED).select("row")
    return counted.join(long_enough, on="row").join(best, on="row", how="left")
