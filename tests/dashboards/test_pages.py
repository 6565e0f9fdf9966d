# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page, made from the small case: complete, escaped, in both languages."""

from __future__ import annotations

import json
import re

import pytest

from dashboards.app import PAGES, create_app
from dashboards.pages.rows_drawer import rows_drawer
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.words import Words, catalogue
from graphkit.case import create_case


def page(case, address):
    """The page at `address` as the JSON that goes to the browser."""
    path, _, search = address.partition("?")
    query = Query.read(path, search)
    view = View(snapshot(case.root), query, Words(query.language))
    shown = PAGES[path][1](view)
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def drawer(case, mark):
    view = View(snapshot(case.root), Query.read("/", ""), Words("en"))
    shown = rows_drawer(view, mark)
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def finding_id(case):
    return snapshot(case.root).findings[0]["finding_id"]


def addresses(case):
    return [
        "/",
        "/?grade=none",
        "/network?act=repost",
        "/network?act=repost&group=0",
        "/network?act=repost&group=all",
        "/network?lens=citation&least=1",
        f"/network?act=repost&finding={finding_id(case)}",
        "/network?lens=citation&least=1&around=p:0&group=0&finding=unknown",
        "/network?lens=citation&least=1&way=p:0&way=p:1&from=2026-03-01&to=bad",
        "/network?find=handle",
        "/story",
        "/story?what=p:r00",
        "/story?what=unknown",
        "/ranking",
        "/ranking?topic=topic one",
        "/ranking?places=hot",
        "/account",
        "/account?id=p:0",
        "/account?q=handle1x",
        "/evidence",
        f"/finding?id={finding_id(case)}",
        "/finding?id=unknown",
        "/runs",
        "/runs?kind=coordinated-sharing&set=within%3D5s",
    ]


@pytest.mark.parametrize("number", range(24))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_made_without_a_name_that_nobody_decided_to_show(
    page_case, hostile, number, language
):
    address = addresses(page_case)[number]
    shown = page(page_case, address + ("&" if "?" in address else "?") + f"lang={language}")
    asked = "handle" if "handle" in address else None
    for i, name in enumerate(hostile):
        assert name not in shown
        assert asked or f"handle{i}x" not in shown


def lists_in_lists(part):
    """How many children of a component are lists: the browser refuses to draw those."""
    children = getattr(part, "children", part if isinstance(part, list) else None)
    inside = children if isinstance(children, list) else [children]
    nested = sum(isinstance(each, list) for each in inside)
    return nested + sum(lists_in_lists(each) for each in inside if hasattr(each, "children"))


@pytest.mark.parametrize("number", range(24))
def test_no_component_holds_a_list_in_a_list(page_case, number):
    path, _, search = addresses(page_case)[number].partition("?")
    query = Query.read(path, search)
    shown = PAGES[path][1](View(snapshot(page_case.root), query, Words("en")))
    assert lists_in_lists(shown) == 0


def test_a_hidden_character_is_written_out_and_named_once_the_account_is_named(new_case, tmp_path):
    case = new_case(tmp_path)
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in page(case, "/account?id=p:2")
    assert "[U+202E]" not in page(case, "/account?id=p:2")
    (case.root / "decisions.jsonl").write_text(
        '{"account_id":"p:2","at":"2026-03-02T00:00:00+00:00","by":"X","reason":"y"}\n'
    )
    assert "daily[U+202E]swen" in page(case, "/account?id=p:2")


def test_the_overview_ranks_by_grade_and_says_why_and_what_was_not_tested(page_case):
    shown = page(page_case, "/")
    assert "5 accounts reposted the same 3 posts within 60 seconds of one another." in shown
    assert "1 without support / 1 untested" in shown
    assert shown.index("Coordinated sharing") < shown.index("Looked at and found ordinary")
    assert "18 / 18 accepted" in shown
    assert "never ran" in shown


def test_a_finding_shows_caveats_null_model_measures_loops_and_the_line_of_each_row(page_case):
    shown = page(page_case, f"/finding?id={finding_id(page_case)}")
    for text in ("none is declared", "no calls in the data", "burst-stratified", "something else"):
        assert text in shown
    assert "1 of 1 loops" in shown
    assert "posts.csv:3" in shown


def test_a_finding_without_null_model_says_why(page_case):
    [other] = [f for f in snapshot(page_case.root).findings if f["grade"] is None]
    assert "No null model applies: too few rows" in page(
        page_case, f"/finding?id={other['finding_id']}"
    )


def test_the_story_says_candidate_first_seen_and_missing_share_apart(page_case):
    shown = page(page_case, "/story?what=p:r00")
    assert "One earliest known source is named" in shown
    assert "First seen" in shown
    assert "First copy without naming its source" not in shown  # the copy names one
    assert '"25 %"' in shown
    assert "Look for the post of @acct-" in shown


def test_a_story_that_was_not_traced_offers_the_command_and_a_button(page_case):
    shown = page(page_case, "/story?what=unknown")
    assert "graphkit trace" in shown
    assert '"act": "trace"' in shown


def test_the_ranking_of_a_topic_lists_windows_and_stays(page_case):
    shown = page(page_case, "/ranking?topic=topic one")
    assert "2026-03-02 17:00 – 2026-03-02 19:00" in shown  # three snapshots, in the case's zone
    assert "Coordinated sharing: coordinated" in shown


@pytest.mark.parametrize(
    ("mark", "rows", "place"),
    [
        (["row", "posts", "p:o1"], 1, "posts.csv:8"),
        (["row", "rankings", "hot|2026-03-02T09:00:00.000000Z|topic one"], 1, "rankings.csv:11"),
        (["edge", "coaction:repost:60:2", "p:0", "p:1"], 6, "posts.csv:3"),
        (["edge", "citation:repost:60:1", "p:0", "p:8"], 3, "posts.csv:3"),
        (["step", "p:r00", "p:r00", "p:o0"], 1, "posts.csv:3"),
        (["hour", "p:8", "1", "16"], 1, "posts.csv:2"),
        (["volume", "topic one", "2026-03-02T08:00:00+00:00", "3600"], 5, "posts.csv:3"),
        (["account", "p:0"], 4, "accounts.csv:2"),
    ],
)
def test_the_rows_behind_a_mark_name_their_file_and_line(page_case, mark, rows, place):
    shown = drawer(page_case, mark)
    assert re.search(rf'"Rows behind [a-z ]+: {rows}"', shown)
    assert f'"{place}"' in shown


@pytest.mark.parametrize(
    "mark",
    [
        ["nothing"],
        ["row"],
        ["edge", "a", "b", "c"],
        ["hour", "p:8", "x", "y"],
        ["evidence", "a", "b"],
    ],
)
def test_a_mark_that_nobody_drew_says_so(page_case, mark):
    assert "No row of the case stands behind this mark." in drawer(page_case, mark)


def test_an_empty_case_names_the_command_that_fills_it(tmp_path):
    case = create_case(tmp_path / "empty")
    assert "graphkit import" in page(case, "/")
    assert "The case has no ranking rows." in page(case, "/ranking")
    assert "The case has no actions" in page(case, "/network?lens=coaction")
    assert "graphkit trace" in page(case, "/story")


def test_both_languages_have_every_entry_with_the_same_places():
    for key, entry in catalogue().items():
        assert set(entry) == {"en", "zh"}, key
        places = [{p.split("}")[0] for p in text.split("{")[1:]} for text in entry.values()]
        assert places[0] == places[1], key


def test_the_app_needs_a_case(tmp_path):
    with pytest.raises(Exception, match="is not a case"):
        create_app(tmp_path)
