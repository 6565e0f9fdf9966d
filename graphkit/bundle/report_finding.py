# SPDX-License-Identifier: GPL-3.0-or-later
"""One finding in the report: chance and other explanations first, then the rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from graphkit.bundle.links import described, evidence_graph, own_rows
from graphkit.bundle.markup import Html, figure, joined, table, tag
from graphkit.bundle.pictures import (
    MAX_NODES,
    graph_picture,
    timeline_counts,
    timeline_picture,
)
from graphkit.bundle.report_ties import ties_section
from graphkit.graphs.layout import two_level_layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from graphkit.bundle.contents import Contents
    from graphkit.bundle.links import EvidenceGraph

Record = dict[str, Any]
SHOWN_ROWS = 30
SHOWN_LINKS = 15
SHOWN_NODES = 30
SHOWN_LABEL = 60
SHOWN_TEXT = 400
_TIME = "%Y-%m-%d %H:%M:%S"
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


def latest_judgements(contents: Contents) -> dict[str, Record]:
    """The last judgement of each finding: its state."""
    return {str(each["bundle_finding_id"]): each for each in contents.judgements}


def own_evidence(contents: Contents, record: Mapping[str, Any]) -> pl.DataFrame:
    """The evidence of one record, in key order."""
    own = (pl.col("run_id") == record["run_id"]) & (
        pl.col("finding_id") == record["bundle_finding_id"]
    )
    return contents.evidence.filter(own)


def finding_section(contents: Contents, record: Record, *, number: int) -> Html:
    """The section of one finding."""
    evidence = own_evidence(contents, record)
    own = own_rows(contents.rows, evidence)
    said = described(contents.rows, own)
    judged = [
        each
        for each in contents.judgements
        if each["bundle_finding_id"] == record["bundle_finding_id"]
    ]
    warning = tag(
        "p",
        "Not reviewed: no person has judged this finding. Do not pass it on as a conclusion.",
        class_="unreviewed-note",
    )
    return tag(
        "section",
        tag(
            "p", f"Finding {number} of {len(contents.findings)}: {record['kind']}", class_="kicker"
        ),
        tag("h2", record["summary"]),
        None if judged else warning,
        _facts(record, judged, contents.zone),
        _caveats(record),
        _measures(record),
        ties_section(contents, record["bundle_finding_id"]),
        _network(evidence_graph(contents.rows, own)),
        _timeline(said, contents.zone),
        _rows(evidence, said, contents.zone),
        _judgements(contents, record, judged),
        _identity(record),
        class_="finding" if judged else "finding unreviewed",
        id=f"finding-{number}",
    )


def _facts(record: Record, judged: list[Record], zone: str) -> Html:
    null = record["null_model"]
    facts = [
        ("Outcome", record["outcome"], ""),
        ("Grade", "none (accuses nobody)" if record["grade"] is None else record["grade"], ""),
        ("Judgement", judged[-1]["verdict"] if judged else "not reviewed", ""),
        ("Rows of evidence", figure(record["evidence_count"]), ""),
        *_chance(null, record),
        ("Window", _window(record["window"], zone), "wide"),
        ("Family of tests", null.get("family", "none"), "wide"),
    ]
    return tag(
        "dl",
        *[tag("div", tag("dt", n), tag("dd", v), class_=c if c else None) for n, v, c in facts],
        class_="facts",
    )


def _chance(null: Mapping[str, Any], record: Record) -> list[tuple[str, str, str]]:
    if null.get("name") is None:
        reason = f"no null model applies: {null.get('reason', 'no reason given')}"
        return [("Expected by chance", reason, "wide"), ("Score", figure(record["score"]), "wide")]
    return [
        ("Expected by chance", f"{figure(null.get('expected'))} ({null['name']})", "wide"),
        ("Tests made", figure(null.get("tests_made")), ""),
        (
            _P_AND_Q.get(record["kind"], "p, and q over all tests"),
            f"p = {figure(record['p_value'])}, q = {figure(record['q_value'])}",
            "wide",
        ),
    ]


def _window(window: Mapping[str, str] | None, zone: str) -> str:
    if window is None:
        return "none"
    ends = [datetime.fromisoformat(window[name]) for name in ("start", "end")]
    return " to ".join(f"{each.astimezone(ZoneInfo(zone)):{_TIME}}" for each in ends)


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
        table(headings, rows, class_="caveats") if rows else none,
    )


def _measures(record: Record) -> Html | None:
    rows: list[list[object]] = [
        [name.replace("_", " "), value] for name, value in sorted(record["measures"].items())
    ]
    if not rows:
        return None
    return joined(tag("h3", "Measures"), _halved(["Measure", "Value"], rows))


def _halved(headings: list[str], rows: list[list[object]]) -> Html:
    """One long narrow table as two beside one another."""
    half = (len(rows) + 1) // 2
    parts = [table(headings, part, class_="rows") for part in (rows[:half], rows[half:]) if part]
    return tag("div", *parts, class_="pair")


def _network(graph: EvidenceGraph | None) -> Html | None:
    """The graph as a picture, the table that names its nodes, and the heaviest links."""
    if graph is None:
        return None
    nodes = graph.nodes.sort("kind", "node").with_row_index("number", offset=1)
    heaviest = graph.edges.sort(["weight", "a", "b"], descending=[True, False, False])
    links: list[list[object]] = [
        [f"{a} → {b}", relation, weight]
        for a, b, relation, weight in _numbered(heaviest.head(SHOWN_LINKS), nodes).rows()
    ]
    named = nodes.head(SHOWN_NODES).select("number", "kind", "label").rows()
    names: list[list[object]] = [[n, kind, label[:SHOWN_LABEL]] for n, kind, label in named]
    left = f"All {figure(nodes.height)} nodes and {figure(graph.edges.height)} links: graphs/."
    return joined(
        tag("h3", "What the rows relate"),
        _drawn(graph, nodes),
        tag(
            "div",
            table(["No.", "Is", "Name"], names, class_="rows"),
            table(["Link", "Relation", "Rows"], links, class_="rows"),
            class_="pair",
        ),
        tag("p", left, class_="note"),
    )


def _drawn(graph: EvidenceGraph, nodes: pl.DataFrame) -> Html:
    if nodes.height > MAX_NODES:
        return tag("p", f"{figure(nodes.height)} nodes are too many to draw on paper; see graphs/.")
    groups = graph.nodes.select("node", community=pl.lit(0, pl.Int64))
    places = two_level_layout(groups, graph.edges.select("a", "b"))
    placed = nodes.join(places.select("node", "x", "y"), on="node", maintain_order="left")
    caption = (
        "Circles are accounts, squares what they acted on; numbers are those of the table. A line "
        "is rows of evidence. Places mean nothing."
    )
    drawing = Html(graph_picture(placed, graph.edges))
    return tag("figure", drawing, tag("figcaption", caption))


def _numbered(edges: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    numbers = nodes.select("node", "number")
    both = edges.join(numbers, left_on="a", right_on="node", maintain_order="left")
    both = both.join(numbers, left_on="b", right_on="node", suffix="_b", maintain_order="left")
    return both.select("number", "number_b", "relation", "weight")


def _timeline(said: pl.DataFrame, zone: str) -> Html | None:
    # When an account was made is not when something happened.
    happened = said.filter(pl.col("table").is_in(["accounts", "labels"]).not_())
    counts, step = timeline_counts(happened["at"], zone=zone)
    if counts.height < 2:
        return None
    rows: list[list[object]] = [[at.strftime(_TIME), count] for at, count in counts.rows()]
    caption = tag("figcaption", f"Each bar is {_words(step)} wide.")
    return joined(
        tag("h3", "The rows over time"),
        tag("figure", Html(timeline_picture(counts, step)), caption),
        _halved([f"From, {zone}", "Rows"], rows),
    )


def _words(step: timedelta) -> str:
    """The step in its largest unit: 15 seconds, 1 hour."""
    units = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    seconds = int(step.total_seconds())
    size, name = next(unit for unit in units if seconds % unit[0] == 0)
    count = seconds // size
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _rows(evidence: pl.DataFrame, said: pl.DataFrame, zone: str) -> Html:
    first = evidence.head(SHOWN_ROWS).join(said, on=["table", "key"], how="left")
    local = pl.col("at").dt.convert_time_zone(zone).dt.strftime(_TIME)
    shown = first.sort("at", "table", "key", "role", nulls_last=True).with_columns(local=local)
    rows: list[list[object]] = [
        [
            tag("span", r["local"], class_="whole"),
            tag("span", r["account_id"], class_="whole"),
            _cut(r["said"]),
            r["role"],
            _place(r),
        ]
        for r in shown.to_dicts()
    ]
    headings = [f"Time, {zone}", "Account", "What the row says", "Role", "File and line"]
    more = evidence.height - first.height
    note = f"{figure(more)} more rows are in evidence.csv and evidence.parquet." if more else None
    return joined(
        tag("h3", "Rows of evidence"),
        table(headings, rows, class_="rows"),
        None if note is None else tag("p", note, class_="note"),
    )


def _place(row: Mapping[str, Any]) -> str:
    if row["file"] is None:
        return "unknown"
    return row["file"] if row["line"] is None else f"{row['file']}, line {figure(row['line'])}"


def _cut(text: str | None) -> str:
    plain = "" if text is None else " ".join(text.splitlines())
    return plain if len(plain) <= SHOWN_TEXT else f"{plain[:SHOWN_TEXT]} [cut; see rows/]"


def _judgements(contents: Contents, record: Record, judged: list[Record]) -> Html:
    rows: list[list[object]] = [[j["verdict"], j["note"], j["by"], j["at"]] for j in judged]
    name = record["bundle_finding_id"]
    notes = [each for each in contents.notes if each["bundle_finding_id"] == name]
    none = tag("p", "None yet.")
    return joined(
        tag("h3", "Judgements"),
        table(["Verdict", "Why", "By", "At"], rows) if rows else none,
        *[tag("p", f"Note by {n['by']}, {n['at']}: {n['text']}") for n in notes],
    )


def _identity(record: Record) -> Html:
    return tag(
        "p",
        f"Finding {record['bundle_finding_id']} (in the case {record['case_finding_id']}), run "
        f"{record['run_id']}, {record['detector']} {record['version']}.",
        class_="note",
    )
