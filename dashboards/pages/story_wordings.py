# SPDX-License-Identifier: GPL-3.0-or-later
"""The wordings of a story as its lanes: what each is called, by the words that set it apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.parts import Node, View, more, table
from dashboards.shown import moment, number, short
from dashboards.views.story import changed_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dashboards.snapshot import Record
    from dashboards.views.story_lanes import Band

COMPARED = 240  # characters of a wording


def band_names(view: View, bands: Iterable[Band]) -> list[str]:
    """What each is called in the list: by its number, or what else it is."""
    say = view.words
    return [
        say("story.band", n=number(b.number))
        if b.number
        else say(f"story.band.{b.variant_id}", n=number(b.variants))
        for b in bands
    ]


def band_words(view: View, trace: Record, bands: Sequence[Band]) -> list[str]:
    """The words of each, masked: of the first how it begins, of others what sets them apart.

    Each is laid beside the earlier wording with which it has most in common.
    """
    texts = {v["variant_id"]: str(v["text"] or "") for v in trace["claim"].get("variants", [])}
    masked = view.snapshot.masked(texts.values())
    earlier: list[str] = []
    words = []
    for band, name in zip(bands, band_names(view, bands), strict=True):
        if not band.number:
            words.append(name)
            continue
        text = masked[texts[band.variant_id]]
        words.append(set_apart(_nearest(earlier, text), text) if earlier else text)
        earlier.append(text)
    return words


def _nearest(earlier: Sequence[str], text: str) -> str:
    """That of `earlier` which has most in common with `text`; of equal ones the first."""

    def common(other: str) -> int:
        pieces = changed_text(other[:COMPARED], text[:COMPARED])
        return sum(len(part) if change == "kept" else -len(part) for change, part in pieces)

    return max(earlier, key=common)


def set_apart(before: str, text: str) -> str:
    """What `text` has and `before` has not; what it drops, where it adds nothing; else its words.

    Its words too where it has less than half in common with `before`.

    >>> set_apart("3 cracks in the bridge", "13 cracks in the bridge")
    '+13'
    >>> set_apart("bridge closed", "bridge closed")
    'bridge closed'
    """
    pieces = changed_text(before[:COMPARED], text[:COMPARED])
    if sum(len(part) for name, part in pieces if name == "kept") < len(text[:COMPARED]) / 2:
        return text
    for change, mark in (("added", "+"), ("dropped", "−")):
        parts = (part.strip() for name, part in pieces if name == change)
        words = [part for part in parts if any(each.isalnum() for each in part)]
        if words:
            return mark + " … ".join(words)
    return text


def in_picture(bands: Sequence[Band], words: Sequence[str]) -> list[str]:
    """What stands above the lanes of each: its number and its words."""
    return [
        f"{b.number}  {each}" if b.number else each for b, each in zip(bands, words, strict=True)
    ]


def lanes_table(view: View, bands: Sequence[Band], words: Sequence[str]) -> list[Node]:
    """The same facts below the picture: number, words, first post, posts; for two or more."""
    if len(bands) < 2:
        return []
    say = view.words
    heads = [say("story.lane"), say("story.apart"), say("story.first-at"), say("posts")]
    rows = [
        [
            _fixed(number(b.number) if b.number else "–"),
            html.Bdi(short(each, COMPARED)),
            _fixed(moment(b.first_at, view.snapshot.zone)),
            _fixed(number(b.posts)),
        ]
        for b, each in zip(bands, words, strict=True)
    ]
    title = say("story.lanes", n=number(len(bands)))
    listed = more(title, table(heads, rows, label=title), is_open=True)
    return [html.Div(listed, className="lanes-table")]


def _fixed(text: str) -> Node:
    """A time or a number, which stays on one line."""
    return html.Span(text, className="when")
