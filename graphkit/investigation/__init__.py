# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs that people use. Commands, pages and scripts all call these."""

from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import Ledger, ingest
from graphkit.investigation.placing import placement
from graphkit.investigation.reviewing import add_by_hand, attach, name_account, review
from graphkit.investigation.sealing import seal, verify
from graphkit.investigation.tracing import trace_story
from graphkit.text.visible import defused, visible

__all__ = [
    "Ledger",
    "add_by_hand",
    "attach",
    "defused",
    "detect",
    "ingest",
    "name_account",
    "placement",
    "review",
    "seal",
    "trace_story",
    "verify",
    "visible",
]
