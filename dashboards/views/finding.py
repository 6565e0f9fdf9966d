# SPDX-License-Identifier: GPL-3.0-or-later
"""One finding: its rows, loops hop by hop, and where its subjects can be looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from dashboards.views.rows import described
from dashboards.words import catalogue
from graphkit import case as cases

if TYPE_CHECKING:
    from dashboards.snapshot import Record, Snapshot

_HOP = re.compile(r"loop (\d+) hop (\d+)")


def evidence(snapshot: Snapshot, finding: Record) -> pl.DataFrame:
    """All rows behind the finding, described; see `rows.described`."""
    rows = cases.evidence(snapshot.case, finding["run_id"], finding["finding_id"])
    return described(snapshot.corpus, rows.select("table", "key", "role"))


def measures(finding: Record) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """The measures that the catalogue names, and the others; where it names none, eight."""
    pairs = list(finding["measures"].items())
    named = [pair for pair in pairs if f"measure.{pair[0]}" in catalogue()]
    main = named if named else pairs[:8]
    return main, [pair for pair in pairs if pair not in main]


def others_of_kind(snapshot: Snapshot, finding: Record) -> list[Record]:
    """The other findings of its kind: graded ones first, then those found ordinary."""
    same = [f for f in snapshot.findings if f["kind"] == finding["kind"]]
    others = [f for f in same if f["finding_id"] != finding["finding_id"]]
    return sorted(others, key=lambda each: each["grade"] is None)


def main_act(snapshot: Snapshot, rows: pl.DataFrame) -> str | None:
    """The act of most of the rows; None where no row is an action."""
    keys = rows.filter(pl.col("table") == "actions")["key"]
    acts = snapshot.corpus.actions.filter(pl.col("action_id").is_in(keys.implode()))
    counts = acts.group_by("act").len().sort(["len", "act"], descending=[True, False])
    return str(counts["act"][0]) if counts.height else None


def loops(rows: pl.DataFrame) -> list[list[dict[str, object]]]:
    """The loops among the rows, each as its hops in order: hop, and the columns of the row."""
    found: dict[int, list[tuple[int, dict[str, object]]]] = {}
    hops = rows.filter(pl.col("role").str.contains(_HOP.pattern))
    for row in hops.to_dicts():
        match = _HOP.search(row["role"])
        if match is not None:
            found.setdefault(int(match[1]), []).append((int(match[2]), row))
    return [
        [
            {"hop": hop, **row}
            for hop, row in sorted(found[loop], key=lambda each: (each[0], str(each[1]["key"])))
        ]
        for loop in sorted(found)
    ]


def other_records(snapshot: Snapshot, finding: Record) -> list[Record]:
    """The same finding under other parameters."""
    same = [f for f in cases.findings(snapshot.case) if f["finding_id"] == finding["finding_id"]]
    return [record for record in same if record["run_id"] != finding["run_id"]]
