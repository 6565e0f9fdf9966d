# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts whose words or picture the data have from long before, and what each copy says of its time.

The times are those in the ids, else the shown ones; a saved page without a time counts from when it
was collected, which is later than it was written, so no gap is made too long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.statements import alike, statements
from graphkit.text.links import canonical_url
from graphkit.text.normal import URL, own_words
from graphkit.text.particulars import missing_particulars
from graphkit.text.shingles import shingles
from graphkit.text.time_words import (
    dates,
    names_earlier_date,
    outcomes,
    places,
    says_new,
    says_old,
    tolls,
)

if TYPE_CHECKING:
    from datetime import timedelta

    from graphkit.tables import Corpus

ARCHIVED_WORDINGS = 20
"""Wordings of a story, the earliest first, that its later posts are compared with."""
SHORTEST_EXCERPT = 20
WORDINGS_AT_ONCE = 10_000
MOST_USERS = 30
"""Accounts with one picture from which on it is a picture that everybody uses."""
SPELL = 7 * 86_400
RETURNS = 4
"""Spells, a week without the text between them, from which on a text returns by itself."""


@dataclass(frozen=True)
class RecycleRule:
    """What counts as old: the gap, how alike the words are, how long they are at least."""

    gap: timedelta
    similarity: float
    containment: float
    min_characters: int


def old_copies(corpus: Corpus, rule: RecycleRule) -> pl.DataFrame:
    """Posts with the earliest post, older by `gap` or more, that says or shows the same.

    One row a post, by post: post_id, account_id, at, story (the id of that earliest post), gap
    (seconds), jaccard and containment (null where only a picture is the same), is_picture, spells
    (of the story before the copy), and what the copy says: is_own (its author wrote the earliest
    one), is_linked (it cites, quotes or answers that post, or links it or its pages), is_named (it
    names the author as its source), says_old (words or a date of long before; no words that the
    earliest has too), says_new, is_news (the copy says new, or the earliest has words of newness, a
    date, a place, an outcome or what befell people), is_other (a number, title or place that the
    earliest has not), lacks_time, lacks_place, lacks_outcome (that the earliest has).
    """
    said = statements(corpus, least=rule.min_characters).with_columns(
        known_at=pl.coalesce("at", "collected_at")
    )
    groups = alike(said, similarity=rule.similarity, containment=rule.containment)
    by_words = _by_words(groups.drop_nulls("known_at"), rule)
    pictures = _by_picture(corpus, rule).join(by_words, on="post_id", how="anti")
    pairs = pl.concat([by_words, pictures], how="diagonal").sort("post_id")
    return _described(pairs, corpus, rule)


def _by_words(groups: pl.DataFrame, rule: RecycleRule) -> pl.DataFrame:
    """post_id, story, jaccard, containment and spells, for posts of groups that span the gap.

    A post's story is the earliest of the first wordings of its group that is alike and old enough.
    """
    span = (pl.col("known_at").max() - pl.col("known_at").min()).over("group")
    rows = groups.filter(span >= rule.gap).sort("group", "known_at", "post_id")
    seconds = pl.col("known_at").dt.epoch("s")
    rested = (seconds.diff().fill_null(0) >= SPELL).cast(pl.Int64)
    times = rows.with_columns(spells=rested.cum_sum().over("group"))
    wordings = rows.unique("words", keep="first", maintain_order=True)
    archive = wordings.filter(pl.int_range(pl.len()).over("group") < ARCHIVED_WORDINGS)
    first = archive.select(story="post_id", archived="words", archived_at="known_at")
    pairs = times.join(_likeness(wordings, archive["words"], rule), on="words")
    width = pl.duration(seconds=pl.col("width").fill_null(0))
    old = pairs.join(first, on="archived").filter(
        pl.col("known_at") - pl.col("archived_at") >= rule.gap + width
    )
    earliest = old.sort("post_id", "archived_at", "story").unique(
        "post_id", keep="first", maintain_order=True
    )
    return earliest.select("post_id", "story", "jaccard", "containment", "spells")


def _likeness(wordings: pl.DataFrame, archived: pl.Series, rule: RecycleRule) -> pl.DataFrame:
    """Pairs words, archived in one group that are alike, with jaccard and containment."""
    batch = pl.int_range(pl.len()).min().over("group") // WORDINGS_AT_ONCE
    parts = wordings.select("words", "group", batch=batch).partition_by("batch")
    empty = {"words": pl.String, "archived": pl.String, "jaccard": pl.Float64,
             "containment": pl.Float64}  # fmt: skip
    return pl.concat([pl.DataFrame(schema=empty), *(_alike(p, archived, rule) for p in parts)])


def _alike(wordings: pl.DataFrame, archived: pl.Series, rule: RecycleRule) -> pl.DataFrame:
    numbered = wordings.with_row_index("number")
    sets = shingles(numbered.select(text_id="number", text="words"))
    known = numbered.select("group", "words", text_id="number")
    sized = sets.join(known, on="text_id").with_columns(size=pl.len().over("text_id"))
    is_old = pl.col("words").is_in(archived.implode())
    old = sized.filter(is_old).select("group", "shingle", archived="words", other="size")
    shared = (
        sized.join(old, on=["group", "shingle"])
        .group_by("words", "archived", "size", "other")
        .agg(shared=pl.len())
    )
    smaller = pl.min_horizontal("size", "other")
    measured = shared.with_columns(
        jaccard=pl.col("shared") / (pl.col("size") + pl.col("other") - pl.col("shared")),
        containment=pl.col("shared") / smaller,
    )
    excerpt = (pl.col("containment") >= rule.containment) & (smaller >= SHORTEST_EXCERPT)
    close = (pl.col("jaccard") >= rule.similarity) | excerpt
    return measured.filter(close).select("words", "archived", "jaccard", "containment")


