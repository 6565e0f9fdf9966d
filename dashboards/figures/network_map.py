# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of the network map for a picture of accounts or of communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.investigation.network import Picture

HUES = 6


def hue(community: pl.Expr) -> pl.Expr:
    """The colour and shape of a community: the six largest have their own, the rest share one."""
    return pl.min_horizontal(community, pl.lit(HUES, pl.Int64))


def _size(drawn: Picture) -> pl.Expr:
    """Discs in the picture's own units; accounts in pixels, by the logarithm of their links."""
    if drawn.nodes["radius"].null_count() == 0:
        return pl.col("radius")
    most = pl.max_horizontal(pl.col("links").max(), pl.lit(1))
    large, small = (9.0, 4.0) if drawn.nodes.height <= 400 else (6.0, 2.0)
    return small + (large - small) * (pl.col("links").log1p() / most.log1p())


def map_properties(
    drawn: Picture, *, labels: Sequence[str], findings: Sequence[int], group: str
) -> dict[str, Any]:
    """nodes, edges, discs, world and opens of the `NetworkMap` for `drawn`.

    `labels` and `findings` (how many; any gives a ring) are in the order of `drawn.nodes`; `group`
    is the label of a group, with a place for its number.
    """
    is_groups = bool(drawn.nodes.height) and drawn.nodes["radius"].null_count() == 0
    group_number = (pl.col("community") + 1).alias("group")
    told = [] if is_groups else [pl.col("links"), pl.col("weight"), group_number]
    nodes = drawn.nodes.select(
        "x", "y", *told, size=_size(drawn).round(3), hue=hue(pl.col("community"))
    ).to_dict(as_series=False)
    places = drawn.nodes.select("node", at=pl.int_range(pl.len()))
    edges = drawn.edges.join(places, left_on="a", right_on="node").join(
        places, left_on="b", right_on="node", suffix="_b"
    )
    ends = edges.sort("at", "at_b").select("weight", a="at", b="at_b").to_dict(as_series=False)
    columns = ["x", "y", "community"]
    discs = drawn.discs.select(*columns, r="radius", hue=hue(pl.col("community"))).to_dicts()
    return {
        "nodes": {
            "id": drawn.nodes["node"].to_list(),
            "label": list(labels),
            "marked": [place for place, count in enumerate(findings) if count],
            **({} if is_groups else {"findings": list(findings)}),
            **nodes,
        },
        "edges": ends,
        "discs": [{**d, "label": group.format(d["community"] + 1)} for d in discs],
        "world": is_groups,
        "opens": is_groups,
    }
