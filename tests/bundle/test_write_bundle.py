# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import networkx as nx
import polars as pl
import pytest

from graphkit.bundle.bag import files_in, sha256_of
from graphkit.bundle.contents import Beside, Scope
from graphkit.bundle.graphfiles import gexf, graphml
from graphkit.bundle.write import write_bundle
from graphkit.case import Run, findings, open_case, runs
from graphkit.errors import BundleError, UnknownNameError
from graphkit.tables import TABLES

BUILD = """
import sys
from pathlib import Path
from graphkit.bundle.contents import Beside
from graphkit.bundle.write import write_bundle
from graphkit.case import open_case
case, out = open_case(Path(sys.argv[1])), Path(sys.argv[2])
limits = {"copied-text": ["It knows no paraphrase."]}
print(write_bundle(case, out, beside=Beside(limits)).tag_manifest_sha256)
"""
LIMITS = {"copied-text": ["It knows no paraphrase."]}


def hashes(root):
    return {path.relative_to(root).as_posix(): sha256_of(path) for path in files_in(root / "data")}


@pytest.fixture(scope="module")
def made(tmp_path_factory, make_case):
    root = tmp_path_factory.mktemp("made")
    case = make_case(root / "case")
    return case, write_bundle(case, root / "bundle", beside=Beside(LIMITS))


def records(bundle):
    lines = (bundle.path / "data" / "findings.jsonl").read_bytes().splitlines()
    return {each["kind"]: each for each in map(json.loads, lines)}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def page(made):
    return Page((made[1].path / "data" / "report.html").read_text("utf-8"))


def test_two_builds_of_one_case_have_the_same_tag_manifest_and_payload(made, tmp_path):
    again = write_bundle(made[0], tmp_path / "again", beside=Beside(LIMITS))
    assert again.tag_manifest_sha256 == made[1].tag_manifest_sha256
    assert hashes(again.path) == hashes(made[1].path)


@pytest.mark.parametrize(
    ("seed", "zone", "threads"), [("1", "UTC", "1"), ("77", "America/St_Johns", "2")]
)
def test_hash_seed_time_zone_and_threads_do_not_change_a_byte(made, tmp_path, seed, zone, threads):
    settings = {"PYTHONHASHSEED": seed, "TZ": zone, "POLARS_MAX_THREADS": threads}
    command = [sys.executable, "-c", BUILD, str(made[0].root), str(tmp_path / "other")]
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == made[1].tag_manifest_sha256


def test_only_the_findings_asked_for_go_in_and_every_run_is_told(made, tmp_path):
    case = made[0]
    one = next(each for each in findings(case) if each["kind"] == "citation-loop")
    bundle = write_bundle(case, tmp_path / "one", scope=Scope([one["finding_id"]]))
    assert list(records(bundle)) == ["citation-loop"]
    told = json.loads((bundle.path / "data" / "runs.json").read_bytes())
    assert [(r["detector"], r["findings_count"], r["bundled_count"]) for r in told] == [
        ("citation-loop", 1, 1),
        ("coordinated-sharing", 1, 0),
        ("copied-text", 0, 0),
        ("ranking-placement", 1, 0),
        ("recycled-news", 0, 0),
    ]
    assert (bundle.path / "data" / "judgements.jsonl").read_bytes() == b""


def test_an_unknown_finding_is_refused_and_leaves_nothing(case, tmp_path):
    with pytest.raises(UnknownNameError, match="no finding is called 'nope'"):
        write_bundle(case, tmp_path / "out", scope=Scope(["nope"]))
    assert not list(tmp_path.glob("*out*"))


def test_an_existing_folder_is_never_written_into(case, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(BundleError, match="is there already"):
        write_bundle(case, tmp_path / "out")


def test_evidence_that_names_no_row_is_refused(case, tmp_path):
    run = next(each for each in runs(case) if each.detector == "coordinated-sharing")
    assert isinstance(run, Run)
    path = case.root / "runs" / run.run_id / "evidence.parquet"
    changed = pl.read_parquet(path).with_columns(key=pl.col("key") + "?")
    changed.write_parquet(path)
    with pytest.raises(BundleError, match="9 rows of evidence are not in the table actions"):
        write_bundle(case, tmp_path / "out")


def test_every_row_of_evidence_is_in_the_rows_of_its_table(made):
    data = made[1].path / "data"
    evidence = pl.read_parquet(data / "evidence.parquet")
    assert evidence.group_by("table").len().sort("table").rows() == [
        ("accounts", 1),
        ("actions", 9),
        ("citations", 11),
        ("posts", 3),
        ("rankings", 3),
    ]
    for (name,), part in evidence.partition_by("table", as_dict=True).items():
        table = TABLES[name]
        rows = table.check(pl.read_parquet(data / "rows" / f"{name}.parquet"))
        assert set(part["key"]) <= set(rows.select(table.row_key())["key"])


def test_a_finding_keeps_its_numbers_and_gets_an_id_of_its_own(made):
    old = next(r for r in findings(made[0]) if r["kind"] == "coordinated-sharing")
    new = records(made[1])["coordinated-sharing"]
    same = ("outcome", "grade", "score", "p_value", "q_value", "null_model", "measures", "caveats")
    assert {n: new[n] for n in same} == {n: old[n] for n in same}
    assert new["case_finding_id"] == old["finding_id"] != new["bundle_finding_id"]
    assert len(new["evidence"]) == new["evidence_count"] == 9


def test_citation_spans_still_point_at_the_name_after_it_was_replaced(made):
    data = made[1].path / "data" / "rows"
    cited = pl.read_parquet(data / "citations.parquet").filter(pl.col("via") == "text")
    both = cited.join(pl.read_parquet(data / "posts.parquet"), on="post_id")
    spans = [
        text[start:end] for text, start, end in both.select("text", "span_start", "span_end").rows()
    ]
    assert any("acct-" in each for each in spans)
    assert all(not each.startswith("cct-") for each in spans)


def test_the_report_loads_nothing_and_runs_nothing(page):
    assert ("meta", "http-equiv", "Content-Security-Policy") in page.attributes
    policy = [v for _, n, v in page.attributes if n == "content" and "default-src" in v]
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
    ]
    assert not {"script", "img", "iframe", "link", "object", "form", "b"} & set(page.tags)
    names = {name for _, name, _ in page.attributes}
    assert not any(name.startswith("on") for name in names)
    links = [v for _, n, v in page.attributes if n in ("href", "src", "xlink:href")]
    assert all(link.startswith("#") for link in links)


