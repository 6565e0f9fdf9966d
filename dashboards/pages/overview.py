# SPDX-License-Identifier: GPL-3.0-or-later
"""Overview: what should I look at first?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Choice
from dashboards.pages.finding_line import finding_line
from dashboards.pages.story_title import trace_title, verdict_word
from dashboards.parts import (
    Node,
    View,
    card,
    empty,
    facts,
    heading,
    link,
    more,
    panel,
    section,
    tiles,
)
from dashboards.shown import moment, number, visible
from dashboards.views import overview as seen

if TYPE_CHECKING:
    from dashboards.snapshot import Record

GRADES = ("strong", "moderate", "weak", "none")
FILES_OPEN = 6


def render(view: View) -> list[Node]:
    """The page."""
    say = view.words
    title, question = say("overview.title"), say("overview.question")
    if not view.snapshot.sources:
        command = f"graphkit import {view.snapshot.case.root} FILE..."
        return [heading(title, question), empty(say("overview.no-rows"), command)]
    parts = {
        "story.made": _stories,
        "overview.not-tested": _not_tested,
        "overview.gaps": _missing,
        "overview.ledger": _ledger,
    }
    side = [panel(view, say(key), partial(make, view)) for key, make in parts.items()]
    findings = panel(view, say("findings"), partial(_findings, view))
    return [
        panel(view, title, lambda: heading(title, question, _span(view))),
        panel(view, title, partial(_counts, view)),
        html.Div([findings, html.Div(side, className="side")], className="two"),
    ]


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
    graded = [f["finding_id"] for f in seen.once(view.snapshot) if f["grade"] is not None]
    judged = len(view.snapshot.judgements().keys() & graded)
    rows = {name: number(getattr(counts, name)) for name in ("posts", "actions", "rankings")}
    read = seen.rows_read(view.snapshot.sources)
    kept = say("overview.read.of", files=counts.files, rejected=number(read["rejected"]))
    untested = say("overview.open.of", n=number(seen.untested_count(view.snapshot)))
    return tiles(
        [
            (say("findings"), number(len(graded)), say("overview.judged", n=number(judged))),
            (say("accounts"), number(counts.accounts), say("overview.rows", **rows)),
            (say("overview.read"), number(read["accepted"]), kept),
            (
                say("overview.open"),
                number(len(seen.not_tested(view.snapshot))),
                html.A(untested, href="#not-tested", className="link"),
            ),
        ]
    )


def _findings(view: View) -> Node:
    say, query = view.words, view.query
    every = seen.once(view.snapshot)
    if not view.snapshot.runs:
        command = f"graphkit detect {view.snapshot.case.root}"
        here = html.P(link(say("runs.all"), query.to("/runs")))
        return section(say("findings"), empty(say("overview.no-runs"), command), here)
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


def _stories(view: View) -> Node:
    """The stories traced in this case, each with what its trace says of the origin."""
    say, traces = view.words, view.snapshot.traces
    if not traces:
        none = html.P(say("overview.no-stories"))
        there = html.P(link(say("story.title"), view.query.to("/story")))
        return card(html.H2(say("story.made")), none, there)
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
    return card(html.H2(say("story.made")), html.Ul(items, className="ledger"), *after)


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
    first, rest = parts[:FILES_OPEN], parts[FILES_OPEN:]
    title = say("overview.ledger.more", n=number(len(rest)))
    after = [more(title, html.Ul(rest, className="ledger"))] if rest else []
    return card(html.H2(say("overview.ledger")), html.Ul(first, className="ledger"), *after)


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
        items.append((link(say.of("kind", name), view.query.to("/runs", kind=name)), why))
    untested = seen.untested_count(view.snapshot)
    caveats = html.P(say("overview.untested", n=number(untested))) if untested else None
    body = facts(items) if items else html.P(say("overview.all-ran"))
    runs = html.P(link(say("runs.all"), view.query.to("/runs")))
    title = html.H2(say("overview.not-tested"), id="not-tested", tabIndex="-1")
    return card(title, body, caveats, runs)
