# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page shows where something is missing, broken, or not there yet: never data."""

from __future__ import annotations

import json
import logging
import shutil

import polars as pl
import pytest

from dashboards.app import PAGES, create_app
from dashboards.pages.rows_drawer import rows_drawer
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.words import Words
from graphkit.case import create_case, load_corpus, open_case, save_run
from graphkit.case.folder import locked
from graphkit.errors import CaseError
from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.plugins import detectors


def as_text(shown):
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def view_of(root, address):
    path, _, search = address.partition("?")
    query = Query.read(path, search)
    return View(snapshot(root), query, Words(query.language))


def page(root, address):
    path = address.partition("?")[0]
    return as_text(PAGES[path][1](view_of(root, address)))


@pytest.fixture
def case(page_case, tmp_path):
    """A copy of the small case, to be broken."""
    root = tmp_path / "copy"
    shutil.copytree(page_case.root, root)
    return open_case(root)


@pytest.fixture
def empty(tmp_path):
    return create_case(tmp_path / "empty")


def graded(root):
    return snapshot(root).findings[0]["finding_id"]


# -- nothing there yet -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("/", "graphkit import"),
        ("/runs?kind=copied-text", "graphkit detect"),
        ("/finding?id=unknown", "graphkit findings"),
        ("/story", "graphkit trace"),
        ("/network?lens=coaction", "graphkit import"),
    ],
)
def test_an_empty_case_says_on_each_page_which_command_makes_what_is_missing(
    empty, address, command
):
    assert command in page(empty.root, address)


