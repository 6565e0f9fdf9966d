# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of the Weibo hot-search list: one table, or a JSON file an hour or a day.

Three forms are read. The table (date, hour, order, band_rank, ...) and the hourly file of
lxw15337674/weibo-trending-hot-history (`api/YYYY-MM-DD/HH.json`, or date and hour in the file's
name) are snapshots: rank is the `band_rank` of the topic's address, position the place in the
file. A file whose path says no hour takes that in which its addresses were shown.

A daily file (justjavac's `raw/YYYY-MM-DD.json`, lxw's `summary.json`) is the union of a day: which
topics were listed at some time of it, with a rank of an hour that nobody wrote down. It goes into
a list of its own, `weibo-hot-search-daily`, dated to the start of the day (+08:00) and without
rank, position and heat, so that nobody counts hours or places in it.
"""

from __future__ import annotations

import itertools
import re
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl

from graphkit.errors import InputError
from graphkit.reading.columns import TRUTH, Draft
from graphkit.reading.importer import PROBLEMS, Batch, Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, Rows, records, sampled, table_rows
from graphkit.reading.values import count
from graphkit.tables import RANKINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.importer import ReadOptions, Sample

COLUMNS = ("date", "hour", "order", "band_rank", "c_type", "title", "hot", "ads")
OPTIONAL = ("category", "read_count", "discuss_count", "origin_count")
NUMBERS = ("hour", "order", "band_rank", "c_type", "hot", *OPTIONAL[1:])
PINNED = 51  # c_type of the one item that stands above the ranking
WEIBO_ZONE = "Asia/Shanghai"
OFFSET = timezone(timedelta(hours=8))
HOURLY, DAILY = "weibo-hot-search", "weibo-hot-search-daily"
DATE_AND_HOUR = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T_ -]?|/)(\d\d)(?!\d)")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
SHOWN = re.compile(r"\bdisplay_time=(\d{10})\b")


def _suits(sample: Sample) -> str | None:
    if set(sample.columns).issuperset(COLUMNS):
        return "it has the columns of the hourly Weibo hot-search list"
    first = sample.objects[0] if sample.objects else None
    if not isinstance(first, dict) or not {"title", "url"} <= set(first):
        return None
    if {"hot", "ads"} <= set(first):
        return "its topics have title, url, hot and ads, as in the hourly hot-search archive"
    fits = set(first) == {"title", "url"} and DATE.search(sample.name)
    is_search = "weibo" in str(first["url"]) and "q=" in str(first["url"])
    return "it has a day's topics of the Weibo hot-search list" if fits and is_search else None


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    sample = sampled(path)
    if sample.form not in {"json", "json-lines"} or set(COLUMNS) <= set(sample.columns):
        for rows in table_rows(path, options):
            yield _batch(rows, path=path, options=options)
        return
    daily = "summary" in sample.name or not any("hot" in each for each in _topics(sample))
    name, moment = DAILY if daily else HOURLY, _moment(sample, daily=daily)
    read = partial(_topic, list_id=name, at=moment, places=itertools.count(1))
    found = records(path, options)
    yield from record_batches(found, read, options=options, platform="weibo", zone=WEIBO_ZONE)


def _topics(sample: Sample) -> list[dict[str, Any]]:
    return [each for each in sample.objects if isinstance(each, dict)]


def _moment(sample: Sample, *, daily: bool) -> str:
    """The snapshot's hour or day, as its path says; its hour also as its addresses say."""
    place = f"{sample.path.parent.name}/{sample.name}"
    day, hour = DATE.search(place), DATE_AND_HOUR.search(place)
    shown = [SHOWN.search(unquote(str(each.get("url")))) for each in _topics(sample)]
    latest = max((int(found[1]) for found in shown if found), default=None)
    if daily and day:
        return day[0]
    if hour and not daily:
        return f"{hour[1]} {hour[2]}:00"
    if latest is not None and not daily:
        return f"{datetime.fromtimestamp(latest, OFFSET):%Y-%m-%d %H:00}"
    raise InputError(
        f"{sample.path.name}: says neither in its path nor in its addresses when the list was "
        f"read; name it as the archive does ({'2026-03-10' if daily else '2026-03-10/09'}.json)"
    )


