# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs that people use. Commands, pages and scripts all call these."""

from graphkit.investigation.by_hand import Sighting, add_by_hand, attach
from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.ledgers import Ledger
from graphkit.investigation.placing import placement
from graphkit.investigation.reviewing import name_account, review
from graphkit.investigation.sealing import seal, verify
from graphkit.investigation.tracing import trace_story
from graphkit.text.visible import defused, visible

__all__ = [
    "Ledger",
    "Sighting",
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
