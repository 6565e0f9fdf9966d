# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs: does a finding hold when the detector is told otherwise?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Choice, Field
from dashboards.parts import Node, View, button, card, empty, heading, link, more, section, table
from dashboards.shown import number, visible
from dashboards.views import runs as seen
from graphkit.investigation.plugins import detectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.case import Run
    from graphkit.findings import Detector, ParamSpec

RUNS_SHOWN = 8


def render(view: View) -> list[Node]:
    """The page."""
    say, known = view.words, detectors()
    asked = view.query.one("kind")
    detector = known[asked] if asked in known else next(iter(known.values()))
    choice = Choice(
        id="kind",
        label=say("kind"),
        param="kind",
        clears={"set": None, "run": None},
        value=detector.name,
        options=[{"value": name, "label": say.of("kind", name)} for name in known],
    )
    made = seen.runs_of(view.snapshot, detector)
    return [
        heading(say("runs.title"), say("runs.question")),
        html.Div([choice], className="controls"),
        html.P(visible(detector.summary), className="note", lang="en"),
        _made(view, detector, made),
        *_compared(view, detector, made),
        _form(view, detector),
    ]


def _form(view: View, detector: Detector) -> Node:
    """A field for each parameter, filled in with what the address tells."""
    say = view.words
    given = dict(each.split("=", 1) for each in view.query.all("set") if "=" in each)
    fields = [
        _field(spec, given.get(spec.name, seen.written(spec.default)))
        for spec in seen.parameters(detector)
    ]
    start = button(say("runs.start"), {"act": "run", "kind": detector.name}, kind="strong")
    body = card(html.Div(fields, className="parameters"), start)
    return section(say("runs.told"), body, note=say("runs.told.note"))


def _field(spec: ParamSpec, value: str) -> Node:
    bounds = "" if spec.minimum is None or spec.maximum is None else _bounds(spec)
    about = html.P(f"{visible(spec.doc)}{bounds}", className="soft hint", lang="en")
    label = spec.name.replace("_", " ")
    return html.Div([Field(id={"form": f"set.{spec.name}"}, label=label, value=value), about])


def _bounds(spec: ParamSpec) -> str:
    return f" ({number(spec.minimum)} – {number(spec.maximum)})"


def _made(view: View, detector: Detector, made: Sequence[Run]) -> Node:
    say = view.words
    if not made:
        command = f"graphkit detect {view.snapshot.case.root} {detector.name}"
        return section(say("runs.made"), empty(say("runs.none"), command))
    chosen = _chosen(view, made)
    rows = []
    for run in made:
        graded = sum(each["grade"] is not None for each in run.findings)
        to = view.query.having(run=run.run_id, kind=detector.name)
        here = run.run_id == chosen.run_id
        name = html.Strong(say("runs.this")) if here else link(say("runs.compare"), to)
        counts = [number(graded), number(len(run.findings) - graded)]
        lacking = say("runs.lacking", what=", ".join(run.recipe["not_tested"]))
        cells = ["–", "–"] if run.recipe["not_tested"] else counts
        told = lacking if run.recipe["not_tested"] else _told(view, detector, run)
        rows.append([name, told, *cells, html.Code(run.run_id[:8])])
    heads = [say("runs.run"), say("runs.told"), say("runs.graded"), say("runs.ordinary"), "id"]
    return section(say("runs.made"), card(table(heads, rows, label=say("runs.made"))))


def _chosen(view: View, made: Sequence[Run]) -> Run:
    """The run that the address names, else the first."""
    return next((run for run in made if run.run_id == view.query.one("run")), made[0])


def _told(view: View, detector: Detector, run: Run) -> str:
    told = seen.told(detector, run.recipe["params"])
    if not told:
        return view.words("runs.defaults")
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())


def _compared(view: View, detector: Detector, made: Sequence[Run]) -> list[Node]:
    """The findings of the chosen run, a column for each other run over the same rows."""
    say = view.words
    if not made:
        return []
    run = _chosen(view, made)
    rows = seen.held(made, run)
    if not rows:
        return [section(say("runs.held"), empty(say("runs.nothing")))]
    if not rows[0].others:
        return [section(say("runs.held"), empty(say("runs.alone")))]
    shown = rows[0].others[:RUNS_SHOWN]
    by_id = {each.run_id: each for each in made}
    heads = [say("finding"), say("runs.holds")]
    heads += [_told(view, detector, by_id[each.run_id]) for each in shown]
    lines = [
        [
            _finding(view, each),
            say("runs.of", m=number(each.count), n=number(len(each.others))),
            *(_cell(view, other.outcome, other.grade) for other in each.others[:RUNS_SHOWN]),
        ]
        for each in rows
    ]
    left = len(rows[0].others) - len(shown)
    note = say("runs.note") + (f" {say('left-out', n=number(left))}." if left > 0 else "")
    body = card(table(heads, lines, label=say("runs.held")))
    return [section(say("runs.held"), body, note=note)]


def _finding(view: View, held: seen.Held) -> Node:
    outcome = view.words.of("outcome", held.finding["outcome"])
    to = view.query.to("/finding", id=held.finding["finding_id"])
    summary = more(outcome, html.P(visible(held.finding["summary"]), lang="en"))
    return html.Div([link(html.Code(held.finding["finding_id"][:8]), to), summary])


def _cell(view: View, outcome: str | None, grade: str | None) -> str:
    if outcome is None:
        return view.words("runs.not-found")
    said = view.words.of("outcome", outcome)
    return said if grade is None else f"{said} · {view.words.of('grade', grade)}"
