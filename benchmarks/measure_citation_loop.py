# SPDX-License-Identifier: GPL-3.0-or-later
"""Precision, recall and false accusations of citation-loop in invented worlds.

python -m benchmarks.measure_citation_loop [SECTION...], of planted, stress, hearsay, prevalence,
nothing, swapped and large. Seeds under 200 were looked at while the rules were made; those below
were not. Beside it: measure_loop_calibration (p-values), measure_loop_changes (a few rows more).
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.citation_world import GUILTY, INNOCENT, LEAK, Plan, make_world
from graphkit.detectors.citation_loop import DETECTOR, Params
from graphkit.findings import Grade
from graphkit.graphs.citation import citation_graph
from graphkit.graphs.citation_groups import account_rows
from graphkit.graphs.swap_null import swapped
from graphkit.tables import CITATIONS, Corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graphkit.findings import Finding

    Counted = Counter[tuple[str, ...]]
    Lines = Mapping[str, tuple[Iterable[int], Plan]]
    Truth = dict[str, list[list[str]]]

SAME = 0.5
"""Jaccard index of accounts from which a finding is about a planted group."""
FEW = {"ring": 2, "matrix-5": 1, "matrix-20": 1, **dict.fromkeys(INNOCENT, 1)}
NO_GUILTY = {"family": 2, "declared-family": 2, "fan": 4, "academic": 4}
DENSE = (40, 101)
LARGE = {
    "ring": 60, **dict.fromkeys(LEAK, 15), "family": 15, "declared-family": 15, "fan": 20,
    "academic": 30,
}  # fmt: skip
PLANTED = {
    "sparse (10 to 24 stories)": (range(300, 308), Plan()),
    "dense (40 to 100 stories)": (range(310, 314), Plan(stories=DENSE)),
    "4 to 10 stories": (range(315, 317), Plan(stories=(4, 11))),
    "10 % of the sourceless say nothing": (range(317, 319), Plan(silent=0.1)),
    "25 %": (range(319, 321), Plan(silent=0.25)),
    "50 %": (range(321, 323), Plan(silent=0.5)),
}
STRESS = {
    "20 % of inner citations now 'online'": Plan(vague_instead=0.2),
    "40 %": Plan(vague_instead=0.4),
    "60 %": Plan(vague_instead=0.6),
    "50 % of pictures unread": Plan(unread_pictures=0.5),
    "90 %": Plan(unread_pictures=0.9),
    "90 %, and 30 % of outlets": Plan(unread_pictures=0.9, unread_sources=0.3),
    "50 % of innocents' sources unread": Plan(unnamed=0.5),
    "90 %, all": Plan(unnamed=0.9),
    "90 %, a fifth of them 'online'": Plan(unnamed=0.9, hearsay=0.2),
    "90 %, half of them 'online'": Plan(unnamed=0.9, hearsay=0.5),
    "90 % of everybody's sources unread": Plan(unread_pictures=0.9, unread_sources=0.9),
    "guilty name an outlet in 30 %": Plan(faked=0.3),
    "in 60 %": Plan(faked=0.6),
    "known not to say it, 30 %": Plan(misattributed=0.3),
    "known not to say it, 60 %": Plan(misattributed=0.6),
}
HEARSAY = {
    "90 % unread, 20 % of them 'online'": (range(510, 518), Plan(unnamed=0.9, hearsay=0.2)),
    "half of them": (range(520, 528), Plan(unnamed=0.9, hearsay=0.5)),
    "all of them": (range(530, 534), Plan(unnamed=0.9, hearsay=1.0)),
}
PREVALENCE = {
    "1 %": (range(400, 404), {"ring": 4, "matrix-5": 1}),
    "0.1 %": (range(410, 418), {"ring": 1}),
    "0.01 % (a ring in one world of ten)": (range(420, 430), {}),
}


def accused(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that accuse."""
    return [each for each in findings if DETECTOR.outcomes[each.outcome].accuses]


def about(findings: Iterable[Finding], group: Iterable[str]) -> list[Finding]:
    """The findings about a planted group: half of all accounts of either are of both."""
    members = set(group)
    return [
        each
        for each in findings
        if len(members & set(each.subjects.accounts))
        >= SAME * len(members | set(each.subjects.accounts))
    ]


def _count(seen: Counted, seed: int, plan: Plan) -> None:
    """Adds to `seen` what became of the accounts and the groups of one world."""
    corpus, truth = make_world(seed, plan)
    count(seen, list(DETECTOR.detect(corpus, Params())), truth, plan)


def count(seen: Counted, findings: list[Finding], truth: Truth, plan: Plan) -> None:
    """Adds to `seen` what `findings` say of the accounts and the groups of one world."""
    told = accused(findings)
    kind_of = {m: kind for kind, groups in truth.items() for g in groups for m in g}
    seen["accounts", "background"] += plan.accounts - len(kind_of)
    for finding in told:
        members = [kind_of.get(m, "background") for m in finding.subjects.accounts]
        seen.update(("accused", kind) for kind in members)
        if finding.grade is not Grade.WEAK:
            seen.update(("moderate", kind) for kind in members)
    for kind, groups in truth.items():
        for group in groups:
            seen["accounts", kind] += len(group)
            seen["groups", kind] += 1
            of = about(findings, group)
            seen["found", kind] += any(f in told for f in of)
            seen["sourced", kind] += any(f.outcome == "tight-but-sourced" for f in of)


