# SPDX-License-Identifier: GPL-3.0-or-later
"""Traced stories told under a pushed topic: how many posts, since when, and from which rank on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from scipy.stats import hypergeom

from graphkit.findings import Caveat, tested_caveat
from graphkit.tables import LABELS, RANKINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from graphkit.tables import Corpus

Record = dict[str, Any]
HALF = 0.5
AFTER = "1d"  # how long after the last row of a push the best rank is looked for


@dataclass(frozen=True)
class Told:
    """One pushed topic and one traced story, tested.

    `shared` posts of the story carry the topic, of `sizes` (posts with that topic, posts of the
    story with any); reposts carry what they repeat and are not counted. `p_value` is
    hypergeometric over all posts that carry a topic or an address. `course`: first_at and last_at
    of the push on this topic; on the list where the topic came highest within a day (list_id) the
    rank in the last snapshot before first_at (before_at, rank_before), in the first since
    (after_at, rank_after), and the best (best_at, best_rank): a null rank is not listed, a null
    time no snapshot; labels (of the story: label and by whom).
    `push_rows` and `rows` (table, key, role) are the rows on either side.
    """

    claim_id: str
    topic: str
    shared: int
    sizes: tuple[int, int]
    expected: float
    p_value: float
    course: Mapping[str, Any]
    push_rows: pl.DataFrame
    rows: pl.DataFrame
    caveats: tuple[Caveat, ...]


def pushed_stories(
    corpus: Corpus, push: Record, rows: pl.DataFrame, stories: Sequence[Record]
) -> Iterator[Told]:
    """Each topic of a push with each traced story. `rows` are `ties.row_owners` of the push."""
    own = corpus.posts.filter("is_seen", pl.col("kind") != "repost")
    carried = own.select(
        "post_id", "account_id", "created_at", on=pl.concat_list("hashtags", "urls")
    ).filter(pl.col("on").list.len() > 0)
    core = pl.Series(push["subjects"]["accounts"], dtype=pl.String)
    for topic in push["subjects"]["topics"]:
        pushed = rows.filter(pl.col("topic") == topic, pl.col("account_id").is_in(core.implode()))
        on_topic = carried.filter(pl.col("on").list.contains(pl.lit(topic)))
        for story in stories:
            if story["claim"]["claim_id"] is not None and pushed["at"].count():
                yield _told(corpus, (topic, pushed, core), (carried, on_topic), story)


def _told(
    corpus: Corpus,
    push: tuple[str, pl.DataFrame, pl.Series],
    posts: tuple[pl.DataFrame, pl.DataFrame],
    story: Record,
) -> Told:
    (topic, pushed, core), (carried, on_topic) = push, posts
    claim = pl.Series(story["claim"]["posts"], dtype=pl.String)
    theirs = pl.col("post_id").is_in(claim.implode())
    both, of_story = on_topic.filter(theirs), carried.filter(theirs)
    sizes = on_topic.height, of_story.height
    first, last = pushed["at"].min(), pushed["at"].max()
    course, listed = _course(corpus.rankings.filter(topic=topic), corpus.rankings, first, last)  # type: ignore[arg-type]  # there are times
    labels = _labels(corpus, story)
    named = both.select(table=pl.lit("posts"), key="post_id", role=pl.lit("told-under-topic"))
    return Told(
        claim_id=story["claim"]["claim_id"],
        topic=topic,
        shared=both.height,
        sizes=sizes,
        expected=sizes[0] * sizes[1] / max(1, carried.height),
        p_value=float(hypergeom.sf(both.height - 1, carried.height, *sizes)) if sizes[1] else 1.0,
        course={"first_at": first, "last_at": last, **course, "labels": labels[0]},
        push_rows=pl.concat([pushed.select("table", "key", "role"), listed]),
        rows=pl.concat([named, labels[1]]).sort("table", "key"),
        caveats=(_earlier(corpus, claim, first), _members(both, core)),  # type: ignore[arg-type]
    )


def _course(
    ranks: pl.DataFrame, rankings: pl.DataFrame, first: datetime, last: datetime
) -> tuple[Record, pl.DataFrame]:
    """Before and after the push on the list where the topic came highest, and those rows."""
    until = pl.lit(last).dt.offset_by(AFTER)
    since = ranks.filter(pl.col("snapshot_at").is_between(pl.lit(first), until)).drop_nulls("rank")
    best = since.sort("rank", "snapshot_at", "list_id").head(1)
    names = (
        "list_id",
        "before_at",
        "rank_before",
        "after_at",
        "rank_after",
        "best_at",
        "best_rank",
    )
    none = pl.DataFrame(schema=dict.fromkeys(("table", "key", "role"), pl.String))
    if best.is_empty():
        return dict.fromkeys(names), none
    times = rankings.filter(list_id=best["list_id"][0])["snapshot_at"].unique().sort()
    here = ranks.filter(list_id=best["list_id"][0])
    read = {
        "before-push": times.filter(times < first).max(),
        "after-push": times.filter(times >= first).min(),
        "best-rank": best["snapshot_at"][0],
    }
    parts = {role: here.filter(pl.col("snapshot_at") == at) for role, at in read.items()}
    listed = [
        part.select(table=pl.lit("rankings"), key=RANKINGS.row_key(), role=pl.lit(role))
        for role, part in parts.items()
    ]
    ranked = [(at, parts[role]["rank"].first()) for role, at in read.items()]
    values = [best["list_id"][0], *(each for pair in ranked for each in pair)]
    return dict(zip(names, values, strict=True)), pl.concat([none, *listed])


def _labels(corpus: Corpus, story: Record) -> tuple[list[str], pl.DataFrame]:
    """What people, by name, said of the story's posts or of it: texts, and rows."""
    about = pl.Series([*story["claim"]["posts"], story["claim"]["claim_id"]], dtype=pl.String)
    on_story = corpus.labels.filter(
        pl.col("subject_kind").is_in(["post", "claim"]),
        pl.col("subject_id").is_in(about.implode()),
        pl.col("retracted_at").is_null(),
    )
    said = pl.format("{} ({})", "label", pl.col("labelled_by").fill_null("nobody named"))
    rows = on_story.select(table=pl.lit("labels"), key=LABELS.row_key(), role=pl.lit("label"))
    return on_story.select(said=said)["said"].unique().sort().to_list(), rows


def _earlier(corpus: Corpus, claim: pl.Series, first: datetime) -> Caveat:
    dated = corpus.posts.filter(pl.col("post_id").is_in(claim.implode()))["created_at"].drop_nulls()
    before = int((dated < first).sum())
    return tested_caveat(
        "the story was widely told already, and the push came to what people talked about",
        "dated posts of the story before the first row of the push on this topic",
        explains=None if dated.is_empty() else before >= HALF * dated.len(),
        detail=f"{before} of {dated.len()} posts of the story were earlier",
    )


def _members(both: pl.DataFrame, core: pl.Series) -> Caveat:
    theirs = both.filter(pl.col("account_id").is_in(core.implode())).height
    return tested_caveat(
        "the topic is what the event is called, by those who doubt the story too",
        "posts of the story under the topic whose accounts are accounts of the push",
        explains=theirs == 0,
        detail=f"{theirs} of {both.height} posts are by accounts of the push",
    )
