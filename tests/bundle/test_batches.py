# SPDX-License-Identifier: GPL-3.0-or-later
"""Graphs and sections of many findings at once are those that each finding gets alone."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.bundle import links
from graphkit.bundle.contents import Beside, Scope, bundle_contents
from graphkit.bundle.graphfiles import Graphs, gexf, gexfs, graphml, graphmls
from graphkit.bundle.links import batches
from graphkit.bundle.names import withheld_names
from graphkit.bundle.parts import all_graphs, finding_picture
from graphkit.bundle.report import html_report
from graphkit.case import load_corpus

_NAMES = st.sampled_from(["a", "<b>", "c&\u202e", "\x07d", "桥"])
_EDGE = st.tuples(_NAMES, _NAMES, st.integers(1, 9))


@pytest.fixture(scope="module")
def contents(make_case, tmp_path_factory):
    case = make_case(tmp_path_factory.mktemp("batches") / "bridge")
    withheld = withheld_names(case, load_corpus(case))
    return bundle_contents(load_corpus(case), withheld=withheld, scope=Scope(unreviewed=True))


def section(page, name):
    """The section of one finding, without its number."""
    parts = (each.partition("</section>")[0] for each in page.split("<section"))
    found = next(each for each in parts if f"Finding {name} (" in each)
    return re.sub(r"Finding \d+ of \d+|finding-\d+", "", found)


def test_a_batch_gives_each_finding_the_very_files_that_it_gets_alone(contents):
    together = dict(all_graphs(contents))
    assert len(together) == 4
    alone = [dict(all_graphs(replace(contents, findings=[each]))) for each in contents.findings]
    assert together == {name: graph for files in alone for name, graph in files.items()}


def test_a_batch_gives_each_finding_the_very_section_that_it_gets_alone(contents):
    together = html_report(contents, beside=Beside()).decode()
    for record in contents.findings:
        alone = html_report(replace(contents, findings=[record]), beside=Beside()).decode()
        name = record["bundle_finding_id"]
        assert section(together, name) == section(alone, name)


def test_a_picture_says_what_could_be_wrong_also_where_all_was_tested(contents):
    record = next(each for each in contents.findings if each["grade"] is not None)
    stands = [each for each in record["caveats"] if each["outcome"] == "stands"]
    for caveats, said in (
        (stands, "Tested: 1 that do not explain the rows"),
        ([], "Not tested: no other explanation is on record; take all as not tested"),
    ):
        picture = finding_picture(contents, {**record, "caveats": caveats}).decode()
        assert f"What could be wrong: {said}" in picture


@pytest.mark.parametrize("held", [1, 10])
def test_smaller_batches_give_the_same_bytes(contents, monkeypatch, held):
    graphs, report = dict(all_graphs(contents)), html_report(contents, beside=Beside())
    monkeypatch.setattr(links, "HELD_ROWS", held)
    assert dict(all_graphs(contents)) == graphs
    assert html_report(contents, beside=Beside()) == report


def test_batches_hold_findings_in_their_order_and_none_twice():
    rows = {"a": 3, "b": 40_000, "c": 0, "d": 20_000, "e": 90_000, "f": 1}
    evidence = pl.DataFrame(
        {"run_id": "r", "finding_id": [name for name, count in rows.items() for _ in range(count)]}
    )
    records = [{"run_id": "r", "bundle_finding_id": name} for name in reversed(rows)]
    made = list(batches(evidence, records))
    names = [[each["bundle_finding_id"] for each in batch.records] for batch in made]
    assert names == [["f"], ["e"], ["d", "c"], ["b", "a"]]
    assert [batch.first for batch in made] == [0, 1, 2, 4]
    last = made[-1].evidence
    assert last.group_by("finding", "finding_id").len().sort("finding").rows() == [
        (0, "b", 40_000),
        (1, "a", 3),
    ]


@given(st.lists(st.lists(_EDGE, max_size=4), min_size=1, max_size=4), st.booleans())
@settings(max_examples=40, deadline=None)
def test_graphs_written_together_are_those_written_alone(drawn, directed):
    schema = {"a": pl.String, "b": pl.String, "weight": pl.Int64}
    singles = [pl.DataFrame(each, schema=schema, orient="row") for each in drawn]
    about = [f"graph <{number}>" for number in range(len(drawn))]
    told = pl.DataFrame({"review": [f"{each} & more" for each in about]})
    nodes = [
        pl.concat([each["a"], each["b"]]).unique().to_frame("node").with_columns(label="node")
        for each in singles
    ]
    together = Graphs(*(
        pl.concat([
            each.select(pl.lit(number, pl.Int64).alias("graph"), pl.all())
            for number, each in enumerate(frames)
        ]).sort("graph", descending=True)
        for frames in (nodes, singles)
    ), told, about)  # fmt: skip
    for many, one in ((graphmls, graphml), (gexfs, gexf)):
        assert list(many(together, directed=directed)) == [
            one(each.with_columns(review=pl.lit(said)), edges, directed=directed, about=name)
            for each, edges, said, name in zip(nodes, singles, told["review"], about, strict=True)
        ]
