# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a case: no list of accounts without its finding, no name past the gate."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import igraph
import networkx as nx
import polars as pl
import pytest

from graphkit.case import add_judgement, audit, findings
from graphkit.errors import BundleError, ParameterError, UnknownNameError
from graphkit.findings import Verdict
from graphkit.investigation import exporting
from graphkit.investigation.exporting import PARTS, export_finding, export_findings

WITHHELD = ["mossy_finch", "tarnotter", "柳絮飞扬啊", "dunlin", "70000001", "quiet_reader"]
MARK = "Not reviewed: nobody has judged this finding. Do not pass it on as a conclusion."


def _new_case():
    place = Path(__file__).parents[1] / "bundle" / "conftest.py"
    spec = importlib.util.spec_from_file_location("bundle_cases", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.new_case


@pytest.fixture
def case(tmp_path):
    return _new_case()(tmp_path / "bridge")


@pytest.fixture
def sharing(case):
    return next(r["finding_id"] for r in findings(case) if r["kind"] == "coordinated-sharing")


def read(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_each_account_travels_with_its_finding_caveats_judgement_and_chance(
    case, sharing, tmp_path
):
    out = tmp_path / "sharing.csv"
    export_finding(case, sharing[:8], out=out)
    rows = read(out)
    assert [r["rows_count"] for r in rows] == ["3", "3", "3"]
    for row in rows:
        assert row["account_id"].startswith("acct-")
        assert row["review"].startswith("confirmed by Ada")
        assert row["case_finding_id"] == sharing
        assert (row["kind"], row["outcome"], row["grade"]) == (
            "coordinated-sharing", "coordinated", "moderate",
        )  # fmt: skip
        assert row["may_explain"] == "weakens: One newsroom posts for all (one owner)"
        assert row["not_tested"] == "untested: The clock is coarse (too few rows)"
        assert "stands: A call to repost (no call found)" in row["caveats"]
        assert row["null_model"] == "burst-stratified"
        assert [float(row[n]) for n in ("p_value", "q_value", "expected_by_chance")] == [
            1.2e-6, 0.0004, 0.0123,
        ]  # fmt: skip
        assert row["judgements"].startswith("confirmed by Ada: asked acct-")


@pytest.mark.parametrize("ending", sorted(PARTS))
def test_no_part_holds_a_withheld_name_and_each_is_logged(case, sharing, tmp_path, ending):
    out = tmp_path / f"part{ending}"
    before = len(audit(case))
    export_finding(case, sharing, out=out)
    text = out.read_bytes().decode("utf-8", "ignore").lower()
    assert not [name for name in WITHHELD if name in text]
    (event,) = audit(case)[before:]
    assert event["event"] == "export"
    assert event["detail"]["file"] == f"part{ending}"


@pytest.mark.parametrize("ending", sorted(PARTS))
def test_what_nobody_reviewed_says_so_in_every_part(case, sharing, tmp_path, ending):
    add_judgement(case, sharing, verdict=Verdict.WITHDRAWN, by="Ada", note="")
    out = tmp_path / f"part{ending}"
    export_finding(case, sharing, out=out)
    if ending == ".parquet":
        assert set(pl.read_parquet(out)["review"]) == {MARK}
    elif ending.endswith(".csv"):
        assert {row["review"] for row in read(out)} == {MARK}
    else:
        assert MARK in out.read_text("utf-8")


def test_the_rows_are_those_of_the_finding_with_file_and_line(case, sharing, tmp_path):
    export_finding(case, sharing, out=tmp_path / "rows.rows.csv")
    rows = read(tmp_path / "rows.rows.csv")
    assert len(rows) == 9
    assert {row["table"] for row in rows} == {"actions"}
    assert all(row["line"] and row["said"].startswith("act: repost") for row in rows)


def test_networkx_and_igraph_open_the_graph_with_text_ids_labels_and_the_finding(
    case, sharing, tmp_path
):
    for ending in ("graphml", "gexf"):
        export_finding(case, sharing, out=tmp_path / f"g.{ending}")
    one = nx.read_graphml(tmp_path / "g.graphml")
    two = nx.read_gexf(tmp_path / "g.gexf")
    three = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    assert sorted(one) == sorted(two) == sorted(three.vs["id"])
    assert all(isinstance(each, str) for each in one)
    assert three.vcount() == 6
    assert three.es["weight"] == [1] * 9
    assert set(three.es["relation"]) == {"repost"}
    for _, values in one.nodes(data=True):
        assert values["label"]
        assert values["kind"] in {"account", "object"}
        assert (values["finding_outcome"], values["finding_grade"]) == ("coordinated", "moderate")
        assert values["finding_caveats"].startswith("weakens: One newsroom")
        assert not any(isinstance(each, (list, dict)) for each in values.values())
    names = [name.lower() for name in three.vs.attributes()]
    assert len(names) == len(set(names))


def test_hostile_names_do_nothing_in_a_graph_or_a_picture(case, tmp_path):
    citing = next(r["finding_id"] for r in findings(case) if r["kind"] == "citation-loop")
    export_finding(case, citing, out=tmp_path / "g.graphml")
    export_finding(case, citing, out=tmp_path / "g.svg")
    graph = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    assert "<script>alert(1)</script>" in graph.vs["label"]
    picture = ElementTree.fromstring((tmp_path / "g.svg").read_bytes())
    tags = {each.tag.rpartition("}")[2] for each in picture.iter()}
    assert not tags & {"script", "image", "foreignObject", "style"}
    assert any("<script>alert(1)</script>" in (each.text or "") for each in picture.iter())


def test_the_page_of_one_finding_tells_of_no_other(case, sharing, tmp_path):
    export_finding(case, sharing, out=tmp_path / "one.html")
    page = (tmp_path / "one.html").read_text("utf-8")
    assert "Finding 1 of 1" in page
    assert "One topic stood 3 hours on the list." not in page


def test_all_findings_are_a_table_with_what_speaks_against_each(case, tmp_path):
    ids = {each["finding_id"] for each in findings(case)}
    assert export_findings(case, ids, out=tmp_path / "all.csv") == 3
    rows = {row["kind"]: row for row in read(tmp_path / "all.csv")}
    assert rows["citation-loop"]["null_model"] == (
        "none applies: a chain of citations is read, not sampled"
    )
    assert rows["ranking-placement"]["review"] == MARK
    assert "dunlin88" not in (tmp_path / "all.csv").read_text("utf-8")


def test_the_same_case_gives_the_same_bytes(case, sharing, tmp_path):
    for ending in PARTS:
        export_finding(case, sharing, out=tmp_path / f"a{ending}")
        export_finding(case, sharing, out=tmp_path / f"b{ending}")
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_refusals_say_what_to_do_and_write_nothing(case, sharing, tmp_path):
    (tmp_path / "there.csv").write_text("mine")
    with pytest.raises(BundleError, match="is there already; name a new one"):
        export_finding(case, sharing, out=tmp_path / "there.csv")
    assert (tmp_path / "there.csv").read_text() == "mine"
    with pytest.raises(ParameterError, match=r"write one of .rows.csv"):
        export_finding(case, sharing, out=tmp_path / "a.docx")
    with pytest.raises(UnknownNameError, match="no-such"):
        export_finding(case, "no-such", out=tmp_path / "a.csv")
    with pytest.raises(ParameterError, match=r"written as .csv"):
        export_findings(case, {sharing}, out=tmp_path / "a.json")
    with pytest.raises(ParameterError, match="no findings to write"):
        export_findings(case, set(), out=tmp_path / "a.csv")
    placement = next(r["finding_id"] for r in findings(case) if r["kind"] == "ranking-placement")
    for ending, why in ((".csv", "lists no accounts"), (".svg", "relate nothing")):
        with pytest.raises(BundleError, match=why):
            export_finding(case, placement, out=tmp_path / f"p{ending}")
    assert not list(tmp_path.glob("p*"))


def test_a_part_that_names_somebody_withheld_is_refused(case, sharing, tmp_path, monkeypatch):
    said = ("leaks", lambda *_: b"account\nmossy_finch\n")
    monkeypatch.setitem(exporting.PARTS, ".csv", said)
    with pytest.raises(BundleError, match="names would leak"):
        export_finding(case, sharing, out=tmp_path / "leak.csv")
    assert not (tmp_path / "leak.csv").exists()
    with pytest.raises(BundleError, match="names would leak"):
        export_finding(case, sharing, out=tmp_path / "quiet_reader.svg")
