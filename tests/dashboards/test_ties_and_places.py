# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finding is tied to, the places of a list, and a topic against the real list."""

from __future__ import annotations

import json
from datetime import timedelta

import polars as pl
import pytest

from dashboards.app import PAGES
from dashboards.figures.ranking_course import ranking_figure
from dashboards.figures.ranking_places import places_figure
from dashboards.pages.rows_drawer import rows_drawer
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.views import places, ranking
from dashboards.words import Words
from graphkit.findings import Caveat, CaveatOutcome
from graphkit.investigation.placing import PlacePicture
from graphkit.investigation.ties import Tie

TOPIC = "<b>topic one</b>"


def page(case, address, language="en"):
    path, _, search = address.partition("?")
    view = View(snapshot(case.root), Query.read(path, search), Words(language))
    shown = PAGES[path][1](view)
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


@pytest.fixture
def tied_case(new_case, tmp_path):
    """The small case, with a tie of its graded finding to the traced story."""
    case = new_case(tmp_path)
    seen = snapshot(case.root)
    push = seen.findings[0]
    seen.__dict__["ties"] = [
        Tie(
            kind="pushed-story",
            finding_id=push["finding_id"],
            other_id="claim:p:gone",
            shared=3,
            sizes=(15, 3),
            expected=0.25,
            p_value=0.001,
            q_value=0.002,
            tests_made=2,
            rows=({"table": "posts", "key": "p:r00", "role": "core"},),
            other_rows=({"table": "posts", "key": "p:o0", "role": "told-under-topic"},),
            caveats=(Caveat("news", "order", CaveatOutcome.WEAKENS, "2 of 3 were earlier"),),
            topic=TOPIC,
            course={
                "first_at": "2026-03-02T08:10:00+00:00",
                "last_at": "2026-03-02T08:11:00+00:00",
                "list_id": "hot",
                "before_at": "2026-03-02T08:00:00+00:00",
                "rank_before": None,
                "after_at": "2026-03-02T09:00:00+00:00",
                "rank_after": 1,
                "best_at": "2026-03-02T09:00:00+00:00",
                "best_rank": 1,
                "labels": ["false (a fact desk)"],
            },
        )
    ]
    return case


def test_a_finding_says_what_it_is_tied_to_and_what_else_may_explain_that(tied_case):
    name = snapshot(tied_case.root).findings[0]["finding_id"]
    shown = page(tied_case, f"/finding?id={name}")
    assert "3 posts, of 15 under the topic and 3 of the story with any topic" in shown
    assert "not listed in the snapshot before (2026-03-02 16:00), #1 in the next" in shown
    assert "2 of 3 were earlier" in shown
    assert "Labels on the story’s posts: false (a fact desk)" in shown
    assert "/story?what=p%3Ar00" in shown
    assert "与之相关联" in page(tied_case, f"/finding?id={name}", "zh")


def test_a_finding_without_ties_has_no_section_for_them(tied_case):
    other = snapshot(tied_case.root).findings[1]["finding_id"]
    assert "Tied to" not in page(tied_case, f"/finding?id={other}")


@pytest.mark.parametrize(("side", "row"), [("push", "p:r00"), ("other", "p:o0")])
def test_the_rows_of_each_side_of_a_tie_open_below_the_page(tied_case, side, row):
    seen = snapshot(tied_case.root)
    mark = ["tie", seen.findings[0]["finding_id"], "claim:p:gone", TOPIC, side]
    shown = rows_drawer(View(seen, Query.read("/finding", ""), Words("en")), mark)
    text = json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)
    assert "Rows behind one side of the tie: 1" in text
    keys = seen.corpus.posts.filter(post_id=row)
    assert keys.height == 1
    assert f"posts.csv:{keys['source_line'][0]}" in text


def test_the_places_of_a_list_are_a_figure_and_the_same_as_tables(page_case):
    shown = page(page_case, "/ranking?places=hot")
    assert "The same as a table, rank by rank" in shown
    assert "99 %" in shown
    assert "No finding. Nothing was found" in shown
    assert "/ranking?places=hot" in page(page_case, "/ranking")
    assert "No topic" not in page(page_case, "/ranking?places=unknown")


def test_ranks_in_findings_differ_from_others_in_shape_size_and_a_label():
    ranks = pl.DataFrame(
        {
            "rank": [1, 2, 3],
            "kept_share": [0.5, 0.9, None],
            "held_share": [None, 0.8, 0.1],
            "held_limit": [None, 0.2, 0.9],
            "entries": [None, 7, 3],
            "entries_limit": [None, 9.0, 9.0],
        }
    )
    missing = pl.DataFrame(
        {"start": ["2026-03-02"], "snapshots": [22], "missing": [2]},
    ).with_columns(pl.col("start").str.to_datetime())
    picture = PlacePicture(ranks, missing, timedelta(days=1))
    words = dict.fromkeys(["held", "entries", "missing", "rank"], "")
    drawn = places_figure(picture, told={"held-position": {2}, "entry-spike": set()}, words=words)
    limits, plain, held, _, came, gaps = drawn.data
    assert (list(limits.x), list(limits.y)) == ([2, 3], [0.2, 0.9])
    assert list(plain.x) == [1, 2]
    assert list(held.text) == ["2", ""]
    assert list(held.marker.symbol) == ["square", "circle"]
    assert list(came.marker.symbol) == ["circle", "circle"]
    assert list(gaps.y) == [2]


def test_a_stay_has_the_actions_of_the_hour_before_it_and_none_where_nobody_acted(page_case):
    seen = snapshot(page_case.root)
    course = ranking.course(seen, "hot", "topic two", between=(None, None))
    before = ranking.with_actions_before(seen, "topic two", course.stays)
    assert before["before_flagged"].to_list() == [None, None]
    course = ranking.course(seen, "hot", "topic one", between=(None, None))
    before = ranking.with_actions_before(seen, "topic one", course.stays)
    assert before.select("before_flagged", "before_other").rows() == [(5, 0)]


def test_only_a_push_is_held_against_the_list(page_case):
    seen = snapshot(page_case.root)
    assert ranking.against(seen, seen.findings[0], "topic one").is_empty()
    assert places.list_of(seen, seen.findings[0]) is None


def test_two_topics_beside_each_other_have_the_same_axes_and_lengths(page_case):
    shown = page(page_case, "/ranking?topic=topic one&beside=topic two")
    assert shown.count("Rank over time above, actions or heat below") == 2
    assert "a difference between two is a lead, not a test" in shown
    seen = snapshot(page_case.root)
    keys = [("hot", "topic one"), ("hot", "topic two")]
    first, second = ranking.courses(seen, keys, between=(None, None))
    assert first.span[1] - first.span[0] == second.span[1] - second.span[0]
    words = dict.fromkeys(["rank", "volume", "flagged", "other", "without"], "")
    drawn = [
        ranking_figure(
            own, windows=[], key=key, words=words, zone=seen.zone, beside=[first, second]
        ).layout
        for own, key in zip((first, second), keys, strict=True)
    ]
    assert drawn[0].yaxis.range == drawn[1].yaxis.range
    assert drawn[0].yaxis2.range == drawn[1].yaxis2.range == (0, 5.25)  # five acts in a bar


def test_a_topic_on_no_list_stands_beside_nothing_and_that_is_said(page_case):
    shown = page(page_case, "/ranking?topic=topic one&beside=<b>other</b>")
    assert "is not on any list: nothing stands beside." in shown
    assert shown.count("Rank over time above, actions or heat below") == 1
