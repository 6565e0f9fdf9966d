# SPDX-License-Identifier: GPL-3.0-or-later
"""The network as it is drawn: labels, groups, the table beside it, what is said of the rest."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from graphkit.case import create_case
from graphkit.graphs.layout import community_discs
from graphkit.investigation.ingesting import ingest

sync_api = pytest.importorskip("playwright.sync_api")
sync_api.expect.set_options(timeout=20_000)
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

READY = """async (canvas) => {
  const drawn = () => canvas.graphkitPicture?.labelled;
  while (!drawn()) await new Promise((wake) => setTimeout(wake, 30));
}"""
OVERLAPS = """(canvas, zoom) => {
  const p = canvas.graphkitPicture;
  p.zoom(zoom);
  p.moving = false;
  p.bitmap = null;
  p.draw();
  const boxes = p.labelled;
  const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  const pairs = boxes.flatMap((a, i) => boxes.slice(0, i).filter((b) => meet(a, b)));
  return [boxes.length, pairs.length];
}"""


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """Sixty accounts repost three posts at once, in two tight groups joined by one account."""
    root = tmp_path_factory.mktemp("crowd")
    rows = [
        (f"p:{side}{i:02}", f"p:{side}{post}", post)
        for side in "ab"
        for i in range(30)
        for post in range(3)
    ]
    rows += [("p:a00", f"p:b{post}", post) for post in range(2)] + [("p:alone", "p:z", 0)]
    start = pl.datetime(2026, 3, 2, time_zone="UTC")
    actions = pl.DataFrame(rows, schema=["account_id", "object_id", "hour"], orient="row").select(
        "account_id",
        "object_id",
        action_id=pl.format("x{}", pl.int_range(pl.len())),
        act=pl.lit("repost"),
        acted_at=start + timedelta(hours=1) * pl.col("hour"),
        time_precision=pl.lit("second"),
    )
    actions.write_parquet(root / "actions.parquet")
    case = create_case(root / "case")
    ingest(case, [root / "actions.parquet"], importer_name="canonical", collection="stream")
    return case


@pytest.fixture
def tab(crowd, served, chromium):
    with served(crowd.root) as base, sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(base_url=base, viewport={"width": 1280, "height": 900})
        page.set_default_timeout(20_000)
        yield page
        browser.close()


def opened(tab, address):
    tab.goto(address)
    canvas = tab.locator(".map canvas")
    canvas.evaluate(READY)
    return canvas


def test_labels_never_overlap_at_any_zoom_also_with_a_whole_tight_group_selected(tab):
    canvas = opened(tab, "/network?group=all")
    for chosen in ("[]", "[...p.nodes.id.keys()].slice(0, 30)"):
        canvas.evaluate(f"c => {{ const p = c.graphkitPicture; p.selected = new Set({chosen}); }}")
        for zoom in (1, 0.5, 3, 4, 4):
            placed, overlaps = canvas.evaluate(OVERLAPS, zoom)
            assert overlaps == 0
            assert placed > 0
    canvas.evaluate("c => { const p = c.graphkitPicture; p.fit([...p.selected]); }")
    assert canvas.evaluate(OVERLAPS, 1)[1] == 0


def test_what_is_not_drawn_is_counted_and_the_table_shows_a_page_of_what_is(tab):
    opened(tab, "/network?group=all")
    said = tab.locator(".map-and-table")
    sync_api.expect(said).to_contain_text("Drawn: 60 accounts")
    sync_api.expect(said).to_contain_text("Without any link: 1 accounts.")
    members = tab.locator("#members")
    sync_api.expect(members.locator("tbody tr")).to_have_count(25)
    sync_api.expect(members).to_contain_text("1 to 25 of 60")
    members.get_by_role("button", name="Next").click()
    sync_api.expect(members).to_contain_text("26 to 50 of 60")
    members.get_by_label("Order by").select_option(label="Account")
    names = members.locator("tbody td:nth-child(2)").all_text_contents()
    assert names == sorted(names)


def test_what_is_selected_on_the_map_comes_into_view_in_the_table(tab):
    canvas = opened(tab, "/network?group=all")
    shown = tab.locator("#members tbody tr")
    hidden = canvas.evaluate(
        """(c, seen) => c.graphkitPicture.nodes.id.findIndex((id) => !seen.includes(id))""",
        [row.get_attribute("data-id") for row in shown.all()],
    )
    canvas.evaluate("(c, i) => { c.graphkitPicture.cursor = i; }", hidden)
    canvas.focus()
    tab.keyboard.press("Enter")
    sync_api.expect(tab.locator("#members tr.chosen")).to_have_count(1)


def test_the_pointer_over_an_account_leaves_the_picture_as_it_is(tab):
    canvas = opened(tab, "/network?group=all")
    whole = "c => { const p = c.graphkitPicture; p.drawn = 0; const f = p.drawWhole.bind(p);"
    canvas.evaluate(whole + " p.drawWhole = () => { p.drawn++; f(); }; }")
    x, y = canvas.evaluate("c => [c.graphkitPicture.x(5), c.graphkitPicture.y(5)]")
    canvas.hover(position={"x": x, "y": y})
    assert canvas.evaluate("c => c.graphkitPicture.hover") == 5
    tab.wait_for_timeout(200)
    assert canvas.evaluate("c => c.graphkitPicture.drawn") == 0


def test_the_same_case_is_drawn_at_the_same_places_in_another_window(tab):
    places = "c => { const { id, x, y } = c.graphkitPicture.nodes; return [id, x, y]; }"
    first = opened(tab, "/network?group=all").evaluate(places)
    other = tab.context.browser.new_page(base_url=tab.url.split("/network")[0])
    assert opened(other, "/network?group=all").evaluate(places) == first


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_two_discs_of_groups_overlap(seed):
    rng = np.random.default_rng(seed)
    sizes = np.sort(rng.zipf(1.7, 150).clip(3, 900))[::-1]
    nodes = pl.DataFrame({"community": np.repeat(np.arange(150), sizes)}).with_columns(
        node=pl.format("n{}", pl.int_range(pl.len()))
    )
    ends = rng.integers(0, nodes.height, (4000, 2))
    edges = pl.DataFrame(
        {"a": nodes["node"].gather(ends[:, 0]), "b": nodes["node"].gather(ends[:, 1])}
    )
    discs = community_discs(nodes.select("node", pl.col("community").cast(pl.Int64)), edges)
    xy, radius = discs.select("x", "y").to_numpy(), discs["radius"].to_numpy()
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    assert (apart - radius[:, None] - radius[None]).min() > 0


def test_the_script_of_the_large_tables_is_loaded_where_there_is_one_and_nowhere_else(tab):
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    opened(tab, "/network?group=all")
    assert not [url for url in asked if "ag_grid" in url or "dash_table" in url]
    tab.goto('/account?id=local:p:a00&mark=["account","local:p:a00"]')
    tab.locator(".ag-row").first.wait_for()
    assert len([url for url in asked if "/dash_ag_grid.v" in url]) == 1
