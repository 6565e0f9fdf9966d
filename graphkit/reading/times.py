# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as files write them: epochs, ISO 8601, dates, relative words. Nothing is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.tables import TIME

if TYPE_CHECKING:
    from datetime import datetime

    from graphkit.reading.importer import ReadOptions

OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"
DAY_FIRST = {"DMY": ("$3-$2-$1", "$2"), "MDY": ("$3-$1-$2", "$1")}
SLASHED = r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})"
UNREAD = "cannot be read as a time; write ISO 8601 with an offset"
NO_ZONE = "has no time zone; give --tz, such as Asia/Shanghai"
SKIPPED = "does not exist in the zone of --tz, whose clocks skipped it"
RELATIVE = {
    # pattern with one number (or none): seconds of one unit, precision
    r"^(?:刚刚|just now)$": (0, "minute"),
    r"^(\d+) ?(?:秒前|s(?:ec(?:ond)?s?)? ago)$": (1, "second"),
    r"^(\d+) ?(?:分钟前|m(?:in(?:ute)?s?)? ago)$": (60, "minute"),
    r"^(\d+) ?(?:小时前|h(?:ours?)? ago)$": (3600, "day"),
    r"^(\d+) ?(?:天前|d(?:ays?)? ago)$": (86400, "day"),
    r"^(?:昨天|yesterday)": (86400, "day"),
}


def parse_times(cells: pl.Series, options: ReadOptions) -> pl.DataFrame:
    """The times in `cells`: columns value (UTC), precision and problem (null where there is none).

    A null cell has a null value, precision unknown and no problem. Numbers are epoch seconds,
    milliseconds or microseconds by their size. A time without offset needs `options.tz`, a date
    such as 03/04/2026 `options.date_order`, a relative time `options.collected_at`; without it
    the cell has a problem that says so.
    """
    if isinstance(cells.dtype, pl.Datetime):
        zoned = cells.dtype.time_zone is not None
        lacks_zone = not zoned and options.tz is None
        bad = NO_ZONE if lacks_zone else SKIPPED
        return _result(cells.to_frame("cell"), _native(options, zoned=zoned), bad)
    if cells.dtype.is_numeric():
        number = pl.col("cell").cast(pl.Float64)  # with fewer digits it is a date or a year
        epoch = _epoch(pl.when(number.is_between(1e8, 1e16, closed="left")).then(number))
        return _result(cells.to_frame("cell"), epoch, UNREAD)
    return _parse_text(cells.cast(pl.String).str.strip_chars(), options)


def _result(frame: pl.DataFrame, value: pl.Expr, bad: str) -> pl.DataFrame:
    problem = pl.when(pl.col("cell").is_not_null() & pl.col("value").is_null()).then(pl.lit(bad))
    return (
        frame.with_columns(value=value.cast(TIME))
        .with_columns(
            precision=pl.when(pl.col("value").is_null())
            .then(pl.lit("unknown"))
            .otherwise(pl.lit("second")),
            problem=problem,
        )
        .select("value", "precision", "problem")
    )


def _native(options: ReadOptions, *, zoned: bool) -> pl.Expr:
    if zoned:
        return pl.col("cell").dt.convert_time_zone("UTC")
    return _zoned(pl.col("cell"), options)