def _topic(
    record: Record, *, list_id: str, at: str, places: Iterator[int]
) -> Iterator[Found | Refused]:
    topic, place = record.value, next(places)
    title = str(topic["title"]).strip().strip("#")
    if not title:
        yield Refused("no title")
        return
    row: dict[str, Any] = {"list_id": list_id, "snapshot_at": at, "topic": title}
    if list_id == HOURLY:
        row |= _placed(topic) | {"position": place}
    yield Found("rankings", row)


def _placed(topic: dict[str, Any]) -> dict[str, Any]:
    """Rank, heat and counts of a topic. A promoted one may stand in the list without a rank."""
    address = unquote(str(topic.get("url")))
    return {
        "rank": _in_address(address, "band_rank"),
        "is_pinned": _in_address(address, "c_type") == PINNED,
        "heat": count(topic.get("hot")),
        "is_promoted": topic.get("ads"),
        "category": str(topic.get("category", "")).strip(),
        "read_count": count(topic.get("readCount")),
        "discuss_count": count(topic.get("discussCount")),
        "origin_count": count(topic.get("origin")),
    }


def _in_address(address: str, name: str) -> int | None:
    found = re.search(rf"\b{name}=(\d+)", address)
    return None if found is None else int(found[1])


def _batch(rows: Rows, *, path: Path, options: ReadOptions) -> Batch:
    absent = [name for name in COLUMNS if name not in rows.columns]
    if absent:
        raise InputError(f"{path.name}: no column {', '.join(absent)} of the Weibo hot-search list")
    draft = _draft(rows, options)
    without = draft.frame["rank"].null_count()
    return Batch(
        rows_read=rows.rows_read,
        tables={"rankings": RANKINGS.conform(draft.frame.with_columns(source_id=pl.lit("")))},
        rejects=draft.rejects.sort("line"),
        warnings=draft.warnings,
        notes={"{n} rows have no band_rank": without} if without else {},
    )


def _draft(rows: Rows, options: ReadOptions) -> Draft:
    frame, bad = _numbers(rows.frame)
    day = pl.col("date").cast(pl.String).str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    hour = pl.when(pl.col("hour").is_between(0, 23)).then("hour")
    local = (day + pl.duration(hours=hour)).dt.replace_time_zone(
        WEIBO_ZONE if options.tz is None else options.tz, ambiguous="earliest", non_existent="null"
    )
    frame = frame.select(
        "source_line",
        "category",
        *OPTIONAL[1:],
        bad=bad,
        list_id=pl.lit(HOURLY),
        snapshot_at=local.dt.convert_time_zone("UTC"),
        topic=pl.col("title").cast(pl.String).str.strip_chars().str.strip_chars("#"),
        rank="band_rank",
        position="order",
        is_pinned=pl.col("c_type") == PINNED,
        heat="hot",
        is_promoted=_truth("ads"),
    )
    draft = Draft(frame, rows.rejects, pl.DataFrame(schema=PROBLEMS))
    not_number = pl.concat_str(pl.lit("not a number in column "), pl.col("bad"))
    draft = draft.rejecting(pl.col("bad").is_not_null(), not_number)
    draft = draft.rejecting(pl.col("snapshot_at").is_null(), pl.lit("no date or hour"))
    return draft.rejecting(pl.col("topic").fill_null("") == "", pl.lit("no title"))


def _numbers(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The rows with numbers (null where the file has no such column), and a column that has none.

    A text file has texts for numbers; one that is not a number is told by its column's name.
    """
    given = rows.with_columns(pl.lit(None).alias(n) for n in OPTIONAL if n not in rows.columns)
    numbers = {n: given[n].cast(pl.Int64, strict=False) for n in NUMBERS}
    bad = [
        pl.when(given[n].is_not_null() & number.is_null()).then(pl.lit(n))
        for n, number in numbers.items()
    ]
    return given.with_columns(**numbers), pl.select(bad=pl.coalesce(bad)).to_series()


def _truth(name: str) -> pl.Expr:
    told = pl.col(name).cast(pl.String).str.to_lowercase()
    return told.replace_strict(TRUTH, default=None, return_dtype=pl.Boolean)


IMPORTER = Importer(
    name="weibo-hot",
    title="Weibo hot search",
    summary="snapshots of the Weibo hot-search list: one table, or JSON by the hour or the day",
    needs=(", ".join(COLUMNS), "or [title, url, hot, ads]", "or [title, url]"),
    gives=("rankings",),
    order=10,
    suits=_suits,
    read=_read,
    zone=WEIBO_ZONE,
    path_parts=2,
)
