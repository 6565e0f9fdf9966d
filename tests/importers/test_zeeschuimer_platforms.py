# SPDX-License-Identifier: GPL-3.0-or-later
"""Zeeschuimer on TikTok, Douyin, RedNote, Threads, Gab and Truth Social.

Field names: Zeeschuimer, modules/*.js, and 4CAT's map_item of each platform; share_info,
reply_to_author and text_fragments of Threads, aigcLabelType of TikTok and risk_infos of Douyin as
public records of the platforms' answers have them.
"""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers import (
    zeeschuimer_douyin,
    zeeschuimer_gab,
    zeeschuimer_rednote,
    zeeschuimer_threads,
    zeeschuimer_tiktok,
    zeeschuimer_truth,
    zeeschuimer_x,
)
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
IMPORTERS = {
    "tiktok": zeeschuimer_tiktok, "douyin": zeeschuimer_douyin, "rednote": zeeschuimer_rednote,
    "threads": zeeschuimer_threads, "gab": zeeschuimer_gab, "truth": zeeschuimer_truth,
    "x": zeeschuimer_x,
}  # fmt: skip
ITEMS = {
    name: [
        json.loads(line)
        for line in (SAMPLES / f"zeeschuimer_{name}.ndjson").read_text("utf-8").splitlines()
    ]
    for name in IMPORTERS
}
TIMES = {
    "p0": "2024-07-02 04:10:00", "p1": "2026-03-10 01:00:00", "p2": "2026-03-10 01:03:20",
    "p3": "2026-03-10 01:05:05", "p4": "2026-03-10 01:06:40", "p5": "2026-03-10 01:07:15",
    "p6": "2026-03-10 01:30:00", "p7": "2026-03-10 03:00:00",
}  # fmt: skip
BRIDGE, HZ1 = "https://southbank.example/2024/0702/bridge", "https://blog.example/hz1"
DEBUNK = "https://southbank.example/2026/0310/debunk"


def read(name, path):
    [batch] = IMPORTERS[name].IMPORTER.read(path, ReadOptions())
    return batch


def read_items(tmp_path, name, *items):
    path = tmp_path / f"{name}.ndjson"
    path.write_text("\n".join(json.dumps(each) for each in items), "utf-8")
    return read(name, path)


def item(name, number, **data):
    found = copy.deepcopy(ITEMS[name][number])
    found["data"].update(data)
    return found


def story(name):
    """Each post by its key in the story: account, kind, key of its parent, links."""
    batch = read(name, SAMPLES / f"zeeschuimer_{name}.ndjson")
    assert batch.rejects.height == 0
    keys = {time: key for key, time in TIMES.items()}
    posts = batch.tables["posts"].to_dicts()
    key_of = {row["post_id"]: keys[f"{row['created_at']:%Y-%m-%d %H:%M:%S}"] for row in posts}
    return {
        key_of[row["post_id"]]: (
            row["account_id"].partition(":")[2], row["kind"], key_of.get(row["parent_id"]),
            row["urls"],
        )
        for row in posts
    }  # fmt: skip


def test_tiktok_gives_videos_a_duet_as_a_quote_and_a_comment_as_a_reply():
    assert story("tiktok") == {
        "p0": ("1001", "original", None, []),
        "p1": ("1002", "original", None, []),
        "p2": ("1003", "quote", "p1", []),
        "p4": ("1002", "original", None, []),
        "p5": ("1005", "original", None, []),
        "p6": ("1006", "reply", "p1", []),
        "p7": ("1001", "quote", "p1", []),
    }


@pytest.mark.parametrize(("name", "prefix"), [("douyin", ""), ("gab", "")])
def test_douyin_and_gab_give_posts_and_count_reposts_only(name, prefix):
    accounts = {"p0": "1001", "p1": "1002", "p2": "1003", "p4": "1002", "p5": "1005", "p7": "1001"}
    found = story(name)
    assert {key: row[0] for key, row in found.items()} == accounts
    assert {row[1:3] for row in found.values()} == {("original", None)}


def test_rednote_gives_notes_and_a_comment():
    found = story("rednote")
    assert {key: row[:3] for key, row in found.items()} == {
        "p0": ("5f1001", "original", None),
        "p1": ("5f1002", "original", None),
        "p2": ("5f1003", "original", None),
        "p4": ("5f1002", "original", None),
        "p5": ("5f1005", "original", None),
        "p6": ("5f1006", "reply", "p1"),
        "p7": ("5f1001", "original", None),
    }


