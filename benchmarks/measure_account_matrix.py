# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/measured/account-matrix.md says: power, innocents, framing, chance, speed.

`python -m benchmarks.measure_account_matrix [PART ...]`; parts: power cohorts innocents framing
dealt clocks citations invented real speed. Rules were chosen on seeds 1 to 5, figures are of
others.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np
import polars as pl

from benchmarks.bench_coaction import reference_log
from benchmarks.matrix_world import (
    CIRCLES,
    DAY,
    FRAMES,
    MatrixWorld,
    Plan,
    citing,
    corpus,
    framing,
    innocents,
    large_corpus,
    operator,
    tables,
)
from benchmarks.measure_coordinated_sharing import implanted
from benchmarks.measure_worlds import FILES, GENERATOR
from graphkit.case import create_case, load_corpus
from graphkit.detectors.account_matrix import Params, detect
from graphkit.graphs.matrix_beside import citation_beside, citing_accounts
from graphkit.graphs.posting_clocks import Drawing, clock_test, clocks
from graphkit.investigation.ingesting import ingest
from graphkit.tables import ACTIONS

SEEDS, WORLDS = range(201, 206), range(201, 204)
SIZES = (5, 10, 20, 50)
LEAKS = (
    (),
    ("clock",),
    ("copyable",),
    ("cohort",),
    ("run",),
    ("rename",),
    ("cohort", "copyable"),
    ("run", "copyable"),
    ("cohort", "rename"),
    ("cohort", "run"),
    ("cohort", "run", "copyable", "clock"),
)
ABOVE = ("moderate", "strong")
PARAMS = Params()


def overlap(accounts, findings):
    """The best Jaccard index of a run-together finding with the accounts, and its grade."""
    wanted = set(accounts)
    best = (0.0, "none")
    for each in findings:
        if each.outcome == "run-together":
            own = set(each.subjects.accounts)
            best = max(best, (len(own & wanted) / len(own | wanted), str(each.grade)))
    return best if best[0] > 0.5 else (0.0, "none")


def power(seeds=SEEDS):
    """Per leak and size: groups found above weak and strong, members recovered; who else is named.

    Every world has one operator a leak, its size by turns, and three who never meet.
    """
    said, classes, right = defaultdict(list), Counter(), Counter()
    for seed in seeds:
        world = MatrixWorld(seed)
        for place, leaks in enumerate(LEAKS):
            operator(world, Plan(SIZES[(place + seed) % 4], leaks))
        for leaks in (("cohort", "copyable"), ("run", "copyable"), ("copyable",)):
            operator(world, Plan(SIZES[seed % 4], leaks, meets=0))
        innocents(world)
        made = corpus(world)
        findings = list(detect(made, PARAMS))
        kind = {a: k for k, groups in world.truth.items() for group in groups for a in group}
        named = [(kind.get(a, "ordinary"), f) for f in findings for a in f.subjects.accounts]
        classes.update(who for who, f in named if f.grade in ABOVE)
        right.update((who, str(f.grade) if f.grade else f.outcome) for who, f in named)
        for plan, accounts in world.planted:
            said[plan.leaks, plan.meets > 0, plan.size].append(overlap(accounts, findings))
    for (leaks, meets, size), got in sorted(said.items()):
        grades = Counter(grade for _, grade in got)
        shared = np.mean([share for share, grade in got if grade != "none"] or [0])
        leaked = "+".join(leaks or ("none",)) + ("" if meets else ", never meets")
        counts = " | ".join(str(grades[grade]) for grade in ("weak", *ABOVE))
        print(f"| {leaked} | {size} | {len(got)} | {counts} | {shared:.2f} |")
    print("accounts named above weak, by class:", dict(classes))
    print("all outcomes:", sorted(right.items()))


def cohorts(seeds=WORLDS):
    """Per size and days within which a cohort is made: groups of which it speaks."""
    for shift, days in enumerate((0.05, 1, 3, 7, 14, 30)):
        hits = Counter()
        for seed in seeds:
            world = MatrixWorld(seed + 4000 + 100 * shift)
            for size in (4, *SIZES):
                operator(world, Plan(size, ("cohort",), days=days))
            innocents(world)
            findings = list(detect(corpus(world), PARAMS))
            for plan, accounts in world.planted:
                hits[plan.size] += overlap(accounts, findings)[1] != "none"
        print(f"| {days:g} | {' | '.join(f'{hits[n]} of {len(seeds)}' for n in (4, *SIZES))} |")


