# SPDX-License-Identifier: GPL-3.0-or-later
"""Times and counts of withheld accounts, cut: who has the platform's rows finds posts by them.

Times are cut to the hour, those of accounts' own rows to the month, counts to 1, 10, 100, ...: on
the invented world the day on which it was made and its followers tell each account from all others.
Times of rankings and files are the platform's and the collector's and stay, and so do the numbers
that a finding measured.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.tables import TABLES

if TYPE_CHECKING:
    from graphkit.bundle.names import Withheld

HOUR = 3_600
COUNTS = ("followers_count", "declared_repost_count")
_EXACT = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d):\d\d(:\d\d)?(\.\d+)?")


def hidden_rows(withheld: Withheld, name: str, rows: pl.DataFrame) -> pl.Series:
    """Which `rows` of the table `name` are a withheld account's, or are about it or its posts."""
    accounts, posts = (list(each) for each in (withheld.accounts, withheld.posts))
    if "account_id" in rows.columns:
        return ~rows["account_id"].is_in(accounts)
    if name == "citations":
        return ~rows["post_id"].is_in(posts)
    if name in ("labels", "revisions"):
        about = rows["subject_kind"].is_in(["account", "post"])
        return about & ~rows["subject_id"].is_in([*accounts, *posts])
    return pl.Series([False], dtype=pl.Boolean).new_from_index(0, rows.height)


def coarse_rows(withheld: Withheld, name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` of the table `name` with the times and counts of withheld accounts cut."""
    hidden = hidden_rows(withheld, name, rows)
    step = "1mo" if name == "accounts" else "1h"
    times = [n for n, c in TABLES[name].columns.items() if isinstance(c.dtype, pl.Datetime)]
    cut = [pl.when(hidden).then(pl.col(n).dt.truncate(step)).otherwise(n).alias(n) for n in times]
    if "time_precision" in rows.columns:
        finer = hidden & rows["time_precision"].is_in(["second", "minute"])
        was = pl.col("time_precision")
        cut.append(pl.when(finer).then(pl.lit("hour")).otherwise(was).alias("time_precision"))
    cut += [
        pl.when(hidden).then(_magnitude(n)).otherwise(n).alias(n)
        for n in COUNTS
        if n in rows.columns
    ]
    return rows.with_columns(cut)


def _magnitude(name: str) -> pl.Expr:
    """1, 10, 100, ...: the power of ten below the count; 0 stays."""
    count = pl.col(name)
    digits = count.cast(pl.String).str.len_chars().cast(pl.Int64)
    return pl.when(count > 0).then(pl.lit(10, pl.Int64).pow(digits - 1)).otherwise(count)


def coarse_times(value: Any) -> Any:  # noqa: ANN401  any JSON value
    """The JSON value with every time of day that stands in its texts cut to the hour.

    >>> coarse_times({"at": "2026-03-08T01:15:13Z", "n": 5})
    {'at': '2026-03-08T01:00:00Z', 'n': 5}
    """
    if isinstance(value, str):
        return _EXACT.sub(_on_the_hour, value)
    if isinstance(value, dict):
        return {key: coarse_times(each) for key, each in value.items()}
    if isinstance(value, list):
        return [coarse_times(each) for each in value]
    return value


def _on_the_hour(time: re.Match[str]) -> str:
    return f"{time[1]}:00" + ("" if time[2] is None else ":00")
