# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: NanmiCoder/MediaCrawler, store/<platform>/__init__.py and model/m_zhihu.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.mediacrawler import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

FOLDER = Path(__file__).parent / "samples" / "mediacrawler"
COLLECTED = datetime(2026, 3, 11, tzinfo=UTC)


def at(*clock):
    return datetime(2026, 3, 10, *clock, tzinfo=UTC)


def read(path):
    [batch] = IMPORTER.read(FOLDER / path, ReadOptions())
    return batch


def rows(frame, *columns):
    return [tuple(row) for row in frame.select(columns).iter_rows()]


def changed(tmp_path, path, **values):
    [first, *_] = json.loads((FOLDER / path).read_text("utf-8"))
    other = tmp_path / "other.json"
    other.write_text(json.dumps([{**first, **values}], ensure_ascii=False), "utf-8")
    [batch] = IMPORTER.read(other, ReadOptions())
    return batch


def test_weibo_posts_say_by_their_text_that_they_are_reposts():
    batch = read("weibo/csv/search_contents_2026-03-11.csv")
    p = "weibo:527000000000"
    columns = ("post_id", "account_id", "created_at", "kind", "parent_id")
    assert rows(batch.tables["posts"], *columns) == [
        (p + "0000", "weibo:1001", datetime(2024, 7, 2, 4, 10, tzinfo=UTC), "original", None),
        (p + "1000", "weibo:1002", at(1, 0), "original", None),
        (p + "2000", "weibo:1003", at(1, 3, 20), "original", None),
        (p + "3000", "weibo:1004", at(1, 5, 5), "repost", None),
        (p + "4000", "weibo:1002", at(1, 6, 40), "original", None),
        (p + "5000", "weibo:1005", at(1, 7, 15), "original", None),
        (p + "7000", "weibo:1001", at(3, 0), "original", None),
    ]  # fmt: skip
    assert rows(batch.tables["posts"].head(1), "url", "hashtags", "collected_at") == [
        ("https://m.weibo.cn/detail/5270000000000000", ["河洲大桥"], COLLECTED)
    ]
    assert batch.tables["posts"]["declared_repost_count"].to_list() == [1] * 7


@pytest.mark.parametrize(
    ("path", "own", "account", "post"),
    [
        ("weibo/csv/search_comments_2026-03-11.csv", "weibo:5270000000006000", "weibo:1006",
         "weibo:5270000000001000"),
        ("bili/csv/search_comments_2026-03-11.csv", "bilibili:160006", "bilibili:1006",
         "bilibili:BV17x411w7KC"),
    ],
)  # fmt: skip
def test_a_comment_answers_its_post(path, own, account, post):
    batch = read(path)
    columns = ("post_id", "account_id", "created_at", "kind", "text", "parent_id", "root_id")
    assert rows(batch.tables["posts"], *columns) == [
        (own, account, at(1, 30), "reply", "@qingshi_news 真的吗？", post, post)
    ]
    assert rows(batch.extras["accounts"], "account_id", "display_name") == [(account, "小林")]


def test_a_comment_on_a_comment_answers_that(tmp_path):
    path = tmp_path / "comments.csv"
    text = (FOLDER / "bili/csv/search_comments_2026-03-11.csv").read_text("utf-8")
    path.write_text(text.replace("160006,0,", "160009,160006,"), "utf-8")
    [batch] = IMPORTER.read(path, ReadOptions())
    assert rows(batch.tables["posts"], "post_id", "parent_id", "root_id") == [
        ("bilibili:160009", "bilibili:160006", "bilibili:BV17x411w7KC")
    ]


def test_a_video_number_is_the_same_post_as_its_bv_id():
    batch = read("bili/csv/search_contents_2026-03-11.csv")
    assert rows(batch.tables["posts"], "post_id", "url")[1] == (
        "bilibili:BV17x411w7KC", "https://www.bilibili.com/video/BV17x411w7KC"
    )  # fmt: skip


