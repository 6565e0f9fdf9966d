# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside the earned ranks: where the platform placed a topic, and who called for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.parts import Node, View, card, link, more, said, table
from dashboards.shown import moment, number

if TYPE_CHECKING:
    import polars as pl

    from dashboards.views.ranking import Course

GLYPHS = {"promoted": "◆", "pinned": "▲", "given": "■"}
SHOWN = 60


def placed_table(view: View, key: tuple[str, str], course: Course) -> list[Node]:
    """The snapshots in which the platform placed the topic; nothing where there are none."""
    say, zone = view.words, view.snapshot.zone
    found = course.ranks.drop_nulls("placed")
    if found.is_empty():
        return []
    rows = [
        [
            moment(row["snapshot_at"], zone),
            f"{GLYPHS[row['placed']]} {say('ranking.placed.' + row['placed'])}",
            number(row["place"]),
            _rows(
                view, "rankings", f"{key[0]}|{row['snapshot_at']:%Y-%m-%dT%H:%M:%S.%fZ}|{key[1]}"
            ),
        ]
        for row in found.head(SHOWN).iter_rows(named=True)
    ]
    heads = [say("time"), say("ranking.how"), say("ranking.place"), say("rows")]
    title = say("ranking.placed.title", n=number(found.height))
    left = found.height - SHOWN
    note = say("ranking.placed.note") + (f" {say('left-out', n=number(left))}." if left > 0 else "")
    return [more(title, html.P(note, className="note"), card(table(heads, rows, label=title)))]


def calls_table(view: View, calls: pl.DataFrame) -> list[Node]:
    """The open calls as rows, and what the case cannot know."""
    say, snapshot = view.words, view.snapshot
    command = f"graphkit add {snapshot.case.root} URL --seen-at T --by WHO"
    unknown = html.P(say("ranking.calls.unknown", command=command), className="note")
    if calls.is_empty():
        return [html.P(say("ranking.calls.none")), unknown]
    masked = snapshot.masked(calls["text"])
    rows = [
        [
            f"★ {moment(row['created_at'], snapshot.zone)}",
            said(masked[row["text"]]),
            _rows(view, "posts", row["post_id"]),
        ]
        for row in calls.head(SHOWN).iter_rows(named=True)
    ]
    heads = [say("time"), say("ranking.call"), say("rows")]
    return [card(table(heads, rows, label=say("ranking.calls"))), unknown]


def _rows(view: View, name: str, key: str) -> Node:
    return link(view.words("rows"), view.query.rows("row", name, key), rows=True)
