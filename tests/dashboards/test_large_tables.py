# SPDX-License-Identifier: GPL-3.0-or-later
"""A large account: pages get the rows of one page, and what was computed of rows is not again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from dashboards.pages import account
from dashboards.pages.paged import PAGE_ROWS, WHOLE_ROWS
from dashboards.pages.rows_drawer import rows_drawer
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.words import Words
from graphkit.case import add_name, create_case, open_case, save_run
from graphkit.investigation import masking
from graphkit.investigation.ingesting import ingest

START = datetime(2026, 3, 2, tzinfo=UTC)
TOTAL = 1_020
RECIPE = {"detector": "x", "version": "1", "params": {}, "inputs": [], "versions": {}}


def imported(case, name, first, count, account_id="p:busy"):
    n = pl.int_range(first, first + count, eager=True).alias("n").to_frame()
    rows = n.select(
        post_id=pl.format("p:{}", pl.col("n").cast(pl.String).str.zfill(5)),
        account_id=pl.lit(account_id),
        platform=pl.lit("p"),
        created_at=pl.lit(START) + pl.col("n") * timedelta(minutes=1),
        time_precision=pl.lit("second"),
        kind=pl.lit("original"),
        text=pl.format("number {} says @busyfish", "n"),
        is_seen=pl.lit(value=True),
    )
    path = case.root.parent / f"{name}.parquet"
    rows.write_parquet(path)
    ingest(case, [path], importer_name="canonical", collection="stream")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A case with an account of 1,020 posts, and one of 200."""
    case = create_case(tmp_path_factory.mktemp("large") / "case")
    imported(case, "busy", 0, TOTAL)
    imported(case, "quiet", 20_000, WHOLE_ROWS, "p:quiet")
    return case


def view_of(case, path, search):
    return View(snapshot(case.root), Query.read(path, search), Words("en"))


def parts(node):
    """Every component below `node`."""
    if isinstance(node, (list, tuple)):
        for each in node:
            yield from parts(each)
    elif hasattr(node, "to_plotly_json"):
        yield node
        yield from parts(getattr(node, "children", None))


def rows_of(node):
    [found] = [each.rowData for each in parts(node) if getattr(each, "rowData", None) is not None]
    return found


def pager_of(node):
    """What the pager says, and its links by name."""
    [pager] = [p for p in parts(node) if "pager" in str(getattr(p, "className", "") or "")]
    said, *links = pager.children
    return said.children, {each.children: each.href for each in links}


def shown(case, search):
    return account.render(view_of(case, "/account", search))


def test_the_pages_of_an_account_hold_each_post_once_and_in_order(large):
    seen = []
    for page in range(1, 22):
        rows = rows_of(shown(large, f"?id=p:busy&posts={page}"))
        assert len(rows) <= PAGE_ROWS
        seen += [row["place"] for row in rows]
    assert seen == [f"busy.parquet:{line}" for line in range(1, TOTAL + 1)]


def test_only_the_texts_of_the_page_are_looked_through_for_names(large, monkeypatch):
    asked = []
    real = masking.masked_texts
    monkeypatch.setattr(
        "dashboards.snapshot.masked_texts", lambda w, t: asked.append(len(t)) or real(w, t)
    )
    shown(large, "?id=p:busy&posts=3")
    assert max(asked) == PAGE_ROWS


@pytest.mark.parametrize(
    ("asked", "said", "links"),
    [
        ("1", "Rows 1 to 50 of 1,020, by time", ["Next", "Last"]),
        ("2", "Rows 51 to 100 of 1,020, by time", ["First", "Previous", "Next", "Last"]),
        ("21", "Rows 1,001 to 1,020 of 1,020, by time", ["First", "Previous"]),
        ("99999", "Rows 1,001 to 1,020 of 1,020, by time", ["First", "Previous"]),
        ("0", "Rows 1 to 50 of 1,020, by time", ["Next", "Last"]),
        ("-3", "Rows 1 to 50 of 1,020, by time", ["Next", "Last"]),
        ("²", "Rows 1 to 50 of 1,020, by time", ["Next", "Last"]),
        ("1" * 400, "Rows 1 to 50 of 1,020, by time", ["Next", "Last"]),
    ],
)
def test_whatever_page_is_asked_for_the_reader_is_told_where_it_is(large, asked, said, links):
    found, ways = pager_of(shown(large, f"?id=p:busy&posts={asked}"))
    assert (found, list(ways)) == (said, links)


