# SPDX-License-Identifier: GPL-3.0-or-later
"""Recycled news: old words or pictures posted again as if they were of today.

A post counts as a copy when the data have its words (Jaccard index of 3-shingles or containment),
or a picture that few accounts have, from a post that is older by `least_gap` or more, by the times
in the ids where there are any. Each copy is one of these, the first that applies:

- evergreen: its author wrote the earliest one, too (notices repeat);
- attributed: it leads to the earliest post, by field, citation or address; or names its author, and
  has no word of newness;
- dated: it says that it is of an earlier time, in words or by a date;
- evergreen: it has no word of newness, and the text has returned in four spells or more, or the
  earliest has neither date, place, outcome nor a word of newness, so nothing in it grows old;
- recycled, weak: it says or leaves open that it is new. One finding a story.

Beside these: re-dated, posts whose shown time is not the one in their ids.

Weak is all that there is: rows cannot tell who knew that it was old, and most who pass old news on
do not. Measured in docs/measured/recycled-news.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import (
    Detector,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
)
from graphkit.graphs.recycled_explanations import explanations, time_explanations
from graphkit.graphs.recycled_texts import RETURNS, RecycleRule, old_copies, redated_posts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from graphkit.tables import Corpus

KIND = "recycled-news"
DAY = 86_400
REASON = "times and words of rows are compared, nothing is drawn by chance"


@dataclass(frozen=True)
class Params:
    """Parameters of recycled-news."""

    least_gap: timedelta = param(
        timedelta(days=30), doc="how much older the earliest post is at least", minimum=DAY
    )
    similarity: float = param(
        0.5, doc="least Jaccard index of 3-shingles of a copy and the old text",
        minimum=0.3, maximum=1,
    )  # fmt: skip
    containment: float = param(
        0.8, doc="least share of the shorter text that the longer one holds", minimum=0.5, maximum=1
    )
    min_characters: int = param(
        12, doc="least letters, marks and digits of a text that is compared", minimum=6
    )
    slack: timedelta = param(
        timedelta(minutes=5), doc="by how much a shown time may differ from the id's", minimum=0
    )
    clock_share: float = param(
        0.05, doc="share of such posts from which on a file's clock is what differs",
        minimum=0.001, maximum=1,
    )  # fmt: skip


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of recycled-news in `corpus`: stories that are recycled first, then the others."""
    if corpus.posts.is_empty():
        return
    rule = RecycleRule(
        params.least_gap, params.similarity, params.containment, params.min_characters
    )
    copies = old_copies(corpus, rule).with_columns(outcome=_outcome())
    recycled = copies.filter(outcome="recycled").sort("story", "post_id")
    found = [_recycled(rows, corpus) for _, rows in recycled.group_by("story", maintain_order=True)]
    yield from sorted(found, key=lambda each: (-each.score, each.finding_id))
    for outcome in ("dated", "attributed", "evergreen"):
        rows = copies.filter(outcome=outcome)
        if rows.height:
            yield _exonerated(rows, outcome, corpus)
    off = redated_posts(corpus, slack=params.slack, file_share=params.clock_share)
    if off.height:
        yield _redated(off, corpus)


def _outcome() -> pl.Expr:
    new, returns = pl.col("says_new"), pl.col("spells") >= RETURNS
    return (
        pl.when("is_own").then(pl.lit("evergreen"))
        .when(pl.col("is_linked") | (pl.col("is_named") & ~new)).then(pl.lit("attributed"))
        .when("says_old").then(pl.lit("dated"))
        .when(~new & (returns | ~pl.col("is_news"))).then(pl.lit("evergreen"))
        .otherwise(pl.lit("recycled"))
    )  # fmt: skip


def _rows(copies: pl.DataFrame) -> tuple[EvidenceRow, ...]:
    old = [EvidenceRow("posts", each, "earliest") for each in copies["story"].unique()]
    return tuple(sorted([*old, *(EvidenceRow("posts", p, "copy") for p in copies["post_id"])]))


def _recycled(copies: pl.DataFrame, corpus: Corpus) -> Finding:
    numbers = _measures(copies)
    new = numbers["newness_count"] / copies.height
    time, place, end = (f"{numbers[f'lacking_{each}_count']:.0f}" for each in LACKED)
    score = (0.4 + 0.6 * new) * copies.height / (copies.height + 2)
    return Finding(
        kind=KIND,
        outcome="recycled",
        grade=Grade.WEAK,
        score=rounded(score) or 0.0,
        summary=(
            f"{copies.height} posts of {numbers['accounts_count']:.0f} accounts say or show, "
            f"{numbers['least_gap_days']:.0f} to {numbers['most_gap_days']:.0f} days later, what "
            f"one post of the data said, without its date or a way to it; "
            f"{numbers['newness_count']:.0f} have a word of newness; the earliest's date is "
            f"missing in {time}, its place in {place}, its outcome in {end}."
        ),
        subjects=Subjects(
            accounts=tuple(copies["account_id"].unique().sort()),
            posts=tuple(copies["post_id"].sort()),
        ),
        evidence=_rows(copies),
        caveats=explanations(copies, corpus),
        null_model=NullModel(reason=REASON),
        window=_window(copies),
        measures=numbers,
    )


