# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence: what goes into the bundle, and can a third party check it?"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Check, Field
from dashboards.pages.by_hand import by_hand, searches
from dashboards.pages.finding_line import finding_line
from dashboards.parts import (
    Node,
    View,
    button,
    card,
    empty,
    extra,
    facts,
    heading,
    link,
    notice,
    section,
)
from dashboards.shown import moment, number, visible
from dashboards.views import evidence as seen
from graphkit import case as cases

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dashboards.snapshot import Record

NAMES_SHOWN = 20


def render(view: View) -> list[Node]:
    """The page."""
    say = view.words
    head = heading(say("evidence.title"), say("evidence.question"))
    basket = seen.in_basket(view.snapshot)
    chosen = seen.Choices.read(view.query)
    would = seen.preview(view.snapshot, basket, chosen)
    build = [_build(view, would, chosen)] if basket else []
    side = html.Aside([*build, _bundles(view)], className="side")
    left = html.Div([_basket(view, basket, would), _notes(view), _found(view)])
    return [head, html.Div([left, side], className="two")]


def _basket(view: View, basket: Sequence[Record], would: seen.Preview) -> Node:
    """What was put there, in order, each with what becomes of it in the bundle."""
    say, title = view.words, view.words("evidence.basket", n=number(len(basket)))
    if not basket:
        back = html.P(link(say("overview.title"), view.query.to("/")))
        return section(title, empty(say("evidence.empty")), back)
    judged = view.snapshot.judgements()
    lines = []
    for place, finding in enumerate(basket):
        name = finding["finding_id"]
        line = finding_line(view, finding, judgement=judged.get(name), kept=True)
        fate = would.fates[name]
        moves = _moves(view, name, is_first=place == 0, is_last=place == len(basket) - 1)
        below = html.Div([html.Span(say(f"evidence.{fate}"), className=f"fate {fate}"), moves])
        lines.append(html.Li([line, below], className="placed"))
    return section(title, html.Ol(lines, className="lines"))


def _moves(view: View, finding_id: str, *, is_first: bool, is_last: bool) -> Node:
    """Buttons that move the finding up or down in the basket."""
    ways = [("up", "↑", is_first), ("down", "↓", is_last)]
    buttons = [
        button(
            sign,
            {"act": "move", "finding": finding_id, "way": way},
            kind="small",
            disabled=is_end,
            **extra(aria_label=view.words(f"evidence.{way}")),
        )
        for way, sign, is_end in ways
    ]
    return html.Span(buttons, className="moves")


def _notes(view: View) -> Node:
    say, zone = view.words, view.snapshot.zone
    written = [
        html.Li(
            [
                html.P(visible(n["text"])),
                html.P(f"{visible(n['by'])} · {moment(n['at'], zone)}", className="soft"),
            ]
        )
        for n in reversed(cases.notes(view.snapshot.case))
    ]
    form = [
        Field(id={"form": "note-text"}, label=say("notes.text"), rows=3),
        Field(id={"form": "by"}, label=say("judge.by"), remember="graphkit-by"),
        button(say("notes.save"), {"act": "note", "finding": ""}),
    ]
    return section(say("notes.title"), card(*form), html.Ul(written, className="notes"))


def _found(view: View) -> Node:
    return section(view.words("add.section"), by_hand(view), searches(view))


def _build(view: View, would: seen.Preview, chosen: seen.Choices) -> Node:
    """What the bundle would hold, what is chosen about it, and the button."""
    say, exports = view.words, view.snapshot.case.root / "exports"
    count = len(would.of("in", "marked"))
    who = [
        Field(id={"form": "reason"}, label=say("bundle.full.why")),
        Field(id={"form": "by"}, label=say("judge.by"), remember="graphkit-by"),
    ]
    fields = [
        html.P(say("bundle.what")),
        facts(_would(view, would, chosen)),
        *_left(view, would),
        _check(view, "unreviewed", is_on=chosen.unreviewed),
        _check(view, "full", is_on=chosen.in_full),
        *(who if chosen.in_full else []),
        Field(id={"form": "bundle-name"}, label=say("bundle.folder"), value=_free_name(exports)),
        html.P(str(exports), className="soft path-text"),
        button(
            say("bundle.build" if count != 1 else "bundle.build-one", n=number(count)),
            {"act": "seal", "bundle": ""},
            kind="strong",
            disabled=not count,
        ),
    ]
    return card(html.H2(say("bundle.title")), *fields)


def _check(view: View, name: str, *, is_on: bool) -> Node:
    label = view.words(f"bundle.{name}")
    return Check(id=name, param=name, label=label, value="1" if is_on else "")


def _would(view: View, would: seen.Preview, chosen: seen.Choices) -> list[tuple[str, Node]]:
    say = view.words
    rows = ", ".join(f"{say.of('table', name)} {number(n)}" for name, n in would.rows.items())
    count = number(sum(would.rows.values()))
    taken = number(len(would.of("in", "marked")))
    named = view.snapshot.names(would.named[:NAMES_SHOWN])
    links = [html.Li(view.account(each, name=name)) for each, name in named.items()]
    accounts = say(
        "bundle.accounts", n=number(would.accounts_count), named=number(len(would.named))
    )
    texts = say("bundle.texts.full" if chosen.in_full else "bundle.texts.cut")
    return [
        (say("bundle.goes-in"), say("bundle.findings", n=taken, all=number(len(would.fates)))),
        (say("bundle.rows"), f"{count} ({rows})" if rows else count),
        (say("accounts"), html.Div([accounts, html.Ul(links, className="inline")])),
        (say("bundle.texts"), texts),
    ]


def _left(view: View, would: seen.Preview) -> list[Node]:
    """Which findings stay out, each with the way to judge it; or how many go in marked."""
    say = view.words
    if would.of("marked"):
        return [notice(say("bundle.marked", n=number(len(would.of("marked")))))]
    out = [f for f in map(view.snapshot.finding, would.of("out", "contested")) if f is not None]
    if not out:
        return []
    items = [
        html.Li(
            link(
                f"{say.of('kind', f['kind'])}: {say.of('outcome', f['outcome'])}",
                view.query.to("/finding", id=f["finding_id"]),
            )
        )
        for f in out
    ]
    return [notice(html.P(say("bundle.left", n=number(len(items)))), html.Ul(items))]


def _free_name(exports: Path) -> str:
    names = (f"bundle-{n}" for n in range(1, 10_000))
    return next(name for name in names if not (exports / name).exists())


def _bundles(view: View) -> Node:
    """The bundles made in this case, each with its hash, what checks it, and a check from here."""
    say = view.words
    items = [html.Li(_bundle(view, each)) for each in seen.exports(view.snapshot.case)]
    body = html.Ul(items, className="bundles") if items else html.P(say("bundle.none"))
    checked = html.Div(id="checked", role="status", className="checked")
    return card(html.H2(say("bundle.made")), body, checked)


def _bundle(view: View, made: seen.Export) -> list[Node]:
    say, path = view.words, made.path.resolve()
    signed = say("bundle.has-signature" if made.is_signed else "bundle.no-signature")
    at = moment(made.made_at, view.snapshot.zone)
    return [
        html.Strong(visible(path.name)),
        html.P(f"{at} · {signed}", className="soft"),
        html.P(visible(str(path)), className="soft path-text"),
        html.P([say("bundle.hash"), " ", html.Code(made.sha256)], className="soft path-text"),
        html.Code(f"graphkit verify {shlex.quote(visible(str(path)))}"),
        button(say("bundle.verify"), {"act": "verify", "bundle": path.name}, kind="small"),
    ]
