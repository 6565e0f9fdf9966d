# SPDX-License-Identifier: GPL-3.0-or-later
"""Long tables in pages that the server makes: the browser gets the rows of one, never of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash import html

from dashboards.parts import Node, View, extra, grid, link
from dashboards.shown import number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WHOLE_ROWS = 200  # as many go to the browser at once, to be sorted and filtered there
PAGE_ROWS = 50


@dataclass(frozen=True)
class Paged:
    """The page of a table of `total` rows that an address asks for.

    `address` gives the address of the page of that number. `rows` says that the table stands in
    the drawer, `stay` names the element that is looked at after a step.
    """

    total: int
    asked: str | None
    address: Callable[[int], str]
    rows: bool = False
    stay: str | None = None

    @property
    def size(self) -> int:
        """How many rows a page has."""
        return self.total if self.total <= WHOLE_ROWS else PAGE_ROWS

    @property
    def last(self) -> int:
        """The number of the last page, from 1."""
        return max(1, -(-self.total // max(1, self.size)))

    @property
    def number(self) -> int:
        """The number of this page: the first where none, the nearest where an unknown one is asked.

        >>> Paged(1000, "3", str).number, Paged(1000, "99", str).number, Paged(9, "x", str).number
        (3, 20, 1)
        """
        known = self.asked is not None and self.asked.isdecimal() and len(self.asked) < 12
        return min(max(int(str(self.asked)), 1), self.last) if known else 1

    @property
    def span(self) -> tuple[int, int]:
        """The place of its first row, and how many rows there are from it."""
        return (self.number - 1) * self.size, self.size


def paged_grid(
    view: View,
    grid_id: str,
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    page: Paged,
) -> Node:
    """The table of the rows of `page`; of several pages with the way to the others.

    Sorting and filtering work on what the browser has, so a table of several pages has neither:
    they would say of one page what a reader takes for all.
    """
    if page.last == 1:
        return grid(grid_id, columns, rows, words=view.words)
    fixed = [{**each, "sortable": False, "filter": False} for each in columns]
    table = grid(grid_id, fixed, rows, words=view.words, options={"pagination": False})
    return html.Div([table, _pager(view, grid_id, page)])


def _pager(view: View, grid_id: str, page: Paged) -> Node:
    say, here = view.words, page.number
    ways = [("first", 1), ("previous", here - 1), ("next", here + 1), ("last", page.last)]
    kept = {} if page.stay is None else extra(data_stay=page.stay)
    links = [
        link(say(f"pager.{name}"), page.address(to), rows=page.rows, **kept)
        for name, to in ways
        if 1 <= to <= page.last and to != here
    ]
    first, size = page.span
    last = min(first + size, page.total)
    told = say("pager.of", first=number(first + 1), last=number(last), n=number(page.total))
    label = extra(aria_label=say(f"pager.label.{grid_id}"))
    return html.Nav([html.Span(told), *links], className="links pager", **label)
