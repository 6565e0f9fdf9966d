# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a text looks like a report of what happened, and what else it may be."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from graphkit.text.particulars import NAME, NUMBER, TITLE

PLACE = r"\p{Han}{2}(?:省|市|县|縣|区|區|镇|鎮|乡|鄉|村|州|岛|島)"
PLACE = r"\p{Han}{2}(?:省|市|县|縣|区|區|镇|鎮|乡|鄉|村|州|岛|島)"
CHECKABLE = f"{NUMBER}|{TITLE}|{NAME}|{PLACE}"
NOT_REPORTS = ("advertisement", "joke", "opinion", "diary")


@cache
def _patterns() -> dict[str, str]:
    read = tomllib.loads(files("graphkit.text").joinpath("reports.toml").read_text("utf-8"))
    return {name: read[name] for name in NOT_REPORTS}


def text_kind(texts: pl.Expr) -> pl.Expr:
    """report, or why not: advertisement, joke, opinion, diary or vague (nothing to check).

    A report holds a number, a title, a place or a name, and none of the forms of reports.toml. It
    is a rule of words: it says what a text looks like, not what it is.

    >>> said = ["大桥主塔出现3条裂缝", "我今天走了2万步", "限时优惠，满减2件", "天气真好"]
    >>> pl.select(kind=text_kind(pl.Series(said)))["kind"].to_list()
    ['report', 'diary', 'advertisement', 'vague']
    """
    checks = [*_patterns().items(), ("report", CHECKABLE), ("vague", "")]
    plain = texts.str.normalize("NFKC")
    kinds = [pl.when(plain.str.contains(pattern)).then(pl.lit(name)) for name, pattern in checks]
    return pl.coalesce(kinds)
