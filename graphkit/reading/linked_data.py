# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON-LD as pages carry it: its nodes in order, references followed, any value as texts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]
MOST_NODES = 20_000
OPENINGS = ("/*<![CDATA[*/", "//<![CDATA[", "<![CDATA[", "<!--")
CLOSINGS = (";", "/*]]>*/", "//]]>", "]]>", "-->")


def json_value(script: str) -> object:
    """The JSON value of a script, also one with raw line breaks in texts; None where it is none."""
    bare = script.strip()
    for opening in OPENINGS:
        bare = bare.removeprefix(opening)
    for closing in CLOSINGS:
        bare = bare.strip().removesuffix(closing)
    try:
        return orjson.loads(bare)
    except ValueError:
        pass
    try:
        lenient = json.dumps(json.loads(bare, strict=False), ensure_ascii=False)
        return json.loads(lenient.encode(errors="replace"))  # half a surrogate is no text
    except (ValueError, RecursionError):
        return None


def nodes(value: object, *, most: int | None = MOST_NODES) -> list[Node]:
    """The objects in a JSON value, outer before inner, in its order; no more than `most`.

    A value that only refers to another of them (`@id`) is replaced by that one.
    """
    found: list[Node] = []
    left = [value]
    while left and (most is None or len(found) < most):
        each = left.pop()
        if isinstance(each, dict):
            found.append(each)
            left += reversed(list(each.values()))
        elif isinstance(each, list):
            left += reversed(each)
    named = {n["@id"]: n for n in reversed(found) if isinstance(n.get("@id"), str) and len(n) > 1}
    return [{k: _followed(v, named) for k, v in n.items()} for n in found] if named else found


def _followed(value: object, named: dict[str, Node]) -> object:
    if isinstance(value, list):
        return [_target(each, named) for each in value]
    return _target(value, named)


def _target(value: object, named: dict[str, Node]) -> object:
    refers = isinstance(value, dict) and len(value) == 1 and isinstance(value.get("@id"), str)
    return named.get(value["@id"], value) if refers and isinstance(value, dict) else value


def types(node: Node) -> set[str]:
    """The types of a node without their vocabulary.

    >>> sorted(types({"@type": ["schema:NewsArticle", "http://schema.org/Report"]}))
    ['NewsArticle', 'Report']
    """
    names = _listed(node.get("@type"))
    return {re.split(r"[/:#]", name)[-1] for name in names if isinstance(name, str)}


def texts(value: object, *keys: str) -> list[str]:
    """The texts of a value: a text, the first of `keys` that an object has; of a list, each one's.

    Without `keys` they are @value and name.

    >>> texts([{"name": "A"}, "B", {"@value": "C"}])
    ['A', 'B', 'C']
    """
    return [text for each in _listed(value) for text in _texts(each, keys or ("@value", "name"))]


def text(value: object, *keys: str) -> str | None:
    """The first of `texts`, or None."""
    return next(iter(texts(value, *keys)), None)


def _texts(value: object, keys: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        held = (each for key in keys for each in _listed(value.get(key)))
        value = next((each for each in held if isinstance(each, str) and each.strip()), None)
    if isinstance(value, str) and value.strip():
        yield value.strip()


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
