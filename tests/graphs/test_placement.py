# SPDX-License-Identifier: GPL-3.0-or-later
"""What snapshots of a hot list show about its places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.graphs.placement import ranking_facts
from graphkit.tables import RANKINGS

START = datetime(2026, 3, 2, tzinfo=UTC)


def rankings(snapshots, *, list_id="list"):
    """Rows of {hour: topics in order of rank}; a topic `!x` has a rank and no heat."""
    rows = [
        {
            "list_id": list_id,
            "snapshot_at": START + timedelta(hours=hour),
            "topic": topic,
            "rank": rank,
            "heat": 0 if topic.startswith("!") else 100 - rank,
            "is_promoted": topic.startswith("!"),
            "source_id": "s",
        }
        for hour, topics in snapshots.items()
        for rank, topic in enumerate(topics, 1)
    ]
    return RANKINGS.conform(pl.DataFrame(rows))


def at_rank(facts, rank):
    return facts.ranks.filter(rank=rank).row(0, named=True)


def test_a_kept_place_is_counted_among_the_topics_that_stay_on_the_list():
    facts = ranking_facts(rankings({0: "abc", 1: "adc", 2: "axc"}))
    first, second = at_rank(facts, 1), at_rank(facts, 2)
    assert (first["followed"], first["stayed"], first["kept"], first["kept_share"]) == (
        2,
        2,
        2,
        1.0,
    )
    assert (second["stayed"], second["left_share"], second["kept_share"]) == (0, 1.0, None)
    assert (first["longest_run"], first["topics"]) == (3, 1)
    assert at_rank(facts, 2)["neighbour_kept_share"] == 1.0


def test_nothing_is_followed_across_a_missing_snapshot():
    facts = ranking_facts(rankings({0: "ab", 1: "ab", 4: "ab", 5: "ba"}))
    assert facts.snapshots.select("snapshots", "step", "followed", "missing").rows() == [
        (4, timedelta(hours=1), 2, 2)
    ]
    first = at_rank(facts, 1)
    assert (first["followed"], first["kept"], first["longest_run"]) == (2, 1, 2)


def test_a_place_without_heat_is_a_slot_and_not_a_rank():
    facts = ranking_facts(rankings({0: ["a", "!ad", "b"], 1: ["a", "!other", "b"], 2: ["a", "b"]}))
    assert facts.slots.select("rank", "is_promoted", "rows").rows() == [(2, True, 2)]
    assert facts.slots["share"].to_list() == [pytest.approx(2 / 3)]
    assert facts.ranks["rank"].to_list() == [1, 3]


def test_a_topic_comes_in_where_it_was_not_on_the_list_before():
    facts = ranking_facts(rankings({0: "abcde", 1: "xbcda", 2: "xbcdz", 9: "qrstu"}))
    entries = dict(facts.ranks.select("rank", "entries").rows())
    assert entries == {1: 1, 2: 0, 3: 0, 4: 0, 5: 1}
    assert at_rank(facts, 3)["neighbour_entries"] == 0.5


def test_two_lists_do_not_mix():
    both = pl.concat([rankings({0: "ab", 1: "ab"}), rankings({0: "ab", 6: "ba"}, list_id="other")])
    facts = ranking_facts(both)
    assert facts.snapshots.select("list_id", "step", "followed").rows() == [
        ("list", timedelta(hours=1), 1),
        ("other", timedelta(hours=6), 1),
    ]
    assert facts.ranks.select("list_id", "rank", "kept").rows() == [
        ("list", 1, 1),
        ("list", 2, 1),
        ("other", 1, 0),
        ("other", 2, 0),
    ]


def test_row_order_does_not_matter():
    rows = rankings({0: "abcd", 1: "abdc", 2: "xbcd", 5: "abcd"})
    facts, again = ranking_facts(rows), ranking_facts(rows.sample(fraction=1, shuffle=True, seed=3))
    assert facts.ranks.equals(again.ranks)
    assert facts.slots.equals(again.slots)
    assert facts.snapshots.equals(again.snapshots)


def test_no_snapshots_give_no_facts():
    assert ranking_facts(RANKINGS.empty()).ranks.is_empty()


def test_the_weibo_list_holds_rank_three_and_sells_places_four_and_seven(shared):
    raw = pl.read_parquet(
        shared / "data" / "ranking" / "weibo_hot_hourly" / "slice_2025-03-01_14.parquet"
    )
    hour = pl.duration(hours=pl.col("hour").cast(pl.Int64))
    local = (pl.col("date").str.to_datetime(time_unit="us") + hour).dt.replace_time_zone("UTC")
    facts = ranking_facts(
        RANKINGS.conform(
            raw.select(
                list_id=pl.lit("weibo"),
                snapshot_at=local,
                topic="title",
                rank="band_rank",
                is_pinned=pl.col("c_type") == 51,
                heat="hot",
                is_promoted="ads",
                source_id=pl.lit("slice"),
            )
        )
    )
    third = at_rank(facts, 3)
    assert (third["stayed"], third["kept"], third["longest_run"]) == (244, 222, 12)
    assert third["kept_share"] == pytest.approx(0.91, abs=0.001)
    assert third["neighbour_kept_share"] == pytest.approx(0.308, abs=0.001)
    most = facts.ranks.sort("kept_share", descending=True).head(4)["rank"].to_list()
    assert most == [3, 1, 11, 21]
    assert facts.slots.select("rank", "is_pinned", "is_promoted", "rows").rows() == [
        (None, True, False, 313),
        (4, False, True, 117),
        (7, False, True, 139),
    ]
    assert facts.snapshots.select("snapshots", "followed", "missing").rows() == [(313, 289, 23)]
