# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a bundle: one HTML page that loads nothing, for screen and A4 paper.

Its words are about rows. Innocent explanations are set as large as the evidence, a finding that no
person has judged is marked so on every page, and runs that found nothing are told like the others.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from graphkit.bundle.markup import Html, joined, table, tag
from graphkit.bundle.report_finding import finding_section, latest_judgements
from graphkit.bundle.report_ties import claim_of, story_place, ties_section
from graphkit.bundle.report_trace import trace_section
from graphkit.tables import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.bundle.contents import Contents

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
_HOW_TO_READ = (
    "A finding is a statement about rows: these rows, under this method, are more than chance "
    "would make, or they are not. It says nothing of why somebody posted, and nothing of who "
    "stands behind an account. People who share a cause, a newsroom or a fan club act together "
    "too; what speaks for such explanations stands beside each finding, tested or not.",
    "A grade is computed from the null model and from the tests of other explanations. A "
    "conclusion is a person's: it is the judgement under the finding, with a name and a date.",
    "Scores and grades compare findings of one method only. Do not rank accounts by them.",
)
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
_NO_GRADE = (
    "Outcomes without a grade accuse nobody: they explain the rows or say that they do not suffice."
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


def html_report(contents: Contents, *, limits: Mapping[str, Sequence[str]]) -> bytes:
    """The page as UTF-8. `limits` says by detector what its method cannot see."""
    title = f"Evidence report: {contents.name}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(resources.files("graphkit.bundle").joinpath("report.css").read_text())),
    )
    judged = latest_judgements(contents)
    sections = [
        finding_section(contents, record, number=number)
        for number, record in enumerate(contents.findings, 1)
    ]
    main = tag(
        "main",
        _opening(contents, title),
        _overview(contents, judged),
        *sections,
        *[_story(contents, each, number) for number, each in enumerate(contents.traces, 1)],
        _runs(contents),
        _searches(contents),
        _methods(contents, limits),
        _sources(contents),
        _check(),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', main), lang='en')}\n".encode()


def _story(contents: Contents, trace: Mapping[str, Any], number: int) -> Html:
    """One trace, and what it is tied to."""
    ties = ties_section(contents, claim_of(trace))
    return tag("div", trace_section(trace), _labels(trace), ties, id=story_place(number))


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
        tag("h3", "Labels that others gave"), table(heads, rows, class_="rows"),
        tag("p", _LABELS, class_="note"),
    )  # fmt: skip


def _opening(contents: Contents, title: str) -> Html:
    count = len(contents.findings)
    said = f"{count} {'finding' if count == 1 else 'findings'} from {len(contents.runs)} runs"
    told = f"{len(contents.traces)} traces" if len(contents.traces) != 1 else "1 trace"
    state = f"State of the case on {contents.date}; times are in {contents.zone}"
    return tag(
        "header",
        tag("p", "graphkit evidence bundle", class_="kicker"),
        tag("h1", title),
        tag("p", f"{said}, {told}. {state}.", class_="lead"),
        *[tag("p", each) for each in _HOW_TO_READ],
    )


def _overview(contents: Contents, judged: Mapping[str, Mapping[str, Any]]) -> Html:
    rows: list[list[object]] = [
        [
            tag("a", str(number), href=f"#finding-{number}"),
            record["kind"],
            record["outcome"],
            "none" if record["grade"] is None else record["grade"],
            judged.get(record["bundle_finding_id"], {}).get("verdict", "not reviewed"),
            record["summary"],
        ]
        for number, record in enumerate(contents.findings, 1)
    ]
    headings = ["No.", "Kind", "Outcome", "Grade", "Judgement", "What the rows say"]
    return tag(
        "section",
        tag("h2", "Findings in this bundle"),
        table(headings, rows) if rows else tag("p", "No run found anything to report."),
        tag("p", _NO_GRADE, class_="note"),
    )


def _runs(contents: Contents) -> Html:
    rows: list[list[object]] = [
        [
            run["detector"],
            _result(run),
            run["findings_count"],
            run["bundled_count"],
            tag("code", _params(run["recipe"].get("params", {}))),
            tag("code", run["run_id"]),
        ]
        for run in contents.runs
    ]
    headings = ["Detector", "Result", "Findings", "In bundle", "Parameters", "Run"]
    return tag(
        "section",
        tag("h2", "All runs, also those that found nothing"),
        table(headings, rows, class_="rows") if rows else tag("p", "No detector has run."),
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
    return tag(
        "section",
        tag("h2", "What was looked for, found or not"),
        table(["Where", "Query", "Found", "At", "By"], rows) if rows else none,
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
    return tag(
        "section",
        tag("h2", "Methods and limits"),
        *parts,
        tag("h3", "Names"),
        *[tag("p", each) for each in _PRIVACY],
        table(["Named account", "Reason", "Decided by", "At"], named) if named else None,
    )


def _sources(contents: Contents) -> Html:
    counts = ("rows_read", "accepted", "duplicate", "rejected")
    frame = contents.rows.get("sources", SOURCES.empty()).sort("file", "sha256")
    rows: list[list[object]] = [
        [*(r[n] for n in ("file", "importer", "collection", *counts)), tag("code", r["sha256"])]
        for r in frame.to_dicts()
    ]
    headings = ["File", "Importer", "Collected as", "Read", "Accepted", "Repeated", "Rejected"]
    return tag(
        "section",
        tag("h2", "Files that the rows come from"),
        table([*headings, "SHA-256"], rows, class_="rows"),
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