@pytest.mark.parametrize(("name", "answered"), [("threads", None), ("truth", "p1")])
def test_threads_and_truth_social_give_reposts_quotes_and_links(name, answered):
    cited = {
        "threads": "https://www.threads.com/@city_express01/post/DSYNTH3aa",
        "truth": "https://truthsocial.com/@city_express01/posts/116202189946880067",
    }
    assert story(name) == {
        "p0": ("1001", "original", None, [BRIDGE]),
        "p1": ("1002", "original", None, [HZ1]),
        "p2": ("1003", "quote", "p1", []),
        "p3": ("1004", "repost", "p2", []),
        "p4": ("1002", "original", None, [cited[name]]),
        "p5": ("1005", "original", None, [HZ1]),
        "p6": ("1006", "reply", answered, []),
        "p7": ("1001", "quote", "p1", [DEBUNK]),
    }


@pytest.mark.parametrize("name", sorted(IMPORTERS))
def test_a_capture_is_known_by_its_platform_with_the_envelope_outside_and_inside(name, tmp_path):
    path = tmp_path / "4cat.ndjson"
    meta = [{k: v for k, v in each.items() if k != "data"} for each in ITEMS[name]]
    held = [{**each["data"], "__import_meta": m} for each, m in zip(ITEMS[name], meta, strict=True)]
    path.write_text("\n".join(map(json.dumps, held)), "utf-8")
    plain = SAMPLES / f"zeeschuimer_{name}.ndjson"
    for file in (path, plain):
        sample = sampled(file)
        told = [n for n, each in IMPORTERS.items() if each.IMPORTER.suits(sample) is not None]
        assert told == [name]
    assert read(name, path).tables["posts"].equals(read(name, plain).tables["posts"])


@pytest.mark.parametrize("name", sorted(IMPORTERS))
def test_every_post_says_when_it_was_collected(name):
    posts = read(name, SAMPLES / f"zeeschuimer_{name}.ndjson").tables["posts"]
    assert set(posts["collected_at"]) == {datetime(2026, 3, 11, tzinfo=UTC)}


@pytest.mark.parametrize("name", sorted(IMPORTERS))
def test_an_item_without_the_blocks_it_needs_is_refused_and_the_rest_is_read(name, tmp_path):
    empty = {**ITEMS[name][0], "data": {}}
    batch = read_items(tmp_path, name, empty, {"a": 1}, ITEMS[name][0])
    assert (batch.rows_read, batch.rejects.height) == (3, 2)
    assert batch.tables["posts"].height == 1


@pytest.mark.parametrize("name", ["tiktok", "douyin"])
def test_a_live_stream_is_no_post(name, tmp_path):
    live = {"tiktok": {"liveRoomInfo": {}}, "douyin": {"rawdata": "{}"}}[name]
    batch = read_items(tmp_path, name, item(name, 0, **live))
    assert batch.rejects["reason"].to_list() == ["a live stream, which is no post"]


def test_the_labels_of_tiktok_are_kept(tmp_path):
    marked = item(
        "tiktok", 0, aigcLabelType=1, isAd=True, maskType=3, warnInfo=[{"text": "unverified"}]
    )
    labels = read_items(tmp_path, "tiktok", marked).extras["labels"]
    assert labels["label"].to_list() == [
        "AI-generated, says its author",
        "advertisement",
        "sensitive",
        "unverified",
    ]


def test_a_video_from_a_page_has_its_author_as_a_handle(tmp_path):
    video = item("tiktok", 1, author="qingshi_news", nickname="青石快讯")
    known = item("tiktok", 1, author="qingshi_news", nickname="青石快讯", authorId="1002")
    posts = read_items(tmp_path, "tiktok", video, known).tables["posts"]
    assert posts["account_id"].to_list() == ["tiktok:@qingshi_news", "tiktok:1002"]


def test_an_answer_to_a_comment_answers_the_comment(tmp_path):
    comment = item("tiktok", 5, reply_id="7615433141334830000")
    [post] = read_items(tmp_path, "tiktok", comment).tables["posts"].to_dicts()
    assert post["parent_id"] == "tiktok:7615433141334830000"
    assert post["root_id"] == "tiktok:7615425410393702402"


def test_both_spellings_of_douyin_give_the_same_columns():
    batch = read("douyin", SAMPLES / "zeeschuimer_douyin.ndjson")
    posts = {row["source_line"]: row for row in batch.tables["posts"].to_dicts()}
    api, page = posts[1], posts[2]
    assert "aweme_id" in ITEMS["douyin"][0]["data"]
    assert "awemeId" in ITEMS["douyin"][1]["data"]
    assert api["hashtags"] == page["hashtags"] == ["河洲大桥"]
    assert page["url"] == "https://www.douyin.com/video/7615425410393702501"
    assert posts[3]["mentions"] == ["qingshi_news"]
    assert (api["declared_repost_count"], page["declared_repost_count"]) == (1, 12000)