def _zoned(naive: pl.Expr, options: ReadOptions) -> pl.Expr:
    if options.tz is None:
        return pl.lit(None, TIME)
    local = naive.dt.replace_time_zone(options.tz, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _epoch(number: pl.Expr) -> pl.Expr:
    """Epoch seconds, milliseconds or microseconds by magnitude (seconds reach 1e11 in 5138)."""
    scale = pl.when(number < 1e11).then(1e6).when(number < 1e14).then(1e3).otherwise(1.0)
    return (
        (number * scale).round().cast(pl.Int64).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )


def _parse_text(cells: pl.Series, options: ReadOptions) -> pl.DataFrame:
    cell = pl.col("cell")
    order, month = DAY_FIRST.get(options.date_order or "", ("", ""))
    frame = cells.to_frame("cell").with_columns(
        iso=cell.str.replace(SLASHED, order) if order else cell,
        is_epoch=cell.str.contains(r"^\d{9,16}(?:\.\d+)?$"),
        is_slashed=cell.str.contains(SLASHED),
        is_zoned=cell.str.contains(rf"\d:\d\d.*{OFFSET}"),
        is_relative=pl.any_horizontal(cell.str.contains(f"(?i){p}") for p in RELATIVE),
    )
    frame = frame.with_columns(local=_local(pl.col("iso")))
    values = (
        pl.when("is_epoch").then(_epoch(cell.cast(pl.Float64, strict=False)))
        .when("is_relative").then(_relative(cell, options.collected_at))
        .when("is_zoned").then(_with_offset(pl.col("iso")))
        .otherwise(_zoned(pl.col("local"), options))
    )  # fmt: skip
    parsed = frame.with_columns(value=values)
    return parsed.select(
        "value", precision=_precision(), problem=_problem(options, has_order=month != "")
    )


def _local(iso: pl.Expr) -> pl.Expr:
    """The wall-clock time of a text without offset: with seconds, to the minute, or a date."""
    text = iso.str.replace(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", "$1-$2-$3").str.replace("T", " ")
    forms = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
    read = [text.str.to_datetime(form, strict=False, time_unit="us") for form in forms]
    date = text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
    return pl.coalesce(*read, date)


def _with_offset(iso: pl.Expr) -> pl.Expr:
    text = (
        iso.str.replace(r"^(\d{4}-\d\d-\d\d) ", "${1}T")
        .str.replace(r" ?Z$", "+0000")
        .str.replace(r" ?([+-]\d\d):?(\d\d)$", "$1$2")
        .str.replace(r"T(\d\d:\d\d)([+-])", "T$1:00$2")
    )
    forms = ("%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M:%S%z")
    return pl.coalesce(text.str.to_datetime(f, strict=False, time_unit="us") for f in forms)


def _relative(cell: pl.Expr, collected_at: datetime | None) -> pl.Expr:
    if collected_at is None:
        return pl.lit(None, TIME)
    has_digits = cell.str.contains(r"^\d")
    ago = [
        pl.when(cell.str.contains(f"(?i){pattern}")).then(
            cell.str.extract(r"^(\d{1,6})\D")
            .fill_null(pl.when(~has_digits).then(pl.lit("1")))
            .cast(pl.Int64)
            * unit
        )
        for pattern, (unit, _) in RELATIVE.items()
    ]
    return pl.lit(collected_at, TIME) - pl.duration(seconds=pl.coalesce(ago))


def _precision() -> pl.Expr:
    cell = pl.col("cell")
    relative = [
        pl.when(cell.str.contains(f"(?i){pattern}")).then(pl.lit(precision))
        for pattern, (_, precision) in RELATIVE.items()
    ]
    return (
        pl.when(pl.col("value").is_null()).then(pl.lit("unknown"))
        .when("is_relative").then(pl.coalesce(relative))
        .when(pl.col("is_epoch") | cell.str.contains(r":\d\d:\d\d")).then(pl.lit("second"))
        .when(cell.str.contains(r"\d:\d\d")).then(pl.lit("minute"))
        .otherwise(pl.lit("day"))
    )  # fmt: skip


def _problem(options: ReadOptions, *, has_order: bool) -> pl.Expr:
    reasons = [
        pl.when("is_relative").then(
            pl.lit("is relative; give --collected-at to read relative times")
        ),
        pl.when(pl.col("is_slashed") & pl.lit(not has_order)).then(
            pl.lit("may be day-first or month-first; give --date-order DMY or MDY")
        ),
        pl.when(pl.col("local").is_not_null() & pl.lit(options.tz is None)).then(pl.lit(NO_ZONE)),
        pl.when(pl.col("local").is_not_null() & ~pl.col("is_zoned")).then(pl.lit(SKIPPED)),
        pl.lit(UNREAD),
    ]
    unread = pl.col("cell").is_not_null() & pl.col("value").is_null()
    return pl.when(unread).then(pl.coalesce(reasons))
