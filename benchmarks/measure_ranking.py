# SPDX-License-Identifier: GPL-3.0-or-later
"""How well pushes are found, and whom else the detector names, on invented worlds.

`python -m benchmarks.measure_ranking PART... [tuning]`, where PART is blocks, part, calls, drives,
organic, single, permuted, weeks or large (each at most five minutes of CPU). Tuning seeds are for
looking at numbers before a threshold is set; what docs/ reports comes from the reporting seeds.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from statistics import mean
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.ranking_world import LARGE, WEEKS, Drive, Plant, World, corpus_of, world_of
from graphkit.detectors.ranking_manipulation import Params, detect
from graphkit.graphs.coaudience import HOUR
from graphkit.tables import Corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from graphkit.findings import Finding

TUNING, REPORTING = range(1, 6), range(101, 106)
ORGANIC = range(201, 221)
Modes = dict[str, dict[str, Any]]
GONE: dict[str, Any] = {"side": "deleted"}
FIVE = (Plant(20, 5), Plant(50, 3), Plant(200, 5), Plant(200, 10, 0.5), Plant(500, 20))
THREE = FIVE[:3]
BLOCK_MODES: Modes = {
    "plain": GONE,
    "camouflage 3": {"camouflage": 3.0, **GONE},
    "hijacked": {"is_hijacked": True, **GONE},
    "hijacked, camouflage 3": {"is_hijacked": True, "camouflage": 3.0, **GONE},
}
PART_MODES: Modes = {
    "half take part": {"part": 0.5, **GONE},
    "one in five": {"part": 0.2, **GONE},
    "nothing beside the windows": {},
    "five times as many others": {"others": 5.0, **GONE},
    "order, no posts": {"side": "order"},
    "made in one month, no posts": {"side": "cohort"},
    "within 60 s": {"width": 60, **GONE},
    "nobody else": {"others": 0.0, **GONE},
}
CALL_MODES: Modes = {
    "announces one of its topics": {"announced": 1, **GONE},
    "announces all but two": {"announced": 3, **GONE},
    "announces all": {"announced": 5, **GONE},
    "announces all, calls deleted": {"announced": 5, "is_call_kept": False, **GONE},
    "announces one, nothing beside the windows": {"announced": 1},
}
CROWDS = ("fans", "active", "quiet", "joined")


def found_in(world: World, *, permutations: int = 0) -> list[Finding]:
    return list(detect(corpus_of(world), Params(permutations=permutations)))


def members(finding: Finding) -> set[int]:
    return {int(account[1:]) for account in finding.subjects.accounts}


def f1(named: set[Any], truth: set[Any]) -> float:
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
    """F1 of the finding nearest to a group, how it ends, and the strangers in its core."""

    f1: float = 0.0
    outcome: str = "none"
    strangers: int = 0
    ratio: float = -1.0


def nearest(world: World, findings: list[Finding], name: str) -> Named:
    """The finding on topics of that group whose accounts are most nearly the group's."""
    truth, topics = world.members[name], {f"t{topic}" for topic in world.topics[name]}
    about = [each for each in findings if topics & set(each.subjects.topics)]
    best = max(about, key=lambda each: f1(members(each), truth), default=None)
    if best is None or not members(best) & truth:
        return Named()
    planted: set[int] = set().union(*world.members.values())
    outcome = best.outcome if best.grade != "weak" else f"{best.outcome} (weak)"
    ratio = best.measures.get("spread_ratio", -1.0)
    return Named(f1(members(best), truth), outcome, len(members(best) - planted), ratio)


