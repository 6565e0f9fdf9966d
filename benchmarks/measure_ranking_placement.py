# SPDX-License-Identifier: GPL-3.0-or-later
"""Held ranks: how often they are found, and what is said of lists that nobody touches.

`python -m benchmarks.measure_ranking_placement [tuning] [full.parquet]`; what docs/ reports comes
from the reporting seeds. The parquet file is the whole hourly Weibo list, for speed.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.list_world import Hold, held_rows, implanted, list_of
from graphkit.detectors.ranking_placement import Params, detect
from graphkit.graphs.held_places import held_tests, steps
from graphkit.graphs.place_tests import engagement_tests, entry_tests
from graphkit.importers.weibo_hot import IMPORTER
from graphkit.investigation.shipped import dataset
from graphkit.reading.importer import ReadOptions
from graphkit.tables import RANKINGS, Corpus

if TYPE_CHECKING:
    from graphkit.findings import Finding

TUNING, REPORTING = range(1, 11), range(101, 111)
NULLS = range(201, 241)
LENGTHS, COUNTS = (3, 6, 12, 24), (1, 3, 10)


def weibo(path: Path) -> pl.DataFrame:
    rows = pl.concat(b.tables["rankings"] for b in IMPORTER.read(path, ReadOptions()))
    return RANKINGS.conform(rows.with_columns(source_id=pl.lit("s")))


def found_in(rankings: pl.DataFrame) -> list[Finding]:
    return list(detect(Corpus(rankings=rankings), Params()))


def nulls(seeds: range) -> None:
    """What is said of lists without a hold: findings by outcome, and lists with any."""
    outcomes: Counter[str] = Counter()
    lists = 0
    for seed in seeds:
        found = found_in(list_of(seed)[0])
        outcomes.update(each.outcome for each in found)
        lists += bool(found)
    print(f"\n{len(seeds)} lists without a hold: {lists} with a finding, {dict(outcomes)}")
    calibration(seeds)


def calibration(seeds: range) -> None:
    """Share of tests at or under a level in lists without a hold."""
    p_values: dict[str, list[float]] = {}
    for seed in seeds:
        rankings = list_of(seed)[0]
        held = held_tests(steps(rankings)).ranks
        for name in ("p_share", "p_runs", "p_value"):
            p_values.setdefault(f"held, {name}", []).extend(held[name])
        p_values.setdefault("entries", []).extend(entry_tests(rankings)[0]["p_value"])
        p_values.setdefault("engagement", []).extend(engagement_tests(rankings)[0]["p_value"])
    print("\n| test | tests | p <= .05 | p <= .01 | p <= .001 |\n|---|---|---|---|---|")
    for name, values in p_values.items():
        shares = " | ".join(f"{np.mean(np.array(values) <= a):.4f}" for a in (0.05, 0.01, 0.001))
        print(f"| {name} | {len(values):,} | {shares} |")


def power(seeds: range, ranks: tuple[int, ...] = (3, 15)) -> None:
    print("\n| rank | snapshots held | holds | lists found | topics found | other ranks |")
    print("|---|---|---|---|---|---|")
    for rank in ranks:
        for length in LENGTHS:
            for count in COUNTS:
                lists = topics = planted = others = 0
                for seed in seeds:
                    rankings, held = list_of(seed, (Hold(rank, length, count),))
                    found = [f for f in found_in(rankings) if f.outcome == "held-position"]
                    here = [f for f in found if f.measures["rank"] == rank]
                    lists += bool(here)
                    others += len(found) - len(here)
                    planted += len(held)
                    topics += sum(len(held & set(f.subjects.topics)) for f in here)
                print(f"| {rank} | {length} | {count} | {lists}/{len(seeds)} "
                      f"| {topics}/{planted} | {others} |")  # fmt: skip


def swapped(rankings: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Topics exchanged between neighbouring ranks, in half of the pairs of each snapshot."""
    dice = np.random.default_rng(seed)
    ordered = rankings.filter(pl.col("rank").is_not_null(), pl.col("heat") > 0)
    ordered = ordered.unique(["snapshot_at", "rank"], keep="first", maintain_order=True)
    times = ordered.select("snapshot_at").unique().sort("snapshot_at")
    times = times.with_columns(offset=pl.Series(dice.integers(0, 2, times.height)))
    marked = ordered.join(times, on="snapshot_at").sort("snapshot_at", "rank")
    pair = (pl.col("rank") + pl.col("offset")) // 2
    coin = pl.struct("snapshot_at", pair.alias("pair")).hash(seed) % 2 == 0
    turned = pair * 4 - 2 * pl.col("offset") + 1 - pl.col("rank")
    rank = pl.when(coin & (turned >= 1)).then(turned).otherwise("rank")
    return RANKINGS.conform(marked.with_columns(rank=rank).drop("offset"))


def slice_measures() -> None:
    [file] = dataset("weibo_hot_slice").files
    rankings = weibo(file.path)
    told(rankings)
    outcomes: Counter[str] = Counter()
    for seed in NULLS[:20]:
        for each in found_in(swapped(rankings, seed)):
            if each.outcome in {"held-position", "entry-spike"}:
                outcomes[f"{each.outcome} {each.measures['rank']:.0f}"] += 1
    print(f"\nslice, neighbours exchanged at random, 20 times: {dict(outcomes)}")
    implants(rankings, REPORTING)


def implants(rankings: pl.DataFrame, seeds: range) -> None:
    """Holds implanted in the slice at ranks where it has none."""
    times = rankings.select("snapshot_at").unique().sort("snapshot_at").with_row_index("snapshot")
    ranked = rankings.filter(pl.col("rank").is_not_null(), pl.col("heat") > 0)
    frame = ranked.join(times, on="snapshot_at").with_columns(pl.col("snapshot").cast(pl.Int64))
    frame = frame.select(
        "snapshot", "topic", "rank", "heat", "list_id", "snapshot_at", "source_id", "source_line"
    )
    print("\n| rank | snapshots held | holds | slices found |\n|---|---|---|---|")
    for rank in (8, 27):
        for length in LENGTHS:
            for count in COUNTS:
                hits = sum(_hit(frame, Hold(rank, length, count), seed) for seed in seeds)
                print(f"| {rank} | {length} | {count} | {hits}/{len(seeds)} |")


def _hit(frame: pl.DataFrame, hold: Hold, seed: int) -> bool:
    dice = np.random.default_rng(seed)
    changed = implanted(frame, held_rows(dice, frame, hold))
    found = found_in(RANKINGS.conform(changed))
    return any(f.outcome == "held-position" and f.measures["rank"] == hold.rank for f in found)


def told(rankings: pl.DataFrame) -> None:
    began = time.process_time()
    found = found_in(rankings)
    spent = time.process_time() - began
    print(f"\n{rankings.height:,} rows: {spent:.2f} s CPU")
    for each in found:
        print(f"- {each.outcome}, q {each.q_value}: {each.summary}")


def main() -> None:
    paths = [Path(a) for a in sys.argv[1:] if a.endswith(".parquet")]
    is_tuning = "tuning" in sys.argv[1:]
    nulls(range(11, 31) if is_tuning else NULLS)
    power(TUNING if is_tuning else REPORTING)
    if not is_tuning:
        slice_measures()
    for path in paths:
        told(weibo(path))


if __name__ == "__main__":
    main()
