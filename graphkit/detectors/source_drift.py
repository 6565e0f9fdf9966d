# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on its way a story lost its source, or named one that does not say it.

Stories are near-duplicate texts of originals and quotes with enough reach. A copy is held to what
its nearest earlier wordings bear only if all of them bear it: who copied a text from which the
source was gone lost nothing. Plain reposts, quotes and replies inside the story show what they pass
on and are no copies; edited copies, accounts that repeat themselves and posts without a time are
left out. Outcomes, each with the first copy, its parent and the places of both in the text:

- source-dropped: the nearest earlier wordings name a source, the copy names none, mentions nobody
  new and does not hold the name.
- made-vaguer: it has a phrase like "it is said online" instead.
- source-changed: it names a source that no earlier telling names or is by.
- hearsay-dropped: they have such a phrase, the copy states the same without one.
- made-firmer: they have such a phrase, the copy names somebody or speaks of reports instead.
- label-dropped: they say that it is made by AI, an advertisement, an opinion, satire, staged, from
  an archive, unconfirmed or of a date (in words, in the source field or by a label), the copy not.
- never-said: the named account has `least_posts` earlier posts at hand, or the linked post or page
  is at hand, and none shares `paraphrase` of the words; says-otherwise: with other numbers.
- loop-closes: a telling names what was told, in some steps, from an earlier one of its account.

All are facts about texts: no outcome accuses, every grade is None, and no account is a subject. The
null model is the share of copies in all other stories of the case that lost the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import (
    Detector,
    EvidenceRow,
    Finding,
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
)
from graphkit.tables import CITATIONS, LABELS
from graphkit.text.markings import label_marking
from graphkit.trace.drift import drift
from graphkit.trace.drift_explanations import UNSAID, Lost, explanations, longest_texts
from graphkit.trace.source_loops import closing_tellings
from graphkit.trace.story_sources import named
from graphkit.trace.tellings import Reach, tellings
from graphkit.trace.unsaid import unsaid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "source-drift"
TRAITS = {
    "source-dropped": "source", "made-vaguer": "source", "source-changed": "source",
    "hearsay-dropped": "hearsay", "made-firmer": "hearsay", "never-said": "said",
    "says-otherwise": "said",
}  # fmt: skip
HALF = 50  # posts of a story with a score of one half


@dataclass(frozen=True)
class Params:
    """Parameters of source-drift."""

    similarity: float = param(
        0.5, doc="least Jaccard index of wordings of one story", minimum=0.2, maximum=1
    )
    contained: float = param(
        0.8, doc="least share of the shorter wording in what it is copied from",
        minimum=0.3, maximum=1,
    )  # fmt: skip
    margin: float = param(
        0.1, doc="by how much less similar wordings may have been copied too", minimum=0, maximum=1
    )
    least_accounts: int = param(3, doc="least accounts that tell a story themselves", minimum=2)
    least_posts: int = param(10, doc="least posts that tell a story or pass it on", minimum=2)
    most_wordings: int = param(300, doc="wordings of a story that are compared", minimum=10)
    least_said: int = param(3, doc="least earlier posts at hand of an account that never said it",
                            minimum=1)  # fmt: skip
    paraphrase: float = param(
        0.2, doc="share of words in common from which on a source may have said it",
        minimum=0.05, maximum=1,
    )  # fmt: skip

    def reach(self) -> Reach:
        """Which stories are looked at."""
        return Reach(
            similarity=self.similarity,
            contained=self.contained,
            least_accounts=self.least_accounts,
            least_posts=self.least_posts,
            most_wordings=self.most_wordings,
        )


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of source-drift in `corpus`: by outcome, the earliest first hop first."""
    if corpus.citations.is_empty() or corpus.posts.is_empty():
        return
    told = tellings(corpus, params.reach())
    rows, asked = _rows(corpus, told, params)
    longest = longest_texts(corpus)
    for outcome in OUTCOMES:
        own = rows[outcome].sort("at", "child", "story_id")
        for _, part in own.group_by("story_id", "marking", maintain_order=True):
            story = told.filter(story_id=part["story_id"][0])
            lost = Lost(outcome, part["marking"][0], part, story)
            yield _finding(lost, corpus, asked, longest)


def _rows(
    corpus: Corpus, told: pl.DataFrame, params: Params
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The rows of each outcome, and how many copies and sources of each story were asked."""
    lost = drift(corpus, told, params.reach(), margin=params.margin)
    said, counts = unsaid(corpus, told, least_posts=params.least_said, paraphrase=params.paraphrase)
    loops = closing_tellings(told, named(corpus, told))
    blank = pl.lit(None, pl.String)
    rows = {name: lost.hops.filter(outcome=name) for name in OUTCOMES}
    for name in UNSAID:
        rows[name] = said.filter(outcome=name).with_columns(marking=blank)
    rows["loop-closes"] = loops.with_columns(marking=blank)
    asked = pl.concat(
        [
            lost.asked.select("story_id", "trait", "copies_count"),
            counts.select("story_id", trait=pl.lit("said"), copies_count="asked_count"),
        ]
    )
    return rows, asked.join(_losses(rows), on=["story_id", "trait"], how="left")


