# SPDX-License-Identifier: GPL-3.0-or-later
"""Ties between bundled findings and traced stories, with the keys and pseudonyms of the bundle."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.coarse import coarse_times

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

Record = dict[str, Any]
STORY = "pushed-story"
SIDES = ("rows", "other_rows")
APART = ("finding_id", "other_id", *SIDES)


def bundled_ties(
    ties: Sequence[Record], finding_ids: Collection[str], *, in_full: bool
) -> list[Record]:
    """The ties all of whose findings are among `finding_ids`; stories are in every bundle.

    The times of a push's first and last row are cut to the hour unless texts and times are whole.
    """
    return [
        tie if in_full else {**tie, "course": _coarse(tie["course"])}
        for tie in ties
        if tie["finding_id"] in finding_ids
        and (tie["kind"] == STORY or tie["other_id"] in finding_ids)
    ]


def _coarse(course: Record) -> Record:
    """Times of snapshots of the list are the platform's and stay."""
    times = ("first_at", "last_at")
    return {name: coarse_times(v) if name in times else v for name, v in course.items()}


def tied_keys(ties: Sequence[Record]) -> pl.DataFrame:
    """The rows that the ties rest on: table, key."""
    rows = [(row["table"], row["key"]) for tie in ties for side in SIDES for row in tie[side]]
    return pl.DataFrame(rows, schema={"table": pl.String, "key": pl.String}, orient="row").unique()


def tie_records(
    ties: Sequence[Record],
    mask: Callable[[Any], Any],
    new_ids: Mapping[str, str],
    rows: Mapping[str, pl.DataFrame],
) -> list[Record]:
    """The ties as a bundle holds them, in the order of `ties`.

    `mask` gives a JSON value its pseudonyms, `new_ids` are the bundle's ids of findings by the
    case's, `rows` as by `rows.masked_rows`. A tie to a finding has bundle_other_id, one to a story
    claim_id; each side's rows are sorted by table, key and role.
    """
    asked = tied_keys(ties)
    keys = {
        (name, key): new
        for name, frame in rows.items()
        for key, new in frame.select("key", "new_key")
        .join(asked.filter(pl.col("table") == name), on="key", how="semi")
        .rows()
    }
    said = mask([{k: v for k, v in tie.items() if k not in APART} for tie in ties])
    claims = mask([tie["other_id"] if tie["kind"] == STORY else None for tie in ties])
    found = []
    for tie, masked, claim_id in zip(ties, said, claims, strict=True):
        sides = {side: _placed(tie[side], keys) for side in SIDES}
        ids = {
            "bundle_finding_id": new_ids[tie["finding_id"]],
            "bundle_other_id": new_ids.get(tie["other_id"]),
            "claim_id": claim_id,
        }
        found.append({**masked, **ids, **sides})
    return found


def _placed(rows: Sequence[Record], keys: Mapping[tuple[str, str], str]) -> list[Record]:
    named = [{**row, "key": keys[row["table"], row["key"]]} for row in rows]
    return sorted(named, key=lambda row: (row["table"], row["key"], row["role"]))


def ties_by_end(ties: Sequence[Record]) -> dict[str, list[Record]]:
    """The ties of each finding (the bundle's id) and of each claim, from both of their ends."""
    ends: dict[str, list[Record]] = defaultdict(list)
    for tie in ties:
        for end in (tie["bundle_finding_id"], tie["bundle_other_id"], tie["claim_id"]):
            if end is not None:
                ends[end].append(tie)
    return dict(ends)
