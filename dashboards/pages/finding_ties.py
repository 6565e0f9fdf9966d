# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finding is tied to: other findings and traced stories, with rows on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.pages.finding_said import hypothesis
from dashboards.parts import Node, View, badge, card, link, section, table
from dashboards.shown import moment, number, visible
from graphkit.investigation.ties import Tie, ties_of

if TYPE_CHECKING:
    from dashboards.snapshot import Record


def tied(view: View, finding: Record) -> list[Node]:
    """The table of its ties; nothing where there is none."""
    say = view.words
    ties = ties_of(view.snapshot.ties, finding["finding_id"])
    if not ties:
        return []
    heads = ["tie.with", "tie.shared", "tie.chance", "tie.explains", "tie.rows"]
    cells = [_other, _shared, _chance, _caveats, _rows]
    rows = [[cell(view, tie, finding) for cell in cells] for tie in ties]
    title = say("tie.title")
    body = card(table([say(each) for each in heads], rows, label=title))
    return [section(title, body, note=say("tie.note"))]


def _chance(_view: View, tie: Tie, _finding: Record) -> Node:
    return f"{number(tie.expected)}; q = {number(tie.q_value)}"


def _other(view: View, tie: Tie, finding: Record) -> Node:
    say, query = view.words, view.query
    if tie.topic is not None:
        asked = (t["query"]["what"] for t in view.snapshot.traces
                 if t["claim"]["claim_id"] == tie.other_id)  # fmt: skip
        text = say("tie.story", topic=visible(tie.topic))
        return link(html.Bdi(text), query.to("/story", what=next(asked)))
    name = tie.finding_id if finding["finding_id"] == tie.other_id else tie.other_id
    other = view.snapshot.finding(name)
    if other is None:
        return html.Code(name)
    text = f"{say.of('kind', other['kind'])}: {say.of('outcome', other['outcome'])}"
    return link(text, query.to("/finding", id=name))


def _shared(view: View, tie: Tie, _finding: Record) -> Node:
    say, zone, course = view.words, view.snapshot.zone, tie.course
    a, b = (number(each) for each in tie.sizes)
    text = html.P(say(f"tie.{tie.kind}", n=number(tie.shared), a=a, b=b))
    labels = "; ".join(visible(each) for each in course.get("labels", []))
    said = [html.P(say("tie.labels", labels=labels), className="soft")] if labels else []
    if course.get("list_id") is None:
        return [text, *said]
    ranks = {
        name: say("tie.unlisted")
        if course[f"rank_{name}"] is None
        else f"#{course[f'rank_{name}']}"
        for name in ("before", "after")
    }
    times = {
        name: moment(course[key], zone)
        for name, key in (
            ("first", "first_at"),
            ("last", "last_at"),
            ("at", "best_at"),
            ("before_at", "before_at"),
            ("after_at", "after_at"),
        )
    }
    best = f"#{course['best_rank']}"
    told = say("tie.course", list=visible(course["list_id"]), best=best, **ranks, **times)
    return [text, html.P(told, className="soft"), *said]


def _caveats(view: View, tie: Tie, _finding: Record) -> Node:
    items = [
        html.Li(
            [
                badge(view.words.of("caveat", each.outcome), f"caveat caveat-{each.outcome}"),
                " ",
                hypothesis(view, each.hypothesis),
                html.P(visible(each.detail), lang="en"),
            ]
        )
        for each in tie.caveats
    ]
    return html.Ul(items, className="caveats")


def _rows(view: View, tie: Tie, _finding: Record) -> Node:
    say, mark = view.words, ("tie", tie.finding_id, tie.other_id, tie.topic or "")
    sides = (("push", "tie.push-rows", tie.rows), ("other", "tie.other-rows", tie.other_rows))
    links = [
        html.Li(link(say(key, n=number(len(rows))), view.query.rows(*mark, side), rows=True))
        for side, key, rows in sides
    ]
    return html.Ul(links)
