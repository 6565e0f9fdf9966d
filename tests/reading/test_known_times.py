# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of pages, reviews and archives: what can be told is told, and nothing is guessed."""

from __future__ import annotations

import pytest

from graphkit.reading.importer import ReadOptions
from graphkit.reading.known_times import known_time


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026-03-10T03:00:00.000Z", "2026-03-10T03:00:00+00:00"),
        ("2026-03-10T03:00:00.0000000Z", "2026-03-10T03:00:00+00:00"),
        ("20260310T030000Z", "2026-03-10T03:00:00+00:00"),
        ("2026-03-10T11:00+08:00", "2026-03-10T11:00+08:00"),
        ("2026-03-10 11:00:00 +0800", "2026-03-10T11:00:00+08:00"),
        ("Tue, 10 Mar 2026 03:00:00 GMT", "2026-03-10T03:00:00+00:00"),
        ("Tue, 10 Mar 2026 03:30:00 -0000", "2026-03-10T03:30:00+00:00"),
        (
            "Tue Mar 10 2026 12:00:00 GMT+0800 (China Standard Time)",
            "2026-03-10T12:00:00+08:00",
        ),
        ("1773111600", "1773111600"),
        (1773111600000, "1773111600000"),
    ],
)
def test_a_time_with_its_offset_is_told_as_it_is(written, told):
    assert known_time(written, ReadOptions()) == (told, None)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026年3月10日 9:05", "2026-03-10T09:05"),
        ("2026/3/10 09:05:01", "2026-03-10T09:05:01"),
        ("2026-03-10", "2026-03-10"),
        ("20260310", "2026-03-10"),
    ],
)
def test_a_wall_clock_time_needs_the_zone_and_keeps_its_precision(written, told):
    assert known_time(written, ReadOptions(tz="Asia/Shanghai")) == (told, None)
    told, why = known_time(written, ReadOptions())
    assert told is None
    assert why == f'"{written}" has no time zone; give --tz, such as Asia/Shanghai'


def test_day_first_and_month_first_are_not_guessed():
    told, why = known_time("03/04/2026", ReadOptions(tz="UTC"))
    assert told is None
    assert why == '"03/04/2026" may be day-first or month-first; give --date-order DMY or MDY'
    as_told = {
        order: known_time("03/04/2026", ReadOptions(tz="UTC", date_order=order))[0]
        for order in ("DMY", "MDY")
    }
    assert as_told == {"DMY": "2026-04-03", "MDY": "2026-03-04"}


@pytest.mark.parametrize(
    "written",
    ["yesterday", "2026-13-10", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "x" * 999],
)
def test_what_is_no_time_or_was_never_set_is_left_out_with_a_reason(written):
    told, why = known_time(written, ReadOptions())
    assert told is None
    assert why.endswith("cannot be read as a time")


@pytest.mark.parametrize("written", [None, "", "  "])
def test_nothing_has_no_time_and_no_reason(written):
    assert known_time(written, ReadOptions()) == (None, None)
