# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces that pages are built of. Text goes in as text: nothing here reads markup."""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dash_ag_grid as dag
import polars as pl
from dash import html

from dashboards.shown import short, visible
from graphkit.errors import GraphkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dashboards.query import Query
    from dashboards.snapshot import Snapshot
    from dashboards.words import Words

Node = Any  # what dash takes as a child: a component, text, or a list of them
log = logging.getLogger(__name__)

# What reading a broken file raises. Anything else is a mistake of ours, and ends the page.
BROKEN = (GraphkitError, OSError, ValueError, LookupError, pl.exceptions.PolarsError)
_HAN = re.compile("([\u2e80-\u9fff](?:[^a-z]*[\u2e80-\u9fff])?)")


@dataclass(frozen=True)
class View:
    """What every page gets: the case, the address, the language."""

    snapshot: Snapshot
    query: Query
    words: Words

    def account(self, account_id: str, *, name: str | None = None) -> Node:
        """A link to an account under the name that it has here."""
        shown = self.snapshot.names([account_id])[account_id] if name is None else name
        return link(bdi(shown), self.query.to("/account", id=account_id), kind="account")


def extra(**values: str) -> dict[str, Any]:
    """aria- and data- attributes, for `**`.

    >>> extra(aria_hidden="true")
    {'aria-hidden': 'true'}
    """
    return {name.replace("_", "-"): value for name, value in values.items()}


def sign(kind: str) -> Node:
    """A drawn sign without a word of its own; the word stands beside it."""
    return html.Span("", className=kind, **extra(aria_hidden="true"))


def bdi(text: str | None, length: int = 80) -> Node:
    """Hostile text: hidden characters written out, its direction kept to itself."""
    return html.Bdi(short(text, length))


def mixed(text: str) -> list[Node]:
    """Our own words with quoted Chinese in them: what is Chinese is marked so for screen readers.

    >>> mixed("Ranking of “大桥”")[1].lang
    'zh'
    """
    parts = _HAN.split(visible(text))
    return [html.Span(part, lang="zh") if i % 2 else part for i, part in enumerate(parts) if part]


def panel(view: View, title: str, make: Callable[[], Node]) -> Node:
    """What `make` gives; where files behind it are broken, that, and the id the log has it under.

    A broken file takes its own panel away and no other: the rest of the page stays.
    """
    try:
        return make()
    except BROKEN as error:
        reference = secrets.token_hex(4)
        log.exception("error %s in a panel of %s", reference, view.query.path)
        known = isinstance(error, GraphkitError)
        why = [html.P(view.words("refused", why=visible(str(error))))] if known else []
        text = html.P(view.words("failed", reference=reference))
        return section(title, alarm(*why, text))


def link(content: Node, href: str, *, kind: str = "", rows: bool = False, **more: Any) -> Node:  # noqa: ANN401
    """A link inside the dashboard. With `rows` it opens the rows panel of this page."""
    marked = extra(data_rows="1") if rows else {}
    return html.A(content, href=href, className=f"link {kind}".strip(), **marked, **more)


def heading(title: Node, question: str, *beside: Node) -> Node:
    """The top of a page: its one h1 and the question that it answers."""
    text = html.Div([html.H1(title, id="title"), html.P(question, className="question")])
    return html.Header([text, html.Div(list(beside), className="beside")], className="page-head")


def section(title: str | None, *children: Node, note: str | None = None, kind: str = "") -> Node:
    """A titled block."""
    head: list[Node] = [] if title is None else [html.H2(title)]
    head += [] if note is None else [html.P(note, className="note")]
    return html.Section([*head, *children], className=f"block {kind}".strip())


def card(*children: Node, kind: str = "") -> Node:
    """A white panel."""
    return html.Div(list(children), className=f"card {kind}".strip())


def tiles(facts: Iterable[tuple[str, Node, Node]]) -> Node:
    """A row of numbers: (what, number, remark)."""
    cells = [
        html.Div([html.Dt(what), html.Dd([html.Strong(number), html.Span(remark)])])
        for what, number, remark in facts
    ]
    return html.Dl(cells, className="tiles")


def facts(pairs: Iterable[tuple[Node, Node]]) -> Node:
    """A definition list, term left, value right."""
    rows = [html.Div([html.Dt(term), html.Dd(value)]) for term, value in pairs]
    return html.Dl(rows, className="facts")


def table(heads: Sequence[str], rows: Iterable[Sequence[Node]], *, label: str) -> Node:
    """A small table. On a narrow screen each row becomes a stack with its heads beside it."""
    body = [
        html.Tr(
            [html.Td(cell, **extra(data_head=head)) for head, cell in zip(heads, row, strict=True)]
        )
        for row in rows
    ]
    head = html.Thead(html.Tr([html.Th(each, scope="col") for each in heads]))
    caption = html.Caption(label, className="unseen")
    return html.Div(html.Table([caption, head, html.Tbody(body)]), className="table-wrap")


def grid(
    grid_id: str,
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    *,
    words: Words,
    **more: Any,  # noqa: ANN401
) -> Node:
    """A long table: sorted, filtered and scrolled in the browser. Cells are text, never markup."""
    options = {
        "pagination": len(rows) > 25,
        "paginationPageSize": 25,
        "paginationPageSizeSelector": [25, 100, 500],
        "enableCellTextSelection": True,
        "ensureDomOrder": True,
        "suppressFieldDotNotation": True,
        "domLayout": "autoHeight",
        "localeText": words.group("grid"),
        "tabToNextCell": {"function": "leaveTable(params)"},  # arrows move inside, Tab leaves
        **more.pop("options", {}),
    }
    return dag.AgGrid(
        id=grid_id,
        columnDefs=[{"resizable": True, "sortable": True, **column} for column in columns],
        rowData=list(rows),
        dashGridOptions=options,
        className="ag-theme-quartz grid",
        style={"height": None},
        dangerously_allow_code=False,
        **more,
    )


def badge(text: str, kind: str = "") -> Node:
    """A word in a box."""
    return html.Span(text, className=f"badge {kind}".strip())


def grade(words: Words, value: str | None) -> Node:
    """The grade of a finding as word and shape; a dash for outcomes that accuse nobody."""
    name = "none" if value is None else value
    return badge(words.of("grade", name), f"grade grade-{name}")


def empty(text: str, command: str | None = None) -> Node:
    """What is missing, and the command that makes it."""
    more = [] if command is None else [html.Pre(html.Code(command), tabIndex=0)]
    return html.Div([html.P(text), *more], className="empty")


def notice(*children: Node, kind: str = "") -> Node:
    """A sentence that must not be overlooked."""
    return html.Div(list(children), className=f"notice {kind}".strip(), role="note")


def alarm(*children: Node) -> Node:
    """What went wrong, in place of what could not be made."""
    return html.Div(list(children), className="notice alarm", role="alert")


def more(summary: str, *children: Node, is_open: bool = False) -> Node:
    """Something that can be opened."""
    return html.Details([html.Summary(summary), *children], open=is_open)


def said(text: str | None, lang: str | None = None, length: int = 280) -> Node:
    """What a post says, in its own language."""
    shown = short(text, length) if len(visible(text)) > length else visible(text)
    return html.Q(html.Bdi(shown), lang=lang, className="said")


def button(text: Node, button_id: Any, *, kind: str = "", **more: Any) -> Node:  # noqa: ANN401
    """A button."""
    return html.Button(
        text, id=button_id, type="button", className=f"button {kind}".strip(), **more
    )
