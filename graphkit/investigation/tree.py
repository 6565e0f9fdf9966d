# SPDX-License-Identifier: GPL-3.0-or-later
"""A trace as lines of text and as one self-contained page."""

from __future__ import annotations

from collections import defaultdict
from importlib import resources
from typing import TYPE_CHECKING, Any

from graphkit.bundle.markup import Html, joined, tag
from graphkit.bundle.report_trace import trace_section
from graphkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Trace = dict[str, Any]
CANDIDATES = 5
SHOWN_CHILDREN = 8
SHOWN_DEPTH = 12
SHOWN_TEXT = 60
SHOWN_ALIASES = 10
LEAST_WITNESSES = 2
SHOWN_POSTS = 3
POLICY = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'">"""


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


def _alias_line(alias: Mapping[str, Any]) -> str:
    """A name that no account bears, and the posts that quote under it what one account wrote."""
    posts = alias["posts"]
    shown = ", ".join([*posts[:SHOWN_POSTS], *(["..."] if len(posts) > SHOWN_POSTS else [])])
    alone = "; one account alone says so" if alias["accounts_count"] < LEAST_WITNESSES else ""
    return visible(
        f"alias: {alias['name']}, which no account bears, is quoted with the words of "
        f"{alias['quoted'][0]} in {len(posts)} posts ({shown}){alone}"
    )


def _label_line(label: Mapping[str, Any]) -> str:
    """A label in its labeller's words, and how many posts of the story came after it."""
    who = label["labelled_by"] or "nobody named"
    since = [f"since {label['labelled_at'] or 'an unknown time'}"]
    since += [f"taken back {label['retracted_at']}"] if label["retracted_at"] is not None else []
    since += [f"runs out {label['expires_at']}"] if label["expires_at"] is not None else []
    after = f"{label['after_count']} of {label['posts_count']} posts after it"
    others = [f"but also {', '.join(label['conflicts'])}"] if label["conflicts"] else []
    said = f"{label['label']!r} by {who} on {label['subject_kind']} {label['subject_id']}"
    return visible(f"label: {said}; {'; '.join([*since, after, *others])}")


def trace_lines(trace: Trace) -> Iterator[str]:
    """The whole trace as lines: the answers, the tree, what is missing, what to do next."""
    nodes = {node["node_id"]: node for node in trace["nodes"]}
    yield from _answers(trace, nodes)
    yield from map(_alias_line, trace["aliases"][:SHOWN_ALIASES])
    if len(trace["aliases"]) > SHOWN_ALIASES:
        yield f"  ... {len(trace['aliases']) - SHOWN_ALIASES} more names; --format json has them"
    yield from map(_label_line, trace["labels"])
    yield ""
    yield from tree_lines(trace)
    yield ""
    yield from _missing(trace)
    for each in trace["may_say_the_same"][:SHOWN_POSTS]:
        alike = each["why"] if each["score"] is None else f"{each['why']} {each['score']:.2f}"
        said = " ".join(visible(each["text"] or "").split())[:SHOWN_TEXT]
        yield f"may say the same ({alike}): {visible(each['post_id'])} {said}".rstrip()
    for step in trace["next_steps"]:
        yield f"next: {visible(step)}"


def _answers(trace: Trace, nodes: Mapping[str, Trace]) -> Iterator[str]:
    """Probable origin, first seen, main amplifiers, and where the source was lost."""
    named = trace["verdict"] == "named"
    first = _node_line(nodes[trace["candidates"][0]["node_id"]], None) if named else ""
    yield f"probable origin: {first if named else trace['verdict']}"
    for rank, each in enumerate(trace["candidates"]):
        if rank >= CANDIDATES and nodes[each["node_id"]]["state"] != "external":
            continue
        sure = "not calibrated here" if each["p"] is None else f"p {each['p']:.2f}"
        yield f"  {visible(each['node_id'])}: {sure}; {each['reason']}"
    seen = trace["first_seen"]
    yield f"first seen: {'unknown' if seen is None else _node_line(nodes[seen], None)}"
    amplified = [f"{a['node_id']} ({a['reposts_count']})" for a in trace["main_amplifiers"][:5]]
    yield f"main amplifiers: {', '.join(map(visible, amplified)) or 'none'}"
    lost = trace["source_lost"]
    if lost is not None:
        copy = _node_line(nodes[lost["node_id"]], None)
        yield f"source lost: {copy}, the words of {visible(lost['parent'])} without their source"
    for each in trace["wrong_sources"]:
        yield visible(
            f"credited without ground: {each['target']} by {each['posts_count']} posts, first by "
            f"{each['first_post']} (“{each['words']}”); no earlier post of it says this"
        )


def _missing(trace: Trace) -> Iterator[str]:
    """How much is in the data, what was rejected, and what was searched elsewhere."""
    known = {name: value for name, value in trace["coverage"].items() if value is not None}
    yield "coverage: " + ", ".join(
        f"{n} {v:.2f}" if isinstance(v, float) else f"{n} {v}" for n, v in known.items()
    )
    outside, share = trace["outside_p"], trace["missing_share"]
    told = "" if outside is None else f"{outside:.2f}, "
    least = "unknown" if share is None else f"at least {share:.0%}"
    yield f"began outside these data: {told}{trace['outside_calibration']}"
    yield f"missing of what the posts refer to: {least}"
    yield f"edges rejected: {len(trace['rejected_edges'])}"
    for search in trace["searched"]:
        found = "nothing" if search["found"] == 0 else search["found"]
        yield visible(f"searched {search['where']} for {search['query']!r}: {found} found")
    if not trace["searched"]:
        yield "searched outside these data: nothing is recorded (graphkit searched)"


def trace_page(trace: Trace) -> str:
    """The trace as one HTML page that loads nothing."""
    style = resources.files("graphkit.bundle").joinpath("report.css").read_text("utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Html(POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", "Trace"),
        tag("style", Html(style)),
    )
    lines = [joined(line, Html("\n")) for line in tree_lines(trace)]
    tree = tag("section", tag("h2", "All steps"), tag("pre", *lines))
    body = tag("body", tag("main", trace_section(trace), tree))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}"
