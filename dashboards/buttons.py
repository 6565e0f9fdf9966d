# SPDX-License-Identifier: GPL-3.0-or-later
"""Presses: what the buttons of a page ask for. A button's id is {"act": ..., ...}.

A press is one request of its own, and not a Dash callback. A callback is told the state of its
inputs when its turn comes; where the page was drawn anew in between, the clicks of the new button
are none, and the press is gone. `assets/wiring.js` sends each press under a name of its own, with
the fields of the card that the button stands in. The server acts once for each name, and the page
says what it answered.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from flask import abort, jsonify, request

from dashboards.query import Query
from dashboards.shown import visible
from dashboards.words import Words
from graphkit.errors import GraphkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dash import Dash
    from flask import Response

_REMEMBERED = 1_000  # answers kept for presses that arrive twice


@dataclass(frozen=True)
class Press:
    """A pressed button: its id, the fields of its form, the address of its page."""

    button: Mapping[str, str]
    form: Mapping[str, str]
    query: Query

    @property
    def say(self) -> Words:
        """The words of its page."""
        return Words(self.query.language)


@dataclass(frozen=True)
class Reply:
    """What a press led to, in words.

    `moved`: the case is another now, and the page is made anew from it; `waits`: the number of the
    job whose end is to be told; `address`: where to go; `checked`: what a check of a bundle found.
    """

    said: str
    moved: bool = False
    waits: int | None = None
    address: str | None = None
    checked: str | None = None


class Presses:
    """Answers each press once, one after the other; one that arrives again gets the same answer."""

    def __init__(self, acts: Mapping[str, Callable[[Press], Reply]]) -> None:
        self._acts = acts
        self._lock = threading.Lock()
        self._answered: OrderedDict[str, Reply] = OrderedDict()

    def answer(self, name: str, press: Press) -> Reply:
        """What the press called `name` led to; a refusal is told in words."""
        with self._lock:
            if name not in self._answered:
                try:
                    reply = self._acts[press.button["act"]](press)
                except (GraphkitError, OSError) as error:
                    reply = Reply(press.say("refused", why=visible(str(error))))
                self._answered[name] = reply
                if len(self._answered) > _REMEMBERED:
                    self._answered.popitem(last=False)
            return self._answered[name]


def listen(app: Dash, acts: Mapping[str, Callable[[Press], Reply]]) -> None:
    """Has the server of `app` answer presses with `acts`, by the name of the act."""
    presses = Presses(acts)

    def press() -> Response:
        told: Any = request.get_json()
        if not isinstance(told, dict):
            abort(400)
        name, path, search = (told.get(each) for each in ("press", "path", "search"))
        button, form = _texts(told.get("button")), _texts(told.get("form"))
        if not (isinstance(name, str) and isinstance(path, str) and isinstance(search, str)):
            abort(400)
        if button.get("act") not in acts:
            abort(400)
        reply = presses.answer(name, Press(button, form, Query.read(path, search)))
        return jsonify(asdict(reply))

    app.server.add_url_rule("/press", view_func=press, methods=["POST"])


def _texts(told: object) -> dict[str, str]:
    """The pairs as text, without blanks around."""
    if not isinstance(told, dict):
        abort(400)
    return {str(name): str(value).strip() for name, value in told.items()}
