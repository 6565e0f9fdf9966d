# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of a story: changed wordings, coverage, and steps that were not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.parts import Node, View, card, facts, more, table
from dashboards.shown import duration, moment, number, short, visible
from dashboards.views.story import changed_text

if TYPE_CHECKING:
    from dashboards.pages.story_list import Told
    from dashboards.snapshot import Record

SHOWN, MAX_ROWS = 8, 200
MAX_COMPARED, LENGTH = 40, 240  # wordings laid beside the first, characters of each


def changes(view: View, trace: Record, told: Told) -> Node:
    """Steps at which the wording changed."""
    say = view.words
    changed = [e for e in trace["edges"] if any((e["text_change"] or {}).values())]
    words = {word for e in changed for part in e["text_change"].values() for word in part}
    masked = view.snapshot.masked(words)
    rows = [
        [
            html.Span(told.when(e["child"]), className="when"),
            told.linked(e["child"]),
            html.Span(duration(e["gap_seconds"]), className="when"),
            [
                _words_of(view, name, [masked[w] for w in part])
                for name, part in sorted(e["text_change"].items())
            ],
        ]
        for e in changed[:MAX_ROWS]
    ]
    heads = [say("time"), say("account"), say("story.gap"), say("story.change")]
    body = _folded(view, heads, rows, label=say("story.changes"), total=len(changed))
    none = [] if rows else [html.P(say("story.no-changes"))]
    return card(html.H2(say("story.changes")), *none, *body)


def _folded(
    view: View, heads: list[str], rows: list[list[Node]], *, label: str, total: int
) -> list[Node]:
    """The first rows as a table, the others one click away, and how many are not here at all."""
    parts = [table(heads, rows[:SHOWN], label=label)] if rows else []
    if len(rows) > SHOWN:
        title = view.words("story.more-rows", n=number(len(rows) - SHOWN))
        parts.append(more(title, table(heads, rows[SHOWN:], label=f"{label}: {title}")))
    if total > len(rows):
        left = view.words("left-out", n=number(total - len(rows)))
        parts.append(html.P(left, className="note"))
    return parts


def _words_of(view: View, name: str, words: list[str]) -> Node:
    """The words that a step added or dropped; nothing where there are none."""
    if not words:
        return None
    mark = html.Ins if name == "added" else html.Del
    shown = [mark(html.Bdi(short(word, 60))) for word in words[:12]]
    return html.P([html.Em(view.words.of("change", name)), *(x for w in shown for x in (" ", w))])


def variants(view: View, trace: Record) -> Node:
    """The wordings, by their first appearance."""
    say, variants = view.words, trace["claim"].get("variants", [])
    masked = view.snapshot.masked(str(v["text"] or "") for v in variants)
    texts = [masked[str(v["text"] or "")] for v in variants[:MAX_ROWS]]
    rows = [
        [
            html.Span(moment(v["first_at"], view.snapshot.zone), className="when"),
            number(v["posts_count"]),
            _beside_first(texts[0], text) if 0 < n < MAX_COMPARED else short(text, LENGTH),
        ]
        for n, (v, text) in enumerate(zip(variants, texts, strict=False))
    ]
    heads = [say("story.first-at"), say("posts"), say("story.wording.changed")]
    return card(
        html.H2(say("story.variants", n=number(len(variants)))),
        *_folded(view, heads, rows, label=say("story.wording"), total=len(variants)),
    )


def _beside_first(first: str, text: str) -> list[Node]:
    """The wording, with what the first does not have and what it drops of the first."""
    marks = {"kept": html.Span, "added": html.Ins, "dropped": html.Del}
    pieces = changed_text(first[:LENGTH], text[:LENGTH])
    whole = [marks[change](html.Bdi(words)) for change, words in pieces]
    return [*whole, "…"] if len(text) > LENGTH else whole


def coverage(view: View, trace: Record) -> Node:
    """How much of the story the data can hold, and what was searched without success."""
    say = view.words
    pairs = [
        (say.of("coverage", name), _plain(name, value))
        for name, value in sorted(trace["coverage"].items())
    ]
    searched = [
        html.Li(f"{visible(s.get('where'))}: {visible(s.get('query'))} – {number(s.get('found'))}")
        for s in trace.get("searched", [])
    ]
    body = html.Ul(searched) if searched else html.P(say("story.nothing-searched"))
    return card(html.H2(say("story.coverage")), facts(pairs), html.H3(say("story.searched")), body)


def _plain(name: str, value: float | None) -> str:
    """A share as a percentage, a count as a number."""
    if value is not None and name.endswith("_share"):
        return f"{100 * value:.3g} %"
    return number(value)


def rejected(view: View, trace: Record, told: Told) -> Node:
    """Steps that were looked at and not taken, and why."""
    say, rejected = view.words, trace["rejected_edges"]
    reasons = view.snapshot.masked(str(e["reason"]) for e in rejected)
    rows = [
        [
            told.who(e["child"]),
            told.who(e["parent"]),
            html.Span(reasons[str(e["reason"])], lang="en"),
        ]
        for e in rejected[:MAX_ROWS]
    ]
    heads = [say("story.child"), say("story.parent"), say("story.why")]
    body = _folded(view, heads, rows, label=say("story.rejected"), total=len(rejected))
    none = [] if rows else [html.P(say("story.no-rejected"))]
    return card(html.H2(say("story.rejected")), *none, *body)