def show(name: str, seen: Counted) -> None:
    """Prints one line of the tables."""

    def of(what: str, kinds: Iterable[str]) -> int:
        return sum(seen[what, kind] for kind in kinds)

    right, wrong = of("accused", GUILTY), of("accused", (*INNOCENT, "background"))
    found = " ".join(f"{k} {seen['found', k]}/{seen['groups', k]}" for k in GUILTY)
    innocent = " ".join(
        f"{k} {seen['accused', k]}({seen['moderate', k]})/{seen['accounts', k]}" for k in INNOCENT
    )
    print(
        f"{name:<38} precision {right / max(right + wrong, 1):.3f} ({wrong} wrong of "
        f"{right + wrong}), account recall {right / max(of('accounts', GUILTY), 1):.2f}, groups "
        f"{of('found', GUILTY)}/{of('groups', GUILTY)}: {found}; innocents {innocent}, sourced "
        f"{of('sourced', INNOCENT)}/{of('groups', INNOCENT)}; background "
        f"{seen['accused', 'background']}/{seen['accounts', 'background']}",
        flush=True,
    )


def _table(lines: Lines) -> None:
    for name, (seeds, plan) in lines.items():
        seen: Counted = Counter()
        for seed in seeds:
            _count(seen, seed, plan)
        show(name, seen)


def stress() -> None:
    """Prints what wrong labels do; two worlds each."""
    starts = range(330, 330 + 2 * len(STRESS), 2)
    of = zip(STRESS.items(), starts, strict=True)
    _table({name: (range(start, start + 2), plan) for (name, plan), start in of})


def prevalence() -> None:
    """Prints the precision where few accounts or none are guilty."""
    for name, (seeds, groups) in PREVALENCE.items():
        seen: Counted = Counter()
        for number, seed in enumerate(seeds):
            rare = {"ring": 1} if not groups and number == 0 else {}
            _count(seen, seed, Plan(groups={**groups, **rare, **NO_GUILTY}))
        show(name, seen)


def nothing() -> None:
    """Prints what is said where nothing is planted."""
    for community, seeds in ((150, range(450, 480)), (30, range(540, 544))):
        said: Counter[str] = Counter()
        worlds = 0
        for seed in seeds:
            corpus, _ = make_world(seed, Plan(accounts=3000, groups={}, community=community))
            told = [f.outcome for f in DETECTOR.detect(corpus, Params())]
            said.update(told)
            worlds += bool(told)
        print(
            f"nothing planted, communities of {community} ({len(seeds)} worlds): "
            f"{worlds} with a finding, {dict(said)}"
        )


def _swapped_world(corpus: Corpus, seed: int) -> Corpus:
    """`corpus` with who is cited swapped within week and community: no group is left by design."""
    citations = citation_graph(corpus)
    rows = account_rows(citations, seed=seed).with_columns(half=pl.lit(0, pl.Int8))
    [moved] = swapped(rows, citations.posts, copies=1, seed=seed)
    cited = citations.posts.select("post_no", moved_to="post_id")
    targets = moved.join(cited, left_on="cited_no", right_on="post_no")
    joined = corpus.citations.join(
        targets.select("post_id", "citation_no", "moved_to"),
        on=["post_id", "citation_no"],
        how="left",
    )
    frame = joined.with_columns(target=pl.coalesce("moved_to", "target"))
    return replace(corpus, citations=CITATIONS.conform(frame))


def swaps() -> None:
    """Prints what is said of planted worlds after their citations were swapped."""
    said: Counter[str] = Counter()
    seeds, worlds = range(480, 500), 0
    for seed in seeds:
        corpus, _ = make_world(seed, Plan(accounts=4000, groups=FEW))
        found = list(DETECTOR.detect(_swapped_world(corpus, seed), Params()))
        said.update(f.outcome for f in found)
        worlds += bool(accused(found))
    print(f"planted, then swapped ({len(seeds)} worlds): {worlds} with an accusation, {dict(said)}")


def large() -> None:
    """Prints the line of one world of 100,000 accounts."""
    seen: Counted = Counter()
    _count(seen, 500, Plan(accounts=100_000, groups=LARGE))
    show("100,000 accounts", seen)


SECTIONS: dict[str, Callable[[], None]] = {
    "planted": partial(_table, PLANTED), "stress": stress, "hearsay": partial(_table, HEARSAY),
    "prevalence": prevalence,
    "nothing": nothing, "swapped": swaps, "large": large,
}  # fmt: skip


def main() -> None:
    """Prints the tables of docs/measured/citation-loop.md, or the sections named."""
    for name in sys.argv[1:] or SECTIONS:
        SECTIONS[name]()


if __name__ == "__main__":
    main()
