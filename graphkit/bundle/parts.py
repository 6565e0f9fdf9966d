# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a bundle for those who want less: a table, a graph or a picture of one finding.

No list of accounts leaves without its finding: every row, node and picture says what was found,
what else may explain it, what is untested, and who judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.graphfiles import Graphs, gexfs, graphmls
from graphkit.bundle.links import batches, described, evidence_graphs, own_rows
from graphkit.bundle.markup import Html, tag
from graphkit.bundle.pictures import MAX_NODES, graph_picture
from graphkit.bundle.report_rows import numbered_nodes
from graphkit.bundle.report_words import (
    GRADES,
    consistent_words,
    doubts,
    held_words,
    judged,
    mark_of,
    review_words,
)
from graphkit.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphkit.bundle.contents import Beside, Contents
    from graphkit.bundle.links import EvidenceGraphs

Record = dict[str, Any]
NAMESPACE = "http://www.w3.org/2000/svg"
LINE = 14  # points between lines of text under a picture
WIDTH, HEIGHT = 660, 400
COLUMNS = 2
LONGEST = 100


def findings_table(contents: Contents, beside: Beside) -> pl.DataFrame:
    """One row a finding: what it says, how sure, what else may explain it, and who judged."""
    told = [_told(contents, beside, each) for each in contents.findings]
    return pl.DataFrame(told, infer_schema_length=None)


def accounts_table(contents: Contents, beside: Beside, record: Record) -> pl.DataFrame:
    """One row an account of the finding: how many of the rows are its, and all of the finding.

    Raises:
        BundleError: the finding is about no accounts.
    """
    accounts = record["subjects"].get("accounts", [])
    if not accounts:
        raise BundleError("this finding lists no accounts; write its rows: -o FILE.rows.csv")
    evidence = _evidence(contents, record)
    said = described(contents.rows, own_rows(contents.rows, evidence))
    counts = (
        evidence.select("table", "key")
        .unique()
        .join(said, on=["table", "key"])
        .group_by("account_id")
        .agg(rows_count=pl.len().cast(pl.Int64))
    )
    named = pl.DataFrame({"account_id": sorted(accounts)}, schema={"account_id": pl.String})
    if "accounts" in contents.rows:
        handles = contents.rows["accounts"].select("account_id", "handle")
        named = named.join(handles, on="account_id", how="left", maintain_order="left")
    own = named.join(counts, on="account_id", how="left", maintain_order="left")
    told = pl.DataFrame([_told(contents, beside, record)], infer_schema_length=None)
    columns = [name for name in told.columns if name != "review"]
    filled = own.with_columns(pl.col("rows_count").fill_null(0)).join(told, how="cross")
    return filled.select("review", *own.columns, *columns)


