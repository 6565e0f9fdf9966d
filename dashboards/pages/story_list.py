# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a story as a nested list: the same facts as the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.figures.story_tree import state_of, step_mark
from dashboards.parts import Node, View, badge, link, more, sign
from dashboards.shown import moment, number, short, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from dashboards.snapshot import Record
    from dashboards.views import story as seen

MAX_DEPTH, MAX_ENDS = 6, 4


class Told:
    """What is said of the nodes of a trace: names as shown here, texts masked.

    `bands` has the name of each wording, by its place from the top.
    """

    def __init__(
        self,
        view: View,
        nodes: Mapping[str, Record],
        names: Mapping[str, str],
        texts: Mapping[str, str],
        *,
        gone: Mapping[str, datetime],
        bands: Sequence[str] = (),
    ) -> None:
        self.view, self.nodes, self.gone, self.bands = view, nodes, gone, bands
        self._names, self._texts = names, texts

    def who(self, node_id: str) -> str:
        """The account's name here, an outlet or address as written, or that it is not known."""
        account = self.nodes[node_id]["account_id"] if node_id in self.nodes else None
        if account is None and self.is_outside(node_id):
            return visible(node_id.partition(":")[2])
        return self.view.words("story.unknown") if account is None else self._names[account]

    def is_outside(self, node_id: str) -> bool:
        """Whether it is a source that posts name and that was not collected."""
        return node_id in self.nodes and self.nodes[node_id]["state"] == "external"

    def when(self, node_id: str) -> str:
        """The time in the case's zone."""
        return moment(self.nodes[node_id]["at"], self.view.snapshot.zone)

    def text(self, node_id: str) -> str:
        """The masked text."""
        return self._texts[str(self.nodes[node_id]["text"] or "")]

    def linked(self, node_id: str) -> Node:
        """The account as a link, or as text."""
        account = self.nodes[node_id]["account_id"] if node_id in self.nodes else None
        return (
            self.who(node_id)
            if account is None
            else self.view.account(account, name=self.who(node_id))
        )

    def note(self, step: seen.Step) -> str:
        """One line for the pointer: when, who, what source, first words."""
        state = self.view.words.of("attribution", state_of(step))
        text = short(self.text(step.node_id), 40)
        more = f" · +{number(step.hidden)}" if step.hidden else ""
        return f"{self.when(step.node_id)} · {self.who(step.node_id)} · {state} · {text}{more}"


def branch(view: View, drawn: seen.Tree, told: Told, at: tuple[str, int]) -> Node:
    """A step and what rests on it, as a nested list; posts that nobody rests on are folded."""
    node_id, depth = at
    step = drawn.step(node_id)
    if step is None:
        return None
    line = _line(view, step, told, drawn.step(step.parent or ""))
    going_on = [c for c in step.children if (drawn.step(c) or step).children]
    ends = [c for c in step.children if c not in going_on]
    if not step.children and not step.hidden:
        return html.Li(line)
    inner = min(depth + 1, MAX_DEPTH)
    below = [branch(view, drawn, told, (child, inner)) for child in [*going_on, *ends[:MAX_ENDS]]]
    folded = [branch(view, drawn, told, (child, inner)) for child in ends[MAX_ENDS:]]
    if folded:
        title = view.words("story.ends", n=number(len(folded)))
        below.append(html.Li(more(title, html.Ol(folded))))
    if step.hidden:
        rest = view.words("story.hidden", n=number(step.hidden))
        below.append(html.Li(link(rest, view.query.having(all="1")), className="rest"))
    # deeper lists are too narrow to read: they go on at the same depth
    deep = "flat" if depth >= MAX_DEPTH else ""
    title = view.words("story.below", n=number(step.below))
    return html.Li([line, more(title, html.Ol(below, className=deep), is_open=depth < 1)])


def _line(view: View, step: seen.Step, told: Told, up: seen.Step | None) -> Node:
    """One post; its wording where that is another than that of the post above it."""
    say, node = view.words, step.node
    state, edge = state_of(step), step.edge
    parts = [
        sign(f"mark mark-{state}{' hollow' if node['state'] == 'unseen' else ''}"),
        html.Span(told.when(step.node_id), className="when"),
        told.linked(step.node_id),
        badge(say.of("attribution", state), f"state-{state}"),
    ]
    if node["state"] != "seen":
        parts.append(badge(say.of("node", node["state"]), "hollow"))
    if len(told.bands) > 1 and (up is None or up.band != step.band):
        parts.append(badge(told.bands[step.band]))
    if step.node_id in told.gone:
        when = moment(told.gone[step.node_id], view.snapshot.zone)
        parts.append(badge(say("story.deleted-at", when=when), "hollow"))
    if edge is not None:
        sure = "" if edge["p"] is None else f" · p {number(round(edge['p'], 3))}"
        parts.append(html.Span(say.of("edge", edge["cls"]) + sure, className="soft"))
    text = html.Span(short(told.text(step.node_id), 110), className="text", lang=node.get("lang"))
    rows = link(
        say("rows"),
        view.query.having(mark=step_mark(step, view.query.one("what") or "")),
        kind="rows",
        rows=True,
    )
    return html.Span([*parts, text, rows], className="step")
