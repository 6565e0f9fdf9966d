# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories that went on after somebody labelled them: by whom, when, and what was posted since.

A label (debunked, satire, advertisement, ...) is what somebody, with a name and a date, attached to
a post, an address or a claim of the story; it is told in their words and raises no grade, and
whether it is right is not said. Labels on accounts and outlets are about people, not about what is
said: the trace of a story shows them, this does not. Stories are those of source-drift.

- labelled-before: posts of the story came after the label, beyond `slack`, and while it held.
- labels-differ: the same, and labellers do not say the same of the story.

Taken-back labels count up to then, and are told. The share of posts after a label is no measure of
bad faith: it grows with the time that a story lives, and people quote what they doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import (
    Caveat,
    Detector,
    EvidenceRow,
    Finding,
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
    tested_caveat,
)
from graphkit.trace.claim import first_posts
from graphkit.trace.labels import labelled_posts
from graphkit.trace.tellings import Reach, tellings
from graphkit.trace.unsaid import DENIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "labelled-before"
OF_STORY = ("post", "url", "claim")
MOSTLY = 0.5
HALF = 50  # posts after the label with a score of one half


@dataclass(frozen=True)
class Params:
    """Parameters of labelled-before."""

    slack: timedelta = param(
        timedelta(hours=1), doc="how long after a label a post may come without a word", minimum=0
    )
    least_after: int = param(3, doc="least posts of a story after a label", minimum=1)
    similarity: float = param(
        0.5, doc="least Jaccard index of wordings of one story", minimum=0.2, maximum=1
    )
    least_accounts: int = param(3, doc="least accounts that tell a story themselves", minimum=2)
    least_posts: int = param(10, doc="least posts that tell a story or pass it on", minimum=2)


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of labelled-before in `corpus`: stories in order of their first label."""
    if corpus.labels.is_empty() or corpus.posts.is_empty():
        return
    members = _members(corpus, params)
    about = labelled_posts(corpus, members).filter(pl.col("subject_kind").is_in(OF_STORY))
    late = pl.col("at") - pl.col("labelled_at") > params.slack
    after = about.filter(pl.col("after") & late)
    enough = pl.col("post_id").n_unique().over("story_id") >= params.least_after
    told = after.filter(enough).sort("labelled_at", "story_id", "key", "post_id")
    for _, rows in told.group_by("story_id", maintain_order=True):
        story = rows["story_id"][0]
        yield _finding(rows, about.filter(story_id=story), members.filter(story_id=story), corpus)


def _members(corpus: Corpus, params: Params) -> pl.DataFrame:
    """The posts of every story: those that tell it, and those that pass these on."""
    reach = Reach(
        similarity=params.similarity,
        least_accounts=params.least_accounts,
        least_posts=params.least_posts,
    )
    told = tellings(corpus, reach).select("story_id", cascade="post_id")
    seen = corpus.posts.filter("is_seen")
    placed = seen.select(
        "post_id",
        "account_id",
        "kind",
        "text",
        at=pl.coalesce("id_time", "created_at"),
        cascade=first_posts(seen),
    )
    members = [
        placed.join(told, on="cascade"),
        placed.join(told.rename({"cascade": "post_id"}), on="post_id"),
    ]
    both = [each.select("story_id", *placed.columns) for each in members]
    return pl.concat(both).unique(["story_id", "post_id"]).sort("story_id", "post_id")


def _said(rows: pl.DataFrame) -> list[str]:
    """The labels in their labellers' words."""
    said = pl.format('"{}" by {}', "label", pl.col("labelled_by").fill_null("nobody named"))
    return rows.select(said.alias("said"))["said"].unique().sort().to_list()


