# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories by how many posts carry them, and what source these name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.statements import alike, statements
from graphkit.text.reports import text_kind
from graphkit.text.standings import standing_claims

if TYPE_CHECKING:
    from graphkit.tables import Corpus

LEAST = 12
"""Characters of normal form below which a text is no statement."""
SIMILAR, EXCERPT = 0.5, 0.8
"""Jaccard index and containment of wordings of one story: .997 pure on 6,095 Weibo originals."""
NAMING = ("account", "outlet", "url", "post")


def story_posts(corpus: Corpus) -> pl.DataFrame:
    """The posts that say each story in their own words.

    A story is a set of near-duplicate wordings, answers (replies) aside.

    Columns: post_id, account_id, platform, at, story (number), text, kind (of `text_kind`), state
    (named, vague or none: what source it names; a post of the same story is none), has_media,
    claims (whether its writer claims to be a witness, party, relative or insider), is_official
    (verified, or with a credential). Sorted by post.
    """
    said = statements(corpus, least=LEAST).filter(pl.col("kind") != "reply")
    told = alike(said, similarity=SIMILAR, containment=EXCERPT)
    official = corpus.accounts.select(
        "account_id",
        is_official=pl.col("is_verified").fill_null(value=False)
        | pl.col("credential").is_not_null(),
    )
    claims = standing_claims(told.select("post_id", "kind", "text"))
    first_hand = claims.filter(
        pl.col("standing").is_in(["witness", "party", "relative", "insider"])
    )
    rows = told.join(official, on="account_id", how="left").join(
        _states(told, corpus), on="post_id", how="left"
    )
    return rows.select(
        "post_id",
        "account_id",
        "platform",
        "at",
        "text",
        story="group",
        kind=text_kind(pl.col("shown")),
        state=pl.col("state").fill_null("none"),
        has_media=pl.col("media_hashes").list.len() > 0,
        claims=pl.col("post_id").is_in(first_hand["post_id"].implode()),
        is_official=pl.col("is_official").fill_null(value=False),
    ).sort("post_id")


def _states(told: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """post_id and state (named or vague) of the posts that name a source at all."""
    cited = corpus.citations.filter(pl.col("certainty") > 0).join(
        told.select("post_id", "group", "account_id"), on="post_id"
    )
    to = told.select(target="post_id", of_group="group")
    marked = cited.join(to, on="target", how="left")
    within = (pl.col("group") == pl.col("of_group")).fill_null(value=False)
    own = (pl.col("target") == pl.col("account_id")).fill_null(value=False)
    named = pl.col("target_kind").is_in(NAMING) & pl.col("target").is_not_null() & ~within & ~own
    state = (
        pl.when(named.any())
        .then(pl.lit("named"))
        .when((pl.col("target_kind") == "vague").any())
        .then(pl.lit("vague"))
    )
    return marked.group_by("post_id").agg(state=state)


def passing_posts(posts: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """The reposts and quotes of `story_posts`: story, passed_id, passer (account); sorted."""
    passing = corpus.posts.filter(pl.col("kind").is_in(["repost", "quote"]))
    links = [
        passing.select(passed_id="post_id", passer="account_id", post_id=above)
        for above in ("parent_id", "root_id")
    ]
    keys = posts.select("post_id", "story")
    passed = pl.concat(links).drop_nulls("post_id").join(keys, on="post_id")
    return passed.select("story", "passed_id", "passer").unique().sort(pl.all())


def stories(posts: pl.DataFrame, passed: pl.DataFrame) -> pl.DataFrame:
    """One row a story of `story_posts`, the farthest reach first; `passed` by `passing_posts`.

    Columns: story, first_id (its earliest post that looks like a report, else its earliest),
    has_media, claims and is_official (of that post), report_share (of its posts), posts_count,
    accounts_count, reposts_count, reach (accounts that say it, repost or quote it), named, vague
    and none (posts by state), size (the power of two up to the reach).
    """
    who = [posts.select("story", "account_id"), passed.select("story", account_id="passer")]
    reach = pl.concat(who).group_by("story").agg(reach=pl.col("account_id").n_unique())
    counts = passed.group_by("story").agg(reposts_count=pl.len())
    is_report = pl.col("kind") == "report"
    told_first = posts.sort(~is_report, "at", "post_id", nulls_last=True)
    told = told_first.group_by("story", maintain_order=True).agg(
        *(pl.col(name).first() for name in ("has_media", "claims", "is_official")),
        *((pl.col("state") == name).sum().alias(name) for name in ("named", "vague", "none")),
        first_id=pl.col("post_id").first(),
        report_share=is_report.mean(),
        posts_count=pl.len(),
        accounts_count=pl.col("account_id").n_unique(),
    )
    joined = told.join(reach, on="story").join(counts, on="story", how="left")
    return joined.with_columns(
        pl.col("reposts_count").fill_null(0), size=pl.col("reach").log(2).floor().cast(pl.Int64)
    ).sort("reach", "posts_count", "first_id", descending=[True, True, False])
