# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard in a real Chromium: what a person clicks, types and reads."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from graphkit.bundle.contents import Scope
from graphkit.case import (
    add_name,
    basket,
    decisions,
    findings,
    judgements,
    load_corpus,
    pins,
    runs,
    searches,
    set_basket,
)
from graphkit.investigation.sealing import seal

sync_api = pytest.importorskip("playwright.sync_api")
sync_api.expect.set_options(timeout=20_000)  # a busy machine draws late
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

PAGES = [
    "/",
    "/network?act=repost",
    "/network?act=repost&group=0",
    "/network?lens=citation&least=1&group=0",
    "/story?what=p:r00",
    "/ranking",
    "/ranking?topic=topic one",
    "/ranking?places=hot",
    "/account?id=p:0",
    "/account?q=handle1x",
    "/evidence",
    "/evidence?unreviewed=1&full=1",
    "/finding",
    "/finding?id=unknown",
    "/runs?kind=coordinated-sharing",
    "/runs?kind=coordinated-sharing&set=within%3D5s",
    "/no-such-page",
    "/story?what=unknown",
    '/account?id=p:2&mark=["account","p:2"]',
    '/story?what=p:r00&mark=["row","posts","p:r00"]',
    '/?mark=["row","accounts","p:6"]',
    '/ranking?topic=topic one&mark=["no such mark"]',
    "/?lang=zh&grade=none",
    '/account?id=p:7&lang=zh&mark=["row","posts","p:o1"]',
]


