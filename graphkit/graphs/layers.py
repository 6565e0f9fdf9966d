# SPDX-License-Identifier: GPL-3.0-or-later
"""Co-action in several acts at once: a network a layer, and the evidence of each pair over all.

The layers are not independent. One post with an address and a hashtag makes a row in both, so that
two accounts which meet on it meet twice for one deed. Two combinations are taken, of which the
better counts twice (Bonferroni):

- Simes over the acts' p-values, an act without a meeting counting as 1. It holds under positive
  dependence, also when layers are copies of one another, and never beats the strongest act.
- *Pooled counts* in which each post speaks once. A post's meetings count in the act with the
  fewest of them and nowhere else, and in one act a pair's meetings are at most its objects and at
  most the posts of either end. Expected counts are not reduced. Acts are added up from the one
  with the least expected meetings on, and the best of these sums is taken times their number. It
  sees pairs who meet once in each of several acts, which no single act can show.

What neither removes: two accounts awake in the same minutes meet in all acts. Burst classes and the
window are all that holds against it (docs/measured/layers.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.errors import ParameterError
from graphkit.graphs.coaction import MAX_PAIRS, coaction, edge_codes
from graphkit.graphs.edge_rules import coordination_extent
from graphkit.graphs.nulls import benjamini_hochberg, poisson_tail

if TYPE_CHECKING:
    from datetime import timedelta

    from numpy.typing import NDArray

    from graphkit.graphs.coaction import TimedRows
    from graphkit.graphs.nulls import BurstNull

    Floats = NDArray[np.float64]

PAIR = ["a", "b"]
SHARED = {
    "act": pl.String(),
    "other": pl.String(),
    "posts_count": pl.Int64(),
    "shared_share": pl.Float64(),
}


@dataclass(frozen=True)
class Layers:
    """Who acted with whom in which act, and over all acts.

    Attributes:
        edges: act and the columns of `Coaction.edges`, whose q_value is over that act's pairs; by
            a, b, act.
        pairs: one row a pair that meets in any act: a, b, acts_count, objects_count (over acts),
            meetings_count (of those, with each post counted once), p_value, q_value (over all
            pairs of accounts that have a timed row in any act); by a, b.
        shared: one row for two acts: act, other, posts_count (posts behind the edges of the one
            with fewer), shared_share (of them, posts behind edges of both acts); by both names.
        acts: the acts that were combined, sorted.
        tests: pairs of accounts tested.
    """

    edges: pl.DataFrame
    pairs: pl.DataFrame
    shared: pl.DataFrame
    acts: tuple[str, ...]
    tests: int


@dataclass(frozen=True)
class _Layer:
    """One act: its rows and null, its edges, and the row pairs behind them with their posts."""

    act: str
    rows: TimedRows
    null: BurstNull
    edges: pl.DataFrame
    evidence: pl.DataFrame

    def expected(self, pairs: pl.DataFrame) -> Floats:
        """The expected meetings of `pairs` in this act, 0 where one of them never acts."""
        names = self.rows.names
        codes = [names.search_sorted(pairs[end]).to_numpy() for end in PAIR]
        known = np.logical_and(*(pairs[end].is_in(names.implode()).to_numpy() for end in PAIR))
        found = np.zeros(pairs.height)
        found[known] = self.null.expected(codes[0][known], codes[1][known])
        return found


def _layer(actions: pl.DataFrame, act: str, within: timedelta, max_pairs: int) -> _Layer:
    log = actions.filter(pl.col("act") == act)
    found = coaction(log, within=within, max_pairs=max_pairs)
    _, null = edge_codes(found.rows, min_objects=1)
    posts = log.select("action_id", post=pl.coalesce("content_id", "action_id"))
    evidence = found.evidence
    for end in PAIR:
        own = posts.rename({"action_id": f"action_{end}", "post": f"post_{end}"})
        evidence = evidence.join(own, on=f"action_{end}", how="left", maintain_order="left")
    edges = found.edges.select(pl.lit(act).alias("act"), pl.all())
    return _Layer(act, found.rows, null, edges, evidence)


def _apart(layers: list[_Layer]) -> pl.DataFrame:
    """Per pair and act: its meetings when each post counts in its rarest act only."""
    rarest = sorted(range(len(layers)), key=lambda each: (layers[each].evidence.height, each))
    columns = [*PAIR, "object_id", "post_a", "post_b"]
    met = pl.concat(
        layers[place].evidence.select(*columns, rank=pl.lit(rank), act=pl.lit(layers[place].act))
        for rank, place in enumerate(rarest)
    )
    first = [pl.col("rank").min().over(*PAIR, post) for post in ("post_a", "post_b")]
    is_first = (pl.col("rank") == first[0]) & (pl.col("rank") == first[1])
    counted = [pl.col(name) for name in ("object_id", "post_a", "post_b")]
    distinct = [each.filter("is_first").n_unique() for each in counted]
    return (
        met.with_columns(is_first=is_first)
        .group_by(*PAIR, "act")
        .agg(apart=pl.min_horizontal(distinct).cast(pl.Int64))
    )


def simes(p_values: Floats) -> Floats:
    """One p-value a row of `p_values`: the least of L p_(k) / k over its L sorted values.

    Simes 1986 (doi 10.1093/biomet/73.3.751); Sarkar 1998 on positive dependence.

    >>> simes(np.array([[0.01, 0.01], [0.01, 1.0]])).tolist()
    [0.01, 0.02]
    """
    size = p_values.shape[1]
    steps = np.sort(p_values, axis=1) * size / np.arange(1, size + 1)
    least: Floats = steps.min(axis=1)
    return least


def _pooled(counts: Floats, expected: Floats) -> Floats:
    """One p-value a row: the best sum over its acts, least expected first, times their number."""
    order = np.argsort(expected, axis=1, kind="stable")
    sums = [np.cumsum(np.take_along_axis(each, order, 1), axis=1) for each in (counts, expected)]
    least: Floats = poisson_tail(*sums).min(axis=1) * expected.shape[1]
    return least


def _combined(layers: list[_Layer], edges: pl.DataFrame, tests: int) -> pl.DataFrame:
    """`Layers.pairs` of `edges`."""
    summed = edges.group_by(PAIR).agg(
        acts_count=pl.len().cast(pl.Int64), objects_count=pl.col("objects_count").sum()
    )
    pairs = summed.sort(PAIR)
    numbered = pairs.select(*PAIR).with_row_index("pair")
    place = {layer.act: number for number, layer in enumerate(layers)}
    counted = edges.select(*PAIR, "act", "meetings_count").join(_apart(layers), on=[*PAIR, "act"])
    counted = counted.join(numbered, on=PAIR)
    cells = counted["pair"].to_numpy(), counted["act"].replace_strict(place).to_numpy()
    met, apart = np.zeros((2, pairs.height, len(layers)))
    met[cells], apart[cells] = (counted[name].to_numpy() for name in ("meetings_count", "apart"))
    expected = np.column_stack([layer.expected(pairs) for layer in layers])
    either = np.minimum(simes(poisson_tail(met, expected)), _pooled(apart, expected))
    p_value = np.minimum(1.0, 2 * either)
    return pairs.with_columns(
        meetings_count=pl.Series(apart.sum(axis=1).astype(np.int64)),
        p_value=pl.Series(p_value),
        q_value=pl.Series(benjamini_hochberg(p_value, tests=tests)),
    )


def _shared(layers: list[_Layer]) -> pl.DataFrame:
    """`Layers.shared`: how far two acts speak of the same posts."""
    posts = [
        pl.concat([layer.evidence["post_a"], layer.evidence["post_b"].alias("post_a")]).unique()
        for layer in layers
    ]
    rows = []
    for one in range(len(layers)):
        for other in range(one + 1, len(layers)):
            fewer = min(len(posts[one]), len(posts[other]))
            both = int(posts[one].is_in(posts[other].implode()).sum())
            rows.append((layers[one].act, layers[other].act, fewer, both / fewer if fewer else 0.0))
    return pl.DataFrame(rows, schema=SHARED, orient="row")


def coaction_layers(
    actions: pl.DataFrame, *, within: timedelta, max_pairs: int = MAX_PAIRS
) -> Layers:
    """The pairs of accounts that co-act in any act of `actions`, act by act and together.

    `actions` has act, account_id, object_id, action_id, acted_at and content_id (the post; null:
    the action is a post of its own). Each act is counted and tested as in `coaction`; the module
    says how the acts are combined, and what that cannot remove.

    Raises:
        ParameterError: there is no act, or one has more than `max_pairs` in-window row pairs.
    """
    acts = tuple(actions["act"].unique().sort())
    if not acts:
        raise ParameterError("layers: there is no action; give the actions of one act or more")
    layers = [_layer(actions, act, within, max_pairs) for act in acts]
    accounts = pl.concat(layer.rows.names for layer in layers).n_unique()
    tests = accounts * (accounts - 1) // 2
    edges = pl.concat(layer.edges for layer in layers).sort(*PAIR, "act")
    return Layers(edges, _combined(layers, edges, tests), _shared(layers), acts, tests)


def pair_evidence(pairs: pl.DataFrame) -> pl.DataFrame:
    """What communities over acts are made of: a, b and weight of `pairs`, rows of `layers.pairs`.

    The weight is -log10 of the p-value over all acts, so that each act has been held against its
    own null before anything is added up; counts added up over acts ("flattened") let a busy act
    drown a quiet one (Mannocci et al. 2026, doi 10.1016/j.ins.2026.123125).
    """
    return pairs.select("a", "b", weight=1e-6 - pl.col("p_value").clip(1e-300).log10())


def layer_extents(layers: Layers) -> pl.DataFrame:
    """How far each account takes part, from 0 to 1: account, act (null: over all acts), extent.

    Nizzoli's extent (`edge_rules.coordination_extent`) with the p-value for the weight, so that
    much activity alone does not raise it; by account and act, the extent over all acts first.
    """
    weight = (-pl.col("p_value")).alias("weight")
    of_acts = [
        coordination_extent(layers.edges.filter(act=act).select(*PAIR, weight)).with_columns(
            act=pl.lit(act)
        )
        for act in layers.acts
    ]
    overall = coordination_extent(layers.pairs.select(*PAIR, weight))
    told = [overall.with_columns(act=pl.lit(None, pl.String)), *of_acts]
    columns = pl.concat(told).select("account", "act", "extent")
    return columns.sort("account", "act", nulls_last=False)
