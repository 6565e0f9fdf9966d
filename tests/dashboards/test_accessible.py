# SPDX-License-Identifier: GPL-3.0-or-later
"""What axe finds on every page and in every state: nothing. And what axe cannot see."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

import dashboards
from dashboards import app as dashboard_app
from dashboards import jobs
from dashboards.figures import plain
from dashboards.pages import paged
from dashboards.snapshot import snapshot
from graphkit.case import create_case, save_trace, set_basket, traces

if TYPE_CHECKING:
    from collections.abc import Callable

sync_api = pytest.importorskip("playwright.sync_api")
sync_api.expect.set_options(timeout=20_000)  # a busy machine draws late
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"""axe.run(document, {{runOnly: {{type: "tag", values: {json.dumps(TAGS)}}},
  resultTypes: ["violations"]}}).then((found) => found.violations.map((each) =>
  each.id + ": " + each.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " | " +
  n.failureSummary.slice(0, 200)).join(" || ")))"""


def link_mark(kind, *ids):
    return quote(json.dumps([kind, *ids]))


EVERY = link_mark("account:2", "p:0")
EDGE = link_mark("edge", "coaction:repost:60:2:", "p:0", "p:1")


def nothing(_page):
    """Looks at the page as it was opened."""


def open_details(page):
    page.evaluate("document.querySelectorAll('main details').forEach((e) => { e.open = true; })")


def open_filter(page):
    page.locator(".ag-header-cell-filter-button").first.click()
    page.locator(".ag-filter").wait_for()


def choose_two(page):
    boxes = page.locator("#members input[type=checkbox]")
    boxes.nth(0).click()
    boxes.nth(1).click()
    sync_api.expect(page.locator("#rows h2")).to_contain_text("6")


def be_refused(page):
    page.get_by_role("button", name=re.compile("Save the judgement|保存判断")).click()
    sync_api.expect(page.locator("#said")).to_contain_text(re.compile("Not done|未执行"))


def run_detector(page):
    page.get_by_role("button", name=re.compile("Run with these|按这些参数运行")).click()
    page.locator("#job progress").wait_for()


def alarmed(page):
    page.locator("[role=alert]").first.wait_for()


@dataclass(frozen=True)
class State:
    """One state of one page, and how it is looked at."""

    name: str
    address: str
    then: Callable = nothing
    language: str = "en"
    scheme: str = "light"
    width: int = 1440
    case: str = "small"


ZH = {"language": "zh"}
DARK = {"scheme": "dark"}
NARROW = {"width": 320}
TABLET = {"width": 1024}
GROUP = "/network?act=repost&group=0"
STATES = [
    State("overview", "/"),
    State("overview, all opened", "/?grade=none", open_details, **ZH, **DARK, **NARROW),
    State("overview of an empty case", "/", case="empty", **DARK),
    State("overview with a damaged run", "/", alarmed, case="damaged", **NARROW),
    State("overview that fails", "/?kind=fail", alarmed, **ZH, case="failing"),
    State("network", "/network?act=repost", **DARK, **TABLET),
    State("network, a group", GROUP, **NARROW),
    State("network, two accounts chosen", GROUP, choose_two, **DARK),
    State("network, two parts open", f"{GROUP}&around=p:8&sel=p:0&mark={EDGE}", **ZH, **NARROW),
    State("account, filter menu", "/account?id=p:0", open_filter, **ZH, **TABLET),
    State("network, found", "/network?find=handle", **TABLET),
    State("network without actions", "/network", case="empty", **NARROW),
    State("stories", "/story", **NARROW),
    State("story", "/story?what=p:r00", open_details, **DARK),
    State("story, narrow", "/story?what=p:r00", open_details, **ZH, **NARROW),
    State("story in two wordings", "/story?what=p:o0", open_details, case="kept", **TABLET),
    State("story in two wordings, dark", "/story?what=p:o0", case="kept", **DARK, **ZH, **NARROW),
    State("story not traced", "/story?what=unknown", **ZH, **TABLET),
    State("stories of an empty case", "/story", case="empty"),
    State("ranking", "/ranking", **ZH, **DARK),
    State("ranking of a topic", "/ranking?topic=topic one", open_details, **NARROW),
    State("ranking of a topic, dark", "/ranking?topic=topic one", **DARK, **TABLET),
    State("ranking, places", "/ranking?places=hot", **DARK, **ZH),
    State("two topics beside each other", "/ranking?topic=topic one&beside=topic two", **TABLET),
    State("two topics, dark", "/ranking?topic=topic one&beside=topic two", **DARK, **NARROW),
    State("ranking of an empty case", "/ranking", case="empty", **ZH, **NARROW),
    State("account to choose", "/account?q=handle1x", **NARROW),
    State("account", "/account?id=p:0", open_details, **DARK),
    State("account, narrow, rows open", f"/account?id=p:0&mark={link_mark('account', 'p:0')}",
          **ZH, **NARROW),
    State("account unknown", "/account?id=nobody", **TABLET),
    State("evidence", "/evidence", open_details, **TABLET),
    State("evidence, chosen", "/evidence", open_details, case="kept", **ZH, **DARK, **NARROW),
    State("finding", "/finding?id={finding}", open_details),
    State("finding, a message", "/finding?id={finding}", be_refused, **ZH, **DARK, **NARROW),
    State("finding, filter menu", "/finding?id={finding}", open_filter, **DARK, **TABLET),
    State("finding without its rows", "/finding?id={finding}", alarmed, case="damaged", **ZH),
    State("finding, pages of its rows", f"/finding?id={{finding}}&rows=2&mark={EVERY}",
          case="paged", **DARK, **NARROW),
    State("account, pages of its posts", "/account?id=p:0&posts=2", case="paged", **ZH),
    State("finding unknown", "/finding?id=unknown", **DARK, **NARROW),
    State("runs", "/runs?kind=coordinated-sharing", open_details, **ZH, **NARROW),
    State("runs, a job at work", "/runs?kind=copied-text", run_detector, **DARK, case="working"),
    State("no such page", "/nowhere", **TABLET),
]  # fmt: skip


@pytest.fixture(scope="module")
def cases(tmp_path_factory, new_case):
    """The small case, and cases that are empty, damaged, at work or that fail."""
    made = {name: new_case(tmp_path_factory.mktemp(name.replace(" ", "")))
            for name in ("small", "damaged", "kept", "working", "failing", "paged")}  # fmt: skip
    made["empty"] = create_case(tmp_path_factory.mktemp("none") / "case")
    for finding in snapshot(made["kept"].root).findings:
        set_basket(made["kept"], finding["finding_id"], kept=True)
    [story] = traces(made["kept"])
    nodes = [n | {"variant_id": f"v{1 + (i > 3)}"} for i, n in enumerate(story["nodes"])]
    [first] = story["claim"]["variants"]
    both = [first, first | {"variant_id": "v2", "text": "Harbour shut since the storm"}]
    claim = story["claim"] | {"variants": both}
    changes = {"query": {"what": "p:o0", "as": "post"}, "nodes": nodes, "claim": claim}
    save_trace(made["kept"], story | changes)
    [trace] = (made["damaged"].root / "traces").glob("*.json")
    trace.write_text("{")
    for file in (made["damaged"].root / "runs").glob("*/evidence.parquet"):
        file.unlink()
    return made


@pytest.fixture(scope="module")
def bases(cases, served):
    """The address of each case."""
    with nested(served, list(cases.items())) as addresses:
        yield addresses


@contextmanager
def nested(served, cases):
    if not cases:
        yield {}
        return
    (name, case), *rest = cases
    with served(case.root) as base, nested(served, rest) as others:
        yield {name: base, **others}


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip("axe_playwright_python")
    return resources.files(package).joinpath("axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def tabs(browser):
    """A tab for each scheme; pages are opened in it one after the other."""
    contexts = {name: browser.new_context(color_scheme=name) for name in ("light", "dark")}
    for context in contexts.values():
        context.set_default_timeout(12_000)
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture
def show(tabs, bases, cases, monkeypatch):
    """Opens a state; gives the tab."""

    def opened(state):
        if state.case == "failing":
            monkeypatch.setitem(dashboard_app.PAGES, "/", ("overview", lambda _: 1 / 0))
        if state.case == "working":
            monkeypatch.setattr(jobs, "_RUN", "import time; print('half', flush=True); "
                                "time.sleep(60)")  # fmt: skip
        if state.case == "paged":  # tables of three rows have pages
            monkeypatch.setattr(paged, "WHOLE_ROWS", 2)
            monkeypatch.setattr(paged, "PAGE_ROWS", 1)
        page, case = tabs[state.scheme], cases[state.case]
        address = state.address.replace("{finding}", first_finding(case))
        lang = "" if state.language == "en" else ("&" if "?" in address else "?") + "lang=zh"
        page.set_viewport_size({"width": state.width, "height": 900})
        page.goto(bases[state.case] + address + lang)
        page.locator("main:not([data-dash-is-loading]) h1").wait_for()
        page.wait_for_load_state("networkidle")
        for table in page.locator(".ag-root-wrapper").all():
            table.scroll_into_view_if_needed()  # it lays itself out once it is seen
            table.locator(".ag-header-cell").first.wait_for()
        state.then(page)
        return page

    return opened


def first_finding(case):
    return next((f["finding_id"] for f in snapshot(case.root).findings), "")


def violations(page, axe):
    session = page.context.new_cdp_session(page)  # works under the content policy
    session.send("Runtime.evaluate", {"expression": axe})
    asked = {"expression": RUN, "awaitPromise": True, "returnByValue": True}
    found = session.send("Runtime.evaluate", asked)["result"]["value"]
    session.detach()
    return found


SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((each) => {
    const ticked = each.type === "radio" || each.type === "checkbox";
    const box = (ticked && each.labels[0] || each).getBoundingClientRect();
    const style = getComputedStyle(each);
    const seen = box.width && box.height && style.visibility !== "hidden" && box.right > 0;
    return seen && !each.closest(".ag-cell") && style.display !== "inline" &&
      (box.width < 24 || box.height < 24);
  }).map((each) => each.outerHTML.slice(0, 140))"""


