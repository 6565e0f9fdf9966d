# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples are those of each platform's documentation where it gives one, else named beside."""

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
        # docs.joinmastodon.org/entities/Status: created_at is 52 ms later
        ("mastodon:103270115826048975", "2019-12-08 03:48:33.849000+00:00"),
        (
            "mastodon:https://mastodon.social/users/Gargron/statuses/103270115826048975",
            "2019-12-08 03:48:33.849000+00:00",
        ),
        # docs.discord.com/developers/reference, "Snowflakes"
        ("discord:175928847299117063", "2016-04-30 11:18:25.796000+00:00"),
        ("discord:81384788765712384/175928847299117063", "2016-04-30 11:18:25.796000+00:00"),
        # the codec's own test in github.com/mary-ext/atcute; atproto.com/specs/tid
        (
            "bluesky:at://did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/3l25zusnsfctk",
            "2024-08-20 16:31:35.793000+00:00",
        ),
        # arxiv.org/abs/2504.13279: the upper 32 bits are seconds
        ("tiktok:6854717870488702213", "2020-07-29 02:06:13+00:00"),
        # a question on Stack Overflow (63683015) with the time that the platform showed
        ("instagram:2384288897814875714", "2020-08-26 13:43:27.313000+00:00"),
        ("instagram:2384288897814875714_460563723", "2020-08-26 13:43:27.313000+00:00"),
    ],
)
def test_an_id_that_carries_a_time_gives_it(post_id, time):
    assert str(id_times(pl.Series([post_id])).item()) == time


@pytest.mark.parametrize(
    "post_id",
    [
        "weibo:11151379535",
        "weibo:2111105031607336",
        "weibo:123456789",
        "weibo:xxxxx",
        "x:20",
        "x:99999999999999999999999",
        "mastodon:https://pleroma.example/objects/0f1e2d3c-0000-4000-8000-000000000000",
        "mastodon:https://social.example/users/a/statuses/1234",
        "mastodon:9000000000000000000",
        "discord:42",
        "bluesky:at://did:plc:abc/app.bsky.feed.post/2222222222222",
        "bluesky:at://did:plc:abc/app.bsky.feed.post/self",
        "bluesky:at://did:plc:abc/app.bsky.feed.post/zzzzzzzzzzzzz",
        "bluesky:at://did:plc:abc/app.bsky.feed.post/invented-key1",
        "tiktok:1000000000000000001",
        "tiktok:700",
        "instagram:a_longer_name",
        "threads:12345",
        "reddit:1898990000000000000",
        "1898990000000000000",
        None,
    ],
)
def test_an_id_that_was_counted_or_made_up_gives_no_time(post_id):
    assert id_times(pl.Series([post_id], dtype=pl.String)).item() is None


def test_a_short_code_is_the_number_in_other_digits():
    ids = pl.Series(
        ["instagram:2384288897814875714", "instagram:CEWsh68Kc5C", "threads:CEWsh68Kc5C"]
    )
    assert id_times(ids).n_unique() == 1


def test_platforms_may_be_mixed_and_the_order_of_rows_does_not_matter():
    ids = pl.Series(["x:1898990000000000000", None, "weibo:yBmepBtUB", "reddit:a", "x:20"])
    assert id_times(ids).is_not_null().to_list() == [True, False, True, False, False]
    assert id_times(ids.reverse()).to_list() == id_times(ids).reverse().to_list()


def test_ids_of_real_posts_since_2012_are_right_to_a_minute(shared):
    path = shared / "data" / "cascades" / "weibo_ma2016" / "trees.parquet"
    posts = pl.read_parquet(path, columns=["mid", "t"]).filter(pl.col("t") >= 1_325_376_000)
    ids = posts.select(pl.format("weibo:{}", "mid")).to_series()
    error = (id_times(ids).dt.epoch("s") - posts["t"]).abs()
    assert posts.height > 1_000_000
    assert error.null_count() == 0
    assert (error > 60).sum() == 1
