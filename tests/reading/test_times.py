# SPDX-License-Identifier: GPL-3.0-or-later
"""Times are read as written; what could be read two ways is not read at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.reading.importer import ReadOptions
from graphkit.reading.times import parse_times

NINE = datetime(2026, 3, 10, 1, tzinfo=UTC)
AT = datetime(2026, 3, 10, 3, tzinfo=UTC)
IN_SHANGHAI = ReadOptions(tz="Asia/Shanghai")


def read(text, options=None):
    given = ReadOptions() if options is None else options
    [row] = parse_times(pl.Series([text], dtype=pl.String), given).to_dicts()
    return row["value"], row["precision"], row["problem"]


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("1773104400", "second"),
        ("1773104400.0", "second"),
        ("1773104400000", "second"),
        ("1773104400000000", "second"),
        ("2026-03-10T01:00:00Z", "second"),
        ("2026-03-10 01:00:00Z", "second"),
        ("2026-03-10T09:00:00+08:00", "second"),
        ("2026-03-10T09:00:00+0800", "second"),
        ("2026-03-10T09:00:00.000+08:00", "second"),
        ("2026-03-10T09:00+08:00", "minute"),
        (" 2026-03-10T01:00Z\t", "minute"),
    ],
)
def test_a_time_with_offset_or_an_epoch_needs_no_help(text, precision):
    assert read(text) == (NINE, precision, None)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2026-03-10 09:00:00", "second"),
        ("2026-03-10T09:00:00.000", "second"),
        ("2026-03-10 09:00", "minute"),
        ("2026/3/10 09:00", "minute"),
    ],
)
def test_a_time_without_offset_is_read_in_the_zone_that_was_given_and_else_refused(text, precision):
    assert read(text, IN_SHANGHAI) == (NINE, precision, None)
    assert read(text)[2] == "has no time zone; give --tz, such as Asia/Shanghai"


def test_a_date_alone_has_the_precision_of_a_day():
    midnight = datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert read("2026-03-10", IN_SHANGHAI) == (midnight, "day", None)


@pytest.mark.parametrize(("order", "month"), [("DMY", 3), ("MDY", 10)])
def test_day_and_month_are_ordered_as_the_person_says(order, month):
    options = ReadOptions(tz="UTC", date_order=order)
    day = 10 if month == 3 else 3
    wanted = datetime(2026, month, day, 9, tzinfo=UTC)
    assert read("10/03/2026 09:00", options) == (wanted, "minute", None)


def test_a_relative_time_counts_back_from_the_collection():
    options = ReadOptions(collected_at=AT)
    assert read("2小时前", options)[0] == NINE
    assert read("120 minutes ago", options) == (NINE, "minute", None)
    assert read("刚刚", options) == (AT, "minute", None)
    assert read("刚刚")[2] == "is relative; give --collected-at to read relative times"


@pytest.mark.parametrize("text", ["soon", "2026-13-40T00:00:00Z", "12345", "1.77e9"])
def test_what_is_not_a_time_is_a_problem(text):
    assert read(text, IN_SHANGHAI) == (
        None,
        "unknown",
        "cannot be read as a time; write ISO 8601 with an offset",
    )


def test_no_time_is_unknown_and_no_problem():
    assert read(None) == (None, "unknown", None)


def test_an_hour_that_a_zone_skips_is_not_read():
    options = ReadOptions(tz="Europe/Berlin")
    assert read("2026-03-29 02:30:00", options)[0] is None


def test_typed_times_and_numbers_are_taken_as_they_are():
    aware = parse_times(pl.Series([NINE]), ReadOptions())
    number = parse_times(pl.Series([1773104400]), ReadOptions())
    naive = pl.Series([datetime(2026, 3, 10, 9)])  # noqa: DTZ001  a wall-clock time is the point
    assert aware["value"].to_list() == [NINE]
    assert number["value"].to_list() == [NINE]
    assert parse_times(naive, IN_SHANGHAI)["value"].to_list() == [NINE]
    assert parse_times(naive, ReadOptions())["problem"].null_count() == 0


def test_a_relative_time_of_more_digits_than_can_be_meant_is_not_one_ago():
    at = datetime(2026, 3, 10, tzinfo=UTC)
    cells = pl.Series(["9" * 21 + " minutes ago", "5 minutes ago", "yesterday"])
    read = parse_times(cells, ReadOptions(collected_at=at))
    assert read["value"].to_list() == [None, at - timedelta(minutes=5), at - timedelta(days=1)]


def test_a_time_that_the_clocks_skipped_is_said_to_be_none():
    cells = pl.Series(["2026-03-08 02:30:00"])
    read = parse_times(cells, ReadOptions(tz="America/New_York"))
    assert read["problem"].to_list() == [
        "does not exist in the zone of --tz, whose clocks skipped it"
    ]
