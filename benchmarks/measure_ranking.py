# SPDX-License-Identifier: GPL-3.0-or-later
"""How well pushes are found, and whom else the detector names, on invented worlds.

Tuning seeds are for looking at numbers before thresholds are set; what docs/ reports comes from
the reporting seeds. `python -m benchmarks.measure_ranking [tuning]`.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from statistics import mean
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.ranking_world import Plant, World, world_of
from graphkit.detectors.ranking_manipulation import Params, detect
from graphkit.graphs.coaudience import HOUR
from graphkit.tables import Corpus

if TYPE_CHECKING:
    import polars as pl

    from graphkit.findings import Finding

TUNING, REPORTING = range(1, 6), range(101, 106)
ORGANIC = range(201, 221)
BLOCKS = (Plant(20, 5), Plant(50, 3), Plant(200, 5))
MODES = {
    "plain": {},
    "within 60 s": {"width": 60},
    "camouflage 3": {"camouflage": 3.0},
    "hijacked, camouflage 1": {"is_hijacked": True, "camouflage": 1.0},
    "part 0.5": {"part": 0.5},
    "part 0.2": {"part": 0.2},
    "no other audience": {"others": 0.0},
    "fivefold other audience": {"others": 5.0},
}


def found_in(world: World, *, permutations: int = 0) -> list[Finding]:
    corpus = Corpus(actions=world.actions())
    return list(detect(corpus, Params(permutations=permutations)))


def members(finding: Finding) -> set[int]:
    return {int(account[1:]) for account in finding.subjects.accounts}


def f1(named: set[int], truth: set[int]) -> float:
    return 2 * len(named & truth) / (len(named) + len(truth)) if named else 0.0


def kind_of(world: World, finding: Finding) -> str:
    """The kind of most of its topics."""
    of_topic = {f"t{t}": kind for kind, topics in world.topics.items() for t in topics}
    return Counter(of_topic[topic] for topic in finding.subjects.topics).most_common(1)[0][0]


def ceiling(block: Plant) -> float:
    """F1 of naming exactly the accounts that took part in two topics or more."""
    q = 1 - (1 - block.part) ** block.topics
    q -= block.topics * block.part * (1 - block.part) ** (block.topics - 1)
    return 2 * q / (1 + q)


@dataclass(frozen=True)
class Named:
    """How one block was named: F1 of the best finding, and of it when it accuses above weak."""

    any_outcome: float = 0.0
    rented: float = 0.0
    innocents: int = 0
    ratio: float = -1.0
    in_common: float = -1.0


def best_named(world: World, findings: list[Finding], truth: set[int]) -> Named:
    best = max(findings, key=lambda each: f1(members(each), truth), default=None)
    if best is None or not members(best) & truth:
        return Named()
    score, is_rented = f1(members(best), truth), best.outcome == "rented-or-automated"
    pushers: set[int] = set().union(*world.members.values())
    return Named(
        score,
        score * is_rented,
        len(members(best) - pushers) * is_rented,
        best.measures.get("spread_ratio", -1.0),
        best.measures["loose_topics_in_common"],
    )


def planted(seeds: range) -> None:
    """F1 of the rented-or-automated finding of each block, and the innocents that it names."""
    print("| mode | block | F1 any | F1 rented | least | ceiling | innocents | ratio | common |")
    print("|---|---|---|---|---|---|---|---|---|")
    for mode, change in MODES.items():
        blocks = tuple(replace(block, **change) for block in BLOCKS)  # type: ignore[arg-type]
        rows: list[list[Named]] = [[] for _ in blocks]
        for seed in seeds:
            world = world_of(seed, blocks, interests=1 + 29 * (seed % 2))
            findings = found_in(world)
            for n, row in enumerate(rows):
                row.append(best_named(world, findings, world.members[f"plant-{n}"]))
        for block, row in zip(blocks, rows, strict=True):
            print(
                f"| {mode} | {block.accounts}x{block.topics} "
                f"| {mean(each.any_outcome for each in row):.2f} "
                f"| {mean(each.rented for each in row):.2f} "
                f"| {min(each.rented for each in row):.2f} | {ceiling(block):.2f} "
                f"| {sum(each.innocents for each in row)} "
                f"| {max(each.ratio for each in row):.3f} "
                f"| {max(each.in_common for each in row):.0f} |"
            )


def organic(seeds: range, *, interests: int) -> None:
    """What is said of worlds without a plant, and of the same worlds shuffled within hours."""
    outcomes: Counter[tuple[str, str]] = Counter()
    ratios: dict[str, list[float]] = {}
    shuffled_groups = innocents = 0
    for seed in seeds:
        world = world_of(seed, interests=interests)
        for finding in found_in(world):
            kind = kind_of(world, finding)
            outcomes[kind, f"{finding.outcome} {finding.grade or ''}".strip()] += 1
            ratios.setdefault(kind, []).append(finding.measures.get("spread_ratio", -1.0))
            innocents += len(finding.subjects.accounts) * (finding.grade in {"moderate", "strong"})
        actions = shuffled(world.actions(), seed)
        shuffled_groups += len(list(detect(Corpus(actions=actions), Params(permutations=0))))
    print(f"\n{len(seeds)} worlds without a plant, interests {interests}:")
    for (kind, outcome), count in sorted(outcomes.items()):
        print(f"- {kind}: {outcome}: {count}")
    for kind, values in sorted(ratios.items()):
        print(f"- spread ratios of {kind}: {min(values):.2f} to {max(values):.2f}")
    print(f"- innocents above weak: {innocents}")
    print(f"- groups in the {len(seeds)} worlds shuffled within hours: {shuffled_groups}")


def shuffled(actions: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`actions` with the topics permuted among the actions of each hour."""
    hour = actions["acted_at"].dt.epoch("s").to_numpy() // HOUR
    order = np.lexsort((np.random.default_rng(seed).random(hour.size), hour))
    return actions.with_columns(object_id=actions["object_id"].gather(order))


