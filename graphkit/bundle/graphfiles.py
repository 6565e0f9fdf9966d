# SPDX-License-Identifier: GPL-3.0-or-later
"""GraphML and GEXF for Gephi and its like. The same frames give the same bytes.

All ids are text (numbers above 2^53 are cut by some readers) and nothing that XML forbids is
written: networkx 3.6 writes control characters into GEXF as they are, which no reader accepts, and
puts today's date there.

Many graphs are written at once, by whole columns; a graph alone is a batch of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np
import polars as pl

from graphkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_QUOTE = {'"': "&quot;"}


@dataclass(frozen=True)
class _Element:
    """How a row is written: its name, the columns of its attributes, and `value` for the others."""

    name: str
    attributes: dict[str, str]
    value: str
    wrap: tuple[str, str] = ("", "")


_VALUE = ('<attvalue for="{}" value="{}"/>', ("<attvalues>", "</attvalues>"))
_NODE_ML = _Element("node", {"id": "node"}, '<data key="node_{}">{}</data>')
_EDGE_ML = _Element("edge", {"source": "a", "target": "b"}, '<data key="edge_{}">{}</data>')
_NODE_GEXF = _Element("node", {"id": "node", "label": "label"}, *_VALUE)
_EDGE_GEXF = _Element(
    "edge", {"id": "id", "weight": "weight", "source": "a", "target": "b"}, *_VALUE
)


@dataclass(frozen=True)
class Graphs:
    """Graphs to be written, with the same columns.

    `nodes` has graph (0, 1, ...), node and further columns, `edges` graph, a, b and further
    columns. `told` has a row a graph: what stands in each of its nodes. `about` are the
    descriptions of the graphs.
    """

    nodes: pl.DataFrame
    edges: pl.DataFrame
    told: pl.DataFrame
    about: Sequence[str]

    @classmethod
    def one(cls, nodes: pl.DataFrame, edges: pl.DataFrame, about: str) -> Graphs:
        """A batch of one graph."""
        first = pl.lit(0, pl.Int64).alias("graph")
        frames = [each.select(first, pl.all()) for each in (nodes, edges)]
        return cls(frames[0], frames[1], pl.DataFrame(), [about])

    @cached_property
    def node_texts(self) -> pl.DataFrame:
        """The nodes in order, as text that XML may hold."""
        return _legal_frame(self.nodes.sort("graph", "node"))

    @cached_property
    def edge_texts(self) -> pl.DataFrame:
        """The edges in order, as text that XML may hold."""
        return _legal_frame(self.edges.sort(self.edges.columns))

    @cached_property
    def told_texts(self) -> pl.DataFrame:
        """`told` as text that XML may hold."""
        return _legal_frame(self.told)


def graphml(nodes: pl.DataFrame, edges: pl.DataFrame, *, directed: bool, about: str = "") -> bytes:
    """A GraphML file. `nodes` has node and further columns, `edges` a, b and further columns.

    `about` is the description of the graph.
    """
    return next(graphmls(Graphs.one(nodes, edges, about), directed=directed))


def gexf(nodes: pl.DataFrame, edges: pl.DataFrame, *, directed: bool, about: str = "") -> bytes:
    """A GEXF 1.3 file without a date; arguments as in `graphml`.

    The columns `label` and `weight` become GEXF's own.
    """
    return next(gexfs(Graphs.one(nodes, edges, about), directed=directed))


def graphmls(graphs: Graphs, *, directed: bool) -> Iterator[bytes]:
    """The GraphML file of each graph in turn."""
    declared = "".join(
        f'<key id="{place}_{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>\n'
        for place, kinds in _attributes(graphs).items()
        for name, kind in kinds.items()
    )
    direction = "directed" if directed else "undirected"
    start = (
        f'{_HEAD}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n{declared}'
        f'<graph id="graph" edgedefault="{direction}">\n'
    )
    nodes = _lines(graphs.node_texts, _NODE_ML, told=graphs.told_texts)
    edges = _lines(graphs.edge_texts, _EDGE_ML)
    for about, *inside in zip(graphs.about, *_parted(graphs, nodes, edges), strict=True):
        told = f"<desc>{_legal(about)}</desc>\n" if about else ""
        yield b"".join([f"{start}{told}".encode(), *inside, b"</graph>\n</graphml>\n"])


def gexfs(graphs: Graphs, *, directed: bool) -> Iterator[bytes]:
    """The GEXF 1.3 file of each graph in turn, without a date."""
    direction = "directed" if directed else "undirected"
    own = {"node": ("label",), "edge": ("weight",)}
    declared = "".join(
        f'<attributes class="{place}">\n{_declared(kinds, own[place])}</attributes>\n'
        for place, kinds in _attributes(graphs).items()
    )
    start = f'<graph defaultedgetype="{direction}">\n{declared}<nodes>\n'
    named = graphs.node_texts.with_columns(label=_label(graphs.node_texts))
    nodes = _lines(named, _NODE_GEXF, told=graphs.told_texts)
    edges = _lines(_numbered(graphs.edge_texts), _EDGE_GEXF)
    for about, *inside in zip(graphs.about, *_parted(graphs, nodes, edges), strict=True):
        told = f"<meta><description>{_legal(about)}</description></meta>\n" if about else ""
        head = f'{_HEAD}<gexf xmlns="http://gexf.net/1.3" version="1.3">\n{told}{start}'
        tail = b"</edges>\n</graph>\n</gexf>\n"
        yield b"".join([head.encode(), inside[0], b"</nodes>\n<edges>\n", inside[1], tail])


def _declared(kinds: dict[str, str], own: tuple[str, ...]) -> str:
    return "".join(
        f'<attribute id="{name}" title="{name}" type="{kind}"/>\n'
        for name, kind in kinds.items()
        if name not in own
    )


def _label(nodes: pl.DataFrame) -> pl.Expr:
    """What GEXF shows of a node: its label, or its id."""
    node = pl.col("node")
    return pl.col("label").fill_null(node) if "label" in nodes.columns else node


def _numbered(edges: pl.DataFrame) -> pl.DataFrame:
    """The edges with an id in their graph, and the weight that GEXF asks for."""
    weight = pl.col("weight") if "weight" in edges.columns else pl.lit("1")
    number = pl.int_range(pl.len()).over("graph")
    return edges.with_columns(id=pl.format("edge-{}", number), weight=weight)


def _parted(graphs: Graphs, *lines: pl.Series) -> list[Iterator[bytes]]:
    """The lines of each graph as one text, in the order of the graphs: of nodes, and of edges."""
    frames = (graphs.node_texts, graphs.edge_texts)
    return [
        _by_graph(each, frame["graph"], len(graphs.about))
        for each, frame in zip(lines, frames, strict=True)
    ]


def _by_graph(lines: pl.Series, graph: pl.Series, count: int) -> Iterator[bytes]:
    ends = np.searchsorted(graph.to_numpy(), np.arange(count + 1)).tolist()
    for start, end in pairwise(ends):
        yield b"".join(lines.slice(start, end - start).to_list())


def _lines(
    frame: pl.DataFrame, element: _Element, *, told: pl.DataFrame | None = None
) -> pl.Series:
    """A line for each row: `element` with its attributes, and the other columns in it.

    What is `told` of a graph stands last in each of its lines.
    """
    ends = element.attributes
    opening = f"<{element.name}" + "".join(f' {key}="{{}}"' for key in ends) + ">"
    inside = [each for each in frame.columns if each not in ("graph", *ends.values())]
    texts = [
        pl.format(opening, *ends.values()),
        pl.lit(element.wrap[0]),
        *_held(inside, element.value),
        *(_gathered(told, element.value, frame["graph"]) if told is not None else ()),
        pl.lit(f"{element.wrap[1]}</{element.name}>\n"),
    ]
    return frame.select(pl.concat_str(texts).cast(pl.Binary)).to_series()


def _held(columns: Sequence[str], value: str) -> list[pl.Expr]:
    """Each column as `value` has its name and what is in it; nothing where it is null."""
    return [
        pl.when(pl.col(each).is_null())
        .then(pl.lit(""))
        .otherwise(pl.format(value.replace("{}", each, 1), each))
        for each in columns
    ]


def _gathered(told: pl.DataFrame, value: str, graph: pl.Series) -> list[pl.Expr]:
    """What is told of the graph of each line."""
    if not told.width:
        return []
    texts = told.select(pl.concat_str(_held(told.columns, value))).to_series()
    return [pl.lit(texts.gather(graph))]


def _legal_frame(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        _legal_text(each) for each in frame.iter_columns() if each.name != "graph"
    )


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


def _attributes(graphs: Graphs) -> dict[str, dict[str, str]]:
    """The type of each attribute of nodes and of edges: long, double or string."""
    nodes = {**graphs.nodes.schema, **graphs.told.schema}
    return {
        place: {name: _kind(kind) for name, kind in schema.items() if name not in own}
        for place, schema, own in (
            ("node", nodes, ("graph", "node")),
            ("edge", graphs.edges.schema, ("graph", "a", "b")),
        )
    }


def _kind(kind: pl.DataType) -> str:
    return "long" if kind.is_integer() else "double" if kind.is_float() else "string"
