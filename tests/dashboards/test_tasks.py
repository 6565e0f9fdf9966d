# SPDX-License-Identifier: GPL-3.0-or-later
"""What an investigator comes for, from the overview on: by mouse, and by keyboard alone.

Each step leaves a picture under GRAPHKIT_SHOTS, or among pytest's temporary files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from graphkit.case import basket, create_case, load_corpus, set_basket
from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import ingest

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

WIDTHS = (1440, 1024, 320)
SCALE = "0.4"  # 2,420 accounts: the smallest world in which each plant is still found
MOST_TABS = 200
WAY = """e => {
  const here = document.activeElement;
  if (e === here || e.contains(here) && here !== document.body) return null;
  return here.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING ? "Shift+Tab" : "Tab";
}"""


@pytest.fixture(scope="module")
def case(tmp_path_factory, repository):
    """The invented world, small, with the detectors of loops and pushes run once."""
    root = tmp_path_factory.mktemp("tasks")
    maker = repository / "datasets" / "invented_world" / "generate.py"
    made = [sys.executable, str(maker), str(root / "data"), "--scale", SCALE]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    case = create_case(root / "case", name="two weeks", zone="Asia/Shanghai")
    tables = [path for path in sorted((root / "data").iterdir()) if path.suffix != ".json"]
    ingest(case, tables, importer_name="canonical", collection="stream")
    detect(case, ["citation-loop", "ranking-manipulation"])
    return case


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
def shots(tmp_path_factory):
    told = os.environ.get("GRAPHKIT_SHOTS")
    folder = tmp_path_factory.mktemp("shots") if told is None else Path(told)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Hand:
    """A person at the page: with a mouse, or with a keyboard and nothing else."""

    def __init__(self, page, means, shots):
        self.page, self.means, self.shots, self.noted = page, means, shots, []
        page.on("console", lambda m: self.noted.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.noted.append(str(error)))

    def _focus(self, target):
        """Tabs on, or back, till `target` has the focus."""
        for _ in range(MOST_TABS):
            way = target.evaluate(WAY)
            if way is None:
                return
            self.page.keyboard.press(way)
        raise AssertionError(f"not reached in {MOST_TABS} tabs: {target}")

    def press(self, target):
        target = target.first
        target.wait_for()
        if self.means == "mouse":
            target.click()
            return
        self._focus(target)
        self.page.keyboard.press("Space" if target.get_attribute("type") == "checkbox" else "Enter")

    def choose(self, radio):
        if self.means == "mouse":
            radio.check()
            return
        self._focus(radio.locator("xpath=ancestor::fieldset"))
        while not radio.is_checked():
            self.page.keyboard.press("ArrowDown")

    def write(self, field, text):
        if self.means == "mouse":
            field.fill(text)
            return
        self._focus(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def keep(self, name):
        """A picture of the page at each width."""
        if self.means == "keyboard" and not os.environ.get("GRAPHKIT_SHOTS"):
            return
        self.page.wait_for_load_state("networkidle")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.wait_for_timeout(150)
            path = self.shots / f"{name}-{self.means}-{width}.png"
            self.page.screenshot(path=path, full_page=True)
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})


@pytest.fixture(params=["mouse", "keyboard"])
def hand(request, browser, base, shots, case):
    """A person who has just opened the overview; the basket is empty."""
    for kept in basket(case):
        set_basket(case, kept, kept=False)
    page = browser.new_context(viewport={"width": WIDTHS[0], "height": 900}).new_page()
    page.set_default_timeout(20_000)
    page.goto(base)
    page.locator("main h1").wait_for()
    page.wait_for_load_state("networkidle")
    person = Hand(page, request.param, shots)
    yield person
    page.context.close()
    assert person.noted == []


def expect(locator):
    sync_api.expect.set_options(timeout=20_000)
    return sync_api.expect(locator)


def heading(hand, text):
    expect(hand.page.locator("h1")).to_have_text(text)


def test_the_planted_loop_is_found_and_read_hop_by_hop_to_its_source_lines(hand):
    page = hand.page
    hand.keep("loop-1-overview")
    hand.press(page.get_by_role("link", name="Citation loop: loop"))
    heading(hand, "Citation loop: loop")
    expect(page.locator("main")).to_contain_text("What else could explain it")
    hops = page.locator(".hops").first.locator("li")
    expect(hops).to_have_count(5)
    hand.keep("loop-2-finding")
    place = hops.first.get_by_role("link", name="posts.parquet:")
    line = place.inner_text()
    hand.press(place)
    expect(page.locator("#rows h2")).to_contain_text("Rows behind this mark: 1")
    expect(page.locator("#rows")).to_contain_text(line)
    expect(page.locator("#rows .links")).to_contain_text("Finding: Citation loop: loop")
    hand.keep("loop-3-row")
    if hand.means == "keyboard":
        expect(page.locator("#rows")).to_be_focused()
        page.keyboard.press("Escape")
        expect(place).to_be_focused()  # the way back
    else:
        page.get_by_role("link", name="Close the rows").click()
    expect(page.locator("#rows h2")).to_have_count(0)


def test_the_false_story_is_traced_to_the_deleted_post_and_the_hop_that_lost_it(hand, case):
    page = hand.page
    truth = json.loads((case.root.parent / "data" / "truth.json").read_text("utf-8"))
    [story] = [planted for planted in truth["planted"] if planted.get("deleted_root")]
    hand.press(page.get_by_role("link", name="Story", exact=True))
    heading(hand, "Story")
    hand.keep("story-1-start")
    hand.write(page.get_by_label("Trace back from"), max(story["posts"]))
    hand.press(page.get_by_role("button", name="Open"))
    trace = page.get_by_role("button", name="Trace it now")
    named = page.get_by_text("One earliest known source is named")
    trace.or_(named).first.wait_for()
    if trace.is_visible():  # nobody has traced it in this case before
        hand.press(trace)
    named.first.wait_for(timeout=90_000)
    expect(page.locator("main")).to_contain_text("not in the data")
    expect(page.locator("main")).to_contain_text("First copy without naming its source")
    expect(page.locator(".main-svg").first).to_be_visible()
    hand.keep("story-2-traced")
    hand.press(page.locator("main a.rows"))
    expect(page.locator("#rows h2")).to_contain_text("what refers to this post")
    expect(page.locator("#rows")).to_contain_text("posts.parquet:")
    hand.keep("story-3-rows")


def test_the_push_and_the_announced_drive_are_told_apart_by_a_caveat(hand):
    page = hand.page
    hand.press(page.get_by_role("link", name="Ranking manipulation: rented or automated"))
    heading(hand, "Ranking manipulation: rented or automated")
    hand.keep("push-1-finding")
    hand.press(page.get_by_role("link", name="拾光里公寓抢房"))
    heading(hand, "Ranking")
    expect(page.locator("main")).to_contain_text("拾光里公寓抢房")
    expect(page.locator("main")).to_contain_text("rented or automated")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    hand.keep("push-2-ranking")
    page.go_back()
    page.go_back()
    heading(hand, "Overview")
    hand.press(page.get_by_role("link", name="Ranking manipulation: openly organised"))
    heading(hand, "Ranking manipulation: openly organised")
    stands = page.locator(".caveats .caveat-stands")
    assert stands.count() >= 1
    hand.keep("drive-1-finding")
    hand.press(page.get_by_role("link", name="许鹿鸣新专辑长风"))
    heading(hand, "Ranking")
    expect(page.locator("main")).to_contain_text("许鹿鸣新专辑长风")
    expect(page.locator("main")).to_contain_text("openly organised")
    hand.keep("drive-2-ranking")


def test_a_screenshot_is_added_by_hand(hand, case, tmp_path):
    page = hand.page
    picture = tmp_path / f"seen by {hand.means}.png"
    page.screenshot(path=picture)
    hand.press(page.get_by_role("link", name=re.compile("^Evidence")))
    heading(hand, "Evidence")
    hand.press(page.get_by_text("Add what you found"))
    hand.write(page.get_by_label("Address, text or path"), str(picture))
    hand.write(page.get_by_label("Seen at"), "2026-03-16T09:00")
    hand.write(page.locator("details[open]").get_by_label("Your name"), "A. Person")
    hand.keep("byhand-1-form")
    hand.press(page.get_by_role("button", name="Add to the case"))
    expect(page.locator("#said")).to_contain_text("Added.")
    found = load_corpus(case).labels.filter(label="found-by-hand")
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    assert f"sha256:{digest}" in found["subject_id"].to_list()


def test_findings_are_reviewed_put_into_a_bundle_and_the_bundle_is_checked(hand):
    page = hand.page
    hand.press(page.locator(".line").nth(2).get_by_role("button", name="Add to evidence"))
    expect(page.locator("nav").first).to_contain_text("Evidence (1)")
    hand.press(page.get_by_role("link", name="Citation loop: loop"))
    heading(hand, "Citation loop: loop")
    hand.press(page.get_by_role("button", name="Add to evidence"))
    expect(page.locator("nav").first).to_contain_text("Evidence (2)")
    hand.press(page.get_by_role("link", name="Judge it"))
    hand.choose(page.get_by_label("confirmed", exact=True))
    hand.write(page.get_by_label("Why"), "read all fourteen stories")
    hand.write(page.get_by_label("Your name"), "A. Person")
    hand.keep("bundle-1-judge")
    hand.press(page.get_by_role("button", name="Save the judgement"))
    expect(page.locator(".page-head")).to_contain_text("confirmed")
    hand.press(page.get_by_role("link", name="Evidence (2)"))
    heading(hand, "Evidence")
    expect(page.locator(".placed")).to_have_count(2)
    expect(page.locator(".placed").first).to_contain_text("Stays out: nobody has judged it.")
    expect(page.locator("main")).to_contain_text("1 of the 2 findings in the basket")
    hand.keep("bundle-2-preview")
    hand.press(page.get_by_role("button", name="Move down"))
    expect(page.locator(".placed").last).to_contain_text("Stays out")
    name = f"first-{hand.means}"
    hand.write(page.get_by_label("Name of the folder"), name)
    hand.press(page.get_by_role("button", name="Build from 1 finding"))
    expect(page.locator("#job")).to_contain_text("Building the bundle")
    sync_api.expect(page.locator("#said")).to_contain_text("Built:", timeout=90_000)
    made = page.locator(".bundles > li", has_text=name)
    expect(made).to_contain_text("graphkit verify ")
    expect(made.locator("code").first).to_have_text(re.compile("^[0-9a-f]{64}$"))
    hand.press(made.get_by_role("button", name="Check"))
    expect(page.locator("#checked")).to_contain_text(f"{name}: whole and unchanged; ")
    hand.keep("bundle-3-checked")
