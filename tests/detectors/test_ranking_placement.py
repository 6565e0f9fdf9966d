# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of places of hot lists: invented ones, the shipped world, and the Weibo list."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.case import runs
from graphkit.detectors.ranking_placement import Params, detect
from graphkit.findings import CaveatOutcome
from graphkit.importers.weibo_hot import IMPORTER
from graphkit.investigation.shipped import dataset
from graphkit.reading.importer import ReadOptions
from graphkit.tables import RANKINGS, SOURCES, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
SHADOW = "the rank above is where topics are put in and taken out: its shadow"
COLLECTED = "an artefact of how the list was collected"


def a_list(seed, *, hours=80, held_rank=None, heat=False):
    """A list of twelve ranks that turns over; one topic is held on `held_rank`."""
    dice, topics, rows = Random(seed), [f"t{n}" for n in range(20)], []
    for hour in range(hours):
        for _ in range(12):
            at = dice.randrange(19)
            topics[at], topics[at + 1] = topics[at + 1], topics[at]
        shown = list(topics)
        if held_rank is not None:
            shown.insert(held_rank - 1, "held")
        rows += [
            {"topic": topic, "rank": rank, "snapshot_at": START + timedelta(hours=hour)}
            | ({"heat": 100 - rank} if heat else {})
            for rank, topic in enumerate(shown[:12], 1)
        ]
    frame = pl.DataFrame(rows).with_columns(list_id=pl.lit("list"), source_id=pl.lit("s"))
    return RANKINGS.conform(frame)


def found_in(rankings, **params):
    return list(detect(Corpus(rankings=rankings), Params(**params)))


def by_rank(findings, outcome):
    return {f.measures["rank"]: f for f in findings if f.outcome == outcome}


def test_a_held_rank_is_told_with_the_rows_of_the_held_topic():
    [finding] = found_in(a_list(3, held_rank=5))
    assert (finding.outcome, finding.grade, finding.measures["rank"]) == ("held-position", None, 5)
    assert finding.subjects.topics == ("held",)
    assert len(finding.evidence) == 80
    assert {row.role for row in finding.evidence} == {"held"}
    assert finding.null_model.tests_made == 10
    assert "Of the topics at rank 5 that a list still has in the next snapshot 100%" in (
        finding.summary
    )


def test_lists_that_only_turn_over_say_nothing():
    assert [f for seed in range(20) for f in found_in(a_list(seed))] == []


def test_a_list_with_few_snapshots_is_insufficient_and_not_tested():
    [finding] = found_in(a_list(3, hours=30, held_rank=5))
    assert (finding.outcome, finding.measures["followed"]) == ("insufficient", 29)
    assert len(finding.evidence) == 12


def test_a_list_without_ranks_is_insufficient_and_gives_no_place_away():
    rankings = a_list(3).with_columns(position="rank", rank=pl.lit(None, pl.Int64))
    [finding] = found_in(rankings)
    assert (finding.outcome, finding.summary) == (
        "insufficient",
        "A list has 80 snapshots, of which 79 are followed by the next one, and 0 ranked rows: "
        "too few to test.",
    )


def test_two_lists_are_told_apart():
    other = a_list(4, held_rank=7).with_columns(list_id=pl.lit("other"))
    found = found_in(pl.concat([a_list(3, held_rank=5), other]))
    assert [f.measures["rank"] for f in found] == [5, 7]
    assert {f.null_model.tests_made for f in found} == {20}


def test_a_hold_across_missing_snapshots_is_not_filled_in():
    rankings = a_list(3, held_rank=5)
    hour = (pl.col("snapshot_at") - START).dt.total_hours()
    [finding] = found_in(rankings.filter(~hour.is_in([20, 21, 50])))
    assert len(finding.evidence) == 77
    [missing] = [c for c in finding.caveats if "missing" in c.hypothesis]
    assert (missing.outcome, missing.detail) == (
        CaveatOutcome.UNTESTED,
        "3 of 80 snapshots are missing, and what the list showed then is not known",
    )


def test_equal_heat_beside_the_held_rank_is_told_as_a_tie():
    rankings = a_list(3, held_rank=5, heat=True)
    same = pl.when(pl.col("rank") == 6).then(95).otherwise("heat").alias("heat")
    outcomes = [
        {c.hypothesis: c.outcome for c in found_in(each)[0].caveats}[
            "a tie: the order of equal heat is a matter of display"
        ]
        for each in (rankings, rankings.with_columns(same))
    ]
    assert outcomes == [CaveatOutcome.STANDS, CaveatOutcome.WEAKENS]


