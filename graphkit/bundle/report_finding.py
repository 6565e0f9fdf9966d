# SPDX-License-Identifier: GPL-3.0-or-later
"""One finding in the report: chance and other explanations first, then the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from graphkit.bundle.links import batches
from graphkit.bundle.markup import Html, figure, folded, joined, table, tag, whole
from graphkit.bundle.pictures import graph_picture, timeline_picture
from graphkit.bundle.report_rows import TIME, shown_rows
from graphkit.bundle.report_words import (
    BY_HAND,
    CONTESTED,
    GRADES,
    NOT_REVIEWED,
    by_finding,
    chance_words,
    consistent_words,
    held_words,
    mark_of,
    review_words,
    state_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta

    from graphkit.bundle.contents import Beside, Contents
    from graphkit.bundle.report_rows import Network, Shown
    from graphkit.bundle.report_ties import TiesOf

Record = dict[str, Any]
SHOWN_LABEL = 60
SHOWN_TEXT = 400
SHORT = 30
_P_AND_Q = {  # of different tests, so the label says which
    "coordinated-sharing": "p: share of permuted logs with a group as large, at least 1/(B+1); "
    "q: after Benjamini and Hochberg over groups",
    "ranking-manipulation": "p: share of permuted logs with a core as large, at least 1/(B+1); "
    "q: its least probable pair of audiences, after Benjamini and Hochberg over pairs",
}
_CAVEATS = {
    "stands": "the finding stands",
    "weakens": "may explain the rows",
    "untested": "not tested",
}


@dataclass(frozen=True)
class _Page:
    """What the sections of all findings share: ties by their ends, judgements by finding."""

    contents: Contents
    beside: Beside
    ties: TiesOf
    judgements: Mapping[str, Sequence[Record]]


def finding_sections(contents: Contents, beside: Beside, ties: TiesOf) -> Iterator[Html]:
    """The section of each finding in turn; pictures only where it has a grade."""
    page = _Page(contents, beside, ties, by_finding(contents.judgements))
    for batch in batches(contents.evidence, contents.findings):
        every = zip(batch.records, shown_rows(contents, batch), strict=True)
        for number, (record, shown) in enumerate(every, batch.first + 1):
            yield _section(page, record, shown, number=number)


def _section(page: _Page, record: Record, shown: Shown, *, number: int) -> Html:
    zone, mark = page.contents.zone, mark_of(record)
    kicker = f"Finding {number} of {len(page.contents.findings)} · {record['kind']}"
    return tag(
        "section",
        None if mark is None else tag("p", mark, class_="mark"),
        tag(
            "header",
            tag("p", kicker, class_="kicker"),
            tag("h2", record["summary"]),
            tag("p", consistent_words(page.beside, record), class_="consistent"),
            _facts(page, record),
        ),
        _caveats(record),
        _loops(shown, zone),
        page.ties.section(record["bundle_finding_id"]),
        _network(shown.network),
        _timeline(shown, zone),
        _rows(shown, zone, place=f"finding-{number}-rows"),
        _measures(record),
        _judgements(page, record),
        _identity(record),
        class_=" ".join(_classes(record)),
        id=f"finding-{number}",
    )


def _classes(record: Record) -> list[str]:
    graded = [] if record["grade"] is not None else ["plain"]
    state = state_of(record)
    marks = {NOT_REVIEWED: ["unreviewed"], CONTESTED: ["unreviewed", "contested"]}
    return ["finding", *graded, *marks.get(state, [])]


def _facts(page: _Page, record: Record) -> Html:
    judgements = page.judgements.get(record["bundle_finding_id"], [])
    facts = [
        ("Outcome", record["outcome"], ""),
        ("Grade", GRADES[record["grade"]], "wide"),
        ("Rows of evidence", figure(record["evidence_count"]), ""),
        ("Review", review_words(judgements, record), "wide"),
        ("Other runs", held_words(page.beside, record), "wide"),
        ("By chance", chance_words(record), "whole-line"),
        *_tests(record),
        ("Window", _window(record["window"], page.contents.zone), "wide"),
    ]
    return tag(
        "dl",
        *[tag("div", tag("dt", n), tag("dd", v), class_=c if c else None) for n, v, c in facts],
        class_="facts",
    )


def _tests(record: Record) -> list[tuple[str, str, str]]:
    """What p and q count, and over which family."""
    null = record["null_model"]
    if null.get("name") is None:
        return [("Score", figure(record["score"]), "wide")]
    said = _P_AND_Q.get(record["kind"], "p of this finding; q over all tests of the family")
    return [("What p and q are", f"{said}. Family: {null.get('family', 'none')}.", "wide said")]


def _window(window: Mapping[str, str] | None, zone: str) -> str:
    if window is None:
        return "none"
    ends = [datetime.fromisoformat(window[name]) for name in ("start", "end")]
    return " to ".join(f"{each.astimezone(ZoneInfo(zone)):{TIME}}" for each in ends)


def _caveats(record: Record) -> Html:
    rows: list[list[object]] = [
        [
            each["hypothesis"],
            each["test"],
            tag("span", _CAVEATS[each["outcome"]], class_=f"outcome {each['outcome']}"),
            each["detail"],
        ]
        for each in record["caveats"]
    ]
    headings = ["Innocent explanation", "Test", "Outcome of the test", "Detail"]
    none = tag("p", "No other explanation is on record: take all of them as not tested.")
    return joined(
        tag("h3", "What else may explain it"),
        table(headings, rows, caption="Innocent explanations", class_="caveats") if rows else none,
    )


def _measures(record: Record) -> Html | None:
    rows: list[list[object]] = [
        [name.replace("_", " "), value] for name, value in sorted(record["measures"].items())
    ]
    if not rows:
        return None
    shown = _halved(["Measure", "Value"], rows, caption="Measures")
    return joined(tag("h3", "Measures"), folded(f"{len(rows)} measures", shown))


def _halved(headings: list[str], rows: list[list[object]], *, caption: str) -> Html:
    """One long narrow table as two beside one another."""
    half = (len(rows) + 1) // 2
    parts = [
        table(headings, part, caption=f"{caption}, part {number}", class_="rows")
        for number, part in enumerate((rows[:half], rows[half:]), 1)
        if part
    ]
    return tag("div", *parts, class_="pair")


def _loops(shown: Shown, zone: str) -> Html | None:
    """The loops hop by hop, each hop the row that makes it."""
    if not shown.loops:
        return None
    heads = ["Hop", *_row_heads(zone)]
    tables = [
        table(
            heads,
            [[hop["hop"], *_row(hop)] for hop in hops],
            caption=f"Loop {hops[0]['loop']}, hop by hop",
            class_="rows loop",
        )
        for hops in shown.loops
    ]
    left = shown.loops_count - len(tables)
    note = f"{figure(left)} more loops are in evidence.csv, by their role." if left else None
    return joined(
        tag("h3", "The loops, hop by hop"),
        *tables,
        None if note is None else tag("p", note, class_="note"),
    )


def _network(network: Network | None) -> Html | None:
    """The graph as a picture, the table that names its nodes, and the heaviest links."""
    if network is None:
        return None
    links: list[list[object]] = [[f"{a} → {b}", *rest] for a, b, *rest in network.links]
    names: list[list[object]] = [[n, kind, label[:SHOWN_LABEL]] for n, kind, label in network.nodes]
    nodes_count, edges_count = figure(network.nodes_count), figure(network.edges_count)
    pair = tag(
        "div",
        table(["No.", "Is", "Name"], names, caption="Nodes of the picture", class_="rows"),
        table(["Link", "Relation", "Rows"], links, caption="Heaviest links", class_="rows"),
        class_="pair",
    )
    title = f"{len(names)} of {nodes_count} nodes, {len(links)} links with most rows"
    return joined(
        tag("h3", "What the rows relate"),
        _drawn(network),
        folded(title, pair),
        tag("p", f"All {nodes_count} nodes and {edges_count} links: graphs/.", class_="note"),
    )


def _drawn(network: Network) -> Html:
    if network.drawn is None:
        count = figure(network.nodes_count)
        return tag("p", f"{count} nodes are too many to draw on paper; see graphs/.")
    caption = (
        "Circles are accounts, squares what they acted on; numbers are those of the table. A line "
        "is rows of evidence. Places mean nothing."
    )
    drawing = _named(graph_picture(*network.drawn), "Graph of the rows; the table has its facts")
    return tag("figure", drawing, tag("figcaption", caption))


def _named(svg: str, name: str) -> Html:
    """The picture with words for those who do not see it."""
    return Html(svg.replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1))


def _timeline(shown: Shown, zone: str) -> Html | None:
    if shown.times is None:
        return None
    counts, step = shown.times
    rows: list[list[object]] = [[at.strftime(TIME), count] for at, count in counts.rows()]
    caption = tag("figcaption", f"Each bar is {_words(step)} wide.")
    drawing = _named(timeline_picture(counts, step), "Rows over time; the table has its facts")
    return joined(
        tag("h3", "The rows over time"),
        tag("figure", drawing, caption),
        folded("The same as a table", _halved([f"From, {zone}", "Rows"], rows, caption="Rows")),
    )


def _words(step: timedelta) -> str:
    """The step in its largest unit: 15 seconds, 1 hour."""
    units = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    seconds = int(step.total_seconds())
    size, name = next(unit for unit in units if seconds % unit[0] == 0)
    count = seconds // size
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _rows(shown: Shown, zone: str, *, place: str) -> Html:
    rows = [[*_row(each), _unbroken(each["role"])] for each in shown.rows]
    held = table([*_row_heads(zone), "Role"], rows, caption="Rows of evidence", class_="rows")
    more = shown.count - len(rows)
    note = f"{figure(more)} more rows are in evidence.csv and evidence.parquet." if more else None
    return joined(
        tag("h3", "Rows of evidence", id=place),
        folded(f"{figure(len(rows))} of {figure(shown.count)} rows", held),
        None if note is None else tag("p", note, class_="note"),
    )


def _row_heads(zone: str) -> list[str]:
    return [f"Time, {zone}", "Account", "What the row says", "File and line"]


def _row(row: Mapping[str, Any]) -> list[object]:
    when, who = ("unknown" if row[n] is None else row[n] for n in ("local", "account_id"))
    return [
        whole(when),
        whole(who),
        _cut(row["said"]),
        _place(row),
    ]


def _place(row: Mapping[str, Any]) -> str:
    if row["file"] is None:
        return "unknown"
    file = file_words(row["file"])
    place = file if row["line"] is None else f"{file}, line {figure(row['line'])}"
    return _unbroken(place)


def _unbroken(text: str) -> str:
    """The text on one line where it is short."""
    return whole(text) if len(text) <= SHORT else text


def file_words(name: str) -> str:
    """The name of a source file, and that a person wrote its rows where one did."""
    return f"{name} (added by hand)" if name.endswith(BY_HAND) else name


def _cut(text: str | None) -> str:
    plain = "" if text is None else " ".join(text.splitlines())
    return plain if len(plain) <= SHOWN_TEXT else f"{plain[:SHOWN_TEXT]} [cut; see rows/]"


def _judgements(page: _Page, record: Record) -> Html:
    name, contents = record["bundle_finding_id"], page.contents
    told = page.judgements.get(name, [])
    rows: list[list[object]] = [[j["verdict"], j["note"], j["by"], j["at"]] for j in told]
    notes = [each for each in contents.notes if each["bundle_finding_id"] == name]
    shown = table(["Verdict", "Why", "By", "At"], rows, caption="Judgements, oldest first")
    return joined(
        tag("h3", "Judgements"),
        shown if rows else tag("p", "None yet."),
        *[tag("p", f"Note by {n['by']}, {n['at']}: {n['text']}") for n in notes],
    )


def _identity(record: Record) -> Html:
    return tag(
        "p",
        f"Finding {record['bundle_finding_id']} (in the case {record['case_finding_id']}), run "
        f"{record['run_id']}, {record['detector']} {record['version']}.",
        class_="note identity",
    )
