# SPDX-License-Identifier: GPL-3.0-or-later
"""What the overview says: how much there is, what to look at first, what was not tested."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from dashboards.snapshot import account_ids
from dashboards.views.runs import told
from graphkit.investigation.holding import same_group
from graphkit.investigation.plugins import detectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboards.snapshot import Record, Snapshot
    from graphkit.case import Run
    from graphkit.tables import Corpus

PAGE_SIZE = 20
FILES_SHOWN = 20


@dataclass(frozen=True)
class Counts:
    """Rows of the case, and the first and last time in them."""

    accounts: int
    posts: int
    actions: int
    rankings: int
    files: int
    start: Any
    end: Any


def counts(snapshot: Snapshot) -> Counts:
    """How much the case holds. Accounts are those that occur in any table."""
    corpus = snapshot.corpus
    start, end = snapshot.once(_times)
    files = corpus.sources.height
    sizes = (corpus.posts.height, corpus.actions.height, corpus.rankings.height)
    return Counts(snapshot.once(account_ids).len(), *sizes, files, start, end)


def _times(corpus: Corpus) -> tuple[Any, Any]:
    times = pl.concat(
        [corpus.posts["created_at"], corpus.actions["acted_at"], corpus.rankings["snapshot_at"]]
    )
    return times.min(), times.max()


def caveat_counts(finding: Record) -> Counter[str]:
    """How many innocent explanations stand refuted, weaken the finding, or were not tested."""
    return Counter(caveat["outcome"] for caveat in finding["caveats"])


def once(snapshot: Snapshot) -> list[Record]:
    """Each group once: as the run over the newest rows with the fewest changes found it.

    A finding that somebody judged or put into the basket stays.
    """
    marked = {*snapshot.judgements(), *snapshot.basket()}
    kept: dict[str, list[Record]] = {}
    for run in sorted(snapshot.runs, key=lambda run: _distance(snapshot, run)):
        before = kept.setdefault(run.detector, [])
        new = [f for f in run.findings if not any(same_group(f, each) for each in before)]
        kept[run.detector] = before + new
    first = {each["finding_id"] for found in kept.values() for each in found}
    return [f for f in snapshot.findings if f["finding_id"] in first | marked]


def _distance(snapshot: Snapshot, run: Run) -> tuple[bool, int, str]:
    """How far a run is from one over all rows of the case with the default parameters."""
    known = detectors().get(run.detector)
    changes = 0 if known is None else len(told(known, run.recipe["params"]))
    return run.recipe["imports"] != snapshot.imports, changes, run.run_id


def chosen(findings: Sequence[Record], *, kind: str | None, grade: str | None) -> list[Record]:
    """The findings of a kind and a grade; `none` is the grade of outcomes that accuse nobody."""
    return [
        finding
        for finding in findings
        if (kind is None or finding["kind"] == kind)
        and (grade is None or (finding["grade"] or "none") == grade)
    ]


def subject_counts(finding: Record) -> dict[str, int]:
    """How many accounts, posts, topics, urls and claims the finding is about, where any."""
    return {name: len(ids) for name, ids in finding["subjects"].items() if ids}


def ledger(sources: Sequence[Record]) -> list[dict[str, Any]]:
    """One line an imported file: file, importer, collection, the counts, reasons of rejects.

    Files that one importer read in one command are one line where they are more than twenty.
    """
    together: dict[tuple[str, str], list[Record]] = {}
    for source in sources:
        together.setdefault((source["batch_id"], source["importer"]), []).append(source)
    lines = []
    for group in together.values():
        many = len(group) > FILES_SHOWN
        lines += [_line(group)] if many else [_line([source]) for source in group]
    return lines


def _line(sources: Sequence[Record]) -> dict[str, Any]:
    more = f" (+ {len(sources) - 1:,})" if len(sources) > 1 else ""
    return {
        "file": f"{sources[0]['file']}{more}",
        **{name: sources[0][name] for name in ("importer", "collection")},
        **rows_read(sources),
        "reasons": _reasons([each for s in sources for each in s["reasons"]["rejected"]]),
        "warnings": _reasons([each for s in sources for each in s["reasons"]["warning"]]),
    }


def _reasons(problems: Sequence[Sequence[Any]]) -> list[tuple[str, int, list[int]]]:
    """Each reason once: how often, and the first lines."""
    counts: Counter[str] = Counter()
    lines: dict[str, list[int]] = {}
    for reason, count, first in problems:
        counts[reason] += count
        lines.setdefault(reason, []).extend(first)
    ranked = sorted(counts, key=lambda reason: (-counts[reason], reason))
    return [(reason, counts[reason], sorted(lines[reason])[:5]) for reason in ranked]


def rows_read(sources: Sequence[Record]) -> dict[str, int]:
    """How many rows of all files were read, accepted, duplicate and rejected."""
    names = ("rows_read", "accepted", "duplicate", "rejected")
    return {name: sum(source[name] for source in sources) for name in names}


def untested_count(snapshot: Snapshot) -> int:
    """How many innocent explanations of graded findings nobody could test."""
    graded = (f for f in snapshot.findings if f["grade"] is not None)
    return sum(caveat_counts(finding)["untested"] for finding in graded)


def missing_values(snapshot: Snapshot) -> list[tuple[str, str, int, int]]:
    """Columns whose gaps weaken tests: table, column, how many null, of how many."""
    asked = (
        *(("posts", "created_at"), ("posts", "source_label"), ("posts", "client")),
        *(("actions", "acted_at"), ("accounts", "created_at"), ("rankings", "rank")),
    )
    found = []
    for table, column in asked:
        frame = snapshot.corpus.table(table)
        nulls = frame[column].null_count()
        if nulls:
            found.append((table, column, nulls, frame.height))
    return found


def not_tested(snapshot: Snapshot) -> list[tuple[str, list[str]]]:
    """Detectors without an answer: (name, tables without rows), or no tables when it never ran."""
    ran: dict[str, list[str]] = {}
    for run in snapshot.runs:
        missing = list(run.recipe.get("not_tested", []))
        ran[run.detector] = ran.get(run.detector, missing) and missing
    never: list[tuple[str, list[str]]] = [(name, []) for name in detectors() if name not in ran]
    return [(name, missing) for name, missing in sorted(ran.items()) if missing] + never