def test_a_topic_that_is_the_only_one_held_may_be_one_story():
    [finding] = found_in(a_list(3, held_rank=5))
    [news] = [c for c in finding.caveats if "news" in c.hypothesis]
    assert news.outcome is CaveatOutcome.WEAKENS


def test_a_list_of_unknown_collection_is_told_so():
    rankings = a_list(3, held_rank=5)
    source = {"source_id": "s", "collection": "unknown"}
    missing = {
        n: "x" for n, c in SOURCES.columns.items() if not c.nullable and c.dtype == pl.String
    }
    numbers = {n: 1 for n, c in SOURCES.columns.items() if not c.nullable and c.dtype == pl.Int64}
    times = {
        n: START
        for n, c in SOURCES.columns.items()
        if not c.nullable and isinstance(c.dtype, pl.Datetime)
    }
    sources = SOURCES.conform(pl.DataFrame([missing | numbers | times | source]))
    [finding] = detect(Corpus(rankings=rankings, sources=sources), Params())
    assert {c.hypothesis: c.outcome for c in finding.caveats}[COLLECTED] is CaveatOutcome.WEAKENS


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_row_order_and_the_names_of_topics_do_not_matter(seed):
    rankings = a_list(seed, held_rank=4, heat=True)
    turned = rankings.sample(fraction=1, shuffle=True, seed=seed)
    assert found_in(rankings) == found_in(turned)
    renamed = found_in(turned.with_columns(topic="x" + pl.col("topic")))
    plain = found_in(rankings)
    assert [f.summary for f in renamed] == [f.summary for f in plain]
    assert [(f.p_value, f.measures) for f in renamed] == [(f.p_value, f.measures) for f in plain]


def test_the_held_rank_of_the_shipped_world_is_found(world_case):
    [run] = [each for each in runs(world_case) if each.detector == "ranking-placement"]
    truth = json.loads((dataset("invented_world").folder / "data" / "truth.json").read_bytes())
    [planted] = [group for group in truth["planted"] if group["name"] == "held_rank"]
    [held] = [r for r in run.findings if r["outcome"] == "held-position"]
    assert held["measures"]["rank"] == planted["rank"]
    assert len(held["subjects"]["topics"]) == 4
    assert set(held["subjects"]["topics"]) <= set(planted["topics"])
    assert held["q_value"] == pytest.approx(0.00109, abs=0.00001)


@pytest.fixture(scope="module")
def weibo():
    [file] = dataset("weibo_hot_slice").files
    rows = pl.concat(b.tables["rankings"] for b in IMPORTER.read(file.path, ReadOptions()))
    return found_in(RANKINGS.conform(rows.with_columns(source_id=pl.lit("s"))))


def test_the_weibo_slice_holds_rank_three(weibo):
    held = by_rank(weibo, "held-position")
    assert sorted(held) == [3, 6, 11, 16, 21, 31]
    assert held[3].measures["kept_share"] == pytest.approx(0.91, abs=0.001)
    assert (held[3].measures["held"], held[3].measures["passed"]) == (140, 162)
    caveats = {c.hypothesis: c.outcome for c in held[11].caveats}
    assert caveats[SHADOW] is CaveatOutcome.WEAKENS
    assert sorted(by_rank(weibo, "entry-spike")) == [10, 15, 20]
    assert sorted(by_rank(weibo, "engagement-gap")) == [3, 10, 15]


def test_the_advertising_places_and_the_pinned_row_are_found_without_the_marks():
    [file] = dataset("weibo_hot_slice").files
    rows = pl.concat(b.tables["rankings"] for b in IMPORTER.read(file.path, ReadOptions()))
    unmarked = rows.with_columns(
        is_promoted=pl.lit(None, pl.Boolean), is_pinned=pl.lit(None, pl.Boolean)
    )
    found = found_in(RANKINGS.conform(unmarked.with_columns(source_id=pl.lit("s"))))
    given_away = [f for f in found if f.outcome == "given-place"]
    assert [f.measures.get("place") for f in given_away] == [None, 7, 4]
    assert [f.measures["rows"] for f in given_away] == [313, 139, 117]


def test_with_the_marks_the_two_advertising_places_are_declared_promotion(weibo):
    declared = [f for f in weibo if f.outcome == "declared-promotion"]
    assert [f.measures.get("place") for f in declared] == [7, 4, None]
    assert declared[2].measures["topics"] == 150
