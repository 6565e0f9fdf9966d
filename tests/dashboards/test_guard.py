# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets an answer from the dashboard, and under which headers."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from dashboards import serve as serving
from dashboards.app import create_app
from graphkit.errors import ParameterError

UPDATE = "/_dash-update-component"


@pytest.fixture(scope="module")
def client(page_case):
    return create_app(page_case.root).server.test_client()


@pytest.fixture(scope="module")
def guarded(page_case):
    return create_app(page_case.root, token="the-token").server.test_client()


def test_no_script_runs_but_ours_and_the_hashed_ones_of_the_page(client):
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in script
    inline = re.findall(r"<script[^>]*>([^<]+)</script>", answer.text)
    executed = [text for text in inline if not text.lstrip().startswith("{")]
    assert executed
    for text in executed:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in script


def test_every_answer_carries_the_headers_and_stays_out_of_caches(client):
    for path in ("/", "/_dash-layout", "/_dash-dependencies", "/missing"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_the_page_asks_no_other_host_for_anything(client):
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", client.get("/").text) == []


def test_another_host_name_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_write_from_another_site_is_refused(client, headers):
    assert client.post(UPDATE, json={}, headers=headers).status_code == 403


def test_nobody_gets_in_without_the_token(guarded):
    for path in ("/", "/_dash-layout", "/assets/style.css"):
        assert guarded.get(path).status_code == 403
    assert guarded.get("/?token=wrong").status_code == 403


def test_the_token_is_exchanged_for_a_cookie_and_leaves_the_address(page_case):
    own = create_app(page_case.root, token="the-token").server.test_client()
    answer = own.get("/story?token=the-token&what=p%3Ar00")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/story?what=p%3Ar00"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert own.get("/story").status_code == 200


def test_the_cookie_of_another_port_does_not_count(page_case):
    own = create_app(page_case.root, token="the-token").server.test_client()
    own.get("/?token=the-token", base_url="http://127.0.0.1:8050")
    assert own.get("/", base_url="http://127.0.0.1:8050").status_code == 200
    assert own.get("/", base_url="http://127.0.0.1:8051").status_code == 403


def test_the_environment_opens_nothing(page_case, served, monkeypatch):
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("DASH_MCP_ENABLED", "true")
    monkeypatch.setenv("DASH_DEBUG", "true")
    monkeypatch.setenv("DASH_URL_BASE_PATHNAME", "/elsewhere/")
    app = create_app(page_case.root)
    assert app.server.test_client().get("/").status_code == 200
    assert not [rule for rule in app.server.url_map.iter_rules() if "mcp" in rule.rule]
    with served(page_case.root) as base:
        assert base.startswith("http://127.0.0.1:")


def test_the_server_binds_this_machine_only_and_prints_the_token(page_case, monkeypatch, capsys):
    asked = []

    class Server:
        def run(self):
            pass

    def create_server(app, *, sockets, **options):
        asked.extend(each.getsockname() for each in sockets)
        assert "host" not in options
        assert "listen" not in options
        return Server()

    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setattr(serving, "create_server", create_server)
    serving.serve(page_case.root, port=0)
    [(host, port)] = asked
    assert host == "127.0.0.1"
    said = capsys.readouterr().err
    assert re.search(rf"http://127\.0\.0\.1:{port}/\?token=[\w-]{{32}}\n", said)


def test_a_taken_port_says_what_to_do(page_case, served):
    with served(page_case.root) as base, pytest.raises(ParameterError, match="give another with"):
        serving.serve(page_case.root, port=int(base.rsplit(":", 1)[1]))
