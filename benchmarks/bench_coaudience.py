# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared audiences of a million generated actions on one grid, beside a plain pair join on a part.

CPU seconds of this process (all threads) and its peak memory; figures belong to one machine.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import polars as pl

from benchmarks.ranking_world import World, organic
from graphkit.graphs.audience_groups import co_audience
from graphkit.graphs.coaudience import (
    ActionLog,
    Audiences,
    CoAudienceRule,
    Grid,
    action_log,
    audience_pairs,
    audiences,
)

RULE = CoAudienceRule()
ROWS, PART = 1_000_000, 100_000
TASKS = (
    (Grid(600, 0), "kernel", PART),
    (Grid(600, 0), "plain join", PART),
    (Grid(600, 0), "kernel", ROWS),
    (Grid(3600, 0), "kernel", ROWS),
    (Grid(600, 0), "plain join", ROWS),
)


def generated(rows: int) -> ActionLog:
    """A week of everyday actions: a fifth as many accounts, a fiftieth as many topics."""
    world, draw = World(), np.random.default_rng(7)
    organic(world, draw, accounts=rows // 5, topics=rows // 50, rows=rows, days=7)
    return action_log(world.actions())


def joined(events: Audiences) -> pl.DataFrame:
    """The same pairs by joining every two audiences of each account."""
    hits = pl.DataFrame({"audience": events.audience, "account": events.account}).with_columns(
        topic=events.topic[events.audience], size=events.size[events.audience]
    )
    big = hits.filter(pl.col("size") >= RULE.min_accounts)
    pairs = big.join(big, on="account", suffix="_b").filter(pl.col("topic") < pl.col("topic_b"))
    counted = pairs.group_by("audience", "audience_b").len("shared")
    return counted.filter(pl.col("shared") >= RULE.min_shared)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    logs = {rows: generated(rows) for rows in (PART, ROWS)}
    co_audience(logs[PART], TASKS[0][0], RULE)  # compiles the kernel
    for grid, name, rows in TASKS:
        before, start = peak(), time.process_time()
        events = audiences(logs[rows], grid, RULE)
        pairs = audience_pairs(events, RULE)[0] if name == "kernel" else joined(events)
        spent = time.process_time() - start
        print(
            f"{name}, windows of {grid.width} s, {rows:,} actions: {pairs.height:,} pairs in "
            f"{spent:.2f} s CPU, peak {peak():,} MB ({before:,} before)"
        )


if __name__ == "__main__":
    main()
