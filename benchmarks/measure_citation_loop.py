# SPDX-License-Identifier: GPL-3.0-or-later
"""Precision, recall and false accusations of citation-loop in invented worlds.

Seeds under 200 were looked at while the rules were made; those below were not.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.citation_world import GUILTY, INNOCENT, Plan, make_world
from graphkit.detectors.citation_loop import DETECTOR, Params
from graphkit.findings import Grade
from graphkit.graphs.citation import citation_graph
from graphkit.graphs.citation_groups import account_rows
from graphkit.graphs.swap_null import swapped
from graphkit.tables import CITATIONS, Corpus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphkit.findings import Finding

SAME = 0.5
"""Jaccard index of accounts from which a finding is about a planted group."""
SETTINGS = {
    "as planned": (range(200, 210), Plan()),
    "few stories (4 to 10)": (range(210, 213), Plan(stories=(4, 11))),
    "many stories (40 to 100)": (range(214, 217), Plan(stories=(40, 101))),
    "guilty fake an outlet on 30 % of stories": (range(217, 220), Plan(faked=0.3)),
    "guilty fake an outlet on 60 %": (range(221, 224), Plan(faked=0.6)),
    "half of the innocents' sources unread": (range(225, 228), Plan(unnamed=0.5)),
    "90 % of the innocents' sources unread": (range(229, 232), Plan(unnamed=0.9)),
    "90 % of everybody's sources unread": (range(233, 236), Plan(unread=0.9)),
}


def _accused(findings: Iterable[Finding]) -> list[Finding]:
    return [each for each in findings if DETECTOR.outcomes[each.outcome].accuses]


def _overlap(found: Iterable[str], wanted: Iterable[str]) -> float:
    a, b = set(found), set(wanted)
    return len(a & b) / len(a | b)


def _plants(name: str, seeds: range, plan: Plan) -> None:
    """Prints what became of each kind of planted group."""
    said: Counter[tuple[str, str]] = Counter()
    accounts: Counter[str] = Counter()
    for seed in seeds:
        corpus, truth = make_world(seed, plan)
        findings = list(DETECTOR.detect(corpus, Params()))
        kind_of = {m: kind for kind, groups in truth.items() for g in groups for m in g}
        for finding in _accused(findings):
            members = [kind_of.get(m, "background") for m in finding.subjects.accounts]
            accounts.update(members)
            if finding.grade is not Grade.WEAK:
                accounts.update(f"{kind}, not weakly" for kind in members)
        for kind, groups in truth.items():
            for group in groups:
                accounts[f"all {kind}"] += len(group)
                best = max(
                    ((_overlap(f.subjects.accounts, group), _said(f)) for f in findings),
                    default=(0.0, "nothing"),
                )
                said[kind, best[1] if best[0] >= SAME else "nothing"] += 1
    wrong = sum(n for kind, n in accounts.items() if kind in (*INNOCENT, "background"))
    right = sum(accounts[kind] for kind in GUILTY)
    print(f"\n{name} ({len(seeds)} worlds): {right} accused accounts guilty, {wrong} not")
    for kind in (*GUILTY, *INNOCENT):
        told = ", ".join(f"{n} {what}" for (k, what), n in sorted(said.items()) if k == kind)
        every, strict = accounts[f"all {kind}"], accounts[f"{kind}, not weakly"]
        share = f"{accounts[kind] / every:.3f} (moderate {strict / every:.3f})"
        print(f"  {kind:<16} accounts accused {share}; groups: {told}")
    print(f"  background accounts accused: {accounts['background']}")


def _said(finding: Finding) -> str:
    return finding.outcome if finding.grade is None else f"{finding.outcome} ({finding.grade})"


def _nulls(seeds: range) -> None:
    """Prints what is said where nothing is planted."""
    said: Counter[str] = Counter()
    for seed in seeds:
        corpus, _ = make_world(seed, replace(Plan(), groups={}))
        said.update(_said(finding) for finding in DETECTOR.detect(corpus, Params()))
    print(f"\nnothing planted ({len(seeds)} worlds): {dict(sorted(said.items()))}")


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


def _swaps(seeds: range) -> None:
    """Prints what is said of planted worlds after their citations were swapped."""
    said: Counter[str] = Counter()
    for seed in seeds:
        corpus, _ = make_world(seed, Plan())
        found = DETECTOR.detect(_swapped_world(corpus, seed), Params())
        said.update(_said(finding) for finding in found)
    print(f"\nplanted, then swapped ({len(seeds)} worlds): {dict(sorted(said.items()))}")


def main() -> None:
    """Prints the table of docs/measured/citation-loop.md."""
    for name, (seeds, plan) in SETTINGS.items():
        _plants(name, seeds, plan)
        sys.stdout.flush()
    _nulls(range(240, 260))
    _swaps(range(260, 266))


if __name__ == "__main__":
    main()
