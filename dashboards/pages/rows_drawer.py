# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows behind what was clicked, below every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.pages.network_parts import account_steps, pair_steps
from dashboards.pages.paged import Paged
from dashboards.pages.row_steps import row_steps
from dashboards.pages.row_table import row_table
from dashboards.parts import Node, View, extra, link, panel
from dashboards.query import paged
from dashboards.shown import number, visible
from dashboards.views.rows import rows_behind

if TYPE_CHECKING:
    from dashboards.query import Mark, Query
    from dashboards.words import Words


def rows_drawer(view: View, mark: Mark | None) -> list[Node]:
    """A heading, the rows, and links to the accounts among them; nothing without a mark."""
    if mark is None:
        return []
    title, (what, page) = view.words("rows.title"), paged(mark)
    shown = panel(view, title, lambda: _shown(view, what, page))
    return closable(view.query, view.words, shown)


def closable(query: Query, say: Words, shown: Node) -> list[Node]:
    """What the drawer holds, and what closes it."""
    label = extra(aria_label=say("rows.close"), data_rows="1")
    return [link("×", query.having(mark=None), kind="close", **label), shown]


def _shown(view: View, mark: Mark, asked: str | None) -> Node:
    say = view.words
    rows = rows_behind(view.snapshot, mark)
    steps = html.P(_steps(view, mark), className="links")
    if rows is None or rows.is_empty():
        return html.Div([html.H2(say("rows.title")), html.P(say("rows.none")), steps])
    page = Paged(
        rows.height, asked, lambda n: view.query.rows(f"{mark[0]}:{n}", *mark[1:]), rows=True
    )
    owners = rows["account_id"].drop_nulls().unique(maintain_order=True)
    names = view.snapshot.names(owners.head(3).to_list())
    who = [[" · ", view.account(each, name=name)] for each, name in names.items()]
    told = say("rows.of", n=number(rows.height), what=visible(say.of("mark", mark[0])))
    title = html.H2([told, *(x for w in who for x in w)])
    note = html.P(say("rows.masked"), className="note")
    return html.Div([title, steps, row_table(view, rows, "behind", page), note])


def _steps(view: View, mark: Mark) -> list[Node]:
    """Where one goes from a selected account, from two, or from one row."""
    if mark[0] == "row" and len(mark) == 3:
        return row_steps(view, mark[1], mark[2])
    if mark[0] == "account" and len(mark) == 2:
        return account_steps(view, mark[1])
    return pair_steps(view, (mark[2], mark[3])) if mark[0] == "edge" and len(mark) == 4 else []
