# SPDX-License-Identifier: GPL-3.0-or-later
"""A trace in a list: its first words, and what it says of the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.shown import short, visible

if TYPE_CHECKING:
    from dashboards.parts import View
    from dashboards.snapshot import Record


def trace_title(view: View, trace: Record) -> str:
    """The first wording of the story, masked; what was asked for where there is none."""
    variants = trace["claim"].get("variants", [])
    text = str(variants[0]["text"] or "") if variants else ""
    return short(view.snapshot.masked([text])[text], 70) or visible(trace["query"]["what"])


def verdict_word(view: View, trace: Record) -> str:
    """Whether the trace names an earliest source."""
    return view.words.of("story.verdict", str(trace["verdict"]).replace(" ", "-"))
