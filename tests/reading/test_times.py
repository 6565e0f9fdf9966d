# SPDX-License-Identifier: GPL-3.0-or-later
"""Times are read as written; what could be read two ways is not read at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


IN_MARCH = ReadOptions(tz="Asia/Shanghai", collected_at=AT)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("Tue Mar 10 01:00:00 +0000 2026", "second"),
        ("Tue, 10 Mar 2026 01:00:00 +0000", "second"),
        ("10 Mar 2026 01:00 GMT", "minute"),
        ("Mon, 09 Mar 2026 21:00:00 EDT", "second"),
        ("2026-03-10 01:00:00 UTC", "second"),
        ("2026-03-10 01:00:00+00", "second"),
        ("2026-03-10 09:00:00.123456789+08:00", "second"),
        ("Tue Mar 10 2026 09:00:00 GMT+0800 (China Standard Time)", "second"),
    ],
)
def test_times_of_mail_of_x_and_of_scripts_say_their_offset(text, precision):
    value, told, problem = read(text)
    assert (value.replace(microsecond=0), told, problem) == (NINE, precision, None)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2026年3月10日 09:00", "minute"),
        ("2026年3月10日09:00:00", "second"),
        ("3月10日 09:00", "minute"),
        ("今天 09:00", "minute"),
        ("today at 9:00 AM", "minute"),
        ("Tue Mar 10 09:00:00 2026", "second"),
        ("March 10, 2026 9:00 AM", "minute"),
        ("10 March 2026, 09:00", "minute"),
        ("20260310090000", "second"),
        ("10-Mar-2026 09:00", "minute"),
    ],
)
def test_clocks_are_read_in_the_zone_and_words_for_days_from_the_collection(text, precision):
    assert read(text, IN_MARCH) == (NINE, precision, None)


def test_yesterday_is_the_day_before_the_collection_in_the_zone():
    late = datetime(2026, 3, 10, 17, tzinfo=UTC)  # the eleventh in Shanghai
    options = ReadOptions(tz="Asia/Shanghai", collected_at=late)
    assert read("昨天 09:00", options) == (NINE, "minute", None)
    assert read("前天 22:10", options)[0] == datetime(2026, 3, 9, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["今天 09:00", "昨天 22:10", "3月10日 09:00", "12月30日"])
def test_what_names_no_day_needs_the_collection_and_the_zone(text):
    assert read(text)[2] == "is relative; give --collected-at to read relative times"
    assert read(text, ReadOptions(collected_at=AT))[2] == (
        "has no time zone; give --tz, such as Asia/Shanghai"
    )


def test_a_date_without_year_that_would_lie_after_the_collection_is_not_read():
    assert read("12月30日", IN_MARCH)[2] == (
        "names no year, and in that of its collection it lies after it; write the year"
    )


def test_an_hour_that_came_twice_is_not_guessed():
    options = ReadOptions(tz="Europe/Berlin")
    twice = "came twice in the zone of --tz, whose clocks went back; write it with its offset"
    assert read("2026-10-25 02:30:00", options) == (None, "unknown", twice)
    cells = pl.Series(["2026-10-25 02:30:00"] * 30 + ["2026-10-25 04:30:00"])
    assert parse_times(cells, options)["problem"].to_list() == [twice] * 30 + [None]
    native = parse_times(cells.str.to_datetime(), options)
    assert native["problem"].to_list() == [twice] * 30 + [None]


@pytest.mark.parametrize("text", ["2026-03-10 09:00:00 CST", "Tue Mar 10 09:00:00 CST 2026"])
def test_letters_that_several_zones_share_are_not_guessed(text):
    assert read(text, IN_MARCH)[2] == (
        "names a zone by letters that several zones share; write it with its offset"
    )


@pytest.mark.parametrize("text", ["20260310", "46091.375", "99999999999", "9999999999999999"])
def test_serials_of_spreadsheets_and_numbers_beyond_2100_are_no_times(text):
    assert read(text, IN_MARCH)[0] is None


FORMS = [
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S+0800", "%Y-%m-%d %H:%M:%S",
    "%a %b %d %H:%M:%S +0000 %Y", "%s", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M", "soon", "",
]  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(1_001_894_400, 3_786_912_000), st.sampled_from(FORMS)),
        min_size=1, max_size=40,
    ),
    st.sampled_from(FORMS),
    st.sampled_from([None, "Europe/Berlin"]),
)  # fmt: skip
def test_a_cell_is_read_alike_whatever_the_others_are(moments, usual, zone):
    texts = [
        datetime.fromtimestamp(moment, UTC).strftime(form if n % 4 == 0 else usual)
        for n, (moment, form) in enumerate(moments)
    ]
    options = ReadOptions(tz=zone)
    together = parse_times(pl.Series(texts), options)
    alone = [parse_times(pl.Series([text]), options) for text in texts]
    assert together.equals(pl.concat(alone))
