# SPDX-License-Identifier: GPL-3.0-or-later
"""How the p-values of citation-loop lie where no group is planted.

python -m benchmarks.measure_loop_calibration

Worlds without groups hold next to no candidate of the detector's own. Here half of the stories
proposes by another rule that finds many, and the detector's tests run unchanged on the other half:
strongly connected sets inside Leiden communities at four resolutions, with a chained loop
("looped", what the detector asks of a proposal) or without one asked ("any"); and whole communities
of up to 400 accounts ("whole"), in which chance makes enough loops for their count to have a tail.

Both counts are taken for Poisson, and most candidates expect less than one. So three shares are
printed: of the p-values as the detector makes them (mid-p); what these could reach at best, were
the counts Poisson with the means that were expected; and of randomised p-values (a uniform share of
the chance of the count that was seen), which are uniform where the means are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import poisson

from benchmarks.citation_world import Plan, make_world
from graphkit.detectors.citation_loop import Params
from graphkit.graphs import loop_groups
from graphkit.graphs.chained_loops import Reach
from graphkit.graphs.citation import citation_graph
from graphkit.graphs.citation_groups import (
    group_loops,
    internal_rows,
    paired_groups,
    poisson_tails,
)
from graphkit.graphs.communities import communities

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEEDS = range(600, 612)
RESOLUTIONS = (1.0, 3.0, 10.0, 30.0)
MARKS = (0.01, 0.05, 0.1, 0.5)
WHOLE = 400
COUNTS = np.arange(200)
EXPECTED = ((0.0, 0.05), (0.05, 1.0), (1.0, 3.0), (3.0, np.inf))


@dataclass(frozen=True)
class Source:
    """Which Leiden sets are candidates.

    Attributes:
        largest: accounts of a set at most.
        looped: whether the proposing half must hold a chained loop inside.
    """

    largest: int
    looped: bool


SOURCES = {
    "looped": Source(Params().largest, looped=True),
    "any": Source(Params().largest, looped=False),
    "whole": Source(WHOLE, looped=False),
}


def _strong(pairs: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The strongly connected accounts inside the communities `found`: set, account_no."""
    of = dict(found.iter_rows())
    inner = pairs.filter(pl.col("a").replace_strict(of) == pl.col("b").replace_strict(of))
    ends = (inner["a"].to_numpy(), inner["b"].to_numpy())
    size = int(found["node"].to_numpy().max()) + 1
    graph = coo_array((np.ones(inner.height, np.int8), ends), shape=(size, size))
    labels = connected_components(graph, connection="strong")[1]
    sets = pl.DataFrame({"set": labels.astype(np.int64), "account_no": np.arange(size)})
    return sets.filter(pl.len().over("set") > 1)


def leiden_proposals(
    rows: pl.DataFrame,
    posts: pl.DataFrame,
    *,
    largest: int,
    reach: Reach,
    seed: int,
    looped: bool,
) -> pl.DataFrame:
    """What `proposed_groups` returns, of sets inside Leiden communities; each set once."""
    found = []
    for half in (0, 1):
        of_half = rows.filter(half=half).group_by("a", "b")
        pairs = of_half.agg(weight=pl.col("story_no").n_unique())
        for resolution in RESOLUTIONS:
            inside = _strong(pairs, communities(pairs, resolution=resolution, seed=seed))
            found.append(inside.group_by("set").agg(pl.col("account_no").sort(), half=pl.lit(half)))
    sets = pl.concat(found).filter(pl.col("account_no").list.len() <= largest)
    each = sets.unique(["half", "account_no"]).sort("half", "account_no")
    proposed = each.select(
        pl.col("half").cast(pl.Int8),
        pl.col("account_no").cast(pl.List(rows.schema["a"])),
        group_no=pl.int_range(pl.len(), dtype=pl.Int64),
    ).explode("account_no")
    if looped:
        loops = group_loops(internal_rows(rows, proposed), posts, author="account_no", reach=reach)
        proposed = proposed.join(loops, on="group_no", how="semi")
    tested = paired_groups(proposed).with_columns(half=1 - pl.col("half"))
    return tested.sort("group_no", "half", "account_no")


