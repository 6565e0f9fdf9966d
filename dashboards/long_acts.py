# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page asks for and does not wait for: traces, runs, bundles. Each is a job of its own.

A job's state is asked for by a clock while one runs; every window of the case is told of its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import ALL, Input, Output, State, dcc, html, no_update

from dashboards.buttons import pressed_button, pressing, sending, told_by_form
from dashboards.jobs import Jobs, Progress
from dashboards.pages.by_hand import ADDED
from dashboards.parts import Node, button, extra
from dashboards.query import Query
from dashboards.shown import visible
from dashboards.snapshot import snapshot
from dashboards.views.network import lens_of
from dashboards.views.runs import parameters, written
from dashboards.words import Words
from graphkit import case as cases
from graphkit.errors import GraphkitError, ParameterError
from graphkit.investigation.plugins import detector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dash import Dash

_CLOCK = Output("job-clock", "disabled", allow_duplicate=True)
_SAID = Output("said", "children", allow_duplicate=True)
_REVISION = Output("revision", "data", allow_duplicate=True)
_STEP = 700  # milliseconds between two questions


def job_parts() -> list[Node]:
    """What the shell holds for the job: its line, its clock, the last end that was told."""
    return [
        html.Div(id="job", className="job"),
        dcc.Interval(id="job-clock", interval=_STEP),
        dcc.Store(id="job-told"),
    ]


def wire(app: Dash, root: Path) -> None:
    """Registers all of them."""
    jobs = Jobs()
    _wire_trace(app, root, jobs)
    _wire_run(app, root, jobs)
    _wire_bundle(app, root, jobs)
    _wire_add(app, root, jobs)
    _wire_gephi(app, root, jobs)
    _wire_clock(app, jobs)
    _wire_stop(app, jobs)


def _started(start: Callable[[Words], None], search: str) -> tuple[Any, Any]:
    """What to say, and whether the clock stands still."""
    say = Words(Query.read("/", search).language)
    try:
        start(say)
    except GraphkitError as error:
        return say("refused", why=visible(str(error))), no_update
    return say("working"), False


def _wire_trace(app: Dash, root: Path, jobs: Jobs) -> None:
    asked = {"act": "trace", "what": ALL}

    @app.callback((_SAID, _CLOCK), pressing(asked), prevent_initial_call=True)
    def trace(clicks: list[int | None], where: tuple[int, str]) -> tuple[Any, Any]:
        what = pressed_button(clicks)["what"]

        def start(say: Words) -> None:
            arguments = ["trace", str(root), "--", what]
            jobs.start(arguments, title=say("story.job"), done=say("story.traced"))

        return _started(start, where[1])


def _wire_run(app: Dash, root: Path, jobs: Jobs) -> None:
    asked = {"act": "run", "kind": ALL}
    address = Output("url", "search", allow_duplicate=True)

    @app.callback((_SAID, _CLOCK, address), sending(asked), prevent_initial_call=True)
    def run(
        clicks: list[int | None], _form: list[Any], where: tuple[int, str]
    ) -> tuple[Any, Any, str]:
        kind = pressed_button(clicks)["kind"]
        told = _changed(kind, told_by_form())

        def start(say: Words) -> None:
            settings = [part for each in told for part in ("--set", each)]
            title = say("runs.job", kind=say.of("kind", kind))
            jobs.start(["detect", str(root), kind, *settings], title=title, done=say("runs.saved"))

        chosen = Query.read("/runs", where[1]).having(kind=kind, set=told).removeprefix("/runs")
        return (*_started(start, where[1]), chosen)


def _changed(kind: str, form: Mapping[str, str]) -> list[str]:
    """The fields that differ from the defaults, as NAME=VALUE; an empty one is the default."""
    defaults = {spec.name: written(spec.default) for spec in parameters(detector(kind))}
    told = {name.removeprefix("set."): text for name, text in form.items()}
    return [f"{n}={told[n]}" for n in defaults if told.get(n) and told[n] != defaults[n]]


