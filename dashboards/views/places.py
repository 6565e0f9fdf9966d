# SPDX-License-Identifier: GPL-3.0-or-later
"""The places of one hot list: which ranks are kept, where topics come in, what was not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.views.ranking import lists
from graphkit.investigation.placing import PlacePicture, place_picture

if TYPE_CHECKING:
    from dashboards.snapshot import Record, Snapshot
    from graphkit.tables import Corpus

KIND = "ranking-placement"


def picture(snapshot: Snapshot, list_id: str) -> PlacePicture:
    """What the picture of the list shows."""
    return snapshot.once(_picture, list_id, snapshot.case.zone)


def _picture(corpus: Corpus, list_id: str, zone: str) -> PlacePicture:
    return place_picture(corpus.rankings, list_id, zone=zone)


def findings_on(snapshot: Snapshot, list_id: str) -> list[Record]:
    """The findings on places of the list that were tested, by outcome and rank."""
    own = [
        f
        for f in snapshot.findings
        if f["outcome"] != "insufficient" and list_of(snapshot, f) == list_id
    ]
    return sorted(own, key=lambda f: (f["outcome"], f["measures"].get("rank", 0), f["finding_id"]))


def list_of(snapshot: Snapshot, finding: Record) -> str | None:
    """The list that a finding on places is about: its rows' keys begin with it."""
    if finding["kind"] != KIND or not finding["evidence"]:
        return None
    key = finding["evidence"][0]["key"]
    return max((n for n in lists(snapshot) if key.startswith(f"{n}|")), key=len, default=None)
