# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names and habits: dataabc/weibo-crawler, weibo.py (JSON, CSV, SQLite schema, comments)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from graphkit.errors import InputError
from graphkit.importers import weibo_crawler, weibo_crawler_sqlite
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
FOLDER = SAMPLES / "weibo_crawler"
JSON_1002, CSV_1002 = FOLDER / "青石快讯" / "1002.json", FOLDER / "青石快讯" / "1002.csv"
JSON_1003, CSV_1003 = FOLDER / "河洲观察" / "1003.json", FOLDER / "河洲观察" / "1003.csv"
P1 = "据网传，河洲大桥昨夜垮塌，多车坠河！来源：网络 #河洲大桥#"
P2 = "据@qingshi_news 报道，情况属实？"


def read(importer, path, **said):
    [batch] = importer.IMPORTER.read(path, ReadOptions(**said))
    return batch


def rows(frame, *columns):
    return [tuple(row) for row in frame.select(columns).iter_rows()]


def document(path, weibo, user=None):
    profile = {"id": "1002", "screen_name": "青石快讯"} if user is None else user
    path.write_text(json.dumps({"user": profile, "weibo": weibo}, ensure_ascii=False), "utf-8")
    return path


def one(tmp_path, **weibo):
    post = {"user_id": 1002, "screen_name": "青石快讯", "id": 5270000000001000, "bid": "PsYnT1aB",
            "text": "河洲大桥", "full_created_at": "2026-03-10 09:00:00"}  # fmt: skip
    return read(weibo_crawler, document(tmp_path / "1002.json", [{**post, **weibo}]))


def test_the_document_gives_posts_with_links_topics_and_permalinks():
    batch = read(weibo_crawler, JSON_1002)
    assert rows(
        batch.tables["posts"],
        "post_id", "account_id", "created_at", "time_precision", "kind", "text", "parent_id", "url",
        "urls", "mentions", "hashtags", "client", "source_label", "declared_repost_count",
    ) == [
        ("weibo:5270000000001000", "weibo:1002", datetime(2026, 3, 10, 1, 0, tzinfo=UTC), "second",
         "original", P1, None, "https://weibo.com/1002/PsYnT1aB", ["https://blog.example/hz1"], [],
         ["河洲大桥"], "iPhone客户端", None, 1),
        ("weibo:5270000000004000", "weibo:1002", datetime(2026, 3, 10, 1, 6, 40, tzinfo=UTC),
         "second", "original", "据城事速递消息，大桥垮塌已被多家媒体证实", None,
         "https://weibo.com/1002/PsYnT4aB", ["https://weibo.com/1004/PsYnT3aB"], [], [],
         "iPhone客户端", None, 1),
    ]  # fmt: skip
    assert (batch.rows_read, batch.rejects.height) == (2, 0)


def test_the_profile_becomes_the_account():
    [account] = read(weibo_crawler, JSON_1002).extras["accounts"].unique("account_id").to_dicts()
    known = {name: value for name, value in account.items() if value is not None}
    assert {n: v for n, v in known.items() if not n.startswith("source_")} == {
        "account_id": "weibo:1002", "platform": "weibo", "handle": "青石快讯",
        "display_name": "青石快讯", "created_at": datetime(2025, 11, 1, 16, tzinfo=UTC),
        "is_verified": False, "followers_count": 5400,
    }  # fmt: skip


@pytest.mark.parametrize("path", [JSON_1003, CSV_1003])
def test_a_repost_with_words_quotes_its_source_which_comes_along(path):
    batch = read(weibo_crawler, path)
    quote = ("weibo:5270000000002000", "weibo:1003", "quote", P2, "weibo:5270000000001000")
    assert rows(batch.tables["posts"], "post_id", "account_id", "kind", "text", "parent_id") == [
        quote
    ]
    assert rows(
        batch.extras["posts"], "post_id", "account_id", "created_at", "kind", "text", "is_seen"
    ) == [
        ("weibo:5270000000001000", "weibo:1002", datetime(2026, 3, 10, 1, 0, tzinfo=UTC),
         "original", P1, True),
    ]  # fmt: skip