@pytest.mark.parametrize("address", ["/ranking", "/account", "/account?id=p:0", "/evidence"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_other_page_of_an_empty_case_is_made(empty, address, language):
    sign = "&" if "?" in address else "?"
    assert '"className": "empty"' in page(empty.root, f"{address}{sign}lang={language}")


def test_rows_without_a_run_offer_the_command_and_the_page_that_runs_detectors(case):
    shutil.rmtree(case.root / "runs")
    shown = page(case.root, "/")
    assert "No detector has run in this case yet." in shown
    assert f"graphkit detect {case.root}" in shown
    assert '"href": "/runs"' in shown


def test_a_run_that_found_nothing_is_a_result_and_no_error(case):
    shutil.rmtree(case.root / "runs")
    recipe = {"detector": "copied-text", "version": "1", "params": {}, "not_tested": []}
    recipe |= {"imports": "x", "versions": {}}
    save_run(case, recipe, findings=[], corpus=load_corpus(case))
    shown = page(case.root, "/")
    assert "found nothing beyond their thresholds. That is a result." in shown
    assert '"role": "alert"' not in shown


def test_detectors_without_rows_are_named_with_the_tables_that_they_lack(empty, tmp_path):
    rows = "list_id,snapshot_at,topic,rank\nhot,2026-03-02T08:00:00Z,one,1\n"
    (tmp_path / "rankings.csv").write_text(rows)
    ingest(empty, [tmp_path / "rankings.csv"], importer_name="canonical", collection="stream")
    detect(empty)
    shown = page(empty.root, "/")
    lacking = snapshot(empty.root).runs
    named = [run.detector for run in lacking if run.recipe["not_tested"]]
    assert len(named) == len(detectors()) - 1  # all but ranking-placement
    for name in named:
        assert Words("en").of("kind", name) in shown
    assert "no rows in: posts" in shown
    assert "not tested, no posts" in page(empty.root, "/runs?kind=copied-text")


def test_a_topic_without_ranking_rows_and_an_account_without_a_profile_say_so(case):
    assert '"className": "empty"' in page(case.root, "/ranking?topic=never listed")
    assert '"className": "empty"' in page(case.root, "/account?id=nobody")


# -- broken ----------------------------------------------------------------------------------------


def test_a_damaged_run_is_named_and_the_rest_of_the_overview_stays(case):
    [damaged, *_] = sorted((case.root / "runs").glob("*/findings.jsonl"))
    damaged.write_text('{"finding_id": ')
    shown = page(case.root, "/")
    assert f"runs/{damaged.parent.name} is damaged" in shown
    assert "graphkit detect again" in shown
    assert "18 / 18 accepted" in shown  # what was imported is still told
    assert "5 accounts reposted" not in shown  # and no part of the findings as if it were all


def test_a_damaged_run_and_trace_raise_what_the_command_line_says_too(case):
    [damaged, *_] = sorted((case.root / "runs").glob("*/recipe.json"))
    damaged.write_text("{}")
    with pytest.raises(CaseError, match=r"is damaged \(KeyError\): move it out of the case"):
        snapshot(case.root).runs  # noqa: B018  read for what it raises
    [trace] = (case.root / "traces").glob("*.json")
    trace.write_text("{")
    with pytest.raises(CaseError, match="is damaged: move it out of the case"):
        snapshot(case.root).traces  # noqa: B018


@pytest.mark.parametrize("broken", [b"", b"PAR1 and no more", None])
def test_lost_evidence_takes_its_own_panels_away_and_gives_an_id_that_the_log_has(
    case, broken, caplog
):
    finding_id = graded(case.root)
    finding = snapshot(case.root).finding(finding_id)
    file = case.root / "runs" / finding["run_id"] / "evidence.parquet"
    file.unlink() if broken is None else file.write_bytes(broken)
    with caplog.at_level(logging.ERROR):
        shown = page(case.root, f"/finding?id={finding_id}")
    assert shown.count('"role": "alert"') == 2
    assert "none is declared" in shown  # its innocent explanations
    assert "Save the judgement" in shown
    references = {record.args[0] for record in caplog.records}
    assert len(references) == 2
    assert all(each in shown for each in references)


def test_the_rows_behind_a_mark_of_a_lost_file_can_be_closed(case):
    finding = snapshot(case.root).finding(graded(case.root))
    (case.root / "runs" / finding["run_id"] / "evidence.parquet").unlink()
    mark = ["evidence", finding["run_id"], finding["finding_id"]]
    shown = as_text(rows_drawer(view_of(case.root, "/"), mark))
    assert '"role": "alert"' in shown
    assert "Close the rows" in shown


def test_a_mistake_of_ours_is_told_with_an_id_and_the_way_to_the_other_pages(
    case, monkeypatch, caplog
):
    def fail(_view):
        raise ZeroDivisionError

    monkeypatch.setitem(PAGES, "/story", ("story", fail))
    browser = create_app(case.root).server.test_client()
    layout = browser.get("/_dash-dependencies").get_json()
    [main] = [each for each in layout if "main.children" in each["output"]]
    outputs = [
        dict(zip(("id", "property"), each.split("."), strict=True))
        for each in main["output"].strip(".").split("...")
    ]
    values = {"url.pathname": "/story", "url.search": "?lang=zh", "revision.data": 0}
    inputs = [{**each, "value": values[f"{each['id']}.{each['property']}"]}
              for each in main["inputs"]]  # fmt: skip
    asked = {"output": main["output"], "outputs": outputs, "inputs": inputs}
    with caplog.at_level(logging.ERROR):
        answer = browser.post(
            "/_dash-update-component", json={**asked, "changedPropIds": ["url.pathname"]}
        )
    told = answer.get_json()["sideUpdate"]
    text = json.dumps(told, ensure_ascii=False)
    [reference] = [r.args[0] for r in caplog.records if r.name == "dashboards.app"]
    assert reference in text
    assert "其余页面可用" in text
    assert "/network?lang=zh" in json.dumps(told["masthead"])


# -- while somebody else writes --------------------------------------------------------------------


def test_pages_are_read_while_another_process_holds_the_case(case):
    snapshot(case.root).names(["p:0"])  # the key of the pseudonyms is there
    with locked(case):
        assert "5 accounts reposted" in page(case.root, "/")


def test_a_run_and_a_batch_that_are_half_written_are_not_shown(case):
    half = case.root / "runs" / "ffffffffffffffff"
    half.mkdir()
    (half / "findings.jsonl").write_text('{"finding_id": "f1"}\n')
    batch = case.root / "tables" / "posts" / "half.parquet.tmp"
    pl.DataFrame({"post_id": ["p:x"]}).write_parquet(batch)
    shown = page(case.root, "/")
    assert "5 accounts reposted" in shown
    assert len(snapshot(case.root).runs) == 2
    assert "18 / 18 accepted" in shown
