# SPDX-License-Identifier: GPL-3.0-or-later
"""GraphML and GEXF for Gephi and its like. The same frames give the same bytes.

All ids are text (numbers above 2^53 are cut by some readers) and nothing that XML forbids is
written: networkx 3.6 writes control characters into GEXF as they are, which no reader accepts, and
puts today's date there.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

import polars as pl

from graphkit.text.visible import visible

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_QUOTE = {'"': "&quot;"}


def graphml(nodes: pl.DataFrame, edges: pl.DataFrame, *, directed: bool, about: str = "") -> bytes:
    """A GraphML file. `nodes` has node and further columns, `edges` a, b and further columns.

    `about` is the description of the graph.
    """
    direction = "directed" if directed else "undirected"
    keys = [
        f'<key id="{place}_{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>\n'
        for place, frame, own in (("node", nodes, ("node",)), ("edge", edges, ("a", "b")))
        for name, kind in _attributes(frame, own).items()
    ]
    ends = {"node": {"id": "node"}, "edge": {"source": "a", "target": "b"}}
    parts = [
        _HEAD,
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n',
        *keys,
        f'<graph id="graph" edgedefault="{direction}">\n',
        f"<desc>{_legal(about)}</desc>\n" if about else "",
        _elements(nodes.sort("node"), "node", ends["node"], '<data key="node_{}">{}</data>'),
        _elements(edges.sort(edges.columns), "edge", ends["edge"], '<data key="edge_{}">{}</data>'),
        "</graph>\n</graphml>\n",
    ]
    return "".join(parts).encode()


def gexf(nodes: pl.DataFrame, edges: pl.DataFrame, *, directed: bool, about: str = "") -> bytes:
    """A GEXF 1.3 file without a date; arguments as in `graphml`.

    The columns `label` and `weight` become GEXF's own.
    """
    direction = "directed" if directed else "undirected"
    told = f"<meta><description>{_legal(about)}</description></meta>\n" if about else ""
    own = {"node": ("node", "label"), "edge": ("a", "b", "weight")}
    declared = [
        f'<attributes class="{place}">\n{"".join(_declared(frame, own[place]))}</attributes>\n'
        for place, frame in (("node", nodes), ("edge", edges))
    ]
    numbered = edges.sort(edges.columns).with_row_index("id")
    nodes, numbered = (each.with_columns(**_given(each)) for each in (nodes, numbered))
    value = '<attvalue for="{}" value="{}"/>'
    parts = [
        f'{_HEAD}<gexf xmlns="http://gexf.net/1.3" version="1.3">\n{told}',
        f'<graph defaultedgetype="{direction}">\n',
        *declared,
        "<nodes>\n",
        _elements(nodes.sort("node"), "node", {"id": "node", "label": "label"}, value),
        "</nodes>\n<edges>\n",
        _elements(numbered, "edge",
                  {"id": "id", "weight": "weight", "source": "a", "target": "b"}, value),
        "</edges>\n</graph>\n</gexf>\n",
    ]  # fmt: skip
    return "".join(parts).encode()


def _declared(frame: pl.DataFrame, own: tuple[str, ...]) -> list[str]:
    kinds = _attributes(frame, own).items()
    return [f'<attribute id="{name}" title="{name}" type="{kind}"/>\n' for name, kind in kinds]


def _given(frame: pl.DataFrame) -> dict[str, pl.Expr]:
    """What GEXF asks of nodes and edges, where the frame does not say it."""
    if "node" in frame.columns:
        label = pl.col("label").fill_null(pl.col("node")) if "label" in frame.columns else "node"
        return {"label": pl.col(label) if isinstance(label, str) else label}
    weight = pl.col("weight") if "weight" in frame.columns else pl.lit(1)
    return {"id": pl.format("edge-{}", "id"), "weight": weight}


def _elements(frame: pl.DataFrame, name: str, attributes: dict[str, str], value: str) -> str:
    """A line for each row: the element `name` with attributes, and its other columns in it.

    `value` is how a column's name and value stand in the element. Made by whole columns, for a
    bundle may hold a thousand graphs.
    """
    if not frame.height:
        return ""
    plain = frame.select(_legal_text(each) for each in frame.iter_columns())
    inside = [each for each in frame.columns if each not in attributes.values()]
    opening = f"<{name}" + "".join(f' {key}="{{}}"' for key in attributes) + ">"
    wrap = ("<attvalues>", "</attvalues>") if value.startswith("<attvalue") else ("", "")
    held = [
        pl.when(pl.col(each).is_null())
        .then(pl.lit(""))
        .otherwise(pl.format(value.replace("{}", each, 1), each))
        for each in inside
    ]
    texts = [pl.format(opening, *attributes.values()), pl.lit(wrap[0]), *held, pl.lit(wrap[1])]
    lines = plain.select(pl.concat_str([*texts, pl.lit(f"</{name}>\n")])).to_series()
    return str(lines.str.join("").item())


def _legal_text(column: pl.Series) -> pl.Series:
    """The column as text that XML may hold; only odd texts are looked at one by one."""
    text = column.cast(pl.String)
    if column.dtype.is_numeric():
        return text
    odd = text.filter(text.str.contains(r"[^ -~]|[&<>\"]")).unique()
    return text.replace(odd, pl.Series([_legal(each) for each in odd], dtype=pl.String))


def _legal(text: str) -> str:
    """`text` as XML 1.0 may hold it, escaped."""
    seen = visible(text).translate(dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd"))
    return escape(seen, _QUOTE)


def _attributes(frame: pl.DataFrame, own: tuple[str, ...]) -> dict[str, str]:
    """The attribute type of each column but `own`: long, double or string."""
    return {
        name: "long" if kind.is_integer() else "double" if kind.is_float() else "string"
        for name, kind in frame.schema.items()
        if name not in own
    }
