# SPDX-License-Identifier: GPL-3.0-or-later
"""Work is kept: presses, judgements, typed text, the order of the basket, whatever happens."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from dashboards.app import create_app
from graphkit.case import (
    audit,
    basket,
    findings,
    judgements,
    move_in_basket,
    pins,
    set_basket,
    standing_judgements,
)
from graphkit.errors import UnknownNameError
from graphkit.investigation.reviewing import review

sync_api = pytest.importorskip("playwright.sync_api")

# Draws the page anew without end, as other windows, jobs and maps do now and then.
REDRAWING = """() => {
  const draw = () => dash_clientside.set_props('revision', {data: Date.now()});
  const again = () => setTimeout(draw, 5);
  new MutationObserver(again).observe(document.getElementById('main'), {childList: true});
  again();
}"""

# Serves the case in a child of this process, which has read all modules; "next" is another child.
SERVER = """
import os, sys
from pathlib import Path
from werkzeug.serving import make_server
from dashboards.app import create_app
app = create_app(Path(sys.argv[1])).server
for _ in sys.stdin:
    server = make_server("127.0.0.1", int(sys.argv[2]), app, threaded=True)
    child = os.fork()
    if child == 0:
        server.serve_forever()
    sys.argv[2] = server.server_port
    server.server_close()
    print(child, server.server_port, flush=True)
    os.waitpid(child, 0)
"""


@pytest.fixture
def case(tmp_path, new_case):
    return new_case(tmp_path)


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


def shown(browser, address, *, width=1280):
    """A page of a new browser profile, at `address`."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(20_000)
    page.goto(address)
    page.locator("main h1").wait_for()
    return page


def finding_ids(case):
    return [each["finding_id"] for each in findings(case)]


def lines(case, name):
    path = case.root / name
    return path.read_text("utf-8").splitlines() if path.exists() else []


