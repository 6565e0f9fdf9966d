# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding in a list: grade, what it says in one sentence, what speaks against it, judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.pages.finding_said import LINE, said
from dashboards.parts import Node, View, badge, button, grade, link
from dashboards.shown import moment, number
from dashboards.views.overview import caveat_counts, subject_counts

if TYPE_CHECKING:
    from dashboards.snapshot import Record


def finding_line(view: View, finding: Record, *, judgement: Record | None, kept: bool) -> Node:
    """The line."""
    say = view.words
    title = f"{say.of('kind', finding['kind'])}: {say.of('outcome', finding['outcome'])}"
    to = view.query.to("/finding", id=finding["finding_id"])
    middle = [
        html.H3(link(title, to)),
        html.P(said(view, finding, length=LINE)),
        html.P(_about(view, finding), className="soft"),
    ]
    right = [judged(view, judgement), basket_button(view, finding["finding_id"], kept=kept)]
    return html.Article(
        [
            html.Div(grade(say, finding["grade"]), className="line-grade"),
            html.Div(middle, className="line-text"),
            html.Div(right, className="line-acts"),
        ],
        className="line",
    )


def _about(view: View, finding: Record) -> str:
    say, zone = view.words, view.snapshot.zone
    parts = [
        f"{number(n)} {say.of('subjects' if n > 1 else 'subject', name)}"
        for name, n in subject_counts(finding).items()
    ]
    if finding["window"] is not None:
        parts.append(moment(finding["window"]["start"], zone))
    if finding["q_value"] is not None:
        parts.append(f"q = {number(finding['q_value'])}")
    counts = caveat_counts(finding)
    caveats = [
        f"{counts[name]} {say.of('caveat.short', name)}"
        for name in ("stands", "weakens", "untested")
        if counts[name]
    ]
    parts.append(say("caveats") + " " + " / ".join(caveats))
    return "  ·  ".join(parts)


def judged(view: View, judgement: Record | None) -> Node:
    """The last judgement as a badge, or that nobody judged."""
    verdict = "open" if judgement is None else judgement["verdict"]
    return badge(view.words.of("verdict", verdict), f"verdict verdict-{verdict}")


def basket_button(view: View, finding_id: str, *, kept: bool) -> Node:
    """Puts the finding into the evidence basket, or takes it out."""
    text = view.words("basket.remove" if kept else "basket.add")
    button_id = {"act": "basket", "finding": finding_id, "keep": "0" if kept else "1"}
    return button(text, button_id, kind="kept small" if kept else "small")
