# SPDX-License-Identifier: GPL-3.0-or-later
"""Co-action over a million generated reposts, beside a self-join, in one run: seconds and peak.

`python -m benchmarks.bench_coaction`; needs the reference data beside the project.
"""

from __future__ import annotations

import resource
import time
from datetime import timedelta
from pathlib import Path

import polars as pl

from graphkit.graphs.coaction import coaction

WITHIN = timedelta(seconds=60)
EXPECTED = (699_104, 808_941)  # edges and row pairs on which all other tools agree


def reference_log(name: str) -> pl.DataFrame | None:
    """The actions of a four-column log of the reference data; None when it is not there."""
    for parent in Path(__file__).resolve().parents:
        path = parent / "shared" / "data" / "coordination" / f"{name}.parquet"
        if path.exists():
            micros = (pl.col("timestamp_share").cast(pl.Float64) * 1e6).cast(pl.Int64)
            return pl.read_parquet(path).select(
                pl.format("r{}", pl.int_range(pl.len())).alias("action_id"),
                pl.col("object_id", "account_id").cast(pl.String),
                micros.cast(pl.Datetime("us", "UTC")).alias("acted_at"),
            )
    return None


def self_join(actions: pl.DataFrame) -> tuple[int, int]:
    """Edges and row pairs by joining the log with itself on the object, then filtering."""
    rows = actions.lazy().select("object_id", "account_id", "acted_at")
    near = (pl.col("acted_at") - pl.col("acted_at_right")).abs() <= WITHIN
    pairs = rows.join(rows, on="object_id").filter(
        pl.col("account_id") < pl.col("account_id_right"), near
    )
    counts = pairs.group_by("account_id", "account_id_right").len()
    found = counts.select(pl.len().alias("edges"), pl.col("len").sum())
    edges, met = found.collect(engine="streaming").row(0)
    return edges, met


def with_rows(actions: pl.DataFrame) -> tuple[int, int]:
    """Edges and row pairs by `coaction`, every edge tested and with its rows."""
    found = coaction(actions, within=WITHIN)
    return found.edges.height, found.evidence.height


def thresholded(actions: pl.DataFrame) -> tuple[int, int]:
    """The same, of edges that share two objects."""
    found = coaction(actions, within=WITHIN, min_objects=2)
    return found.edges.height, found.evidence.height


def main() -> None:
    """Prints a line for each way, and how many times longer the self-join takes."""
    actions = reference_log("synth_reposts_1m")
    if actions is None:
        print("bench_coaction: skipped, the reference data is not beside the project")
        return
    coaction(actions[:100], within=WITHIN)  # compiles
    walls = {}
    for way in (thresholded, with_rows, self_join):
        wall, cpu = time.perf_counter(), time.process_time()
        counts = way(actions)
        walls[way], cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"coaction {way.__name__}: {actions.height:,} rows, {walls[way]:.2f} s wall, "
            f"{cpu:.2f} s CPU, {counts[0]:,} edges, {counts[1]:,} row pairs, peak {peak:.0f} MB"
        )
        if way is not thresholded and counts != EXPECTED:
            raise SystemExit(f"{way.__name__}: {counts}, expected {EXPECTED}")
    print(f"coaction: the self-join takes {walls[self_join] / walls[with_rows]:.1f} times as long")


if __name__ == "__main__":
    main()
