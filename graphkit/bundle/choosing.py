# SPDX-License-Identifier: GPL-3.0-or-later
"""Which findings go into a bundle: those that accuse nobody, and others that were reviewed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphkit.case import judgements, standing_judgements
from graphkit.errors import BundleError, UnknownNameError
from graphkit.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.bundle.contents import Scope
    from graphkit.case import Case, Run

Record = dict[str, Any]
_ORDER = {"strong": 0, "moderate": 1, "weak": 2, None: 3}


@dataclass(frozen=True)
class Choice:
    """The records that go in, accusing ones first, by falling score; and those that do not.

    Each record has `reviewed` (somebody judged it, and nobody otherwise) and `contested` (two
    people judged it differently). `left_out` has the same records under unreviewed and rejected.
    """

    records: list[Record]
    left_out: Mapping[str, list[Record]]


def chosen_findings(case: Case, all_runs: Sequence[Run], scope: Scope) -> Choice:
    """What a bundle of `scope` takes in of the findings of `all_runs`.

    Findings without a grade accuse nobody and go in always: they are the exculpatory record. A
    graded one goes in when it is reviewed and not rejected; a rejected one only where it is asked
    for by its id.

    Raises:
        UnknownNameError: no such finding.
        BundleError: an unreviewed finding is asked for, and the scope takes none in.
    """
    states = Reviews.of(case)
    known = [states.told(record) for run in all_runs for record in run.findings]
    asked = _asked(known, scope)
    left: dict[str, list[Record]] = {"unreviewed": [], "rejected": []}
    chosen: list[Record] = []
    for record in asked:
        why = _left_out(record, scope, rejected=states.rejected)
        (chosen if why is None else left[why]).append(record)
    if scope.finding_ids is not None and left["unreviewed"]:
        raise BundleError(_refusal(left["unreviewed"]))
    chosen.sort(
        key=lambda r: (_ORDER[r["grade"]], r["kind"], -r["score"], r["finding_id"], r["run_id"])
    )
    return Choice(chosen, left)


def _asked(known: Sequence[Record], scope: Scope) -> list[Record]:
    if scope.finding_ids is None:
        return list(known)
    ids = {str(record["finding_id"]) for record in known}
    for each in sorted(scope.finding_ids):
        if each not in ids:
            raise UnknownNameError.among("finding", each, ids)
    return [record for record in known if record["finding_id"] in scope.finding_ids]


def _left_out(record: Record, scope: Scope, *, rejected: frozenset[str]) -> str | None:
    """Why the record stays out: unreviewed, rejected, or None where it goes in."""
    if record["grade"] is None:
        return None
    if not record["reviewed"]:
        return None if scope.unreviewed else "unreviewed"
    if record["finding_id"] in rejected and scope.finding_ids is None:
        return "rejected"
    return None


def _refusal(left: Sequence[Record]) -> str:
    first = left[0]["finding_id"]
    why = "two people judged it differently" if left[0]["contested"] else "nobody reviewed it"
    return (
        f"finding {first}: {why}; run graphkit review CASE {first} VERDICT --note ... --by ..., "
        "or take it in, marked, with --unreviewed"
    )


def nothing_left(choice: Choice) -> str | None:
    """Why nothing is left to bundle where findings were left out and none goes in, else None."""
    counts = {why: count_of(records) for why, records in choice.left_out.items()}
    if choice.records or not any(counts.values()):
        return None
    said = " and ".join(
        f"{count} {'that nobody reviewed' if why == 'unreviewed' else 'rejected'}"
        for why, count in counts.items()
        if count
    )
    return (
        f"nothing to bundle: of the findings {said} stay out; run graphkit review CASE FINDING "
        "VERDICT --note ... --by ..., or take unreviewed ones in, marked, with --unreviewed"
    )


def count_of(records: Sequence[Record], name: str = "finding_id") -> int:
    """How many findings (by the id called `name`) the records are of: several runs find one."""
    return len({record[name] for record in records})


@dataclass(frozen=True)
class Reviews:
    """The findings that are judged, rejected, and judged differently by two people."""

    judged: frozenset[str]
    rejected: frozenset[str]
    contested: frozenset[str]

    @classmethod
    def of(cls, case: Case) -> Reviews:
        """Those of the case."""
        said: dict[str, dict[str, str]] = defaultdict(dict)
        for each in judgements(case):
            said[each["finding_id"]][each["by"].strip().casefold()] = each["verdict"]
        verdicts = {
            name: {each for each in by.values() if each != Verdict.WITHDRAWN}
            for name, by in said.items()
        }
        last = {name: each["verdict"] for name, each in standing_judgements(case).items()}
        contested = frozenset(name for name, each in verdicts.items() if len(each) > 1)
        rejected = {name for name, verdict in last.items() if verdict == Verdict.REJECTED}
        return cls(frozenset(last) - contested, frozenset(rejected) - contested, contested)

    def told(self, record: Record) -> Record:
        """The record with `reviewed` and `contested`."""
        name = record["finding_id"]
        return {**record, "reviewed": name in self.judged, "contested": name in self.contested}
