# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to draw the nodes of a graph: communities as discs, members inside their disc.

One force-directed run over ten thousand nodes gives a hairball (distance inside a community 0.84 of
a random distance); two runs, first over communities and then inside each, give discs that a reader
can point at, and cost less. Nodes that were drawn before (`start`) stay near the place they had.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import igraph
import numpy as np
import polars as pl

from graphkit.graphs.communities import seeded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

MAX_DISCS = 400  # pushing discs apart is quadratic in them
CORE_DISCS = 60  # so many lie by their links, the smaller ones around them
_MOVED = 0.1  # how far a node may leave its place, in radii of its picture
_EXACT = 60  # nodes of a disc with forces between all: 50 us each; of 600 250 us, on a grid 25 us
_DIGITS = 4


@dataclass(frozen=True)
class _Graph:
    """Nodes 0 to size - 1, the links among them, and the most nodes with forces between all."""

    size: int
    ends: NDArray[np.int64]
    weights: list[float] | None = None
    exact: int = 600


def _forces(graph: _Graph, start: Points | None = None) -> Points:
    """Centred coordinates of a Fruchterman-Reingold run (1991, Software 21:1129).

    `start` (not a number where a node has no place yet) holds nodes within a tenth of its radius.
    """
    if not graph.size:
        return np.empty((0, 2))
    laid = igraph.Graph(n=graph.size, edges=graph.ends)
    grid = "grid" if graph.size > graph.exact else "nogrid"
    told = {"niter": 150} if start is None else _held(graph, start)
    found = laid.layout_fruchterman_reingold(weights=graph.weights, grid=grid, **told)
    xy = np.asarray(found.coords, float).reshape(graph.size, 2)
    centred: Points = xy - xy.mean(axis=0)
    return centred


def _held(graph: _Graph, start: Points) -> dict[str, Any]:
    """Places to start from, and how far each node may go. Without bounds igraph forgets a start."""
    new = np.isnan(start[:, 0])
    centred = start - start[~new].mean(axis=0)
    grown = centred * np.sqrt(len(new) / (~new).sum())  # room for the new ones
    radius = max(np.sqrt(2 * (grown[~new] ** 2).sum(axis=1).mean()), 1e-3)
    begun = _among_linked(graph, grown, new)
    reach = np.where(new, 10 * radius, _MOVED * radius)[:, None]
    low, high = (begun - reach).T.tolist(), (begun + reach).T.tolist()
    bounds = {"minx": low[0], "maxx": high[0], "miny": low[1], "maxy": high[1]}
    return {"seed": begun.tolist(), "niter": 50, "start_temp": _MOVED * radius, **bounds}


def _among_linked(graph: _Graph, xy: Points, new: NDArray[np.bool_]) -> Points:
    """`xy` with each new node beside the middle of those that it is linked to and have a place."""
    both = np.vstack([graph.ends, graph.ends[:, ::-1]])
    both = both[new[both[:, 0]] & ~new[both[:, 1]]]
    count = np.bincount(both[:, 0], minlength=graph.size)[new, None]
    total = [np.bincount(both[:, 0], xy[both[:, 1], axis], graph.size)[new] for axis in (0, 1)]
    turn = 2.399963 * np.arange(new.sum())  # the golden angle, so that no two lie together
    beside = np.column_stack([np.cos(turn), np.sin(turn)])
    placed = xy.copy()
    placed[new] = np.column_stack(total) / np.maximum(count, 1) + 0.5 * beside
    return placed


def _pushed_apart(xy: Points, radius: NDArray[np.float64]) -> Points:
    """`xy` moved until no two discs overlap, or 200 rounds are over."""
    need = (radius[:, None] + radius[None, :]) * 1.15
    np.fill_diagonal(need, 0.0)
    for _ in range(200):
        apart = xy[:, None] - xy[None]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        missing = np.maximum(need - distance, 0.0)
        if (missing <= 0.1 * need).all():  # of the 0.15 that are asked for between them
            break
        unit = apart / np.maximum(distance, 1e-9)[..., None]
        xy = xy + 0.35 * (unit * missing[..., None]).sum(axis=1)
    return xy


def _spread(xy: Points) -> Points:
    """`xy` with angles kept and distances replaced by rank, so that points fill the unit disc."""
    angle = np.arctan2(xy[:, 1], xy[:, 0])
    order = np.lexsort((angle, np.hypot(xy[:, 0], xy[:, 1])))
    rank = np.empty(len(xy))
    rank[order] = np.arange(len(xy))
    reach = np.sqrt((rank + 0.5) / len(xy)) if len(xy) > 1 else np.zeros(1)
    return np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])


