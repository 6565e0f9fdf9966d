# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of what copies lost, with the outcomes of their tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, tested_caveat

if TYPE_CHECKING:
    from graphkit.tables import Corpus

CUT = r"(?:…|\.\.\.|全文|展开|\[more\])\s*$"
NEAR_THE_LIMIT = 5
UNSAID = ("never-said", "says-otherwise")


@dataclass(frozen=True)
class Lost:
    """What one story lost in one way.

    Attributes:
        outcome: of source-drift.
        marking: of label-dropped, else None.
        rows: one row a copy, in order of time; the first is the first hop. `child` and `at` for
            every outcome, the rest as `drift.Drift.hops`, `unsaid.unsaid` or
            `source_loops.closing_tellings`.
        told: the tellings of the story (`tellings.tellings`).
    """

    outcome: str
    marking: str | None
    rows: pl.DataFrame
    told: pl.DataFrame

    @property
    def first(self) -> pl.DataFrame:
        """The telling that is the child of the first hop."""
        return self.told.filter(post_id=self.rows["child"][0])


def longest_texts(corpus: Corpus) -> pl.DataFrame:
    """The length of the longest text of each platform: platform, longest (characters)."""
    return corpus.posts.group_by("platform").agg(longest=pl.col("text").str.len_chars().max())


def explanations(lost: Lost, corpus: Corpus, longest: pl.DataFrame) -> tuple[Caveat, ...]:
    """The innocent explanations of `lost`; `longest` as by `longest_texts`."""
    if lost.outcome in UNSAID:
        own = [_said_elsewhere(lost), _other_words(lost)]
    elif lost.outcome == "loop-closes":
        own = [_credits_relay(), _one_owner(lost, corpus)]
    else:
        own = [_in_picture(lost, corpus), _cut(lost, longest), _shown(lost), _edits(lost, corpus)]
    if lost.outcome in ("source-changed", "made-firmer"):
        own.append(_looked_up())
    return (*own, _elsewhere(corpus))


def _in_picture(lost: Lost, corpus: Corpus) -> Caveat:
    known = corpus.posts["media_hashes"].list.len().sum() > 0
    with_media = lost.told.join(lost.rows, left_on="post_id", right_on="child", how="semi").filter(
        "has_media"
    )
    return tested_caveat(
        "It stands in a picture, video or card of the copy.",
        "whether the first copy has a picture or video",
        explains=bool(lost.first["has_media"][0]) if known else None,
        detail=f"{with_media.height} of {lost.rows['child'].n_unique()} such copies have one."
        if known
        else "No pictures or videos are recorded in the case.",
    )


def _cut(lost: Lost, longest: pl.DataFrame) -> Caveat:
    first = lost.first.join(longest, on="platform", how="left")
    length = int(first["text"].str.len_chars()[0])
    limit = int(first["longest"][0])
    ends = bool(first["text"].str.contains(CUT)[0])
    return tested_caveat(
        "The text was cut off by the platform, the collector or for want of room.",
        "whether the first copy ends in an ellipsis or is as long as its platform's longest text",
        explains=ends or length >= limit - NEAR_THE_LIMIT,
        detail=f"It has {length} characters; the longest text there has {limit}.",
    )


def _shown(lost: Lost) -> Caveat:
    relays = lost.told.filter("is_relay").height
    return tested_caveat(
        "The platform shows beside the copy what it passes on, with the source.",
        "reposts, quotes and replies in the story's own cascades, and texts with a relay chain",
        explains=False,
        detail=f"They are not counted as copies; {relays} such posts repeat the words here.",
    )


def _edits(lost: Lost, corpus: Corpus) -> Caveat:
    platforms = lost.told["platform"].unique()
    edits = corpus.posts.drop_nulls("edited_at")["platform"].unique()
    untold = sorted(set(platforms) - set(edits))
    return tested_caveat(
        "It was added to the earlier post, or taken out of the copy, by a later edit.",
        "times of edits",
        explains=None if untold else False,
        detail="Edited copies are left out, and edited earlier posts count from their edit on. "
        f"No edits are recorded for: {', '.join(untold) or 'none'}.",
    )


def _looked_up() -> Caveat:
    return tested_caveat(
        "Whoever wrote the copy looked the matter up and names the better source.",
        "none: rows do not say what somebody read",
        explains=None,
        detail="Read both texts and the named source.",
    )


def _said_elsewhere(lost: Lost) -> Caveat:
    most = max(lost.rows["earlier_count"].to_list())
    return tested_caveat(
        "The source said it elsewhere: on its site, on air, in a post that is gone.",
        "none: only texts in the case are compared",
        explains=None,
        detail=f"Compared with {most} earlier texts of the source at most. Newspapers and "
        "stations say most of what they say elsewhere.",
    )


def _other_words(lost: Lost) -> Caveat:
    share = max(lost.rows["share"].fill_null(0.0).to_list())
    later = lost.rows["later"].drop_nulls().n_unique()
    return tested_caveat(
        "The source said it in other words, in another language, or in a picture.",
        "words in common with its nearest earlier text",
        explains=None,
        detail=f"The nearest shares {share:.0%} of the shorter text; {later} later texts of the "
        "source share words with it. They are among the rows: read both.",
    )


def _credits_relay() -> Caveat:
    return tested_caveat(
        "The account names those who passed its own report on, and does not lean on them.",
        "none: rows do not say why an account is named",
        explains=None,
        detail="Read how the name stands in the text.",
    )


def _one_owner(lost: Lost, corpus: Corpus) -> Caveat:
    posts = [*lost.rows["child"], *lost.rows["parent"]]
    who = lost.told.filter(pl.col("post_id").is_in(posts))["account_id"].unique()
    owners = corpus.accounts.filter(pl.col("account_id").is_in(who.implode()))["declared_owner"]
    known = owners.drop_nulls().len() == len(who)
    return tested_caveat(
        "The accounts declare one owner, and say openly that they are one house.",
        "declared owners of the accounts",
        explains=owners.n_unique() == 1 if known else None,
        detail=f"{owners.drop_nulls().len()} of {len(who)} accounts declare an owner.",
    )


def _elsewhere(corpus: Corpus) -> Caveat:
    files = corpus.biased_sources("posts").height
    return tested_caveat(
        "Posts that were not collected, on this platform or another or in another language, "
        "are what was copied or named.",
        "the collection recorded with each file of posts",
        explains=True if files else None,
        detail=f"{files} files were collected by snowball or in an unknown way. No collection "
        "holds what was written elsewhere.",
    )
