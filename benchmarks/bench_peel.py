# SPDX-License-Identifier: GPL-3.0-or-later
"""FRAUDAR's densest block of a generated log, beside UGFraud on the same edges; and what it sees.

CPU seconds of one thread, from codes of accounts and objects to the block; figures belong to one
machine. UGFraud is skipped, and said to be, where it cannot be installed.
"""

from __future__ import annotations

import time

import numpy as np
import polars as pl

from benchmarks.peer_fraudar import fraudar, peeled
from benchmarks.ranking_world import World, organic
from graphkit.graphs.densest_block import densest_block, densest_blocks

ROWS, ACCOUNTS, TOPICS, DAYS, REPEATS = 1_000_000, 200_000, 20_000, 7, 5
PUSHES = ((50, 3), (200, 10), (500, 20), (500, 100))


def log() -> pl.DataFrame:
    """Distinct accounts and objects of an ordinary week."""
    world, draw = World(), np.random.default_rng(7)
    organic(world, draw, accounts=ACCOUNTS, topics=TOPICS, rows=ROWS, days=DAYS)
    return world.actions().select("account_id", "object_id").unique().sort(pl.all())


def pushed(edges: pl.DataFrame, accounts: int, topics: int) -> pl.DataFrame:
    """`edges` with accounts on new topics, nine in ten on each, and as many other guests there."""
    draw = np.random.default_rng(8)
    taking = np.argwhere(draw.random((accounts, topics)) < 0.9)
    guests = draw.choice(edges["account_id"].to_numpy(), accounts * topics)
    topic = np.repeat(np.arange(topics), accounts)
    push = pl.DataFrame({"account_id": taking[:, 0], "object_id": taking[:, 1]})
    beside = pl.DataFrame({"account_id": guests, "object_id": topic})
    named = push.with_columns(pl.format("pushing-{}", "account_id").alias("account_id"))
    new = pl.concat([named, beside]).with_columns(object_id=pl.format("pushed-{}", "object_id"))
    return pl.concat([edges, new]).unique()


def speed(frame: pl.DataFrame) -> None:
    codes = frame.select(pl.all().rank("dense").cast(pl.Int64) - 1).sort(pl.all())
    edges = np.ascontiguousarray(codes.to_numpy().T)
    left, right = edges[0], edges[1] + edges[0].max() + 1
    members, score = densest_block(left, right)  # compiles the kernel
    spent = []
    for _ in range(REPEATS):
        start = time.process_time()
        members, score = densest_block(left, right)
        spent.append(time.process_time() - start)
    accounts = int((members < edges[0].max() + 1).sum())
    ours = float(np.median(spent))
    print(
        f"{len(left):,} edges: score {score:.6f}, {accounts} accounts and {len(members) - accounts}"
        f" objects in {ours:.3f} s CPU (median of {REPEATS})"
    )
    python = fraudar()
    if python is None:
        print("UGFraud: skipped, it could not be installed")
        return
    theirs = peeled(python, edges)
    print(
        f"UGFraud: score {theirs.score:.6f}, {theirs.accounts} accounts and {theirs.objects} "
        f"objects in {theirs.seconds:.2f} s CPU: {theirs.seconds / ours:.0f} times as long; "
        f"scores differ by {abs(theirs.score - score):.1e}"
    )


def sight(frame: pl.DataFrame) -> None:
    """How much of a planted push the first block is."""
    for accounts, topics in PUSHES:
        found = densest_blocks(pushed(frame, accounts, topics)).filter(side="account")["id"]
        hits = found.str.starts_with("pushing-").sum()
        print(
            f"push of {accounts} accounts on {topics} topics: first block has {found.len()} "
            f"accounts, F1 {2 * hits / (found.len() + accounts):.2f}"
        )


def main() -> None:
    frame = log()
    speed(frame)
    sight(frame)


if __name__ == "__main__":
    main()
