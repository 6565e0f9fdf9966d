# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML that escapes by construction, and frames made harmless for spreadsheets."""

from __future__ import annotations

import html
from functools import lru_cache

import polars as pl

from graphkit.text.visible import defused, visible

VOID = frozenset({"br", "meta"})
LONG_WORD = 24
HELD_TEXTS = 10_000  # pages repeat themselves


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
        f'{_attribute(key)}="{_escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    opening = f"<{name}{''.join(pairs)}>"
    return Html(opening if name in VOID else f"{opening}{joined(*children)}</{name}>")


def joined(*children: object) -> Html:
    """The children one after another, escaped unless they are `Html`; None is left out."""
    return Html("".join([_escaped(child) for child in children if child is not None]))


def _escaped(child: object) -> str:
    return child if isinstance(child, Html) else _escaped_text(str(child))


@lru_cache(maxsize=HELD_TEXTS)
def _escaped_text(text: str) -> str:
    return html.escape(visible(text))


@lru_cache(maxsize=HELD_TEXTS)
def _attribute(name: str) -> str:
    return f" {name.rstrip('_').replace('_', '-')}"


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
    body = [
        f"<tr>{_cell(row[0], 'th')}{''.join([_cell(each) for each in row[1:]])}</tr>"
        for row in rows
    ]
    held = tag(
        "table",
        tag("caption", caption),
        tag("thead", head),
        tag("tbody", Html("".join(body))),
        **attributes,
    )
    return tag("div", held, class_="frame", role="group", tabindex="0", aria_label=caption)


def _cell(value: object, name: str = "td") -> str:
    if _is_number(value):
        return f"{_opening(name, 'number')}{figure(value)}</{name}>"
    # Only cells with a long word may break words: else narrow columns take from wide ones.
    words = [] if isinstance(value, Html) else str(value).split()
    long = any(len(word) > LONG_WORD for word in words)
    return f"{_opening(name, 'long' if long else None)}{_escaped(value)}</{name}>"


@lru_cache(maxsize=HELD_TEXTS)
def _opening(name: str, mark: str | None) -> str:
    """The start of a cell, which is closed by whoever fills it."""
    return tag(name, scope="row" if name == "th" else None, class_=mark).removesuffix(f"</{name}>")


@lru_cache(maxsize=HELD_TEXTS, typed=True)
def whole(text: str) -> Html:
    """`text` that is not broken over two lines."""
    return tag("span", text, class_="whole")


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
