# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stranger, a broken client or an address edited by hand gets from the server."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
from urllib.parse import urlencode

import pytest

from dashboards import serve as serving
from dashboards.app import PAGES, create_app
from dashboards.guard import MAX_REQUEST_BYTES
from dashboards.pages.rows_drawer import rows_drawer
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.words import Words

NAMES = (
    *("act", "all", "around", "find", "finding", "from", "grade", "group", "id", "judgement"),
    *("kind", "lang", "least", "lens", "list", "mark", "places", "q", "run", "sel", "set", "show"),
    *("to", "topic", "way", "what", "within"),
)
WRONG = [
    "9" * 40,
    "\x00",
    "-1",
    "nan",
    "²",
    "2026-02-30",
    "9999-12-31",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "x" * 20_000,
    "[" * 3_000,
]
MARKS = [
    [],
    ["edge"],
    ["edge", "bad:repost:60:2", "p:0", "p:1"],
    ["edge", "coaction:repost:nan:1", "p:0", "p:1"],
    ["edge", "coaction:repost:1e300:1", "p:0", "p:1"],
    ["edge", "coaction:repost:-5:2", "p:0", "p:1"],
    ["edge", "coaction:repost:60:2:99999999999999", "p:0", "p:1"],
    ["edge", "citation:x:60:" + "9" * 40, "p:0", "p:1"],
    ["hour", "p:0", "x", "99"],
    ["volume", "topic one", "2026-03-02", "nan"],
    ["volume", "topic one", "2026-03-02T00:00:00", "60"],
    ["row", "nope", "x"],
    ["row", "sources", "x"],
    ["evidence", "../..", "x"],
    ["tie", "a", "b", "c", "d"],
    ["account", "p:0", "more"],
    ["x"] * 5_000,
]


def asked(path, search):
    """A request for a page, as Dash sends it."""
    outputs = [("masthead", "children"), ("main", "children"), ("page", "data"), ("mark", "data")]
    output = "...".join(f"{name}.{prop}" for name, prop in outputs)
    inputs = [("url", "pathname", path), ("url", "search", search), ("revision", "data", 0)]
    return {
        "output": f"..{output}..",
        "outputs": [{"id": name, "property": prop} for name, prop in outputs],
        "inputs": [{"id": i, "property": prop, "value": value} for i, prop, value in inputs],
        "changedPropIds": ["url.pathname"],
    }


@pytest.fixture(scope="module")
def client(page_case):
    return create_app(page_case.root).server.test_client()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_whatever_stands_in_its_address(client, path):
    for wrong in WRONG:
        search = "?" + urlencode(dict.fromkeys(NAMES, wrong))
        answer = client.post("/_dash-update-component", json=asked(path, search))
        assert answer.status_code == 200
        told = json.loads(answer.text)["response"]
        assert told["main"]["children"]
        assert "could not be made" not in json.dumps(told["main"])


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: ":".join(mark)[:40])
def test_rows_that_nobody_can_ask_for_are_answered_by_a_sentence(page_case, mark):
    view = View(snapshot(page_case.root), Query("/network"), Words("en"))
    shown = json.dumps(rows_drawer(view, mark), default=lambda part: part.to_plotly_json())
    sentences = ("No row of the case", "Not done", "could not be made", "Rows behind")
    assert any(each in shown for each in sentences)


def test_a_group_or_finding_that_is_not_there_is_said_to_be_missing(page_case):
    search = "act=repost&group=0&group=77&finding=unknown"
    view = View(snapshot(page_case.root), Query.read("/network", search), Words("en"))
    shown = json.dumps(
        PAGES["/network"][1](view), default=lambda part: part.to_plotly_json(), ensure_ascii=False
    )
    assert "At these settings there is no such group: Group 78." in shown
    assert "The case has no finding of that id." in shown


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/_mcp",
        "/assets/wiring.js",
        "/_dash-component-suites/dash/deps/react@18.v4_4_1m1.js",
        "/favicon.ico",
        "/press",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"])
def test_without_the_token_no_way_in_is_open(page_case, method, path):
    stranger = create_app(page_case.root, token="the-token").server.test_client()
    assert stranger.open(path, method=method).status_code == 403


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/assets/%2e%2e/app.py", "/assets//etc/passwd"]
)
def test_a_path_out_of_the_assets_leads_nowhere(client, path):
    answer = client.get(path)
    assert "create_app" not in answer.text
    assert "root:" not in answer.text


def test_a_page_of_another_site_can_link_here_and_embed_nothing(client):
    foreign = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}
    assert client.get("/assets/wiring.js", headers=foreign).status_code == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=link).status_code == 200


@pytest.mark.parametrize("origin", ["http://[", "//", "file://", "http://localhost.evil.example"])
def test_an_origin_that_is_no_address_is_another_site(client, origin):
    answer = client.post("/press", json={}, headers={"Origin": origin})
    assert answer.status_code == 403


def test_the_cookie_is_for_this_host_unread_by_scripts_and_the_way_back_stays_here(page_case):
    own = create_app(page_case.root, token="the-token").server.test_client()
    answer = own.get("//evil.example/?token=the-token")
    assert not answer.headers.get("Location", "/").startswith("//")
    cookie = own.get("/?token=the-token").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie
    own.set_cookie("graphkit-token-None", "caf\u00e9")
    assert own.get("/").status_code == 403


def test_a_body_that_is_too_large_is_refused(client):
    kind = "application/json"
    answer = client.post("/press", data=b"x" * (MAX_REQUEST_BYTES + 1), content_type=kind)
    assert answer.status_code == 413


def test_no_option_of_the_command_line_opens_the_case_to_the_network():
    assert serving.HOST == "127.0.0.1"
    assert serving.serve.__kwdefaults__ == {"port": 8050}


def test_slow_clients_do_not_keep_others_waiting(page_case):
    program = "import sys, pathlib; from dashboards.serve import serve; "
    program += "serve(pathlib.Path(sys.argv[1]), port=0)"
    command = [sys.executable, "-c", program, str(page_case.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            told = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=", server.stderr.readline())
            port = int(told[1])
            slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
            for each in slow:
                each.sendall(
                    b"POST /press HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{"
                )
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            asked.request("GET", "/")
            assert asked.getresponse().status == 403  # an answer: nobody showed the token
            asked.close()
            for each in slow:
                each.close()
        finally:
            server.kill()
