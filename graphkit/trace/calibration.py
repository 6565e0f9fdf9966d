# SPDX-License-Identifier: GPL-3.0-or-later
"""How often evidence of each class was right where the true parents are known."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import polars as pl

NOT_HERE = "not calibrated here"


@cache
def calibration() -> pl.DataFrame:
    """The table in `calibration.csv`: `evidence`, `platform`, the years, `p` and `calibration`.

    `p` is the share that was right in the cascades it was fitted on, `calibration` says in words
    how it did in the others.
    """
    text = files("graphkit.trace").joinpath("calibration.csv").read_text("utf-8")
    table = pl.read_csv(text.encode(), comment_prefix="#")
    years = pl.format("{} {}-{}", "platform", "first_year", "last_year")
    counted = pl.format("right in {} of {} held-out reposts, {}", "right_held", "n_held", years)
    agreed = pl.format("two crawls agree in {} of cases, {}", "agreement", years)
    return table.select(
        "evidence",
        "platform",
        "first_year",
        "last_year",
        p=pl.coalesce(pl.col("right") / pl.col("n"), "agreement").round(3),
        calibration=pl.when(pl.col("n_held").is_not_null()).then(counted).otherwise(agreed),
    )


def with_probability(edges: pl.DataFrame) -> pl.DataFrame:
    """`edges` with `p` and `calibration`, by `evidence`, `platform` and `at` of the child.

    Outside the platform and the years of the table `p` is null and `calibration` says so.
    """
    found = edges.join(
        calibration(), on=["evidence", "platform"], how="left", maintain_order="left"
    )
    covered = pl.col("at").dt.year().is_between(pl.col("first_year"), pl.col("last_year"))
    return found.with_columns(
        p=pl.when(covered).then("p"),
        calibration=pl.when(covered).then("calibration").otherwise(pl.lit(NOT_HERE)),
    ).drop("first_year", "last_year")
