# SPDX-License-Identifier: GPL-3.0-or-later
"""One trace as a section: three answers, where the source was lost, the way back, what is missing.

Cases and bundles keep traces that earlier versions made: what those do not have is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.bundle.markup import Html, figure, folded, joined, table, tag, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN_NODES = 40
SHOWN_TEXT = 200
SHOWN_STEPS = 20
SHOWN_AMPLIFIERS = 5
NOT_HERE = "not calibrated here"
EVIDENCE = {"E1": "the platform's field", "E2": "what its text names", "E3": "copied text"}
STATES = {"seen": "", "unseen": "not in the data", "external": "outside"}


def trace_section(trace: Mapping[str, Any]) -> Html:
    """The section of one trace."""
    query = trace["query"]
    nodes = {node["node_id"]: node for node in trace["nodes"]}
    return tag(
        "section",
        tag("p", "Trace", class_="kicker"),
        tag("h2", _headline(trace, nodes)),
        tag("p", f"Asked for {query['as']}: {query['what']}", class_="note"),
        tag(
            "div",
            _box("First seen in these data", _seen(nodes, trace["first_seen"])),
            _box("Probable origin", _origin(trace, nodes)),
            _box("Main amplifiers", _amplifiers(trace, nodes)),
            class_="three",
        ),
        _lost(trace, nodes),
        _way_back(trace, nodes),
        _candidates(trace, nodes),
        tag("div", tag("div", _searched(trace)), tag("div", _coverage(trace)), class_="pair"),
        _next_steps(trace),
        _others(trace),
        _nodes(trace),
    )


def _headline(trace: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> str:
    if trace["verdict"] != "named":
        return f"No single origin: {trace['verdict']}"
    first = nodes[trace["candidates"][0]["node_id"]]
    gone = ", a post that is not in the data" if first["state"] == "unseen" else ""
    return f"Earliest known appearance: {_when(first)}{gone}"


def _box(title: str, content: Html) -> Html:
    return tag("div", tag("h3", title), content)


def _when(node: Mapping[str, Any]) -> str:
    return "time unknown" if node["at"] is None else str(node["at"])


def _seen(nodes: Mapping[str, Mapping[str, Any]], name: str | None) -> Html:
    """A post by time, id, whether it is in the data, and its words."""
    if name is None or name not in nodes:
        return tag("p", "unknown" if name is None else name)
    node = nodes[name]
    state = STATES[node["state"]]
    return joined(
        tag("p", tag("strong", _when(node)), f" ({state})" if state else None),
        tag("p", name, class_="note"),
        tag("p", _plain(node["text"])[:SHOWN_TEXT]),
    )


def _origin(trace: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Html:
    """The candidate that is named, or that none is, and how sure that is."""
    outside, missing = trace.get("outside_p"), trace.get("missing_share")
    told = NOT_HERE if outside is None else f"{outside:.2f}"
    if "outside_calibration" in trace and outside is not None:
        told = f"{told} ({trace['outside_calibration']})"
    least = "unknown" if missing is None else f"at least {missing:.0%}"
    is_named = trace["verdict"] == "named"
    named = _seen(nodes, trace["candidates"][0]["node_id"]) if is_named else None
    return joined(
        named if named is not None else tag("p", tag("strong", trace["verdict"])),
        tag("p", f"Began outside these data: {told}. Missing of what the posts refer to: {least}.",
            class_="note"),
    )  # fmt: skip


def _amplifiers(trace: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Html:
    told = [
        tag("li", tag("strong", figure(each["reposts_count"])), f" from {each['node_id']}, ",
            _when(nodes[each["node_id"]]))
        for each in trace["main_amplifiers"][:SHOWN_AMPLIFIERS]
        if each["node_id"] in nodes
    ]  # fmt: skip
    return tag("ol", *told) if told else tag("p", "none: no copy or repost was passed on")


def _lost(trace: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Html | None:
    """The copy that dropped the source, and who is credited without ground."""
    lost, wrong = trace.get("source_lost"), trace.get("wrong_sources", [])
    if lost is None and not wrong:
        return None
    said = [
        tag("li", tag("strong", f"{figure(each['posts_count'])} posts"), " credit ",
            f"{each['target']} (“{_plain(each['words'])}”), and no earlier post of it in these ",
            f"data says this; the first of them is {each['first_post']}, ",
            f"{_when(nodes[each['first_post']])}.")
        for each in wrong
    ]  # fmt: skip
    return joined(
        tag("h3", "Where the source was lost"),
        tag("ul", _dropped(lost, nodes) if lost is not None else None, *said),
    )


def _dropped(lost: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Html:
    copy, above = nodes[lost["node_id"]], nodes[lost["parent"]]
    return tag(
        "li",
        tag("strong", f"{_when(copy)}: "),
        f"{lost['node_id']} repeats the words of {lost['parent']} ({_when(above)}) and names no "
        f"source for them: “{_plain(copy['text'])[:SHOWN_TEXT]}”",
    )


def _way_back(trace: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Html | None:
    """The steps from the post asked for up to where they end, strongest evidence first."""
    asked = _asked(trace, nodes)
    steps = _steps_up(trace["edges"], asked) if asked is not None else []
    if asked is None or not steps:
        return None
    lost = trace.get("source_lost")
    dropped = lost is not None and lost["node_id"] == asked
    rows: list[list[object]] = [
        _step(nodes[asked], "lost the source" if dropped else "asked for", "")
    ]
    for edge in steps[:SHOWN_STEPS]:
        sure = NOT_HERE if edge["p"] is None else f"{edge['p']:.2f}"
        rows.append(_step(nodes[edge["parent"]], _evidence(edge), sure))
    more = len(steps) - SHOWN_STEPS
    return joined(
        tag("h3", "The way back, step by step"),
        table(
            ["Time, UTC", "Post", "Reached by", "Probability", "Text"],
            rows,
            caption="The way back",
            class_="rows",
        ),
        tag("p", f"{figure(more)} further steps.", class_="note") if more > 0 else None,
    )


def _evidence(edge: Mapping[str, Any]) -> str:
    """By what a step is known."""
    picture = edge["cls"] == "E3" and edge["via"] == "media"
    return "the same picture" if picture else EVIDENCE.get(edge["cls"], edge["cls"])


def _asked(trace: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The node of the post asked for; of a text or address the copy that dropped the source."""
    what = trace["query"]["what"].removeprefix("claim:")
    found = [name for name in nodes if name == what or name.endswith(f":{what}")]
    children = {edge["child"] for edge in trace["edges"]}
    if len(found) == 1 and found[0] in children:
        return str(found[0])
    lost = trace.get("source_lost")
    return None if lost is None else str(lost["node_id"])


