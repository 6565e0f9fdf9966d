# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a bundle: one HTML page that loads nothing, for screen and A4 paper.

Its words are about rows. Innocent explanations are set as large as the evidence, a finding that no
person has judged is marked so on every page, and runs that found nothing are told like the others.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from graphkit.bundle.markup import Html, joined, table, tag
from graphkit.bundle.report_finding import file_words, finding_sections
from graphkit.bundle.report_front import front
from graphkit.bundle.report_ties import TiesOf, claim_of, story_place
from graphkit.bundle.report_trace import trace_section
from graphkit.tables import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.bundle.contents import Beside, Contents

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
_PRIVACY = (
    "Accounts, posts and names are pseudonyms (HMAC-SHA256 with a key that stays in the case) "
    "except those that a person decided to name. The same pseudonym is the same account in every "
    "file of the bundle.",
    "Times, counts and the words of the posts that are evidence are kept, for they are the "
    "evidence. Whoever can search the platform may find a post by its words or its time: treat "
    "the bundle as personal data.",
    "Texts of posts that are there only for context are hashed. Addresses that lead to a "
    "person's page or post are cut after the host.",
)
_ALL_RUNS = (
    "Whoever tries many settings finds something at last: every run of the case is listed, and "
    "runs.json holds its whole recipe."
)
_LABELS = (
    "A label is what somebody attached to a post, an account, an address or a claim; it is told in "
    "their words, raises no grade, and may be wrong."
)
_COLLECTION = (
    "Collection matters: rows collected by following links or from a list of accounts cannot show "
    "how common something is."
)


def html_report(contents: Contents, *, beside: Beside) -> bytes:
    """The page; `beside` has what the case does not hold: meanings of outcomes, other runs."""
    title = f"Evidence report: {contents.name}"
    ties = TiesOf(contents)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="robots", content="noindex"),
        tag("title", title),
        tag(
            "style",
            Html(resources.files("graphkit.bundle").joinpath("report.css").read_text("utf-8")),
        ),
    )
    main = tag(
        "main",
        front(contents, beside, title=title),
        *finding_sections(contents, beside, ties),
        *[_story(ties, each, number) for number, each in enumerate(contents.traces, 1)],
        _runs(contents),
        _searches(contents),
        _methods(contents, beside.limits),
        _sources(contents),
        _check(),
    )
    body = tag("body", main)
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n".encode()


def _story(ties: TiesOf, trace: Mapping[str, Any], number: int) -> Html:
    """One trace, and what it is tied to."""
    tied = ties.section(claim_of(trace))
    return tag("div", trace_section(trace), _labels(trace), tied, id=story_place(number))


def _labels(trace: Mapping[str, Any]) -> Html | None:
    """What others called the story, in their words, and how many of its posts came after."""
    rows: list[list[object]] = [
        [
            each["label"],
            each["labelled_by"] or "nobody named",
            f"{each['subject_kind']} {each['subject_id']}",
            each["labelled_at"] or "unknown",
            each["retracted_at"] or "no",
            each["posts_count"],
            each["after_count"],
            "; ".join(each["conflicts"]),
        ]
        for each in trace.get("labels", [])
    ]
    if not rows:
        return None
    heads = ["Label", "By", "On", "Since, UTC", "Taken back", "Posts", "After it", "Said otherwise"]
    return joined(
        tag("h3", "Labels that others gave"),
        table(heads, rows, caption="Labels that others gave", class_="rows"),
        tag("p", _LABELS, class_="note"),
    )


def _runs(contents: Contents) -> Html:
    rows: list[list[object]] = [
        [
            run["detector"],
            _result(run),
            run["findings_count"],
            run["bundled_count"],
            tag("code", _params(run["recipe"].get("params", {}))),
            tag("code", run["run_id"], class_="whole"),
        ]
        for run in contents.runs
    ]
    headings = ["Detector", "Result", "Findings", "In bundle", "Parameters", "Run"]
    shown = table(headings, rows, caption="All runs", class_="rows")
    return tag(
        "section",
        tag("h2", "All runs, also those that found nothing"),
        shown if rows else tag("p", "No detector has run."),
        tag("p", _ALL_RUNS, class_="note"),
    )


def _result(run: Mapping[str, Any]) -> str:
    lacking = run["recipe"].get("not_tested", [])
    if lacking:
        return f"not tested: no rows in {', '.join(lacking)}"
    return "nothing found" if run["findings_count"] == 0 else "findings"


def _params(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(params.items()))


def _searches(contents: Contents) -> Html:
    rows: list[list[object]] = [
        [each["where"], each["query"], each["found"], *_when_and_by_whom(each)]
        for each in contents.searches
    ]
    none = tag("p", "No search outside the case is on record.")
    shown = table(["Where", "Query", "Found", "At", "By"], rows, caption="Searches by people")
    return tag(
        "section",
        tag("h2", "What was looked for, found or not"),
        shown if rows else none,
    )


def _when_and_by_whom(search: Mapping[str, Any]) -> tuple[str, str]:
    """When it was searched, as told, else when that was written down; by whom where it is told."""
    at, by = search.get("searched_at"), search.get("by")
    return search["at"] if at is None else at, "" if by is None else by


def _methods(contents: Contents, limits: Mapping[str, Sequence[str]]) -> Html:
    used = sorted({run["detector"] for run in contents.runs})
    parts = [
        joined(tag("h3", name), tag("ul", *[tag("li", each) for each in limits[name]]))
        for name in used
        if limits.get(name)
    ]
    named: list[list[object]] = [
        [each["account_id"], each["reason"], each["by"], each["at"]] for each in contents.decisions
    ]
    heads = ["Named account", "Reason", "Decided by", "At"]
    return tag(
        "section",
        tag("h2", "Methods and limits"),
        *parts,
        tag("h3", "Names"),
        *[tag("p", each) for each in _PRIVACY],
        table(heads, named, caption="Accounts named by decision") if named else None,
    )


def _sources(contents: Contents) -> Html:
    counts = ("rows_read", "accepted", "duplicate", "rejected")
    frame = contents.rows.get("sources", SOURCES.empty()).sort("file", "sha256")
    rows: list[list[object]] = [
        [file_words(r["file"]), r["importer"], r["collection"], *(r[n] for n in counts),
         tag("code", r["sha256"])]
        for r in frame.to_dicts()
    ]  # fmt: skip
    headings = ["File", "Importer", "Collected as", "Read", "Accepted", "Repeated", "Rejected"]
    return tag(
        "section",
        tag("h2", "Files that the rows come from"),
        table([*headings, "SHA-256"], rows, caption="Source files", class_="rows"),
        tag("p", _COLLECTION, class_="note"),
    )


def _check() -> Html:
    return tag(
        "section",
        tag("h2", "How to check this bundle"),
        tag("p", "With graphkit, offline and without the case:"),
        tag("pre", "graphkit verify <this folder>"),
        tag("p", "Without graphkit: data/VERIFY.txt has the commands (sha256sum, openssl)."),
    )
