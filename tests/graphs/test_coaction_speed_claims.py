# SPDX-License-Identifier: GPL-3.0-or-later
"""What the co-action benchmark claims, at a fiftieth of its size and without a clock."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from benchmarks.coaction_log import one_object_log, platform_log
from benchmarks.coaction_ways import WAYS
from graphkit.graphs.coaction import coaction

MINUTE = timedelta(seconds=60)


@pytest.fixture(scope="module")
def actions():
    return platform_log(20_000, seed=11)


def test_the_generated_log_is_the_same_for_a_seed_and_another_for_another(actions):
    assert actions.equals(platform_log(20_000, seed=11))
    assert not actions.equals(platform_log(20_000, seed=12))
    assert (actions["object_id"].n_unique(), actions["account_id"].n_unique()) == (4140, 2388)


def test_every_way_of_the_benchmark_finds_the_same_edges_and_row_pairs(actions):
    found = {name: way(actions.lazy()) for name, way in WAYS.items()}
    assert found["self_join"] == {"edges": 1268, "pairs": 1281}
    for name in ("edges", "evidence"):
        assert found[name]["edges"] == found["self_join"]["edges"]
        assert found[name]["pairs"] == found["self_join"]["pairs"]
    assert found["evidence"]["evidence"] == found["self_join"]["pairs"]
    assert found["thresholded"]["edges"] < found["edges"]["edges"]


def test_the_edges_of_two_objects_are_those_of_all_edges_that_share_two(actions):
    every = coaction(actions, within=MINUTE).edges
    two = coaction(actions, within=MINUTE, min_objects=2).edges
    assert two.equals(every.filter(pl.col("objects_count") >= 2).with_columns(two["q_value"]))


def test_one_object_of_constant_density_makes_pairs_in_proportion_to_its_rows():
    pairs = [
        coaction(one_object_log(n, seed=11), within=MINUTE).evidence.height for n in (500, 5000)
    ]
    assert pairs == [4972, 50149]


def test_a_reference_log_has_the_pairs_that_other_tools_count(shared):
    path = shared / "data" / "coordination" / "synth_reposts_1m.parquet"
    log = pl.scan_parquet(path).select(
        "object_id",
        "account_id",
        action_id="content_id",
        acted_at=(pl.col("timestamp_share") * 1_000_000).cast(pl.Datetime("us", "UTC")),
    )
    found = coaction(log, within=MINUTE)
    directed = 2 * found.edges.height
    assert (found.edges.height, directed, found.edges["pairs_count"].sum()) == (
        699_104,
        1_398_208,
        808_941,
    )
    assert found.evidence.height == 808_941