def _wire_bundle(app: Dash, root: Path, jobs: Jobs) -> None:
    asked = {"act": "seal", "bundle": ALL}

    @app.callback((_SAID, _CLOCK), sending(asked), prevent_initial_call=True)
    def build(
        clicks: list[int | None], _form: list[Any], where: tuple[int, str]
    ) -> tuple[Any, Any]:
        pressed_button(clicks)
        name = told_by_form()["bundle-name"]

        def start(say: Words) -> None:
            if not name or name != name.replace("/", "").replace("\\", "").lstrip("."):
                raise ParameterError(say("bundle.bad-name"))
            case = snapshot(root).case
            out = case.root.resolve() / "exports" / name
            chosen = [part for each in cases.basket(case) for part in ("--finding", each)]
            done = say("bundle.built", path=visible(str(out)))
            arguments = ["bundle", str(root), "-o", str(out), *chosen]
            jobs.start(arguments, title=say("bundle.job"), done=done)

        return _started(start, where[1])


def _wire_add(app: Dash, root: Path, jobs: Jobs) -> None:
    asked = {"act": "add", "form": ALL}

    @app.callback((_SAID, _CLOCK), sending(asked), prevent_initial_call=True)
    def add(clicks: list[int | None], _form: list[Any], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed_button(clicks)
        told = {n.removeprefix("add."): text for n, text in told_by_form().items()}

        def start(say: Words) -> None:
            if not told["what"] or not told["seen-at"] or not told["by"]:
                raise ParameterError(say("add.incomplete"))
            given = [(f"--{name}", told[name]) for name in ADDED[1:] if told[name]]
            options = [f"{name}={text}" for name, text in given]
            arguments = ["add", *options, "--", str(root), told["what"]]
            jobs.start(arguments, title=say("add.job"), done=say("add.saved"))

        return _started(start, where[1])


def _wire_gephi(app: Dash, root: Path, jobs: Jobs) -> None:
    asked = {"act": "gephi", "graph": ALL}

    @app.callback((_SAID, _CLOCK), pressing(asked), prevent_initial_call=True)
    def write(clicks: list[int | None], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed_button(clicks)

        def start(say: Words) -> None:
            lens = lens_of(snapshot(root), Query.read("/network", where[1]))
            within = f"{lens.within.total_seconds():g}s"
            rule = ["--act", lens.act, "--within", within, "--min-objects", str(lens.min_count)]
            told = rule if lens.name == "coaction" else []
            name = "-".join([lens.name, *(lens.act, within, str(lens.min_count))[: len(told) // 2]])
            out = root.resolve() / "exports" / f"{name}.gexf"
            done = say("network.gephi.done", path=visible(str(out)))
            arguments = ["graph", str(root), lens.name, "-o", str(out), *told]
            jobs.start(arguments, title=say("network.gephi.job"), done=done)

        return _started(start, where[1])


def _wire_clock(app: Dash, jobs: Jobs) -> None:
    outputs = (Output("job", "children"), _SAID, _REVISION, _CLOCK, Output("job-told", "data"))
    states = (State("job-told", "data"), State("revision", "data"), State("url", "search"))

    @app.callback(outputs, Input("job-clock", "n_intervals"), *states, prevent_initial_call=True)
    def tick(_n: int, told: int | None, revision: int, search: str) -> tuple[Any, ...]:
        say = Words(Query.read("/", search).language)
        job = jobs.progress()
        if job is None:
            return [], no_update, no_update, True, 0
        if job.status is None:
            return _line(say, job), no_update, no_update, False, job.number - 1
        if told is None or told >= job.number:  # a window opened later is not told again
            return [], no_update, no_update, True, job.number
        moved = revision + 1 if job.status == 0 else no_update
        return [], _end(say, job), moved, True, job.number


def _line(say: Words, job: Progress) -> list[Node]:
    """The running job: what, for how long, the last line that it printed, and how to stop it."""
    said: list[Node] = [html.Strong(say("job.running", title=job.title, n=job.seconds))]
    said += [html.Span(visible(job.line), className="soft")] if job.line else []
    stop = button(say("job.stop"), {"act": "stop", "job": ""}, kind="small")
    bar = html.Progress(**extra(aria_label=job.title))
    return [html.Div([*said, bar, stop], role="group", **extra(aria_label=say("job.label")))]


def _end(say: Words, job: Progress) -> str:
    if job.status == 0:
        return job.done
    stopped = job.status is not None and job.status < 0
    return say("job.stopped") if stopped else say("refused", why=visible(job.line))


def _wire_stop(app: Dash, jobs: Jobs) -> None:
    asked = {"act": "stop", "job": ALL}

    @app.callback(_CLOCK, pressing(asked), prevent_initial_call=True)
    def stop(clicks: list[int | None], where: tuple[int, str]) -> bool:  # noqa: ARG001
        pressed_button(clicks)
        jobs.stop()
        return False
