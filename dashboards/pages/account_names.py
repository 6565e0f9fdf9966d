# SPDX-License-Identifier: GPL-3.0-or-later
"""An account's names over time, and beside the name that its own looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.pages.row_table import place
from dashboards.parts import Node, View, badge, card, link, section, table
from dashboards.shown import hidden_characters, moment, number, visible
from dashboards.views import account_names as seen
from graphkit import case as cases

if TYPE_CHECKING:
    from dashboards.snapshot import Record
    from dashboards.views.account_names import Alike


def names_over_time(view: View, account_id: str, *, is_named: bool) -> list[Node]:
    """The names with their times and rows; of a withheld account how many, when, what is hidden."""
    say, rows = view.words, seen.names(view.snapshot, account_id)
    if rows.is_empty():
        return []
    cells = [_name_row(view, row, is_named=is_named) for row in rows.iter_rows(named=True)]
    heads = [say(f"account.names.{n}") for n in ("kind", "name", "since", "until", "place")]
    title = say("account.names", n=number(rows.height))
    note = say("account.names.note" if is_named else "account.names.withheld")
    return [section(title, card(table(heads, cells, label=title)), note=note)]


def _name_row(view: View, row: Record, *, is_named: bool) -> list[Node]:
    say, zone = view.words, view.snapshot.zone
    hidden = ", ".join(hidden_characters(row["name"]))
    shown = html.Bdi(visible(row["name"])) if is_named else say("account.names.hidden")
    at: Node = html.Span(place(row["file"], row["line"]), className="mono")
    if is_named or row["table"] == "accounts":  # the key of a revision holds the name
        at = link(at, view.query.rows("row", row["table"], row["key"]), rows=True)
    return [
        say.of("account", row["kind"]),
        [shown, *([html.P(hidden, className="soft")] if hidden else [])],
        html.Span(moment(row["since"], zone), className="when"),
        html.Span(moment(row["until"], zone), className="when"),
        at,
    ]


def look_alikes(view: View, account_id: str) -> list[Node]:
    """Each finding that sets its name beside another one's; nothing where there is none."""
    pairs = seen.alike(view.snapshot, account_id)
    if not pairs:
        return []
    say = view.words
    return [
        section(
            say("account.alike"),
            *(_pair(view, pair) for pair in pairs),
            note=say("account.alike.note"),
        )
    ]


def _pair(view: View, pair: Alike) -> Node:
    say, finding = view.words, pair.finding
    named = sum(each in cases.named_accounts(view.snapshot.case) for each in pair.ids)
    side = "copy" if pair.is_lookalike else "model"
    head = html.P(
        [
            say(f"account.alike.{side}"),
            " ",
            view.account(pair.ids[1]),
            " · ",
            link(say.of("outcome", finding["outcome"]), view.query.to("/finding", id=_id(finding))),
        ]
    )
    way = [] if pair.way is None else [badge(say.of("way", pair.way))]
    return card(head, html.P(way), *_side_by_side(view, pair, named), html.P(_first(view, pair)))


def _id(finding: Record) -> str:
    return str(finding["finding_id"])


def _side_by_side(view: View, pair: Alike, named: int) -> list[Node]:
    """Both names where both are shown, and the characters that differ where they tell no name."""
    say, told = view.words, seen.told_differences(pair, named=named)
    if told is None or pair.names is None:
        none = pair.names is None
        return [html.P(say("account.alike.gone" if none else "account.alike.withheld"))]
    heads = [say("account.alike.here"), say("account.alike.there")]
    rows: list[list[Node]] = [[seen.code_points(part) for part in each] for each in told]
    title = say("account.alike.characters")
    listed = [table(heads, rows, label=title)] if rows else []
    if named < len(pair.ids):
        return [html.P(say("account.alike.some")), *listed]
    own, other = zip(*seen.letters(*pair.names), strict=True)
    lines = [_marked(each, across) for each, across in ((own, other), (other, own))]
    return [html.Div(lines, className="twins"), *listed]


def _marked(pieces: tuple[str, ...], across: tuple[str, ...]) -> Node:
    """One name; what the other has not is marked by a line below and a box, not by colour alone."""
    parts = [
        html.Mark(visible(mine) or "∅") if mine != theirs else visible(mine)
        for mine, theirs in zip(pieces, across, strict=True)
    ]
    return html.P(html.Bdi(parts))


def _first(view: View, pair: Alike) -> str:
    """Which of the two accounts was made first, where rows say."""
    say, zone = view.words, view.snapshot.zone
    own, other = pair.created
    if own is None or other is None or own == other:
        return say("account.alike.no-first")
    key = "this-first" if own < other else "other-first"
    return say(f"account.alike.{key}", own=moment(own, zone), other=moment(other, zone))