def _by_picture(corpus: Corpus, rule: RecycleRule) -> pl.DataFrame:
    """post_id, story: posts with a picture of few accounts that another account had before."""
    shown = corpus.posts.filter("is_seen", pl.col("kind") != "repost").select(
        "post_id",
        "account_id",
        at=pl.coalesce("id_time", "created_at"),
        picture="media_hashes",
    )
    used = shown.explode("picture").drop_nulls().unique().sort("picture", "at", "post_id")
    users = pl.col("account_id").n_unique().over("picture")
    rare = used.filter(users.is_between(2, MOST_USERS)).with_columns(
        first_at=pl.col("at").min().over("picture"),
        story=pl.col("post_id").first().over("picture"),
        owner=pl.col("account_id").first().over("picture"),
    )
    late = pl.col("at") - pl.col("first_at") >= rule.gap
    old = rare.filter(late, pl.col("owner") != pl.col("account_id")).sort("post_id", "first_at")
    first = old.unique("post_id", keep="first", maintain_order=True)
    return first.select("post_id", "story", spells=pl.lit(0, pl.Int64))


def _described(pairs: pl.DataFrame, corpus: Corpus, rule: RecycleRule) -> pl.DataFrame:
    """`pairs` with what the copy says beside the earliest post."""
    own = own_words(pl.col("text").fill_null("")).str.replace_all(URL, " ")
    posts = corpus.posts.select(
        "post_id",
        "account_id",
        "media_hashes",
        text=own,
        at=pl.coalesce("id_time", "created_at"),
        known_at=pl.coalesce("id_time", "created_at", "collected_at"),
    )
    earliest = posts.select(pl.all().name.prefix("old_")).rename({"old_post_id": "story"})
    both = pairs.join(posts, on="post_id").join(earliest, on="story").drop_nulls("at")
    text, old = pl.col("text"), pl.col("old_text")
    linked, named = _credited(pairs, corpus)
    same = pl.col("media_hashes").list.set_intersection("old_media_hashes").list.len() > 0
    told = both.with_columns(
        gap=(pl.col("at") - pl.col("old_known_at")).dt.total_seconds(),
        is_picture=same,
        is_own=pl.col("account_id") == pl.col("old_account_id"),
        is_linked=pl.col("post_id").is_in(linked.implode()),
        is_named=pl.col("post_id").is_in(named.implode()),
        is_other=missing_particulars(text, old).list.len() > 0,
        says_old=(says_old(text) & ~says_old(old))
        | names_earlier_date(text, pl.col("at"), gap=rule.gap),
        says_new=says_new(text),
        is_news=says_new(text)
        | says_new(old)
        | dates(old)
        | places(old)
        | outcomes(old)
        | tolls(old),
        lacks_time=dates(old) & ~dates(text),
        lacks_place=places(old) & ~places(text),
        lacks_outcome=outcomes(old) & ~outcomes(text),
    )
    return told.drop("^old_.*$", "media_hashes", "text", "known_at").sort("post_id")


def _credited(pairs: pl.DataFrame, corpus: Corpus) -> tuple[pl.Series, pl.Series]:
    """The copies that lead to the earliest post (field, citation, address), or to its author."""
    copies = corpus.posts.join(pairs, on="post_id", how="semi")
    cited = corpus.citations.join(pairs, on="post_id", how="semi").select("post_id", "target")
    above = [copies.select("post_id", target=each) for each in ("parent_id", "root_id")]
    linked = _addresses(copies.select("post_id", target="urls"))
    ours = pl.concat([*above, cited, linked]).drop_nulls().unique()
    known = corpus.posts.join(pairs.select(post_id="story").unique(), on="post_id")
    itself = known.select(story="post_id", target="post_id")
    pages = known.select(story="post_id", target=pl.concat_list("url", "urls"))
    author = known.select(story="post_id", target="account_id")
    asked = ours.join(pairs.select("post_id", "story"), on="post_id")
    told = (pl.concat([itself, _addresses(pages)]), author)
    linked, named = (asked.join(each, on=["story", "target"], how="semi") for each in told)
    return linked["post_id"].unique().sort(), named["post_id"].unique().sort()


def _addresses(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with one row an address of the list `target`, in one form."""
    flat = rows.explode("target").drop_nulls("target")
    return flat.with_columns(target=canonical_url(flat["target"])).drop_nulls("target")


def redated_posts(corpus: Corpus, *, slack: timedelta, file_share: float) -> pl.DataFrame:
    """Seen posts whose shown time is not that in their id, beyond its precision and `slack`.

    post_id, account_id, off (seconds, above 0 where the shown time is later), by post. Files in
    which `file_share` of the posts or more are so are left out: what differs there is a clock.
    """
    width = pl.col("time_precision").replace_strict(
        {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400},
        default=None,
        return_dtype=pl.Int64,
    )
    both = corpus.posts.filter("is_seen").drop_nulls(["created_at", "id_time"])
    off = (pl.col("created_at") - pl.col("id_time")).dt.total_seconds()
    is_off = off.abs() - width > slack.total_seconds()
    told = both.with_columns(off=off, is_off=is_off.fill_null(value=False))
    sound = pl.col("is_off").mean().over("source_id") < file_share
    return told.filter(sound, "is_off").select("post_id", "account_id", "off").sort("post_id")
