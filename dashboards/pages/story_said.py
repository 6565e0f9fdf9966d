# SPDX-License-Identifier: GPL-3.0-or-later
"""What others say of a story, and what stands beside it: labels, credits, names, other posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.parts import Node, View, badge, bdi, card, link, said, section, table
from dashboards.shown import hidden_characters, moment, number, visible
from graphkit import case as cases

if TYPE_CHECKING:
    from dashboards.pages.story_list import Told
    from dashboards.snapshot import Record

SHOWN = 20


def beside(view: View, trace: Record, told: Told) -> list[Node]:
    """Labels, credits without ground, sources outside, other posts, names; each where there is."""
    parts = (
        ("labels", _labels(view, trace)),
        ("credited", _credited(view, trace, told)),
        ("beyond", _beyond(view, trace, told)),
        ("same", _same(view, trace)),
        ("aliases", _aliases(view, trace)),
    )
    return [_block(view, name, rows) for name, rows in parts if rows]


def _block(view: View, name: str, rows: list[list[Node]]) -> Node:
    say, title = view.words, view.words(f"story.{name}")
    heads = [say(f"story.{name}.{n}") for n in range(1, len(rows[0]) + 1)]
    rest = len(rows) - SHOWN
    left = [html.P(say("left-out", n=number(rest)), className="note under")] if rest > 0 else []
    shown = card(table(heads, rows[:SHOWN], label=title), *left)
    return section(title, shown, note=say(f"story.{name}.note"))


def _labels(view: View, trace: Record) -> list[list[Node]]:
    """Label, by whom, when, taken back, on what, how many posts came after, where to read it."""
    say, zone = view.words, view.snapshot.zone
    return [
        [
            html.Strong(bdi(each["label"])),
            bdi(each["labelled_by"]) if each["labelled_by"] else say("story.unknown-who"),
            html.Span(moment(each["labelled_at"], zone), className="when"),
            _ended(view, each),
            [
                say.of("subjects-of", each["subject_kind"]),
                *(html.P(visible(other)) for other in each.get("conflicts", [])),
            ],
            say("story.of", n=number(each["after_count"]), all=number(each["posts_count"])),
            bdi(each["url"], 120),
        ]
        for each in trace.get("labels", [])
    ]


def _ended(view: View, label: Record) -> Node:
    """When a label was taken back, or runs out; else that it stands."""
    for name in ("retracted_at", "expires_at"):
        if label[name] is not None:
            when = moment(label[name], view.snapshot.zone)
            return view.words(f"story.labels.{name}", when=when)
    return view.words("story.labels.stands")


def _credited(view: View, trace: Record, told: Told) -> list[list[Node]]:
    """Who is credited, in how many posts, and the words and rows of the first."""
    wrong = trace.get("wrong_sources", [])
    words = view.snapshot.masked(str(each["words"] or "") for each in wrong)
    return [
        [
            _target(view, each["target"]),
            number(each["posts_count"]),
            said(words[str(each["words"] or "")]),
            told.linked(each["first_post"]),
            _row(view, each["first_post"]),
        ]
        for each in wrong
    ]


def _target(view: View, target: str | None) -> Node:
    """An account under the name that it has here; an outlet or an address as it is written."""
    if target is None:
        return "–"
    kind, _, rest = target.partition(":")
    if kind in ("outlet", "url"):
        return html.Bdi(visible(rest))
    return view.account(rest if kind == "account" else target)


def _row(view: View, post_id: str) -> Node:
    return link(view.words("rows"), view.query.rows("row", "posts", post_id), rows=True)


def _beyond(view: View, trace: Record, told: Told) -> list[list[Node]]:
    """Sources outside what was collected, most referred to first."""
    outside = [n for n in trace["nodes"] if n["state"] == "external"]
    ranked = sorted(outside, key=lambda n: (-n.get("referred_by_count", 0), n["node_id"]))
    what = trace["query"]["what"]
    return [
        [
            told.linked(n["node_id"]),
            number(n.get("referred_by_count")),
            badge(view.words("story.not-collected"), "hollow"),
            link(view.words("rows"), view.query.rows("told", what, n["node_id"]), rows=True),
        ]
        for n in ranked
    ]


def _same(view: View, trace: Record) -> list[list[Node]]:
    """Posts that are no part of the story and may say the same."""
    others = trace.get("may_say_the_same", [])
    texts = view.snapshot.masked(str(each["text"] or "") for each in others)
    return [
        [
            view.words.of("why-same", each["why"].replace(" ", "-")),
            number(each["score"]),
            html.Span(moment(each["at"], view.snapshot.zone), className="when"),
            said(texts[str(each["text"] or "")]),
            _row(view, each["post_id"]),
        ]
        for each in others
    ]


def _aliases(view: View, trace: Record) -> list[list[Node]]:
    """Names that no account bears and whose they seem to be: shown once that account is named."""
    named = cases.named_accounts(view.snapshot.case)
    return [
        [
            _alias(view, each["name"], is_named=each["account_id"] in named),
            view.account(each["account_id"]),
            number(each["accounts_count"]),
            *(_posts(view, each[name]) for name in ("posts", "quoted")),
        ]
        for each in trace.get("aliases", [])
    ]


def _alias(view: View, name: str, *, is_named: bool) -> Node:
    if not is_named:
        return view.words("story.aliases.withheld", n=number(len(name) - 1))
    hidden = ", ".join(hidden_characters(name))
    return [html.Bdi(visible(name)), *([html.P(hidden, className="soft")] if hidden else [])]


def _posts(view: View, posts: list[str]) -> Node:
    """How many posts, the first as the way to its row."""
    if not posts:
        return number(0)
    return link(number(len(posts)), view.query.rows("row", "posts", posts[0]), rows=True)