def _steps_up(edges: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """From each post the edge of the strongest class, up to a post that has none."""
    best: dict[str, Mapping[str, Any]] = {}
    for edge in sorted(edges, key=lambda e: (e["child"], e["cls"], e["parent"])):
        best.setdefault(edge["child"], edge)
    steps: list[Mapping[str, Any]] = []
    while name in best and len(steps) < len(best):
        steps.append(best[name])
        name = best[name]["parent"]
    return steps


def _step(node: Mapping[str, Any], reached: str, sure: str) -> list[object]:
    state = STATES[node["state"]]
    by = f"{reached}; {state}" if state else reached
    when, name = whole(_when(node)), whole(node["node_id"])
    return [when, name, by, sure, _plain(node.get("text"))[:SHOWN_TEXT]]


def _candidates(trace: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Html:
    rows: list[list[object]] = [
        [
            str(rank),
            whole(_when(nodes[each["node_id"]])),
            whole(each["node_id"]),
            NOT_HERE if each["p"] is None else f"{each['p']:.2f}",
            each["reason"],
        ]
        for rank, each in enumerate(trace["candidates"], 1)
        if each["node_id"] in nodes
    ]
    none = tag("p", "The rows name no candidate.")
    headings = ["No.", "Time, UTC", "Post", "Probability", "Reason"]
    shown = table(headings, rows, caption="Candidates for the origin", class_="rows")
    return joined(tag("h3", "Candidates"), shown if rows else none)


def _searched(trace: Mapping[str, Any]) -> Html:
    """What people looked for, with what was not found as plain as what was."""
    rows: list[list[object]] = [
        [each["where"], each["query"], "not found" if each["found"] == 0 else figure(each["found"])]
        for each in trace["searched"]
    ]
    none = tag("p", "No search outside these data is recorded.")
    heading = tag("h3", "What was searched outside these data")
    shown = table(["Where", "For", "Found"], rows, caption="Searches outside these data")
    return joined(heading, shown if rows else none)


def _coverage(trace: Mapping[str, Any]) -> Html:
    rows: list[list[object]] = [
        [name.replace("_", " "), figure(value)] for name, value in trace["coverage"].items()
    ]
    rows.append(["rejected edges", figure(len(trace["rejected_edges"]))])
    shown = table(["Measure", "Value"], rows, caption="Coverage")
    return joined(tag("h3", "How much is in the data"), shown)


def _others(trace: Mapping[str, Any]) -> Html | None:
    rows: list[list[object]] = [
        [
            whole(_when(each)),
            whole(each["post_id"]),
            each["why"] if each["score"] is None else f"{each['why']} ({each['score']:.2f})",
            _plain(each["text"])[:SHOWN_TEXT],
        ]
        for each in trace.get("may_say_the_same", [])
    ]
    if not rows:
        return None
    note = "Not part of this trace: a person has to read whether they say the same."
    return joined(
        tag("h3", "Posts that may say the same in other words"),
        tag("p", note, class_="note"),
        table(["Time, UTC", "Post", "Why", "Text"], rows, caption="Posts alike", class_="rows"),
    )


def _nodes(trace: Mapping[str, Any]) -> Html:
    nodes = sorted(trace["nodes"], key=lambda n: (n["at"] is None, n["at"], n["node_id"]))
    rows: list[list[object]] = [
        [
            whole("unknown" if each["at"] is None else each["at"]),
            whole(each["node_id"]),
            each["state"],
            _plain(each.get("text"))[:SHOWN_TEXT],
        ]
        for each in nodes[:SHOWN_NODES]
    ]
    more = len(nodes) - len(rows)
    heads = ["Time, UTC", "Post", "State", "Text"]
    shown = f"{figure(len(rows))} of {figure(len(nodes))} posts"
    return joined(
        tag("h3", "Posts, earliest first"),
        folded(shown, table(heads, rows, caption="Posts of the trace", class_="rows")),
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
