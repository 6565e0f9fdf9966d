# SPDX-License-Identifier: GPL-3.0-or-later
"""Places given away, entered, and short of engagement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.graphs.place_tests import engagement_tests, entry_tests, given_places
from graphkit.tables import RANKINGS

START = datetime(2026, 3, 2, tzinfo=UTC)


def rankings(rows):
    frame = pl.DataFrame(rows, infer_schema_length=None)
    at = pl.lit(START) + pl.col("hour") * timedelta(hours=1)
    return RANKINGS.conform(
        frame.with_columns(snapshot_at=at, list_id=pl.lit("list"), source_id=pl.lit("s"))
    )


def ranked(hours, topic_of, **columns):
    return [
        {"hour": h, "rank": r, "topic": topic_of(h, r)}
        | {name: value(h, r) for name, value in columns.items()}
        for h in range(hours)
        for r in range(1, 11)
    ]


def test_a_place_without_heat_is_found_without_the_mark():
    rows = ranked(30, lambda h, r: f"t{r}", heat=lambda h, r: 0 if r == 4 else 100 - r)
    [found] = given_places(rankings(rows)).to_dicts()
    assert (found["place"], found["rows"], found["share"], found["promoted_share"]) == (
        4,
        30,
        1.0,
        None,
    )
    assert found["p_value"] < 1e-20


def test_rows_without_a_rank_take_their_position_unless_it_is_below_all_ranks():
    rows = ranked(5, lambda h, r: f"t{r}", position=lambda h, r: r + (r > 2))
    rows += [{"hour": h, "topic": "between", "position": 3} for h in range(5)]
    rows += [{"hour": h, "topic": "below", "position": 12} for h in range(5)]
    found = given_places(rankings(rows))
    assert found["place"].to_list() == [3, None]


def test_a_rank_at_which_topics_come_in_is_found():
    rows = ranked(60, lambda h, r: f"new{h}" if r == 5 else f"t{r}")
    tests, entered = entry_tests(rankings(rows))
    best = tests.sort("p_value").row(0, named=True)
    assert (best["rank"], best["entries"], best["side"]) == (5, 59, 0)
    assert best["p_value"] == pytest.approx(3.0**-59)
    assert entered.height == 59
    assert tests["rank"].to_list() == [3, 4, 5, 6, 7, 8]


def test_a_rank_with_less_reads_than_both_neighbours_is_found_and_each_topic_counts_once():
    rows = ranked(
        80, lambda h, r: f"t{h // 2}-{r}", read_count=lambda h, r: 1 if r == 5 else 100 - r
    )
    tests, _ = engagement_tests(rankings(rows))
    best = tests.sort("p_value").row(0, named=True)
    assert (best["rank"], best["measure"], best["topics"], best["share"]) == (
        5,
        "read_count",
        40,
        1.0,
    )
    assert (tests.filter(pl.col("q_value") < 0.01)["rank"] == 5).all()


def test_without_counts_nothing_is_tested_for_engagement():
    tests, _ = engagement_tests(rankings(ranked(5, lambda h, r: f"t{r}")))
    assert tests.is_empty()
