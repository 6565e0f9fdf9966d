# SPDX-License-Identifier: GPL-3.0-or-later
"""In which other runs of its detector a finding holds: computed over finished findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.case import Run

LEAST_SHARED = 0.5
"""Accounts and topics in common, of those in either, for two findings to be about one group."""


@dataclass(frozen=True)
class OtherRun:
    """Another run over the same imports: what it was told otherwise, and what it said of the group.

    `outcome` and `grade` are None where the run found no such group; `shared` is the share of
    accounts and topics in common.
    """

    run_id: str
    told: Mapping[str, Any]
    outcome: str | None
    grade: str | None
    shared: float


def other_runs(made: Sequence[Run], record: Mapping[str, Any]) -> list[OtherRun]:
    """The runs in `made` of the record's detector over the same imports, its own left out."""
    every = [run for run in made if run.detector == record["detector"]]
    own = next(run for run in every if run.run_id == record["run_id"])
    beside = [
        run
        for run in every
        if run.run_id != own.run_id
        and run.recipe["imports"] == own.recipe["imports"]
        and run.recipe["versions"] == own.recipe["versions"]
        and not run.recipe["not_tested"]
    ]
    return [_held(run, own, record) for run in sorted(beside, key=lambda run: run.run_id)]


def _held(run: Run, own: Run, record: Mapping[str, Any]) -> OtherRun:
    params, ours = run.recipe["params"], own.recipe["params"]
    told = {name: value for name, value in params.items() if value != ours.get(name)}
    same = [each for each in run.findings if each["kind"] == record["kind"]]
    shares = [(_shared(each, record), each) for each in same]
    best, match = max(shares, key=lambda pair: pair[0], default=(0.0, None))
    if match is None or best < LEAST_SHARED:
        return OtherRun(run.run_id, told, None, None, best)
    return OtherRun(run.run_id, told, match["outcome"], match["grade"], best)


def same_group(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two findings are of one kind and about one group."""
    return bool(one["kind"] == other["kind"] and _shared(one, other) >= LEAST_SHARED)


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Accounts and topics of both records, of those in either."""
    a, b = (
        {(name, each) for name in ("accounts", "topics") for each in of["subjects"].get(name, [])}
        for of in (one, other)
    )
    return len(a & b) / len(a | b) if a | b else 0.0
