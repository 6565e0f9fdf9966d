# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons and forms of a page, as callbacks hear of them. A button's id is {"act": ..., ...}."""

from __future__ import annotations

import json
from typing import Any

from dash import ALL, Input, State, ctx
from dash.exceptions import PreventUpdate

_WHERE = (State("revision", "data"), State("url", "search"))


def pressing(button: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a callback that answers `button`."""
    return {"clicks": Input(button, "n_clicks"), "where": _WHERE}


def sending(button: dict[str, Any]) -> dict[str, Any]:
    """As `pressing`, with the fields of the page's form."""
    return {**pressing(button), "_form": State({"form": ALL}, "value")}


def told_by_form() -> dict[str, str]:
    """What the fields of the form hold, by name; empty where nothing was entered."""
    texts = {}
    for key, value in ctx.states.items():
        if key.startswith("{"):
            name = json.loads(key.rpartition(".")[0])["form"]
            texts[name] = "" if value is None else str(value).strip()
    return texts


def pressed_button(clicks: list[int | None]) -> dict[str, Any]:
    """The id of the button that was pressed; drawing a button anew is not pressing it."""
    if not any(clicks) or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return dict(ctx.triggered_id)
