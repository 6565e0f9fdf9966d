# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names and habits: dataabc/weiboSpider, weibo_spider/writer and parser/page_parser.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.weibo_spider import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLES = Path(__file__).parent / "samples"
P1 = "据网传，河洲大桥昨夜垮塌，多车坠河！来源：网络 #河洲大桥#"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def rows(frame, *columns):
    return [tuple(row) for row in frame.select(columns).iter_rows()]


def one(tmp_path, **weibo):
    post = {"id": "yBmepBtUB", "content": "河洲大桥", "publish_time": "2026-03-10 09:00"}
    path = tmp_path / "1002.json"
    user = {"id": "1002", "nickname": "青石快讯", "verified_reason": "青石快讯官方微博"}
    path.write_text(json.dumps({"user": user, "weibo": [{**post, **weibo}]}), "utf-8")
    return read(path)


def test_the_csv_gives_numbers_for_its_ids_and_its_account_from_its_name():
    batch = read(SAMPLES / "weibo_spider_1002.csv")
    assert rows(
        batch.tables["posts"],
        "post_id", "account_id", "created_at", "time_precision", "kind", "text", "url", "urls",
        "hashtags", "client", "declared_repost_count",
    ) == [
        ("weibo:122661043112541", "weibo:1002", datetime(2026, 3, 10, 1, 0, tzinfo=UTC), "minute",
         "original", P1, "https://weibo.com/1002/PsYnT1aB", [], ["河洲大桥"], "iPhone客户端", 1),
        ("weibo:122661043124073", "weibo:1002", datetime(2026, 3, 10, 1, 6, tzinfo=UTC), "minute",
         "original", "据城事速递消息，大桥垮塌已被多家媒体证实",
         "https://weibo.com/1002/PsYnT4aB", [], [], "iPhone客户端", 1),
    ]  # fmt: skip


def test_a_repost_names_whom_it_reposts_and_keeps_the_text_as_it_is():
    batch = read(SAMPLES / "weibo_spider_1003.json")
    assert rows(
        batch.tables["posts"], "account_id", "kind", "parent_id", "source_label", "text"
    ) == [
        ("weibo:1003", "quote", None, "@青石快讯",
         f"转发理由:据@qingshi_news 报道，情况属实？\n原始用户: 青石快讯\n转发内容: {P1}"),
    ]  # fmt: skip
    assert rows(batch.extras["accounts"], "account_id", "handle", "bio", "followers_count") == [
        ("weibo:1003", "河洲观察", "河洲的事", 6100)
    ]


def test_the_short_id_is_the_same_post_as_its_number_and_carries_its_time(tmp_path):
    [post] = one(tmp_path).tables["posts"].to_dicts()
    assert post["post_id"] == "weibo:3489035978933121"
    assert post["id_time"] == datetime(2012, 9, 11, 3, 34, 23, tzinfo=UTC)
    assert post["url"] == "https://weibo.com/1002/yBmepBtUB"


@pytest.mark.parametrize(
    ("content", "kind", "label"),
    [
        ("转发理由:转发微博\n原始用户: 甲\n转发内容: 乙", "repost", "@甲"),
        ("转发理由:不实//@丙:真的？\n原始用户: 甲\n转发内容: 乙", "quote", "@甲"),
        ("转发理由:转发微博\n转发内容: 抱歉，此微博已被作者删除", "repost", None),
    ],
)
def test_own_words_make_a_quote_and_a_deleted_source_has_no_name(content, kind, label, tmp_path):
    posts = one(tmp_path, content=content, original=False).tables["posts"]
    assert rows(posts, "kind", "parent_id", "source_label") == [(kind, None, label)]


def test_a_certificate_makes_an_account_verified(tmp_path):
    accounts = one(tmp_path).extras["accounts"]
    assert rows(accounts, "is_verified", "credential") == [(True, "青石快讯官方微博")]


def test_an_id_that_is_none_is_refused(tmp_path):
    batch = one(tmp_path, id="?")
    assert batch.rejects["reason"].to_list() == [
        "no id, or no account; a CSV must be named <number of the account>.csv"
    ]
