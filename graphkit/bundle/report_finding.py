# SPDX-License-Identifier: GPL-3.0-or-later
"""One finding in the report: chance and other explanations first, then the rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from graphkit.bundle.links import described, evidence_graph, own_rows
from graphkit.bundle.markup import Html, figure, folded, joined, table, tag
from graphkit.bundle.pictures import (
    MAX_NODES,
    graph_picture,
    timeline_counts,
    timeline_picture,
)
from graphkit.bundle.report_ties import ties_section
from graphkit.bundle.report_words import (
    BY_HAND,
    CONTESTED,
    GRADES,
    NOT_REVIEWED,
    chance_words,
    consistent_words,
    held_words,
    mark_of,
    review_words,
    state_of,
)
from graphkit.graphs.layout import two_level_layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from graphkit.bundle.contents import Beside, Contents
    from graphkit.bundle.links import EvidenceGraph

Record = dict[str, Any]
SHOWN_ROWS = 30
SHOWN_LINKS = 15
SHOWN_NODES = 30
SHOWN_LABEL = 60
SHOWN_TEXT = 400
SHOWN_LOOPS = 5
_HOP = r"^loop (\d+) hop (\d+)$"
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


def own_evidence(contents: Contents, record: Mapping[str, Any]) -> pl.DataFrame:
    """The evidence of one record, in key order."""
    key = (record["run_id"], record["bundle_finding_id"])
    return contents.evidence_of.get(key, contents.evidence.clear())


def finding_section(contents: Contents, beside: Beside, record: Record, *, number: int) -> Html:
    """The section of one finding; pictures only where it has a grade."""
    evidence = own_evidence(contents, record)
    own = own_rows(contents.rows, evidence)
    said, zone, mark = described(contents.rows, own), contents.zone, mark_of(record)
    is_graded = record["grade"] is not None
    kicker = f"Finding {number} of {len(contents.findings)} · {record['kind']}"
    return tag(
        "section",
        None if mark is None else tag("p", mark, class_="mark"),
        tag("p", kicker, class_="kicker"),
        tag("h2", record["summary"]),
        tag("p", consistent_words(beside, record), class_="consistent"),
        _facts(contents, beside, record),
        _caveats(record),
        _loops(evidence, said, zone),
        ties_section(contents, record["bundle_finding_id"]),
        _network(evidence_graph(contents.rows, own)) if is_graded else None,
        _timeline(said, zone) if is_graded else None,
        _rows(evidence, said, zone, place=f"finding-{number}-rows"),
        _measures(record),
        _judgements(contents, record),
        _identity(record),
        class_=" ".join(_classes(record)),
        id=f"finding-{number}",
    )


def _classes(record: Record) -> list[str]:
    graded = [] if record["grade"] is not None else ["plain"]
    state = state_of(record)
    marks = {NOT_REVIEWED: ["unreviewed"], CONTESTED: ["unreviewed", "contested"]}
    return ["finding", *graded, *marks.get(state, [])]


def _facts(contents: Contents, beside: Beside, record: Record) -> Html:
    facts = [
        ("Outcome", record["outcome"], ""),
        ("Grade", GRADES[record["grade"]], "wide"),
        ("Rows of evidence", figure(record["evidence_count"]), ""),
        ("Review", review_words(contents.judgements, record), "wide"),
        ("Other runs", held_words(beside, record), "wide"),
        ("By chance", chance_words(record), "whole-line"),
        *_tests(record),
        ("Window", _window(record["window"], contents.zone), "wide"),
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
    return [("What p and q are", f"{said}. Family: {null.get('family', 'none')}.", "wide")]


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


def _loops(evidence: pl.DataFrame, said: pl.DataFrame, zone: str) -> Html | None:
    """The loops hop by hop, each hop the row that makes it."""
    loop, hop = (pl.col("role").str.extract(_HOP, group).cast(pl.Int64) for group in (1, 2))
    hops = evidence.with_columns(loop=loop, hop=hop).drop_nulls("hop")
    told = hops.join(said, on=["table", "key"], how="left").sort("loop", "hop", "key")
    loops = told.partition_by("loop", maintain_order=True)
    if not loops:
        return None
    heads = ["Hop", *_row_heads(zone)]
    tables = [
        table(
            heads,
            [[r["hop"], *_row(r)] for r in _local(each, zone)],
            caption=f"Loop {each['loop'][0]}, hop by hop",
            class_="rows loop",
        )
        for each in loops[:SHOWN_LOOPS]
    ]
    left = len(loops) - len(tables)
    note = f"{figure(left)} more loops are in evidence.csv, by their role." if left else None
    return joined(
        tag("h3", "The loops, hop by hop"),
        *tables,
        None if note is None else tag("p", note, class_="note"),
    )


def _network(graph: EvidenceGraph | None) -> Html | None:
    """The graph as a picture, the table that names its nodes, and the heaviest links."""
    if graph is None:
        return None
    nodes = numbered_nodes(graph)
    heaviest = graph.edges.sort(["weight", "a", "b"], descending=[True, False, False])
    links: list[list[object]] = [
        [f"{a} → {b}", relation, weight]
        for a, b, relation, weight in _numbered(heaviest.head(SHOWN_LINKS), nodes).rows()
    ]
    named = nodes.head(SHOWN_NODES).select("number", "kind", "label").rows()
    names: list[list[object]] = [[n, kind, label[:SHOWN_LABEL]] for n, kind, label in named]
    left = f"All {figure(nodes.height)} nodes and {figure(graph.edges.height)} links: graphs/."
    pair = tag(
        "div",
        table(["No.", "Is", "Name"], names, caption="Nodes of the picture", class_="rows"),
        table(["Link", "Relation", "Rows"], links, caption="Heaviest links", class_="rows"),
        class_="pair",
    )
    title = f"{len(names)} of {figure(nodes.height)} nodes, {len(links)} links with most rows"
    return joined(
        tag("h3", "What the rows relate"),
        _drawn(graph, nodes),
        folded(title, pair),
        tag("p", left, class_="note"),
    )


def numbered_nodes(graph: EvidenceGraph) -> pl.DataFrame:
    """The nodes with the `number` by which a picture shows them."""
    return graph.nodes.sort("kind", "node").with_row_index("number", offset=1)


def placed_nodes(graph: EvidenceGraph, nodes: pl.DataFrame) -> pl.DataFrame:
    """`nodes` (from `numbered_nodes`) with x and y."""
    groups = graph.nodes.select("node", community=pl.lit(0, pl.Int64))
    places = two_level_layout(groups, graph.edges.select("a", "b"))
    return nodes.join(places.select("node", "x", "y"), on="node", maintain_order="left")


def _drawn(graph: EvidenceGraph, nodes: pl.DataFrame) -> Html:
    if nodes.height > MAX_NODES:
        return tag("p", f"{figure(nodes.height)} nodes are too many to draw on paper; see graphs/.")
    placed = placed_nodes(graph, nodes)
    caption = (
        "Circles are accounts, squares what they acted on; numbers are those of the table. A line "
        "is rows of evidence. Places mean nothing."
    )
    drawing = _named(
        graph_picture(placed, graph.edges), "Graph of the rows; the table has its facts"
    )
    return tag("figure", drawing, tag("figcaption", caption))


def _named(svg: str, name: str) -> Html:
    """The picture with words for those who do not see it."""
    return Html(svg.replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1))


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


def _rows(evidence: pl.DataFrame, said: pl.DataFrame, zone: str, *, place: str) -> Html:
    first = evidence.head(SHOWN_ROWS).join(said, on=["table", "key"], how="left")
    shown = first.sort("at", "table", "key", "role", nulls_last=True)
    rows = [[*_row(r), r["role"]] for r in _local(shown, zone)]
    held = table([*_row_heads(zone), "Role"], rows, caption="Rows of evidence", class_="rows")
    more = evidence.height - first.height
    note = f"{figure(more)} more rows are in evidence.csv and evidence.parquet." if more else None
    return joined(
        tag("h3", "Rows of evidence", id=place),
        folded(f"{figure(first.height)} of {figure(evidence.height)} rows", held),
        None if note is None else tag("p", note, class_="note"),
    )


def _row_heads(zone: str) -> list[str]:
    return [f"Time, {zone}", "Account", "What the row says", "File and line"]


def _local(rows: pl.DataFrame, zone: str) -> list[Record]:
    """The rows as records, with their times as the zone has them."""
    local = pl.col("at").dt.convert_time_zone(zone).dt.strftime(_TIME)
    return rows.with_columns(local=local).to_dicts()


def _row(row: Mapping[str, Any]) -> list[object]:
    when, who = ("unknown" if row[n] is None else row[n] for n in ("local", "account_id"))
    return [
        tag("span", when, class_="whole"),
        tag("span", who, class_="whole"),
        _cut(row["said"]),
        _place(row),
    ]


def _place(row: Mapping[str, Any]) -> str:
    if row["file"] is None:
        return "unknown"
    file = file_words(row["file"])
    return file if row["line"] is None else f"{file}, line {figure(row['line'])}"


def file_words(name: str) -> str:
    """The name of a source file, and that a person wrote its rows where one did."""
    return f"{name} (added by hand)" if name.endswith(BY_HAND) else name


def _cut(text: str | None) -> str:
    plain = "" if text is None else " ".join(text.splitlines())
    return plain if len(plain) <= SHOWN_TEXT else f"{plain[:SHOWN_TEXT]} [cut; see rows/]"


def _judgements(contents: Contents, record: Record) -> Html:
    name = record["bundle_finding_id"]
    told = [each for each in contents.judgements if each["bundle_finding_id"] == name]
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
        class_="note",
    )