def innocent(seeds=SEEDS):
    """Worlds without operators: what is said of each class of innocents."""
    said, worlds = Counter(), Counter()
    for seed in seeds:
        world = MatrixWorld(seed + 1000)
        innocents(world)
        kind = {a: k for k, groups in world.truth.items() for group in groups for a in group}
        seen = set()
        for each in detect(corpus(world), PARAMS):
            who = Counter(kind.get(a, "ordinary") for a in each.subjects.accounts).most_common(1)
            said[who[0][0], each.outcome, str(each.grade)] += 1
            if each.grade in ABOVE:
                seen.add(who[0][0])
        worlds.update(seen)
    for key, count in sorted(said.items()):
        print(key, count)
    print("worlds with a finding above weak:", dict(worlds), "of", len(seeds))


def frame(seeds=SEEDS, victims=5):
    """Victims whom others copy, shadow, neighbour: named at any grade."""
    named, framers, tried = Counter(), Counter(), Counter()
    for seed in seeds:
        world = MatrixWorld(seed + 2000)
        for kind in FRAMES:
            for _ in range(victims):
                framing(world, kind)
        grade = {
            a: str(f.grade)
            for f in detect(corpus(world), PARAMS)
            if f.outcome == "run-together"
            for a in f.subjects.accounts
        }
        for kind in FRAMES:
            for (victim,) in world.truth[f"victim: {kind}"]:
                tried[kind] += 1
                named[kind, grade.get(victim, "not named")] += 1
        framers.update(grade.get(a, "not named") for group in world.truth["framers"] for a in group)
    for key, count in sorted(named.items()):
        print(key, count, "of", tried[key[0]])
    print("framers:", dict(framers))


def dealt(seeds=WORLDS):
    """Worlds in which the facts of accounts are dealt anew among them: what is still said."""
    said = Counter()
    for seed in seeds:
        world = MatrixWorld(seed + 3000)
        for leaks in LEAKS:
            operator(world, Plan(20, leaks))
        innocents(world)
        made = corpus(world)
        rng, facts = np.random.default_rng(seed), made.accounts
        for names in (["handle"], ["bio"], ["created_at"], ["is_verified", "credential"]):
            order = rng.permutation(facts.height)
            facts = facts.with_columns(facts[name][order] for name in names)
        mixed = replace(made, accounts=facts)
        said.update((f.outcome, str(f.grade)) for f in detect(mixed, PARAMS))
    print("facts dealt anew,", len(seeds), "worlds:", dict(said))


def clock(seeds=WORLDS):
    """The mean cosine of clocks and its p, for operators of one clock and for innocents."""
    cosines, small = defaultdict(list), Counter()
    for seed in seeds:
        world = MatrixWorld(seed)
        operator(world, Plan(20, ("clock",)))
        operator(world, Plan(20, ()))
        world.truth["operator, one clock"], world.truth["operator, none"] = (
            [world.truth["operator"][0]],
            [world.truth["operator"][1]],
        )
        innocents(world)
        made = corpus(world)
        own = clocks(made)
        for kind, groups in world.truth.items():
            mine = own.events.filter(pl.col("account_id").is_in(groups[0]))
            told = clock_test(own, mine, Drawing(999, 1), least=4)
            if told.p_value is not None:
                cosines[kind].append(told.cosine)
                small[kind] += told.p_value <= 0.01
    for kind, values in cosines.items():
        print(f"| {kind} | {np.mean(values):.2f} | {small[kind]} of {len(values)} |")


def citations(seeds=SEEDS):
    """Whether groups cite each other beyond chance, and how many of their stories are loops."""
    said, small, loops = defaultdict(list), Counter(), Counter()
    for seed in seeds:
        world = MatrixWorld(seed + 6000, ordinary=1_000)
        citing(world)
        made = corpus(world)
        graph, nothing = citing_accounts(made, seed=1), pl.Series([], dtype=pl.String)
        for kind in CIRCLES:
            accounts = pl.Series(world.truth[kind][0])
            told = citation_beside(graph, accounts, proposal=nothing, alpha=0.01).measures
            said[kind].append(told["loop_stories"])
            small[kind] += told["p_citation"] <= 0.01
            loops[kind] += told["loop_stories"] > 0
    for kind, stories in said.items():
        print(f"| {kind} | {small[kind]} | {np.mean(stories):.1f} | {loops[kind]} |", len(seeds))


