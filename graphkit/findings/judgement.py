# SPDX-License-Identifier: GPL-3.0-or-later
"""A judgement: a person's verdict on a finding. It never edits the finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a person says of a finding. `withdrawn` takes the last judgement back: nobody judged."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    NEEDS_SOURCE = "needs-source"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Judgement:
    """Who judged which finding how, when (ISO 8601, UTC), and why."""

    finding_id: str
    verdict: Verdict
    note: str
    by: str
    at: str
