# SPDX-License-Identifier: GPL-3.0-or-later
"""How often evidence of each class was right where the true parents are known."""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files

import polars as pl

from graphkit.findings import rounded

NOT_HERE = "not calibrated here"
LEAST_CELL = 20  # reposts fitted on, and as many held out; a share of fewer is no probability
BINS = 10
COUNTS = {
    "evidence": pl.String,
    "platform": pl.String,
    "first_year": pl.Int64,
    "last_year": pl.Int64,
    "right": pl.Int64,
    "n": pl.Int64,
    "right_held": pl.Int64,
    "n_held": pl.Int64,
    "agreement": pl.Float64,
}


def read_counts(csv: bytes) -> pl.DataFrame:
    """The columns COUNTS of a calibration table: a row for a class of evidence and a platform.

    `right` of `n` reposts were right in the stories that it was fitted on, `right_held` of
    `n_held` in others; `agreement` is given instead where the counts were not kept.
    """
    return pl.read_csv(io.BytesIO(csv), comment_prefix="#", schema=COUNTS)


@cache
def _shipped() -> pl.DataFrame:
    csv = files("graphkit.trace").joinpath("calibration.csv").read_bytes()
    return _probabilities(read_counts(csv), where="")


def _probabilities(counts: pl.DataFrame, *, where: str) -> pl.DataFrame:
    """`counts` with `p`, null for fewer than LEAST_CELL, and `calibration`, the same in words.

    By the rule of succession: what was always right so far is not certain.
    """
    enough = pl.min_horizontal("n", "n_held") >= LEAST_CELL
    known = counts.filter(enough | pl.col("agreement").is_not_null())
    years = pl.format("{} {}-{}", "platform", "first_year", "last_year")
    held = pl.format("right in {} of {} held-out reposts, {}", "right_held", "n_held", years)
    counted = pl.concat_str(pl.lit(where), held)
    agreed = pl.format("two crawls agree in {} of cases, {}", "agreement", years)
    return known.select(
        "evidence",
        "platform",
        "first_year",
        "last_year",
        p=pl.coalesce((pl.col("right") + 1) / (pl.col("n") + 2), "agreement").round(3),
        calibration=pl.when(pl.col("n_held").is_not_null()).then(counted).otherwise(agreed),
    )


def with_probability(edges: pl.DataFrame, *, fitted: pl.DataFrame | None = None) -> pl.DataFrame:
    """`edges` with `p` and `calibration`, by `evidence`, `platform` and `at` of the child.

    `fitted` (columns COUNTS), a table fitted on the case itself, goes before the shipped one.
    Outside the platforms and the years of both `p` is null and `calibration` says so.
    """
    tables = [_shipped()]
    if fitted is not None:
        tables.insert(0, _probabilities(fitted, where="fitted on this case: "))
    measured = edges.with_columns(p=pl.lit(None, pl.Float64), calibration=pl.lit(None, pl.String))
    year = pl.col("at").dt.year()
    for table in tables:
        found = measured.join(
            table, on=["evidence", "platform"], how="left", maintain_order="left", suffix="_new"
        )
        new = pl.col("p").is_null() & year.is_between(pl.col("first_year"), pl.col("last_year"))
        measured = found.with_columns(
            pl.when(new).then(f"{name}_new").otherwise(name).alias(name)
            for name in ("p", "calibration")
        ).drop("first_year", "last_year", "p_new", "calibration_new")
    return measured.with_columns(pl.col("calibration").fill_null(NOT_HERE))


def calibration_errors(said: pl.DataFrame) -> dict[str, float | int | None]:
    """How far off `p` is from `right`: `n`, `brier` and `ece` (null of nothing).

    Brier (1950) score: mean square of `p` less 1 or 0. Expected calibration error: the distance
    between mean `p` and share right in ten bins of `p` of equal width, weighted by their sizes.
    """
    known = said.select("p", right=pl.col("right").cast(pl.Float64)).drop_nulls()
    if known.is_empty():
        return {"n": 0, "brier": None, "ece": None}
    place = (pl.col("p") * BINS).floor().clip(upper_bound=BINS - 1)
    off = pl.col("p") - pl.col("right")
    gaps = known.group_by(place=place).agg(gap=off.sum().abs())["gap"]
    brier = known.select(off**2).to_series().sum()
    return {
        "n": known.height,
        "brier": rounded(float(brier) / known.height),
        "ece": rounded(float(gaps.sum()) / known.height),
    }