def invented_world(seed, *without):
    """A world of the shipped generator and its truth."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, str(GENERATOR), str(folder), "--seed", str(seed), *without]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        case = create_case(folder / "case", zone="Asia/Shanghai")
        paths = [folder / file for file in FILES]
        ingest(case, paths, importer_name="canonical", collection="stream")
        return load_corpus(case), json.loads((folder / "truth.json").read_bytes())


def invented(seeds=WORLDS):
    """The generator of the shipped world with and without plants."""
    for seed in (2026, *seeds):
        for without in ((), ("--without", "all")):
            made, truth = invented_world(seed, *without)
            start = time.perf_counter()
            findings = list(detect(made, PARAMS))
            took = time.perf_counter() - start
            groups = {g["name"]: set(g["accounts"]) for g in truth["planted"] + truth["innocent"]}
            label = f"seed {seed}{' null' if without else ''}"
            for each in findings:
                own = set(each.subjects.accounts)
                about = max(groups, key=lambda n: len(own & groups[n]) / len(own | groups[n]))
                both = len(own & groups[about])
                print(
                    f"{label}: {each.outcome} {each.grade}: {about}, precision "
                    f"{both / len(own):.2f}, recall {both / len(groups[about]):.2f}"
                )
            print(f"{label}: {len(findings)} findings, {took:.1f} s")


def real(seeds=WORLDS):
    """The russian log: bare, with invented facts of accounts, and with a group implanted."""
    log = reference_log("russian_coord_tweets")
    if log is None:
        print("skipped, the reference data is not beside the project")
        return
    extra = {"act": pl.lit("share"), "time_precision": pl.lit("second"), "source_id": pl.lit("s")}
    bare = ACTIONS.conform(log.with_columns(**extra))
    print("bare log:", len(list(detect(tables(actions=bare), PARAMS))), "findings")
    said, found, strangers = Counter(), Counter(), 0
    for seed in seeds:
        world = MatrixWorld(seed + 5000, ordinary=0)
        names = bare["account_id"].unique().sort()
        facts = [world.account(account_id=name) for name in names]
        dealt = tables(accounts=facts, actions=bare)
        said.update(str(f.grade) for f in detect(dealt, PARAMS))
        for size in SIZES:
            more, members = implanted(log, accounts=size, objects=5, seed=seed)
            start = facts[seed]["created_at"]
            made = {m: start + int(world.rng.random() * 3 * DAY) for m in members}
            told = [
                row | {"created_at": made.get(row["account_id"], row["created_at"])}
                for row in facts
            ]
            acted = ACTIONS.conform(more.with_columns(**extra))
            findings = list(detect(tables(accounts=told, actions=acted), PARAMS))
            found[size] += overlap(members, findings)[1] != "none"
            named = {a for f in findings if f.grade for a in f.subjects.accounts}
            strangers += len(named - set(members))
    print(f"invented facts dealt to the log {len(seeds)} times: {dict(said)} findings")
    print(f"groups implanted and made within three days, told: {dict(found)} of {len(seeds)}")
    print(f"strangers named: {strangers}")


def speed(accounts=100_000, posts=1_000_000):
    """Seconds for a corpus of that size in which one group is found."""
    made = large_corpus(accounts, posts)
    for _ in range(2):
        start, busy = time.perf_counter(), time.process_time()
        grades = [str(each.grade) for each in detect(made, PARAMS)]
        wall, used = time.perf_counter() - start, time.process_time() - busy
        print(
            f"{accounts:,} accounts, {posts:,} posts: {wall:.1f} s wall, {used:.1f} s CPU, "
            f"{getrusage(RUSAGE_SELF).ru_maxrss // 1000} MB with the corpus, findings {grades}"
        )


PARTS = {
    "power": power,
    "cohorts": cohorts,
    "innocents": innocent,
    "framing": frame,
    "dealt": dealt,
    "clocks": clock,
    "citations": citations,
    "invented": invented,
    "real": real,
    "speed": speed,
}


def main():
    """Prints the figures of docs/measured/account-matrix.md."""
    for name in sys.argv[1:] or PARTS:
        print(f"-- {name}", flush=True)
        PARTS[name]()


if __name__ == "__main__":
    main()
