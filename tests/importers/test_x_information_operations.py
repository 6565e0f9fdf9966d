# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns and habits: the readme that X released with its archives (31 columns, minutes, hashes).

How lists, counts and hashes look in released files was read off tests of public readers of them.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.x_information_operations import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "x_information_operations_hashed.csv"
with SAMPLE.open(encoding="utf-8") as handle:
    ROWS = list(csv.DictReader(handle))


def read(tmp_path, *rows, **said):
    path = tmp_path / "archive.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def test_the_sample_has_the_31_columns():
    assert len(ROWS[0]) == 31


def test_times_are_utc_to_the_minute_in_whatever_zone_the_person_works(tmp_path):
    for zone in (None, "Asia/Shanghai"):
        [post] = read(tmp_path, ROWS[2], tz=zone).tables["posts"].to_dicts()
        assert post["created_at"] == datetime(2026, 3, 10, 1, 3, tzinfo=UTC)
        assert post["time_precision"] == "minute"
        assert post["id_time"] == datetime(2026, 3, 10, 1, 3, 20, tzinfo=UTC)


def test_a_hashed_account_has_no_name_and_its_posts_no_address():
    [batch] = IMPORTER.read(SAMPLE, ReadOptions())
    account = batch.extras["accounts"].row(0, named=True)
    assert (account["handle"], account["display_name"]) == (None, None)
    assert account["followers_count"] == 250000
    assert account["created_at"] == datetime(2012, 5, 1, tzinfo=UTC)
    assert batch.tables["posts"]["url"].null_count() == 8


def test_an_account_with_many_followers_keeps_its_name(tmp_path):
    named = {"userid": "1001", "user_screen_name": "southbank_daily"}
    [post] = read(tmp_path, {**ROWS[0], **named}).tables["posts"].to_dicts()
    assert post["url"] == "https://x.com/southbank_daily/status/1807990077649846272"


@pytest.mark.parametrize(
    ("cell", "urls"),
    [
        ("['https://a.example/x,y', 'https://b.example']", ["https://a.example/x,y", "https://b.example"]),
        ("[https://a.example/x,y, https://b.example]", ["https://a.example/x,y", "https://b.example"]),
        ("https://a.example", ["https://a.example"]),
        ("[]", []),
        ("absent", []),
        ("", []),
    ],
)  # fmt: skip
def test_lists_are_read_with_quotes_and_without(cell, urls, tmp_path):
    [post] = read(tmp_path, {**ROWS[1], "urls": cell}).tables["posts"].to_dicts()
    assert post["urls"] == urls


def test_hashtags_are_read_with_quotes_and_without(tmp_path):
    for cell in ("['河洲大桥', '辟谣']", "[河洲大桥, 辟谣]"):
        [post] = read(tmp_path, {**ROWS[1], "hashtags": cell}).tables["posts"].to_dicts()
        assert post["hashtags"] == ["河洲大桥", "辟谣"]


def test_base64_and_hexadecimal_hashes_are_ids(tmp_path):
    for userid in ("ygQRwhQRrh1+6N7J6IMFnzWgqUGimWqg0KZptLpxDY=", f"{1001:064x}"):
        [post] = read(tmp_path, {**ROWS[0], "userid": userid}).tables["posts"].to_dicts()
        assert post["account_id"] == f"x:{userid}"


def test_targets_are_kept_unseen_where_their_author_is_told():
    [batch] = IMPORTER.read(SAMPLE, ReadOptions())
    unseen = batch.extras["posts"].select("post_id", "account_id", "is_seen").rows()
    assert unseen == [
        ("x:2031174026654646274", f"x:{1003:064x}", False),
        ("x:2031173187793846273", f"x:{1002:064x}", False),
    ]


def test_a_repost_whose_post_was_withheld_is_still_a_repost(tmp_path):
    gone = {"retweet_tweetid": "", "retweet_userid": "", "is_retweet": "True"}
    [post] = read(tmp_path, {**ROWS[3], **gone}).tables["posts"].to_dicts()
    assert (post["kind"], post["parent_id"]) == ("repost", None)


def test_the_accounts_of_an_archive_are_read_as_accounts(tmp_path):
    columns = (
        "userid", "user_display_name", "user_screen_name", "user_reported_location",
        "user_profile_description", "user_profile_url", "follower_count", "following_count",
        "account_creation_date", "account_language",
    )  # fmt: skip
    told = {**{c: ROWS[0][c] for c in columns}, "userid": "1001", "follower_count": "5000.0"}
    batch = read(tmp_path, told, {**told, "userid": "1.01421E+18"})
    [account] = batch.tables["accounts"].to_dicts()
    assert (account["account_id"], account["followers_count"]) == ("x:1001", 5000)
    assert batch.rejects.height == 1
    assert IMPORTER.suits(sampled(tmp_path / "archive.csv")) is not None


def test_month_first_dates_of_a_spreadsheet_are_not_guessed(tmp_path):
    batch = read(tmp_path, {**ROWS[0], "tweet_time": "3/7/2026 01:00"})
    [reason] = batch.rejects["reason"].to_list()
    assert "may be day-first or month-first; give --date-order DMY or MDY" in reason
    batch = read(tmp_path, {**ROWS[0], "tweet_time": "3/7/2026 01:00"}, date_order="MDY")
    assert batch.tables["posts"]["created_at"].to_list() == [datetime(2026, 3, 7, 1, tzinfo=UTC)]
