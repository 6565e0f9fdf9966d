# SPDX-License-Identifier: GPL-3.0-or-later
"""What views compute: lanes, a time axis with breaks, courses on a list, shown text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.query import Query, mark_text
from dashboards.shown import duration, hidden_characters, in_figure, is_hidden, moment, visible
from dashboards.snapshot import snapshot
from dashboards.views import ranking
from dashboards.views.account import around, hours, posts
from dashboards.views.story import (
    BACKBONE_LANES,
    MAX_DRAWN,
    backbone,
    placed,
    source_lost,
    time_axis,
    tree,
)

START = datetime(2026, 3, 2, tzinfo=UTC)


def node(name, minutes, state="named"):
    at = None if minutes is None else (START + timedelta(minutes=minutes)).isoformat()
    return {"node_id": name, "at": at, "state": "seen", "attribution": {"state": state}}


def story(nodes, edges, candidates=()):
    return {
        "nodes": nodes,
        "edges": [{"child": c, "parent": p, "cls": cls, "p": None} for c, p, cls in edges],
        "candidates": [{"node_id": each} for each in candidates],
        "main_amplifiers": [],
    }


def test_the_first_branch_that_goes_on_keeps_the_lane_and_ends_share_one():
    nodes = [node(n, i) for i, n in enumerate("abcdef")]
    edges = [
        ("b", "a", "E1"),
        ("c", "a", "E1"),
        ("d", "a", "E1"),
        ("e", "c", "E1"),
        ("f", "a", "E3"),
    ]
    drawn = tree(story(nodes, edges))
    assert {s.node_id: s.lane for s in drawn.steps} == {
        "a": 0,
        "b": 1,
        "d": 1,
        "f": 2,
        "c": 0,
        "e": 0,
    }
    assert drawn.roots == ("a",)
    assert drawn.lanes == 3


def test_a_post_stands_below_its_strongest_edge():
    nodes = [node(n, i) for i, n in enumerate("abc")]
    drawn = tree(story(nodes, [("c", "a", "E3"), ("c", "b", "E1")]))
    assert drawn.step("c").parent == "b"


def test_of_a_large_story_the_named_posts_are_drawn_and_the_rest_counted():
    count = 2 * MAX_DRAWN
    nodes = [node(f"n{i:04}", i) for i in range(count)]
    edges = [(f"n{i:04}", "n0000", "E1") for i in range(1, count)]
    last = f"n{count - 1:04}"
    drawn = tree(story(nodes, edges, candidates=[last]))
    assert len(drawn.steps) == MAX_DRAWN
    assert drawn.step(last) is not None
    assert drawn.left_out == MAX_DRAWN == drawn.step("n0000").hidden


def test_a_backbone_fits_its_lanes_and_counts_every_post_that_it_leaves_out():
    pairs = [(f"b{i:03}", f"c{i:03}") for i in range(100)]  # a hundred branches of two posts
    nodes = [node("a", 0), *(node(n, i) for i, pair in enumerate(pairs, 1) for n in pair)]
    edges = [e for b, c in pairs for e in ((b, "a", "E1"), (c, b, "E1"))]
    drawn = backbone(story(nodes, edges, candidates=["c077"]))
    assert drawn.lanes <= BACKBONE_LANES < tree(story(nodes, edges)).lanes
    assert drawn.step("b077") is not None
    assert drawn.step("c077") is not None
    assert drawn.step("a").below == 200
    assert drawn.left_out == sum(step.hidden for step in drawn.steps) > 0
    assert len(drawn.steps) + drawn.left_out == drawn.total == 201


def test_a_backbone_of_a_small_story_is_the_whole_story():
    told = story([node("a", 0), node("b", 1)], [("b", "a", "E1")])
    assert backbone(told) == tree(told)


def test_a_long_silence_is_cut_and_said():
    times = [START + timedelta(minutes=m) for m in (0, 1, 2, 500_000, 500_001, 500_002)]
    axis = time_axis(each.isoformat() for each in times)
    [(place, seconds)] = axis.breaks
    assert seconds == 499_998 * 60
    at = [axis.places[each.isoformat()] for each in times]
    assert at[2] < place < at[3]
    assert at == sorted(at)
    assert at[3] - at[2] == pytest.approx(0.07)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_the_axis_keeps_the_order_of_times_and_stays_in_its_width(seconds):
    times = [START + timedelta(seconds=s) for s in sorted(seconds)]
    axis = time_axis(each.isoformat() for each in times)
    at = [axis.places[each.isoformat()] for each in times]
    assert at == sorted(at)
    assert -1e-9 <= at[0] <= at[-1] <= 1 + 1e-9
    ticks = [place for place, _ in axis.ticks]
    assert ticks == sorted(ticks)


def test_a_post_without_a_time_stands_before_what_rests_on_it():
    drawn = tree(
        story(
            [node("gone", None), node("a", 0), node("b", 9)],
            [("a", "gone", "E3"), ("b", "a", "E1")],
        )
    )
    x = placed(drawn, time_axis([START.isoformat(), (START + timedelta(minutes=9)).isoformat()]))
    assert x["gone"] < x["a"] < x["b"]


def test_the_post_that_lost_the_source_is_the_one_that_the_trace_names():
    told = story([node("a", 0, "named"), node("c", 7, "vague")], [("c", "a", "E3")])
    assert source_lost(told) is None
    assert source_lost(told | {"source_lost": {"node_id": "c", "parent": "a"}}) == "c"


def test_a_missing_snapshot_ends_a_stay_and_is_not_absence(page_case):
    held = snapshot(page_case.root)
    course = ranking.course(held, "hot", "topic two", between=(None, None))
    assert course.missing.rows() == [
        (datetime(2026, 3, 2, 11, tzinfo=UTC), datetime(2026, 3, 2, 13, tzinfo=UTC))
    ]
    assert course.stays["snapshots"].to_list() == [4, 5]
    assert course.ranks["rank"].to_list() == [2, 2, 2, 2, None, 2, 2, 2, 2, 2]
    other = ranking.course(held, "hot", "topic one", between=(None, None))
    assert other.stays.rows() == [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 11, tzinfo=UTC), 1, 3, 0)
    ]


def test_a_finding_without_rows_on_a_topic_has_its_own_window_there(page_case):
    held = snapshot(page_case.root)
    [found] = ranking.windows(held, "topic one")
    assert ranking.window_on(held, found, "topic one") == (
        datetime(2026, 3, 2, 9, 5, tzinfo=UTC),
        datetime(2026, 3, 2, 9, 20, tzinfo=UTC),
    )


def test_hours_are_those_of_the_zone_of_the_case(page_case):
    held = snapshot(page_case.root)
    own = posts(held, "p:8")
    assert hours(held, own).rows() == [(1, 16, 1), (1, 21, 1), (2, 2, 1)]


def test_who_cites_an_account_and_whom_it_cites_stand_apart(page_case):
    citing, cited = (around(snapshot(page_case.root), each) for each in ("p:0", "p:8"))
    assert {name: rows.rows() for name, rows in citing.items() if rows.height} == {
        "cites": [("p:8", 3, 600.0)]
    }
    assert {name: rows["other"].to_list() for name, rows in cited.items()} == {
        "repeats": [],
        "repeated-by": [],
        "cites": [],
        "cited-by": ["p:0", "p:1", "p:2", "p:3", "p:4"],
    }


def test_a_held_snapshot_is_made_anew_when_a_run_is_added(new_case, tmp_path):
    case = new_case(tmp_path)
    first = snapshot(case.root)
    assert snapshot(case.root) is first
    recipe = next((case.root / "runs").glob("*/recipe.json"))
    recipe.write_bytes(recipe.read_bytes())
    assert snapshot(case.root) is not first


@given(st.text(max_size=40))
def test_shown_text_holds_no_hidden_character_and_figures_no_markup(text):
    shown = visible(text)
    assert not any(is_hidden(each) for each in shown)
    assert "<" not in in_figure(text)


def test_hidden_characters_are_named():
    assert hidden_characters("a\u202eb\u200b\u202e") == [
        "U+202E RIGHT-TO-LEFT OVERRIDE",
        "U+200B ZERO WIDTH SPACE",
    ]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_a_mark_survives_the_address(parts):
    address = Query("/story").rows(*parts)
    path, _, search = address.partition("?")
    assert Query.read(path, f"?{search}").mark == parts
    assert mark_text(*parts).startswith("[")


@pytest.mark.parametrize("mark", ["", "[", "[]", "{}", '["a",1]', "null"])
def test_a_mark_that_is_none_is_none(mark):
    assert Query("/", (("mark", mark),)).mark is None


def test_the_language_follows_every_link():
    query = Query.read("/ranking", "?topic=a&lang=zh")
    assert query.to("/account", id="p:1") == "/account?id=p%3A1&lang=zh"
    assert query.having(topic=None) == "/ranking?lang=zh"
    assert Query.read("/", "?lang=xx").language == "en"


def test_times_and_spans_read_as_people_write_them():
    zone = ZoneInfo("Asia/Shanghai")
    assert moment("2026-03-02T08:00:05Z", zone) == "2026-03-02 16:00:05"
    assert moment(None, zone) == "–"
    assert duration(timedelta(days=1700)) == "4 y 239 d"
    assert duration(0) == "0 s"
