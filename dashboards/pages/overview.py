# SPDX-License-Identifier: GPL-3.0-or-later
"""Overview: what should I look at first?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Choice
from dashboards.pages.finding_line import finding_line
from dashboards.pages.story_title import trace_title, verdict_word
from dashboards.parts import Node, View, card, empty, facts, heading, link, more, section, tiles
from dashboards.shown import moment, number, visible
from dashboards.views import overview as seen

if TYPE_CHECKING:
    from dashboards.snapshot import Record

GRADES = ("strong", "moderate", "weak", "none")


def render(view: View) -> list[Node]:
    """The page."""
    say = view.words
    head = heading(say("overview.title"), say("overview.question"), _span(view))
    if not view.snapshot.sources:
        command = f"graphkit import {view.snapshot.case.root} FILE..."
        return [head, empty(say("overview.no-rows"), command)]
    side = html.Aside(
        [*_stories(view), _ledger(view), _missing(view), _not_tested(view)], className="side"
    )
    return [head, _counts(view), html.Div([_findings(view), side], className="two")]


def _span(view: View) -> Node:
    """The first and last day of the rows."""
    counts, zone = seen.counts(view.snapshot), view.snapshot.zone
    if counts.start is None:
        return None
    days = [moment(at, zone)[:10] for at in (counts.start, counts.end)]
    return html.Span(view.words("overview.span", first=days[0], last=days[1]), className="soft")


def _counts(view: View) -> Node:
    say = view.words
    counts = seen.counts(view.snapshot)
    graded = sum(f["grade"] is not None for f in seen.once(view.snapshot))
    rows = say("overview.rows", actions=number(counts.actions), rankings=number(counts.rankings))
    return tiles(
        [
            (say("findings"), number(graded), say("overview.graded")),
            (say("accounts"), number(counts.accounts), say("overview.files", n=counts.files)),
            (say("posts"), number(counts.posts), ""),
            (say("overview.other"), number(counts.actions + counts.rankings), rows),
        ]
    )


def _findings(view: View) -> Node:
    say, query = view.words, view.query
    every = seen.once(view.snapshot)
    if not view.snapshot.runs:
        command = f"graphkit detect {view.snapshot.case.root}"
        return section(say("findings"), empty(say("overview.no-runs"), command))
    if not every:
        return section(say("findings"), empty(say("overview.no-findings")))
    chosen = seen.chosen(every, kind=query.one("kind"), grade=query.one("grade"))
    graded = [f for f in chosen if f["grade"] is not None]
    ordinary = [f for f in chosen if f["grade"] is None]
    blocks = [_controls(view, every), _lines(view, graded)]
    if ordinary:
        title = say("overview.ordinary", n=number(len(ordinary)))
        is_open = query.one("grade") == "none"
        blocks.append(more(title, _lines(view, ordinary, limit=40), is_open=is_open))
    left = len(view.snapshot.findings) - len(every)
    if left:
        text = say("overview.repeats", n=number(left))
        blocks.append(html.P(link(text, query.to("/runs")), className="soft"))
    return section(say("findings"), *blocks, note=say("overview.order"))


def _controls(view: View, findings: list[Record]) -> Node:
    say, query = view.words, view.query
    kinds = sorted({f["kind"] for f in findings})
    any_one = {"value": "", "label": say("any")}
    kind_options = [any_one, *({"value": k, "label": say.of("kind", k)} for k in kinds)]
    grade_options = [any_one, *({"value": g, "label": say.of("grade", g)} for g in GRADES)]
    kind = Choice(
        id="kind",
        label=say("kind"),
        param="kind",
        clears={"more": None},
        value=query.one("kind"),
        options=kind_options,
    )
    grade = Choice(
        id="grade",
        label=say("grade"),
        param="grade",
        clears={"more": None},
        value=query.one("grade"),
        options=grade_options,
    )
    return html.Div([kind, grade], className="controls")


def _lines(view: View, findings: list[Record], *, limit: int | None = None) -> Node:
    if not findings:
        return empty(view.words("overview.none-chosen"))
    pages = int(view.query.one("more") or "1") if (view.query.one("more") or "1").isdecimal() else 1
    shown = limit if limit is not None else seen.PAGE_SIZE * pages
    judged, basket = view.snapshot.judgements(), set(view.snapshot.basket())
    lines = [
        html.Li(
            finding_line(
                view, f, judgement=judged.get(f["finding_id"]), kept=f["finding_id"] in basket
            )
        )
        for f in findings[:shown]
    ]
    rest = len(findings) - shown
    after = []
    if rest > 0:
        text = view.words("overview.more", n=number(rest))
        after = [html.P(text if limit else link(text, view.query.having(more=str(pages + 1))))]
    return html.Div([html.Ol(lines, className="lines"), *after])


def _stories(view: View) -> list[Node]:
    """The stories traced in this case, each with what its trace says of the origin."""
    say, traces = view.words, view.snapshot.traces
    if not traces:
        return []
    items = [
        html.Li(
            [
                link(trace_title(view, each), view.query.to("/story", what=each["query"]["what"])),
                html.Span(verdict_word(view, each), className="soft"),
            ]
        )
        for each in traces[:6]
    ]
    rest = link(say("overview.stories.all", n=number(len(traces))), view.query.to("/story"))
    after = [html.P(rest)] if len(traces) > len(items) else []
    return [card(html.H2(say("story.made")), html.Ul(items, className="ledger"), *after)]


def _ledger(view: View) -> Node:
    say = view.words
    parts = []
    for each in seen.ledger(view.snapshot.sources):
        lost = " · ".join(f"{number(each[n])} {say(n)}" for n in ("duplicate", "rejected"))
        kept = f"{number(each['accepted'])} / {number(each['rows_read'])} {say('accepted')}"
        collected = say.of("collection", each["collection"])
        parts.append(
            html.Li(
                [
                    html.Strong(visible(each["file"])),
                    html.Span(f"{kept} · {lost}"),
                    html.Span(f"{each['importer']} · {collected}", className="soft"),
                    *_reasons(view, each["reasons"]),
                    *_reasons(view, each["warnings"]),
                ]
            )
        )
    return card(html.H2(say("overview.ledger")), html.Ul(parts, className="ledger"))


def _reasons(view: View, reasons: list[tuple[str, int, list[int]]]) -> list[Node]:
    if not reasons:
        return []
    items = [
        html.Li(
            view.words(
                "overview.reason", n=n, reason=visible(reason), lines=", ".join(map(str, at))
            )
        )
        for reason, n, at in reasons[:6]
    ]
    total = sum(n for _, n, _ in reasons)
    return [
        more(view.words("overview.reasons", n=number(total)), html.Ul(items, className="plain"))
    ]


def _missing(view: View) -> Node:
    say = view.words
    gaps = seen.missing_values(view.snapshot)
    pairs = [
        (f"{table}.{column}", say("overview.null", n=number(nulls), of=number(rows)))
        for table, column, nulls, rows in gaps
    ]
    body = facts(pairs) if pairs else html.P(say("overview.no-gaps"))
    return card(html.H2(say("overview.gaps")), body)


def _not_tested(view: View) -> Node:
    say = view.words
    items = []
    for name, missing in seen.not_tested(view.snapshot):
        tables = ", ".join(missing)
        why = say("overview.no-table", tables=tables) if missing else say("overview.never-ran")
        items.append((say.of("kind", name), why))
    untested = sum(
        seen.caveat_counts(f)["untested"] for f in view.snapshot.findings if f["grade"] is not None
    )
    caveats = html.P(say("overview.untested", n=number(untested))) if untested else None
    body = facts(items) if items else html.P(say("overview.all-ran"))
    runs = html.P(link(say("runs.all"), view.query.to("/runs")))
    return card(html.H2(say("overview.not-tested")), body, caveats, runs)
