# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of published studies keep the edges that the studies' own tools keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.errors import ParameterError
from graphkit.graphs import edge_rules
from graphkit.graphs.edge_rules import RULES, coordination_extent, coortweet_pairs

MINUTE = timedelta(seconds=60)
START = datetime(2026, 3, 10, tzinfo=UTC)


def log_of(rows):
    times = [START + timedelta(seconds=second) for _, _, second in rows]
    return pl.DataFrame(
        {
            "action_id": [str(number) for number in range(len(rows))],
            "account_id": [account for account, _, _ in rows],
            "object_id": [object_ for _, object_, _ in rows],
            "acted_at": pl.Series(times, dtype=pl.Datetime("us", "UTC")),
        }
    )


def edges(rule, rows):
    return RULES[rule].edges(log_of(rows), MINUTE).rows()


@pytest.fixture(scope="module")
def reposts(shared):
    raw = pl.read_parquet(shared / "data" / "coordination" / "russian_coord_tweets.parquet")
    return raw.select(
        pl.col("account_id", "object_id").cast(pl.String),
        # the log's content ids stand on several objects: each row is an action
        action_id=pl.int_range(pl.len()).cast(pl.String),
        acted_at=pl.from_epoch("timestamp_share")
        .dt.cast_time_unit("us")
        .dt.replace_time_zone("UTC"),
    )


def test_the_toolkit_counts_the_rows_of_each_end_apart():
    rows = [("u", "x", 0), ("v", "x", 10), ("v", "x", 20), ("w", "x", 300)]
    assert edges("toolkit", rows) == [("v", "u", 2)]


def test_coortweet_keeps_3721_pairs_of_accounts_and_3791_row_pairs(reposts):
    pairs = coortweet_pairs(reposts, MINUTE)
    assert (pairs.select("a", "b").n_unique(), pairs.height) == (3721, 3791)
    kept = RULES["coortweet"].edges(reposts, MINUTE)
    assert (kept.height, kept["weight"].min()) == (60, 2)


def test_coortweet_makes_a_heavy_edge_of_one_account_that_repeats_itself():
    rows = [("u", "x", 0), ("u", "y", 500), *(("v", "x", n) for n in range(30)),
            ("w", "y", 505), ("w", "z", 900), ("q", "z", 905), ("q", "k", 5)]  # fmt: skip
    assert edges("coortweet", rows) == [("u", "v", 30)]
    assert edges("toolkit", rows) == [("v", "u", 30)]


def test_the_disparity_filter_keeps_the_edge_that_takes_most_of_an_account():
    pairs = [("h", f"n{k}", f"o{k}") for k in range(20)]
    rows = [(who, o, 0) for a, b, o in pairs for who in (a, b)]
    rows += [(who, f"s{k}", 0) for k in range(6) for who in ("h", "z")]
    assert edges("disparity", rows) == [("h", "z", 6)]


def test_cosine_takes_the_most_similar_half_per_cent_of_busy_accounts():
    rows = [(who, f"c{k}", 1000 * k) for k in range(10) for who in ("u", "v")]
    rows += [(f"n{n:02}", f"d{n}{k}", 7) for n in range(20) for k in range(9)]
    rows += [(f"n{n:02}", "everybody", 9) for n in range(20)]
    assert edges("cosine", rows) == [("u", "v", 1.0)]


def test_cosine_refuses_a_log_whose_pairs_would_not_fit(monkeypatch):
    monkeypatch.setattr(edge_rules, "MAX_PAIRS", 3)
    rows = [(who, f"c{k}", 0) for k in range(10) for who in ("u", "v")]
    rows += [("w", f"d{k}", 0) for k in range(10)]
    with pytest.raises(ParameterError, match="10 pairs of accounts share an object"):
        edges("cosine", rows)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_log_in_which_nobody_meets_has_no_edge(name):
    assert edges(name, [("u", "x", 0), ("v", "y", 0)]) == []
    assert edges(name, []) == []


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_names_its_study_and_its_weakness(name):
    assert RULES[name].study
    assert RULES[name].warning


def test_the_extent_of_an_account_is_where_it_drops_out():
    heavy = pl.DataFrame({"a": ["u", "v", "x"], "b": ["v", "w", "y"], "weight": [5, 2, 1]})
    assert coordination_extent(heavy).rows() == [
        ("u", 2 / 3), ("v", 2 / 3), ("w", 1 / 3), ("x", 0.0), ("y", 0.0),
    ]  # fmt: skip
