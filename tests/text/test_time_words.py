# SPDX-License-Identifier: GPL-3.0-or-later
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.text.time_words import (
    dates,
    names_earlier_date,
    outcomes,
    places,
    says_new,
    says_old,
    tolls,
)

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)


def of(says, text):
    return pl.select(says(pl.lit(text))).item()


@pytest.mark.parametrize(
    ("text", "is_earlier"),
    [
        ("2025年6月的一场暴雨", True),
        ("2026年的一场暴雨", False),
        ("6月10日，上游暴雨", True),
        ("3月4日，上游暴雨", False),
        ("3月7日开始施行", False),
        ("3月8日的暴雨", True),
        ("13月40日", False),
        ("电话12025年", False),
        ("2025-06-10 暴雨", True),
        ("上游暴雨", False),
    ],
)
def test_a_year_or_day_of_long_before_is_an_earlier_date(text, is_earlier):
    rows = pl.DataFrame({"text": [text]})
    earlier = names_earlier_date(pl.col("text"), pl.lit(AT), gap=timedelta(days=30))
    assert rows.select(earlier).item() is is_earlier


def test_a_day_of_the_last_weeks_is_no_earlier_date_at_a_turn_of_the_year():
    rows = pl.DataFrame({"text": ["12月28日的暴雨", "11月28日的暴雨"]})
    at = pl.lit(datetime(2026, 1, 4, tzinfo=UTC))
    earlier = names_earlier_date(pl.col("text"), at, gap=timedelta(days=30))
    assert rows.select(earlier)["text"].to_list() == [False, True]


def test_words_of_newness_and_of_old_times_are_told_apart():
    assert of(says_new, "【突发】大桥塌了")
    assert of(says_new, "ＢＲＥＡＫＩＮＧ: bridge down")
    assert not of(says_new, "大桥塌了")
    assert of(says_old, "那年今日：大桥塌了")
    assert of(says_old, "三年前的大桥")
    assert not of(says_old, "今年的大桥")


def test_what_makes_a_text_one_of_its_time_is_found():
    assert of(dates, "6月10日，暴雨")
    assert of(places, "临樾县暴雨")
    assert of(outcomes, "暂无人员伤亡")
    assert of(tolls, "12人受伤")
    assert not of(tolls, "加盐三克")
