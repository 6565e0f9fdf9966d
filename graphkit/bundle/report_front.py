# SPDX-License-Identifier: GPL-3.0-or-later
"""The first page of a report: what is claimed, on which rows, how sure, what could be wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.markup import Html, figure, joined, table, tag, whole
from graphkit.bundle.report_words import (
    BY_HAND,
    CONTESTED,
    GRADES,
    by_finding,
    chance_words,
    consistent_words,
    doubts,
    held_words,
    mark_of,
    review_words,
    state_of,
)
from graphkit.tables import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.bundle.contents import Beside, Contents

Record = dict[str, Any]
SHOWN_SUMMARY = 160
FEW_CLAIMS = 3  # so many are read as they are
_READ = (
    "A finding is a statement about rows, not about motives, and not about who stands behind an "
    "account. People who share a cause, a newsroom or a fan club act together too. A grade is "
    "computed; a conclusion is a person's judgement, with a name and a date. p is how often chance "
    "would do the like; it is not the probability that nothing is going on. Scores and grades "
    "compare findings of one method only: do not rank accounts by them."
)
_NO_GRADE = (
    "Outcomes without a grade accuse nobody: they explain the rows or say that they do not suffice."
)
_ON_PAPER = (
    "On paper their rows and measures are left out: evidence.csv and findings.jsonl have all."
)
_EACH = "Each claim follows with its rows and what chance would make, then its whole section."
_CUT = (
    "cut: of withheld accounts the texts to what several posts share and the times to the hour, "
    "because both can be searched for on the platform"
)


@dataclass(frozen=True)
class _Claim:
    """A finding with a grade: its number in the report, its record, the state of its review."""

    number: int
    record: Record
    review: str


def _opening(contents: Contents, title: str) -> Html:
    """What the page is, and the claim count in a sentence."""
    graded = [each for each in contents.findings if each["grade"] is not None]
    rest, told = len(contents.findings) - len(graded), len(contents.traces)
    counts = Counter(each["grade"] for each in graded)
    by = ", ".join(f"{counts[name]} {name}" for name in ("strong", "moderate", "weak"))
    lead = (
        f"{_counted(len(graded), 'finding')} with a grade ({by}), {rest} that accuse nobody, "
        f"{_counted(told, 'traced story', 'traced stories')}."
    )
    state = f"State of the case on {contents.date}. Times are in {contents.zone}."
    return tag(
        "header",
        tag("p", "graphkit evidence report", class_="kicker"),
        tag("h1", title),
        tag("p", lead, class_="lead"),
        tag("p", state, class_="note"),
    )


def front(contents: Contents, beside: Beside, *, title: str) -> Html:
    """The box on how the bundle was made, a card for each claim, and what accuses nobody."""
    numbered = list(enumerate(contents.findings, 1))
    judgements = by_finding(contents.judgements)
    claims = [
        _Claim(number, r, review_words(judgements.get(r["bundle_finding_id"], []), r))
        for number, r in numbered
        if r["grade"] is not None
    ]
    rest = [(number, r) for number, r in numbered if r["grade"] is None]
    none = tag("p", "No finding with a grade is in this bundle.")
    marked = any(mark_of(r) is not None for r in contents.findings)
    return tag(
        "section",
        _opening(contents, title),
        _made(contents),
        tag("p", _READ, class_="note"),
        tag("h2", "What is claimed"),
        none if not claims else None,
        _glance(beside, claims) if len(claims) > FEW_CLAIMS else None,
        *[_card(beside, each) for each in claims],
        _rest(judgements, rest),
        class_="front marked" if marked else "front",
    )


def _counted(count: int, one: str, many: str | None = None) -> str:
    more = f"{one}s" if many is None else many
    return f"{figure(count)} {one if count == 1 else more}"


def _made(contents: Contents) -> Html:
    facts = [
        ("Texts and times", _fullness(contents)),
        ("Names", f"pseudonyms; {_counted(len(contents.decisions), 'account')} named by decision"),
        ("Not reviewed, in here", _unreviewed(contents)),
        ("Left out", _left_out(contents)),
        ("Runs", _runs(contents)),
        ("By people", _by_people(contents)),
    ]
    pairs = [tag("div", tag("dt", name), tag("dd", said)) for name, said in facts]
    return tag(
        "div",
        tag("h2", "How this report was made"),
        tag("dl", *pairs, class_="made"),
        class_="box full" if contents.in_full is not None else "box",
    )


def _fullness(contents: Contents) -> Html | str:
    if contents.in_full is None:
        return _CUT
    said = contents.in_full
    return joined(
        tag("strong", "In full. "),
        f"Decided by {said['by']}, {said['at'][:10]}: {said['reason']}. Who can search the "
        "platform can find these posts and their authors.",
    )


def _unreviewed(contents: Contents) -> str:
    count = contents.unreviewed_count
    contested = sum(state_of(each) == CONTESTED for each in contents.findings)
    if not count:
        return "none of the findings with a grade"
    more = f", {contested} of them contested" if contested else ""
    return f"{_counted(count, 'finding')} with a grade{more}, marked wherever they stand"


def _left_out(contents: Contents) -> str:
    left = contents.left_out
    said = [f"{figure(count)} {why}" for why, count in sorted(left.items()) if count]
    return " and ".join(said) if said else "no finding that was asked for"


def _runs(contents: Contents) -> str:
    lacking = sum(bool(each["recipe"].get("not_tested")) for each in contents.runs)
    empty = sum(each["findings_count"] == 0 for each in contents.runs) - lacking
    return f"{figure(len(contents.runs))}; {empty} found nothing, {lacking} lacked rows to test"


def _by_people(contents: Contents) -> str:
    sources = contents.rows.get("sources", SOURCES.empty())
    by_hand = sources.filter(pl.col("file").str.ends_with(BY_HAND))["accepted"].sum()
    searches = _counted(len(contents.searches), "search", "searches")
    return f"{_counted(int(by_hand), 'row')} added by hand, {searches} on record"


def _glance(beside: Beside, claims: Sequence[_Claim]) -> Html:
    """All claims in a table, for who has one minute: what, how sure, what could be wrong."""
    rows: list[list[object]] = [
        [
            tag("a", str(each.number), href=f"#finding-{each.number}"),
            _short(each.record["summary"]),
            _sure(each.record),
            _doubts(each.record, in_short=True),
            held_words(beside, each.record),
            each.review,
        ]
        for each in claims
    ]
    heads = ["No.", "What the rows say", "How sure", "What could be wrong", "Other runs", "Review"]
    return joined(
        table(heads, rows, caption="All claims at a glance", class_="rows glance"),
        tag("p", _EACH, class_="note"),
    )


def _sure(record: Record) -> Html:
    """The grade, p, and q, which counts that much was tested."""
    chances = [(name, record[f"{name}_value"]) for name in ("p", "q")]
    said = [whole(f"{name} = {figure(value)}") for name, value in chances if value is not None]
    lines = [tag("strong", record["grade"]), *(said if said else ["no p-value"])]
    return joined(lines[0], *[joined(tag("br"), each) for each in lines[1:]])


def _card(beside: Beside, claim: _Claim) -> Html:
    record, place = claim.record, f"finding-{claim.number}"
    mark = mark_of(record)
    rows = tag("a", f"{_counted(record['evidence_count'], 'row')}", href=f"#{place}-rows")
    facts: list[tuple[str, object]] = [
        ("Rows behind it", rows),
        ("How sure", joined(tag("strong", GRADES[record["grade"]]), f". {chance_words(record)}")),
        ("Other runs", held_words(beside, record)),
        ("What could be wrong", _doubts(record)),
        ("Review", claim.review),
    ]
    kicker = f"Finding {claim.number} · {record['kind']}: {record['outcome']}"
    return tag(
        "article",
        tag("p", kicker, class_="kicker"),
        None if mark is None else tag("p", state_of(record), class_="badge"),
        tag("h3", tag("a", record["summary"], href=f"#{place}")),
        tag("p", consistent_words(beside, record), class_="consistent"),
        tag("dl", *[tag("div", tag("dt", n), tag("dd", v)) for n, v in facts], class_="brief"),
        class_="claim" if mark is None else "claim unreviewed",
    )


def _doubts(record: Record, *, in_short: bool = False) -> Html:
    told = doubts(record, in_short=in_short)
    return tag("ul", *[tag("li", tag("strong", f"{name}: "), said) for name, said in told])


def _rest(
    judgements: Mapping[str, Sequence[Record]], rest: list[tuple[int, Record]]
) -> Html | None:
    if not rest:
        return None
    rows: list[list[object]] = [
        [
            tag("a", str(number), href=f"#finding-{number}"),
            r["kind"],
            r["outcome"],
            review_words(judgements.get(r["bundle_finding_id"], []), r),
            _short(r["summary"]),
        ]
        for number, r in rest
    ]
    headings = ["No.", "Kind", "Outcome", "Review", "What the rows say"]
    return joined(
        tag("h2", "What accuses nobody"),
        tag("p", _NO_GRADE, class_="note"),
        tag("p", _ON_PAPER, class_="note paper"),
        table(headings, rows, caption="Findings without a grade", class_="rows"),
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_SUMMARY else f"{text[:SHOWN_SUMMARY]} … [more in its section]"
