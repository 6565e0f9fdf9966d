# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as files write them: epochs, ISO 8601, RFC 2822, Chinese dates, relative words.

Nothing is guessed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from graphkit.tables import TIME

if TYPE_CHECKING:
    from datetime import datetime

    from graphkit.reading.importer import ReadOptions

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTH_NUMBERS = {f"-{name}-": f"-{number:02}-" for number, name in enumerate(MONTHS, start=1)}
WORD = "[A-Z][a-z]{2}"
CLOCK = r"(\d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?)"
YEAR_FIRST = {
    # X API v1.1, ctime, Java: Tue Mar 10 01:00:00 +0000 2026
    rf"^{WORD} ({WORD}) +(\d{{1,2}}) {CLOCK} (?:(\S+) )?(\d{{4}})$": "$5-$1-$2 $3$4",
    # JavaScript: Tue Mar 10 2026 09:00:00 GMT+0800 (China Standard Time)
    rf"^{WORD} ({WORD}) (\d\d) (\d{{4}}) {CLOCK} (?:GMT|UTC)([+-]\d{{4}})(?: \(.*\))?$":
        "$3-$1-$2 $4$5",
    # RFC 2822 and English dates: Tue, 10 Mar 2026 01:00:00 +0000
    rf"^(?:{WORD}, ?)?(\d{{1,2}})[ -]({WORD})[a-z]*\.?[ -](\d{{4}})(?:,? (.*))?$": "$3-$2-$1 $4",
    rf"^({WORD})[a-z]*\.? (\d{{1,2}}), (\d{{4}})(?:,? (?:at )?(.*))?$": "$3-$1-$2 $4",
    # a spider's stamp: 20260310010000
    r"^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$": "$1-$2-$3 $4:$5:$6",
}  # fmt: skip
PARTS = (
    r"^(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[T\s]*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d+))?)?"
    r"\s*(?P<half>(?i:[ap]\.?m\.?))?)?\s*(?P<offset>[A-Z]{1,4}|[+-]\d\d(?::?\d\d)?)?\s*$"
)
ZONE_WORDS = {  # RFC 2822, 4.3; without CST, which is China's as well
    "Z": "+0000", "UT": "+0000", "UTC": "+0000", "GMT": "+0000", "EST": "-0500", "EDT": "-0400",
    "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
}  # fmt: skip
DAY_CLOCK = r"^[12]\d{3}-\d\d-\d\d%s\d\d:\d\d:\d\d"
QUICK_FORMS = {
    "%Y-%m-%dT%H:%M:%S%.fZ": DAY_CLOCK % "T" + r"(?:\.\d+)?Z$",
    "%Y-%m-%dT%H:%M:%S%.f%z": DAY_CLOCK % "T" + r"(?:\.\d+)?[+-]\d\d:?\d\d$",
    "%Y-%m-%d %H:%M:%S": DAY_CLOCK % " " + "$",
    "%a %b %d %H:%M:%S %z %Y": rf"^{WORD} {WORD} \d\d \d\d:\d\d:\d\d [+-]\d{{4}} \d{{4}}$",
}  # fmt: skip
DAY_FIRST = {"DMY": "$3-$2-$1", "MDY": "$3-$1-$2"}
SLASHED = r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})"
EPOCH = r"^\d{9,16}(?:\.\d+)?$"
EPOCH_ENDS = 4_102_444_800_000_000  # 2100: what lies after it is no epoch but another number
UNREAD = "cannot be read as a time; write ISO 8601 with an offset"
NO_ZONE = "has no time zone; give --tz, such as Asia/Shanghai"
SKIPPED = "does not exist in the zone of --tz, whose clocks skipped it"
TWICE = "came twice in the zone of --tz, whose clocks went back; write it with its offset"
SHARED = "names a zone by letters that several zones share; write it with its offset"
RELATIVE_WORDS = "is relative; give --collected-at to read relative times"
TWO_ORDERS = "may be day-first or month-first; give --date-order DMY or MDY"
NO_YEAR = "names no year, and in that of its collection it lies after it; write the year"
RELATIVE = {
    # pattern with one number (or none): seconds of one unit, precision
    r"^(?:刚刚|just now)$": (0, "minute"),
    r"^(\d+) ?(?:秒前|s(?:ec(?:ond)?s?)? ago)$": (1, "second"),
    r"^(\d+) ?(?:分钟前|分鐘前|m(?:in(?:ute)?s?)? ago)$": (60, "minute"),
    r"^(\d+) ?(?:小时前|小時前|h(?:ours?)? ago)$": (3600, "day"),
    r"^(\d+) ?(?:天前|d(?:ays?)? ago)$": (86400, "day"),
    r"^(?:昨天|yesterday)$": (86400, "day"),
}
CLOCKED = {  # words for a day that a clock follows: days before the collection
    "今天|today": 0, "昨天|yesterday": 1, "前天": 2,
}  # fmt: skip
AT_CLOCK = r",?(?: at)? *(\d{1,2}:\d\d.*)$"
NO_YEAR_DATE = r"^(\d{1,2})月(\d{1,2})日"


