# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform placed itself is no earned rank: not in lines, stays, lists, comparisons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from dashboards.figures.ranking_course import ranking_figure
from dashboards.pages import ranking as page
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.views import ranking
from dashboards.words import Words
from graphkit.case import create_case
from graphkit.investigation.ingesting import ingest

HOUR = timedelta(hours=1)
HEAD = "list_id,snapshot_at,topic,rank,position,is_pinned,heat,is_promoted\n"
# topic bridge on the list hot: pinned, sold, without rank or heat, and earned from 12:00 on
ROWS = [
    "hot,2026-03-02T09:00:00Z,bridge,,1,true,,false",
    "hot,2026-03-02T10:00:00Z,bridge,3,4,false,900,true",
    "hot,2026-03-02T11:00:00Z,bridge,,5,false,,",
    "hot,2026-03-02T12:00:00Z,bridge,9,10,false,800,false",
    "hot,2026-03-02T13:00:00Z,bridge,7,8,false,950,false",
    *(f"hot,2026-03-02T{hour:02}:00:00Z,ferry,1,2,false,1000,false" for hour in range(9, 14)),
    *(f"plain,2026-03-02T{hour:02}:00:00Z,bridge,,{hour - 8},,," for hour in range(9, 12)),
]


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    root = tmp_path_factory.mktemp("placed")
    file = root / "rankings.csv"
    file.write_text(HEAD + "\n".join(ROWS) + "\n")
    case = create_case(root / "case")
    ingest(case, [file], importer_name="canonical", collection="stream")
    return snapshot(case.root)


def course(held, list_id="hot"):
    return ranking.course(held, list_id, "bridge", between=(None, None))


def drawn(held, list_id="hot"):
    words = dict.fromkeys(["rank", "volume", "flagged", "other", "without", "call"], "")
    words |= {how: how for how in ranking.PLACED}
    return ranking_figure(
        course(held, list_id), windows=[], key=(list_id, "bridge"), words=words, zone=held.zone
    )


def told(held, search):
    view = View(held, Query.read("/ranking", search), Words("en"))
    return str([each.to_plotly_json() for each in page.render(view)])


def test_only_earned_ranks_are_ranks(held):
    assert course(held).ranks.select("rank", "place", "placed").rows() == [
        (None, 1, "pinned"),
        (None, 3, "promoted"),
        (None, 5, "given"),
        (9, 9, None),
        (7, 7, None),
    ]


def test_no_placement_is_a_point_of_the_line_and_each_has_a_mark_of_its_own_shape(held):
    line, *marks = [each for each in drawn(held).data if each.yaxis != "y2"]
    assert list(line.y) == [None, None, None, 9, 7]
    assert [(each.marker.symbol, list(each.y)) for each in marks] == [
        ("square", [5]),
        ("triangle-up", [1]),
        ("diamond", [3]),
    ]
    assert next(each for each in line.customdata if each is not None).count("T12:00:00") == 1


def test_a_stay_counts_placements_apart_from_its_best_earned_rank(held):
    stays = course(held).stays.select("best_rank", "snapshots", "placed").rows()
    assert stays == [(7, 5, 3)]


def test_a_list_of_topics_gives_the_best_earned_rank(held):
    found = ranking.topics(held, text=None, list_id="hot")
    assert sorted(found.select("topic", "best_rank", "placed").rows()) == [
        ("bridge", 7, 3),
        ("ferry", 1, 0),
    ]


def test_a_list_without_any_rank_is_drawn_by_position_and_says_so(held):
    assert course(held, "plain").ranks["rank"].to_list() == [1, 2, 3]
    assert ranking.by_position(held, "plain")
    assert not ranking.by_position(held, "hot")
    said = "This list gives no ranks"
    assert said in told(held, "?topic=bridge&list=plain")
    assert said not in told(held, "?topic=bridge&list=hot")


def test_the_page_says_in_words_how_each_placement_came(held):
    text = told(held, "?topic=bridge&list=hot")
    for each in ("pinned by the platform", "promoted by the platform", "without rank or heat"):
        assert text.count(each) == 3, each  # in the legend, over the mark and in the table
    assert "Placed by the platform: 3 snapshots" in text
    assert "Placed by the platform" not in told(held, "?topic=ferry&list=hot")


def test_the_same_topic_on_two_lists_is_told_apart_and_can_stand_beside_itself(held):
    text = told(held, "?topic=bridge&list=hot&beside=bridge&beside_list=plain")
    assert text.count("bridge · hot") >= 1
    assert text.count("bridge · plain") >= 1
    found = ranking.courses(held, [("hot", "bridge"), ("plain", "bridge")], between=(None, None))
    assert [each.ranks["list_id"].drop_nulls().unique().to_list() for each in found] == [
        ["hot"],
        ["plain"],
    ]
    assert found[0].step == found[1].step


def test_part_of_a_title_offers_the_topics_to_stand_beside(held):
    text = told(held, "?topic=bridge&list=hot&beside=fer")
    assert "Which one shall stand beside?" in text
    assert "beside=ferry&beside_list=hot" in text
    assert "no topic" not in text.lower()


def test_any_listed_topic_can_stand_beside(held):
    text = told(held, "?topic=bridge&list=hot&beside=ferry")
    assert text.count("ferry · hot") >= 1


def test_gaps_less_than_a_pixel_apart_are_one_band_and_a_window_of_all_is_no_band(held):
    found = course(held)
    at, second = found.span[0], timedelta(seconds=1)
    times = [(at, at + second), (at + 2 * second, at + 3 * second), (at + HOUR, at + 2 * HOUR)]
    missing = pl.DataFrame(times, schema=["start", "end"], orient="row")
    words = dict.fromkeys(["rank", "volume", *ranking.PLACED], "")
    windows = [("A", at + HOUR, at + 2 * HOUR), ("B", at - HOUR, found.span[1] + HOUR)]
    fig = ranking_figure(
        replace(found, missing=missing),
        windows=windows, key=("hot", "bridge"), words=words, zone=ZoneInfo("UTC"),
    )  # fmt: skip
    assert [(each.x0, each.x1, each.label.text) for each in fig.layout.shapes] == [
        ("2026-03-02T06:00:00", "2026-03-02T06:00:03", None),
        ("2026-03-02T07:00:00", "2026-03-02T08:00:00", None),
        ("2026-03-02T07:00:00", "2026-03-02T08:00:00", "A"),
    ]
