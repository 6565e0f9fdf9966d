# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: DIYgod/RSSHub (lib/routes/toutiao/types.ts) for feeds; forwarding posts as public
readers of the profile feed take them (comment_base, origin_thread)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from graphkit.importers.toutiao import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

FILE = Path(__file__).parent / "samples" / "toutiao_feed.json"


def at(*clock):
    return datetime(2026, 3, 10, *clock, tzinfo=UTC)


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def rows(frame, *columns):
    return [tuple(row) for row in frame.select(columns).iter_rows()]


def one(tmp_path, **values):
    item = json.loads(FILE.read_text("utf-8"))["data"][1]
    path = tmp_path / "items.jsonl"
    path.write_text(json.dumps({**item, **values}, ensure_ascii=False), "utf-8")
    return read(path)


def test_a_feed_gives_articles_and_the_source_of_what_is_passed_on():
    batch = read(FILE)
    t = "toutiao:761500000000000000"
    columns = ("post_id", "account_id", "created_at", "kind", "parent_id", "source_label")
    assert rows(batch.tables["posts"], *columns) == [
        (t + "0", "toutiao:1001", datetime(2024, 7, 2, 4, 10, tzinfo=UTC), "original", None, None),
        (t + "1", "toutiao:1002", at(1, 0), "original", None, None),
        (t + "2", "toutiao:1003", at(1, 3, 20), "quote", t + "1", None),
        (t + "4", "toutiao:1002", at(1, 6, 40), "original", None, None),
        (t + "5", "toutiao:1005", at(1, 7, 15), "original", None, None),
        (t + "7", "toutiao:1001", at(3, 0), "original", None, None),
    ]  # fmt: skip
    assert batch.tables["posts"]["url"][1] == (
        "https://www.toutiao.com/article/7615000000000000001/"
    )
    assert rows(batch.extras["posts"], "post_id", "account_id", "is_seen") == [
        (t + "1", "toutiao:1002", False)
    ]


def test_certificates_originals_and_advertisements_are_the_platforms_words():
    batch = read(FILE)
    certified = batch.extras["accounts"].filter("is_verified").unique("account_id")
    assert rows(certified, "account_id", "credential") == [("toutiao:1001", "南岸日报官方账号")]
    assert rows(batch.extras["labels"], "subject_id", "label", "labelled_by") == [
        ("toutiao:7615000000000000000", "原创", "toutiao"),
        ("toutiao:7615000000000000005", "广告", "toutiao"),
        ("toutiao:7615000000000000007", "原创", "toutiao"),
    ]


def test_an_id_whose_last_digits_were_rounded_off_is_read_from_the_address(tmp_path):
    batch = one(tmp_path, group_id=7615000000000000000, item_id=7615000000000000000, id=None)
    assert rows(batch.tables["posts"], "post_id") == [("toutiao:7615000000000000001",)]


def test_an_item_whose_id_lost_its_digits_everywhere_is_refused(tmp_path):
    rounded = {"group_id": 7615000000000000000, "item_id": None, "id": None}
    nowhere = {"article_url": "", "display_url": "", "share_url": ""}
    batch = one(tmp_path, **rounded, **nowhere)
    assert batch.rejects["reason"].to_list() == [
        "no id with all its digits, or nothing that names its account"
    ]


def test_the_json_text_inside_content_is_the_item(tmp_path):
    item = json.loads(FILE.read_text("utf-8"))["data"][1]
    path = tmp_path / "items.jsonl"
    path.write_text(json.dumps({"code": "", "content": json.dumps(item)}), "utf-8")
    assert IMPORTER.suits(sampled(path)) is not None
    assert rows(read(path).tables["posts"], "post_id") == [("toutiao:7615000000000000001",)]


def test_a_source_other_than_the_account_is_what_the_platform_calls_the_source(tmp_path):
    posts = one(tmp_path, source="河洲网").tables["posts"]
    assert rows(posts, "source_label") == [("河洲网",)]


def test_an_item_without_its_user_block_keeps_the_name_that_it_shows(tmp_path):
    batch = one(tmp_path, user_info=None)
    assert rows(batch.tables["posts"], "account_id") == [("toutiao:@青石快讯",)]


def test_a_table_of_items_has_wall_clock_of_its_platform(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text(
        "group_id,title,source,user_id,publish_time,article_url\n"
        "7615000000000000001,河洲大桥,青石快讯,1002,2026-03-10 09:00:00,\n",
        "utf-8",
    )
    assert IMPORTER.suits(sampled(path)) is not None
    columns = ("post_id", "account_id", "created_at", "text")
    assert rows(read(path).tables["posts"], *columns) == [
        ("toutiao:7615000000000000001", "toutiao:1002", at(1, 0), "河洲大桥")
    ]
