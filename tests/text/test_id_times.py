# SPDX-License-Identifier: GPL-3.0-or-later
import polars as pl
import pytest

from graphkit.text.id_times import id_times


@pytest.mark.parametrize(
    ("post_id", "time"),
    [
        ("weibo:3489035978933121", "2012-09-11 03:34:23+00:00"),
        ("weibo:yBmepBtUB", "2012-09-11 03:34:23+00:00"),
        ("weiju:5271930629428128", "2026-03-02 00:01:12+00:00"),
        ("x:1898990000000000000", "2025-03-10 06:51:12.185000+00:00"),
        ("weibo:11151379535", None),
        ("weibo:2111105031607336", None),
        ("weibo:123456789", None),
        ("x:20", None),
        ("x:99999999999999999999999", None),
        ("reddit:1898990000000000000", None),
        ("1898990000000000000", None),
        (None, None),
    ],
)
def test_an_id_that_carries_a_time_gives_it_and_any_other_gives_none(post_id, time):
    found = id_times(pl.Series([post_id], dtype=pl.String)).item()
    assert (None if found is None else str(found)) == time


def test_ids_of_real_posts_since_2012_are_right_to_a_minute(shared):
    path = shared / "data" / "cascades" / "weibo_ma2016" / "trees.parquet"
    posts = pl.read_parquet(path, columns=["mid", "t"]).filter(pl.col("t") >= 1_325_376_000)
    ids = posts.select(pl.format("weibo:{}", "mid")).to_series()
    error = (id_times(ids).dt.epoch("s") - posts["t"]).abs()
    assert posts.height > 1_000_000
    assert error.null_count() == 0
    assert (error > 60).sum() == 1
