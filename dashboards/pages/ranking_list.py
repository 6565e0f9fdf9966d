# SPDX-License-Identifier: GPL-3.0-or-later
"""A pushed topic against the real list: its rank, and by stated scores without the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.parts import Node, View, card, section, table
from dashboards.shown import moment, number
from dashboards.views import ranking as seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboards.snapshot import Record


def against_list(view: View, findings: Iterable[tuple[str, Record]], topic: str) -> list[Node]:
    """A table over the pushes, each under its letter; nothing where the list was not read then."""
    say, zone = view.words, view.snapshot.zone
    rows: list[list[Node]] = [
        [
            html.Strong(letter),
            moment(row["snapshot_at"], zone),
            f"#{row['rank']}",
            say.of("score", row["rule"]),
            _rank(row["rank_by_score"], row["score"]),
            _rank(row["rank_without"], row["score_without"]),
            number(None if row["agreement"] is None else round(row["agreement"], 2)),
        ]
        for letter, finding in findings
        for row in seen.against(view.snapshot, finding, topic).iter_rows(named=True)
    ]
    if not rows:
        return []
    heads = ["listed", "score", "with", "without", "agreement"]
    named = [say("ranking.letter"), say("time"), *(say(f"against.{each}") for each in heads)]
    title = say("against.title")
    return [section(title, card(table(named, rows, label=title)), note=say("against.note"))]


def _rank(rank: int, score: float) -> str:
    """The rank, or a dash where nothing scores: all topics without a score stand alike."""
    return f"#{rank}" if score > 0 else "–"