@pytest.mark.browser
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_axe_finds_nothing_the_page_fits_and_targets_are_large_enough(state, show, axe):
    page = show(state)
    try:
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= state.width
        assert page.evaluate(SMALL) == []
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.lang") == state.language
        assert page.title()
    finally:
        stop = page.locator("#job button")
        if state.case == "working" and stop.count():
            stop.click()


FOCUSED = """() => {
  const each = document.activeElement, box = each.getBoundingClientRect();
  if (each === document.body) return ["end"];
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const at = (part) => document.elementFromPoint(x, box.top + part * box.height);
  const own = (spot) => spot && (each.contains(spot) || spot.contains(each)
    || spot.closest("label")?.contains(each));
  const ring = parseFloat(getComputedStyle(each).outlineWidth) >= 2;
  const table = Boolean(each.closest(".ag-root-wrapper"));
  return [each.outerHTML.slice(0, 120), [0.15, 0.5, 0.85].some((part) => own(at(part))),
    ring || table];
}"""


@pytest.mark.browser
@pytest.mark.parametrize("address", ["/", "/finding?id={finding}", f"{GROUP}&mark={EDGE}"])
def test_the_focus_is_seen_and_never_behind_the_rows_or_a_job(address, show):
    page = show(State("walk", address))
    page.evaluate("window.scrollTo(0, 0)")
    seen = []
    for _ in range(45):
        page.keyboard.press("Tab")
        told = page.evaluate(FOCUSED)
        if told == ["end"]:
            break
        seen.append(told)
    assert "Skip to content" in seen[0][0]
    assert [each for each in seen if not each[1]] == []  # hidden by something
    assert [each for each in seen if not each[2]] == []  # without a ring


