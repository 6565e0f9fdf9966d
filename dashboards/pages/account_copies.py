# SPDX-License-Identifier: GPL-3.0-or-later
"""How much an account repeats, said so that who passes much on is taken for no accomplice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.shown import duration, number
from dashboards.views.account_copies import LEAST_TEXTS, copying

if TYPE_CHECKING:
    from dashboards.parts import Node, View
    from dashboards.views.account_copies import Copying


def copy_share(view: View, account_id: str) -> list[Node]:
    """Sentences: the share and its lag, how many have as large a one, how much others repeat."""
    said = copying(view.snapshot, account_id)
    if said is None:
        return []
    say = view.words
    if not said.repeated:
        first = say("account.copies.none", texts=number(said.texts))
    else:
        first = say(
            "account.copies.some",
            texts=number(said.texts),
            n=number(said.repeated),
            share=f"{said.share:.0%}",
            lag=duration(said.lag_seconds),
        )
    share = f"{said.copied / said.texts:.0%}"
    after = "later" if said.copied else "nobody"
    later = say(f"account.copies.{after}", n=number(said.copied), share=share)
    parts = [first, _beside(view, said), later]
    return [html.P(" ".join(part for part in parts if part), className="copies")]


def _beside(view: View, said: Copying) -> str:
    """How many accounts repeat as much; too few texts are compared with nobody's."""
    say = view.words
    if not said.repeated:
        return ""
    if said.among is None:
        return say("account.copies.few", least=number(LEAST_TEXTS))
    return say("account.copies.beside", n=number(said.as_high), all=number(said.among))
