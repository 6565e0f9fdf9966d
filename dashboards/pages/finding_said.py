# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finding says: in the detector's words, in Chinese below a sentence from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.parts import Node, View, mixed
from dashboards.shown import number, short, visible
from dashboards.words import catalogue

if TYPE_CHECKING:
    from dashboards.snapshot import Record

LINE = 260  # characters of a summary in a list; the finding's page has all


def said(view: View, finding: Record, *, length: int | None = None) -> list[Node]:
    """The summary, cut at `length`; on a Chinese page below a sentence made from the record."""
    text = finding["summary"]
    whole = visible(text) if length is None else short(text, length)
    if view.query.language == "en":
        return [html.Span(mixed(whole), lang="en")]
    own = html.Span(mixed(whole), lang="en", className="own-words")
    return [html.Span(sentence(view, finding)), " ", own]


def sentence(view: View, finding: Record) -> str:
    """What the finding says in the page's language, from its kind, outcome, counts and measures."""
    kind, outcome = finding["kind"], finding["outcome"]
    measures = finding["measures"]
    counts = {name: number(len(ids)) for name, ids in finding["subjects"].items()}
    shares = {f"{name}_percent": f"{value:.0%}" for name, value in measures.items()}
    values = {
        **counts,
        **shares,
        **{name: number(value) for name, value in measures.items()},
        "evidence_count": number(finding["evidence_count"]),
        "outcome": view.words.of("outcome", outcome),
    }
    keys = [f"said.{kind}.{outcome}", f"said.{kind}", "said.any"]
    return view.words.sentence(keys, values)


def measure(view: View, name: str) -> str:
    """The name of a measure, one of the main ones or of the others."""
    group = "measure" if f"measure.{name}" in catalogue() else "measure-more"
    return view.words.of(group, name)


def hypothesis(view: View, text: str) -> Node:
    """An innocent explanation's name, in the page's language where the catalogue has it."""
    known = catalogue().get(f"hypothesis.{text}")
    if known is None:
        return html.Strong(visible(text), lang="en")
    return html.Strong(known[view.query.language])
