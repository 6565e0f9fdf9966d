# SPDX-License-Identifier: GPL-3.0-or-later
"""The densest block of an action log by FRAUDAR's score: for analysts, not a detector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from graphkit.errors import ParameterError
from graphkit.kernels.peeling import peel

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCHEMA = {"block": pl.Int64, "side": pl.String, "id": pl.String, "score": pl.Float64}


def densest_blocks(edges: pl.DataFrame, *, most: int = 1) -> pl.DataFrame:
    """The accounts and objects of the densest block, then of those in what is left, up to `most`.

    `edges` has account_id and object_id, of any type that can be text; repeats count once. The
    score of accounts A and objects B is g = (sum over edges between them of 1 / log(d + 5)) /
    (|A| + |B|), natural logarithm, d the accounts of the edge's object in the whole log: a popular
    object counts less, and what a member does elsewhere (camouflage) takes nothing from g. The node
    that loses least is removed until none is left, exactly in that order, ties by side and id; the
    best block on the way is returned. Then its edges go, d is counted anew, and so on: the next
    blocks may share accounts or objects with it, not edges.

    **Guarantee**: the first block has at least half of the score of the best there is; each later
    one, half of the best in what was left. Nothing is guaranteed about what the block means.

    **What it cannot see**: there is no null model and no time. Very active accounts on very popular
    objects are dense by their degrees alone, and a block of n accounts on m objects beats them only
    when about n m / (n + m) does; a push of ten to some hundred accounts on a few topics does not
    (docs/measured/benchmarks.md). A block is therefore a place to look, never a finding: who wants
    to know what is denser than activity and hours explain uses `graphkit.graphs.audience_groups`.

    Hooi, Song, Beutel, Shah, Shin and Faloutsos 2016, "FRAUDAR: Bounding Graph Fraud in the Face of
    Camouflage" (doi 10.1145/2939672.2939747), log-weighted average degree without priors on nodes.

    >>> rows = [(a, o) for a in "uvw" for o in "xy"] + [("z", "q")]
    >>> log = pl.DataFrame(rows, schema=["account_id", "object_id"], orient="row")
    >>> densest_blocks(log)["id"].to_list()
    ['u', 'v', 'w', 'x', 'y']

    Returns:
        block (from 0), side (account or object), id, score (of the block); by block, side and id.

    Raises:
        ParameterError: `most` is less than 1.
    """
    if most < 1:
        raise ParameterError(f"most is {most}; ask for one block or more")
    named = edges.select(pl.col("account_id", "object_id").cast(pl.String)).drop_nulls().unique()
    names = [named[column].unique().sort() for column in ("account_id", "object_id")]
    ends = [n.search_sorted(named[n.name]).to_numpy().astype(np.int64) for n in names]
    accounts = names[0].len()
    ids = pl.concat([names[0].rename("id"), names[1].rename("id")])
    left, right = ends[0], ends[1] + accounts
    blocks = [pl.DataFrame(schema=SCHEMA)]
    for block in range(most):
        if not len(left):
            break
        members, score = densest_block(left, right)
        side = np.where(members < accounts, "account", "object")
        told = {"block": block, "side": side, "id": ids[members], "score": score}
        blocks.append(pl.DataFrame(told).cast(SCHEMA))  # type: ignore[arg-type]  # names to types
        inside = np.zeros(ids.len(), bool)
        inside[members] = True
        stays = ~(inside[left] & inside[right])
        left, right = left[stays], right[stays]
    return pl.concat(blocks)


def densest_block(
    left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[NDArray[np.int64], float]:
    """The nodes of the first block, ascending, and its score; each edge once, `right` its object.

    Numbers of accounts and objects are apart; a node is one that has an edge.
    """
    size = int(max(left.max(), right.max())) + 1
    degree = np.bincount(right, minlength=size)
    is_node = (degree > 0) | (np.bincount(left, minlength=size) > 0)
    place = np.cumsum(is_node) - 1
    a, b = place[left], place[right]
    nodes, counts = np.flatnonzero(is_node), degree[is_node]
    weight = np.where(counts > 0, 1 / np.log(counts + 5), 0.0)
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    graph = csr_array((np.ones(len(ends[0]), np.int8), ends), shape=(len(nodes), len(nodes)))
    order, best, score = peel(graph.indptr, graph.indices, weight)
    return np.sort(nodes[order[best:]]), float(score)
