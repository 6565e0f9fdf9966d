# SPDX-License-Identifier: GPL-3.0-or-later
"""A calibration table fitted on the reposts of a corpus whose parents the platform recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import InputError
from graphkit.trace.calibration import COUNTS, calibration_errors, with_probability
from graphkit.trace.claim import placed_posts
from graphkit.trace.relays import LEAST_QUOTE, flat_parents, relays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphkit.tables import Corpus

LEAST_EDGES = 200  # labelled reposts of a platform, half of them in each half of its stories
FLATTENED = 0.1  # Weibo cascades with true parents: .003; a platform that flattens three in ten: .3


@dataclass(frozen=True)
class Refit:
    """What was fitted.

    `counts`: the columns `calibration.COUNTS`. `errors`: for each platform `n`, `brier` and `ece`
    of the fitted probabilities in the stories that they were not fitted on.
    """

    counts: pl.DataFrame
    errors: Mapping[str, Mapping[str, float | int | None]]


def refit(corpus: Corpus) -> Refit:
    """How often each class of evidence finds the recorded parent when that is hidden.

    Recorded parents are taken away, every repost is given the first post of its cascade, and the
    parents are read from the texts again. The stories of a platform (cascades whose first posts
    have the same words) are dealt by falling size to two halves: one to fit on, one to check.

    Raises:
        InputError: no platform has 200 labelled reposts, half of them in each half.
    """
    labelled = labelled_reposts(corpus)
    sizes = labelled.group_by("platform").agg(
        fitted=(pl.col("half") == 0).sum(), held=(pl.col("half") == 1).sum()
    )
    enough = sizes.filter(pl.min_horizontal("fitted", "held") >= LEAST_EDGES // 2)
    if enough.is_empty():
        raise InputError(
            f"{labelled.height} reposts have a recorded parent to learn from, and {LEAST_EDGES} of "
            "one platform in two or more stories are needed; import posts with the parents that "
            "the platform records"
        )
    kept = labelled.join(enough, on="platform", how="semi")
    counts = _counts(kept)
    held = with_probability(kept.filter(half=1), fitted=counts)
    fitted_here = held.filter(pl.col("calibration").str.starts_with("fitted"))
    by_platform = fitted_here.partition_by("platform", as_dict=True, maintain_order=True)
    errors = {str(name): calibration_errors(each) for (name,), each in sorted(by_platform.items())}
    return Refit(counts, errors)


def labelled_reposts(corpus: Corpus) -> pl.DataFrame:
    """The reposts whose recorded parent can be held against what the texts say.

    A recorded parent that is the first post counts only on platforms that hardly ever give the
    first post to a repost whose chain names another: else it says nothing.

    Returns:
        `child`, `platform`, `at`, `evidence`, `right`, `half` (0 to fit on, 1 to check).
    """
    posts = placed_posts(corpus)
    said = flat_parents(posts, relays(posts)).filter(pl.col("evidence") != "chain-unseen")
    recorded = posts.filter(kind="repost").drop_nulls("parent_id")
    columns = ["platform", "at", "cascade", "parent_id", pl.col("post_id").alias("child")]
    both = recorded.select(columns).join(said, on="child")
    to_first = pl.col("parent_id") == pl.col("cascade")
    elsewhere = pl.col("parent") != pl.col("cascade")
    flattened = to_first.filter(elsewhere).mean().over("platform").fill_null(1.0)
    known = both.filter(~to_first | (flattened < FLATTENED))
    halves = _halves(known, posts)
    right = pl.col("parent") == pl.col("parent_id")
    split = known.join(halves, on="cascade").with_columns(right=right)
    return split.select("child", "platform", "at", "evidence", "right", "half").sort("child")


def _halves(labelled: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """The half of each `cascade`: one of four stories in order of size, then two, then two."""
    first = posts.select("words", cascade="post_id").filter(
        pl.col("words").str.len_chars() >= LEAST_QUOTE
    )
    cascades = labelled.group_by("platform", "cascade").len().join(first, on="cascade", how="left")
    story = pl.coalesce("words", "cascade")
    sizes = cascades.with_columns(story=story).with_columns(
        size=pl.col("len").sum().over("platform", "story")
    )
    ranked = sizes.with_columns(
        rank=pl.struct(-pl.col("size").cast(pl.Int64), "story").rank("dense").over("platform")
    )
    return ranked.select("cascade", half=pl.col("rank") // 2 % 2)


def _counts(labelled: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("at").dt.year().cast(pl.Int64)
    years = labelled.with_columns(
        first_year=year.min().over("platform"), last_year=year.max().over("platform")
    ).drop_nulls("first_year")
    fitted, held = (pl.col("right").filter(pl.col("half") == half) for half in (0, 1))
    counts = years.group_by("evidence", "platform", "first_year", "last_year").agg(
        right=fitted.sum(), n=fitted.len(), right_held=held.sum(), n_held=held.len()
    )
    blank = counts.with_columns(agreement=pl.lit(None, pl.Float64))
    return blank.select(pl.col(n).cast(t) for n, t in COUNTS.items()).sort("platform", "evidence")
