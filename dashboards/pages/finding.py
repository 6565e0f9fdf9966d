# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding: what the rows say, what chance would make of it, and what else could explain it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Field, Radios
from dashboards.pages.finding_beside import beside
from dashboards.pages.finding_line import basket_button, judged
from dashboards.pages.finding_said import hypothesis, measure, said
from dashboards.pages.finding_ties import tied
from dashboards.pages.paged import Paged
from dashboards.pages.row_table import row_table
from dashboards.parts import (
    Node,
    View,
    badge,
    button,
    card,
    empty,
    facts,
    grade,
    heading,
    link,
    mixed,
    more,
    notice,
    panel,
    section,
)
from dashboards.shown import moment, number, visible
from dashboards.views import finding as seen
from dashboards.views.places import list_of
from dashboards.views.runs import told_of
from dashboards.words import catalogue
from graphkit.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from dashboards.snapshot import Record

_ORDER = {"weakens": 0, "untested": 1, "stands": 2}


def render(view: View) -> list[Node]:
    """The page."""
    say = view.words
    finding = view.snapshot.finding(view.query.one("id"))
    if finding is None:
        back = link(say("overview.title"), view.query.to("/"))
        return [
            heading(say("finding.title"), say("finding.question")),
            empty(say("finding.none"), f"graphkit findings {view.snapshot.case.root}"),
            back,
        ]
    kept = finding["finding_id"] in view.snapshot.basket()
    judgement = view.snapshot.judgements().get(finding["finding_id"])
    jump = html.A(say("judge.jump"), href="#judge", className="link")
    acts = [judged(view, judgement), jump, basket_button(view, finding["finding_id"], kept=kept)]
    title = [say.of("kind", finding["kind"]), ": ", say.of("outcome", finding["outcome"])]
    lead = html.P([grade(say, finding["grade"]), " ", *said(view, finding)], className="lead")
    sides = html.Div([_supports(view, finding), _explains(view, finding)], className="halves")
    rows = cache(lambda: seen.evidence(view.snapshot, finding))
    behind = say("finding.rows", n=number(finding["evidence_count"]))
    return [
        heading(title, say("finding.question"), *acts),
        lead,
        sides,
        panel(view, say("finding.look"), lambda: _looked(view, finding, rows())),
        panel(view, say("tie.title"), lambda: html.Div(tied(view, finding))),
        *beside(view, finding),
        panel(view, behind, lambda: _rows(view, behind, rows())),
        html.Div([_judge(view, finding, judgement), _made(view, finding)], className="halves"),
    ]


def _looked(view: View, finding: Record, rows: pl.DataFrame) -> Node:
    return html.Div([_look(view, finding, rows), *_loops(view, rows)])


def _rows(view: View, title: str, rows: pl.DataFrame) -> Node:
    page = Paged(
        rows.height,
        view.query.one("rows"),
        lambda n: view.query.having(rows=str(n)),
        stay="evidence-rows",
    )
    table = html.Div(row_table(view, rows, "evidence", page), id="evidence-rows", tabIndex="-1")
    return section(title, table, note=view.words("rows.masked"))


def _supports(view: View, finding: Record) -> Node:
    """Window, rows, the measures that have words; the others below, one click away."""
    say, window = view.words, finding["window"]
    zone = view.snapshot.zone
    when = "–"
    if window is not None:
        when = f"{moment(window['start'], zone)} – {moment(window['end'], zone)}"
    main, others = seen.measures(finding)
    named = [(measure(view, name), number(value)) for name, value in main]
    first = [(say("window"), when), (say("finding.evidence"), number(finding["evidence_count"]))]
    rest = [(measure(view, name), number(value)) for name, value in others]
    after = [more(say("finding.measures", n=len(rest)), facts(rest))] if rest else []
    return card(
        html.H2(say("finding.supports")),
        facts([*first, *named]),
        *after,
        html.H3(say("finding.chance")),
        _chance(view, finding),
    )


def _chance(view: View, finding: Record) -> Node:
    say, null = view.words, finding["null_model"]
    if null.get("name") is None:
        return notice(say("finding.no-null", reason=visible(null.get("reason"))))
    pairs = [
        (say("null.name"), html.Span(visible(null["name"]), lang="en")),
        (say("null.expected"), number(null.get("expected"))),
        (say("null.tests"), number(null.get("tests_made"))),
        (say("null.family"), html.Span(visible(null.get("family")) or "–", lang="en")),
        (_what(view, "p", finding["kind"]), number(finding["p_value"])),
        (_what(view, "q", finding["kind"]), number(finding["q_value"])),
    ]
    return facts(pairs)


def _what(view: View, letter: str, kind: str) -> Node:
    """What `p` or `q` is for findings of this kind: they may be of different tests."""
    key = f"{letter}.{kind}"
    text = view.words(key if key in catalogue() else f"{letter}.other")
    return [html.Strong(letter), " ", text]


def _explains(view: View, finding: Record) -> Node:
    """The innocent explanations, those that may hold first; as large as what supports."""
    say = view.words
    caveats = sorted(finding["caveats"], key=lambda c: _ORDER[c["outcome"]])
    items = [html.Li(_caveat(view, caveat)) for caveat in caveats]
    return card(html.H2(say("finding.explains")), html.Ul(items, className="caveats"))


def _caveat(view: View, caveat: Mapping[str, str]) -> list[Node]:
    outcome = caveat["outcome"]
    return [
        html.P(
            [
                badge(view.words.of("caveat", outcome), f"caveat caveat-{outcome}"),
                hypothesis(view, caveat["hypothesis"]),
            ]
        ),
        html.P(visible(caveat["detail"]), lang="en"),
        html.P(
            [view.words("finding.test"), " ", html.Span(visible(caveat["test"]), lang="en")],
            className="soft",
        ),
    ]


