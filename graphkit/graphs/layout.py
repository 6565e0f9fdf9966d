# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to draw the nodes of a graph: communities as discs, members inside their disc.

One force-directed run over ten thousand nodes gives a hairball (distance inside a community 0.84 of
a random distance); two runs, first over communities and then inside each, give discs that a reader
can point at, and cost less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import igraph
import numpy as np
import polars as pl

from graphkit.graphs.communities import seeded

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_DISCS = 400  # pushing discs apart is quadratic in them
_DIGITS = 4


def _forces(size: int, ends: NDArray[np.int64], weights: list[float] | None) -> NDArray[np.float64]:
    """Centred coordinates of a Fruchterman-Reingold run (1991, Software 21:1129)."""
    if not size:
        return np.empty((0, 2))
    graph = igraph.Graph(n=size, edges=ends)
    grid = "grid" if size > 600 else "nogrid"
    coordinates = graph.layout_fruchterman_reingold(weights=weights, niter=150, grid=grid)
    xy = np.asarray(coordinates.coords, float).reshape(size, 2)
    centred: NDArray[np.float64] = xy - xy.mean(axis=0)
    return centred


def _pushed_apart(xy: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """`xy` moved until no two discs overlap, or 200 rounds are over."""
    need = (radius[:, None] + radius[None, :]) * 1.15
    np.fill_diagonal(need, 0.0)
    for _ in range(200):
        apart = xy[:, None] - xy[None]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        missing = np.maximum(need - distance, 0.0)
        if missing.max(initial=0.0) < 0.02 * radius.max(initial=1.0):
            break
        unit = apart / np.maximum(distance, 1e-9)[..., None]
        xy = xy + 0.35 * (unit * missing[..., None]).sum(axis=1)
    return xy


def _spread(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """`xy` with angles kept and distances replaced by rank, so that points fill the unit disc."""
    angle = np.arctan2(xy[:, 1], xy[:, 0])
    order = np.lexsort((angle, np.hypot(xy[:, 0], xy[:, 1])))
    rank = np.empty(len(xy))
    rank[order] = np.arange(len(xy))
    reach = np.sqrt((rank + 0.5) / len(xy)) if len(xy) > 1 else np.zeros(1)
    return np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])


def community_discs(groups: pl.DataFrame, edges: pl.DataFrame, *, seed: int = 1) -> pl.DataFrame:
    """A disc for each community: columns community, members, x, y, radius, by community.

    `groups` has node and community (as `communities` gives), `edges` a and b. A disc's area is in
    proportion to its members, and discs do not overlap. Only the 400 largest get one.
    """
    sizes = groups.group_by("community").agg(members=pl.len().cast(pl.Int64))
    drawn = sizes.sort(["members", "community"], descending=[True, False]).head(MAX_DISCS)
    drawn = drawn.sort("community")
    links = _community_links(groups, edges, drawn["community"])
    ends = [drawn["community"].search_sorted(links[n]).to_numpy() for n in ("low", "high")]
    radius = np.sqrt(drawn["members"].to_numpy())
    with seeded(seed):
        weights = np.log1p(links["count"].to_numpy()).tolist()
        xy = _forces(drawn.height, np.column_stack(ends), weights)
    reach = np.abs(xy).max(initial=1e-9)
    xy = _pushed_apart(xy * (1.6 * np.sqrt((radius**2).sum()) / reach), radius)
    return drawn.with_columns(x=xy[:, 0], y=xy[:, 1], radius=radius).with_columns(
        pl.col("x", "y", "radius").round(_DIGITS)
    )


def force_layout(edges: pl.DataFrame, *, seed: int = 1) -> pl.DataFrame:
    """Coordinates for every node in `edges`: node, x, y, by node. For up to 2,000 nodes.

    `edges` has a, b and, where links are not equal, weight; repeats are drawn once.
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
    with seeded(seed):
        weights = np.log1p(links["weight"].to_numpy()).tolist()
        xy = _forces(nodes.len(), np.column_stack(ends), weights).round(_DIGITS)
    return pl.DataFrame({"node": nodes, "x": xy[:, 0], "y": xy[:, 1]})


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


def two_level_layout(groups: pl.DataFrame, edges: pl.DataFrame, *, seed: int = 1) -> pl.DataFrame:
    """Coordinates of the members of the 400 largest communities: node, community, x, y.

    Sorted by community and node. Arguments as in `community_discs`, in whose discs the members lie.
    The same groups, edges and seed give the same coordinates in any row order.
    """
    discs = community_discs(groups, edges, seed=seed)
    nodes = groups.select("node", "community").join(discs, on="community").sort("community", "node")
    of = nodes.select("node", "community").with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64))
    both = edges.select("a", "b").join(of, left_on="a", right_on="node")
    both = both.join(of, left_on="b", right_on="node", suffix="_b")
    inside = both.filter(pl.col("community") == pl.col("community_b")).select(
        "community", low=pl.min_horizontal("at", "at_b"), high=pl.max_horizontal("at", "at_b")
    )
    inside = inside.filter(pl.col("low") != pl.col("high")).unique().sort("low", "high")
    starts = np.concatenate([[0], np.cumsum(discs["members"].to_numpy())])
    cuts = inside["low"].search_sorted(pl.Series(starts)).to_numpy()
    ends = inside.select("low", "high").to_numpy()
    places = np.zeros((nodes.height, 2))
    with seeded(seed):
        for disc in range(discs.height):  # at most 400
            first, last = starts[disc], starts[disc + 1]
            own = ends[cuts[disc] : cuts[disc + 1]] - first
            places[first:last] = _spread(_forces(int(last - first), own, None))
    scale = nodes["radius"].to_numpy()[:, None]
    xy = nodes.select("x", "y").to_numpy() + places * scale
    return nodes.select("node", "community").with_columns(
        x=pl.Series(xy[:, 0].round(_DIGITS)), y=pl.Series(xy[:, 1].round(_DIGITS))
    )
