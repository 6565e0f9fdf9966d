# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared audiences of one to ten million generated actions, beside a plain pair join on a part.

CPU seconds (all threads) of finding the groups on one grid, with all and again with the quiet
accounts, and the peak memory of the whole process that did it; figures belong to one machine.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from benchmarks.ranking_world import START, World, organic
from benchmarks.whole_process import cost
from graphkit.graphs.audience_groups import co_audience
from graphkit.graphs.coaudience import (
    ActionLog,
    Audiences,
    CoAudienceRule,
    Grid,
    audience_pairs,
    audiences,
)

RULE = CoAudienceRule()
PART = 100_000
TASKS = (
    (PART, "pairs", 600),
    (PART, "plain join", 600),
    (10 * PART, "groups", 60),
    (10 * PART, "groups", 600),
    (10 * PART, "groups", 3600),
    (10 * PART, "plain join", 600),
    (100 * PART, "groups", 60),
    (100 * PART, "groups", 600),
    (100 * PART, "groups", 3600),
)


def write_log(rows: int, path: Path) -> None:
    """Two weeks of everyday actions: a fifth as many accounts, a fiftieth as many topics."""
    world = World()
    organic(
        world,
        np.random.default_rng(7),
        accounts=rows // 5,
        topics=rows // 50,
        rows=rows,
        days=7,
    )
    columns = world.rows.pop()
    inside = (columns[2] >= 0) & (columns[2] < world.days * 86_400)
    order = np.flatnonzero(inside)[np.argsort(columns[2][inside], kind="stable")]
    np.savez(path, *(column[order] for column in columns))


def read_log(path: Path) -> ActionLog:
    """The log of `write_log`, with numbers for ids."""
    with np.load(path) as saved:
        account, topic, second = saved.values()
    accounts, topics = (pl.Series(np.arange(codes.max() + 1)) for codes in (account, topic))
    return ActionLog(
        account,
        topic,
        second + START,
        act=np.zeros(account.size, np.int64),
        account_ids=accounts,
        topic_ids=topics,
        act_ids=pl.Series(["search"]),
    )


def joined(events: Audiences) -> pl.DataFrame:
    """The same pairs by joining every two audiences of each account."""
    hits = pl.DataFrame({"audience": events.audience, "account": events.account}).with_columns(
        topic=events.topic[events.audience], size=events.size[events.audience]
    )
    big = hits.filter(pl.col("size") >= RULE.min_accounts)
    pairs = big.join(big, on="account", suffix="_b").filter(pl.col("topic") < pl.col("topic_b"))
    counted = pairs.group_by("audience", "audience_b").len("shared")
    return counted.filter(pl.col("shared") >= RULE.min_shared)


def one(log: ActionLog, name: str, width: int) -> tuple[int, float]:
    """What was found (pairs, or groups), and the CPU seconds it took."""
    grid, start = Grid(width, 0), time.process_time()
    if name == "groups":
        found = len(co_audience(log, grid, RULE).groups)
    else:
        events = audiences(log, grid, RULE)
        found = (audience_pairs(events, RULE)[0] if name == "pairs" else joined(events)).height
    return found, time.process_time() - start


def _measured(folder: Path, rows: int, name: str, width: int) -> None:
    """In a process of its own: kernels are warm before the clock starts."""
    one(read_log(folder / f"{PART}.npz"), "groups", width)
    found, spent = one(read_log(folder / f"{rows}.npz"), name, width)
    print(f"{rows:,} actions, windows of {width} s: {found:,} {name} in {spent:.2f} s CPU")


def main() -> None:
    """Prints one line a task; with arguments it is the process of one."""
    me = [sys.executable, "-m", "benchmarks.bench_coaudience"]
    match sys.argv[1:]:
        case [rows, path]:
            write_log(int(rows), Path(path))
            return
        case [folder, rows, name, width]:
            _measured(Path(folder), int(rows), name, int(width))
            return
    with TemporaryDirectory() as made:
        for size in sorted({size for size, *_ in TASKS}):
            cost([*me, str(size), f"{made}/{size}.npz"])
        for size, task, seconds in TASKS:
            told = cost([*me, made, str(size), task, str(seconds)])
            print(f"{told.output.strip()}, peak {told.peak:.0f} MB of the process", flush=True)


if __name__ == "__main__":
    main()
