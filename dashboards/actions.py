# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page writes at once: the basket, judgements, notes, names. The verbs do the work.

Each callback answers a button whose id is {"act": ..., ...}; it says what was done, and moves the
revision on, so that the page is made anew from the case. What takes longer is in `long_acts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import ALL, Output, no_update

from dashboards.buttons import pressed_button, pressing, sending, told_by_form
from dashboards.query import Query
from dashboards.shown import visible
from dashboards.snapshot import snapshot
from dashboards.words import Words
from graphkit import case as cases
from graphkit.errors import GraphkitError, ParameterError
from graphkit.investigation import reviewing, sealing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dash import Dash

_DONE = (
    Output("said", "children", allow_duplicate=True),
    Output("revision", "data", allow_duplicate=True),
)


def wire(app: Dash, root: Path) -> None:
    """Registers all of them."""
    _wire_basket(app, root)
    _wire_pin(app, root)
    _wire_judgement(app, root)
    _wire_note(app, root)
    _wire_searched(app, root)
    _wire_name(app, root)
    _wire_check(app, root)


def _done(act: Callable[[Words], str], revision: int, search: str) -> tuple[Any, Any]:
    """What to say, and the next revision: the same one when the verb refused."""
    say = Words(Query.read("/", search).language)
    try:
        return act(say), revision + 1
    except GraphkitError as error:
        return say("refused", why=visible(str(error))), no_update


def _wire_basket(app: Dash, root: Path) -> None:
    button = {"act": "basket", "finding": ALL, "keep": ALL}

    @app.callback(_DONE, pressing(button), prevent_initial_call=True)
    def keep(clicks: list[int | None], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed = pressed_button(clicks)
        kept = pressed["keep"] == "1"

        def act(say: Words) -> str:
            cases.set_basket(snapshot(root).case, pressed["finding"], kept=kept)
            return say("basket.added" if kept else "basket.removed")

        return _done(act, *where)


def _wire_pin(app: Dash, root: Path) -> None:
    button = {"act": "pin", "account": ALL, "keep": ALL}

    @app.callback(_DONE, pressing(button), prevent_initial_call=True)
    def pin(clicks: list[int | None], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed = pressed_button(clicks)
        kept = pressed["keep"] == "1"

        def act(say: Words) -> str:
            cases.set_pin(snapshot(root).case, pressed["account"], kept=kept)
            return say("network.pin.kept" if kept else "network.pin.out")

        return _done(act, *where)


def _wire_judgement(app: Dash, root: Path) -> None:
    @app.callback(_DONE, sending({"act": "judge", "finding": ALL}), prevent_initial_call=True)
    def judge(
        clicks: list[int | None], _form: list[Any], where: tuple[int, str]
    ) -> tuple[Any, Any]:
        pressed, told = pressed_button(clicks), told_by_form()

        def act(say: Words) -> str:
            if not told["verdict"]:
                raise ParameterError(say("judge.incomplete"))
            case, finding_id = snapshot(root).case, pressed["finding"]
            verdict, note, by = told["verdict"], told["note"], told["by"]
            reviewing.review(case, finding_id, verdict, note=note, by=by)
            return say("judge.saved")

        return _done(act, *where)


def _wire_note(app: Dash, root: Path) -> None:
    @app.callback(_DONE, sending({"act": "note", "finding": ALL}), prevent_initial_call=True)
    def note(clicks: list[int | None], _form: list[Any], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed_button(clicks)
        told = told_by_form()

        def act(say: Words) -> str:
            if not told["note-text"] or not told["by"]:
                raise ParameterError(say("notes.incomplete"))
            case = snapshot(root).case
            cases.add_note(case, told["note-text"], finding_id=None, by=told["by"])
            return say("notes.saved")

        return _done(act, *where)


def _wire_searched(app: Dash, root: Path) -> None:
    button = {"act": "searched", "form": ALL}

    @app.callback(_DONE, sending(button), prevent_initial_call=True)
    def searched(
        clicks: list[int | None], _form: list[Any], where: tuple[int, str]
    ) -> tuple[Any, Any]:
        pressed_button(clicks)
        told = {n.removeprefix("searched."): text for n, text in told_by_form().items()}

        def act(say: Words) -> str:
            if not told["where"] or not told["query"] or not told["hits"].isdecimal():
                raise ParameterError(say("searched.incomplete"))
            by = told["by"] or None
            found = int(told["hits"])
            cases.add_search(snapshot(root).case, told["where"], told["query"], found=found, by=by)
            return say("searched.saved")

        return _done(act, *where)


def _wire_name(app: Dash, root: Path) -> None:
    @app.callback(_DONE, sending({"act": "name", "account": ALL}), prevent_initial_call=True)
    def name(clicks: list[int | None], _form: list[Any], where: tuple[int, str]) -> tuple[Any, Any]:
        pressed, told = pressed_button(clicks), told_by_form()

        def act(say: Words) -> str:
            if not told["by"] or not told["reason"]:
                raise ParameterError(say("name.incomplete"))
            case, account = snapshot(root).case, pressed["account"]
            named = reviewing.name_account(case, account, reason=told["reason"], by=told["by"])
            return say("name.saved" if named else "name.second")

        return _done(act, *where)


def _wire_check(app: Dash, root: Path) -> None:
    button = {"act": "verify", "bundle": ALL}
    said = Output("checked", "children")

    @app.callback(said, pressing(button), prevent_initial_call=True)
    def check(clicks: list[int | None], where: tuple[int, str]) -> str:
        pressed = pressed_button(clicks)

        def act(say: Words) -> str:
            exports = snapshot(root).case.root / "exports"
            chosen = next(path for path in exports.iterdir() if path.name == pressed["bundle"])
            result = sealing.verify(chosen, allow_unsigned=True)
            if result.ok:
                return say("bundle.ok", name=visible(chosen.name))
            problems = "; ".join(visible(str(each)) for each in result.problems)
            return say("bundle.wrong", name=visible(chosen.name), problems=problems)

        return str(_done(act, *where)[0])
