# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a bundle for those who want less: a table, a graph or a picture of one finding.

No list of accounts leaves without its finding: every row, node and picture says what was found,
what else may explain it, what is untested, and who judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.graphfiles import gexf, graphml
from graphkit.bundle.links import described, evidence_graph, own_rows
from graphkit.bundle.markup import joined, tag
from graphkit.bundle.pictures import MAX_NODES, graph_picture
from graphkit.bundle.report_finding import numbered_nodes, own_evidence, placed_nodes
from graphkit.bundle.report_words import (
    GRADES,
    consistent_words,
    held_words,
    judged,
    mark_of,
    review_words,
)
from graphkit.errors import BundleError

if TYPE_CHECKING:
    from graphkit.bundle.contents import Beside, Contents
    from graphkit.bundle.links import EvidenceGraph

Record = dict[str, Any]
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
    evidence = own_evidence(contents, record)
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
    evidence = own_evidence(contents, record)
    said = described(contents.rows, own_rows(contents.rows, evidence))
    told = {name: pl.lit(value, pl.String) for name, value in _short(contents, record).items()}
    joined_ = evidence.drop("run_id", "finding_id").join(said, on=["table", "key"], how="left")
    shown = joined_.with_columns(**told, at=pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    columns = ("table", "key", "role", "at", "account_id", "said", "file", "line", "sha256")
    return shown.select(*told, *columns).sort("table", "key", "role")


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


def finding_graphs(contents: Contents, record: Record) -> dict[str, bytes]:
    """The graph of the finding as graphml and gexf; nothing where its rows relate nothing.

    Every node says of which finding it is, how it is graded and whether somebody reviewed it.
    """
    graph = evidence_graph(contents.rows, own_rows(contents.rows, own_evidence(contents, record)))
    if graph is None:
        return {}
    told = _short(contents, record)
    nodes = graph.nodes.with_columns(
        pl.lit(told[name], pl.String).alias(f"finding_{name.removeprefix('bundle_finding_')}")
        for name in ("bundle_finding_id", "outcome", "grade", "review", "caveats")
    )
    about = f"{told['review']} | {record['summary']} | {told['caveats']}"
    return {
        "graphml": graphml(nodes, graph.edges, directed=True, about=about),
        "gexf": gexf(nodes, graph.edges, directed=True, about=about),
    }


def finding_picture(contents: Contents, record: Record) -> bytes:
    """The graph of the finding as one SVG, with its state of review, and its numbers' names.

    Raises:
        BundleError: its rows relate nothing, or more than a picture can show.
    """
    graph = evidence_graph(contents.rows, own_rows(contents.rows, own_evidence(contents, record)))
    if graph is None:
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
    doubts = _caveats(record, ("weakens", "untested"))
    said = [_review(contents, record), head, record["summary"], f"What could be wrong: {doubts}"]
    return [line for each in said for line in _wrapped(each)]


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= LONGEST:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _captioned(graph: EvidenceGraph, lines: list[str]) -> str:
    nodes = numbered_nodes(graph)
    drawing = graph_picture(placed_nodes(graph, nodes), graph.edges)
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
    inner = drawing[drawing.index("viewBox") :]
    size = {"width": WIDTH, "height": whole, "viewBox": f"0 0 {WIDTH} {whole}"}
    shown = tag("rect", width="100%", height="100%", fill="#ffffff")
    outer = tag("svg", tag("title", lines[0]), shown, *texts, role="img", **size)
    names_ = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    body = outer.removeprefix("<svg").removesuffix("</svg>")
    return joined(type(outer)(f"<svg {names_}{body}{place}{inner}</svg>\n"))


def _text(line: str, x: int, y: int, *, bold: bool = False) -> str:
    weight = "bold" if bold else "normal"
    return tag("text", line, x=x, y=y, font_size=11, font_family="sans-serif", font_weight=weight)
