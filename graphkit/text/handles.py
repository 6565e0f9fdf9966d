# SPDX-License-Identifier: GPL-3.0-or-later
"""What handles are made of: a stem, a number at the end, and parts that look alike."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

LENGTHS = (2, 3, 4, 6, 8)
"""Characters of the beginnings and ends that are compared."""
SHORT_LATIN = 4
"""Characters below which a part without Chinese, Japanese or Korean ones says too little."""
IDEOGRAMS = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
MOST_DIGITS = 15


@cache
def suggested_stems() -> list[str]:
    """What stands before the number when nobody has chosen a name, in lower case (handles.toml)."""
    names = tomllib.loads(files("graphkit.text").joinpath("handles.toml").read_text("utf-8"))
    listed: list[str] = names["suggested"]
    return listed


def numbered_handles(accounts: pl.DataFrame) -> pl.DataFrame:
    """Stem and final number of each handle that ends in one: `accounts` has account_id and handle.

    Columns: account_id, stem (NFKC, lower case), digits (how many), number, is_suggested (the stem
    is what platforms give: handles.toml); by account. A handle without a stem or with more than 15
    digits has no row.

    >>> names = pl.DataFrame({"account_id": ["a", "b", "c"], "handle": ["Moon007", "用户88", "x"]})
    >>> numbered_handles(names).rows()
    [('a', 'moon', 3, 7, False), ('b', '用户', 2, 88, True)]
    """
    plain = _plain(accounts)
    ends = pl.col("handle").str.extract(r"^[^0-9].*?([0-9]+)$")
    split = plain.with_columns(end=ends).drop_nulls("end")
    counted = split.with_columns(digits=pl.col("end").str.len_chars().cast(pl.Int64))
    stem = pl.col("handle").str.replace(r"[0-9]+$", "")
    return (
        counted.filter(pl.col("digits") <= MOST_DIGITS)
        .select(
            "account_id",
            "digits",
            stem=stem,
            number=pl.col("end").cast(pl.Int64),
            is_suggested=stem.str.strip_chars(" _.-").is_in(suggested_stems()),
        )
        .select("account_id", "stem", "digits", "number", "is_suggested")
        .sort("account_id")
    )


def handle_parts(accounts: pl.DataFrame) -> pl.DataFrame:
    """Beginnings and ends of each handle's stem, marked `^` and `$`, and the whole stem, `=`.

    `accounts` has account_id and handle. Columns account_id and part, distinct. Two handles with a
    part in common look alike; how rare the part is, the corpus must say. What platforms suggest
    (handles.toml) has no parts.

    >>> names = pl.DataFrame({"account_id": ["a"], "handle": ["云汀新鲜事3"]})
    >>> sorted(handle_parts(names)["part"])
    ['$新鲜事', '$汀新鲜事', '$鲜事', '=云汀新鲜事', '^云汀', '^云汀新', '^云汀新鲜']
    """
    stem = pl.col("handle").str.replace(r"[0-9]+$", "").str.strip_chars(" _.-")
    stems = _plain(accounts).select("account_id", stem=stem)
    chosen = stems.filter(~pl.col("stem").is_in(suggested_stems()))
    size = pl.col("stem").str.len_chars()
    begins = [("^", pl.col("stem").str.head(n), size > n) for n in LENGTHS]
    ends = [("$", pl.col("stem").str.tail(n), size > n) for n in LENGTHS]
    parts = [
        chosen.filter(long_enough).select("account_id", mark=pl.lit(mark), text=text)
        for mark, text, long_enough in (*begins, *ends, ("=", pl.col("stem"), size > 1))
    ]
    says = (pl.col("text").str.len_chars() >= SHORT_LATIN) | pl.col("text").str.contains(IDEOGRAMS)
    return pl.concat(parts).filter(says).select("account_id", part=pl.col("mark") + pl.col("text"))


def _plain(accounts: pl.DataFrame) -> pl.DataFrame:
    handle = pl.col("handle").str.normalize("NFKC").str.to_lowercase()
    return accounts.select("account_id", handle).drop_nulls("handle")
