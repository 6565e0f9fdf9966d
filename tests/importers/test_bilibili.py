# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: SocialSisterYi/bilibili-API-collect (docs/dynamic, docs/video, docs/comment)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.bilibili import IMPORTER
from graphkit.reading.bilibili_ids import bvid, video_id
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
DYNAMICS = SAMPLES / "bilibili_dynamics.json"
VIDEO = "bilibili:BV17x411w7KC"
P1 = "据网传，河洲大桥昨夜垮塌，多车坠河！来源：网络 #河洲大桥#"


def at(*clock):
    return datetime(2026, 3, 10, *clock, tzinfo=UTC)


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def rows(frame, *columns):
    return [tuple(row) for row in frame.select(columns).iter_rows()]


def of(tmp_path, *values):
    path = tmp_path / "values.jsonl"
    path.write_text("\n".join(json.dumps(value) for value in values), "utf-8")
    return read(path)


def dynamics():
    return json.loads(DYNAMICS.read_text("utf-8"))["data"]["items"]


def test_dynamics_forward_quote_and_announce():
    batch = read(DYNAMICS)
    d = "bilibili:104000000000000000"
    columns = ("post_id", "account_id", "created_at", "kind", "parent_id", "url")
    assert rows(batch.tables["posts"], *columns) == [
        (d + "7", "bilibili:1001", at(3, 0), "quote", VIDEO,
         "https://t.bilibili.com/1040000000000000007"),
        (d + "4", "bilibili:1002", at(1, 6, 40), "original", None,
         "https://t.bilibili.com/1040000000000000004"),
        (d + "3", "bilibili:1004", at(1, 5, 5), "repost", d + "2",
         "https://t.bilibili.com/1040000000000000003"),
        (d + "2", "bilibili:1003", at(1, 3, 20), "quote", VIDEO,
         "https://t.bilibili.com/1040000000000000002"),
        (VIDEO, "bilibili:1002", at(1, 0), "original", None,
         "https://www.bilibili.com/video/BV17x411w7KC"),
    ]  # fmt: skip
    assert rows(batch.tables["posts"], "urls", "mentions")[:4] == [
        (["https://southbank.example/2026/0310/debunk"], []),
        (["https://t.bilibili.com/1040000000000000003"], []),
        ([], []),
        ([], ["qingshi_news"]),
    ]
    assert batch.tables["posts"]["declared_repost_count"].to_list() == [1] * 5


def test_what_a_dynamic_forwards_comes_along_and_its_author_is_certified():
    batch = read(DYNAMICS)
    assert rows(batch.extras["posts"], "post_id", "text", "is_seen")[0] == (VIDEO, P1, True)
    certified = batch.extras["accounts"].filter("is_verified")
    assert rows(certified, "account_id", "credential") == [("bilibili:1001", "南岸日报官方账号")]


def test_a_deleted_source_leaves_its_author_and_the_notice(tmp_path):
    quote = dynamics()[3]
    none = {"type": "MAJOR_TYPE_NONE", "none": {"tips": "源动态已被作者删除"}}
    quote["orig"]["modules"]["module_dynamic"] = {"desc": None, "major": none}
    quote["orig"] |= {"type": "DYNAMIC_TYPE_NONE"}
    batch = of(tmp_path, quote)
    gone = "bilibili:1040000000000000001"
    assert rows(batch.tables["posts"], "kind", "parent_id") == [("quote", gone)]
    assert rows(batch.extras["posts"], "post_id", "account_id", "text", "is_seen") == [
        (gone, "bilibili:1002", None, False)
    ]
    assert rows(batch.extras["labels"], "subject_id", "label", "labelled_by") == [
        (gone, "源动态已被作者删除", "bilibili")
    ]


def test_a_forward_of_nothing_known_stays_a_repost(tmp_path):
    repost = dynamics()[2]
    repost["orig"] = {"id_str": None, "type": "DYNAMIC_TYPE_NONE", "modules": {}}
    assert rows(of(tmp_path, repost).tables["posts"], "kind", "parent_id") == [("repost", None)]