def _losses(rows: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """How many rows of each outcome a story has: story_id, trait and a column an outcome."""
    counted = [
        frame.select(
            "story_id",
            outcome=pl.lit(name),
            trait=pl.lit(TRAITS[name]) if name in TRAITS else pl.col("marking"),
        )
        for name, frame in rows.items()
        if name != "loop-closes"
    ]
    return pl.concat(counted).group_by("story_id", "trait").agg(
        (pl.col("outcome") == name).sum().cast(pl.Int64).alias(name) for name in rows
    )  # fmt: skip


SUMMARIES = {
    "source-dropped": "In {n} of {asked} copies no source is named, though every nearest earlier "
    "wording names one",
    "made-vaguer": "In {n} of {asked} copies nobody in particular is named as the source, though "
    "every nearest earlier wording names one",
    "source-changed": "In {n} of {asked} copies another source is named than in any earlier post",
    "hearsay-dropped": "{n} of {asked} copies state what every nearest earlier wording gives as "
    "hearsay",
    "made-firmer": "In {n} of {asked} copies a source is named or reports are spoken of, where "
    "every nearest earlier wording gives hearsay",
    "label-dropped": "In {n} of {asked} copies that is gone which every nearest earlier wording "
    "says of itself ({marking})",
    "never-said": "In {rows} of {asked} of the earliest citations of a source at hand its earlier "
    "texts do not say it",
    "says-otherwise": "In {rows} of {asked} of the earliest citations of a source at hand its "
    "earlier text says it with other numbers",
    "loop-closes": "In {n} of {told} posts that is named as the source which was told, in some "
    "steps, from an earlier post of the same account",
}
MARKINGS = {
    "ai": "made by AI", "advertisement": "an advertisement", "opinion": "an opinion",
    "satire": "satire", "staged": "staged or an exercise", "archive": "from an archive",
    "unconfirmed": "unconfirmed", "date": "a date with its year",
}  # fmt: skip
FAMILIES = {
    "copies": (
        "the share of such copies in the other stories of the case that lost it",
        "copies whose nearest earlier wordings all bear it",
    ),
    "said": (
        "the share of sources at hand that other stories of the case name and that do not say it",
        "sources at hand that stories name",
    ),
}


def _summary(lost: Lost, asked: pl.DataFrame) -> str:
    marking = "" if lost.marking is None else MARKINGS.get(lost.marking, lost.marking)
    told, accounts = lost.told.height, lost.told["account_id"].n_unique()
    said = SUMMARIES[lost.outcome].format(
        n=lost.rows["child"].n_unique(),
        asked=0 if lost.outcome == "loop-closes" else _elsewhere(lost, asked)[0],
        rows=lost.rows.height,
        told=told,
        marking=marking,
    )
    return f"{said}; the story is told by {told} posts of {accounts} accounts."


def _elsewhere(lost: Lost, asked: pl.DataFrame) -> tuple[int, float | None, int]:
    """Copies of the story that could have lost it, the share that did elsewhere, of how many."""
    trait = TRAITS.get(lost.outcome, lost.marking)
    mine = pl.col("story_id") == lost.told["story_id"][0]
    of_trait = asked.filter(pl.col("trait") == trait)
    own = int(of_trait.filter(mine)["copies_count"].sum())
    others = of_trait.filter(~mine)
    total = int(others["copies_count"].sum())
    share = int(others[lost.outcome].fill_null(0).sum()) / total if total else None
    return own, share, total


def _null(lost: Lost, asked: pl.DataFrame) -> NullModel:
    if lost.outcome == "loop-closes":
        return NullModel(reason="who names whom is read from the texts, not tested")
    own, share, total = _elsewhere(lost, asked)
    if share is None:
        return NullModel(reason="no other story of the case has copies that could have lost it")
    name, family = FAMILIES["said" if lost.outcome in UNSAID else "copies"]
    return NullModel(name, expected=rounded(own * share), tests_made=total, family=family)


def _measures(lost: Lost, asked: pl.DataFrame) -> dict[str, float]:
    first = lost.rows.head(1)
    counted: dict[str, float | None] = {
        "copies_lost_count": lost.rows["child"].n_unique(),
        "story_tellings_count": lost.told.height,
        "story_accounts_count": lost.told["account_id"].n_unique(),
        "story_posts_count": lost.told["story_posts"][0],
    }
    if lost.outcome != "loop-closes":
        own, share, _ = _elsewhere(lost, asked)
        counted |= {"copies_asked_count": own, "lost_elsewhere_share": share}
    names = ("similarity", "near_count", "parent_start", "parent_end", "child_start", "child_end",
             "share", "later_share", "earlier_count", "steps")  # fmt: skip
    counted |= {f"first_{name}": first[name][0] for name in names if name in first.columns}
    rounds = {name: rounded(value) for name, value in counted.items()}
    return {name: value for name, value in rounds.items() if value is not None}


ROLES = {
    "child": "child", "parent": "parent", "nearest": "nearest-of-source",
    "later": "later-of-source", "began": "began",
}  # fmt: skip


def _evidence(lost: Lost, corpus: Corpus) -> tuple[EvidenceRow, ...]:
    """The posts of every hop, those of the first once more as such, and what both sides name."""
    rows, found = lost.rows, []
    for column in (name for name in ROLES if name in rows.columns):
        posts = rows[column]
        found += [EvidenceRow("posts", each, ROLES[column]) for each in posts.drop_nulls()]
        if posts[0] is not None:
            found.append(EvidenceRow("posts", posts[0], f"first-{ROLES[column]}"))
    for side in ("child", "parent"):
        if side in rows.columns:
            posts = rows[side].drop_nulls()
            cited = corpus.citations.filter(pl.col("post_id").is_in(posts.implode()))
            keys = cited.select(CITATIONS.row_key())["key"]
            found += [EvidenceRow("citations", key, f"named-by-{side}") for key in keys]
    if lost.marking is not None:
        borne = corpus.labels.filter(
            pl.col("subject_id").is_in(rows["parent"].implode()),
            label_marking(pl.col("label")) == lost.marking,
        )
        keys = borne.select(LABELS.row_key())["key"]
        found += [EvidenceRow("labels", key, "label-of-parent") for key in keys]
    return tuple(sorted(set(found)))


def _finding(lost: Lost, corpus: Corpus, asked: pl.DataFrame, longest: pl.DataFrame) -> Finding:
    rows = lost.rows
    posts = {p for name in ("child", "parent") if name in rows.columns for p in rows[name]}
    posts_count = int(lost.told["story_posts"][0])
    first = lost.told.sort("at", "post_id", nulls_last=True)["post_id"][0]
    return Finding(
        kind=KIND,
        outcome=lost.outcome,
        grade=None,
        score=rounded(posts_count / (posts_count + HALF)) or 0.0,
        summary=_summary(lost, asked),
        subjects=Subjects(posts=tuple(sorted(posts)), claims=(f"claim:{first}",)),
        evidence=_evidence(lost, corpus),
        caveats=explanations(lost, corpus, longest),
        null_model=_null(lost, asked),
        window=(rows["at"].min(), rows["at"].max()),  # type: ignore[arg-type]  # copies have times
        measures=_measures(lost, asked),
    )


OUTCOMES = {
    "source-dropped": Outcome("the copy names no source any more", accuses=False),
    "made-vaguer": Outcome("the copy names nobody in particular any more", accuses=False),
    "source-changed": Outcome("the copy names another source", accuses=False),
    "hearsay-dropped": Outcome("hearsay is told as a fact", accuses=False),
    "made-firmer": Outcome("hearsay is told as somebody's report", accuses=False),
    "label-dropped": Outcome("the copy no longer says what it is", accuses=False),
    "never-said": Outcome("the named source at hand does not say it", accuses=False),
    "says-otherwise": Outcome("the named source says it with other numbers", accuses=False),
    "loop-closes": Outcome("the named source had it from the same account", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Copies of a story that lost its source or its label, and sources that never said it.",
    outcomes=OUTCOMES,
    needs=("posts", "citations"),
    limits=(
        "Only copies in nearly the same words are compared: a retelling, a translation or a "
        "picture of a text is another story here.",
        "Which of several like texts somebody copied is not known; an earlier copy without the "
        "source, once there, hides every later loss, and who wants to hide one can place it.",
        "A copy that mentions any account that its parent does not is taken to credit somebody.",
        "A first copy is the first in the data, and losing a source is no sign of an intention.",
        "Sources are read by the rules of the lexicon: a name in a form that it does not know "
        "counts as none on either side, unless the copy holds the name itself.",
        "Whether a source says it is judged by shared words with its texts in the case alone.",
    ),
    params=Params,
    detect=detect,
)