def _measures(copies: pl.DataFrame) -> dict[str, float]:
    days = (copies["gap"] / DAY).to_numpy()
    counted = {
        "copies_count": copies.height,
        "accounts_count": copies["account_id"].n_unique(),
        "least_gap_days": float(days.min()),
        "most_gap_days": float(days.max()),
        "pictures_count": int(copies["is_picture"].sum()),
        "newness_count": int(copies["says_new"].sum()),
        **{f"lacking_{n}_count": int(copies[f"lacks_{n}"].sum()) for n in LACKED},
    }
    return {name: rounded(float(value)) or 0.0 for name, value in sorted(counted.items())}


LACKED = ("time", "place", "outcome")
SUMMARIES = {
    "dated": "{n} posts repeat what the data have from {least:.0f} days before or more, and say "
    "that it is of an earlier time.",
    "attributed": "{n} posts repeat what the data have from {least:.0f} days before or more, and "
    "lead to it or name its author.",
    "evergreen": "{n} posts repeat what the data have from {least:.0f} days before or more: their "
    "author's own words, a text that keeps returning, or one in which nothing grows old.",
}


def _exonerated(copies: pl.DataFrame, outcome: str, corpus: Corpus) -> Finding:
    numbers = _measures(copies)
    return Finding(
        kind=KIND,
        outcome=outcome,
        grade=None,
        score=0.0,
        summary=SUMMARIES[outcome].format(n=copies.height, least=numbers["least_gap_days"]),
        subjects=Subjects(posts=tuple(copies["post_id"].sort())),
        evidence=_rows(copies),
        caveats=explanations(copies, corpus),
        null_model=NullModel(reason=REASON),
        window=_window(copies),
        measures=numbers,
    )


def _window(copies: pl.DataFrame) -> tuple[datetime, datetime]:
    times = copies["at"].sort().to_list()
    return times[0], times[-1]


def _redated(off: pl.DataFrame, corpus: Corpus) -> Finding:
    sizes, later = (off["off"].abs() / DAY).to_numpy(), off.filter(pl.col("off") > 0).height
    numbers = {
        "copies_count": off.height,
        "accounts_count": off["account_id"].n_unique(),
        "shown_later_count": later,
        "least_gap_days": float(sizes.min()),
        "most_gap_days": float(sizes.max()),
    }
    return Finding(
        kind=KIND,
        outcome="re-dated",
        grade=None,
        score=0.0,
        summary=(
            f"{off.height} posts show a time that is {sizes.min():.2g} to {sizes.max():.2g} days "
            f"from the one in their ids, {later} of them a later one."
        ),
        subjects=Subjects(posts=tuple(off["post_id"].sort())),
        evidence=tuple(EvidenceRow("posts", each, "re-dated") for each in off["post_id"].sort()),
        caveats=time_explanations(off, corpus),
        null_model=NullModel(reason=REASON),
        measures={name: rounded(float(n)) or 0.0 for name, n in sorted(numbers.items())},
    )


def reach(corpus: Corpus, params: Params) -> tuple[str, ...]:
    """How far back the data go, without which nothing old is seen."""
    times = corpus.posts.select(at=pl.coalesce("id_time", "created_at", "collected_at"))["at"]
    span = times.max() - times.min() if times.count() else timedelta(0)  # type: ignore[operator]
    days, least = span.total_seconds() / DAY, params.least_gap.total_seconds() / DAY  # type: ignore[union-attr]
    return (
        f"The posts span {days:.0f} days; what was posted less than {least:.0f} days after the "
        "first of them cannot be told from what is new.",
    )


OUTCOMES = {
    "recycled": Outcome("old words or an old picture, with nothing that says so", accuses=True),
    "dated": Outcome("old words, and the post says that they are old", accuses=False),
    "attributed": Outcome("old words, and the post leads to where they are from", accuses=False),
    "evergreen": Outcome("words that repeat, return, or do not grow old", accuses=False),
    "re-dated": Outcome("a shown time that is not the one in the id", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Old words or pictures posted again with nothing that says that they are old.",
    outcomes=OUTCOMES,
    needs=("posts",),
    limits=(
        "What is old is known only from what is in the case: add the archive that you have.",
        "A rewording of more than half, a translation, or a picture that was cut has no old text.",
        "A text that is dated, linked or credited in small print counts as such.",
        "Shown times can be wrong; where ids carry no time, so can the gap.",
        "The earliest post of the data need not be the first one that there was.",
        "Whoever posts it may have believed it.",
    ),
    params=Params,
    detect=detect,
    reach=reach,
)
