# SPDX-License-Identifier: GPL-3.0-or-later
"""Hourly snapshots of the Weibo hot-search list, as one table (date, hour, order, ...)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from graphkit.reading.columns import Draft, reading
from graphkit.reading.importer import PROBLEMS, Importer
from graphkit.reading.rows import SUFFIXES, column_names, read_rows
from graphkit.tables import RANKINGS

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.reading.importer import Reading, ReadOptions

COLUMNS = ("date", "hour", "order", "band_rank", "c_type", "title", "hot", "ads")
PINNED = 51  # c_type of the one item that stands above the ranking
WEIBO_ZONE = "Asia/Shanghai"


def _suits(path: Path) -> str | None:
    columns = column_names(path) if path.suffix in SUFFIXES else []
    fits = set(columns).issuperset(COLUMNS)
    return "it has the columns of the hourly Weibo hot-search list" if fits else None


def _read(path: Path, options: ReadOptions) -> Reading:
    rows = read_rows(path)
    day = pl.col("date").str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    zone = WEIBO_ZONE if options.tz is None else options.tz
    local = (day + pl.duration(hours=pl.col("hour").cast(pl.Int64))).dt.replace_time_zone(zone)
    frame = rows.frame.select(
        "source_line",
        list_id=pl.lit("weibo-hot-search"),
        snapshot_at=local.dt.convert_time_zone("UTC"),
        topic=pl.col("title").str.strip_chars().str.strip_chars("#"),
        rank="band_rank",
        position="order",
        is_pinned=pl.col("c_type").cast(pl.Int64) == PINNED,
        heat="hot",
        is_promoted="ads",
        category="category",
        read_count="read_count",
        discuss_count="discuss_count",
        origin_count="origin_count",
    )
    draft = Draft(frame, rows.rejects, pl.DataFrame(schema=PROBLEMS))
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
