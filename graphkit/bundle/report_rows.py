# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report shows of the rows of findings, counted for many findings at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.links import described, evidence_graphs, happened, own_rows
from graphkit.bundle.pictures import MAX_NODES, timeline_counts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from graphkit.bundle.contents import Contents
    from graphkit.bundle.links import Batch, EvidenceGraphs

Record = dict[str, Any]
SHOWN_ROWS = 30
SHOWN_LINKS = 15
SHOWN_NODES = 30
SHOWN_LOOPS = 5
TIME = "%Y-%m-%d %H:%M:%S"
_HOP = r"^loop (\d+) hop (\d+)$"
_ROW = ("table", "key")


@dataclass(frozen=True)
class Network:
    """The graph of a finding: how large it is, its first nodes, and the links with most rows.

    `nodes` are (number, kind, label), `links` (number, number, relation, rows). `drawn` are all
    nodes with their numbers and all edges, where a picture can hold them.
    """

    nodes_count: int
    edges_count: int
    nodes: list[tuple[int, str, str]]
    links: list[tuple[int, int, str, int]]
    drawn: tuple[pl.DataFrame, pl.DataFrame] | None


@dataclass(frozen=True)
class Shown:
    """What the report shows of the rows of one finding.

    `rows` are its first rows of evidence by time, of `count`; `loops` the first of `loops_count`,
    each hop the row that makes it. A finding without a grade has no `times` (from
    `pictures.timeline_counts`) and no `network`.
    """

    count: int
    rows: list[Record]
    loops: list[list[Record]]
    loops_count: int
    times: tuple[pl.DataFrame, timedelta] | None
    network: Network | None


def shown_rows(contents: Contents, batch: Batch) -> list[Shown]:
    """What is shown of each finding of the batch, in its order."""
    graded = [n for n, each in enumerate(batch.records) if each["grade"] is not None]
    own = own_rows(contents.rows, batch.evidence.filter(pl.col("finding").is_in(graded)))
    times = timeline_counts(happened(contents.rows, own), zone=contents.zone)
    networks = _networks(evidence_graphs(contents.rows, own))
    first = batch.evidence.filter(pl.int_range(pl.len()).over("finding") < SHOWN_ROWS)
    rows = _records(_told(contents, first).sort("finding", "at", *_ROW, "role", nulls_last=True))
    loops, loops_count = _loops(contents, batch.evidence)
    counts = dict(batch.evidence.group_by("finding").len().rows())
    return [
        Shown(
            counts.get(number, 0),
            rows[number],
            loops[number],
            loops_count.get(number, 0),
            times.get(number),
            networks.get(number),
        )
        for number in range(len(batch.records))
    ]


def _told(contents: Contents, evidence: pl.DataFrame) -> pl.DataFrame:
    """The rows of evidence in words, with their times as the zone has them."""
    said = described(contents.rows, own_rows(contents.rows, evidence))
    local = pl.col("at").dt.convert_time_zone(contents.zone).dt.strftime(TIME)
    both = evidence.join(said, on=["finding", *_ROW], how="left")
    return both.with_columns(local=local)


def _records(rows: pl.DataFrame) -> dict[int, list[Record]]:
    """The rows of each finding, as they are shown."""
    found: dict[int, list[Record]] = defaultdict(list)
    columns = ["finding", "local", "account_id", "said", "file", "line", "role"]
    for record in rows.select(columns).to_dicts():
        found[record["finding"]].append(record)
    return found


def _loops(
    contents: Contents, evidence: pl.DataFrame
) -> tuple[dict[int, list[list[Record]]], dict[int, int]]:
    """The hops of each finding's first loops, loop by loop, and how many loops it has."""
    loop, hop = (pl.col("role").str.extract(_HOP, group).cast(pl.Int64) for group in (1, 2))
    of_loops = evidence.filter(pl.col("role").str.starts_with("loop "))
    hops = of_loops.with_columns(loop=loop, hop=hop).drop_nulls("hop")
    count = dict(hops.group_by("finding").agg(pl.col("loop").n_unique()).rows())
    first = hops.filter(pl.col("loop").rank("dense").over("finding") <= SHOWN_LOOPS)
    told = _told(contents, first).sort("finding", "loop", "hop", "key")
    found: dict[int, list[list[Record]]] = defaultdict(list)
    for (number, _), part in told.partition_by(
        ["finding", "loop"], as_dict=True, maintain_order=True
    ).items():
        found[int(number)].append(part.to_dicts())
    return found, count


def _networks(graphs: EvidenceGraphs) -> dict[int, Network]:
    """The network of each finding whose rows relate something."""
    nodes, edges = numbered_nodes(graphs.nodes), graphs.edges
    names, links = (_tuples(each) for each in (_first_nodes(nodes), _heaviest(edges, nodes)))
    sizes = nodes.group_by("finding").len().join(edges.group_by("finding").len(), on="finding")
    small = pl.col("finding").is_in(sizes.filter(pl.col("len") <= MAX_NODES)["finding"].implode())
    drawn = [each.filter(small).partition_by("finding", as_dict=True) for each in (nodes, edges)]
    return {
        number: Network(
            nodes_count,
            edges_count,
            names[number],
            links[number],
            (drawn[0][number,], drawn[1][number,]) if (number,) in drawn[0] else None,
        )
        for number, nodes_count, edges_count in sizes.rows()
    }


def numbered_nodes(nodes: pl.DataFrame) -> pl.DataFrame:
    """The nodes of each finding with the `number`, from 1, by which a picture shows them."""
    number = pl.int_range(1, pl.len() + 1).over("finding")
    return nodes.sort("finding", "kind", "node").with_columns(number=number)


def _first_nodes(nodes: pl.DataFrame) -> pl.DataFrame:
    first = nodes.filter(pl.col("number") <= SHOWN_NODES)
    return first.select("finding", "number", "kind", "label")


def _heaviest(edges: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """The links of each finding with most rows, by the numbers of their ends."""
    order = ["finding", "weight", "a", "b", "relation"]
    ranked = edges.sort(order, descending=[each == "weight" for each in order])
    first = ranked.filter(pl.int_range(pl.len()).over("finding") < SHOWN_LINKS)
    for end in ("a", "b"):
        ends = nodes.select(
            "finding", pl.col("node").alias(end), pl.col("number").alias(f"no_{end}")
        )
        first = first.join(ends, on=["finding", end], maintain_order="left")
    return first.select("finding", "no_a", "no_b", "relation", "weight")


def _tuples(rows: pl.DataFrame) -> Mapping[int, list[Any]]:
    """The rows of each finding as tuples, without it."""
    found: dict[int, list[Any]] = defaultdict(list)
    for number, *rest in rows.rows():
        found[number].append(tuple(rest))
    return found
