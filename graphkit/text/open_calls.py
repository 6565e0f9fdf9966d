# SPDX-License-Identifier: GPL-3.0-or-later
"""Open calls: texts that ask their readers in public to copy, share or join."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

import polars as pl


@cache
def _phrases() -> list[str]:
    table = files("graphkit.text").joinpath("open_calls.csv").read_bytes()
    return pl.read_csv(BytesIO(table))["phrase"].to_list()


def calls_openly(text: pl.Expr) -> pl.Expr:
    """Whether `text` contains a phrase of open_calls.csv (NFKC, lower case); null stays null.

    >>> texts = pl.DataFrame({"text": ["【请复制，不必转发】河口…", "PLEASE share this!", "早安"]})
    >>> texts.select(calls_openly(pl.col("text")))["text"].to_list()
    [True, True, False]
    """
    plain = text.str.normalize("NFKC").str.to_lowercase()
    return plain.str.contains_any(_phrases())