def community_discs(
    groups: pl.DataFrame, edges: pl.DataFrame, *, seed: int = 1, start: pl.DataFrame | None = None
) -> pl.DataFrame:
    """A disc for each community: columns community, members, x, y, radius, by community.

    `groups` has node and community (as `communities` gives), `edges` a and b. A disc's area is in
    proportion to its members, and discs do not overlap. Only the 400 largest get one; of those the
    60 largest lie by their links and the others around them. With `start` (node, community, x, y)
    a community lies where its members were.
    """
    sizes = groups.group_by("community").agg(members=pl.len().cast(pl.Int64))
    drawn = sizes.sort(["members", "community"], descending=[True, False]).head(MAX_DISCS)
    links = _community_links(groups, edges, drawn["community"])
    places = {community: place for place, community in enumerate(drawn["community"])}
    ends = [links[name].replace_strict(places, return_dtype=pl.Int64) for name in ("low", "high")]
    weights = np.log1p(links["count"].to_numpy()).tolist()
    graph = _Graph(drawn.height, np.column_stack(ends), weights)
    radius = np.sqrt(drawn["members"].to_numpy())
    xy = _middles(groups, drawn, start) if start is not None else _core(graph, radius, seed)
    xy = _pushed_apart(_around(graph, xy, radius), radius)
    placed = drawn.with_columns(x=xy[:, 0], y=xy[:, 1], radius=radius).sort("community")
    return placed.with_columns(pl.col("x", "y", "radius").round(_DIGITS))


def _core(graph: _Graph, radius: NDArray[np.float64], seed: int) -> Points:
    """Places of the first 60 discs by their links, pushed apart; not a number for the others."""
    own = graph.ends.max(axis=1, initial=0) < CORE_DISCS
    weights = np.asarray(graph.weights)[own].tolist()
    core = _Graph(min(CORE_DISCS, graph.size), graph.ends[own], weights)
    with seeded(seed):
        xy = _forces(core)
    radius, spread = radius[: core.size], np.abs(xy).max(initial=1e-9)
    placed = np.full((graph.size, 2), np.nan)
    placed[: core.size] = _pushed_apart(xy * (1.6 * np.sqrt((radius**2).sum()) / spread), radius)
    return placed


def _middles(groups: pl.DataFrame, drawn: pl.DataFrame, start: pl.DataFrame) -> Points:
    """The middle of each drawn community's members in `start`; not a number where none is there.

    Distances grow with the picture, as the discs do.
    """
    known = groups.join(start.drop("community"), on="node")
    middles = known.group_by("community").agg(
        pl.col("x", "y").sort_by("node").mean(), known=pl.len()
    )
    placed = drawn.join(middles, on="community", how="left", maintain_order="left")
    members = placed.select(pl.col("members", "known").sum()).row(0)
    places: Points = placed.select(pl.col("x", "y").fill_null(np.nan)).to_numpy()
    return places * float(np.sqrt(members[0] / max(members[1], 1)))


def _around(graph: _Graph, xy: Points, radius: NDArray[np.float64]) -> Points:
    """`xy` with the discs that have no place yet outside the others, near what they link to."""
    new = np.isnan(xy[:, 0])
    middle = xy[~new].mean(axis=0) if not new.all() else np.zeros(2)
    placed = _among_linked(graph, np.nan_to_num(xy - middle), new)
    inside = (np.hypot(*placed[~new].T) + radius[~new]).max(initial=0.0)
    away = np.sqrt(inside**2 + 4 * np.cumsum(radius[new] ** 2)) + radius[new]
    placed[new] *= (away / np.maximum(np.hypot(*placed[new].T), 1e-9))[:, None]
    return placed


