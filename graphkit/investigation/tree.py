# SPDX-License-Identifier: GPL-3.0-or-later
"""A trace as lines of text and as one self-contained page."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, Any

from graphkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Trace = dict[str, Any]
SHOWN_CHILDREN = 8
SHOWN_DEPTH = 12
SHOWN_TEXT = 60
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Trace</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap}}</style></head><body><h1>Trace</h1><pre>{lines}</pre></body></html>"""


def _source(node: Mapping[str, Any], edge: Mapping[str, Any] | None) -> list[str]:
    """What the post says of its source, unless the line above it is that source."""
    told = node["attribution"]
    if told is None or (edge is not None and told["target"] == edge["parent"]):
        return []
    if told["state"] == "none":
        return [] if edge is None else ["names no source"]
    target = visible(told["target"] or "")
    return [f"source {told['state']}: {target}" if target else f"source {told['state']}"]


def _node_line(node: Mapping[str, Any], edge: Mapping[str, Any] | None) -> str:
    state = {"seen": [], "unseen": ["not in the data"], "external": ["outside"]}[node["state"]]
    said = " ".join(visible(node["text"] or "").split())[:SHOWN_TEXT]
    parts = [node["at"] or "time unknown", *state, *_source(node, edge)]
    if edge is not None:
        sure = [] if edge["p"] is None else [f"p {edge['p']:.2f}"]
        parts += [f"{edge['cls']} by {edge['via']}", *sure]
    return f"{visible(node['node_id'])} ({'; '.join(parts)}) {said}".rstrip()


def _children(trace: Trace) -> dict[str, list[Trace]]:
    at = {node["node_id"]: node["at"] or "" for node in trace["nodes"]}
    below: dict[str, list[Trace]] = defaultdict(list)
    for edge in sorted(trace["edges"], key=lambda e: (at[e["child"]], e["child"])):
        below[edge["parent"]].append(edge)
    return below


def tree_lines(trace: Trace) -> Iterator[str]:
    """The lineage as indented lines, earliest first, long branches counted instead of shown."""
    nodes = {node["node_id"]: node for node in trace["nodes"]}
    below = _children(trace)
    cited = {edge["child"] for edge in trace["edges"]}
    roots = [name for name in nodes if name not in cited]
    roots.sort(key=lambda name: (nodes[name]["at"] or "", name), reverse=True)
    todo: list[tuple[int, str, Trace | None]] = [(0, name, None) for name in roots]
    while todo:
        depth, name, edge = todo.pop()
        if edge is not None and "more" in edge:
            yield f"{'  ' * depth}... {edge['more']} more"
            continue
        yield "  " * depth + _node_line(nodes[name], edge)
        edges = below[name]
        shown = edges[:SHOWN_CHILDREN] if depth < SHOWN_DEPTH else []
        if len(edges) > len(shown):
            todo.append((depth + 1, name, {"more": len(edges) - len(shown)}))
        todo += [(depth + 1, each["child"], each) for each in reversed(shown)]


def trace_lines(trace: Trace) -> Iterator[str]:
    """The whole trace as lines: verdict, candidates, tree, coverage, rejected edges, next steps."""
    nodes = {node["node_id"]: node for node in trace["nodes"]}
    if trace["verdict"] == "named":
        yield f"probable origin: {_node_line(nodes[trace['candidates'][0]['node_id']], None)}"
    else:
        yield f"probable origin: {trace['verdict']}"
    for each in trace["candidates"][:5]:
        sure = "not calibrated here" if each["p"] is None else f"p {each['p']:.2f}"
        yield f"  {visible(each['node_id'])}: {sure}; {each['reason']}"
    yield f"first seen: {'unknown' if trace['first_seen'] is None else trace['first_seen']}"
    amplified = [f"{a['node_id']} ({a['reposts_count']})" for a in trace["main_amplifiers"][:5]]
    yield f"main amplifiers: {', '.join(map(visible, amplified)) or 'none'}"
    yield ""
    yield from tree_lines(trace)
    yield ""
    known = {name: value for name, value in trace["coverage"].items() if value is not None}
    yield "coverage: " + ", ".join(
        f"{n} {v:.2f}" if isinstance(v, float) else f"{n} {v}" for n, v in known.items()
    )
    yield f"edges rejected: {len(trace['rejected_edges'])}"
    for search in trace["searched"]:
        yield visible(
            f"searched {search['where']} for {search['query']!r}: {search['found']} found"
        )
    for step in trace["next_steps"]:
        yield f"next: {visible(step)}"


def trace_page(trace: Trace) -> str:
    """The trace as one HTML page that loads nothing."""
    return PAGE.format(lines=escape("\n".join(trace_lines(trace))))
