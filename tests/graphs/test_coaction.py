# SPDX-License-Identifier: GPL-3.0-or-later
"""Windowed co-action: counts, rows, chance, and equality with what other tools count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import median

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import ParameterError
from graphkit.graphs.coaction import coaction
from graphkit.graphs.coaction_size import capped

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(seconds=60)
SCHEMA = {
    "action_id": pl.String,
    "object_id": pl.String,
    "account_id": pl.String,
    "acted_at": pl.Datetime("us", "UTC"),
}


def log(*rows):
    """Actions from (account, object, second); a second of None is a row without a time."""
    return pl.DataFrame(
        [
            (f"r{i:03}", item, account, None if s is None else START + timedelta(seconds=s))
            for i, (account, item, s) in enumerate(rows)
        ],
        schema=SCHEMA,
        orient="row",
    )


def russian(shared):
    path = shared / "data" / "coordination" / "russian_coord_tweets.parquet"
    micros = (pl.col("timestamp_share") * 1e6).cast(pl.Int64)
    return pl.read_parquet(path).select(
        pl.format("r{}", pl.int_range(pl.len())).alias("action_id"),
        pl.col("object_id", "account_id").cast(pl.String),
        micros.cast(SCHEMA["acted_at"]).alias("acted_at"),
    )


def test_an_edge_counts_objects_and_rows_and_who_was_first():
    rows = [
        ("zoe", "x", 0),
        ("amy", "x", 60),
        ("amy", "x", 61),
        ("zoe", "y", 100),
        ("amy", "y", 90),
    ]
    found = coaction(log(*rows), within=MINUTE)
    edge = found.edges.row(0, named=True)
    assert (edge["a"], edge["b"]) == ("amy", "zoe")
    assert (edge["objects_count"], edge["pairs_count"]) == (2, 2)
    assert (edge["a_rows"], edge["b_rows"]) == (2, 2)
    assert (edge["a_first_count"], edge["b_first_count"]) == (1, 1)
    assert edge["median_lag_seconds"] == 35.0
    assert edge["first_at"] == START
    assert edge["last_at"] == START + timedelta(seconds=100)


def test_at_the_same_second_nobody_was_first():
    found = coaction(log(("amy", "x", 5), ("zoe", "x", 5)), within=MINUTE)
    assert found.edges.select("a_first_count", "b_first_count").row(0) == (0, 0)


def test_every_weight_has_its_rows():
    rows = [
        ("zoe", "x", 0),
        ("amy", "x", 60),
        ("amy", "x", 61),
        ("zoe", "y", 100),
        ("amy", "y", 90),
    ]
    found = coaction(log(*rows), within=MINUTE)
    assert found.evidence.rows() == [
        ("amy", "zoe", "x", "r001", "r000", 60.0),
        ("amy", "zoe", "y", "r004", "r003", 10.0),
    ]


def test_the_window_is_inclusive_and_ends_there():
    rows = [("amy", "x", 0), ("bob", "x", 60), ("cem", "x", 121)]
    found = coaction(log(*rows), within=MINUTE)
    assert found.edges.select("a", "b").rows() == [("amy", "bob")]


def test_accounts_that_act_in_the_same_instant_are_neither_first():
    found = coaction(log(("amy", "x", 5), ("bob", "x", 5)), within=timedelta(0))
    assert found.edges.select("a_first_count", "b_first_count").row(0) == (0, 0)


def test_an_account_does_not_co_act_with_itself():
    assert coaction(log(("amy", "x", 0), ("amy", "x", 1)), within=MINUTE).edges.is_empty()


def test_rows_without_a_time_are_left_out_and_counted():
    found = coaction(log(("amy", "x", None), ("bob", "x", 5), ("cem", "x", 5)), within=MINUTE)
    assert found.untimed_count == 1
    assert found.edges.select("a", "b").rows() == [("bob", "cem")]


def test_an_empty_log_has_no_edges():
    found = coaction(log(), within=MINUTE)
    assert (found.edges.height, found.evidence.height) == (0, 0)


def test_a_repeated_pair_is_tested_among_all_pairs_of_accounts():
    rows = [(f"n{i}", f"o{i}", 5000 * i) for i in range(98)]
    rows += [(name, f"s{k}", 9000 * k) for k in range(3) for name in ("amy", "bob")]
    edge = coaction(log(*rows), within=MINUTE).edges.row(0, named=True)
    # one class: 3 pairs in 104 events, 3 of each account: 2 * 3 * (3 / 104) ** 2
    assert edge["expected"] == pytest.approx(0.0049926, abs=1e-6)
    assert edge["p_value"] == pytest.approx(2.0664e-8, rel=1e-3)
    assert edge["q_value"] == pytest.approx(edge["p_value"] * 100 * 99 / 2)


def test_a_group_does_not_raise_what_is_expected_of_it_by_bursting():
    crowd = [(f"n{i}", f"o{i % 300}", 400 * i) for i in range(900)]
    group = [(f"g{m:02}", f"s{k}", 70_000 * k + m) for k in range(3) for m in range(40)]
    found = coaction(log(*crowd, *group), within=MINUTE, min_objects=2)
    assert found.edges.height == 780
    assert found.edges["q_value"].max() < 0.01


def test_the_share_of_each_end_is_of_all_its_rows():
    rows = [("amy", "x", 0), ("bob", "x", 5), ("amy", "y", 900), ("amy", "z", 9000)]
    found = coaction(log(*rows), within=MINUTE)
    assert found.edges.select("a_rows", "a_share", "b_share").row(0) == (1, 1 / 3, 1.0)


def test_a_scanned_file_is_counted_like_its_frame(tmp_path):
    actions = log(("amy", "x", 0), ("bob", "x", 5), ("cem", "x", None), ("cem", "x", 7))
    actions.write_parquet(tmp_path / "log.parquet")
    found = coaction(pl.scan_parquet(tmp_path / "log.parquet"), within=MINUTE)
    frame = coaction(actions, within=MINUTE)
    assert found.edges.equals(frame.edges)
    assert found.evidence.equals(frame.evidence)
    assert (found.untimed_count, found.bursts) == (1, None)


def test_edges_that_are_counted_part_by_part_are_those_counted_at_once(monkeypatch):
    rows = [(f"n{i}", f"o{k}", i * k) for i in range(12) for k in range(3)]
    whole = coaction(log(*rows), within=MINUTE)
    monkeypatch.setattr("graphkit.graphs.coaction.PART", 7)
    parts = coaction(log(*rows), within=MINUTE)
    assert whole.edges.height == 66
    assert parts.edges.equals(whole.edges)


BURST = [*((f"n{i:02}", "x", i % 60) for i in range(60)), ("amy", "y", 0), ("bob", "y", 30)]


def test_too_many_pairs_are_refused_with_their_number_the_objects_and_the_ways_out():
    ways = (
        r"^coaction: 1,771 row pairs lie within 60s of each other, more than max_pairs=400; as "
        r"edges up to 0\.0 GB of memory\. The largest objects: 'x' \(60 rows make 1,770\), 'y' "
        r"\(2 rows make 1\)\. Ways out: within=7\.5s leaves 392 pairs; a cap of 28 rows \(of "
        r"one object in a stretch of 60s, drawn by a seed\) leaves 30 of 62 rows; or a larger "
        r"max_pairs$"
    )
    with pytest.raises(ParameterError, match=ways):
        coaction(log(*BURST), within=MINUTE, max_pairs=400)


def test_the_ways_out_of_a_refusal_fit():
    shorter = coaction(log(*BURST), within=timedelta(seconds=7.5), max_pairs=400)
    assert shorter.evidence.height == 392
    kept = coaction(log(*BURST), within=MINUTE, max_pairs=400, cap=28)
    assert kept.edges.height == 28 * 27 // 2 + 1
    assert kept.bursts.rows() == [("x", START, 60, 28)]


def test_where_no_window_helps_the_refusal_says_so():
    rows = [(f"n{i}", "x", 0) for i in range(10)]
    with pytest.raises(
        ParameterError, match=r"no window down to 0\.058\d*s is small enough; a cap of 9 rows"
    ):
        coaction(log(*rows), within=MINUTE, max_pairs=44)


def test_a_burst_of_a_hundred_thousand_rows_is_refused_before_anything_is_built():
    size = 100_000
    burst = pl.DataFrame(
        {
            "action_id": pl.int_range(size, eager=True).cast(pl.String),
            "object_id": ["x"] * size,
            "account_id": pl.int_range(size, eager=True).cast(pl.String),
            "acted_at": [START] * size,
        },
        schema_overrides=SCHEMA,
    )
    with pytest.raises(ParameterError, match=r"4,999,950,000 row pairs .* up to 1,000\.0 GB"):
        coaction(burst, within=MINUTE)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_a_cap_leaves_the_same_rows_in_any_row_order(cap, dice):
    actions = log(*((f"n{i % 7}", "xy"[i % 2], 3 * i) for i in range(40)), ("amy", "x", None))
    kept, bursts = capped(actions, within=timedelta(seconds=30), cap=cap)
    stretch = pl.col("acted_at").dt.epoch("s") // 30
    counts = kept.drop_nulls().group_by("object_id", stretch).len()
    assert counts["len"].max() == min(cap, 5)
    assert (bursts["rows_count"] - bursts["kept_count"]).sum() == actions.height - kept.height
    order = dice.sample(range(actions.height), actions.height)
    again, told = capped(actions[order], within=timedelta(seconds=30), cap=cap)
    assert again.sort("action_id").equals(kept.sort("action_id"))
    assert told.equals(bursts)


def test_a_cap_below_one_is_refused():
    with pytest.raises(ParameterError, match="a cap of 1 or more"):
        capped(log(), within=MINUTE, cap=0)


def test_a_negative_window_is_refused():
    with pytest.raises(ParameterError, match="negative"):
        coaction(log(), within=timedelta(seconds=-1))


ROWS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("xyz"), st.integers(0, 9)), max_size=25
)


@settings(max_examples=80, deadline=None)
@given(ROWS, st.integers(0, 4), st.randoms(use_true_random=False))
def test_it_equals_a_double_loop_in_any_row_order(rows, window, dice):
    actions = log(*rows)
    expected = {}
    for (i, (a, x, s)), (j, (b, y, t)) in combinations(enumerate(rows), 2):
        if a != b and x == y and abs(s - t) <= window:
            (p, m, ps), (q, n, qs) = sorted([(a, i, s), (b, j, t)])
            expected.setdefault((p, q), []).append((x, m, n, ps - qs))
    found = coaction(actions, within=timedelta(seconds=window))
    counted = found.edges.select(
        "a", "b", "objects_count", "pairs_count", "a_rows", "b_rows", "a_first_count",
        "b_first_count", "median_lag_seconds",
    )  # fmt: skip
    assert counted.rows() == [
        (
            *pair,
            len({x for x, *_ in met}),
            len(met),
            len({m for _, m, _, _ in met}),
            len({n for _, _, n, _ in met}),
            sum(lag < 0 for *_, lag in met),
            sum(lag > 0 for *_, lag in met),
            median(abs(lag) for *_, lag in met),
        )
        for pair, met in sorted(expected.items())
    ]
    order = dice.sample(range(len(rows)), len(rows))
    again = coaction(actions[order], within=timedelta(seconds=window))
    assert again.edges.equals(found.edges)
    assert again.evidence.equals(found.evidence)


def test_the_russian_log_has_the_edges_that_other_tools_count(shared):
    found = coaction(russian(shared), within=MINUTE)
    directed = found.edges.filter(pl.col("a") != pl.col("b")).height * 2
    assert (found.edges.height, directed, found.evidence.height) == (6206, 12412, 6281)
    assert found.edges["pairs_count"].sum() == 6281
    assert found.edges.filter(pl.col("pairs_count") >= 2).height == 63
    assert found.edges["pairs_count"].max() == 4


def test_fewer_edges_are_kept_when_more_objects_are_asked_for(shared):
    found = coaction(russian(shared), within=MINUTE, min_objects=2)
    assert (found.edges.height, found.evidence.height) == (32, 68)


def test_two_hashtags_of_one_post_are_one_meeting():
    rows = [
        ("a", "u", "x", "a1"),
        ("b", "u", "y", "a1"),
        ("c", "v", "x", "b1"),
        ("d", "v", "y", "b1"),
        ("e", "w", "x", "c1"),
        ("f", "w", "y", "c2"),
    ]
    names = ["action_id", "account_id", "object_id", "content_id"]
    log = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        acted_at=pl.lit(datetime(2026, 1, 1, tzinfo=UTC)).dt.cast_time_unit("us")
    )

    met = coaction(log, within=timedelta(seconds=60)).edges
    alone = coaction(log.drop("content_id"), within=timedelta(seconds=60)).edges

    assert met.select("a", "b", "objects_count", "meetings_count").rows() == [
        ("u", "v", 2, 1),
        ("u", "w", 2, 1),
        ("v", "w", 2, 1),
    ]
    assert alone["meetings_count"].to_list() == [2, 2, 2]
    assert (met["p_value"] > alone["p_value"]).all()