def candidates(seeds: Iterable[int], source: Source, plan: Plan) -> pl.DataFrame:
    """`TestedGroups.measured` of the candidates of `source` in the worlds of `seeds`, pooled."""
    params, pooled = Params(), []
    search = loop_groups.Search(
        reach=Reach(params.window, params.depth), largest=source.largest, copies=params.copies,
        traceable=params.traceable, seed=params.seed,
    )  # fmt: skip
    proposals = partial(leiden_proposals, looped=source.looped)
    for seed in seeds:
        corpus, _ = make_world(seed, plan)
        with mock.patch.object(loop_groups, "proposed_groups", proposals):
            found = loop_groups.tested_groups(citation_graph(corpus), search).measured
        pooled.append(found.with_columns(world=pl.lit(seed)))
    return pl.concat(pooled)


def under(p_values: Floats) -> tuple[float, ...]:
    """The shares of `p_values` under each of `MARKS`."""
    return tuple(float((p_values < mark).mean()) for mark in MARKS)


def reachable(expected: Floats) -> tuple[float, ...]:
    """The shares under `MARKS` of mid-p-values of Poisson counts with these means."""
    chance = poisson.pmf(COUNTS, expected[:, None])
    grid = np.broadcast_to(COUNTS, chance.shape).ravel()
    tails = poisson_tails(grid, np.repeat(expected, len(COUNTS)))
    p_values = tails["p_value"].to_numpy().reshape(chance.shape)
    return tuple(float((chance * (p_values < mark)).sum(axis=1).mean()) for mark in MARKS)


def randomised(counts: NDArray[np.int64], expected: Floats, *, seed: int) -> Floats:
    """P(X > count) and a uniform share of P(X = count), X ~ Poisson(expected)."""
    share = np.random.default_rng(seed).random(len(counts))
    p_values: Floats = poisson.sf(counts, expected) + share * poisson.pmf(counts, expected)
    return p_values


def uncorrected(expected_loops: Floats) -> Floats:
    """The mean over the swapped copies, without the one story that the detector adds."""
    copies = Params().copies
    return np.maximum((expected_loops * (copies + 1) - 1) / copies, 1e-9)


def _line(name: str, shares: Iterable[float]) -> None:
    print(f"  {name:<32}" + " ".join(f"{share:7.4f}" for share in shares), flush=True)


def _by_world(found: pl.DataFrame, p_value: str) -> str:
    of_world = (
        found.group_by("world").agg(share=(pl.col(p_value) < 0.05).mean())["share"].to_numpy()
    )
    error = of_world.std(ddof=1) / np.sqrt(len(of_world))
    return f"worlds {of_world.min():.3f} to {of_world.max():.3f}, standard error {error:.4f}"


def _excess(found: pl.DataFrame) -> None:
    seen = found.with_columns(pl.col("internal_count", "expected").fill_null(0))
    counts, expected = seen["internal_count"].to_numpy(), seen["expected"].to_numpy()
    print(f" excess: {counts.sum()} citations inside, {expected.sum():.1f} expected;", end=" ")
    print(_by_world(found, "p_excess"))
    _line("p", under(found["p_excess"].to_numpy()))
    _line("could reach", reachable(expected))
    _line("randomised", under(randomised(counts, expected, seed=0)))


def _loops(found: pl.DataFrame) -> None:
    counts, expected = found["loop_stories"].to_numpy(), found["expected_loops"].to_numpy()
    mean = uncorrected(expected)
    print(
        f" loops: {counts.sum()} stories, {mean.sum():.1f} by the swap null, {expected.sum():.1f} "
        f"with one story added; none in {(counts == 0).mean():.3f} of the candidates;",
        _by_world(found, "p_loops"),
    )
    _line("p", under(found["p_loops"].to_numpy()))
    _line("could reach", reachable(expected))
    _line("could reach, nothing added", reachable(mean))
    _line("randomised, nothing added", under(randomised(counts, mean, seed=0)))


def _by_expectation(found: pl.DataFrame) -> None:
    for low, high in EXPECTED:
        of = found.filter(pl.col("expected_loops").is_between(low, high, closed="left"))
        told = of.select(pl.col("loop_stories", "expected_loops").sum()).row(0)
        print(f" {of.height} expect {low} to {high} loops: {told[0]} stories, {told[1]:.1f}")
        _line("p", under(of["p_loops"].to_numpy()))


def main() -> None:
    """Prints the calibration of docs/measured/citation-loop.md."""
    print("shares under", *MARKS)
    for name, source in SOURCES.items():
        found = candidates(SEEDS, source, Plan(accounts=4000, groups={}))
        print(f"{name}: {found.height} candidates in {len(SEEDS)} worlds")
        if name == "whole":
            _by_expectation(found)
        else:
            _excess(found)
            _loops(found)


if __name__ == "__main__":
    main()
