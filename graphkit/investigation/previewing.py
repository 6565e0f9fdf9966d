# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bundle would take in, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.bundle.choosing import chosen_findings
from graphkit.bundle.contents import Scope
from graphkit.case import runs

if TYPE_CHECKING:
    from collections.abc import Collection

    from graphkit.case import Case


def bundled_records(case: Case, finding_ids: Collection[str]) -> list[dict[str, Any]]:
    """The records of these findings as a bundle that takes in unreviewed ones holds them.

    Each has `reviewed` and `contested` beside its own fields. Without `--unreviewed` those with a
    grade that are not reviewed stay out.

    Raises:
        UnknownNameError: no such finding.
    """
    return chosen_findings(case, runs(case), Scope(finding_ids, unreviewed=True)).records