def test_hostile_names_and_texts_are_shown_and_do_nothing(page):
    text = " ".join(page.texts)
    assert "<script>alert(1)</script>" in text
    assert '<img src=x onerror="alert(1)"> bridge falls! [U+202E]' in text
    assert "[U+0007]" in text
    assert "\u202e" not in text


def test_the_report_says_what_speaks_against_each_finding_and_who_judged(page):
    text = " ".join(page.texts)
    for said in (
        "may explain the rows",
        "the finding stands",
        "not tested",
        "Expected by chance: 0.0123 (null model: burst-stratified; tests made: 1,234)",
        "No null model applies: a chain of citations is read, not sampled",
        "asked acct-",
        "not tested: no rows in labels",
        "nothing found",
        "It knows no paraphrase.",
        "spokesperson of the council",
    ):
        assert said in text
    unreviewed = [
        v for _, n, v in page.attributes if n == "class" and v == "finding plain unreviewed"
    ]
    assert len(unreviewed) == 2


def test_cells_of_the_csv_begin_no_formula_and_hide_nothing(made, case, tmp_path):
    run = next(each for each in runs(case) if each.detector == "coordinated-sharing")
    path = case.root / "runs" / run.run_id / "evidence.parquet"
    roles = pl.lit("=HYPERLINK(1)\u202e")
    pl.read_parquet(path).with_columns(role=roles).write_parquet(path)
    bundle = write_bundle(case, tmp_path / "out")
    with (bundle.path / "data" / "evidence.csv").open(encoding="utf-8", newline="") as handle:
        cells = [cell for row in csv.reader(handle) for cell in row]
    assert "'=HYPERLINK(1)[U+202E]" in cells
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)


def test_graph_files_are_read_by_networkx_with_the_same_accounts_and_weights(made):
    folder = made[1].path / "data" / "graphs"
    name = records(made[1])["coordinated-sharing"]["bundle_finding_id"]
    (first,) = folder.glob(f"{name}-*.graphml")
    (second,) = folder.glob(f"{name}-*.gexf")
    one, two = nx.read_graphml(first), nx.read_gexf(second)
    assert sorted(one.nodes) == sorted(two.nodes)
    assert [w for *_, w in one.edges(data="weight")] == [1] * 9
    assert [w for *_, w in two.edges(data="weight")] == [1.0] * 9


def test_graph_files_hold_hostile_names_and_keep_long_ids_as_text():
    node = ["<b>\x07", "9007199254740993"]
    nodes = pl.DataFrame({"node": node, "label": ["\u202e\uffff", "=1"]})
    edges = pl.DataFrame({"a": ["<b>\x07"], "b": ["9007199254740993"], "weight": [2]})
    for written in (graphml, gexf):
        content = written(nodes, edges, directed=True)
        assert content == written(nodes.reverse(), edges, directed=True)
        root = ElementTree.fromstring(content)
        found = {each.attrib["id"] for each in root.iter() if each.tag.endswith("}node")}
        assert found == {"9007199254740993", "<b>[U+0007]"}


def test_a_case_moved_elsewhere_gives_the_same_bundle(made, tmp_path):
    moved = tmp_path / "elsewhere"
    subprocess.run(["cp", "-r", str(made[0].root), str(moved)], check=True)
    again = write_bundle(open_case(moved), tmp_path / "bundle")
    plain = write_bundle(made[0], tmp_path / "plain")
    assert again.tag_manifest_sha256 == plain.tag_manifest_sha256


def test_a_place_that_cannot_be_written_is_named(case, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BundleError, match="cannot be written"):
        write_bundle(case, tmp_path / "file" / "bundle")


def test_ids_of_a_trace_that_hash_a_name_are_hashed_again_with_the_key_of_the_case(made):
    (path,) = (made[1].path / "data" / "traces").glob("*.json")
    (edge,) = json.loads(path.read_bytes())["rejected_edges"]
    assert edge["child"].startswith("unseen:node-")
    assert edge["parent"].startswith("post-")
