# SPDX-License-Identifier: GPL-3.0-or-later
"""What a copy lost that all its nearest earlier wordings bore: a source, or what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.markings import keeps, label_marking, markings
from graphkit.trace.hops import copies_of
from graphkit.trace.story_sources import Named, named
from graphkit.trace.tellings import Reach, similar_wordings

if TYPE_CHECKING:
    from graphkit.tables import Corpus

SHORTEST_NAME = 2
CROWD = r"(?i)网|網|群|朋友圈|听|聽|传|傳|有人|online|internet|netizen|rumou?r|heard|people"
PRESS = (
    r"(?i)报|報|媒|通讯|记者|記者|新闻|新聞|专家|專家|部门|部門|report|media|press|expert|official"
)
HOP: dict[str, pl.DataType | type[pl.DataType]] = {
    "outcome": pl.String,
    "marking": pl.String,
    "child": pl.String,
    "parent": pl.String,
    "similarity": pl.Float64,
    "story_id": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "near_count": pl.Int64,
    "parent_start": pl.Int64,
    "parent_end": pl.Int64,
    "child_start": pl.Int64,
    "child_end": pl.Int64,
}


@dataclass(frozen=True)
class Drift:
    """What copies lost.

    Attributes:
        hops: the columns of HOP, one row a copy that bears something else than its nearest earlier
            wordings; spans are characters of the parent's and of the child's text, null where
            nothing is named. Sorted by story, outcome, at and child.
        asked: story_id, trait (`source`, `hearsay` or a marking), copies_count (copies that could
            have kept it); sorted.
    """

    hops: pl.DataFrame
    asked: pl.DataFrame


def drift(corpus: Corpus, told: pl.DataFrame, reach: Reach, *, margin: float) -> Drift:
    """What copies lost among the tellings `told` (`tellings.tellings`)."""
    near = similar_wordings(told, reach)
    said = named(corpus, told)
    parts = [_sources(told, near, said, margin), _hearsay(told, near, said, margin)]
    parts += _markings(corpus, told, near, margin)
    empty = pl.DataFrame(schema=HOP)
    hops = pl.concat([empty, *(each.hops.select(HOP.keys()) for each in parts)])
    asked = pl.concat([each.asked for each in parts])
    return Drift(hops.sort("story_id", "outcome", "at", "child"), asked.sort("story_id", "trait"))


def _counted(copies: pl.DataFrame, trait: str) -> pl.DataFrame:
    counts = copies.group_by("story_id").agg(copies_count=pl.len().cast(pl.Int64))
    return counts.select("story_id", "copies_count", trait=pl.lit(trait))


def _holders(told: pl.DataFrame, states: pl.DataFrame, state: str) -> pl.DataFrame:
    """Tellings of `state`, and since when they are known to be: an edit may have brought it."""
    of_state = told.join(states.filter(state=state), on="post_id", how="semi")
    return of_state.select("post_id", since=pl.max_horizontal("end", "edited_at"))


def _credited(told: pl.DataFrame, said: Named) -> pl.DataFrame:
    """Tellings of accounts that others of the story name as source: they are what was named."""
    own = told.select("post_id", "story_id", "account_id")
    crediting = told.select("story_id", "end", "post_id", by="account_id").join(
        said.keys.filter(~pl.col("by_field")), on="post_id"
    )
    credits = own.join(said.authors, on="post_id").join(crediting, on=["story_id", "key"])
    others = credits.filter(pl.col("by") != pl.col("account_id"))
    return others.group_by("post_id").agg(since=pl.col("end").min())


def _spans(copies: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """`copies` with the state and the spans of both sides."""
    found = copies
    for side in ("child", "parent"):
        of_side = states.select(
            pl.col("post_id").alias(side),
            pl.col("state").alias(f"{side}_state"),
            pl.col("span_start").alias(f"{side}_start"),
            pl.col("span_end").alias(f"{side}_end"),
            pl.col("still_vague").alias(f"{side}_still_vague"),
        )
        found = found.join(of_side, on=side, how="left")
    return found


def _sources(told: pl.DataFrame, near: pl.DataFrame, said: Named, margin: float) -> Drift:
    holders = _holders(told, said.states, "named")
    credited = _credited(told, said).join(holders, on="post_id", how="anti")
    copies = copies_of(told, near, pl.concat([holders, credited]), margin=margin)
    known = _spans(copies, said.states)
    outcome = (
        pl.when(child_state="none")
        .then(pl.lit("source-dropped"))
        .when(child_state="vague")
        .then(pl.lit("made-vaguer"))
        .otherwise(pl.lit("source-changed"))
    )
    differ = known.join(_kept(known, told, said), on="child", how="anti")
    hops = differ.with_columns(outcome=outcome, marking=pl.lit(None, pl.String))
    return Drift(hops, _counted(copies, "source"))


def _any_keys(said: Named) -> pl.DataFrame:
    return pl.concat([said.keys.select("post_id", "key"), said.authors])


def _kept(copies: pl.DataFrame, told: pl.DataFrame, said: Named) -> pl.DataFrame:
    """Children that name a source or an earlier teller of their story, or may credit somebody.

    By one of their citations, by the bare name in their text, or by mentioning an account that the
    parent does not mention: what such a mention means the text does not say.
    """
    before = told.select("story_id", "post_id", told_at="end")
    known = _any_keys(said).join(before, on="post_id")
    by_key = (
        copies.select("child", "story_id", "at")
        .join(said.keys, left_on="child", right_on="post_id")
        .join(known, on=["story_id", "key"])
        .filter(pl.col("told_at") <= pl.col("at"), pl.col("post_id") != pl.col("child"))
    )
    texts = told.select("post_id", low=pl.col("text").str.to_lowercase())
    of_child = copies.select("child", "parent").join(texts, left_on="child", right_on="post_id")
    names = _any_keys(said).filter(pl.col("key").str.len_chars() >= SHORTEST_NAME)
    by_name = of_child.join(names, left_on="parent", right_on="post_id").filter(
        pl.col("low").str.contains(pl.col("key"), literal=True)
    )
    handles = pl.col("low").str.extract_all("[@＠][^\\s@＠:：，。,]+")
    of_parent = texts.select(parent="post_id", of_parent=handles)
    mentions = of_child.with_columns(own=handles).join(of_parent, on="parent")
    by_mention = mentions.filter(pl.col("own").list.set_difference("of_parent").list.len() > 0)
    return pl.concat([each.select("child") for each in (by_key, by_name, by_mention)]).unique()


def _hearsay(told: pl.DataFrame, near: pl.DataFrame, said: Named, margin: float) -> Drift:
    copies = copies_of(told, near, _holders(told, said.states, "vague"), margin=margin)
    words = told.select("post_id", "text")
    known = _spans(copies, said.states)
    for side in ("child", "parent"):
        span = pl.col("text").str.slice(
            f"{side}_start", pl.col(f"{side}_end") - pl.col(f"{side}_start")
        )
        known = (
            known.join(words, left_on=side, right_on="post_id")
            .with_columns(span.alias(f"{side}_said"))
            .drop("text")
        )
    firmer = pl.col("parent_said").str.contains(CROWD) & ~pl.col("parent_said").str.contains(PRESS)
    firmer = firmer & (pl.col("child_state") == "vague")
    firmer = firmer & pl.col("child_said").str.contains(PRESS)
    outcome = (
        pl.when(child_state="none")
        .then(pl.lit("hearsay-dropped"))
        .when((pl.col("child_state").eq("named") & ~pl.col("child_still_vague")) | firmer)
        .then(pl.lit("made-firmer"))
    )
    hops = known.with_columns(outcome=outcome, marking=pl.lit(None, pl.String)).drop_nulls(
        "outcome"
    )
    return Drift(hops, _counted(copies, "hearsay"))


def _markings(corpus: Corpus, told: pl.DataFrame, near: pl.DataFrame, margin: float) -> list[Drift]:
    """For each marking the copies of what bears it, by its words, its source field or a label."""
    of_text = markings(told).join(told.select("post_id", since="end"), on="post_id")
    seen = corpus.posts.select("post_id", "source_label").drop_nulls().join(told, on="post_id")
    of_field = seen.select("post_id", marking=label_marking(pl.col("source_label")), since="end")
    labels = corpus.labels.filter(pl.col("retracted_at").is_null(), subject_kind="post")
    of_label = labels.drop_nulls("labelled_at").select(
        post_id="subject_id", marking=label_marking(pl.col("label")), since="labelled_at"
    )
    borne = pl.concat(
        [of_text, of_field.drop_nulls("marking"), of_label.drop_nulls("marking")], how="diagonal"
    ).join(told, on="post_id", how="semi")
    first = borne.sort("post_id", "marking", "since", "span_start", nulls_last=True).unique(
        ["post_id", "marking"], keep="first", maintain_order=True
    )
    found = []
    for name in first["marking"].unique().sort():
        holders = first.filter(marking=name)
        copies = copies_of(told, near, holders.select("post_id", "since"), margin=margin)
        still = told.filter(keeps(pl.col("text"), name)).select("post_id")
        bearing = pl.concat([holders.select("post_id"), still])
        lost = copies.join(bearing, left_on="child", right_on="post_id", how="anti")
        spans = holders.select(parent="post_id", parent_start="span_start", parent_end="span_end")
        blank = pl.lit(None, pl.Int64)
        hops = lost.join(spans, on="parent").with_columns(
            outcome=pl.lit("label-dropped"),
            marking=pl.lit(name),
            child_start=blank,
            child_end=blank,
        )
        found.append(Drift(hops, _counted(copies, name)))
    return found
