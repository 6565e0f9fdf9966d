# SPDX-License-Identifier: GPL-3.0-or-later
"""Story: where did it come from, and at which step was its source lost?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Search
from dashboards.figures.plain import graph
from dashboards.figures.story_tree import DASHES, Texts, story_figure
from dashboards.pages.story_answer import answer
from dashboards.pages.story_list import Told, branch
from dashboards.pages.story_said import beside
from dashboards.pages.story_tables import changes, coverage, rejected, variants
from dashboards.pages.story_title import trace_title, verdict_word
from dashboards.pages.story_wordings import band_names, band_words, in_picture, lanes_table
from dashboards.parts import (
    Node,
    View,
    badge,
    bdi,
    button,
    card,
    empty,
    facts,
    heading,
    link,
    notice,
    section,
    sign,
    table,
    tiles,
)
from dashboards.shown import number, short
from dashboards.views import story as seen

MAX_CANDIDATES = 5

if TYPE_CHECKING:
    from dashboards.snapshot import Record


def render(view: View) -> list[Node]:
    """The page."""
    say, what = view.words, view.query.one("what")
    ask = Search(
        id="what",
        label=say("story.ask"),
        param="what",
        clears={"mark": None},
        value=what,
        placeholder=say("story.ask.hint"),
        button=say("story.open"),
    )
    head = heading(say("story.title"), say("story.question"))
    controls = html.Div([ask], className="controls")
    if what is None:
        return [head, controls, _made(view)]
    trace = seen.trace_of(view.snapshot, what)
    if trace is None:
        return [head, controls, *_not_yet(view, what)]
    return [head, controls, *_story(view, trace)]


def _made(view: View) -> Node:
    """The traces of the case, to choose from."""
    say, traces = view.words, view.snapshot.traces
    if not traces:
        return empty(say("story.none"), f"graphkit trace {view.snapshot.case.root} POST|URL|TEXT")
    rows = [
        [
            link(trace_title(view, t), view.query.to("/story", what=t["query"]["what"])),
            number(len(t["nodes"])),
            verdict_word(view, t),
        ]
        for t in traces
    ]
    return card(
        table(
            [say("story.claim"), say("posts"), say("story.origin")], rows, label=say("story.made")
        )
    )


def _not_yet(view: View, what: str) -> list[Node]:
    say = view.words
    ask = button(say("story.trace-now"), {"act": "trace", "what": what}, kind="strong")
    return [
        empty(say("story.not-yet"), f"graphkit trace {view.snapshot.case.root} {what!r}"),
        html.P(ask),
    ]


def _story(view: View, trace: Record) -> list[Node]:
    say = view.words
    whole = view.query.one("all") is not None
    drawn = seen.tree(trace) if whole else seen.backbone(trace)
    told = _told(view, trace, drawn)
    picture = _picture(view, trace, drawn, told)
    return [
        _verdict(view, trace, told),
        section(say("story.tree"), picture, note=say("story.tree.note")),
        _candidates(view, trace, told),
        section(
            say("story.list"),
            html.Ol([branch(view, drawn, told, (r, 0)) for r in drawn.roots], className="branch"),
            note=say("story.list.note"),
        ),
        *beside(view, trace, told),
        html.Div([_next(view, trace), _numbers(view, trace)], className="halves"),
        variants(view, trace),
        changes(view, trace, told),
        html.Div([coverage(view, trace), rejected(view, trace, told)], className="halves"),
    ]


def _told(view: View, trace: Record, drawn: seen.Tree) -> Told:
    """Names and texts of the trace as they are shown here."""
    return Told(
        view,
        {n["node_id"]: n for n in trace["nodes"]},
        view.snapshot.names(n["account_id"] for n in trace["nodes"] if n["account_id"]),
        view.snapshot.masked(str(n["text"] or "") for n in trace["nodes"]),
        gone=seen.deleted(view.snapshot, trace),
        bands=band_names(view, drawn.bands),
    )


def _picture(view: View, trace: Record, drawn: seen.Tree, told: Told) -> Node:
    """The drawn tree with its legend, what is left out, and the wordings of its lanes."""
    axis = seen.time_axis(seen.known_times(drawn))
    words = band_words(view, trace, drawn.bands)
    texts = Texts(
        notes={s.node_id: told.note(s) for s in drawn.steps},
        names=_names(trace, told),
        zone=view.snapshot.zone,
        what=trace["query"]["what"],
        bands=in_picture(drawn.bands, words),
        deleted=told.gone,
    )
    figure = story_figure(drawn, axis, x=seen.placed(drawn, axis), texts=texts)
    return card(
        _legend(view),
        graph("story", figure, label=view.words("story.figure")),
        _extent(view, drawn, whole=view.query.one("all") is not None),
        *lanes_table(view, drawn.bands, words),
        kind="flush",
    )


def _extent(view: View, drawn: seen.Tree, *, whole: bool) -> Node:
    """How much is drawn, and the way to the rest and back; nothing where all is."""
    say, shown = view.words, number(len(drawn.steps))
    parts: list[Node] = []
    if drawn.left_out:
        parts.append(say("story.left-out", shown=shown, n=number(drawn.left_out)))
    if drawn.left_out and not whole:
        text = say("story.show-more", n=number(min(drawn.total, seen.MAX_DRAWN)))
        parts.append(link(text, view.query.having(all="1", mark=None)))
    if whole:
        parts.append(link(say("story.show-less"), view.query.having(all=None, mark=None)))
    spaced = [x for part in parts for x in (part, " ")]
    return html.P(spaced, className="note under") if parts else None


def _names(trace: Record, told: Told) -> dict[str, str]:
    """The names drawn in the picture: the candidates by rank, the largest amplifier."""
    found = {
        c["node_id"]: f"{i}  {told.who(c['node_id'])}"
        for i, c in enumerate(trace["candidates"][:3], 1)
        if not told.is_outside(c["node_id"])
    }
    for each in trace["main_amplifiers"][:1]:
        found.setdefault(each["node_id"], f"↻  {told.who(each['node_id'])}")
    return found


def _verdict(view: View, trace: Record, told: Told) -> Node:
    """The answer in one sentence, and the steps to know: origin, first seen, source lost."""
    sentence = html.H2(verdict_word(view, trace), className="verdict-line")
    plain = html.P(answer(view, trace, told))
    return notice(sentence, plain, _steps(view, trace, told), kind="verdict")


def _candidates(view: View, trace: Record, told: Told) -> Node:
    """The candidates for the origin, each with the weakest link that leads there."""
    say, shown = view.words, trace["candidates"][:MAX_CANDIDATES]
    calibrated = any(c["p"] is not None for c in shown)
    heads = [
        say("story.rank"),
        say("account"),
        say("time"),
        say("text"),
        say("story.weakest"),
        say("story.why"),
    ]
    rows = [_candidate(view, told, (i, c)) for i, c in enumerate(shown, 1)]
    if calibrated:
        heads.append("p")
        rows = [[*row, number(c["p"])] for row, c in zip(rows, shown, strict=True)]
    listed = table(heads, rows, label=say("story.candidates"))
    rest = len(trace["candidates"]) - len(shown)
    after = [html.P(say("left-out", n=number(rest)), className="note under")] if rest > 0 else []
    return section(say("story.candidates"), card(listed, *after))


def _candidate(view: View, told: Told, ranked: tuple[int, Record]) -> list[Node]:
    """Rank, who, when, what, the weakest step that leads there, and why."""
    rank, candidate = ranked
    node, reason = candidate["node_id"], str(candidate["reason"] or "")
    is_outside = told.is_outside(node)
    beyond = [" ", badge(view.words("story.not-collected"), "hollow")] if is_outside else []
    return [
        "–" if is_outside else number(rank),
        [told.linked(node), *beyond],
        html.Span(told.when(node), className="when"),
        short(told.text(node), 70),
        view.words.of("edge", candidate["weakest_link"]),
        html.Span(view.snapshot.masked([reason])[reason], lang="en"),
    ]


def _steps(view: View, trace: Record, told: Told) -> Node:
    """First seen and most reposted are other answers than the origin, and stand apart from it."""
    say = view.words
    share = trace.get("missing_share", trace["outside_p"])  # as earlier versions called it
    outside = "–" if share is None else f"{100 * share:.3g} %"
    pairs: list[tuple[Node, Node]] = []
    if trace["verdict"] == "named" and trace["candidates"]:
        pairs.append((say("story.origin"), _origin(view, told, trace["candidates"][0]["node_id"])))
    unsure: list[tuple[Node, Node]] = []
    if all(c["p"] is None for c in trace["candidates"]):
        unsure = [(say("story.p"), say("story.no-p"))]
    if trace["first_seen"] is not None:
        first = trace["first_seen"]
        pairs.append((say("story.first-seen"), [told.linked(first), f" · {told.when(first)}"]))
    lost = seen.source_lost(trace)
    if lost is not None:
        pairs.append((say("story.lost"), [told.linked(lost), f" · {told.when(lost)}"]))
    amplifiers = [
        html.Li([told.linked(each["node_id"]), f" · {number(each['reposts_count'])}"])
        for each in trace["main_amplifiers"][:5]
    ]
    if amplifiers:
        pairs.append((say("story.amplifiers"), html.Ul(amplifiers, className="inline")))
    pairs.append((say("story.outside-p"), _outside_p(trace)))
    return html.Div(facts([*pairs, (say("story.outside"), outside), *unsure]), className="across")


def _outside_p(trace: Record) -> Node:
    """How probable it is that the story began outside the data, and on what that was measured."""
    if "outside_calibration" not in trace:  # traces saved by an earlier version do not tell
        return "–"
    p = "" if trace["outside_p"] is None else f"p {number(trace['outside_p'])} · "
    return [p, html.Span(trace["outside_calibration"], lang="en")]


def _origin(view: View, told: Told, node_id: str) -> list[Node]:
    """Who and when, whether the data hold the post, and its first words."""
    state = told.nodes[node_id]["state"]
    unseen = [] if state == "seen" else [" ", badge(view.words.of("node", state), "hollow")]
    who = [told.linked(node_id), f" · {told.when(node_id)}", *unseen]
    return [html.P(who), html.P(bdi(told.text(node_id), 70), className="soft")]


def _next(view: View, trace: Record) -> Node:
    steps = view.snapshot.masked(trace["next_steps"])
    items = [html.Li(steps[step], lang="en") for step in trace["next_steps"]]
    return card(html.H2(view.words("story.next")), html.Ul(items, className="dotted"))


def _numbers(view: View, trace: Record) -> Node:
    say = view.words
    states = [n["state"] for n in trace["nodes"]]
    sources = [(n["attribution"] or {}).get("state") for n in trace["nodes"]]
    named, asked = sources.count("named"), sum(s is not None for s in sources)
    return tiles(
        [
            (say("posts"), number(states.count("seen")), say("story.seen")),
            (say("story.unseen"), number(states.count("unseen")), say("story.unseen.why")),
            (say("story.external"), number(states.count("external")), say("story.external.why")),
            (say("story.named"), f"{named} / {asked}", say("story.named.why")),
        ]
    )


def _legend(view: View) -> Node:
    say = view.words
    marks = [
        html.Li(
            [
                sign(f"mark mark-{state}"),
                say.of("attribution", state),
            ]
        )
        for state in ("named", "vague", "none", "wrong", "unseen", "external")
    ]
    marks.append(html.Li([sign("mark hollow mark-deleted"), say("story.deleted")]))
    notes = [html.Li(say(f"story.legend.{name}")) for name in ("ring", "count")]
    lines = [
        html.Li(
            [
                sign(f"stroke stroke-{cls}"),
                say.of("edge", cls),
            ]
        )
        for cls in DASHES
    ]
    return html.Ul([*marks, *lines, *notes], className="legend")