def test_a_table_of_one_page_goes_to_the_browser_whole_to_be_sorted_there(large):
    page = shown(large, "?id=p:quiet")
    [table] = [each for each in parts(page) if getattr(each, "rowData", None) is not None]
    assert (len(table.rowData), {c["sortable"] for c in table.columnDefs}) == (200, {True})
    assert not [p for p in parts(page) if "pager" in str(getattr(p, "className", "") or "")]


def test_a_table_of_several_pages_cannot_be_sorted_by_what_one_page_holds(large):
    page = shown(large, "?id=p:busy")
    [table] = [each for each in parts(page) if getattr(each, "rowData", None) is not None]
    assert {(c["sortable"], c["filter"]) for c in table.columnDefs} == {(False, False)}


def test_the_rows_behind_a_mark_come_page_by_page_and_the_page_is_in_the_address(large):
    view = view_of(large, "/account", "?id=p:busy")
    drawer = rows_drawer(view, ["account:3", "p:busy"])
    assert rows_of(drawer)[0]["place"] == "busy.parquet:101"
    said, ways = pager_of(drawer)
    assert said == "Rows 101 to 150 of 1,021, by time"  # and the row of the account itself
    told = Query.read(*ways["Next"].split("?", 1))
    assert told.mark == ["account:4", "p:busy"]
    assert len(rows_of(rows_drawer(view, ["account", "p:busy"]))) == PAGE_ROWS


def test_a_new_run_reads_no_rows_again_and_an_import_does(tmp_path):
    case = create_case(tmp_path / "case")
    imported(case, "first", 0, 3)
    before = snapshot(case.root)
    rows = before.corpus
    save_run(case, {**RECIPE, "not_tested": []}, findings=[], corpus=rows)
    after = snapshot(case.root)
    assert [run.detector for run in after.runs] == ["x"]
    assert after is not before
    assert after.corpus is rows
    imported(case, "second", 3, 2)
    assert snapshot(case.root).corpus.posts.height == 5


def test_names_are_found_once_and_again_when_somebody_is_named(tmp_path, monkeypatch):
    case = create_case(tmp_path / "case")
    imported(case, "first", 0, 3)
    made = []
    real = masking.withheld_names
    monkeypatch.setattr(masking, "withheld_names", lambda *args: made.append(1) or real(*args))
    rows = snapshot(case.root).corpus
    texts = rows.posts["text"].to_list()
    first = masking.kept_names(case, rows)
    again = masking.kept_names(open_case(case.root), rows)
    assert len(made) == 1
    assert again.names.equals(first.names)
    assert masking.masked_texts(again, texts) == masking.masked_texts(real(case, rows), texts)
    add_name(case, "p:busy", reason="public office", by="A", is_private=False)
    assert "p:busy" in masking.kept_names(case, rows).accounts
    assert len(made) == 2


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_by_keyboard_one_goes_from_page_to_page_and_back(large, served, chromium):
    sync_api = pytest.importorskip("playwright.sync_api")
    with served(large.root) as base, sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{base}/account?id=p:busy")
        told = sync_api.expect(page.locator(".pager span"))
        for name, said in (("Next", "Rows 51 to 100"), ("Last", "Rows 1,001 to 1,020")):
            page.locator(".pager a", has_text=name).focus()
            page.keyboard.press("Enter")
            told.to_contain_text(said, timeout=20_000)
        sync_api.expect(page.locator("#posts-list")).to_be_focused()
        sync_api.expect(page.locator("#posts .ag-row")).to_have_count(20)
        page.go_back()
        told.to_contain_text("Rows 51 to 100", timeout=20_000)
        browser.close()