def rows_table(contents: Contents, record: Record) -> pl.DataFrame:
    """The rows behind the finding, each with the finding's id, outcome and state of review."""
    evidence = _evidence(contents, record)
    said = described(contents.rows, own_rows(contents.rows, evidence)).drop("finding")
    told = {name: pl.lit(value, pl.String) for name, value in _short(contents, record).items()}
    joined_ = evidence.join(said, on=["table", "key"], how="left")
    shown = joined_.with_columns(**told, at=pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    columns = ("table", "key", "role", "at", "account_id", "said", "file", "line", "sha256")
    return shown.select(*told, *columns).sort("table", "key", "role")


def _evidence(contents: Contents, record: Record) -> pl.DataFrame:
    (alone,) = batches(contents.evidence, [record])
    return alone.evidence


def _short(contents: Contents, record: Record) -> dict[str, str | None]:
    return {
        "review": _review(contents, record),
        "bundle_finding_id": record["bundle_finding_id"],
        "kind": record["kind"],
        "outcome": record["outcome"],
        "grade": record["grade"],
        "caveats": _caveats(record, ("weakens", "untested", "stands")),
    }


def _review(contents: Contents, record: Record) -> str:
    mark = mark_of(record)
    return review_words(contents.judgements, record) if mark is None else mark


def _told(contents: Contents, beside: Beside, record: Record) -> Record:
    null = record["null_model"]
    said = [
        f"{j['verdict']} by {j['by']}: {j['note']}" for j in judged(contents.judgements, record)
    ]
    return {
        **_short(contents, record),
        "case_finding_id": record["case_finding_id"],
        "run_id": record["run_id"],
        "summary": record["summary"],
        "consistent_with": consistent_words(beside, record),
        "grade_means": GRADES[record["grade"]],
        "evidence_count": record["evidence_count"],
        "may_explain": _caveats(record, ("weakens",)),
        "not_tested": _caveats(record, ("untested",)),
        "other_runs": held_words(beside, record),
        "judgements": "; ".join(said),
        "p_value": _number(record["p_value"]),
        "q_value": _number(record["q_value"]),
        "null_model": _null(null),
        "expected_by_chance": _number(null.get("expected")),
        "tests_made": _number(null.get("tests_made")),
    }


def _null(null: Record) -> str:
    name = null.get("name")
    return f"none applies: {null.get('reason', 'no reason given')}" if name is None else str(name)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _caveats(record: Record, outcomes: tuple[str, ...]) -> str:
    """The explanations with these outcomes, the outcome and its reason beside each."""
    return "; ".join(
        f"{each['outcome']}: {each['hypothesis']} ({each['detail']})"
        for outcome in outcomes
        for each in record["caveats"]
        if each["outcome"] == outcome
    )


def all_graphs(contents: Contents) -> Iterator[tuple[str, bytes]]:
    """Name and content of each finding's graph as graphml and gexf, in the order of the findings.

    A finding whose rows relate nothing has none. Every node says of which finding it is, how it is
    graded and whether somebody reviewed it.
    """
    for batch in batches(contents.evidence, contents.findings):
        found = evidence_graphs(contents.rows, own_rows(contents.rows, batch.evidence))
        numbers = found.edges["finding"].unique().sort()
        records = [batch.records[number] for number in numbers]
        graphs = _graphs(contents, records, found, numbers)
        both = zip(graphmls(graphs, directed=True), gexfs(graphs, directed=True), strict=True)
        for record, files in zip(records, both, strict=True):
            stem = f"graphs/{record['bundle_finding_id']}-{record['run_id']}"
            yield from zip((f"{stem}.graphml", f"{stem}.gexf"), files, strict=True)


def _graphs(
    contents: Contents, records: Sequence[Record], found: EvidenceGraphs, numbers: pl.Series
) -> Graphs:
    """The graphs of the `records`, whose places among the findings of `found` are `numbers`."""
    short = [_short(contents, each) for each in records]
    told = {
        f"finding_{name.removeprefix('bundle_finding_')}": [each[name] for each in short]
        for name in ("bundle_finding_id", "outcome", "grade", "review", "caveats")
    }
    about = [
        f"{said['review']} | {record['summary']} | {said['caveats']}"
        for said, record in zip(short, records, strict=True)
    ]
    places = pl.col("finding").replace_strict(numbers, range(numbers.len()), return_dtype=pl.Int64)
    nodes, edges = (
        each.select(places.alias("graph"), pl.all().exclude("finding"))
        for each in (found.nodes, found.edges)
    )
    return Graphs(nodes, edges, pl.DataFrame(told, schema=dict.fromkeys(told, pl.String)), about)


def finding_picture(contents: Contents, record: Record) -> bytes:
    """The graph of the finding as one SVG, with its state of review, and its numbers' names.

    Raises:
        BundleError: its rows relate nothing, or more than a picture can show.
    """
    graph = evidence_graphs(contents.rows, own_rows(contents.rows, _evidence(contents, record)))
    if not graph.edges.height:
        raise BundleError("the rows of this finding relate nothing; write .rows.csv instead")
    if graph.nodes.height > MAX_NODES:
        raise BundleError(
            f"{graph.nodes.height} nodes are too many for one picture; write .graphml or .gexf"
        )
    return _captioned(graph, [*_lines(contents, record)]).encode()


def _lines(contents: Contents, record: Record) -> list[str]:
    """What stands over the picture: the state of review first."""
    grade = "no grade" if record["grade"] is None else record["grade"]
    head = f"{record['kind']}: {record['outcome']} ({grade}), finding {record['bundle_finding_id']}"
    wrong = _caveats(record, ("weakens", "untested"))
    if not wrong:
        wrong = "; ".join(f"{name}: {said}" for name, said in doubts(record, in_short=True))
    said = [_review(contents, record), head, record["summary"], f"What could be wrong: {wrong}"]
    return [line for each in said for line in _wrapped(each)]


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= LONGEST:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _captioned(graph: EvidenceGraphs, lines: list[str]) -> str:
    nodes = numbered_nodes(graph.nodes)
    top = LINE * (len(lines) + 1)
    names = [f"{n} {label}"[:60] for n, label in nodes.select("number", "label").rows()]
    deep = (len(names) + COLUMNS - 1) // COLUMNS
    whole = top + HEIGHT + LINE * (deep + 2)
    texts = [_text(line, 10, LINE * (n + 1), bold=n == 0) for n, line in enumerate(lines)]
    texts += [
        _text(name, 10 + (n // deep) * WIDTH // COLUMNS, top + HEIGHT + LINE * (n % deep + 1))
        for n, name in enumerate(names)
    ]
    place = f'<svg x="0" y="{top}" width="{WIDTH}" height="{HEIGHT}" '
    drawing = Html(graph_picture(nodes, graph.edges).replace("<svg ", place, 1))
    size = {"width": WIDTH, "height": whole, "viewBox": f"0 0 {WIDTH} {whole}"}
    paper = tag("rect", width="100%", height="100%", fill="#ffffff")
    outer = tag(
        "svg", tag("title", lines[0]), paper, *texts, drawing,
        xmlns=NAMESPACE, role="img", **size,
    )  # fmt: skip
    return f"{outer}\n"


def _text(line: str, x: int, y: int, *, bold: bool = False) -> str:
    weight = "bold" if bold else "normal"
    return tag("text", line, x=x, y=y, font_size=11, font_family="sans-serif", font_weight=weight)
