# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge rules of published studies, so that a study can be run again and read beside the test.

None of them says how often chance makes such an edge; each carries the warning that belongs to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import sparse

from graphkit.errors import ParameterError
from graphkit.graphs.coaction import MAX_PAIRS, coaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

ROWS_AT_ONCE = 2_000  # accounts whose similarities are held at a time


@dataclass(frozen=True)
class EdgeRule:
    """One published rule.

    `edges(actions, within)` gives a, b and weight, sorted by a and b; `is_directed` says whether
    they go from a to b (else a < b).
    """

    name: str
    study: str
    doc: str
    warning: str
    edges: Callable[[pl.DataFrame, timedelta], pl.DataFrame]
    is_directed: bool = False


def _toolkit(actions: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    met = coaction(actions, within=within).edges
    both = [met.select("a", "b", weight="a_rows"), met.select(a="b", b="a", weight="b_rows")]
    return pl.concat(both).filter(pl.col("weight") >= 2).sort("a", "b")


def coortweet_pairs(actions: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    """The row pairs that CooRTweet's `detect_groups` keeps with min_participation 2.

    Those of accounts with two rows or more in which at least one end has two rows or more among
    the pairs. Columns as `Coaction.evidence`.
    """
    often = actions.filter(pl.len().over("account_id") >= 2)
    pairs = coaction(often, within=within).evidence
    ends = [pairs.select(account=end, action=f"action_{end}") for end in ("a", "b")]
    taking_part = pl.concat(ends).unique().filter(pl.len().over("account") >= 2)["account"]
    busy = taking_part.unique().implode()
    return pairs.filter(pl.col("a").is_in(busy) | pl.col("b").is_in(busy))


def _coortweet(actions: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    counted = coortweet_pairs(actions, within).group_by("a", "b").agg(weight=pl.len())
    weight = pl.col("weight")
    return counted.filter(weight > weight.quantile(0.5)).sort("a", "b")


def _disparity(actions: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    met = coaction(actions, within=within).edges.select("a", "b", weight="objects_count")
    ends = pl.concat([met.select(node=end, weight="weight") for end in ("a", "b")])
    nodes = ends.group_by("node").agg(strength=pl.col("weight").sum(), degree=pl.len())
    chance = (1 - pl.col("weight") / pl.col("strength")) ** (pl.col("degree").cast(pl.Int64) - 1)
    chances = [
        met.join(nodes, left_on=end, right_on="node", maintain_order="left").select(
            pl.when(pl.col("degree") > 1).then(chance).otherwise(1.0).alias(end)
        )[end]
        for end in ("a", "b")
    ]
    least = pl.DataFrame(chances).select(pl.min_horizontal("a", "b")).to_series()
    return met.filter(least < 0.05)


def _cosine(actions: pl.DataFrame, _within: timedelta) -> pl.DataFrame:
    """Similarities of the 0.5 % most similar pairs, of accounts with ten actions or more."""
    busy = actions.filter(pl.len().over("account_id") >= 10)
    names, vectors = _tf_idf(busy.select("account_id", "object_id"))
    pairs = _similar_pairs(vectors)
    enough = float(np.quantile(pairs["weight"].to_numpy(), 0.995)) if pairs.height else 0.0
    kept = pairs.filter(pl.col("weight") >= enough).sort("a", "b")
    return kept.with_columns(names.gather(kept[end]).alias(end) for end in ("a", "b"))


def _tf_idf(log: pl.DataFrame) -> tuple[pl.Series, sparse.csr_array]:
    """The accounts, sorted, and their unit vectors over objects by term and document frequency."""
    names, objects = (log[name].unique().sort() for name in ("account_id", "object_id"))
    counts = log.group_by("account_id", "object_id").len()
    values = counts["len"].to_numpy().astype(float)
    row = counts["account_id"].cast(pl.Enum(names)).to_physical().to_numpy()
    column = counts["object_id"].cast(pl.Enum(objects)).to_physical().to_numpy()
    matrix = sparse.coo_array((values, (row, column)), shape=(len(names), len(objects))).tocsr()
    holders = np.bincount(matrix.indices, minlength=len(objects))
    weighted = matrix.multiply(np.log(max(len(names), 1) / np.maximum(holders, 1))).tocsr()
    norms = np.sqrt(weighted.multiply(weighted).sum(axis=1))
    unit = sparse.diags_array(1 / np.where(norms > 0, norms, 1)) @ weighted
    return names, unit.tocsr()


def _similar_pairs(vectors: sparse.csr_array) -> pl.DataFrame:
    """Every pair a < b of rows with a similarity above 0: a, b (numbers) and weight."""
    held = np.bincount(vectors.indices, minlength=vectors.shape[1]).astype(np.int64)
    predicted = int((held * (held - 1) // 2).sum())
    if predicted > MAX_PAIRS:
        raise ParameterError(
            f"cosine: {predicted:,} pairs of accounts share an object, more than {MAX_PAIRS:,}; "
            "take one act or a shorter span"
        )
    parts = [pl.DataFrame(schema={"a": pl.Int64, "b": pl.Int64, "weight": pl.Float64})]
    for start in range(0, vectors.shape[0], ROWS_AT_ONCE):
        some = (vectors[start : start + ROWS_AT_ONCE] @ vectors.T).tocoo()
        a, b = some.row.astype(np.int64) + start, some.col.astype(np.int64)
        upper = (a < b) & (some.data > 0)
        values = {"a": a[upper], "b": b[upper], "weight": some.data[upper].round(12)}
        parts.append(pl.DataFrame(values))
    return pl.concat(parts)


def coordination_extent(edges: pl.DataFrame) -> pl.DataFrame:
    """How far each account takes part, from 0 to 1, instead of yes or no: account and extent.

    The extent is the share of edges that weigh less than the account's heaviest: raising the
    threshold through the weights, it is where the account drops out. `edges` has a, b and weight.

    Nizzoli, Tardelli, Avvenuti, Cresci and Tesconi 2021, "Coordinated behavior on social media in
    2019 UK general election" (arXiv 2008.08370).

    >>> coordination_extent(
    ...     pl.DataFrame({"a": ["u", "u"], "b": ["v", "w"], "weight": [1.0, 3.0]})
    ... ).rows()
    [('u', 0.5), ('v', 0.0), ('w', 0.5)]
    """
    below = (pl.col("weight").rank("min") - 1) / pl.len()
    ranked = edges.with_columns(extent=below)
    ends = pl.concat([ranked.select("extent", account=end) for end in ("a", "b")])
    return ends.group_by("account").agg(pl.col("extent").max()).sort("account")


RULES = {
    rule.name: rule
    for rule in (
        EdgeRule(
            "toolkit",
            "coordination-network-toolkit (QUT, 2022)",
            "directed: the account has two rows or more in the window with the other",
            "two meetings are common by chance: most of these edges are on busy logs",
            _toolkit,
            is_directed=True,
        ),
        EdgeRule(
            "coortweet",
            "CooRTweet 2 (Righetti and Balluff 2025, Computational Communication Research 7(1))",
            "accounts that take part twice (min_participation 2); row pairs above the median",
            "weights are so tied that the percentile keeps all of two row pairs or more; one "
            "account that repeats itself makes a heavy edge",
            _coortweet,
        ),
        EdgeRule(
            "disparity",
            "Serrano, Boguñá and Vespignani 2009 (PNAS 106), as used by Nizzoli et al. 2021",
            "edges that take an uneven share of an account's weight, alpha 0.05",
            "on weights of one to four it selects by degree, not by coordination",
            _disparity,
        ),
        EdgeRule(
            "cosine",
            "Pacheco et al. 2021 (ICWSM 15), co-repost case",
            "TF-IDF cosine of accounts with ten actions or more, the top half per cent; no window",
            "keeps half a per cent whether or not anybody is coordinated",
            _cosine,
        ),
    )
}