def force_layout(
    edges: pl.DataFrame, *, seed: int = 1, start: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Coordinates for every node in `edges`: node, x, y, by node. For up to 2,000 nodes.

    `edges` has a, b and, where links are not equal, weight; repeats are drawn once. With `start`
    (node, x, y) nodes stay near the place that they had there.
    """
    nodes = pl.concat([edges["a"], edges["b"]]).unique().sort()
    weight = pl.col("weight") if "weight" in edges.columns else pl.lit(1.0)
    links = (
        edges.filter(pl.col("a") != pl.col("b"))
        .select(low=pl.min_horizontal("a", "b"), high=pl.max_horizontal("a", "b"), weight=weight)
        .group_by("low", "high")
        .agg(pl.col("weight").max())
        .sort("low", "high")
    )
    ends = [nodes.search_sorted(links[name]).to_numpy() for name in ("low", "high")]
    weights = np.log1p(links["weight"].to_numpy()).tolist()
    graph = _Graph(nodes.len(), np.column_stack(ends), weights)
    with seeded(seed):
        xy = _forces(graph, _known(_starts(nodes, start))).round(_DIGITS)
    return pl.DataFrame({"node": nodes, "x": xy[:, 0], "y": xy[:, 1]})


def _staying(nodes: pl.DataFrame, start: pl.DataFrame) -> pl.DataFrame:
    """Of `start` those who were in the community from which most of their community come.

    Whoever comes from elsewhere was far away: held there, they would press the others together.
    """
    both = nodes.select("node", "community").join(start, on="node", suffix="_old")
    sizes = both.group_by("community", "community_old").agg(members=pl.len())
    most = sizes.sort(["members", "community_old"], descending=[True, False]).unique(
        "community", keep="first", maintain_order=True
    )
    return both.join(most, on=["community", "community_old"], how="semi", nulls_equal=True)


def _starts(nodes: pl.Series, start: pl.DataFrame | None) -> Points:
    """The place of each of `nodes` in `start`, not a number where it has none."""
    if start is None:
        return np.full((nodes.len(), 2), np.nan)
    found = pl.DataFrame({"node": nodes}).join(
        start.select("node", "x", "y"), on="node", how="left", maintain_order="left"
    )
    places: Points = found.select(pl.col("x", "y").fill_null(np.nan)).to_numpy()
    return places


def _known(start: Points) -> Points | None:
    """`start` where at least half of the nodes have a place; a few hold no picture together."""
    return start if 2 * np.isnan(start[:, 0]).sum() <= len(start) > 1 else None


def _community_links(groups: pl.DataFrame, edges: pl.DataFrame, keep: pl.Series) -> pl.DataFrame:
    """Links between the communities in `keep`: low, high, count, sorted."""
    of = groups.select("node", "community").filter(pl.col("community").is_in(keep.implode()))
    both = edges.select("a", "b").join(of, left_on="a", right_on="node")
    both = both.join(of, left_on="b", right_on="node", suffix="_b")
    pairs = both.filter(pl.col("community") != pl.col("community_b")).select(
        low=pl.min_horizontal("community", "community_b"),
        high=pl.max_horizontal("community", "community_b"),
    )
    return pairs.group_by("low", "high").agg(count=pl.len()).sort("low", "high")


def two_level_layout(
    groups: pl.DataFrame, edges: pl.DataFrame, *, seed: int = 1, start: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Coordinates of the members of the 400 largest communities: node, community, x, y.

    Sorted by community and node. Arguments as in `community_discs`, in whose discs the members lie.
    The same groups, edges, seed and start give the same coordinates in any row order.
    """
    discs = community_discs(groups, edges, seed=seed, start=start)
    nodes = groups.select("node", "community").join(discs, on="community").sort("community", "node")
    ends = _links_inside(nodes, edges)
    known = _starts(nodes["node"], None if start is None else _staying(nodes, start))
    starts = np.concatenate([[0], np.cumsum(discs["members"].to_numpy())])
    cuts = np.searchsorted(ends[:, 0], starts)
    places = np.zeros((nodes.height, 2))
    with seeded(seed):
        for disc in range(discs.height):  # at most 400
            first, last = starts[disc], starts[disc + 1]
            own = ends[cuts[disc] : cuts[disc + 1]] - first
            graph = _Graph(int(last - first), own, exact=_EXACT)
            places[first:last] = _spread(_forces(graph, _known(known[first:last])))
    scale = nodes["radius"].to_numpy()[:, None]
    xy = (nodes.select("x", "y").to_numpy() + places * scale).round(_DIGITS)
    return nodes.select("node", "community").with_columns(x=xy[:, 0], y=xy[:, 1])


def _links_inside(nodes: pl.DataFrame, edges: pl.DataFrame) -> NDArray[np.int64]:
    """The links that stay in one community, each once, as rows of `nodes`: low, high, sorted."""
    of = nodes.select("node", "community").with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64))
    both = edges.select("a", "b").join(of, left_on="a", right_on="node")
    both = both.join(of, left_on="b", right_on="node", suffix="_b")
    inside = both.filter(
        pl.col("community") == pl.col("community_b"), pl.col("at") != pl.col("at_b")
    ).select(low=pl.min_horizontal("at", "at_b"), high=pl.max_horizontal("at", "at_b"))
    ends: NDArray[np.int64] = inside.unique().sort("low", "high").to_numpy()
    return ends