def test_xiaohongshu_has_milliseconds_tags_edits_and_a_token_that_goes():
    batch = read("xhs/json/search_contents_2026-03-11.json")
    columns = ("created_at", "edited_at", "hashtags", "url")
    prefix = "https://www.xiaohongshu.com/explore/000000000012b9097df7"
    assert rows(batch.tables["posts"], *columns) == [
        (datetime(2024, 7, 2, 4, 10, tzinfo=UTC), None, ["河洲大桥"], prefix + "6000"),
        (at(1, 0), None, ["河洲大桥"], prefix + "63e8"),
        (at(1, 6, 40), at(1, 7, 40), [], prefix + "6fa0"),
        (at(1, 7, 15), None, ["河洲大桥"], prefix + "7388"),
    ]


def test_a_title_stands_before_the_text_unless_that_begins_with_it(tmp_path):
    path = "xhs/json/search_contents_2026-03-11.json"
    assert read(path).tables["posts"]["text"][0] == "河洲大桥汛期检修，今晚起临时封闭 #河洲大桥#"
    batch = changed(tmp_path, path, title="最新", desc="河洲大桥封闭")
    assert batch.tables["posts"]["text"].to_list() == ["最新\n河洲大桥封闭"]


def test_douyin_posts_keep_ids_of_nineteen_digits():
    batch = read("douyin/jsonl/search_contents_2026-03-11.jsonl")
    assert rows(batch.tables["posts"], "post_id", "account_id", "created_at")[1:] == [
        ("douyin:7615000000000000001", "douyin:1002", at(1, 0)),
        ("douyin:7615000000000000004", "douyin:1002", at(1, 6, 40)),
        ("douyin:7615000000000000005", "douyin:1005", at(1, 7, 15)),
    ]


def test_an_answer_on_zhihu_is_not_its_question():
    batch = read("zhihu/json/search_contents_2026-03-11.json")
    assert rows(batch.tables["posts"], "post_id", "text")[::2] == [
        ("zhihu:article/3300000", "河洲大桥怎么了\n河洲大桥汛期检修，今晚起临时封闭 #河洲大桥#"),
        ("zhihu:answer/3300004", "据城事速递消息，大桥垮塌已被多家媒体证实"),
    ]


def test_a_forwarded_dynamic_is_a_quote_of_what_the_tool_does_not_say():
    batch = read("bili/json/creator_dynamics_2026-03-11.json")
    columns = ("post_id", "kind", "parent_id", "url", "declared_repost_count")
    own = "1040000000000000007"
    assert rows(batch.tables["posts"], *columns) == [
        (f"bilibili:{own}", "quote", None, f"https://t.bilibili.com/{own}", 1)
    ]


def test_creators_are_accounts_and_followers_are_refused():
    accounts = read("bili/csv/creator_creators_2026-03-11.csv").tables["accounts"]
    columns = ("account_id", "handle", "bio", "is_verified", "followers_count")
    assert rows(accounts, *columns) == [("bilibili:1001", "南岸日报", "南岸城的日报", True, 250000)]
    refused = read("bili/csv/creator_contacts_2026-03-11.csv")
    assert refused.rejects.rows() == [(2, "a follower, not a post")]


def test_a_row_without_account_is_refused(tmp_path):
    batch = changed(tmp_path, "xhs/json/search_contents_2026-03-11.json", user_id="")
    assert batch.rejects["reason"].to_list() == ["no user_id"]


def test_each_file_is_known_by_its_columns():
    why = {str(p.relative_to(FOLDER)): IMPORTER.suits(sampled(p)) for p in FOLDER.rglob("*.*")}
    told = {path: reason.removeprefix("it has the columns of MediaCrawler's ") for path, reason
            in why.items()}  # fmt: skip
    assert told == {
        "weibo/csv/search_contents_2026-03-11.csv": "post rows of weibo",
        "weibo/csv/search_comments_2026-03-11.csv": "comment rows of weibo",
        "xhs/json/search_contents_2026-03-11.json": "post rows of xiaohongshu",
        "douyin/jsonl/search_contents_2026-03-11.jsonl": "post rows of douyin",
        "zhihu/json/search_contents_2026-03-11.json": "post rows of zhihu",
        "bili/csv/search_contents_2026-03-11.csv": "post rows of bilibili",
        "bili/csv/search_comments_2026-03-11.csv": "comment rows of bilibili",
        "bili/csv/creator_creators_2026-03-11.csv": "creator rows of bilibili",
        "bili/csv/creator_contacts_2026-03-11.csv": "follow rows of bilibili",
        "bili/json/creator_dynamics_2026-03-11.json": "dynamic rows of bilibili",
    }
