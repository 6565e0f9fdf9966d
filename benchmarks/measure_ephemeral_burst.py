# SPDX-License-Identifier: GPL-3.0-or-later
"""Create-then-delete: what is found of planted bursts, who is named, and what innocents become.

`python -m benchmarks.measure_ephemeral_burst [tuning]`; docs/ reports the reporting seeds.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

import numpy as np
import polars as pl

from benchmarks.burst_world import Plant, World, burst, framed, innocent
from graphkit.detectors.ephemeral_burst import Params, detect
from graphkit.findings import Finding, Grade
from graphkit.tables import Corpus

TUNING, REPORTING = range(1, 4), range(301, 304)
CALM_TUNING, CALM = range(11, 14), range(401, 411)
GRID = [
    Plant(accounts, times, deleting)
    for accounts in (10, 50, 200, 500)
    for times in (1, 3, 20)
    for deleting in (0.5, 1.0)
]


def found_in(corpus: Corpus) -> list[Finding]:
    return list(detect(corpus, Params()))


def planted(world: World) -> set[str]:
    return world.groups.get("planted", set()) | world.groups.get("puppets", set())


def named(found: list[Finding], *, above_weak: bool) -> set[str]:
    kept = [f for f in found if f.grade is not None]
    kept = [f for f in kept if f.grade is not Grade.WEAK] if above_weak else kept
    return {account for f in kept for account in f.subjects.accounts}


def _is_about(finding: Finding, truth: set[str]) -> bool:
    accounts = set(finding.subjects.accounts)
    return 2 * len(accounts & truth) > len(accounts)


def power(seeds: range) -> None:
    """Per plant: best grade, precision and recall of the named, innocents named above weak."""
    print("| accounts | times | deleting | moderate | weak | named right | recall | innocent |")
    print("|---|---|---|---|---|---|---|---|")
    for plant in GRID:
        grades, right, recall, wrong = Counter[str](), [], [], 0
        for seed in seeds:
            world = innocent(seed)
            burst(world, plant)
            found, truth = found_in(world.corpus()), planted(world)
            strong = named(found, above_weak=True)
            about = [f for f in found if f.grade and _is_about(f, truth)]
            grades[max((str(f.grade) for f in about), default="-", key="-weakmoderate".find)] += 1
            ours = {a for f in about for a in f.subjects.accounts}
            right += [len(ours & truth) / len(ours)] if ours else []
            recall.append(len(ours & truth) / len(truth))
            wrong += len(strong - truth)
        told = f"{np.mean(right):.3f}" if right else "-"
        print(
            f"| {plant.accounts} | {plant.times} | {plant.deleting:.0%} | {grades['moderate']} | "
            f"{grades['weak']} | {told} | {np.mean(recall):.2f} | {wrong} |"
        )


def calm(seeds: range) -> None:
    """What the innocent become, by group and outcome, over worlds without a plant."""
    outcomes, members = Counter[tuple[str, str]](), Counter[str]()
    for seed in seeds:
        world = innocent(seed)
        for f in found_in(world.corpus()):
            outcome = f"{f.outcome} {f.grade or ''}".strip()
            accounts = set(f.subjects.accounts)
            members[outcome] += len(accounts)
            topic = (*f.subjects.topics, "no topic")[0]
            outcomes[topic.rstrip("0123456789"), outcome] += 1
    print(f"\n{len(seeds)} weeks without a plant; accounts named: {dict(sorted(members.items()))}")
    for (group, outcome), count in sorted(outcomes.items()):
        print(f"  {group:12} {outcome:20} {count}")


def collector(seeds: range) -> None:
    """The same weeks and a plant, with the times at which a pass every ten minutes found it."""
    count = Counter[str]()
    for seed in seeds:
        world = innocent(seed)
        burst(world, Plant(50, 3, 1.0))
        corpus = world.corpus()
        late = pl.col("deleted_at").dt.truncate("10m").dt.offset_by("10m")
        passed = Corpus(
            posts=corpus.posts.with_columns(deleted_at=late),
            accounts=corpus.accounts,
            sources=corpus.sources,
        )
        count.update(f"{f.outcome} {f.grade or ''}".strip() for f in found_in(passed))
    print(f"\nfound by a collector every ten minutes, {len(seeds)} weeks: {dict(count)}")


def shuffled(seeds: range) -> None:
    """The same weeks and a plant, with the fates dealt among the posts of each hour."""
    count = Counter[str]()
    for seed in seeds:
        world = innocent(seed)
        burst(world, Plant(50, 3, 1.0))
        corpus = world.corpus()
        hour = pl.col("created_at").dt.truncate("1h")
        life = (pl.col("deleted_at") - pl.col("created_at")).shuffle(seed=seed).over(hour)
        dealt = corpus.posts.with_columns(deleted_at=pl.col("created_at") + life)
        count.update(f"{f.outcome} {f.grade or ''}".strip() for f in found_in(
            Corpus(posts=dealt, accounts=corpus.accounts, sources=corpus.sources)
        ))  # fmt: skip
    print(f"\nfates dealt within the hours, {len(seeds)} weeks with a plant: {dict(count)}")


def framing(seeds: range) -> None:
    """Whether an account beside which others post and delete is named, and above weak."""
    print("\n| times | they | deletes alone, for each | named above weak | named at all |")
    print("|---|---|---|---|---|")
    for times in (1, 2, 5):
        for is_foreseen in (False, True):
            for share in (0.0, 2.0):
                strong = weak = 0
                for seed in seeds:
                    world = innocent(seed)
                    victim = framed(world, times=times, is_foreseen=is_foreseen, share=share)
                    found = found_in(world.corpus())
                    strong += victim in named(found, above_weak=True)
                    weak += victim in named(found, above_weak=False)
                they = "foresee" if is_foreseen else "react"
                told = f"{strong}/{len(seeds)} | {weak}/{len(seeds)}"
                print(f"| {times} | {they} | {share:g} | {told} |")


def main() -> None:
    is_tuning = "tuning" in sys.argv[1:]
    start = time.process_time()
    power(TUNING if is_tuning else REPORTING)
    calm(CALM_TUNING if is_tuning else CALM)
    collector(TUNING if is_tuning else REPORTING)
    shuffled(CALM_TUNING if is_tuning else CALM)
    framing(TUNING if is_tuning else REPORTING)
    print(f"\n{time.process_time() - start:.0f} s CPU")


if __name__ == "__main__":
    main()