def _look(view: View, finding: Record, rows: pl.DataFrame) -> Node:
    """Where its subjects can be looked at."""
    say, subjects = view.words, finding["subjects"]
    names = view.snapshot.names(subjects["accounts"][:200])
    accounts = [html.Li(view.account(each, name=name)) for each, name in names.items()]
    total = len(subjects["accounts"])
    title = say("finding.accounts", n=number(total))
    listed = more(title, html.Ul(accounts, className="inline"), is_open=total <= 12)
    links = html.P(html.Span(_links(view, finding, rows), className="links"))
    return section(None, links, *([listed] if accounts else []))


def _links(view: View, finding: Record, rows: pl.DataFrame) -> list[Node]:
    say, query, subjects = view.words, view.query, finding["subjects"]
    links = []
    if len(subjects["accounts"]) > 1:
        act = seen.main_act(view.snapshot, rows)
        lens = {"lens": "citation", "least": "1"} if act is None else {"act": act}
        to = query.to("/network", finding=finding["finding_id"], **lens)
        links.append(link(say("finding.to-network"), to))
    links += [
        link(mixed(say("finding.to-ranking", topic=topic)), query.to("/ranking", topic=topic))
        for topic in subjects["topics"][:8]
    ]
    places = list_of(view.snapshot, finding)
    if places is not None:
        links.append(link(say("places.to"), query.to("/ranking", places=places)))
    stories = [*subjects["claims"], *subjects["posts"][:1]][:3]
    return links + [link(say("finding.to-story"), query.to("/story", what=w)) for w in stories]


def _loops(view: View, rows: pl.DataFrame) -> list[Node]:
    loops = seen.loops(rows)
    if not loops:
        return []
    names = view.snapshot.names(
        str(h["account_id"]) for loop in loops[:20] for h in loop if h["account_id"]
    )
    blocks = [
        card(html.Ol([html.Li(_hop(view, hop, names)) for hop in loop], className="hops"))
        for loop in loops[:20]
    ]
    note = view.words("finding.loops.note", n=number(len(loops)), shown=number(min(20, len(loops))))
    return [section(view.words("finding.loops"), html.Div(blocks, className="cards"), note=note)]


def _hop(view: View, hop: Mapping[str, object], names: Mapping[str, str]) -> Node:
    account = str(hop["account_id"]) if hop["account_id"] else None
    who = "–" if account is None else view.account(account, name=names[account])
    at = moment(hop["at"], view.snapshot.zone)  # type: ignore[arg-type]  # a datetime of the frame
    masked = view.snapshot.masked([str(hop["what"] or "")])
    text = html.Span(masked[str(hop["what"] or "")], className="soft")
    line = html.Code(f"{visible(str(hop['file'] or '–'))}:{hop['line'] or '–'}")
    place = link(line, view.query.rows("row", str(hop["table"]), str(hop["key"])), rows=True)
    return html.Div([html.Strong(who), html.Span(at, className="when"), text, place])


def _judge(view: View, finding: Record, judgement: Record | None) -> Node:
    say = view.words
    verdicts = [each.value for each in Verdict if each is not Verdict.WITHDRAWN]
    options = [{"value": each, "label": say.of("verdict", each)} for each in verdicts]
    back = button(say("judge.take-back"), {"act": "take-back", "finding": finding["finding_id"]})
    last = (
        []
        if judgement is None
        else [
            notice(
                say(
                    "judge.last",
                    verdict=say.of("verdict", judgement["verdict"]),
                    by=visible(judgement["by"]),
                    at=moment(judgement["at"], view.snapshot.zone),
                ),
                html.P(visible(judgement["note"])),
            )
        ]
    )
    fields = [
        Radios(id={"form": "verdict"}, label=say("judge.verdict"), options=options, value=None),
        Field(id={"form": "note"}, label=say("judge.note"), rows=3),
        Field(id={"form": "by"}, label=say("judge.by"), remember="graphkit-by"),
        button(
            say("judge.save"), {"act": "judge", "finding": finding["finding_id"]}, kind="strong"
        ),
        *([] if judgement is None else [back]),
    ]
    return card(html.H2(say("judge.title"), id="judge", tabIndex="-1"), *last, *fields)


def _made(view: View, finding: Record) -> Node:
    """What made the finding: detector, parameters, run; and its other records."""
    say = view.words
    params = [
        (name.replace("_", " "), str(value)) for name, value in sorted(finding["params"].items())
    ]
    pairs = [
        (say("made.detector"), f"{finding['detector']} {finding['version']}"),
        (say("made.id"), html.Code(finding["finding_id"])),
        (say("made.run"), html.Code(finding["run_id"])),
        (say("made.score"), number(finding["score"])),
    ]
    others = [
        html.Li(html.Code(f"{each['run_id']}  {say.of('outcome', each['outcome'])}"))
        for each in seen.other_records(view.snapshot, finding)
    ]
    again = [html.H3(say("made.others")), html.Ul(others)] if others else []
    told = [f"{name}={value}" for name, value in told_of(finding).items()]
    to = view.query.to("/runs", kind=finding["detector"], run=finding["run_id"], set=told)
    return card(
        html.H2(say("made.title")),
        facts(pairs),
        more(say("made.params"), facts(params)),
        *again,
        html.P(link(say("runs.again"), to)),
    )
