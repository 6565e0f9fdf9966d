# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML that escapes by construction, and frames made harmless for spreadsheets."""

from __future__ import annotations

import html

import polars as pl

from graphkit.text.visible import defused, visible

VOID = frozenset({"br", "meta"})
LONG_WORD = 24


class Html(str):
    """Text that is HTML already, and is not escaped again."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """The element `name`. Children are escaped unless they are `Html`; None is left out.

    An underscore at the end of an attribute's name is dropped, others become hyphens.

    >>> tag("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    pairs = [
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    opening = f"<{name}{''.join(pairs)}>"
    return Html(opening if name in VOID else f"{opening}{joined(*children)}</{name}>")


def joined(*children: object) -> Html:
    """The children one after another, escaped unless they are `Html`; None is left out."""
    return Html("".join(_escaped(child) for child in children if child is not None))


def _escaped(child: object) -> str:
    return child if isinstance(child, Html) else html.escape(visible(str(child)))


def table(
    headings: list[str], rows: list[list[object]], *, caption: str, **attributes: object
) -> Html:
    """A table with one heading a column. Columns that begin with a number are set to the right.

    The first cell of a row is its heading. `caption` is for those who hear the page; on a narrow
    screen the table moves sideways in a frame of its own.
    """
    right = [_is_number(each) for each in rows[0]] if rows else [False] * len(headings)
    marks = ["number" if each else None for each in right]
    pairs = zip(headings, marks, strict=True)
    head = tag("tr", *[tag("th", each, scope="col", class_=mark) for each, mark in pairs])
    body = [tag("tr", _cell(row[0], "th"), *[_cell(each) for each in row[1:]]) for row in rows]
    held = tag(
        "table",
        tag("caption", caption),
        tag("thead", head),
        tag("tbody", *body),
        **attributes,
    )
    return tag("div", held, class_="frame", role="group", tabindex="0", aria_label=caption)


def _cell(value: object, name: str = "td") -> Html:
    scope = "row" if name == "th" else None
    if _is_number(value):
        return tag(name, figure(value), scope=scope, class_="number")
    # Only cells with a long word may break words: else narrow columns take from wide ones.
    words = [] if isinstance(value, Html) else str(value).split()
    long = any(len(word) > LONG_WORD for word in words)
    return tag(name, value, scope=scope, class_="long" if long else None)


def folded(title: str, *children: object) -> Html:
    """What is closed on the screen until somebody opens it, and open on paper."""
    return tag("details", tag("summary", title), *children)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def figure(value: object) -> str:
    """A number as readers write it, or `unknown` for None.

    >>> figure(1234567), figure(0.000012345), figure(2.0), figure(None)
    ('1,234,567', '1.23e-05', '2', 'unknown')
    """
    if value is None:
        return "unknown"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)


def sheet_safe(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` as a spreadsheet may hold it: no cell begins a formula, nothing is hidden in one."""
    safe = {}
    for name, kind in frame.schema.items():
        if kind == pl.String:
            odd = frame[name].filter(frame[name].str.contains(r"^[^0-9A-Za-z]|[^ -~]")).unique()
            safe[name] = pl.col(name).replace(odd, [defused(visible(text)) for text in odd])
    return frame.with_columns(**safe)