def single_topic(seeds: range) -> None:
    """One topic only (n0 = 1): a thousand accounts at once."""
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        world = world_of(seed, (Plant(200, 1), Plant(1000, 1, is_hijacked=True)))
        for finding in found_in(world):
            if kind_of(world, finding).startswith("plant"):
                outcomes[f"{finding.outcome} {finding.grade}"] += 1
    print(f"\nBlocks of 200 and 1000 on one topic, {len(seeds)} worlds: {dict(outcomes)}")


def gatherings(seeds: range, *, has_history: bool) -> None:
    """People who meet unannounced: 100 everyday accounts, three topics, half an hour."""
    outcomes: Counter[str] = Counter()
    histories = []
    for seed in seeds:
        block = Plant(100, 3, 0.7, width=1800, is_hijacked=True, has_history=has_history)
        world = world_of(seed, (block,), interests=30)
        for finding in found_in(world):
            if members(finding) & world.members["plant-0"]:
                outcomes[f"{kind_of(world, finding)}: {finding.outcome} {finding.grade}"] += 1
                histories.append(round(finding.measures.get("loose_topics_in_common", -1.0), 2))
    print(f"\nGatherings, shared history {has_history}, {len(seeds)} worlds: {dict(outcomes)}")
    print(f"- topics loosely in common: {sorted(histories)}")


def permuted(seeds: range) -> None:
    """p-values and grades with 99 shuffled logs."""
    for seed in seeds:
        world = world_of(seed, BLOCKS)
        rows = [
            (kind_of(world, f), f.outcome, str(f.grade), f.p_value)
            for f in found_in(world, permutations=99)
        ]
        print(f"\nseed {seed}, 99 shuffled logs: {rows}")


def main() -> None:
    seeds = TUNING if "tuning" in sys.argv[1:] else REPORTING
    planted(seeds)
    worlds = range(1, 11) if seeds is TUNING else ORGANIC
    for interests in (1, 30):
        organic(worlds, interests=interests)
    single_topic(seeds)
    for has_history in (False, True):
        gatherings(seeds, has_history=has_history)
    if seeds is REPORTING:
        permuted(range(101, 103))


if __name__ == "__main__":
    main()
