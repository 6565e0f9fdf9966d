# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: ANN401  a JSON value is anything
"""Single values of platform records: a key inside keys, a count as people write it, HTML."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

import lxml.html

UNITS = {"万": 10_000, "萬": 10_000, "w": 10_000, "亿": 100_000_000, "億": 100_000_000,
         "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}  # fmt: skip
COUNT = re.compile(r"^\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*([万萬亿億wkmb]?)\+?\s*$", re.IGNORECASE)


def at(value: Any, path: str) -> Any:
    """What lies under the keys of `path` ("legacy.entities.urls"); None where one is missing.

    >>> at({"a": {"b": 0}}, "a.b"), at({"a": "text"}, "a.b")
    (0, None)
    """
    for key in _keys(path):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


@cache
def _keys(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def first(value: Any, *paths: str) -> Any:
    """What lies under the first of `paths` that holds something, neither None nor an empty text."""
    for path in paths:
        found = at(value, path)
        if found is not None and found != "":
            return found
    return None


def count(value: Any) -> int | None:
    """A number as platforms write it: 12, "12", "1,200", "1.2万", "3K"; None where it is none.

    >>> count("1.2万"), count("3K"), count("N/A")
    (12000, 3000, None)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return int(value) if math.isfinite(value) else None
    found = COUNT.match(str(value))
    if not found:
        return None
    return round(float(found[1].replace(",", "")) * UNITS.get(found[2].lower(), 1))


def parts(value: Any, separator: str) -> list[str]:
    """The parts of a cell that holds several, blank ones left out; nothing for None.

    >>> parts("a, b,,", ",")
    ['a', 'b']
    """
    return [] if value is None else [p.strip() for p in str(value).split(separator) if p.strip()]


def plain_text(html: str | None) -> str | None:
    r"""The text of a piece of HTML: a line break for each paragraph and `br`, entities read.

    >>> plain_text("<p>a &amp; b<br>c</p><p>d</p>")
    'a & b\nc\nd'
    """
    if html is None or not html.strip():
        return None
    broken = re.sub(r"(?i)<br\s*/?>|</p>", "\n", html)
    return str(lxml.html.fromstring(f"<div>{broken}</div>").text_content()).strip()
