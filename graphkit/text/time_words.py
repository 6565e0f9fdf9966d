# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text says of its time: that it is new, that it is old, which day, and how it ended."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.particulars import PLACE

if TYPE_CHECKING:
    from datetime import timedelta

YEARS_AGO = r"(?:[0-9]+|[一二两兩三四五六七八九十几幾数數多]+)\s*(?:年|个月|個月)(?:以?前|之前)"
YEAR = r"(?:^|[^0-9])((?:19|20)[0-9]{2})(?:\s*年|[-./][01]?[0-9])"
MONTH_DAY = r"[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*[日号號]"
TOLL = (
    r"[0-9一二两兩三四五六七八九十百]+\s*[多余餘几幾]?\s*(?:名|人|岁|歲|死|伤|傷|失踪|遇难|遇難)"
    r"|身亡|遇难|遇難|死了|被杀|被殺|去世|失踪|被抓|被捕|拘留"
    r"|[0-9]+ (?:people|dead|killed|injured|wounded|missing|years? old)|\bdied\b|\barrested\b"
)
SOON = 2
"""Days ahead of a post that a day without a year may lie and still be of that year."""


@cache
def _phrases(kind: str) -> list[str]:
    table = files("graphkit.text").joinpath("time_words.csv").read_bytes()
    return pl.read_csv(BytesIO(table)).filter(kind=kind)["phrase"].to_list()


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKC").str.to_lowercase()


def says_new(text: pl.Expr) -> pl.Expr:
    """Whether `text` has a word of newness of time_words.csv (NFKC, lower case).

    >>> texts = pl.DataFrame({"text": ["突发！大桥塌了", "Breaking: bridge", "大桥塌了"]})
    >>> texts.select(says_new(pl.col("text")))["text"].to_list()
    [True, True, False]
    """
    return _plain(text).str.contains_any(_phrases("newness"))


def says_old(text: pl.Expr) -> pl.Expr:
    """Whether `text` says that it is of an earlier time: 去年, 三年前, on this day, ...

    >>> texts = pl.DataFrame({"text": ["三年前的旧闻", "On this day", "突发"]})
    >>> texts.select(says_old(pl.col("text")))["text"].to_list()
    [True, True, False]
    """
    plain = _plain(text)
    return plain.str.contains_any(_phrases("pastness")) | plain.str.contains(YEARS_AGO)


def outcomes(text: pl.Expr) -> pl.Expr:
    """Whether `text` says how it ended: 暂无人员伤亡, 已找到, was rescued, ...

    >>> pl.select(outcomes(pl.lit("孩子已找到，谢谢大家"))).item()
    True
    """
    return _plain(text).str.contains_any(_phrases("outcome"))


def places(text: pl.Expr) -> pl.Expr:
    """Whether `text` names a place that Chinese marks as such, by two characters before the mark.

    >>> pl.select(places(pl.lit("临樾县一座桥塌了"))).item()
    True
    """
    return text.str.contains(PLACE)


def tolls(text: pl.Expr) -> pl.Expr:
    """Whether `text` says that something befell people: counts, ages, deaths, arrests.

    >>> pl.select(tolls(pl.lit("三名工人遇难"))).item()
    True
    """
    return _plain(text).str.contains(TOLL)


def dates(text: pl.Expr) -> pl.Expr:
    """Whether `text` has a year or a day of a month in figures.

    >>> pl.select(dates(pl.lit("6月10日，上游暴雨"))).item()
    True
    """
    plain = text.str.normalize("NFKC")
    return plain.str.contains(YEAR) | plain.str.contains(MONTH_DAY)


def names_earlier_date(text: pl.Expr, at: pl.Expr, *, gap: timedelta) -> pl.Expr:
    """Whether `text`, posted `at`, names a year or a day that ended `gap` before it or earlier.

    A day without its year is the last one before the post, or two days after it at most.

    >>> from datetime import datetime, timedelta
    >>> rows = pl.DataFrame({"text": ["2025年的事", "6月10日，暴雨", "3月4日，暴雨"]})
    >>> at = pl.lit(datetime(2026, 3, 5))
    >>> rows.select(names_earlier_date(pl.col("text"), at, gap=timedelta(days=30)))[
    ...     "text"
    ... ].to_list()
    [True, True, False]
    """
    plain, before = text.str.normalize("NFKC"), at.dt.date() - pl.lit(gap)
    years = plain.str.extract_all(YEAR).list.eval(
        pl.element().str.extract("((?:19|20)[0-9]{2})").cast(pl.Int64)
    )
    of_year = years.list.min() < (before + pl.duration(days=1)).dt.year()
    day = plain.str.extract(f"({MONTH_DAY})")
    month = day.str.extract("([0-9]+)").cast(pl.Int64, strict=False)
    number = day.str.extract(r"月\s*([0-9]+)").cast(pl.Int64, strict=False)
    code, now = month * 100 + number, at.dt.offset_by(f"{SOON}d")
    this_year = code <= now.dt.month().cast(pl.Int64) * 100 + now.dt.day()
    year = now.dt.year() - pl.when(this_year).then(0).otherwise(1)
    limit = before.dt.year().cast(pl.Int64) * 10_000 + before.dt.month().cast(pl.Int64) * 100
    of_day = year.cast(pl.Int64) * 10_000 + code <= limit + before.dt.day()
    is_day = month.is_between(1, 12) & number.is_between(1, 31)
    return of_year.fill_null(value=False) | (is_day & of_day).fill_null(value=False)