def _finding(
    rows: pl.DataFrame, about: pl.DataFrame, members: pl.DataFrame, corpus: Corpus
) -> Finding:
    after = members.join(rows, on="post_id", how="semi")
    differ = about.filter(pl.col("retracted_at").is_null())["label"].n_unique() > 1
    first = members.sort("at", "post_id", nulls_last=True)["post_id"][0]
    measures = {
        "posts_after_count": after.height,
        "accounts_after_count": after["account_id"].n_unique(),
        "story_posts_count": members.height,
        "after_share": after.height / members.height,
        "labels_count": about["key"].n_unique(),
        "labellers_count": about["labelled_by"].drop_nulls().n_unique(),
        "retracted_count": about.drop_nulls("retracted_at")["key"].n_unique(),
    }
    evidence = [EvidenceRow("labels", key, "label") for key in about["key"].unique()]
    evidence += [EvidenceRow("posts", post, "after-label") for post in after["post_id"]]
    evidence += [
        EvidenceRow("posts", post, "labelled")
        for post in about.filter(subject_kind="post")["subject_id"].unique()
        if post in members["post_id"]
    ]
    return Finding(
        kind=KIND,
        outcome="labels-differ" if differ else "labelled-before",
        grade=None,
        score=rounded(after.height / (after.height + HALF)) or 0.0,
        summary=f"{after.height} of {members.height} posts of a story came after somebody had "
        f"labelled it, by up to {_longest(rows)}.",
        subjects=Subjects(posts=tuple(after["post_id"].sort()), claims=(f"claim:{first}",)),
        evidence=tuple(sorted(set(evidence))),
        caveats=_explanations(rows, about, after, corpus),
        null_model=NullModel(reason="dates of labels and posts are read, not tested"),
        window=(rows["labelled_at"].min(), after["at"].max()),  # type: ignore[arg-type]  # both have times
        measures={name: float(f"{value:.12g}") for name, value in measures.items()},
    )


def _longest(rows: pl.DataFrame) -> str:
    """The longest time between a label and a post after it."""
    hours = max((rows["at"] - rows["labelled_at"]).dt.total_seconds().to_list()) / 3600
    return f"{hours / 24:.1f} days" if hours >= 24 else f"{hours:.1f} hours"


def _explanations(
    rows: pl.DataFrame, about: pl.DataFrame, after: pl.DataFrame, corpus: Corpus
) -> tuple[Caveat, ...]:
    doubts = after.filter(pl.col("text").str.contains(DENIES)).height
    passed = after.filter(pl.col("kind") == "repost").height
    midnight = pl.col("labelled_at").dt.time() == pl.time(0, 0, 0)
    same_day = pl.col("at") - pl.col("labelled_at") < pl.duration(days=1)
    unsure = rows.filter(midnight & same_day)["post_id"].n_unique()
    files = corpus.biased_sources("posts").height
    labels = "; ".join(_said(about))
    return (
        tested_caveat(
            "Whoever posted did not see the label, or does not trust who gave it.",
            "none: rows do not say what somebody read",
            explains=None,
            detail=f"Labels: {labels}.",
        ),
        tested_caveat(
            "The posts say themselves that it is denied, or ask whether it is true.",
            "words of denial in the texts after the label; plain reposts say nothing",
            explains=doubts >= MOSTLY * after.height,
            detail=f"{doubts} of {after.height} hold such a word; {passed} are plain reposts.",
        ),
        tested_caveat(
            "The label is of that day, and the posts came before it.",
            "labels at midnight, and posts within a day of them",
            explains=unsure >= MOSTLY * after.height,
            detail=f"{unsure} of {after.height} posts are within a day of a label at midnight.",
        ),
        tested_caveat(
            "The label is about another wording, or is wrong.",
            "labels that were taken back, and labels that say otherwise",
            explains=None,
            detail=f"{about.drop_nulls('retracted_at')['key'].n_unique()} were taken back; "
            f"{about['label'].n_unique()} different ones. Read what was labelled.",
        ),
        tested_caveat(
            "Earlier posts were not collected, so that most seem to come after.",
            "the collection recorded with each file of posts",
            explains=True if files else None,
            detail=f"{files} files were collected by snowball or in an unknown way.",
        ),
    )


OUTCOMES = {
    "labelled-before": Outcome("posts came after somebody labelled the story", accuses=False),
    "labels-differ": Outcome("the same, and labellers do not agree", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Stories that were posted on after somebody had labelled them (debunked, satire, ...).",
    outcomes=OUTCOMES,
    needs=("posts", "labels"),
    limits=(
        "A label is somebody's word, and anybody can make one; it is told with its labeller.",
        "Labels on claims are matched by shared words: a label in other words is not seen.",
        "Which account saw a label is in no row.",
        "Wordings that are not nearly the same are other stories, and their labels do not carry.",
    ),
    params=Params,
    detect=detect,
)