def parse_times(cells: pl.Series, options: ReadOptions) -> pl.DataFrame:
    """The times in `cells`: columns value (UTC), precision and problem (null where there is none).

    A null cell has a null value, precision unknown and no problem. Numbers are epoch seconds,
    milliseconds or microseconds by their size. A time without offset needs `options.tz`, a date
    such as 03/04/2026 `options.date_order`, a relative time (also 今天 09:00 and 3月10日)
    `options.collected_at`; without it the cell has a problem that says so.
    """
    if isinstance(cells.dtype, pl.Datetime) and cells.dtype.time_zone is not None:
        return _result(cells, cells.dt.convert_time_zone("UTC"))
    if cells.dtype.is_numeric():
        number = pl.lit(cells).cast(pl.Float64)  # with fewer digits it is a date or a year
        epoch = _epoch(pl.when(number.is_between(1e8, 1e16, closed="left")).then(number))
        return _result(cells, pl.select(epoch).to_series())
    wall = isinstance(cells.dtype, pl.Datetime)
    text = (
        cells.dt.to_string("%Y-%m-%d %H:%M:%S%.6f") if wall else cells.cast(pl.String)
    ).str.strip_chars()
    quick = _quickly(text, options)
    if quick is None:
        return _parse_text(text, options)
    left = quick.is_null() & text.is_not_null()
    read = _result(text, quick)
    if not left.any():
        return read
    places = pl.int_range(len(text), eager=True).alias("place")
    slowly = _parse_text(text.filter(left), options).with_columns(places.filter(left))
    rest = read.with_columns(places).filter(~left)
    return pl.concat([rest, slowly]).sort("place").drop("place")


def _result(cells: pl.Series, value: pl.Series) -> pl.DataFrame:
    """Times that are told to the second, or not read."""
    unknown = pl.when(pl.col("value").is_null()).then(pl.lit("unknown"))
    unread = pl.col("value").is_null() & pl.lit(cells.is_not_null())
    return (
        value.cast(TIME)
        .to_frame("value")
        .select(
            "value",
            precision=unknown.otherwise(pl.lit("second")),
            problem=pl.when(unread).then(pl.lit(UNREAD)),
        )
    )


