# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the network is open, part by part: each can be closed, and what is beside it opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.parts import Node, View, badge, bdi, button, empty, extra, link
from dashboards.shown import number
from graphkit.investigation.network import beyond

if TYPE_CHECKING:
    from dashboards.views.network import Level
    from graphkit.investigation.network import Lens, Picture

GROUPS_OFFERED = 6
_NOTHING = {"group": None, "finding": None, "around": None, "way": None, "sel": None, "mark": None}


def opened(view: View, level: Level) -> Node:
    """The way up, the open parts, and what is done with the whole."""
    say, query = view.words, view.query
    undo = button(say("network.undo"), "undo", kind="small")
    gephi = [] if query.one("from") or query.one("to") else [_gephi(view)]
    if level.name == "groups":
        whole = link(say("network.all"), query.having(**{**_NOTHING, "group": "all"}))
        here = html.Span(say("network.groups"), **extra(aria_current="page"))
        return html.Nav([here, whole, *_pins(view), *gephi], className="path")
    up = link(say("network.groups"), query.having(**_NOTHING))
    parts = [_part(view, text, close) for text, close in _parts(view, level)]
    whole = [html.Span(say("network.all"))] if level.name == "all" else []
    return html.Nav([up, *whole, *parts, *_pins(view), undo, *gephi], className="path")


def _parts(view: View, level: Level) -> list[tuple[Node, str]]:
    """Each open part: what it is, and the address without it."""
    say, query = view.words, view.query
    names = view.snapshot.names([*level.around, *(level.way or ())])
    rest = {"sel": None, "mark": None}
    groups = [
        (
            say("network.group", n=group + 1),
            query.having(group=[str(g) for g in level.groups if g != group], **rest),
        )
        for group in level.groups
    ]
    to = query.to("/finding", id=level.finding_id)
    named = [say("network.finding"), " · ", link(say("network.to-finding"), to)]
    finding = (named, query.having(finding=None, **rest))
    around = [
        (
            [say("network.around"), " ", bdi(names[account])],
            query.having(around=[a for a in level.around if a != account], **rest),
        )
        for account in level.around
    ]
    way = [[say("network.way"), " ", bdi(names[a]), " – ", bdi(names[b])] for a, b in _ends(level)]
    return [
        *groups,
        *([finding] if level.finding_id is not None else []),
        *around,
        *((text, query.having(way=None, **rest)) for text in way),
    ]


def gone(view: View, lens: Lens, level: Level) -> list[Node]:
    """What the address asks for and the network does not have: groups, or a finding."""
    say, groups = view.words, view.snapshot.network(lens).groups["community"]
    known = set(groups.unique())
    unknown = [say("network.group", n=number(g + 1)) for g in level.groups if g not in known]
    told = [say("network.gone", groups=", ".join(unknown[:GROUPS_OFFERED]))] if unknown else []
    finding_id = level.finding_id
    if finding_id is not None and view.snapshot.finding(finding_id) is None:
        told.append(say("network.gone.finding"))
    return [empty(each) for each in told]


def _ends(level: Level) -> list[tuple[str, str]]:
    return [] if level.way is None else [level.way]


def _part(view: View, text: Node, close: str) -> Node:
    label = extra(aria_label=view.words("network.close"))
    return html.Span([html.Span(text), link("×", close, **label)], className="part")


def _pins(view: View) -> list[Node]:
    """The pinned accounts, each with what takes its pin out."""
    say, pinned = view.words, view.snapshot.pins()
    names = view.snapshot.names(pinned)
    return [
        html.Span(
            [badge(say("network.pinned")), view.account(a, name=names[a]), pin_button(view, a)],
            className="part",
        )
        for a in pinned
    ]


def pin_button(view: View, account_id: str) -> Node:
    """Pins the account, so that every picture of accounts shows it, or takes the pin out."""
    kept = account_id in view.snapshot.pins()
    text = view.words("network.unpin" if kept else "network.pin")
    return button(text, {"act": "pin", "account": account_id, "keep": "0" if kept else "1"},
                  kind="small")  # fmt: skip


def _gephi(view: View) -> Node:
    return button(view.words("network.gephi"), {"act": "gephi", "graph": ""}, kind="small")


def beside(view: View, lens: Lens, drawn: Picture) -> Node:
    """How many accounts are linked to those drawn and are not drawn; their groups, to open."""
    say, query = view.words, view.query
    out = beyond(view.snapshot.network(lens), drawn)
    if out.is_empty():
        return html.P(say("network.beyond.none"), className="note under")
    counts = {name: number(int(out[name].sum())) for name in ("accounts", "links")}
    opened = query.all("group")
    closed = [row for row in out.iter_rows(named=True) if str(row["community"]) not in opened]
    offers = [
        link(
            say("network.beyond.open", n=row["community"] + 1, links=number(row["links"])),
            query.having(group=[*opened, str(row["community"])], mark=None),
        )
        for row in closed[:GROUPS_OFFERED]
    ]
    said = html.Span(say("network.beyond", **counts))
    return html.P([said, *offers], className="note under links")


def account_steps(view: View, account_id: str) -> list[Node]:
    """What can be done with one selected account: its neighbours, its pin."""
    query = view.query
    around = [a for a in query.all("around") if a != account_id]
    to = query.having(around=[*around, account_id], sel=None, mark=None)
    if query.path != "/network":
        to = query.to("/network", around=account_id)
    return [link(view.words("network.expand"), to), pin_button(view, account_id)]


def pair_steps(view: View, ends: tuple[str, str]) -> list[Node]:
    """What can be done with two selected accounts: the shortest ways between them."""
    if view.query.path != "/network":
        return []
    to = view.query.having(way=list(ends), sel=None, mark=None)
    return [link(view.words("network.way.show"), to)]
