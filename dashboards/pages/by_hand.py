# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person found, or looked for in vain: forms that make it rows of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Field
from dashboards.parts import Node, View, button, card, more
from dashboards.shown import moment, number, visible
from graphkit import case as cases

if TYPE_CHECKING:
    from collections.abc import Sequence

ADDED = ("what", "seen-at", "url", "account", "posted-at", "note", "by")
SEARCHED = ("where", "query", "hits", "by")
SEARCHES_SHOWN = 8


def by_hand(view: View) -> Node:
    """The form of what was found: an address, a text, or a file of this machine."""
    say = view.words
    add = button(say("add.save"), {"act": "add", "form": ""})
    now = f"{say('add.zone')}: {visible(view.snapshot.case.zone)}"
    fields = [*_fields(view, "add", ADDED), html.P(now, className="soft hint"), add]
    return card(more(say("add.title"), html.P(say("add.what-it-does")), *fields))


def searches(view: View) -> Node:
    """The form of what was looked for, and what was recorded last."""
    say, zone = view.words, view.snapshot.zone
    made = list(reversed(cases.searches(view.snapshot.case)))[:SEARCHES_SHOWN]
    items = [
        html.Li(
            [
                html.P(visible(f"{each['where']}: {each['query']}")),
                html.P(_told(view, each["found"], moment(each["at"], zone)), className="soft"),
            ]
        )
        for each in made
    ]
    save = button(say("searched.save"), {"act": "searched", "form": ""})
    form = more(say("searched.title"), *_fields(view, "searched", SEARCHED), save)
    return card(form, html.Ul(items, className="notes"))


def _told(view: View, found: int, at: str) -> str:
    return f"{view.words('searched.found', n=number(found))} · {at}"


def _fields(view: View, form: str, names: Sequence[str]) -> list[Node]:
    return [
        Field(
            id={"form": f"{form}.{name}"},
            label=view.words(f"{form}.{name}"),
            rows=3 if (form, name) == ("add", "what") else None,
            remember="graphkit-by" if name == "by" else None,
        )
        for name in names
    ]