def planted(modes: Modes, blocks: tuple[Plant, ...], seeds: range) -> None:
    """F1 of each block by mode, beside the ceiling, and the outcomes."""
    print("| mode | block | F1 | least | ceiling | rented | strangers | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for mode, change in modes.items():
        changed = tuple(replace(block, **change) for block in blocks)
        rows: list[list[Named]] = [[] for _ in changed]
        for seed in seeds:
            world = world_of(seed, changed, interests=1 + 29 * (seed % 2))
            findings = found_in(world)
            for n, row in enumerate(rows):
                row.append(nearest(world, findings, f"plant-{n}"))
        for block, row in zip(changed, rows, strict=True):
            ends = Counter(each.outcome for each in row)
            print(
                f"| {mode} | {block.accounts}x{block.topics}x{block.part} "
                f"| {mean(each.f1 for each in row):.2f} | {min(each.f1 for each in row):.2f} "
                f"| {ceiling(block):.2f} | {dict(ends)} | {sum(each.strangers for each in row)} "
                f"| {max(each.ratio for each in row):.3f} |",
                flush=True,
            )


def drives(seeds: range) -> None:
    """How drives of willing people end: in one minute, announced or not, and in half an hour."""
    kinds = {
        "in a minute, announced": Drive(is_public=True),
        "in a minute, asked in private": Drive(),
        "in half an hour, asked in private": Drive(width=1800),
        "in half an hour, announced": Drive(width=1800, is_public=True),
        "in a minute, announced, posts purged": Drive(is_public=True, is_purged=True),
    }
    print("\n| who | when | F1 | ends |\n|---|---|---|---|")
    for crowd in CROWDS:
        asked = tuple(replace(each, crowd=crowd) for each in kinds.values())
        rows: list[list[Named]] = [[] for _ in asked]
        for seed in seeds:
            world = world_of(seed, asked, interests=1 + 29 * (seed % 2))
            findings = found_in(world)
            for n, row in enumerate(rows):
                row.append(nearest(world, findings, f"drive-{n}"))
        for kind, row in zip(kinds, rows, strict=True):
            ends = dict(Counter(each.outcome for each in row))
            print(f"| {crowd} | {kind} | {mean(e.f1 for e in row):.2f} | {ends} |", flush=True)


def organic(seeds: range) -> None:
    """Groups in worlds without plants or lookalikes, shuffled ones, and ones with lookalikes."""
    counts: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    ratios: dict[str, list[float]] = {}
    for seed in seeds:
        interests = 1 + 29 * (seed % 2)
        bare = world_of(seed, interests=interests, lookalikes=False)
        counts["everyday"] += bool(found_in(bare))
        world = world_of(seed, interests=interests)
        for finding in found_in(world):
            kind = kind_of(world, finding)
            ends[f"{kind}: {finding.outcome} {finding.grade or ''}".strip()] += 1
            ratios.setdefault(kind, []).append(finding.measures.get("spread_ratio", -1.0))
        mixed = Corpus(actions=shuffled(world.actions(), seed))
        counts["shuffled"] += bool(list(detect(mixed, Params(permutations=0))))
    print(f"\n{len(seeds)} worlds: with any group, everyday and shuffled: {dict(counts)}")
    print(f"with lookalikes: {dict(sorted(ends.items()))}")
    for kind, values in sorted(ratios.items()):
        print(f"- spread ratios of {kind}: {min(values):.2f} to {max(values):.2f}")


def shuffled(actions: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`actions` with the topics permuted among the actions of each hour."""
    hour = actions["acted_at"].dt.epoch("s").to_numpy() // HOUR
    order = np.lexsort((np.random.default_rng(seed).random(hour.size), hour))
    return actions.with_columns(object_id=actions["object_id"].gather(order))


def single_topic(seeds: range) -> None:
    """One topic only (n0 = 1): a thousand accounts at once."""
    ends: Counter[str] = Counter()
    for seed in seeds:
        world = world_of(seed, (Plant(200, 1), Plant(1000, 1, is_hijacked=True)))
        ends.update(
            f"{finding.outcome} {finding.grade}"
            for finding in found_in(world)
            if kind_of(world, finding).startswith("plant")
        )
    print(f"\nBlocks of 200 and 1000 on one topic, {len(seeds)} worlds: {dict(ends)}")


def permuted(seeds: range) -> None:
    """p-values and grades with 99 shuffled logs."""
    for seed in seeds:
        world = world_of(seed, tuple(replace(block, side="deleted") for block in THREE))
        rows = [
            (kind_of(world, f), f.outcome, str(f.grade), f.p_value)
            for f in found_in(world, permutations=99)
        ]
        print(f"\nseed {seed}, 99 shuffled logs: {rows}")


def weeks(seeds: range) -> None:
    """Four weeks, where hours of the week and weeks stand for hours; a push in every second log."""
    for seed in seeds:
        pushes = tuple(replace(block, **GONE) for block in THREE) if seed % 2 else ()
        world = world_of(seed, pushes, size=WEEKS, lookalikes=False)
        findings = found_in(world)
        near = [nearest(world, findings, name) for name in world.members]
        print(f"- seed {seed}: {len(findings)} findings; {near}", flush=True)


def large(seeds: range) -> None:
    """A million actions: the five blocks and a private drive in one log."""
    for seed in seeds:
        blocks = tuple(replace(block, side="deleted") for block in FIVE)
        world = world_of(seed, (*blocks, Drive("quiet"), Drive()), interests=30, size=LARGE)
        corpus = corpus_of(world)
        begun = time.process_time()
        findings = list(detect(corpus, Params(permutations=0)))
        print(
            f"\nseed {seed}: {corpus.actions.height:,} actions, {time.process_time() - begun:.0f} s"
        )
        for name in world.members:
            print(f"- {name}: {nearest(world, findings, name)}")
        print(Counter(f"{kind_of(world, f)}: {f.outcome}" for f in findings), flush=True)


def main() -> None:
    wanted = set(sys.argv[1:])
    seeds = TUNING if "tuning" in wanted else REPORTING
    parts: dict[str, Callable[[], None]] = {
        "blocks": lambda: planted(BLOCK_MODES, FIVE, seeds[:3]),
        "part": lambda: planted(PART_MODES, THREE, seeds[:3]),
        "calls": lambda: planted(CALL_MODES, (Plant(50, 5), Plant(200, 5)), seeds),
        "drives": lambda: drives(seeds),
        "organic": lambda: organic(range(1, 6) if seeds is TUNING else ORGANIC),
        "single": lambda: single_topic(seeds),
        "permuted": lambda: permuted(seeds[:1]),
        "weeks": lambda: weeks(range(301, 305)),
        "large": lambda: large(seeds[:1]),
    }
    for name, run in parts.items():
        if name in wanted:
            run()


if __name__ == "__main__":
    main()
