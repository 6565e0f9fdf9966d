# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page writes at once: the basket, judgements, notes, names. The verbs do the work.

Each act answers a button whose id is {"act": ..., ...}; once it returns, what it saved is on the
disk. Nothing is edited: to undo is to write another line. What takes longer is in `long_acts`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dashboards import long_acts
from dashboards.buttons import Press, Reply, listen
from dashboards.jobs import Jobs
from dashboards.shown import visible
from dashboards.snapshot import snapshot
from graphkit import case as cases
from graphkit.errors import ParameterError
from graphkit.findings import Verdict
from graphkit.investigation import reviewing, sealing

if TYPE_CHECKING:
    from pathlib import Path

    from dash import Dash


def wire(app: Dash, root: Path) -> None:
    """Has the server answer every button of every page."""
    jobs = Jobs()
    now = {name: partial(act, root) for name, act in _ACTS.items()}
    later = {name: partial(act, root, jobs) for name, act in long_acts.ACTS.items()}
    listen(app, {**now, **later})
    long_acts.wire_clock(app, jobs)


def _keep(root: Path, press: Press) -> Reply:
    kept = press.button["keep"] == "1"
    cases.set_basket(snapshot(root).case, press.button["finding"], kept=kept)
    return Reply(press.say("basket.added" if kept else "basket.removed"), moved=True)


def _move(root: Path, press: Press) -> Reply:
    case, finding_id = snapshot(root).case, press.button["finding"]
    cases.move_in_basket(case, finding_id, by=-1 if press.button["way"] == "up" else 1)
    place = cases.basket(case).index(finding_id) + 1
    return Reply(press.say("basket.moved", n=place), moved=True)


def _pin(root: Path, press: Press) -> Reply:
    kept = press.button["keep"] == "1"
    cases.set_pin(snapshot(root).case, press.button["account"], kept=kept)
    return Reply(press.say("network.pin.kept" if kept else "network.pin.out"), moved=True)


def _judge(root: Path, press: Press) -> Reply:
    told, say = press.form, press.say
    if not told["verdict"]:
        raise ParameterError(say("judge.incomplete"))
    case, finding_id = snapshot(root).case, press.button["finding"]
    reviewing.review(case, finding_id, told["verdict"], note=told["note"], by=told["by"])
    return Reply(say("judge.saved"), moved=True)


def _take_back(root: Path, press: Press) -> Reply:
    case, finding_id = snapshot(root).case, press.button["finding"]
    by = press.form["by"]
    if not by:
        raise ParameterError(press.say("judge.who"))
    reviewing.review(case, finding_id, Verdict.WITHDRAWN, note="taken back", by=by)
    return Reply(press.say("judge.withdrawn"), moved=True)


def _note(root: Path, press: Press) -> Reply:
    text, by = press.form["note-text"], press.form["by"]
    if not text or not by:
        raise ParameterError(press.say("notes.incomplete"))
    cases.add_note(snapshot(root).case, text, finding_id=None, by=by)
    return Reply(press.say("notes.saved"), moved=True)


def _searched(root: Path, press: Press) -> Reply:
    told = {name.removeprefix("searched."): text for name, text in press.form.items()}
    if not told["where"] or not told["query"] or not told["hits"].isdecimal():
        raise ParameterError(press.say("searched.incomplete"))
    by, found = told["by"] or None, int(told["hits"])
    cases.add_search(snapshot(root).case, told["where"], told["query"], found=found, by=by)
    return Reply(press.say("searched.saved"), moved=True)


def _name(root: Path, press: Press) -> Reply:
    reason, by = press.form["reason"], press.form["by"]
    if not by or not reason:
        raise ParameterError(press.say("name.incomplete"))
    case, account = snapshot(root).case, press.button["account"]
    named = reviewing.name_account(case, account, reason=reason, by=by)
    return Reply(press.say("name.saved" if named else "name.second"), moved=True)


def _check(root: Path, press: Press) -> Reply:
    say, case = press.say, snapshot(root).case
    exports = (case.root / "exports").iterdir()
    chosen = next(path for path in exports if path.name == press.button["bundle"])
    result = sealing.verify_export(case, chosen)
    name = visible(chosen.name)
    if result.problems:
        problems = "\n".join(visible(str(each)) for each in result.problems)
        return Reply("", checked=say("bundle.wrong", name=name, problems=problems))
    signed = say("bundle.signer", by=result.signer) if result.signed else say("bundle.unsigned")
    return Reply("", checked=say("bundle.ok", name=name, signed=signed))


_ACTS = {
    "basket": _keep,
    "move": _move,
    "pin": _pin,
    "judge": _judge,
    "take-back": _take_back,
    "note": _note,
    "searched": _searched,
    "name": _name,
    "verify": _check,
}
