# SPDX-License-Identifier: GPL-3.0-or-later
"""Network: who acts together or cites whom, groups first, then the accounts of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import dcc, html

from dashboards.components import Choice, Day, NetworkMap, Search
from dashboards.figures.network_map import HUES, map_properties
from dashboards.pages import network_parts as parts
from dashboards.parts import Node, View, badge, card, empty, grid, heading, link, sign, table
from dashboards.shown import duration, number
from dashboards.views import network as seen
from dashboards.views.rows import lens_text
from graphkit.findings import span
from graphkit.investigation.network import acts

if TYPE_CHECKING:
    from dashboards.views.network import Level
    from graphkit.investigation.network import Lens, Picture

_TOOLS = ("role", "tools", "in", "out", "fit", "to", "left", "right", "up", "down", "save")


def render(view: View) -> list[Node]:
    """The page."""
    say, query = view.words, view.query
    lens, level = seen.lens_of(view.snapshot, query), seen.level_of(query)
    drawn = seen.picture(view.snapshot, lens, level)
    head = heading(say("network.title"), say("network.question"))
    controls = html.Div([*_controls(view, lens), _search(view)], className="controls")
    found = _found(view, lens)
    if drawn.nodes.is_empty():
        return [head, controls, *found, parts.opened(view, level), _nothing(view, lens, level)]
    beside = _groups(view, lens, drawn) if level.name == "groups" else _members(view, lens, drawn)
    below = [] if level.name == "groups" else [parts.beside(view, lens, drawn)]
    map_and_words = [_map(view, lens, level=level, drawn=drawn), _said(view, lens, drawn), *below]
    picture = card(html.Div(map_and_words), kind="flush")
    body = html.Div([picture, html.Div(beside)], className="map-and-table")
    return [head, controls, *found, parts.opened(view, level), body]


def _controls(view: View, lens: Lens) -> list[Node]:
    say = view.words
    lenses = [
        {"value": name, "label": say(f"network.lens.{name}")} for name in ("coaction", "citation")
    ]
    away = {"group": None, "sel": None, "mark": None}
    least = Choice(
        id="least",
        label=say(f"network.least.{lens.name}"),
        param="least",
        clears=away,
        value=str(lens.min_count),
        options=[{"value": each, "label": each} for each in seen.LEAST],
    )
    first = Choice(
        id="lens-choice",
        label=say("network.lens"),
        param="lens",
        clears=away,
        value=lens.name,
        options=lenses,
    )
    days = _days(view)
    if lens.name == "citation":
        return [first, least, *days]
    found = acts(view.snapshot.corpus).rows()
    act_options = [
        {"value": act, "label": f"{say.of('act', act)} ({number(rows)})"} for act, rows in found
    ]
    window = next((w for w in seen.WINDOWS if span(w) == lens.within), "60s")
    windows = [{"value": w, "label": duration(span(w))} for w in seen.WINDOWS]
    act = Choice(
        id="act",
        label=say("network.act"),
        param="act",
        clears=away,
        value=lens.act,
        options=act_options,
    )
    within = Choice(
        id="within",
        label=say("network.within"),
        param="within",
        clears=away,
        value=window,
        options=windows,
    )
    return [first, act, within, least, *days]


def _days(view: View) -> list[Node]:
    """The first and the last day that count, by the case's zone."""
    return [
        Day(
            id=f"day-{name}",
            label=view.words(f"network.{name}"),
            param=name,
            clears={"group": None, "sel": None, "mark": None},
            value=view.query.one(name),
        )
        for name in ("from", "to")
    ]


def _search(view: View) -> Node:
    say = view.words
    return Search(
        id="find",
        label=say("network.find"),
        param="find",
        value=view.query.one("find"),
        placeholder=say("network.find.hint"),
        button=say("find"),
    )


def _found(view: View, lens: Lens) -> list[Node]:
    text = view.query.one("find")
    if text is None:
        return []
    found = seen.found_accounts(view.snapshot, text)
    if not found:
        return [empty(view.words("network.find.none", text=text))]
    items = []
    for account, name in view.snapshot.names(found).items():
        group = seen.group_of(view.snapshot, lens, account)
        where = view.words("network.no-links")
        if group is not None:
            address = view.query.having(group=str(group), find=None, sel=account, mark=None)
            where = link(view.words("network.group", n=group + 1), address)
        items.append(html.Li([view.account(account, name=name), " · ", where]))
    return [card(html.Ul(items, className="plain"))]


def _nothing(view: View, lens: Lens, level: Level) -> Node:
    say = view.words
    if level.way is not None:
        return empty(say("network.none.way"))
    if level.finding_id is not None:
        return empty(say("network.none.finding"))
    if lens.name == "coaction" and not view.snapshot.corpus.actions.height:
        return empty(say("network.none.actions"), f"graphkit import {view.snapshot.case.name} FILE")
    return empty(say("network.none"))