def _quickly(text: pl.Series, options: ReadOptions) -> pl.Series | None:
    """The times of a column that is in one of the usual forms, null where a cell is not.

    None where the column is in none of them. What is read here, `_parse_text` reads alike.
    """
    first = text.drop_nulls().head(20)
    if first.is_empty():
        return None
    if first.str.contains(EPOCH).all():
        number = pl.when(pl.lit(text).str.contains(EPOCH)).then(pl.lit(text))
        return pl.select(_epoch(number.cast(pl.Float64, strict=False))).to_series()
    for form, shape in QUICK_FORMS.items():
        if not first.str.contains(shape).all():
            continue
        shaped = pl.when(pl.lit(text).str.contains(shape)).then(pl.lit(text))
        read = pl.select(shaped.str.to_datetime(form, strict=False, time_unit="us")).to_series()
        if form.endswith("Z"):
            return read.dt.replace_time_zone("UTC")
        if read.dtype != pl.Datetime("us"):
            return read
        return None if options.tz is None else pl.select(_zoned(pl.lit(read), options)).to_series()
    return None


def _zoned(local: pl.Expr, options: ReadOptions, *, twice: str = "null") -> pl.Expr:
    if options.tz is None:
        return pl.lit(None, TIME)
    zoned = local.dt.replace_time_zone(options.tz, ambiguous=pl.lit(twice), non_existent="null")
    return zoned.dt.convert_time_zone("UTC")


def _epoch(number: pl.Expr) -> pl.Expr:
    """Epoch seconds, milliseconds or microseconds by magnitude (seconds reach 1e11 in 5138)."""
    scale = pl.when(number < 1e11).then(1e6).when(number < 1e14).then(1e3).otherwise(1.0)
    micros = (number * scale).round().cast(pl.Int64)
    epoch = pl.when(micros < EPOCH_ENDS).then(micros)
    return epoch.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _parse_text(cells: pl.Series, options: ReadOptions) -> pl.DataFrame:
    cell = pl.col("cell")
    text = _year_first(cell, options)
    frame = cells.to_frame("cell").with_columns(
        epoch=_epoch(pl.when(cell.str.contains(EPOCH)).then(cell.cast(pl.Float64, strict=False))),
        parts=text.str.extract_groups(PARTS),
        is_relative=pl.any_horizontal(cell.str.contains(f"(?i){p}") for p in RELATIVE),
        is_clocked=pl.any_horizontal(cell.str.contains(f"(?i){p}") for p in _clocked_forms()),
    )
    frame = frame.unnest("parts").with_columns(offset=_offset(pl.col("offset")))
    frame = frame.with_columns(local=_local())
    offset = (pl.col("offset").str.slice(0, 1) + pl.lit("1")).cast(pl.Int64, strict=False) * (
        pl.col("offset").str.slice(1, 2).cast(pl.Int64, strict=False) * 60
        + pl.col("offset").str.slice(3, 2).cast(pl.Int64, strict=False)
    )
    utc = pl.col("local").dt.replace_time_zone("UTC") - pl.duration(minutes=offset)
    values = (
        pl.when(pl.col("epoch").is_not_null()).then("epoch")
        .when("is_relative").then(_relative(cell, options.collected_at))
        .when(pl.col("offset").is_not_null()).then(utc)
        .otherwise(_zoned(pl.col("local"), options))
    )  # fmt: skip
    latest = _latest(options)
    late = pl.col("is_clocked") & (values > latest) if latest is not None else pl.lit(value=False)
    parsed = frame.with_columns(value=pl.when(~late).then(values).cast(TIME))
    return parsed.select("value", precision=_precision(), problem=_problem(options))


def _clocked_forms() -> list[str]:
    return [*(f"^(?:{words}){AT_CLOCK}" for words in CLOCKED), NO_YEAR_DATE]


def _latest(options: ReadOptions) -> datetime | None:
    """What a time told without its date must not lie after: a day past the collection."""
    return None if options.collected_at is None else options.collected_at + timedelta(days=1)