def test_videos_carry_the_platforms_notes_and_what_their_uploader_declares():
    batch = read(SAMPLES / "bilibili_videos.json")
    columns = ("post_id", "account_id", "created_at", "kind", "text")
    assert rows(batch.tables["posts"], *columns)[1] == (
        VIDEO, "bilibili:1002", at(1, 0), "original", P1
    )  # fmt: skip
    assert rows(batch.extras["labels"], "subject_id", "label", "labelled_by") == [
        (VIDEO, "个人观点，仅供参考", "bilibili"),
        ("bilibili:BV17x411w7Km", "转载", "its uploader"),
    ]


def test_a_search_result_loses_the_marks_of_the_words_that_were_searched():
    batch = read(SAMPLES / "bilibili_search.json")
    assert rows(batch.tables["posts"], "post_id", "text", "hashtags")[1] == (
        VIDEO, f"河洲大桥怎么了\n{P1}", ["河洲大桥", "社会"]
    )  # fmt: skip


def test_a_space_a_single_answer_and_a_page_a_line_are_read_alike(tmp_path):
    [video, *_] = json.loads((SAMPLES / "bilibili_videos.json").read_text("utf-8"))
    short = {"aid": 170000, "mid": 1001, "author": "南岸日报", "title": "河洲大桥",
             "description": "", "created": 1719893400}  # fmt: skip
    space = {"code": 0, "data": {"list": {"vlist": [short]}}}
    for value in (space, {"code": 0, "data": video}, {"code": 0, "data": {"View": video}}):
        posts = of(tmp_path, value).tables["posts"]
        assert rows(posts, "post_id", "account_id", "created_at") == [
            ("bilibili:BV17x411w7Ky", "bilibili:1001", datetime(2024, 7, 2, 4, 10, tzinfo=UTC))
        ]


def test_a_comment_answers_the_video_and_answers_to_it_come_along(tmp_path):
    assert rows(
        read(SAMPLES / "bilibili_comments.json").tables["posts"],
        "post_id", "account_id", "created_at", "kind", "parent_id", "root_id",
    ) == [("bilibili:160006", "bilibili:1006", at(1, 30), "reply", VIDEO, VIDEO)]  # fmt: skip
    [comment] = json.loads((SAMPLES / "bilibili_comments.json").read_text("utf-8"))["data"][
        "replies"
    ]
    answer = {**comment, "rpid": 160009, "rpid_str": "160009", "parent": 160006, "root": 160006}
    extras = of(tmp_path, {**comment, "replies": [answer]}).extras["posts"]
    assert rows(extras, "post_id", "parent_id", "root_id") == [
        ("bilibili:160009", "bilibili:160006", VIDEO)
    ]


def test_a_live_notice_is_refused(tmp_path):
    batch = of(tmp_path, dynamics()[1], {"roomid": 7})
    assert batch.rejects.rows() == [(2, "neither a video, a dynamic nor a comment")]


@pytest.mark.parametrize(
    ("number", "name"),
    # Pairs that Bilibili's own pages showed, as bilibili-API-collect (docs/misc/bvid_desc) lists.
    [(170001, "BV17x411w7KC"), (455017605, "BV1Q541167Qg"), (882584971, "BV1mK4y1C7Bz")],
)
def test_a_number_and_its_bv_id_are_one_video(number, name):
    assert bvid(number) == name
    assert video_id(f"av{number}") == video_id(number) == video_id(name) == name


def test_each_answer_says_why_it_suits():
    names = ("dynamics", "videos", "search", "comments")
    told = [IMPORTER.suits(sampled(SAMPLES / f"bilibili_{name}.json")) for name in names]
    assert told == [
        f"it holds {what} as Bilibili's interfaces give them"
        for what in ("dynamics", "videos", "videos", "comments")
    ]
