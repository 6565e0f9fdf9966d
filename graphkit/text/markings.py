# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text says of its own nature: made by a machine, paid for, opinion, joke, old, dated."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from graphkit.text.normal import URL, own_words

MARKINGS = {
    "post_id": pl.String,
    "marking": pl.String,
    "span_start": pl.Int64,
    "span_end": pl.Int64,
}


@cache
def patterns() -> dict[str, dict[str, str]]:
    """For each marking the patterns of its words in a `text` and a `label`, and of `kept` ones."""
    read = tomllib.loads(files("graphkit.text").joinpath("markings.toml").read_text("utf-8"))
    told: dict[str, dict[str, str]] = read["marking"]
    return told


def markings(posts: pl.DataFrame) -> pl.DataFrame:
    """The first place where the own words of each post (`post_id`, `text`) say what it is.

    An address says nothing of it.

    Returns:
        `post_id`, `marking` (of markings.toml), `span_start` and `span_end` in characters of the
        text, sorted by post and marking.
    """
    plain = pl.col("text").str.replace_all("\0", " ", literal=True)
    texts = posts.select("post_id", own=own_words(plain))
    found = [
        texts.filter(pl.col("own").str.replace_all(URL, " ").str.contains(each["text"])).select(
            "post_id", marking=pl.lit(name), **_place(each["text"])
        )
        for name, each in patterns().items()
    ]
    return pl.concat([pl.DataFrame(schema=MARKINGS), *found]).sort("post_id", "marking")


def _place(pattern: str) -> dict[str, pl.Expr]:
    """First and last place of the first match, in characters (polars finds bytes)."""
    parts = pl.col("own").str.replace(pattern, "\0${0}\0").str.split("\0")
    before, match = (parts.list.get(n).str.len_chars().cast(pl.Int64) for n in (0, 1))
    return {"span_start": before, "span_end": before + match}


def label_marking(label: pl.Expr) -> pl.Expr:
    """The marking that a label or a platform's source field names; null where it names none.

    >>> said = pl.DataFrame({"label": ["AI-generated", "广告", "false"]})
    >>> said.select(label_marking(pl.col("label")))["label"].to_list()
    ['ai', 'advertisement', None]
    """
    return pl.coalesce(
        pl.when(label.str.contains(each["label"]) | label.str.contains(each["text"])).then(
            pl.lit(name)
        )
        for name, each in patterns().items()
    ).alias(label.meta.output_name())


def keeps(text: pl.Expr, marking: str) -> pl.Expr:
    """Whether each text bears `marking` in a shorter form: a day without its year."""
    pattern = patterns()[marking].get("kept")
    return pl.lit(value=False) if pattern is None else text.str.contains(pattern)
