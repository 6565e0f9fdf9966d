# SPDX-License-Identifier: GPL-3.0-or-later
"""Hourly snapshots of the Weibo hot-search list, as one table (date, hour, order, ...)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import InputError
from graphkit.reading.columns import TRUTH, Draft, reading
from graphkit.reading.importer import PROBLEMS, Importer
from graphkit.reading.rows import SUFFIXES, column_names, read_rows
from graphkit.tables import RANKINGS

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.reading.importer import Reading, ReadOptions

COLUMNS = ("date", "hour", "order", "band_rank", "c_type", "title", "hot", "ads")
OPTIONAL = ("category", "read_count", "discuss_count", "origin_count")
NUMBERS = ("hour", "order", "band_rank", "c_type", "hot", *OPTIONAL[1:])
PINNED = 51  # c_type of the one item that stands above the ranking
WEIBO_ZONE = "Asia/Shanghai"


def _suits(path: Path) -> str | None:
    columns = column_names(path) if path.suffix.lower() in SUFFIXES else []
    fits = set(columns).issuperset(COLUMNS)
    return "it has the columns of the hourly Weibo hot-search list" if fits else None


def _numbers(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The rows with numbers (null where the file has no such column), and a column that has none.

    A text file has texts for numbers; one that is not a number is told by its column's name.
    """
    given = rows.with_columns(pl.lit(None).alias(n) for n in OPTIONAL if n not in rows.columns)
    numbers = {n: _number(given[n]) for n in NUMBERS}
    bad = [
        pl.when(given[n].is_not_null() & number.is_null()).then(pl.lit(n))
        for n, number in numbers.items()
    ]
    return given.with_columns(**numbers), pl.select(bad=pl.coalesce(bad)).to_series()


def _truth(name: str) -> pl.Expr:
    told = pl.col(name).cast(pl.String).str.to_lowercase()
    return told.replace_strict(TRUTH, default=None, return_dtype=pl.Boolean)


def _number(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.Int64, strict=False)


def _read(path: Path, options: ReadOptions) -> Reading:
    rows = read_rows(path)
    absent = [name for name in COLUMNS if name not in rows.columns]
    if absent:
        raise InputError(f"{path.name}: no column {', '.join(absent)} of the Weibo hot-search list")
    frame, bad = _numbers(rows.frame)
    day = pl.col("date").cast(pl.String).str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    zone = WEIBO_ZONE if options.tz is None else options.tz
    hour = pl.when(pl.col("hour").is_between(0, 23)).then("hour")
    local = (day + pl.duration(hours=hour)).dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    )
    frame = frame.select(
        "source_line",
        bad=bad,
        list_id=pl.lit("weibo-hot-search"),
        snapshot_at=local.dt.convert_time_zone("UTC"),
        topic=pl.col("title").cast(pl.String).str.strip_chars().str.strip_chars("#"),
        rank="band_rank",
        position="order",
        is_pinned=pl.col("c_type") == PINNED,
        heat="hot",
        is_promoted=_truth("ads"),
        category="category",
        read_count="read_count",
        discuss_count="discuss_count",
        origin_count="origin_count",
    )
    draft = Draft(frame, rows.rejects, pl.DataFrame(schema=PROBLEMS))
    not_number = pl.concat_str(pl.lit("not a number in column "), pl.col("bad"))
    draft = draft.rejecting(pl.col("bad").is_not_null(), not_number)
    draft = draft.rejecting(pl.col("snapshot_at").is_null(), pl.lit("no date or hour"))
    draft = draft.rejecting(pl.col("topic").fill_null("") == "", pl.lit("no title"))
    done = reading(draft, RANKINGS, rows=rows, key=RANKINGS.key)
    without = done.tables["rankings"].filter(pl.col("rank").is_null()).height
    return replace(done, notes=(f"{without} rows have no band_rank",) if without else ())


IMPORTER = Importer(
    name="weibo-hot",
    summary="hourly snapshots of the Weibo hot-search list",
    order=10,
    suits=_suits,
    read=_read,
)
