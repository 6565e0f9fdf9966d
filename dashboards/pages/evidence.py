# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence: what goes into the bundle, and can a third party check it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Field
from dashboards.pages.by_hand import by_hand, searches
from dashboards.pages.finding_line import finding_line
from dashboards.parts import Node, View, button, card, empty, heading, link, section
from dashboards.shown import moment, number, visible
from graphkit import case as cases

if TYPE_CHECKING:
    from pathlib import Path


def render(view: View) -> list[Node]:
    """The page."""
    say = view.words
    head = heading(say("evidence.title"), say("evidence.question"))
    basket = [f for f in map(view.snapshot.finding, view.snapshot.basket()) if f is not None]
    side = html.Aside([_build(view, len(basket)), _bundles(view)], className="side")
    return [
        head,
        html.Div(
            [html.Div([_basket(view, basket), _notes(view), _found(view)]), side], className="two"
        ),
    ]


def _basket(view: View, basket: list[dict[str, object]]) -> Node:
    say = view.words
    title = say("evidence.basket", n=number(len(basket)))
    if not basket:
        return section(
            title,
            empty(say("evidence.empty")),
            html.P(link(say("overview.title"), view.query.to("/"))),
        )
    judged = view.snapshot.judgements()
    lines = [
        html.Li(finding_line(view, f, judgement=judged.get(str(f["finding_id"])), kept=True))
        for f in basket
    ]
    return section(title, html.Ol(lines, className="lines"))


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


def _build(view: View, count: int) -> Node:
    say = view.words
    exports = view.snapshot.case.root / "exports"
    fields = [
        html.P(say("bundle.what")),
        Field(id={"form": "bundle-name"}, label=say("bundle.folder"), value=_free_name(exports)),
        html.P(str(exports), className="soft path-text"),
        button(
            say("bundle.build", n=number(count)),
            {"act": "seal", "bundle": ""},
            kind="strong",
            disabled=not count,
        ),
    ]
    return card(html.H2(say("bundle.title")), *fields)


def _free_name(exports: Path) -> str:
    names = (f"bundle-{n}" for n in range(1, 10_000))
    return next(name for name in names if not (exports / name).exists())


def _bundles(view: View) -> Node:
    """The bundles made in this case, each with a check."""
    say = view.words
    exports = view.snapshot.case.root / "exports"
    found = sorted(path for path in exports.glob("*") if (path / "bagit.txt").exists())
    items = [
        html.Li(
            [
                html.Strong(visible(path.name)),
                html.Code(f"graphkit verify {visible(str(path))}"),
                button(say("bundle.verify"), {"act": "verify", "bundle": path.name}, kind="small"),
            ]
        )
        for path in found
    ]
    body = html.Ul(items, className="bundles") if items else html.P(say("bundle.none"))
    return card(html.H2(say("bundle.made")), body, html.Div(id="checked", role="status"))