def test_the_notice_of_douyin_that_a_video_may_be_made_by_ai_is_kept():
    labels = read("douyin", SAMPLES / "zeeschuimer_douyin.ndjson").extras["labels"]
    assert labels.select("subject_id", "label", "labelled_by").rows()[0] == (
        "douyin:7615425410393702501", "作品疑似使用AI生成技术，请谨慎甄别", "douyin",
    )  # fmt: skip


def test_certified_accounts_of_douyin_say_as_what():
    accounts = read("douyin", SAMPLES / "zeeschuimer_douyin.ndjson").extras["accounts"]
    first = accounts.row(0, named=True)
    assert (first["is_verified"], first["credential"]) == (True, "南岸日报官方账号")
    assert accounts.row(1, named=True)["is_verified"] is None


def test_an_author_number_that_lost_digits_is_not_an_id(tmp_path):
    author = {"sec_uid": "MS4wSYNTH", "nickname": "青石快讯"}
    rounded = item("douyin", 0, author=author, author_user_id=6752887346621023000)
    exact = item("douyin", 0, author={**author, "uid": "6752887346621023238"})
    posts = read_items(tmp_path, "douyin", rounded, exact).tables["posts"]
    assert posts["account_id"].to_list() == ["douyin:MS4wSYNTH", "douyin:6752887346621023238"]


def test_notes_of_rednote_have_hashtags_counts_and_an_address_that_works():
    posts = read("rednote", SAMPLES / "zeeschuimer_rednote.ndjson").tables["posts"].to_dicts()
    token = "?xsec_token=SYNTH="
    assert posts[1]["url"] == f"https://www.xiaohongshu.com/explore/69af6d100000000000000001{token}"
    assert posts[0]["hashtags"] == posts[1]["hashtags"] == ["河洲大桥"]
    assert (posts[0]["declared_repost_count"], posts[1]["declared_repost_count"]) == (1, 12000)


def test_a_note_from_a_search_page_has_no_time_and_stays(tmp_path):
    card = item("rednote", 0)
    card["data"]["note_card"].pop("time")
    [post] = read_items(tmp_path, "rednote", card).tables["posts"].to_dicts()
    assert (post["created_at"], post["time_precision"]) == (None, "unknown")


def test_a_note_read_from_html_has_only_a_title_and_a_name(tmp_path):
    tile = {"id": "69af6d100000000000000001", "url": "/explore/69af", "author_name": "青石快讯",
            "title": "大桥垮塌", "likes": "1.2万", "_zs-origin": "html"}  # fmt: skip
    stub = {"id": "69af6d100000000000000009", "cover": {}}
    told = [{**ITEMS["rednote"][0], "data": each} for each in (tile, stub)]
    batch = read_items(tmp_path, "rednote", *told)
    assert batch.tables["posts"].select("account_id", "text").rows() == [
        ("xiaohongshu:@青石快讯", "大桥垮塌")
    ]
    assert batch.rejects["reason"].to_list() == [
        "no id or no author: a picture of a note, not the note"
    ]


def test_comments_under_comments_come_along(tmp_path):
    below = {
        "id": "c2",
        "content": "是的",
        "create_time": 1773106260000,
        "user_info": {"user_id": "5f1003", "nickname": "河洲观察"},
        "target_comment": {"id": "c1"},
    }
    batch = read_items(tmp_path, "rednote", item("rednote", 5, id="c1", sub_comments=[below]))
    [post] = batch.extras["posts"].to_dicts()
    assert (post["post_id"], post["parent_id"]) == ("xiaohongshu:c2", "xiaohongshu:c1")
    assert post["root_id"] == "xiaohongshu:69af6d100000000000000001"


def test_links_of_threads_are_read_behind_its_redirect_and_in_the_text(tmp_path):
    found = item("threads", 1)
    info = found["data"]["text_post_app_info"]
    assert info["link_preview_attachment"]["url"].startswith("https://l.threads.com/?u=")
    info["text_fragments"]["fragments"].append({"link_fragment": {"uri": "https://b.example"}})
    [post] = read_items(tmp_path, "threads", found).tables["posts"].to_dicts()
    assert post["urls"] == [HZ1, "https://b.example"]


