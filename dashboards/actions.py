# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page writes: the basket, judgements, notes, names, traces, bundles. The verbs do the work.

Each callback answers a button whose id is {"act": ..., ...}; it says what was done, and moves the
revision on, so that the page is made anew from the case.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dash import ALL, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from dashboards.query import Query
from dashboards.shown import visible
from dashboards.snapshot import snapshot
from dashboards.words import Words
from graphkit import case as cases
from graphkit.errors import GraphkitError, ParameterError
from graphkit.investigation import reviewing, sealing, tracing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dash import Dash

_DONE = (
    Output("said", "children", allow_duplicate=True),
    Output("revision", "data", allow_duplicate=True),
)
_WHERE = (State("revision", "data"), State("url", "search"))


def wire(app: Dash, root: Path) -> None:
    """Registers all of them."""
    _wire_basket(app, root)
    _wire_judgement(app, root)
    _wire_note(app, root)
    _wire_name(app, root)
    _wire_trace(app, root)
    _wire_bundle(app, root)
    _wire_check(app, root)


def _pressing(button: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a callback that answers `button`."""
    return {"clicks": Input(button, "n_clicks"), "where": _WHERE}


def _sending(button: dict[str, Any]) -> dict[str, Any]:
    """As `_pressing`, with the fields of the page's form."""
    return {**_pressing(button), "_form": State({"form": ALL}, "value")}


def _told() -> dict[str, str]:
    """What the fields of the form hold, by name; empty where nothing was entered."""
    texts = {}
    for key, value in ctx.states.items():
        if key.startswith("{"):
            name = json.loads(key.rpartition(".")[0])["form"]
            texts[name] = "" if value is None else str(value).strip()
    return texts


def _pressed(clicks: list[int | None]) -> dict[str, Any]:
    """The id of the button that was pressed; drawing a button anew is not pressing it."""
    if not any(clicks) or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return dict(ctx.triggered_id)


def _done(act: Callable[[Words], str], revision: int, search: str) -> tuple[Any, Any]:
    """What to say, and the next revision: the same one when the verb refused."""
    say = Words(Query.read("/", search).language)
    try:
        return act(say), revision + 1
    except GraphkitError as error:
        return say("refused", why=visible(str(error))), no_update


def _wire_basket(app: Dash, root: Path) -> None:
    button = {"act": "basket", "finding": ALL, "keep": ALL}

    @app.callback(_DONE, _pressing(button), prevent_initial_call=True)
    def keep(clicks: list[int | None], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed = _pressed(clicks)
        kept = pressed["keep"] == "1"

        def act(say: Words) -> str:
            cases.set_basket(snapshot(root).case, pressed["finding"], kept=kept)
            return say("basket.added" if kept else "basket.removed")

        return _done(act, *where)


def _wire_judgement(app: Dash, root: Path) -> None:
    @app.callback(_DONE, _sending({"act": "judge", "finding": ALL}), prevent_initial_call=True)
    def judge(
        clicks: list[int | None], _form: list[Any], where: tuple[int, str]
    ) -> tuple[Any, Any]:
        pressed, told = _pressed(clicks), _told()

        def act(say: Words) -> str:
            if not told["verdict"]:
                raise ParameterError(say("judge.incomplete"))
            case, finding_id = snapshot(root).case, pressed["finding"]
            verdict, note, by = told["verdict"], told["note"], told["by"]
            reviewing.review(case, finding_id, verdict, note=note, by=by)
            return say("judge.saved")

        return _done(act, *where)


def _wire_note(app: Dash, root: Path) -> None:
    @app.callback(_DONE, _sending({"act": "note", "finding": ALL}), prevent_initial_call=True)
    def note(clicks: list[int | None], _form: list[Any], where: tuple[int, str]) -> tuple[Any, Any]:
        _pressed(clicks)
        told = _told()

        def act(say: Words) -> str:
            if not told["note-text"] or not told["by"]:
                raise ParameterError(say("notes.incomplete"))
            case = snapshot(root).case
            cases.add_note(case, told["note-text"], finding_id=None, by=told["by"])
            return say("notes.saved")

        return _done(act, *where)


def _wire_name(app: Dash, root: Path) -> None:
    @app.callback(_DONE, _sending({"act": "name", "account": ALL}), prevent_initial_call=True)
    def name(clicks: list[int | None], _form: list[Any], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed, told = _pressed(clicks), _told()

        def act(say: Words) -> str:
            if not told["by"] or not told["reason"]:
                raise ParameterError(say("name.incomplete"))
            case, account = snapshot(root).case, pressed["account"]
            reviewing.name_account(case, account, reason=told["reason"], by=told["by"])
            return say("name.saved")

        return _done(act, *where)


def _wire_trace(app: Dash, root: Path) -> None:
    button = {"act": "trace", "what": ALL}

    @app.callback(_DONE, _pressing(button), prevent_initial_call=True)
    def trace(clicks: list[int | None], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed = _pressed(clicks)

        def act(say: Words) -> str:
            tracing.trace_story(snapshot(root).case, pressed["what"])
            return say("story.traced")

        return _done(act, *where)


def _wire_bundle(app: Dash, root: Path) -> None:
    @app.callback(_DONE, _sending({"act": "seal", "bundle": ALL}), prevent_initial_call=True)
    def build(
        clicks: list[int | None], _form: list[Any], where: tuple[int, str]
    ) -> tuple[Any, Any]:
        _pressed(clicks)
        name = _told()["bundle-name"]

        def act(say: Words) -> str:
            if not name or name != name.replace("/", "").replace("\\", "").lstrip("."):
                raise ParameterError(say("bundle.bad-name"))
            case = snapshot(root).case
            out = case.root / "exports" / name
            built = sealing.seal(case, out, finding_ids=cases.basket(case))
            return say("bundle.built", path=visible(str(built.path)))

        return _done(act, *where)


def _wire_check(app: Dash, root: Path) -> None:
    button = {"act": "verify", "bundle": ALL}
    said = Output("checked", "children")

    @app.callback(said, _pressing(button), prevent_initial_call=True)
    def check(clicks: list[int | None], where: tuple[int, str]) -> str:
        pressed = _pressed(clicks)

        def act(say: Words) -> str:
            exports = snapshot(root).case.root / "exports"
            chosen = next(path for path in exports.iterdir() if path.name == pressed["bundle"])
            result = sealing.verify(chosen, allow_unsigned=True)
            if result.ok:
                return say("bundle.ok", name=visible(chosen.name))
            problems = "; ".join(visible(str(each)) for each in result.problems)
            return say("bundle.wrong", name=visible(chosen.name), problems=problems)

        return str(_done(act, *where)[0])
