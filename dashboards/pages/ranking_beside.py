# SPDX-License-Identifier: GPL-3.0-or-later
"""The topic that stands beside another: any that is listed, with the list that it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Choice, Search
from dashboards.parts import Node, View, empty, link, section
from dashboards.shown import number, visible
from dashboards.views import ranking as seen

if TYPE_CHECKING:
    from dashboards.query import Query

SHOWN = 20
ON = ["list_id", "topic"]


def other_topic(view: View, key: tuple[str, str]) -> tuple[tuple[str, str] | None, list[Node]]:
    """List and topic that stand beside `key`, or None; and what to choose from where one is asked.

    Without `beside_list` the topic of the same list goes before that of another.
    """
    query, say = view.query, view.words
    asked = query.one("beside")
    if asked is None:
        return None, []
    found = seen.topics(view.snapshot, text=asked, list_id=query.one("beside_list"))
    others = [each for each in found.select(ON).iter_rows() if each != key]
    whole = sorted((each for each in others if each[1] == asked), key=lambda e: (e[0] != key[0], e))
    if whole:
        return whole[0], _elsewhere(view, whole[1:])
    if not others:
        return None, [empty(say("ranking.beside.none", topic=visible(asked)))]
    return None, _elsewhere(view, others)


def _elsewhere(view: View, others: list[tuple[str, str]]) -> list[Node]:
    """Topics that can stand beside, each with its list."""
    say = view.words
    if not others:
        return []
    items = [
        html.Li([link(html.Bdi(visible(topic)), _to(view.query, name, topic)),
                 " · ", html.Bdi(visible(name))])
        for name, topic in others[:SHOWN]
    ]  # fmt: skip
    left = len(others) - SHOWN
    note = say("left-out", n=number(left)) if left > 0 else None
    return [section(say("ranking.beside.which"), html.Ul(items), note=note)]


def _to(query: Query, list_id: str, topic: str) -> str:
    return query.having(beside=topic, beside_list=list_id, mark=None)


def compare(view: View, key: tuple[str, str]) -> list[Node]:
    """A choice among the topics of findings that are listed, and a field for any other."""
    say, asked = view.words, view.query.one("beside")
    names = sorted(
        {*seen.listed_of_findings(view.snapshot), *([asked] if asked else [])} - {key[1]}
    )
    clears = {"mark": None, "beside_list": None}
    options = [{"value": name, "label": visible(name)} for name in names]
    none = {"value": "", "label": say("ranking.beside.end")}
    choice = Choice(
        id="beside",
        label=say("ranking.beside"),
        param="beside",
        clears=clears,
        value=asked,
        options=[none, *options],
    )
    find = Search(
        id="beside-find",
        label=say("ranking.beside.find"),
        param="beside",
        clears=clears,
        value=asked,
        placeholder=say("ranking.find.hint"),
        button=say("find"),
    )
    return [choice, find]
