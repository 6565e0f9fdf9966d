# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that a CSV file has in one cell: as JSON, as Python writes them, or in bare brackets."""

from __future__ import annotations

import ast
import re

import orjson

from graphkit.reading.values import parts

BEFORE_URL = re.compile(r"[,\s]+(?=[a-z][a-z0-9+.-]*://)", re.IGNORECASE)
ODD_LIST = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


def listed(cell: str | None) -> list[str]:
    """The texts of a list in one cell; a cell that is no list is one text.

    >>> listed("['https://a.example/x,y', 'b']"), listed('["a"]'), listed("[a, b]"), listed("a b")
    (['https://a.example/x,y', 'b'], ['a'], ['a', 'b'], ['a b'])
    """
    text = "" if cell is None else cell.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return [text] if text else []
    values = _values(text)
    if values is not None:
        return [str(each).strip() for each in values if each is not None and str(each).strip()]
    return [part.strip("'\" ") for part in parts(text[1:-1], ",") if part.strip("'\" ")]


def listed_urls(cell: str | None) -> list[str]:
    """The addresses of a list in one cell, or parted by commas or blanks; commas inside stay.

    >>> listed_urls("https://a.example/x,y,https://b.example"), listed_urls("[http://a, http://b]")
    (['https://a.example/x,y', 'https://b.example'], ['http://a', 'http://b'])
    """
    text = "" if cell is None else cell.strip()
    if text.startswith("[") and _values(text) is not None:
        return listed(text)
    return [part for part in BEFORE_URL.split(text.removeprefix("[").removesuffix("]")) if part]


def _values(text: str) -> list[object] | None:
    """The list that the text is in JSON or Python; None where it is neither."""
    for read in (orjson.loads, ast.literal_eval):
        try:
            values = read(text)
        except ODD_LIST:
            continue
        if isinstance(values, list):
            return values
    return None