def test_a_preview_of_threads_without_redirect_is_the_address(tmp_path):
    found = item("threads", 1)
    found["data"]["text_post_app_info"]["link_preview_attachment"]["url"] = "https://a.example/?b=1"
    [post] = read_items(tmp_path, "threads", found).tables["posts"].to_dicts()
    assert post["urls"] == ["https://a.example/?b=1"]


def test_an_answer_on_threads_names_whom_it_answers_and_no_post():
    posts = read("threads", SAMPLES / "zeeschuimer_threads.ndjson").tables["posts"].to_dicts()
    answer = posts[6]
    assert (answer["kind"], answer["parent_id"], answer["mentions"]) == (
        "reply",
        None,
        ["qingshi_news"],
    )


def test_the_labels_of_threads_are_kept(tmp_path):
    labels = read_items(tmp_path, "threads", item("threads", 1, is_paid_partnership=True)).extras[
        "labels"
    ]
    assert labels["label"].to_list() == ["paid partnership", "AI info (self disclosure flow)"]


def test_short_and_long_keys_of_gab_give_the_same_columns():
    posts = read("gab", SAMPLES / "zeeschuimer_gab.ndjson").tables["posts"].to_dicts()
    short, long = posts[1], posts[4]
    assert "ca" in ITEMS["gab"][1]["data"]
    assert "created_at" in ITEMS["gab"][4]["data"]
    assert short["hashtags"] == long["hashtags"] == ["河洲大桥"]
    assert long["url"] == "https://gab.com/qingshl_news/posts/116202198466560005"


def test_the_name_of_an_empty_author_block_of_gab_is_in_the_address():
    accounts = read("gab", SAMPLES / "zeeschuimer_gab.ndjson").extras["accounts"].to_dicts()
    assert (accounts[4]["account_id"], accounts[4]["handle"]) == ("gab:1005", "qingshl_news")


def test_groups_of_gab_are_refused_and_users_are_accounts(tmp_path):
    group = {"type": "group", "id": "7", "account": {"title": "hezhou"}}
    told = {"username": "qingshi_news", "display_name": "青石快讯", "followers_count": 5400}
    user = {"type": "user", "id": "1002", "created_at": "2025-11-02T00:00:00Z", "account": told}
    told = [{**ITEMS["gab"][0], "data": each} for each in (group, user)]
    batch = read_items(tmp_path, "gab", *told)
    assert batch.rejects["reason"].to_list() == ["a group, which is no post"]
    [account] = batch.tables["accounts"].to_dicts()
    assert (account["account_id"], account["handle"]) == ("gab:1002", "qingshi_news")
    assert account["created_at"] == datetime(2025, 11, 2, tzinfo=UTC)


def test_reposted_quoted_and_answered_posts_of_truth_social_come_along():
    batch = read("truth", SAMPLES / "zeeschuimer_truth.ndjson")
    seen = batch.extras["posts"].select("account_id", "is_seen", "source_line").rows()
    assert seen == [
        ("truthsocial:1002", True, 3),
        ("truthsocial:1003", True, 4),
        ("truthsocial:1002", True, 7),
        ("truthsocial:1002", True, 8),
    ]


def test_a_quote_of_truth_social_whose_post_is_gone_keeps_its_id(tmp_path):
    gone = item("truth", 2, quote=None)
    [post] = read_items(tmp_path, "truth", gone).tables["posts"].to_dicts()
    assert (post["kind"], post["parent_id"]) == ("quote", "truthsocial:116202169958400065")


def test_an_answer_whose_post_did_not_come_along_keeps_it_unseen(tmp_path):
    batch = read_items(tmp_path, "truth", item("truth", 6, in_reply_to=None))
    assert batch.tables["posts"]["parent_id"].to_list() == ["truthsocial:116202169958400065"]
    assert batch.extras["posts"].select("account_id", "is_seen").rows() == [
        ("truthsocial:1002", False)
    ]


def test_the_first_post_of_a_conversation_is_found_through_nested_answers(tmp_path):
    first = ITEMS["truth"][0]["data"]
    middle = {**ITEMS["truth"][1]["data"], "in_reply_to": first}
    [post] = (
        read_items(tmp_path, "truth", item("truth", 6, in_reply_to=middle))
        .tables["posts"]
        .to_dicts()
    )
    assert post["root_id"] == "truthsocial:112714933862400064"


def test_text_in_html_and_plain_text_are_both_text(tmp_path):
    html = item("truth", 1, content="<p>a &amp; b</p><p>c</p>")
    plain = item("truth", 1, content="a < b & c")
    posts = read_items(tmp_path, "truth", html, plain).tables["posts"]
    assert posts["text"].to_list() == ["a & b\nc", "a < b & c"]
