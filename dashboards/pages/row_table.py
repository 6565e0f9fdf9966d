# SPDX-License-Identifier: GPL-3.0-or-later
"""Described rows as a table, page by page: when, who, what, and the line of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboards.pages.paged import Paged, paged_grid
from dashboards.shown import moment, visible

if TYPE_CHECKING:
    import polars as pl

    from dashboards.parts import Node, View
    from dashboards.words import Words


def place(file: str | None, line: int | None) -> str:
    """File and line as `posts.csv:12`, dashes where unknown."""
    return f"{'–' if file is None else visible(file)}:{'–' if line is None else line}"


def _address(view: View, table: str, key: str) -> str:
    """The address of a row; none of a revision, whose key holds what may be a withheld name."""
    return "" if table == "revisions" else view.query.rows("row", table, key)


def row_table(view: View, rows: pl.DataFrame, table_id: str, page: Paged) -> Node:
    """One page of the rows; names in texts are pseudonyms, the file and line have the original."""
    say, snapshot = view.words, view.snapshot
    shown = rows.slice(*page.span)
    names = snapshot.names(shown["account_id"].drop_nulls().to_list())
    texts = snapshot.masked(shown["what"].drop_nulls().to_list())
    data = [
        {
            "at": moment(row["at"], snapshot.zone),
            "account": "" if row["account_id"] is None else names[row["account_id"]],
            "account_href": ""
            if row["account_id"] is None
            else view.query.to("/account", id=row["account_id"]),
            "role": say.numbered("role", row["role"])
            if row["role"]
            else say.of("table", row["table"]),
            "what": "" if row["what"] is None else texts[row["what"]],
            "place": place(row["file"], row["line"]),
            "place_href": _address(view, row["table"], row["key"]),
        }
        for row in shown.iter_rows(named=True)
    ]
    return paged_grid(view, table_id, _columns(say), data, page)


def _columns(say: Words) -> list[dict[str, Any]]:
    return [
        {"field": "at", "headerName": say("time"), "width": 186, "minWidth": 186},
        {
            "field": "account",
            "headerName": say("account"),
            "cellRenderer": "LinkCell",
            "width": 172,
            "minWidth": 150,
            "filter": True,
        },
        {"field": "role", "headerName": say("role"), "width": 150, "minWidth": 110, "filter": True},
        {
            "field": "what",
            "headerName": say("what"),
            "flex": 3,
            "minWidth": 220,
            "wrapText": True,
            "autoHeight": True,
            "filter": True,
        },
        {
            "field": "place",
            "headerName": say("place"),
            "width": 210,
            "minWidth": 150,
            "cellClass": "mono",
            "cellRenderer": "LinkCell",
        },
    ]
