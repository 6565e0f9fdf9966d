# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a cited text holds what the citing one says."""

from __future__ import annotations

import polars as pl

from graphkit.graphs.citation import shared_shingles
from graphkit.text.normal import normal_form
from graphkit.text.particulars import missing_particulars

CONTAINED = 0.6
"""Least share of the citing text's shingles that a source must hold."""


def citation_support(pairs: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """What the cited text says of the citing one, for `pairs` of citing_no and cited_no.

    A source supports where it holds most of the citing text's shingles and all its numbers, titles,
    places and names; it contradicts where it holds the words but not those; it is silent where it
    does not hold the words, and unseen where one of the texts is not at hand. `texts` has post_no
    and text. Retelling and translation read as silent.

    Returns:
        citing_no, cited_no, contained (share of the shingles), missing (the particulars that the
        source does not hold), support; sorted.
    """
    asked = pairs.select("citing_no", "cited_no").unique().sort("citing_no", "cited_no")
    known = texts.select("post_no", text=normal_form(pl.col("text"))).drop_nulls()
    shared = shared_shingles(asked, known).drop("overlap")
    for side in ("citing", "cited"):
        raw = texts.select(**{f"{side}_no": "post_no", side: "text"})
        shared = shared.join(raw, on=f"{side}_no", how="left", maintain_order="left")
    found = shared.with_columns(missing=missing_particulars(pl.col("citing"), pl.col("cited")))
    holds = pl.col("contained") >= CONTAINED
    support = (
        pl.when(pl.col("contained").is_null())
        .then(pl.lit("unseen"))
        .when(~holds)
        .then(pl.lit("silent"))
        .when(pl.col("missing").list.len() > 0)
        .then(pl.lit("contradicts"))
        .otherwise(pl.lit("supports"))
    )
    return found.select("citing_no", "cited_no", "contained", "missing", support=support).sort(
        "citing_no", "cited_no"
    )