def press(base, button, *, form=(), name=None, search=""):
    """The answer of the server to a pressed button."""
    name = str(time.monotonic_ns()) if name is None else name
    told = {"press": name, "button": button, "form": dict(form), "path": "/", "search": search}
    request = urllib.request.Request(f"{base}/press", json.dumps(told).encode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def test_a_finding_of_the_basket_is_moved_and_two_windows_that_add_it_keep_its_place(case):
    for each in "abc":
        set_basket(case, each, kept=True)
    move_in_basket(case, "c", by=-1)
    assert basket(case) == ["a", "c", "b"]
    move_in_basket(case, "c", by=-5)
    move_in_basket(case, "a", by=1)
    assert basket(case) == ["c", "b", "a"]
    set_basket(case, "c", kept=True)
    assert basket(case) == ["c", "b", "a"]
    set_basket(case, "b", kept=False)
    with pytest.raises(UnknownNameError, match="finding in the basket"):
        move_in_basket(case, "b", by=1)
    assert len(lines(case, "basket.jsonl")) == 8  # nothing was taken out of the file


def test_a_judgement_taken_back_stays_written_and_counts_no_more(case):
    [first, *_] = finding_ids(case)
    review(case, first, "confirmed", note="seen", by="A")
    review(case, first, "withdrawn", note="taken back", by="A")
    assert standing_judgements(case) == {}
    assert [each["verdict"] for each in judgements(case)] == ["confirmed", "withdrawn"]
    review(case, first, "rejected", note="a club", by="B")
    assert standing_judgements(case)[first]["verdict"] == "rejected"


def test_a_press_that_arrives_twice_is_acted_on_once_and_answered_twice(case, served):
    note = {"note-text": "look again", "by": "A"}
    with served(case.root) as base:
        answers = []

        def send():
            answers.append(press(base, {"act": "note", "finding": ""}, form=note, name="one"))

        both = [threading.Thread(target=send) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
    assert [each["said"] for each in answers] == ["Note saved.", "Note saved."]
    assert len(lines(case, "notes.jsonl")) == 1


@pytest.mark.parametrize(
    "told",
    [
        b"[]",
        b"{}",
        b'{"press": "a", "path": "/", "search": "", "button": {"act": "no such act"}, "form": {}}',
        b'{"press": 1, "path": "/", "search": "", "button": {"act": "note"}, "form": {}}',
        b'{"press": "a", "path": "/", "search": "", "button": {"act": "note"}, "form": []}',
    ],
)
def test_a_press_that_no_page_sends_is_refused(case, told):
    client = create_app(case.root).server.test_client()
    answer = client.post("/press", data=told, content_type="application/json")
    assert answer.status_code == 400
    elsewhere = {"Origin": "https://evil.example"}
    assert client.post("/press", data=told, headers=elsewhere).status_code == 403


def test_a_refusal_is_said_in_the_language_of_the_page(case, served):
    with served(case.root) as base:
        empty = {"verdict": "", "note": "", "by": ""}
        button = {"act": "judge", "finding": finding_ids(case)[0]}
        assert press(base, button, form=empty)["said"] == "Not done: choose a verdict."
        assert press(base, button, form=empty, search="?lang=zh")["said"].startswith("未执行")
    assert judgements(case) == []


class Server:
    """The dashboard in a process of its own, killed and started again on the same port."""

    def __init__(self, root):
        arguments = [sys.executable, "-c", SERVER, str(root), "0"]
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.child = 0

    def start(self):
        """The address of a new child."""
        self.process.stdin.write("next\n")
        self.process.stdin.flush()
        self.child, port = (int(each) for each in self.process.stdout.readline().split())
        return f"http://127.0.0.1:{port}"

    def kill(self):
        os.kill(self.child, signal.SIGKILL)

    def close(self):
        with contextlib.suppress(ProcessLookupError):  # killed by the test
            self.kill()
        self.process.communicate(timeout=10)


@pytest.fixture
def server(case):
    made = Server(case.root)
    yield made
    made.close()


def test_a_server_killed_at_any_moment_keeps_each_judgement_that_it_reported(case, server):
    [first, *_] = finding_ids(case)
    reported = []

    def judge(base, who):
        for i in range(1_000):
            form = {"verdict": "confirmed", "note": f"{who} {len(reported)} {i}", "by": who}
            try:
                said = press(base, {"act": "judge", "finding": first}, form=form)["said"]
            except (OSError, ValueError, http.client.HTTPException):
                return
            assert said == "Judgement saved."
            reported.append(form["note"])

    for moment in range(12):
        base = server.start()
        both = [threading.Thread(target=judge, args=(base, f"{who}{moment}")) for who in "ab"]
        for each in both:
            each.start()
        time.sleep(0.11 + 0.013 * moment)
        server.kill()
        for each in both:
            each.join()
        text = (case.root / "judgements.jsonl").read_bytes()
        for line in text.split(b"\n")[:-1]:
            json.loads(line)
    assert len(reported) > 20
    assert set(reported) <= {each["note"] for each in judgements(case)}
    review(case, first, "rejected", note="the last one", by="c")  # after what a kill cut off
    assert judgements(case)[-1]["note"] == "the last one"
    assert [each["seq"] for each in audit(case)] == list(range(len(audit(case))))


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::ResourceWarning")
class TestInBrowsers:
    """What two windows, a fast hand and a dead server leave."""

    def test_no_press_is_lost_or_acted_on_twice_on_a_page_that_is_drawn_anew_without_end(
        self, case, served, browser
    ):
        [first, *_] = finding_ids(case)
        with served(case.root) as base:
            page = shown(browser, f"{base}/finding?id={first}")
            button = page.locator(".page-head button")
            button.wait_for()
            page.wait_for_timeout(300)
            box = button.bounding_box()
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.evaluate(REDRAWING)
            for count in range(1, 9):
                page.mouse.down()
                page.wait_for_timeout(11 * count)
                page.mouse.up()
                text = "remove" if count % 2 else "Add to evidence"
                sync_api.expect(button).to_contain_text(text, timeout=20_000)
                assert len(lines(case, "basket.jsonl")) == count
            button.focus()
            page.keyboard.down(" ")
            page.wait_for_timeout(120)
            page.keyboard.up(" ")
            sync_api.expect(button).to_contain_text("remove", timeout=20_000)
            assert len(lines(case, "basket.jsonl")) == 9
            page.context.close()

    def test_a_double_click_is_one_judgement_and_one_finding_in_the_basket(
        self, case, served, browser
    ):
        [first, *_] = finding_ids(case)
        with served(case.root) as base:
            page = shown(browser, f"{base}/finding?id={first}")
            page.get_by_label("confirmed", exact=True).check()
            page.get_by_label("Why").fill("seen")
            page.get_by_label("Your name").fill("A")
            page.get_by_role("button", name="Save the judgement").dblclick()
            sync_api.expect(page.locator(".page-head")).to_contain_text("confirmed")
            page.locator(".page-head button").dblclick()
            sync_api.expect(page.locator(".page-head button")).to_contain_text("remove")
            page.wait_for_timeout(300)
            page.context.close()
        assert len(judgements(case)) == 1
        assert lines(case, "basket.jsonl") != []
        assert basket(case) == [first]

    def test_what_is_typed_and_opened_outlives_another_press_and_a_reload(
        self, case, served, browser
    ):
        with served(case.root) as base:
            page = shown(browser, f"{base}/evidence")
            page.get_by_text("Add what you found").click()
            page.get_by_label("Address, text or path").fill("half a sentence")
            page.get_by_label("Note", exact=True).last.fill("another half")
            page.get_by_label("Seen at").focus()
            for again in range(2):
                page.evaluate("dash_clientside.set_props('revision', {data: Date.now()})")
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(400)
                assert page.locator("details[open]").count() == 1, again
                assert page.evaluate("document.activeElement.id") == '{"form":"add.seen-at"}'
            page.reload()
            page.get_by_text("Add what you found").click()
            box = page.get_by_label("Address, text or path")
            sync_api.expect(box).to_have_value("half a sentence")
            page.context.close()

    def test_two_browsers_on_one_case_keep_their_work_and_see_each_others(
        self, case, served, browser
    ):
        first, second = finding_ids(case)[:2]
        with served(case.root) as base:
            ann, bob = (shown(browser, f"{base}/finding?id={each}") for each in (first, second))
            for page, who, verdict in ((ann, "Ann", "confirmed"), (bob, "Bob", "rejected")):
                page.get_by_label(verdict, exact=True).check()
                page.get_by_label("Why").fill(f"as {who} saw")
                page.get_by_label("Your name").fill(who)
            ann.get_by_role("button", name="Save the judgement").click(no_wait_after=True)
            bob.get_by_role("button", name="Save the judgement").click(no_wait_after=True)
            for page in (ann, bob):
                sync_api.expect(page.locator("#said")).to_have_text("Judgement saved.")
            for page in (bob, ann):  # neither has seen the other's basket
                page.locator(".page-head button").click()
                sync_api.expect(page.locator("#said")).to_have_text("Added to the evidence.")
            for page in (ann, bob):
                page.goto(f"{base}/evidence")
                sync_api.expect(page.locator(".placed")).to_have_count(2)
                sync_api.expect(page.locator(".placed").first).to_contain_text("rejected")
            ann.get_by_role("button", name="Move up").last.click()
            sync_api.expect(ann.locator(".placed").first).to_contain_text("confirmed")
            sync_api.expect(ann.get_by_role("button", name="Move down").first).to_be_focused()
            bob.reload()
            sync_api.expect(bob.locator(".placed").first).to_contain_text("confirmed")
            ann.context.close()
            bob.context.close()
        assert basket(case) == [first, second]
        standing = standing_judgements(case)
        assert {standing[first]["by"], standing[second]["by"]} == {"Ann", "Bob"}

    def test_a_judgement_is_taken_back_on_the_page(self, case, served, browser):
        [first, *_] = finding_ids(case)
        review(case, first, "confirmed", note="seen", by="A")
        with served(case.root) as base:
            page = shown(browser, f"{base}/finding?id={first}")
            page.get_by_role("button", name="Take it back").click()
            sync_api.expect(page.locator("#said")).to_have_text("Not done: give your name.")
            page.get_by_label("Your name").fill("A")
            page.get_by_role("button", name="Take it back").click()
            sync_api.expect(page.locator(".page-head")).to_contain_text("not judged")
            sync_api.expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
            page.context.close()
        assert [each["verdict"] for each in judgements(case)] == ["confirmed", "withdrawn"]

    def test_a_dead_server_is_said_and_what_was_typed_is_sent_once_it_lives(
        self, case, server, browser
    ):
        [first, *_] = finding_ids(case)
        page = shown(browser, f"{server.start()}/finding?id={first}")
        page.get_by_label("confirmed", exact=True).check()
        page.get_by_label("Why").fill("seen before the kill")
        page.get_by_label("Your name").fill("A")
        save = page.get_by_role("button", name="Save the judgement")
        save.click()
        sync_api.expect(page.locator("#said")).to_have_text("Judgement saved.")
        server.kill()
        assert [each["note"] for each in judgements(case)] == ["seen before the kill"]
        page.wait_for_timeout(500)
        page.get_by_label("rejected", exact=True).check()
        page.get_by_label("Why").fill("seen after it")
        save.click()
        sync_api.expect(page.locator("#said")).to_contain_text("Not saved: the dashboard did not")
        server.start()
        save.click()
        sync_api.expect(page.locator("#said")).to_have_text("Judgement saved.")
        assert [each["note"] for each in judgements(case)][1:] == ["seen after it"]
        page.context.close()

    def test_a_link_reopens_everything_chosen_in_another_browser(self, case, served, browser):
        [first, *_] = finding_ids(case)
        set_basket(case, first, kept=True)
        with served(case.root, token="once") as base:
            ann, bob = (shown(browser, f"{base}/?token=once") for _ in range(2))
            for address, choose in CHOICES.items():
                ann.goto(base + address)
                ann.locator("main h1").wait_for()
                choose(ann)
                ann.wait_for_load_state("networkidle")
                bob.goto(ann.url)
                same_text(ann, bob)
            ann.context.close()
            bob.context.close()
        assert pins(case) == []


def said_on(page):
    """What the page and the rows say, without the hints of the table about the keyboard."""
    texts = "\n".join(page.locator(part).inner_text() for part in ("main", "#rows"))
    return [line for line in texts.splitlines() if not line.startswith("Press SPACE")]


def same_text(ann, bob):
    """Waits till both pages say the same."""
    for _ in range(100):
        if said_on(ann) == said_on(bob):
            return
        ann.wait_for_timeout(100)
    assert said_on(ann) == said_on(bob)


def _ticks(page):
    page.get_by_label("Take in findings").check()
    page.get_by_label("Keep texts and times").check()
    page.get_by_label("Why must they be in full?").wait_for()


def _two_accounts(page):
    boxes = page.locator("#members input[type=checkbox]")
    boxes.nth(0).click()
    boxes.nth(1).click()
    sync_api.expect(page.locator("#rows h2")).to_contain_text("Rows behind this link")


def _window(page):
    page.locator("#within").select_option("1h")
    sync_api.expect(page).to_have_url(re.compile("within=1h"))


def _step(page):
    page.locator("a.rows").nth(1).click()
    page.locator("#rows h2").wait_for()


def _grade(page):
    page.locator("#grade").select_option("none")
    sync_api.expect(page).to_have_url(re.compile("grade=none"))


CHOICES = {
    "/": _grade,
    "/evidence": _ticks,
    "/network?act=repost&group=0": _two_accounts,
    "/network?act=repost": _window,
    "/story?what=p:r00": _step,
}
