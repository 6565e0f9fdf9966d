# SPDX-License-Identifier: GPL-3.0-or-later
"""Phrases that many people write alike: greetings, verse, quotations, results of games."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

import polars as pl

QUOTED = r"《[^《》]{1,30}》|^[\s]*[「『“\"].*[」』”\"]\s*(?:—.*)?$"


@cache
def _phrases() -> list[str]:
    table = files("graphkit.text").joinpath("set_phrases.csv").read_bytes()
    return pl.read_csv(BytesIO(table))["phrase"].to_list()


def has_set_phrase(text: pl.Expr) -> pl.Expr:
    """Whether `text` holds a phrase of set_phrases.csv, names a work, or is a quotation as a whole.

    NFKC, lower case; null stays null.

    >>> texts = pl.DataFrame({"text": ["祝你生日快乐", "“举头望明月”——李白", "大桥塌了"]})
    >>> texts.select(has_set_phrase(pl.col("text")))["text"].to_list()
    [True, True, False]
    """
    plain = text.str.normalize("NFKC").str.to_lowercase()
    return plain.str.contains_any(_phrases()) | text.str.contains(QUOTED)
