# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a page never changes by itself, as one component.

Dash wraps each component and asks all of them at each step of drawing: three thousand words, cells
and links of a story kept the browser busy for half a minute. So a page is put together from Dash's
html components, and what holds nothing but them is handed over as one `Still`.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from dash.development.base_component import Component

from dashboards.components import Still

if TYPE_CHECKING:
    from dashboards.parts import Node

ADDRESSED = frozenset({"checked"})  # ids that a callback or the browser's part writes to


def still(node: Node) -> Node:
    """`node` (a component, text or list of them) with what is still in it made `Still`.

    >>> from dash import html
    >>> still(html.P(["so ", html.B("it is", id={"b": 1, "a": 2})])).tree
    [['p', {}, ['so ', ['b', {'id': '{"a":2,"b":1}'}, ['it is']]]]]
    """
    if _is_still(node):
        return Still(tree=[_tree(each) for each in _listed(node)])
    if isinstance(node, list):
        return [
            each
            for calm, group in groupby(node, _is_still)
            for each in ([Still(tree=[_tree(n) for n in group])] if calm else map(still, group))
        ]
    if _is_html(node):
        node.children = still(node.children)
    return node


def _is_html(node: Node) -> bool:
    return isinstance(node, Component) and getattr(node, "_namespace", "") == "dash_html_components"


def _is_still(node: Node) -> bool:
    """Whether text, or html components all through, with no address but ours."""
    if isinstance(node, (list, tuple)):
        return all(map(_is_still, node))
    if not isinstance(node, Component):
        return True
    leads = getattr(node, "href", "/")
    name = getattr(node, "id", None)
    known = isinstance(name, str) and name in ADDRESSED
    ours = leads.startswith(("/", "#")) and not known
    return _is_html(node) and ours and _is_still(getattr(node, "children", None))


def _tree(node: Node) -> Any:  # noqa: ANN401  JSON: text, or [tag, attributes, children]
    if not isinstance(node, Component):
        return node
    read: Any = node.to_plotly_json  # not typed in dash
    told = {**read()["props"]}
    children = [_tree(each) for each in _listed(told.pop("children", None))]
    if isinstance(told.get("id"), dict):  # as dash writes it
        told["id"] = json.dumps(
            told["id"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
    return [str(node._type).lower(), told, children]


def _listed(children: Node) -> list[Node]:
    """Children as a flat list."""
    if isinstance(children, (list, tuple)):
        return [each for part in children for each in _listed(part)]
    return [] if children is None else [children]
