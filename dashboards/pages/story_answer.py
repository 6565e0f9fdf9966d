# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer of a trace in plain sentences: the first candidate, the next, what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.shown import number
from dashboards.views import story as seen

if TYPE_CHECKING:
    from dashboards.pages.story_list import Told
    from dashboards.parts import View
    from dashboards.snapshot import Record


def answer(view: View, trace: Record, told: Told) -> str:
    """Who is most likely first and how sure that is, who is next, where its source was lost.

    A source outside the data is credited, not seen: it is no answer, and no runner-up.
    """
    known = [c for c in trace["candidates"] if not told.is_outside(c["node_id"])]
    parts = [_first(view, trace, known, told), _next(view, known, told), _lost(view, trace, told)]
    return " ".join([*parts, _missing(view, trace)])


def _first(view: View, trace: Record, known: list[Record], told: Told) -> str:
    say = view.words
    if not known:
        return say("story.answer.none")
    first = known[0]
    p = first["p"]
    sure = say("story.answer.no-p") if p is None else say("story.answer.p", p=number(round(p, 3)))
    key = "named" if trace["verdict"] == "named" else "open"
    return say(f"story.answer.{key}", **_who(told, first["node_id"]), sure=sure)


def _who(told: Told, node_id: str) -> dict[str, str]:
    return {"who": told.who(node_id), "when": told.when(node_id)}


def _next(view: View, known: list[Record], told: Told) -> str:
    """The runner-up, and by how much: in p where both have one, else in posts resting on each."""
    say = view.words
    if len(known) < 2:
        return say("story.answer.alone")
    first, second = known[:2]
    if first["p"] is None or second["p"] is None:
        counts = [number(told.nodes[c["node_id"]]["referred_by_count"]) for c in (first, second)]
        margin = say("story.answer.refer", first=counts[0], second=counts[1])
    else:
        margin = say("story.answer.margin", margin=number(round(first["p"] - second["p"], 3)))
    return say("story.answer.runner-up", **_who(told, second["node_id"]), margin=margin)


def _lost(view: View, trace: Record, told: Told) -> str:
    lost = seen.source_lost(trace)
    if lost is None:
        return view.words("story.answer.kept")
    return view.words("story.answer.lost", **_who(told, lost))


def _missing(view: View, trace: Record) -> str:
    say, share = view.words, trace.get("missing_share")
    unseen = sum(node["state"] == "unseen" for node in trace["nodes"])
    told = "" if not share else say("story.answer.share", share=f"{100 * share:.3g} %")
    return say("story.answer.missing", n=number(unseen), share=told)