def _map(view: View, lens: Lens, *, level: Level, drawn: Picture) -> Node:
    say, mark = view.words, view.query.mark
    labels, notes, hrefs = _names(view, level, drawn)
    marked = seen.in_findings(view.snapshot, lens, drawn)
    properties = map_properties(
        drawn,
        labels=labels,
        notes=notes,
        hrefs=hrefs,
        marked=marked,
        group=say("network.group", n="{}"),
    )
    properties["edges"]["directed"] = lens.name == "citation"
    pinned = set(view.snapshot.pins())
    properties["nodes"]["pinned"] = [each in pinned for each in drawn.nodes["node"]]
    opens = "open" if level.name == "groups" else "select"
    return NetworkMap(
        id="groups-map" if level.name == "groups" else "map",
        label=say(f"network.label.{opens}"),
        words={**{each: say(f"map.{each}") for each in _TOOLS}, "help": say(f"map.help.{opens}")},
        selected=view.query.all("sel"),
        picked=mark[2:4] if mark and mark[0] == "edge" and len(mark) == 4 else None,
        file=f"network-{level.name}",
        **properties,
    )


def _names(view: View, level: Level, drawn: Picture) -> tuple[list[str], list[str], list[str]]:
    """The labels, descriptions and addresses of the drawn nodes."""
    say, nodes = view.words, drawn.nodes
    if level.name == "groups":
        labels = [
            say("network.group.label", n=n + 1, accounts=number(members))
            for n, members in nodes.select("community", "members").iter_rows()
        ]
        hrefs = [view.query.having(group=str(n), mark=None) for n in nodes["community"]]
        return labels, labels, hrefs
    names = view.snapshot.names(nodes["node"].to_list())
    labels = [names[each] for each in nodes["node"]]
    hrefs = [view.query.to("/account", id=each) for each in nodes["node"]]
    notes = [
        say("network.node", name=names[node], links=links, n=group + 1)
        for node, links, group in nodes.select("node", "links", "community").iter_rows()
    ]
    return labels, notes, hrefs


def _said(view: View, lens: Lens, drawn: Picture) -> Node:
    """What a link is, how much is drawn, and how much is not."""
    say = view.words
    rule = say(
        f"network.rule.{lens.name}",
        act=say.of("act", lens.act),
        within=duration(lens.within),
        n=lens.min_count,
    )
    accounts, links = drawn.left_out
    shown = say(
        "network.shown",
        n=number(int(drawn.nodes["members"].sum())),
        links=number(drawn.edges.height),
    )
    missing = say("network.left-out", n=number(accounts), links=number(links))
    ring = say("network.ring")
    return html.P(" ".join([rule, shown, missing, ring]), className="note under")


def _shape(group: int) -> Node:
    return sign(f"shape shape-{min(group, HUES)}")


def _groups(view: View, lens: Lens, drawn: Picture) -> list[Node]:
    say = view.words
    rows = [
        [
            html.Span(
                [
                    _shape(n),
                    link(say("network.group", n=n + 1), view.query.having(group=str(n), mark=None)),
                ]
            ),
            number(members),
            number(links),
            badge(number(touched), "count") if touched else "–",
        ]
        for n, members, links, _, touched in seen.group_table(
            view.snapshot, lens, drawn
        ).iter_rows()
    ]
    heads = [say("network.head.group"), say("accounts"), say("links"), say("network.head.findings")]
    return [card(table(heads, rows, label=say("network.groups")), kind="scroll")]


def _members(view: View, lens: Lens, drawn: Picture) -> list[Node]:
    say = view.words
    names = view.snapshot.names(drawn.nodes["node"].to_list())
    rows = [
        {
            "id": node,
            "account": names[node],
            "account_href": view.query.to("/account", id=node),
            "group": group + 1,
            "links": links,
            "weight": weight,
            "findings": findings,
        }
        for node, group, links, weight, findings in seen.member_table(
            view.snapshot, drawn
        ).iter_rows()
    ]
    weight = say(f"network.weight.{lens.name}")
    columns = [
        {
            "field": "account",
            "headerName": say("account"),
            "cellRenderer": "LinkCell",
            "flex": 2,
            "minWidth": 170,
            "filter": True,
        },
        {"field": "group", "headerName": say("network.head.group"), "flex": 1, "minWidth": 76},
        {"field": "links", "headerName": say("links"), "flex": 1, "minWidth": 76},
        {"field": "weight", "headerName": weight, "flex": 1, "minWidth": 90},
        {"field": "findings", "headerName": say("findings"), "flex": 1, "minWidth": 90},
    ]
    options = {
        "rowSelection": {"mode": "multiRow", "headerCheckbox": False},
        "selectionColumnDef": {"headerName": say("network.select"), "width": 84},
        "domLayout": "normal",
        "pagination": False,
    }
    members = grid(
        "members",
        columns,
        rows,
        getRowId="params.data.id",
        selectedRows={"ids": view.query.all("sel")},
        options=options,
    )
    lens_data = dcc.Store(id="lens", data=lens_text(lens))
    hint = html.P(say("network.hint"), className="note under")
    return [card(members, hint, lens_data, kind="flush tall")]
