# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of posts that repeat old words, and of times that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, CaveatOutcome, tested_caveat
from graphkit.graphs.recycled_texts import RETURNS
from graphkit.text.open_calls import calls_openly

if TYPE_CHECKING:
    from graphkit.tables import Corpus

MOSTLY = 0.5
HOUR = 3_600
ZONE_SLACK = 300


def explanations(copies: pl.DataFrame, corpus: Corpus) -> tuple[Caveat, ...]:
    """The caveats of copies of old posts (`old_copies`), in a fixed order."""
    return (
        _again(copies),
        _returns(copies),
        _call(copies, corpus),
        _clock(copies, corpus),
        collection(copies, corpus),
        Caveat(
            "an anniversary, a look back, or a quotation that says so",
            "copies that give an earlier date, say that they are old, or lead to the earliest post",
            CaveatOutcome.STANDS,
            "held by construction: such copies are told apart, as dated or attributed",
        ),
        Caveat(
            "people who pass on in good faith what was new to them",
            "none: rows do not tell who knew",
            CaveatOutcome.UNTESTED,
            "no outcome of this kind says more than that the words are old",
        ),
    )


def _again(copies: pl.DataFrame) -> Caveat:
    share = float(copies["is_other"].to_numpy().mean())
    return tested_caveat(
        "it happened again: a new event told in the words of the last",
        "copies with a number, title or place that the earliest post has not",
        explains=share >= MOSTLY,
        detail=f"{share:.0%} of the copies",
    )


def _returns(copies: pl.DataFrame) -> Caveat:
    spells = int(copies["spells"].to_numpy().max())
    return tested_caveat(
        "a text that keeps returning, as warnings and recipes do",
        f"{RETURNS} spells of it or more before, a week without it between them",
        explains=spells >= RETURNS,
        detail=f"{spells} spells before the last copy",
    )


def _call(copies: pl.DataFrame, corpus: Corpus) -> Caveat:
    texts = corpus.posts.join(copies.select(post_id="story").unique(), on="post_id", how="semi")
    asks = texts.select(calls_openly(pl.col("text")).fill_null(value=False)).to_series()
    return tested_caveat(
        "an appeal that is open for long, as for a missing person",
        "the earliest post has a phrase of open_calls.csv",
        explains=bool(asks.mean() == 1),
        detail=f"{asks.sum()} of {asks.len()} earliest posts ask to share",
    )


def _clock(copies: pl.DataFrame, corpus: Corpus) -> Caveat:
    """Whether the gap rests on shown times, which can be wrong, or on ids."""
    ids = pl.concat([copies["post_id"], copies["story"]]).unique()
    used = corpus.posts.filter(pl.col("post_id").is_in(ids.implode()))
    told = used["id_time"].count()
    return tested_caveat(
        "wrong times: a clock, or a date that was read wrongly",
        "posts whose ids carry no time, so that only the shown one is known",
        explains=told < MOSTLY * used.height,
        detail=f"{told} of {used.height} posts carry the time in their ids",
    )


def collection(rows: pl.DataFrame, corpus: Corpus) -> Caveat:
    """Whether posts (`post_id`) were collected in a way that favours what was looked for."""
    biased = corpus.biased_sources("posts")
    ours = corpus.posts.join(rows, on="post_id", how="semi").join(
        biased, on="source_id", how="semi"
    )
    return tested_caveat(
        "an artefact of collection: posts that were sought by these words",
        "posts from sources collected by snowball or in an unknown way",
        explains=ours.height > 0,
        detail=f"{ours.height} of {rows.height} posts",
    )


def time_explanations(off: pl.DataFrame, corpus: Corpus) -> tuple[Caveat, ...]:
    """The caveats of shown times that are not those of the ids (`redated_posts`)."""
    past_hour = pl.col("off").abs() % HOUR
    is_zone = pl.min_horizontal(past_hour, HOUR - past_hour) <= ZONE_SLACK
    zones = off.filter(is_zone, pl.col("off").abs() <= 14 * HOUR).height
    edited = corpus.posts.join(off, on="post_id", how="semi")["edited_at"].count()
    return (
        tested_caveat(
            "a time zone that was read wrongly",
            "differences of whole hours, fourteen at most, within five minutes",
            explains=zones >= MOSTLY * off.height,
            detail=f"{zones} of {off.height} posts",
        ),
        tested_caveat(
            "an edit, whose time the platform shows",
            "posts that the platform says were edited",
            explains=edited >= MOSTLY * off.height,
            detail=f"{edited} of {off.height} posts",
        ),
        Caveat(
            "a draft or a planned post, whose id is older than what is shown",
            "none: drafts are not in the data",
            CaveatOutcome.UNTESTED,
            f"{off.filter(pl.col('off') > 0).height} of {off.height} are shown later than made",
        ),
        collection(off, corpus),
    )