@pytest.fixture(scope="module")
def case(tmp_path_factory, new_case):
    return new_case(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def base(case, served):
    with served(case.root) as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def window(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def tab(window, base):
    """A tab that notes every console error and every request to another host."""
    page = window.new_page()
    page.set_default_timeout(15_000)
    page.noted = []
    page.on("console", lambda m: page.noted.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.noted.append(str(error)))
    known = (base, "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(known) else page.noted.append(r.url))
    yield page
    page.close()


def open_page(tab, address):
    tab.goto(address)
    tab.locator("main:not([data-dash-is-loading]) h1").wait_for()


def query(tab):
    return parse_qs(urlsplit(tab.url).query)


PLACE = """async (canvas, i) => {
  const drawn = () => canvas.graphkitPicture?.nodes && canvas.graphkitPicture.width;
  while (!drawn()) await new Promise((wake) => setTimeout(wake, 30));
  return [canvas.graphkitPicture.x(i), canvas.graphkitPicture.y(i)];
}"""


def picture(tab):
    """Where account `i` of the map stands on the page, as a function."""
    canvas = tab.locator(".map canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()

    def at(place):
        x, y = canvas.evaluate(PLACE, place)
        return box["x"] + x, box["y"] + y

    return at


def finding_of(case, kind):
    """The address of the finding of that kind."""
    return "/finding?id=" + next(f["finding_id"] for f in findings(case) if f["kind"] == kind)


UNNAMED = """() =>
  [...document.querySelectorAll("main :is(a, button, input, select, textarea, canvas)")]
  .filter((e) => !e.closest(".ag-root-wrapper"))
  .filter((e) => !(e.textContent.trim() || e.labels?.length || e.getAttribute("aria-label")))
  .map((e) => e.outerHTML)"""


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_no_error_no_request_elsewhere_names_its_controls_and_fits(tab, base, address):
    open_page(tab, base + address)
    tab.wait_for_load_state("networkidle")
    assert tab.locator("h1").count() == 1
    assert tab.title() != "1"  # no name or text ran as a script
    assert tab.evaluate(UNNAMED) == []
    assert tab.locator("main table").count() == tab.locator("main table caption").count()
    tab.set_viewport_size({"width": 320, "height": 800})
    tab.wait_for_timeout(200)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    assert tab.noted == []


def test_a_row_of_the_table_is_selected_on_the_map_and_in_the_address(tab, base):
    open_page(tab, base + "/network?act=repost&group=0")
    tab.locator("#members input[type=checkbox]").first.click()
    tab.locator("#rows h2").wait_for()
    [selected] = query(tab)["sel"]
    assert tab.locator(".map canvas").evaluate("c => [...c.graphkitPicture.selected].length") == 1
    assert json.loads(query(tab)["mark"][0]) == ["account", selected]
    tab.reload()
    tab.locator("#rows h2").wait_for()
    assert tab.locator("#members tr.chosen").count() == 1
    assert tab.noted == []


def test_two_selected_accounts_or_a_click_on_their_line_show_the_rows_of_the_link(tab, base):
    open_page(tab, base + "/network?act=repost&group=0")
    boxes = tab.locator("#members input[type=checkbox]")
    boxes.nth(0).click()
    boxes.nth(1).click()
    sync_api.expect(tab.locator("#rows h2")).to_contain_text("Rows behind this link: 6")
    tab.locator(".map canvas").focus()
    tab.keyboard.press("Escape")
    sync_api.expect(tab.locator("#rows h2")).to_have_count(0)
    ends = tab.locator(".map canvas").evaluate(
        "c => { const p = c.graphkitPicture; return [p.edges.a[0], p.edges.b[0]]; }"
    )
    place = picture(tab)
    (x1, y1), (x2, y2) = place(ends[0]), place(ends[1])
    tab.mouse.click((x1 + x2) / 2, (y1 + y2) / 2)
    sync_api.expect(tab.locator("#rows h2")).to_contain_text("Rows behind this link")
    assert json.loads(query(tab)["mark"][0])[0] == "edge"
    sync_api.expect(tab.locator("#rows")).to_contain_text("posts.csv:")


def test_the_map_works_by_keyboard_and_says_what_it_does(tab, base):
    open_page(tab, base + "/network?act=repost&group=0")
    tab.locator(".map canvas").focus()
    tab.keyboard.press("n")
    sync_api.expect(tab.locator(".map [role=status]")).to_contain_text("links, group 1")
    tab.keyboard.press("Enter")
    tab.locator("#members tr.chosen").wait_for()
    assert len(query(tab)["sel"]) == 1
    tab.locator(".map canvas").focus()
    tab.keyboard.press("Escape")
    sync_api.expect(tab.locator("#members tr.chosen")).to_have_count(0)
    assert "sel" not in query(tab)
    tab.locator("#members tbody a").first.focus()
    tab.keyboard.press("Enter")
    sync_api.expect(tab).to_have_url(re.compile("/account"))


def test_a_group_opens_by_a_click_on_its_disc(tab, base):
    open_page(tab, base + "/network?act=repost")
    tab.mouse.click(*picture(tab)(0))
    tab.locator("#members").wait_for()
    assert query(tab)["group"] == ["0"]


def table_of(tab, count):
    """The ids of the `count` accounts in the table beside the map."""
    rows = tab.locator("#members tbody tr")
    sync_api.expect(rows).to_have_count(count)
    return {row.get_attribute("data-id") for row in rows.all()}


def test_an_account_is_expanded_the_step_undone_and_the_part_closed(tab, base):
    open_page(tab, base + "/network?lens=citation&least=1&around=p:0")
    assert table_of(tab, 2) == {"p:0", "p:8"}
    left = "Linked to these and not drawn: 4 accounts by 4 links."
    sync_api.expect(tab.locator("main")).to_contain_text(left)
    tab.locator("#members input[type=checkbox]").nth(1).check()
    tab.get_by_role("link", name="Add what it is linked to").click()
    sync_api.expect(tab.locator(".part")).to_have_count(2)
    assert len(query(tab)["around"]) == 2
    tab.get_by_role("button", name="Undo").click()
    sync_api.expect(tab.locator(".part")).to_have_count(1)
    assert query(tab)["around"] == ["p:0"]
    tab.get_by_role("link", name="Close this part").click()
    sync_api.expect(tab.locator("#groups-map")).to_be_visible()
    assert "around" not in query(tab)


def test_the_way_between_two_accounts_passes_through_the_one_that_both_cite(tab, base):
    open_page(tab, base + "/network?lens=citation&least=1&group=0&sel=p:0&sel=p:1")
    tab.get_by_role("link", name="Shortest ways between the two").click()
    sync_api.expect(tab.locator(".part").last).to_contain_text("Shortest ways")
    tab.locator(".part").first.get_by_role("link").click()  # closes the group
    sync_api.expect(tab.locator(".part")).to_have_count(1)
    assert table_of(tab, 3) == {"p:0", "p:1", "p:8"}


def test_a_pinned_account_stays_in_the_picture_and_in_the_case(tab, base, case):
    open_page(tab, base + "/network?lens=citation&least=1&around=p:8&sel=p:3")
    tab.wait_for_load_state("networkidle")  # the rows are drawn anew once the map is there
    tab.locator("#rows").get_by_role("button", name="Pin").click()
    sync_api.expect(tab.locator("#said")).to_contain_text("Pinned")
    sync_api.expect(tab.locator("#rows").get_by_role("button", name="Unpin")).to_be_visible()
    assert pins(case) == ["p:3"]
    open_page(tab, base + "/network?lens=citation&least=1&around=p:0")
    assert table_of(tab, 3) == {"p:0", "p:3", "p:8"}
    tab.locator(".path").get_by_role("button", name="Unpin").click()
    sync_api.expect(tab.locator(".path").get_by_role("button", name="Unpin")).to_have_count(0)
    assert pins(case) == []


def test_days_narrow_the_network_and_stand_in_the_address(tab, base):
    open_page(tab, base + "/network?lens=citation&least=1&group=0")
    assert len(table_of(tab, 6)) == 6
    tab.get_by_label("From the day").fill("2026-03-05")
    tab.get_by_label("From the day").press("Enter")
    sync_api.expect(tab.locator("main .empty")).to_contain_text("No two accounts are linked")
    assert query(tab)["from"] == ["2026-03-05"]


def test_the_network_is_written_for_gephi_under_pseudonyms(tab, base, case):
    open_page(tab, base + "/network?act=repost&least=1")
    tab.get_by_role("button", name="Whole network for Gephi").click()
    sync_api.expect(tab.locator("#said")).to_contain_text("coaction-repost-60s-1.gexf")
    written = (case.root / "exports" / "coaction-repost-60s-1.gexf").read_text("utf-8")
    assert "acct-" in written
    assert "p:0" not in written


def test_a_choice_goes_into_the_address_and_keeps_the_focus(tab, base):
    open_page(tab, base + "/network?act=repost")
    tab.locator("#within").focus()
    tab.locator("#within").select_option("1h")
    sync_api.expect(tab).to_have_url(re.compile("within=1h"))
    sync_api.expect(tab.locator("#within")).to_be_focused()
    tab.go_back()
    sync_api.expect(tab.locator("#within")).to_have_value("60s")


@pytest.mark.parametrize(
    ("address", "point", "said"),
    [
        ("/story?what=p:r00", ".scatterlayer .point", "Rows behind this"),
        ("/ranking?topic=topic one", ".barlayer .point path:visible", "Rows behind this bar"),
        ("/account?id=p:8", ".scatterlayer .point", "Rows behind this hour"),
    ],
)
def test_a_click_on_a_drawn_mark_shows_its_rows(tab, base, address, point, said):
    open_page(tab, base + address)
    mark = tab.locator(point).last
    mark.wait_for()
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sync_api.expect(tab.locator("#rows h2")).to_contain_text(said)
    sync_api.expect(tab.locator("#rows")).to_contain_text(".csv:")
    assert tab.noted == []


def test_the_rows_of_a_step_open_from_the_list_by_keyboard_and_close(tab, base):
    open_page(tab, base + "/story?what=p:r00")
    tab.locator("a.rows").nth(1).focus()
    tab.keyboard.press("Enter")
    tab.locator("#rows h2").wait_for()
    sync_api.expect(tab.locator("#rows")).to_be_focused()
    tab.keyboard.press("Escape")
    sync_api.expect(tab.locator("#rows h2")).to_have_count(0)
    assert "mark" not in query(tab)
    sync_api.expect(tab.locator("a.rows").nth(1)).to_be_focused()


def test_the_rows_of_a_post_that_is_not_in_the_data_are_those_that_refer_to_it(tab, base):
    open_page(tab, base + "/story?what=p:r00")
    tab.locator("a.rows").first.click()
    sync_api.expect(tab.locator("#rows h2")).to_contain_text("what refers to this post: 1")
    sync_api.expect(tab.locator("#rows")).to_contain_text("posts.csv:")


NESTED = "() => document.querySelectorAll('summary :is(a, button, input)').length"
UNTOLD = (
    "() => [...document.querySelectorAll('main th')].filter((e) => !e.textContent.trim()).length"
)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_to_press_stands_in_a_summary_and_every_column_has_a_head(tab, base, address):
    open_page(tab, base + address)
    assert tab.evaluate(NESTED) == 0
    assert tab.evaluate(UNTOLD) == 0


def test_a_second_message_is_seen_and_the_focus_stays_on_what_was_pressed(tab, base):
    open_page(tab, base + "/")
    tab.locator(".line button").first.focus()
    tab.keyboard.press("Enter")
    sync_api.expect(tab.locator("#said")).to_have_text("Added to the evidence.")
    sync_api.expect(tab.locator("nav").first).to_contain_text("Evidence (1)")  # drawn anew
    sync_api.expect(tab.locator(".line button").first).to_have_text("In evidence · remove")
    sync_api.expect(tab.locator(".line button").first).to_be_focused()
    tab.evaluate("document.getAnimations().forEach((each) => each.finish())")
    sync_api.expect(tab.locator("#said")).not_to_be_visible()
    tab.locator(".line button").first.press("Enter")
    sync_api.expect(tab.locator("nav").first).to_contain_text("Evidence (0)")
    sync_api.expect(tab.locator("#said")).to_be_visible()
    sync_api.expect(tab.locator(".line button").first).to_be_focused()


def test_from_a_finding_to_a_checked_bundle(tab, base, case):
    for kept in basket(case):
        set_basket(case, kept, kept=False)
    open_page(tab, base + "/")
    tab.locator(".line h3 a").first.click()
    sync_api.expect(tab.locator("h1")).to_have_text("Coordinated sharing: coordinated")
    tab.get_by_label("needs a source").check()
    tab.get_by_label("Why").fill("who runs the first account?")
    tab.get_by_label("Your name").fill("A. Person")
    tab.get_by_role("button", name="Save the judgement").click()
    sync_api.expect(tab.locator("#said")).to_have_text("Judgement saved.")
    assert judgements(case)[-1]["verdict"] == "needs-source"
    sync_api.expect(tab.locator(".page-head")).to_contain_text("needs a source")  # drawn anew
    tab.wait_for_load_state("networkidle")
    tab.get_by_role("button", name="Add to evidence").click()
    sync_api.expect(tab.locator("nav").first).to_contain_text("Evidence (1)")
    assert len(basket(case)) == 1
    tab.get_by_role("link", name="Evidence (1)").click()
    tab.wait_for_load_state("networkidle")
    tab.get_by_label("Name of the folder").fill("first")
    tab.get_by_role("button", name="Build from 1 finding").click()
    sync_api.expect(tab.locator("#said")).to_contain_text("Built:")
    tab.get_by_role("button", name="Check").click()
    sync_api.expect(tab.locator("#checked")).to_contain_text("first: whole and unchanged; ")
    (case.root / "exports" / "first" / "bagit.txt").write_text("changed")
    tab.get_by_role("button", name="Check").click()
    sync_api.expect(tab.locator("#checked")).to_contain_text("must not be relied on")
    assert tab.noted == []


def test_a_detector_runs_again_with_other_parameters_and_the_address_keeps_them(tab, base, case):
    open_page(tab, base + "/runs?kind=ranking-placement")
    before = len(runs(case))
    tab.get_by_label("least followed").fill("3")
    tab.get_by_role("button", name="Run with these").press("Enter")
    sync_api.expect(tab.locator("#job")).to_contain_text("Detecting: Ranking placement")
    sync_api.expect(tab.locator("#said")).to_have_text("The run is in the case.")
    sync_api.expect(tab.locator("#job")).to_be_empty()
    assert len(runs(case)) == before + 1
    assert query(tab) == {"kind": ["ranking-placement"], "set": ["least_followed=3"]}
    sync_api.expect(tab.locator("main table").first).to_contain_text("least followed 3")
    tab.get_by_label("least followed").fill("many")
    tab.get_by_role("button", name="Run with these").click()
    sync_api.expect(tab.locator("#said")).to_contain_text("Not done:")
    assert tab.noted == []


def test_a_screenshot_is_added_by_hand_with_the_keyboard_alone(tab, base, case, tmp_path):
    picture = tmp_path / "-shot <b>.png"
    picture.write_bytes(b"\x89PNG not a picture")
    open_page(tab, base + "/evidence")
    tab.get_by_text("Add what you found").press("Enter")
    tab.get_by_role("button", name="Add to the case").press("Enter")
    sync_api.expect(tab.locator("#said")).to_have_text(
        "Not done: give what was found, when it was seen, and your name."
    )
    tab.get_by_label("Address, text or path").fill(str(picture))
    tab.get_by_label("Seen at").fill("2026-03-10T09:00")
    tab.locator("details[open]").get_by_label("Your name").fill("A. Person")
    tab.get_by_role("button", name="Add to the case").press("Enter")
    sync_api.expect(tab.locator("#said")).to_contain_text("Added.")
    row = load_corpus(case).labels.filter(label="found-by-hand").to_dicts()[0]
    assert (row["subject_kind"], row["labelled_by"]) == ("url", "A. Person")
    assert row["labelled_at"].isoformat() == "2026-03-10T01:00:00+00:00"
    assert tab.noted == []


def test_a_search_without_a_hit_is_recorded(tab, base, case):
    open_page(tab, base + "/evidence")
    tab.get_by_text("Record a search").click()
    tab.get_by_label("Where", exact=True).fill("archive of northmoor.example")
    tab.get_by_label("What was asked").fill("bridge")
    tab.get_by_label("How many were found").fill("0")
    tab.get_by_role("button", name="Record").click()
    sync_api.expect(tab.locator("#said")).to_have_text("Recorded.")
    sync_api.expect(tab.locator("main")).to_contain_text("archive of northmoor.example: bridge")
    assert searches(case)[-1]["found"] == 0


def test_a_judgement_without_reason_is_refused_in_words(tab, base, case):
    before = len(judgements(case))
    open_page(tab, base + "/")
    tab.locator(".line h3 a").first.click()
    tab.get_by_label("confirmed", exact=True).check()
    tab.get_by_role("button", name="Save the judgement").click()
    sync_api.expect(tab.locator("#said")).to_contain_text("Not done:")
    assert len(judgements(case)) == before


def test_naming_an_account_is_a_decision_with_name_and_reason(tab, base, case):
    open_page(tab, base + "/account?id=p:7")
    assert "constructor" not in tab.locator("h1").inner_text()
    tab.get_by_text("Name this account").click()
    tab.get_by_role("button", name="Name the account").click()
    sync_api.expect(tab.locator("#said")).to_contain_text("Not done")
    tab.get_by_label("Why must it be named?").fill("it is the desk's own account")
    tab.get_by_label("Your name").fill("A. Person")
    tab.get_by_role("button", name="Name the account").click()
    sync_api.expect(tab.locator("main")).to_contain_text("A second person has not yet.")
    assert "constructor" not in tab.locator("h1").inner_text()
    tab.get_by_label("Why must it be named?").fill("as they say")
    tab.get_by_label("Your name").fill("B. Other")
    tab.get_by_role("button", name="Name the account").click()
    sync_api.expect(tab.locator("h1")).to_contain_text("constructor")
    assert [each["account_id"] for each in decisions(case)] == ["p:7", "p:7"]


def test_the_language_is_chosen_by_a_link_and_kept(tab, base):
    open_page(tab, base + "/ranking")
    tab.get_by_role("link", name="中文").click()
    sync_api.expect(tab.locator("h1")).to_have_text("榜单")
    assert tab.evaluate("document.documentElement.lang") == "zh"
    tab.locator("main table a").first.click()
    sync_api.expect(tab.locator("main h2").first).to_have_text("发现的时间窗")
    assert query(tab)["lang"] == ["zh"]


def test_the_token_opens_the_page_and_is_gone_from_the_address(browser, case, served):
    context = browser.new_context()
    page = context.new_page()
    with served(case.root, token="once") as base:
        assert page.goto(base).status == 403
        page.goto(base + "/?token=once")
        page.locator("main h1").wait_for()
        assert "token" not in page.url
    context.close()


def test_hostile_names_that_were_named_run_nowhere_not_even_in_the_report_of_a_bundle(
    window, browser, new_case, served, tmp_path
):
    case = new_case(tmp_path)
    for account in range(8):
        add_name(case, f"p:{account}", reason="a test", by="A", is_private=False)
    both = [each["finding_id"] for each in findings(case)]
    for each in both:
        set_basket(case, each, kept=True)
    told = finding_of(case, "coordinated-sharing")
    made = seal(case, tmp_path / "bundle", scope=Scope(both, unreviewed=True))
    report = made.path / "data" / "report.html"
    with served(case.root) as base:
        page = window.new_page()
        noted = []
        page.on("console", lambda m: noted.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: noted.append(str(error)))
        page.on("dialog", lambda dialog: noted.append(dialog.message))
        known = (base, "data:", "blob:", report.as_uri())
        page.on("request", lambda r: None if r.url.startswith(known) else noted.append(r.url))
        for address in (
            told,
            "/account?id=p:0",
            "/account?id=p:6",
            "/evidence",
            "/story?what=p:r00",
        ):
            open_page(page, base + address)
            page.wait_for_load_state("networkidle")
            assert page.title() != "1"
            assert page.locator("main :is(img, script, iframe)").count() == 0
        page.goto(report.as_uri())
        assert page.title() != "1"
        assert page.locator("script, img[src^=x], a[href*=evil]").count() == 0
        assert "<img src=x" not in page.content()
        page.close()
    assert noted == []


def test_no_webgl_and_a_page_in_the_dark(browser, base):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    open_page(page, base + "/network?act=repost&group=0")
    colours = page.evaluate("document.querySelector('canvas').graphkitPicture.colours.paper")
    assert colours == "#1c2126"
    assert page.locator("canvas").evaluate("c => c.getContext('webgl') === null")
    context.close()
