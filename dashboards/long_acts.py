# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page asks for and does not wait for: traces, runs, bundles. Each is a job of its own.

A job's state is asked for by a clock while one runs. An answer to an older question may come after
the start of a job: the clock stands still only when the answer is about the job last asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, dcc, html, no_update

from dashboards.buttons import Press, Reply
from dashboards.pages.by_hand import ADDED
from dashboards.parts import Node, button, extra
from dashboards.query import Query
from dashboards.shown import visible
from dashboards.snapshot import snapshot
from dashboards.views.evidence import Choices, in_basket, preview
from dashboards.views.network import lens_of
from dashboards.views.runs import parameters, written
from dashboards.words import Words
from graphkit.errors import ParameterError
from graphkit.investigation.plugins import detector

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dash import Dash

    from dashboards.jobs import Jobs, Progress

_STEP = 700  # milliseconds between two questions


def job_parts() -> list[Node]:
    """What the shell holds for the job: its line, its clock, the last end that was told."""
    return [
        html.Div(id="job", className="job"),
        dcc.Interval(id="job-clock", interval=_STEP),
        dcc.Store(id="job-told"),
    ]


def _trace(root: Path, jobs: Jobs, press: Press) -> Reply:
    say = press.say
    arguments = ["trace", str(root), "--", press.button["what"]]
    number = jobs.start(arguments, title=say("story.job"), done=say("story.traced"))
    return Reply(say("working"), waits=number)


def _run(root: Path, jobs: Jobs, press: Press) -> Reply:
    say, kind = press.say, press.button["kind"]
    told = _changed(kind, press.form)
    settings = [part for each in told for part in ("--set", each)]
    title = say("runs.job", kind=say.of("kind", kind))
    number = jobs.start(["detect", str(root), kind, *settings], title=title, done=say("runs.saved"))
    chosen = press.query.having(kind=kind, set=told)
    return Reply(say("working"), waits=number, address=chosen)


def _changed(kind: str, form: Mapping[str, str]) -> list[str]:
    """The fields that differ from the defaults, as NAME=VALUE; an empty one is the default."""
    defaults = {spec.name: written(spec.default) for spec in parameters(detector(kind))}
    told = {name.removeprefix("set."): text for name, text in form.items()}
    return [f"{n}={told[n]}" for n in defaults if told.get(n) and told[n] != defaults[n]]


def _build(root: Path, jobs: Jobs, press: Press) -> Reply:
    say, form, chosen = press.say, press.form, Choices.read(press.query)
    name = form["bundle-name"]
    if not name or name != name.replace("/", "").replace("\\", "").lstrip("."):
        raise ParameterError(say("bundle.bad-name"))
    if chosen.in_full and not (form["reason"] and form["by"]):
        raise ParameterError(say("bundle.full.incomplete"))
    view = snapshot(root)
    would = preview(view, in_basket(view), chosen)
    out = view.case.root.resolve() / "exports" / name
    named = [part for each in would.of("in", "marked") for part in ("--finding", each)]
    if not named:
        raise ParameterError(say("bundle.nothing"))
    options = ["--unreviewed"] if chosen.unreviewed else []
    options += ["--in-full", form["reason"], "--by", form["by"]] if chosen.in_full else []
    done = say("bundle.built", path=visible(str(out)))
    arguments = ["bundle", str(root), "-o", str(out), *named, *options]
    number = jobs.start(arguments, title=say("bundle.job"), done=done)
    return Reply(say("working"), waits=number)


def _add(root: Path, jobs: Jobs, press: Press) -> Reply:
    say, told = press.say, {n.removeprefix("add."): text for n, text in press.form.items()}
    if not told["what"] or not told["seen-at"] or not told["by"]:
        raise ParameterError(say("add.incomplete"))
    options = [f"--{name}={told[name]}" for name in ADDED[1:] if told[name]]
    arguments = ["add", *options, "--", str(root), told["what"]]
    number = jobs.start(arguments, title=say("add.job"), done=say("add.saved"))
    return Reply(say("working"), waits=number)


def _gephi(root: Path, jobs: Jobs, press: Press) -> Reply:
    say, lens = press.say, lens_of(snapshot(root), press.query)
    within = f"{lens.within.total_seconds():g}s"
    rule = ["--act", lens.act, "--within", within, "--min-objects", str(lens.min_count)]
    told = rule if lens.name == "coaction" else []
    name = "-".join([lens.name, *(lens.act, within, str(lens.min_count))[: len(told) // 2]])
    out = root.resolve() / "exports" / f"{name}.gexf"
    done = say("network.gephi.done", path=visible(str(out)))
    arguments = ["graph", str(root), lens.name, "-o", str(out), *told]
    number = jobs.start(arguments, title=say("network.gephi.job"), done=done)
    return Reply(say("working"), waits=number)


def _stop(_root: Path, jobs: Jobs, press: Press) -> Reply:
    return Reply(press.say("working"), waits=jobs.stop())


ACTS = {
    "trace": _trace,
    "run": _run,
    "seal": _build,
    "add": _add,
    "gephi": _gephi,
    "stop": _stop,
}


def wire_clock(app: Dash, jobs: Jobs) -> None:
    """Registers what tells of the running job, and of its end."""
    outputs = (
        Output("job", "children"),
        Output("said", "children", allow_duplicate=True),
        Output("revision", "data", allow_duplicate=True),
        Output("job-told", "data"),
    )
    states = (State("job-told", "data"), State("revision", "data"), State("url", "search"))

    @app.callback(outputs, Input("job-clock", "n_intervals"), *states, prevent_initial_call=True)
    def tick(
        _n: int, told: dict[str, Any] | None, revision: int, search: str
    ) -> tuple[Any, Any, Any, dict[str, Any]]:
        say, job = Words(Query.read("/", search).language), jobs.progress()
        if job is None:
            return [], no_update, no_update, {"number": 0, "runs": False}
        if job.status is None:
            return _line(say, job), no_update, no_update, {"number": job.number - 1, "runs": True}
        ended = {"number": job.number, "runs": False}
        if told is None or told["number"] >= job.number:  # a window opened later is not told again
            return [], no_update, no_update, ended
        moved = revision + 1 if job.status == 0 else no_update
        return [], _end(say, job), moved, ended


def _line(say: Words, job: Progress) -> list[Node]:
    """The running job: what, for how long, the last line that it printed, and how to stop it."""
    said: list[Node] = [html.Strong(say("job.running", title=job.title, n=job.seconds))]
    said += [html.Span(visible(job.line), className="soft")] if job.line else []
    stop = button(say("job.stop"), {"act": "stop", "job": ""}, kind="small")
    bar = html.Progress(**extra(aria_label=job.title))
    return [html.Div([*said, bar, stop], role="region", **extra(aria_label=say("job.label")))]


def _end(say: Words, job: Progress) -> str:
    if job.status == 0:
        return job.done
    stopped = job.status is not None and job.status < 0
    return say("job.stopped") if stopped else say("refused", why=visible(job.line))
