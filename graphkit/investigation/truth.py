# SPDX-License-Identifier: GPL-3.0-or-later
"""Holding findings against the truth of an invented world: found, missed, wrongly accused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Record = dict[str, Any]
SAME = 0.5  # Jaccard overlap at which a finding is about a planted group
ORDER = {"strong": 3, "moderate": 2, "weak": 1, None: 0}


@dataclass(frozen=True)
class Verdict:
    """One group of the world: what it is, whether all is well, and what was said of it."""

    name: str
    is_planted: bool
    is_well: bool
    said: str


def _overlap(found: Collection[str], wanted: Collection[str]) -> float:
    both = len(set(found) & set(wanted))
    return both / len(set(found) | set(wanted)) if both else 0.0


def _about(record: Record, group: Record) -> float:
    subjects = record["subjects"]
    return max(_overlap(subjects[name], group[name]) for name in ("accounts", "topics", "urls"))


def _kinds(records: Sequence[Record]) -> set[str]:
    return {r["kind"] for r in records}


def _strongest(records: Sequence[Record]) -> Record:
    return max(records, key=lambda r: (ORDER[r["grade"]], r["score"]))


def planted(
    group: Record, records: Sequence[Record], *, kinds: Collection[str], origin: str | None
) -> Verdict:
    """What became of a planted group; `kinds` are those that the installed detectors can find.

    `origin` is the post that the trace named as the probable origin, for the group whose first
    post was deleted. A finding counts by its outcome where the group names outcomes, which need
    no grade (a fact about a list accuses nobody), else when it has a grade.
    """
    root = group.get("deleted_root")
    if root is not None:
        well = origin == root["post_id"]
        said = f"trace names {'the deleted first post' if well else origin or 'no single post'}"
        return Verdict(group["name"], is_planted=True, is_well=well, said=said)
    wanted = {each["kind"]: each["outcomes"] for each in group["expected"]}
    visible = sorted(set(wanted) & set(kinds))
    hits = [
        r
        for r in records
        if r["kind"] in visible
        and (
            r["grade"] is not None
            if wanted[r["kind"]] is None
            else r["outcome"] in wanted[r["kind"]]
        )
        and _about(r, group) >= SAME
    ]
    if hits:
        best = [
            _strongest([r for r in hits if r["kind"] == k]) for k in visible if k in _kinds(hits)
        ]
        said = "; ".join(f"{r['kind']}: {r['outcome']}, {r['grade'] or 'no grade'}" for r in best)
        return Verdict(group["name"], is_planted=True, is_well=True, said=said)
    said = f"missed by {', '.join(visible)}" if visible else "no detector yet: " + ", ".join(wanted)
    return Verdict(group["name"], is_planted=True, is_well=False, said=said)


def innocent(group: Record, records: Sequence[Record], plants: Sequence[Record]) -> Verdict:
    """The strongest grade that any finding gives to a group of innocents; above weak is a fault.

    A finding is about the group when most of its accounts are the group's, and is not counted
    when it is about a planted group.
    """
    members = set(group["accounts"])
    about = [
        r
        for r in records
        if r["subjects"]["accounts"]
        and len(members & set(r["subjects"]["accounts"])) > len(r["subjects"]["accounts"]) / 2
        and not any(_about(r, plant) >= SAME for plant in plants)
    ]
    if not about:
        return Verdict(group["name"], is_planted=False, is_well=True, said="nothing said of it")
    worst = _strongest(about)
    said = f"{worst['kind']}: {worst['outcome']}, {worst['grade'] or 'no grade'}"
    return Verdict(group["name"], is_planted=False, is_well=ORDER[worst["grade"]] < 2, said=said)


def compare(
    truth: Mapping[str, Any],
    records: Sequence[Record],
    *,
    kinds: Collection[str],
    origin: str | None,
) -> list[Verdict]:
    """A verdict for each group of the world, planted ones first, and one for all other findings."""
    plants, innocents = truth["planted"], truth["innocent"]
    verdicts = [planted(group, records, kinds=kinds, origin=origin) for group in plants]
    verdicts += [innocent(group, records, plants) for group in innocents]
    known = [*plants, *innocents]
    stray = [
        r
        for r in records
        if ORDER[r["grade"]] > 1 and not any(_about(r, group) > 0 for group in known)
    ]
    said = f"{len(stray)} findings above weak about nobody in particular"
    return [*verdicts, Verdict("everyone else", is_planted=False, is_well=not stray, said=said)]
