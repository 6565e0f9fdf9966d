# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding: one statement about rows, with the rows, its chance, and innocent explanations."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from graphkit.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Grade(StrEnum):
    """How strong the evidence for an accusing outcome is. Exonerating outcomes have none."""

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"


class CaveatOutcome(StrEnum):
    """What the test of an innocent explanation gave."""

    WEAKENS = "weakens"
    STANDS = "stands"
    UNTESTED = "untested"


@dataclass(frozen=True)
class Caveat:
    """An innocent explanation and the outcome of its test.

    `weakens`: it may explain the rows; `stands`: the finding stands against it; `untested`: the
    data could not tell, and `detail` says why.
    """

    hypothesis: str
    test: str
    outcome: CaveatOutcome
    detail: str


def tested_caveat(hypothesis: str, test: str, *, explains: bool | None, detail: str) -> Caveat:
    """The caveat of a test that explains the rows (weakens), does not (stands) or could not run."""
    outcomes = {
        True: CaveatOutcome.WEAKENS,
        False: CaveatOutcome.STANDS,
        None: CaveatOutcome.UNTESTED,
    }
    return Caveat(hypothesis, test, outcomes[explains], detail)


@dataclass(frozen=True, order=True)
class EvidenceRow:
    """One row to look at: its table, its key (`Table.row_key`) and the part that it plays."""

    table: str
    key: str
    role: str


@dataclass(frozen=True)
class NullModel:
    """What chance would make: the model, the expected count, and the tests among which this is one.

    Where no null model applies, `reason` says why and the numbers are None.
    """

    name: str | None = None
    expected: float | None = None
    tests_made: int | None = None
    family: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Subjects:
    """What a finding is about, each a sorted tuple of ids."""

    accounts: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One statement of a detector. `grade` is None for outcomes that exonerate.

    `summary` is one plain sentence about rows, without motives and without account names (ids
    are given in `subjects`). `score` (0..1) orders findings inside one detector only. `measures`
    are numbers by name; `window` is the first and last time of the evidence.
    """

    kind: str
    outcome: str
    grade: Grade | None
    score: float
    summary: str
    subjects: Subjects
    evidence: tuple[EvidenceRow, ...]
    caveats: tuple[Caveat, ...]
    null_model: NullModel
    p_value: float | None = None
    q_value: float | None = None
    window: tuple[datetime, datetime] | None = None
    measures: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def finding_id(self) -> str:
        """Hash of kind, subjects and all evidence keys: the same on any machine."""
        keys = sorted({(row.table, row.key, row.role) for row in self.evidence})
        subjects = {name: sorted(ids) for name, ids in asdict(self.subjects).items()}
        return stable_id([self.kind, subjects, keys])


def rounded(value: float | None) -> float | None:
    """`value` with 12 significant digits, so that the same result has the same bytes."""
    return None if value is None else float(f"{value:.12g}")
