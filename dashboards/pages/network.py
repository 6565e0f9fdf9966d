# SPDX-License-Identifier: GPL-3.0-or-later
"""Network: who acts together or cites whom, groups first, then the accounts of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import dcc, html

from dashboards.components import Choice, Day, Members, NetworkMap, Search
from dashboards.figures.network_map import HUES, map_properties
from dashboards.pages import network_parts as parts
from dashboards.parts import Node, View, badge, card, empty, heading, link, sign, table
from dashboards.query import paged
from dashboards.shown import duration, number
from dashboards.views import network as seen
from dashboards.views.rows import lens_text
from graphkit.findings import span
from graphkit.investigation.network import acts

if TYPE_CHECKING:
    from dashboards.views.network import Level
    from graphkit.investigation.network import Lens, Picture

_TOOLS = ("role", "tools", "in", "out", "fit", "to", "left", "right", "up", "down", "save")
ID = "\0"  # stands for a node's id in an address that the browser completes


def render(view: View) -> list[Node]:
    """The page."""
    say, query = view.words, view.query
    lens, level = seen.lens_of(view.snapshot, query), seen.level_of(query)
    drawn = seen.picture(view.snapshot, lens, level)
    head = heading(say("network.title"), say("network.question"))
    controls = html.Div([*_controls(view, lens), _search(view)], className="controls")
    found = [*_found(view, lens), *parts.gone(view, lens, level)]
    if drawn.nodes.is_empty():
        return [head, controls, *found, parts.opened(view, level), _nothing(view, lens, level)]
    beside = _groups(view, lens, drawn) if level.name == "groups" else _members(view, lens)
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
    found = view.snapshot.once(acts).rows()
    act_options = [{"value": act, "label": _act(view, act, rows)} for act, rows in found]
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


def _act(view: View, act: str, rows: int | None) -> str:
    """What the act is called, with its rows where they are stored."""
    name = view.words.of("act", act)
    return name if rows is None else f"{name} ({number(rows)})"


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
    is_groups = level.name == "groups"
    properties = map_properties(
        drawn,
        labels=_labels(view, drawn, is_groups=is_groups),
        findings=seen.in_findings(view.snapshot, lens, drawn),
        group=say("network.group", n="{}"),
    )
    properties["edges"]["directed"] = lens.name == "citation"
    places = {node: place for place, node in enumerate(drawn.nodes["node"])}
    pins = [places[each] for each in view.snapshot.pins() if each in places]
    properties["nodes"]["pinned"] = pins
    opens = "open" if is_groups else "select"
    words = {each: say(f"map.{each}") for each in _TOOLS} | {"help": say(f"map.help.{opens}")}
    node = say("network.node", name="{name}", links="{links}", n="{n}")
    return NetworkMap(
        id="groups-map" if is_groups else "map",
        label=say(f"network.label.{opens}"),
        words={**words, "node": node},
        selected=view.query.all("sel"),
        picked=mark[2:4] if mark and paged(mark)[0][0] == "edge" and len(mark) == 4 else None,
        file=f"network-{level.name}",
        to=view.query.having(group=ID, mark=None) if is_groups else _account_address(view),
        **properties,
    )


def _account_address(view: View) -> str:
    return view.query.to("/account", id=ID)


def _labels(view: View, drawn: Picture, *, is_groups: bool) -> list[str]:
    """What the drawn nodes are called."""
    if not is_groups:
        return list(view.snapshot.names(drawn.nodes["node"].to_list()).values())
    return [
        view.words("network.group.label", n=n + 1, accounts=number(members))
        for n, members in drawn.nodes.select("community", "members").iter_rows()
    ]


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
    alone = say("network.alone", n=number(view.snapshot.network(lens).alone))
    ring = say("network.ring")
    return html.P(" ".join([rule, shown, missing, alone, ring]), className="note under")


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


def _members(view: View, lens: Lens) -> list[Node]:
    say = view.words
    words = {
        "select": say("network.select"),
        "account": say("account"),
        "group": say("network.head.group"),
        "links": say("links"),
        "weight": say(f"network.weight.{lens.name}"),
        "findings": say("findings"),
        **{name: say(f"members.{name}") for name in ("by", "holds", "back", "on")},
        "rows": say("members.rows", first="{first}", last="{last}", all="{all}"),
    }
    members = Members(
        id="members",
        label=say("members.label"),
        words=words,
        to=_account_address(view),
        selectedRows={"ids": view.query.all("sel")},
    )
    lens_data = dcc.Store(id="lens", data=lens_text(lens))
    hint = html.P(say("network.hint"), className="note under")
    return [card(members, hint, lens_data, kind="flush")]
