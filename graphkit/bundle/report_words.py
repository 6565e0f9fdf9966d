# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader asks of a finding, in plain words: how sure, held where, what else, who judged."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from graphkit.bundle.markup import figure
from graphkit.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.bundle.contents import Beside

Record = dict[str, Any]
GRADES = {
    "strong": "strong: the most that the tests of this method can give",
    "moderate": "moderate: more than a lead, less than the most that the tests can give",
    "weak": "weak: a lead, which says where to look",
    None: "no grade: it accuses nobody",
}
NOT_REVIEWED = "Not reviewed"
CONTESTED = "Contested"
REVIEWED = "Reviewed"
_MARKS = {
    NOT_REVIEWED: "nobody has judged this finding. Do not pass it on as a conclusion.",
    CONTESTED: "people judged this finding differently. Do not pass it on as a conclusion.",
}
BY_HAND = "-added-by-hand.jsonl"  # how the case calls files of rows that a person wrote
_LEAST_TOLD = 1e-9


def state_of(record: Mapping[str, Any]) -> str:
    """Whether the finding is reviewed, contested, or not reviewed."""
    if record["contested"]:
        return CONTESTED
    return REVIEWED if record["reviewed"] else NOT_REVIEWED


def mark_of(record: Mapping[str, Any]) -> str | None:
    """The words that stand wherever the finding stands; None where somebody reviewed it."""
    state = state_of(record)
    return None if state == REVIEWED else f"{state}: {_MARKS[state]}"


def by_finding(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The judgements or notes of each finding, by the bundle's id, in their order."""
    found: dict[str, list[Record]] = defaultdict(list)
    for each in records:
        found[each["bundle_finding_id"]].append(each)
    return dict(found)


def judged(judgements: Sequence[Record], record: Mapping[str, Any]) -> list[Record]:
    """The judgements of the finding that stand, one a person, oldest first."""
    name = record["bundle_finding_id"]
    last = {
        each["by"].strip().casefold(): each
        for each in judgements
        if each["bundle_finding_id"] == name
    }
    return [each for each in last.values() if each["verdict"] != Verdict.WITHDRAWN]


def review_words(judgements: Sequence[Record], record: Mapping[str, Any]) -> str:
    """The state of review: whose verdict, and when."""
    said = [f"{j['verdict']} by {j['by']}, {j['at'][:10]}" for j in judged(judgements, record)]
    state = state_of(record)
    return "; ".join(said) if state == REVIEWED else "; ".join([state, *said])


def consistent_words(beside: Beside, record: Mapping[str, Any]) -> str:
    """What the rows are consistent with; the outcome's name where its meaning is not known."""
    said = beside.outcomes.get(record["kind"], {}).get(record["outcome"])
    return f"Consistent with: {record['outcome'] if said is None else said}."


def held_words(beside: Beside, record: Mapping[str, Any]) -> str:
    """In how many other runs the finding holds; that nobody knows where there is none."""
    held = beside.held.get((record["run_id"], record["case_finding_id"]))
    if held is None:
        return "not compared with other runs"
    if held[1] == 0:
        return "one run only: it was not tried with other parameters"
    return f"holds in {held[0]} of {held[1]} other runs, made with other parameters"


def chance_words(record: Mapping[str, Any]) -> str:
    """What chance alone would make, in a sentence or two."""
    null = record["null_model"]
    if null.get("name") is None:
        return f"No null model applies: {null.get('reason', 'no reason given')}."
    expected = figure(null.get("expected"))
    tests = figure(null.get("tests_made"))
    said = f"Expected by chance: {expected} (null model: {null['name']}; tests made: {tests})."
    p, q = record["p_value"], record["q_value"]
    if p is not None:
        said += f" p = {figure(p)}: chance alone would give as much {odds(p)}."
    return said if q is None else f"{said} q = {figure(q)}, which counts that much was tested."


def odds(p: float) -> str:
    """How often, for a probability.

    >>> odds(0.005), odds(0.3), odds(1e-12)
    ('about once in 200 tries', 'in about 30 of 100 tries', 'less than once in 1,000,000,000 tries')
    """
    if p < _LEAST_TOLD:
        return f"less than once in {1 / _LEAST_TOLD:,.0f} tries"
    if p >= 0.1:
        return f"in about {100 * p:.0f} of 100 tries"
    return f"about once in {float(f'{1 / p:.2g}'):,.0f} tries"


def doubts(record: Mapping[str, Any], *, in_short: bool = False) -> list[tuple[str, str]]:
    """What could be wrong, the gravest first: explanations by the outcome of their tests."""
    by: dict[str, list[str]] = {"weakens": [], "untested": [], "stands": []}
    for each in record["caveats"]:
        by[each["outcome"]].append(each["hypothesis"])
    if not record["caveats"]:
        return [("Not tested", "no other explanation is on record; take all as not tested")]
    told = [("May explain the rows", by["weakens"]), ("Not tested", by["untested"])]
    said = [(name, "; ".join(found)) for name, found in told if found]
    count = len(by["stands"])
    if count:
        rest = "" if in_short else ", with how each was tested"
        said.append(("Tested", f"{count} that do not explain the rows{rest}"))
    return said
