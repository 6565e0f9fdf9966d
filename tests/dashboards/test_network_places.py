# SPDX-License-Identifier: GPL-3.0-or-later
"""The network page draws accounts where they were: after a restart, and after more rows came."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from dashboards.query import Query
from dashboards.snapshot import _snapshot, snapshot
from dashboards.views.network import lens_of, level_of, picture
from graphkit.case import create_case
from graphkit.investigation.ingesting import ingest


def brought(case, folder, name, pairs):
    """Imports reposts in which the two of each pair share a post of their own."""
    rows = [(who, f"{name}{i}", i) for i, pair in enumerate(pairs) for who in pair]
    start = pl.datetime(2026, 3, 2, time_zone="UTC")
    actions = pl.DataFrame(rows, schema=["account_id", "object_id", "hour"], orient="row").select(
        "account_id",
        "object_id",
        action_id=pl.format("{}{}", pl.lit(name), pl.int_range(pl.len())),
        act=pl.lit("repost"),
        acted_at=start + timedelta(hours=1) * pl.col("hour"),
        time_precision=pl.lit("second"),
    )
    actions.write_parquet(folder / f"{name}.parquet")
    ingest(case, [folder / f"{name}.parquet"], importer_name="canonical", collection="stream")


@pytest.fixture
def ring(tmp_path):
    case = create_case(tmp_path / "case")
    brought(case, tmp_path, "ring", [(f"a{i:02}", f"a{(i + 1) % 40:02}") for i in range(40)])
    return case


def places(case, address):
    """What is drawn there by a server that was started just now."""
    _snapshot.cache_clear()
    held, query = snapshot(case.root), Query.read("/network", address)
    drawn = picture(held, lens_of(held, query), level_of(query))
    return drawn.nodes.select("node", "x", "y")


@pytest.mark.parametrize("address", ["?least=1", "?least=1&group=all"])
def test_the_picture_is_the_same_after_a_restart(ring, address):
    first = places(ring, address)
    assert first.height > 4
    assert places(ring, address).equals(first)


def test_accounts_that_were_there_stay_and_new_ones_stand_beside_whom_they_are_linked_to(
    ring, tmp_path
):
    before = places(ring, "?least=1&group=all")
    brought(ring, tmp_path, "new", [("a05", "b05"), ("a20", "b20")])
    after = places(ring, "?least=1&group=all")
    at = {node: np.array([x, y]) for node, x, y in after.rows()}
    size = np.hypot(*(after.select("x", "y").to_numpy().max(axis=0))) * 2
    for known, new in (("local:a05", "local:b05"), ("local:a20", "local:b20")):
        assert np.hypot(*(at[known] - at[new])) < 0.2 * size
    both = before.join(after, on="node", suffix="_after")
    for end in ("x", "y"):
        assert np.corrcoef(both[end], both[f"{end}_after"])[0, 1] > 0.95


def test_fewer_days_leave_the_accounts_where_they_were(ring):
    before = places(ring, "?least=1&group=all")
    after = places(ring, "?least=1&group=all&from=2026-03-02&to=2026-03-02")
    both = before.join(after, on="node", suffix="_after")
    assert 20 < both.height < before.height
    for end in ("x", "y"):
        assert np.corrcoef(both[end], both[f"{end}_after"])[0, 1] > 0.95
