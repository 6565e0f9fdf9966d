# SPDX-License-Identifier: GPL-3.0-or-later
"""One trace in the report: candidates, coverage, what was searched, the earliest posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.bundle.markup import Html, figure, joined, table, tag

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN_NODES = 40
SHOWN_TEXT = 200


def trace_section(trace: Mapping[str, Any]) -> Html:
    """The section of one trace."""
    query = trace["query"]
    return tag(
        "section",
        tag("p", "Trace", class_="kicker"),
        tag("h2", f"Earliest known appearance: {_plain(trace['first_seen']) or 'unknown'}"),
        tag("p", f"Probable origin: {trace['verdict']}. Asked for {query['as']} {query['what']}."),
        _candidates(trace),
        _coverage(trace),
        _nodes(trace),
        _next_steps(trace),
    )


def _candidates(trace: Mapping[str, Any]) -> Html:
    rows: list[list[object]] = [
        [
            tag("span", each["node_id"], class_="whole"),
            "not calibrated here" if each["p"] is None else f"{each['p']:.2f}",
            each["reason"],
        ]
        for each in trace["candidates"]
    ]
    none = tag("p", "The rows name no candidate.")
    return joined(
        tag("h3", "Candidates"),
        table(["Post", "Probability", "Reason"], rows) if rows else none,
    )


def _coverage(trace: Mapping[str, Any]) -> Html:
    rows: list[list[object]] = [
        [name.replace("_", " "), figure(value)] for name, value in trace["coverage"].items()
    ]
    rows.append(["rejected edges", figure(len(trace["rejected_edges"]))])
    return joined(tag("h3", "How much is in the data"), table(["Measure", "Value"], rows))


def _nodes(trace: Mapping[str, Any]) -> Html:
    nodes = sorted(trace["nodes"], key=lambda n: (n["at"] is None, n["at"], n["node_id"]))
    rows: list[list[object]] = [
        [
            tag("span", "unknown" if each["at"] is None else each["at"], class_="whole"),
            tag("span", each["node_id"], class_="whole"),
            each["state"],
            _plain(each.get("text"))[:SHOWN_TEXT],
        ]
        for each in nodes[:SHOWN_NODES]
    ]
    more = len(nodes) - len(rows)
    return joined(
        tag("h3", "Posts, earliest first"),
        table(["Time, UTC", "Post", "State", "Text"], rows, class_="rows"),
        tag("p", f"{figure(more)} later ones are in traces/.", class_="note") if more else None,
    )


def _next_steps(trace: Mapping[str, Any]) -> Html | None:
    steps = trace["next_steps"]
    if not steps:
        return None
    heading = tag("h3", "What could change this")
    return joined(heading, tag("ul", *[tag("li", each) for each in steps]))


def _plain(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