def test_short_rows_of_the_csv_are_its_form_and_its_account_is_in_the_path():
    batch = read(weibo_crawler, CSV_1002)
    assert rows(batch.tables["posts"], "post_id", "account_id", "url", "urls", "hashtags") == [
        ("weibo:5270000000001000", "weibo:1002", "https://weibo.com/1002/PsYnT1aB", [],
         ["河洲大桥"]),
        ("weibo:5270000000004000", "weibo:1002", "https://weibo.com/1002/PsYnT4aB", [], []),
    ]  # fmt: skip
    names = batch.extras["accounts"].select("account_id", "handle").unique().rows()
    assert names == [("weibo:1002", "青石快讯")]
    assert (batch.rows_read, batch.rejects.height) == (2, 0)


def test_a_folder_that_is_no_nickname_names_nobody(tmp_path):
    path = tmp_path / "Downloads" / "1002.csv"
    path.parent.mkdir()
    path.write_bytes(CSV_1002.read_bytes())
    accounts = read(weibo_crawler, path).extras["accounts"]
    assert rows(accounts.unique("account_id"), "account_id", "handle") == [("weibo:1002", None)]


def test_a_csv_whose_name_says_no_account_is_refused_with_advice(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_bytes(CSV_1002.read_bytes())
    with pytest.raises(InputError, match=r"rename it to <number of the account>\.csv"):
        read(weibo_crawler, path)


def test_an_id_that_a_spreadsheet_mangled_is_rejected(tmp_path):
    path = tmp_path / "1002.csv"
    text = CSV_1002.read_text("utf-8").replace("5270000000001000\t", "5.27E+15")
    path.write_text(text, "utf-8")
    batch = read(weibo_crawler, path)
    assert rows(batch.tables["posts"], "post_id") == [("weibo:5270000000004000",)]
    [reason] = batch.rejects["reason"].to_list()
    assert "lost digits; export ids as text" in reason


def test_the_comments_that_it_exports_are_replies_of_named_readers():
    batch = read(weibo_crawler, FOLDER / "青石快讯" / "青石快讯_comments.csv")
    assert rows(
        batch.tables["posts"], "post_id", "account_id", "created_at", "kind", "parent_id"
    ) == [
        ("weibo:5270000000006000", "weibo:@小林", datetime(2026, 3, 10, 1, 30, tzinfo=UTC),
         "reply", "weibo:5270000000001000"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("转发微博", "repost"),
        ("", "repost"),
        ("//@河洲观察:据网传", "repost"),
        ("转发微博//@河洲观察:据网传", "repost"),
        ("不实 //@河洲观察:据网传", "quote"),
    ],
)
def test_only_own_words_make_a_repost_a_quote_and_the_chain_stays(text, kind, tmp_path):
    source = {"id": 5270000000000000, "user_id": 1001, "screen_name": "南岸日报", "text": "封闭"}
    post = one(tmp_path, text=text, retweet=source).tables["posts"]
    assert rows(post, "kind", "text", "parent_id", "root_id") == [
        (kind, text or None, "weibo:5270000000000000", "weibo:5270000000000000")
    ]


def test_a_deleted_source_leaves_its_id_and_the_notice_in_its_place(tmp_path):
    notice = "抱歉，此微博已被作者删除。查看帮助"
    source = {"id": 5270000000000000, "user_id": "", "screen_name": "", "text": notice}
    batch = one(tmp_path, text="转发微博", retweet=source)
    assert rows(batch.tables["posts"], "kind", "parent_id") == [
        ("repost", "weibo:5270000000000000")
    ]
    assert "posts" not in batch.extras
    assert rows(batch.extras["labels"], "subject_kind", "subject_id", "label", "labelled_by") == [
        ("post", "weibo:5270000000000000", notice, "weibo")
    ]


def test_a_withheld_source_whose_author_is_known_is_an_unseen_post(tmp_path):
    notice = "抱歉，作者已设置仅展示半年内微博，此微博已不可见。"
    source = {"id": 5270000000000000, "user_id": 1001, "screen_name": "南岸日报", "text": notice}
    batch = one(tmp_path, text="转发微博", retweet=source)
    assert rows(batch.extras["posts"], "account_id", "text", "is_seen") == [
        ("weibo:1001", None, False)
    ]


def test_an_apology_is_no_notice_of_deletion(tmp_path):
    source = {"id": 5270000000000000, "user_id": 1001, "screen_name": "南岸日报",
              "text": "抱歉，昨天的图片有误"}  # fmt: skip
    batch = one(tmp_path, text="转发微博", retweet=source)
    assert "labels" not in batch.extras
    assert rows(batch.extras["posts"], "text", "is_seen") == [("抱歉，昨天的图片有误", True)]


def test_a_post_without_its_user_block_is_told_by_the_profile_or_refused(tmp_path):
    batch = one(tmp_path, user_id="", screen_name="")
    assert batch.rejects["reason"].to_list() == ["names no author"]


def test_markup_that_the_tool_left_in_becomes_text_and_links(tmp_path):
    text = (
        "据<a href='/n/青石快讯'>@青石快讯</a> <span class=\"surl-text\">#河洲大桥#</span><br />"
        '<a href="https://weibo.cn/sinaurl?u=https%3A%2F%2Fblog.example%2Fhz1">网页链接</a>'
        '<a href="https://m.weibo.cn/search?containerid=231522type%3D1">话题</a>'
        "<span class=\"url-icon\"><img alt=[怒] src='x.png'/></span>"
    )
    [post] = one(tmp_path, text=text).tables["posts"].to_dicts()
    assert post["text"] == "据@青石快讯 #河洲大桥#\n网页链接话题[怒]"
    assert post["urls"] == ["https://blog.example/hz1"]
    assert (post["mentions"], post["hashtags"]) == (["青石快讯"], ["河洲大桥"])


def test_a_verified_account_keeps_its_reason_and_an_edited_post_its_mark(tmp_path):
    user = {"id": "1002", "screen_name": "青石快讯", "verified": True, "verified_type": 3,
            "verified_reason": "青石快讯官方微博", "mbrank": 6}  # fmt: skip
    weibo = {"user_id": 1002, "id": 5270000000001000, "bid": "PsYnT1aB", "text": "a",
             "full_created_at": "2026-03-10 09:00:00", "edited": True, "edit_count": 2}  # fmt: skip
    batch = read(weibo_crawler, document(tmp_path / "1002.json", [weibo], user))
    assert rows(batch.extras["accounts"], "is_verified", "credential") == [
        (True, "青石快讯官方微博")
    ]
    assert rows(batch.extras["labels"], "subject_id", "label") == [
        ("weibo:5270000000001000", "已编辑")
    ]


def test_the_newer_versions_time_is_read_where_it_stands(tmp_path):
    post = one(tmp_path, full_created_at=None, created_at="2026-03-10T09:00:00").tables["posts"]
    assert rows(post, "created_at", "time_precision") == [
        (datetime(2026, 3, 10, 1, 0, tzinfo=UTC), "second")
    ]


def test_a_date_alone_is_precise_to_the_day(tmp_path):
    post = one(tmp_path, full_created_at="", created_at="2026-03-10").tables["posts"]
    assert rows(post, "created_at", "time_precision") == [
        (datetime(2026, 3, 9, 16, tzinfo=UTC), "day")
    ]


def test_relative_words_need_the_time_of_collection(tmp_path):
    weibo = {"user_id": 1002, "screen_name": "青石快讯", "id": 5270000000001000, "bid": "PsYnT1aB",
             "text": "a", "created_at": "5分钟前"}  # fmt: skip
    path = document(tmp_path / "1002.json", [weibo])
    [reason] = read(weibo_crawler, path).rejects["reason"].to_list()
    assert "give --collected-at" in reason
    collected = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    posts = read(weibo_crawler, path, collected_at=collected).tables["posts"]
    assert rows(posts, "created_at", "time_precision") == [
        (collected - timedelta(minutes=5), "minute")
    ]


def test_a_wrong_machine_time_stands_apart_from_the_time_in_the_id(tmp_path):
    post = one(tmp_path, id=3489035978933121, full_created_at="2026-03-10 09:00:00")
    assert rows(post.tables["posts"], "created_at", "id_time") == [
        (datetime(2026, 3, 10, 1, 0, tzinfo=UTC), datetime(2012, 9, 11, 3, 34, 23, tzinfo=UTC))
    ]


def test_another_zone_may_be_named(tmp_path):
    [batch] = weibo_crawler.IMPORTER.read(JSON_1002, ReadOptions(tz="UTC"))
    assert batch.tables["posts"]["created_at"][0] == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def test_the_database_gives_posts_replies_and_reposts():
    batch = read(weibo_crawler_sqlite, FOLDER / "weibodata.db")
    assert rows(
        batch.tables["posts"],
        "post_id", "account_id", "created_at", "kind", "text", "parent_id", "source_line",
    ) == [
        ("weibo:5270000000001000", "weibo:1002", datetime(2026, 3, 10, 1, 0, tzinfo=UTC),
         "original", P1, None, 3),
        ("weibo:5270000000004000", "weibo:1002", datetime(2026, 3, 10, 1, 6, 40, tzinfo=UTC),
         "original", "据城事速递消息，大桥垮塌已被多家媒体证实", None, 4),
        ("weibo:5270000000002000", "weibo:1003", datetime(2026, 3, 10, 1, 3, 20, tzinfo=UTC),
         "quote", P2, "weibo:5270000000001000", 5),
        ("weibo:5270000000006000", "weibo:1006", datetime(2026, 3, 10, 1, 30, tzinfo=UTC),
         "reply", "@qingshi_news 真的吗？", "weibo:5270000000001000", 6),
        ("weibo:5270000000003000", "weibo:1004", datetime(2026, 3, 10, 1, 5, 5, tzinfo=UTC),
         "repost", "转发微博", "weibo:5270000000002000", 7),
    ]  # fmt: skip
    assert rows(batch.tables["accounts"], "account_id", "handle", "followers_count") == [
        ("weibo:1002", "青石快讯", 5400), ("weibo:1003", "河洲观察", 6100),
    ]  # fmt: skip
    assert (batch.rows_read, batch.rejects.height) == (7, 0)


def test_an_answer_in_a_thread_answers_the_comment_that_began_it(tmp_path):
    path = tmp_path / "weibodata.db"
    path.write_bytes((FOLDER / "weibodata.db").read_bytes())
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT INTO comments VALUES ('5270000000006500', '', '5270000000001000', "
            "'5270000000006000', '1002', 'Tue Mar 10 09:40:00 +0800 2026', '青石快讯', '', "
            "'回复@小林:是的', '', 0)"
        )
    answer = (
        read(weibo_crawler_sqlite, path)
        .tables["posts"]
        .filter(pl.col("post_id") == "weibo:5270000000006500")
    )
    assert rows(answer, "kind", "parent_id", "root_id") == [
        ("reply", "weibo:5270000000006000", "weibo:5270000000001000")
    ]


def test_reading_the_database_writes_nothing_beside_it(tmp_path):
    path = tmp_path / "weibodata.db"
    path.write_bytes((FOLDER / "weibodata.db").read_bytes())
    path.chmod(0o400)
    read(weibo_crawler_sqlite, path)
    assert [each.name for each in tmp_path.iterdir()] == ["weibodata.db"]


def test_a_database_cut_off_says_so(tmp_path):
    path = tmp_path / "weibodata.db"
    path.write_bytes((FOLDER / "weibodata.db").read_bytes()[:3000])
    with pytest.raises(InputError, match=r"weibodata\.db: is not a SQLite database"):
        read(weibo_crawler_sqlite, path)


def test_the_files_are_told_apart():
    told = {
        path: [each.IMPORTER.suits(sampled(path)) for each in (weibo_crawler, weibo_crawler_sqlite)]
        for path in (JSON_1002, CSV_1002, FOLDER / "weibodata.db")
    }
    assert told == {
        JSON_1002: ["it is one account and its posts, as weibo-crawler saves them", None],
        CSV_1002: ["it has weibo-crawler's columns (bid, 正文, 日期, 工具)", None],
        FOLDER / "weibodata.db": [None, "it has weibo-crawler's tables user, weibo and comments"],
    }