def _year_first(cell: pl.Expr, options: ReadOptions) -> pl.Expr:
    """The text with year, month and day in this order, where it says them in another or not."""
    text = cell
    for pattern, order in YEAR_FIRST.items():
        text = text.str.replace(pattern, order)
    if options.date_order in DAY_FIRST:
        text = text.str.replace(SLASHED, DAY_FIRST[options.date_order])
    if options.collected_at is not None and options.tz is not None:
        today = options.collected_at.astimezone(ZoneInfo(options.tz)).date()
        for words, days in CLOCKED.items():
            day = today - timedelta(days=days)
            text = text.str.replace(f"(?i)^(?:{words}){AT_CLOCK}", f"{day} $1")
        text = text.str.replace(NO_YEAR_DATE, f"{today.year}-$1-$2")
    return text.str.replace_many(MONTH_NUMBERS)


def _offset(word: pl.Expr) -> pl.Expr:
    """The offset as +hhmm; a word for a zone that is none of RFC 2822's stays as it is."""
    digits = word.str.replace(":", "", literal=True).str.pad_end(5, "0")
    return pl.when(word.str.contains(r"^[+-]")).then(digits).otherwise(word.replace(ZONE_WORDS))


def _local() -> pl.Expr:
    """The wall-clock time of the parts, null where it is none."""
    hour, half = pl.col("hour").cast(pl.Int64), pl.col("half").str.to_lowercase()
    noon = pl.when(half.str.starts_with("p")).then(12).otherwise(0)
    twelve = pl.when(hour.is_between(1, 12)).then(hour % 12 + noon)
    clock = pl.when(half.is_null()).then(hour).otherwise(twelve)
    has_clock = pl.col("hour").is_not_null()
    hours = pl.when(has_clock).then(clock).otherwise(0).cast(pl.String).str.zfill(2)
    month, day = pl.col("month").str.zfill(2), pl.col("day").str.zfill(2)
    text = pl.format(
        "{}-{}-{}T{}:{}:{}.{}", "year", month, day, hours, pl.col("minute").fill_null("00"),
        pl.col("second").fill_null("00"), pl.col("part").str.slice(0, 6).fill_null("0"),
    )  # fmt: skip
    return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")


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
    relative = [
        pl.when(pl.col("cell").str.contains(f"(?i){pattern}")).then(pl.lit(precision))
        for pattern, (_, precision) in RELATIVE.items()
    ]
    return (
        pl.when(pl.col("value").is_null()).then(pl.lit("unknown"))
        .when("is_relative").then(pl.coalesce(relative))
        .when(pl.col("epoch").is_not_null() | pl.col("second").is_not_null()).then(pl.lit("second"))
        .when(pl.col("hour").is_not_null()).then(pl.lit("minute"))
        .otherwise(pl.lit("day"))
    )  # fmt: skip


def _problem(options: ReadOptions) -> pl.Expr:
    has_local, no_zone = pl.col("local").is_not_null(), pl.lit(options.tz is None)
    is_clocked, not_collected = pl.col("is_clocked"), pl.lit(options.collected_at is None)
    twice = _zoned(pl.col("local"), options, twice="earliest").is_not_null()
    two_orders = pl.col("cell").str.contains(SLASHED) & pl.lit(options.date_order is None)
    reasons = [
        pl.when("is_relative").then(pl.lit(RELATIVE_WORDS)),
        pl.when(is_clocked & not_collected).then(pl.lit(RELATIVE_WORDS)),
        pl.when(is_clocked & no_zone).then(pl.lit(NO_ZONE)),
        pl.when(two_orders).then(pl.lit(TWO_ORDERS)),
        pl.when(has_local & pl.col("offset").str.contains(r"^[A-Z]")).then(pl.lit(SHARED)),
        pl.when(has_local & no_zone).then(pl.lit(NO_ZONE)),
        pl.when(has_local & is_clocked).then(pl.lit(NO_YEAR)),
        pl.when(has_local & twice).then(pl.lit(TWICE)),
        pl.when(has_local).then(pl.lit(SKIPPED)),
        pl.lit(UNREAD),
    ]
    unread = pl.col("cell").is_not_null() & pl.col("value").is_null()
    return pl.when(unread).then(pl.coalesce(reasons))
