# SPDX-License-Identifier: GPL-3.0-or-later
"""Described rows as a table: when, who, what, and the line of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.parts import Node, View, grid
from dashboards.shown import moment, visible

if TYPE_CHECKING:
    import polars as pl

MAX_ROWS = 5_000


def place(file: str | None, line: int | None) -> str:
    """File and line as `posts.csv:12`, dashes where unknown."""
    return f"{'–' if file is None else visible(file)}:{'–' if line is None else line}"


def row_table(view: View, rows: pl.DataFrame, table_id: str) -> Node:
    """The table; names in texts are pseudonyms, the file and line have the original."""
    say, snapshot = view.words, view.snapshot
    shown = rows.head(MAX_ROWS)
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
            "place_href": view.query.rows("row", row["table"], row["key"]),
        }
        for row in shown.iter_rows(named=True)
    ]
    columns = [
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
    return grid(table_id, columns, data, words=say)
