# SPDX-License-Identifier: GPL-3.0-or-later
"""How far each wording of a claim is from what its wordings have in common."""

from __future__ import annotations

import polars as pl

from graphkit.text.shingles import shingles


def oddness(words: pl.Series) -> pl.DataFrame:
    """How odd each distinct wording is: what it lacks of the common text, and has alone.

    The first wording is copied by the others: it holds what at least half of them hold, and little
    that no other holds. Every wording counts once, however many posts repeat it.

    Returns:
        `words` and `oddness` (0..1, null where there is no second wording): the 3-shingles that it
        lacks of those common to half of the wordings, or has alone, of all that they are.
    """
    texts = pl.DataFrame({"words": words.drop_nulls().unique().sort()}).with_row_index("text_id")
    sets = shingles(texts.rename({"words": "text"}))
    held = sets.with_columns(wordings=pl.len().over("shingle"))
    is_common = pl.col("wordings") >= max(2, texts.height / 2)
    common = held.filter(is_common)["shingle"].n_unique()
    counts = held.group_by("text_id").agg(
        kept=is_common.sum().cast(pl.Int64),
        alone=(pl.col("wordings") == 1).sum().cast(pl.Int64),
    )
    odd = (common - pl.col("kept") + pl.col("alone")) / (common + pl.col("alone"))
    found = texts.join(counts, on="text_id", how="left").sort("words")
    return found.select("words", oddness=odd if texts.height > 1 else pl.lit(None, pl.Float64))