@pytest.mark.browser
def test_the_headings_of_a_page_skip_no_level_and_a_message_is_a_status(show):
    for address in ("/", "/finding?id={finding}", "/story?what=p:r00", "/evidence"):
        page = show(State("headings", address))
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => +h.tagName[1])"
        )
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert page.locator("#said").get_attribute("role") == "status"


# -- colours ---------------------------------------------------------------------------------------


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def palettes():
    """The colours of the style sheet by name, light and dark."""
    style = resources.files(dashboards).joinpath("assets/style.css").read_text("utf-8")
    light, dark = style.split("@media (prefers-color-scheme: dark)", 1)
    found = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
    first = dict(found.findall(light))
    return [first, {**first, **dict(found.findall(dark.split("\n}\n", 1)[0]))}]


@pytest.mark.parametrize("colours", palettes(), ids=["light", "dark"])
def test_text_has_a_contrast_of_four_and_a_half_and_every_mark_of_three(colours):
    grounds = ["paper", "card", "sunken", "accent-soft", "warn-soft"]
    texts = ["ink", "ink-2", "ink-3", "accent", "warn", "bad", "good"]
    faint = [(t, g) for t in texts for g in grounds if contrast(colours[t], colours[g]) < 4.5]
    assert faint == []
    marks = ["edge", "focus", "hue-rest", *(f"hue-{n}" for n in range(6))]
    under = ("paper", "card")
    assert [(m, g) for m in marks for g in under if contrast(colours[m], colours[g]) < 3] == []
    drawn = [plain.BLUE, plain.ORANGE, plain.RED, plain.GREY, plain.SOFT]
    assert [each for each in drawn if contrast(each, colours["card"]) < 3] == []
