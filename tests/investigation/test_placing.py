# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about the places of the shipped hot lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.case import load_corpus
from graphkit.investigation import placement
from graphkit.investigation.placing import place_picture
from graphkit.tables import RANKINGS

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_places_of_the_worlds_hot_list_are_followed_from_snapshot_to_snapshot(world_case):
    corpus = load_corpus(world_case)
    facts = placement(corpus)
    [snapshots] = facts.snapshots.rows(named=True)
    assert snapshots["snapshots"] == corpus.rankings["snapshot_at"].n_unique()
    assert 0 < snapshots["followed"] < snapshots["snapshots"]
    assert facts.ranks["rank"].to_list() == sorted(facts.ranks["rank"].to_list())


def hourly(snapshots, *, hours):
    rows = [
        {"list_id": "hot", "snapshot_at": START + timedelta(hours=hour), "topic": topic,
         "rank": rank, "source_id": "s"}
        for hour in hours
        for rank, topic in enumerate(snapshots(hour), 1)
    ]  # fmt: skip
    return RANKINGS.conform(pl.DataFrame(rows))


def test_a_rank_that_is_kept_while_all_others_turn_stands_above_its_limit():
    def turning(hour):
        others = [f"t{(i + hour) % 5}" for i in range(5)]
        return [*others[:2], "kept", *others[2:]]

    seen = place_picture(hourly(turning, hours=range(40)), "hot", zone="UTC")
    columns = ("rank", "stayed", "kept_share", "passed", "held_share", "held_chance")
    assert seen.ranks.filter(rank=3).select(columns).row(0) == (3, 39, 1.0, 39, 1.0, 1 / 41)
    assert seen.ranks.filter(rank=3)["held_limit"][0] == pytest.approx(4 / 39)
    assert seen.ranks["held_limit"].is_null().to_list() == [True, *[False] * 4, True]


def test_missing_snapshots_are_counted_on_the_day_on_which_they_are_missing():
    hours = [hour for hour in range(48) if hour not in (5, 23, 24, 25)]
    seen = place_picture(hourly(lambda _: ["a", "b"], hours=hours), "hot", zone="UTC")
    assert seen.width == timedelta(days=1)
    assert seen.missing.select("snapshots", "missing").rows() == [(22, 2), (22, 2)]
    east = place_picture(hourly(lambda _: ["a", "b"], hours=hours), "hot", zone="Asia/Tokyo")
    assert east.missing["missing"].sum() == 4
    assert east.missing["start"].dt.hour().unique().to_list() == [0]
