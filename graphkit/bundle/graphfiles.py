# SPDX-License-Identifier: GPL-3.0-or-later
"""GraphML and GEXF for Gephi and its like. The same frames give the same bytes.

All ids are text (numbers above 2^53 are cut by some readers) and nothing that XML forbids is
written: networkx 3.6 writes control characters into GEXF as they are, which no reader accepts, and
puts today's date there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from graphkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def graphml(nodes: pl.DataFrame, edges: pl.DataFrame, *, directed: bool, about: str = "") -> bytes:
    """A GraphML file. `nodes` has node and further columns, `edges` a, b and further columns.

    `about` is the description of the graph.
    """
    root = ElementTree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for place, frame, own in (("node", nodes, ("node",)), ("edge", edges, ("a", "b"))):
        for name, kind in _attributes(frame, own).items():
            said = {"id": f"{place}_{name}", "for": place, "attr.name": name, "attr.type": kind}
            ElementTree.SubElement(root, "key", said)
    direction = "directed" if directed else "undirected"
    graph = ElementTree.SubElement(root, "graph", id="graph", edgedefault=direction)
    if about:
        ElementTree.SubElement(graph, "desc").text = _legal(about)
    for row in nodes.sort("node").to_dicts():
        _add_data(ElementTree.SubElement(graph, "node", id=_legal(row.pop("node"))), row)
    for row in edges.sort(edges.columns).to_dicts():
        ends = {"source": _legal(row.pop("a")), "target": _legal(row.pop("b"))}
        _add_data(ElementTree.SubElement(graph, "edge", ends), row)
    return _written(root)


def _add_data(element: ElementTree.Element, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if value is not None:
            data = ElementTree.SubElement(element, "data", key=f"{element.tag}_{name}")
            data.text = _legal(str(value))


def gexf(nodes: pl.DataFrame, edges: pl.DataFrame, *, directed: bool, about: str = "") -> bytes:
    """A GEXF 1.3 file without a date; arguments as in `graphml`.

    The columns `label` and `weight` become GEXF's own.
    """
    root = ElementTree.Element("gexf", xmlns="http://gexf.net/1.3", version="1.3")
    direction = "directed" if directed else "undirected"
    if about:
        told = ElementTree.SubElement(ElementTree.SubElement(root, "meta"), "description")
        told.text = _legal(about)
    graph = ElementTree.SubElement(root, "graph", defaultedgetype=direction)
    own = {"node": ("node", "label"), "edge": ("a", "b", "weight")}
    for place, frame in (("node", nodes), ("edge", edges)):
        declared = ElementTree.SubElement(graph, "attributes", {"class": place})
        for name, kind in _attributes(frame, own[place]).items():
            said = {"id": name, "title": name, "type": kind}
            ElementTree.SubElement(declared, "attribute", said)
    holder = ElementTree.SubElement(graph, "nodes")
    for row in nodes.sort("node").to_dicts():
        name = _legal(row.pop("node"))
        label = _legal(str(row.pop("label", name)))
        _add_values(ElementTree.SubElement(holder, "node", id=name, label=label), row)
    holder = ElementTree.SubElement(graph, "edges")
    for number, row in enumerate(edges.sort(edges.columns).to_dicts()):
        said = {"id": f"edge-{number}", "weight": str(row.pop("weight", 1))}
        said |= {"source": _legal(row.pop("a")), "target": _legal(row.pop("b"))}
        _add_values(ElementTree.SubElement(holder, "edge", said), row)
    return _written(root)


def _add_values(element: ElementTree.Element, values: Mapping[str, object]) -> None:
    holder = ElementTree.SubElement(element, "attvalues")
    for name, value in values.items():
        if value is not None:
            said = {"for": name, "value": _legal(str(value))}
            ElementTree.SubElement(holder, "attvalue", said)


def _legal(text: str) -> str:
    """`text` as XML 1.0 may hold it."""
    if text.isascii() and text.isprintable():
        return text
    return visible(text).translate(dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd"))


def _attributes(frame: pl.DataFrame, own: tuple[str, ...]) -> dict[str, str]:
    """The attribute type of each column but `own`: long, double or string."""
    return {
        name: "long" if kind.is_integer() else "double" if kind.is_float() else "string"
        for name, kind in frame.schema.items()
        if name not in own
    }


def _written(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root)
    return _HEAD + ElementTree.tostring(root, encoding="unicode").encode() + b"\n"
