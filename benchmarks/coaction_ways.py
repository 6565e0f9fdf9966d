# SPDX-License-Identifier: GPL-3.0-or-later
"""One way to count co-actions, as a process: python -m benchmarks.coaction_ways WAY FILE.

Prints JSON: the seconds until the first call is ready (imports, loading the kernels), then wall and
CPU from the file to the result, and what it has.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from functools import partial

import polars as pl

WITHIN = timedelta(seconds=60)
TINY = pl.DataFrame(
    {
        "action_id": ["1", "2"],
        "object_id": ["x", "x"],
        "account_id": ["a", "b"],
        "acted_at": pl.Series([0, 1], dtype=pl.Datetime("us", "UTC")),
    }
)


def counted(actions: pl.LazyFrame, *, min_objects: int = 1, rows: bool = False) -> dict[str, int]:
    """Edges and row pairs by `coaction`; with `rows` the evidence is made, too."""
    from graphkit.graphs.coaction import coaction  # noqa: PLC0415  no cost to the self-join

    found = coaction(actions, within=WITHIN, min_objects=min_objects, max_pairs=10**12)
    ends = found.edges.select(pl.col("a_rows", "b_rows", "pairs_count").sum())
    a_rows, b_rows, pairs = ends.row(0)
    made = {"edges": found.edges.height, "pairs": pairs, "directed_rows": a_rows + b_rows}
    return {**made, "evidence": found.evidence.height} if rows else made


def self_join(actions: pl.LazyFrame) -> dict[str, int]:
    """Edges and row pairs by joining the log with itself on the object, then filtering."""
    rows = actions.select("object_id", "account_id", "acted_at")
    near = (pl.col("acted_at") - pl.col("acted_at_right")).abs() <= WITHIN
    pairs = rows.join(rows, on="object_id").filter(
        pl.col("account_id") < pl.col("account_id_right"), near
    )
    counts = pairs.group_by("account_id", "account_id_right").len()
    found = counts.select(pl.len().alias("edges"), pl.col("len").sum().alias("pairs"))
    return found.collect(engine="streaming").row(0, named=True)


WAYS = {
    "edges": counted,
    "evidence": partial(counted, rows=True),
    "thresholded": partial(counted, min_objects=2),
    "self_join": self_join,
}


def main() -> None:
    """Runs the way named first on the log named second."""
    way, log = WAYS[sys.argv[1]], pl.scan_parquet(sys.argv[2])
    started = time.perf_counter()
    way(TINY.lazy())
    wall, cpu = time.perf_counter(), time.process_time()
    ready = wall - started
    found = way(log)
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({"ready": ready, **spent, **found}))


if __name__ == "__main__":
    main()
