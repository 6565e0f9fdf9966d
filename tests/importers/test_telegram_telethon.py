# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: Telegram's schema (message, messageFwdHeader, messageReplyHeader) as Telethon writes
it; 4CAT, datasources/telegram/search_telegram.py (serialize_obj, `_type`, `_sender`, `_chat`)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.telegram_telethon import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "telegram_telethon.jsonl"
CHANNEL = {"_": "PeerChannel", "channel_id": 1002}
USER = {"_": "PeerUser", "user_id": 1006}
AT = datetime(2026, 3, 10, 1, tzinfo=UTC)


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def message(**said):
    return {"_": "Message", "id": 7, "peer_id": CHANNEL, "date": "2026-03-10T01:00:00+00:00",
            "message": "x", "from_id": None, **said}  # fmt: skip


def read_messages(tmp_path, *messages):
    path = tmp_path / "messages.jsonl"
    path.write_text("\n".join(json.dumps(m, ensure_ascii=False) for m in messages), "utf-8")
    return read(path)


def post(tmp_path, **said):
    return read_messages(tmp_path, message(**said)).tables["posts"].row(0, named=True)


def test_the_messages_give_the_story_with_forwards_as_reposts_of_messages():
    posts = read(SAMPLE).tables["posts"]
    chats = [1001, 1002, 1003, 1004, 1002, 1005, 1006, 1001]
    ids = [f"telegram:{chat}/{number}" for number, chat in enumerate(chats, start=1)]
    assert posts["post_id"].to_list() == ids
    assert posts["account_id"].to_list() == [f"telegram:channel{chat}" for chat in chats]
    assert posts["kind"].to_list() == [
        "original", "original", "repost", "repost", "original", "original", "reply", "repost",
    ]  # fmt: skip
    p1, p2 = ids[1], ids[2]
    assert posts["parent_id"].to_list() == [None, None, p1, p2, None, None, p1, p1]
    assert posts["urls"][4].to_list() == ["https://t.me/city_express01/4"]
    assert posts["url"][1] == "https://t.me/c/1002/2"
    assert posts["created_at"][1] == AT


def test_a_forward_says_whose_the_message_was_and_when_it_was_written():
    unseen = read(SAMPLE).extras["posts"].filter(source_line=4).row(0, named=True)
    assert (unseen["post_id"], unseen["account_id"]) == ("telegram:1003/3", "telegram:channel1003")
    assert unseen["created_at"] == datetime(2026, 3, 10, 1, 3, 20, tzinfo=UTC)
    assert unseen["is_seen"] is False


def test_4cats_spelling_with_type_epochs_and_names_is_read(tmp_path):
    chat = {"_type": "Channel", "id": 1002, "username": "qingshi_news", "title": "青石快讯"}
    said = {"_type": "Message", "id": 2, "peer_id": {"_type": "PeerChannel", "channel_id": 1002},
            "date": 1773104400.0, "message": "x", "from_id": None, "_sender": chat,
            "_chat": chat}  # fmt: skip
    path = tmp_path / "telegram.ndjson"
    path.write_text(json.dumps(said), "utf-8")
    assert IMPORTER.suits(sampled(path)) is not None
    batch = read(path)
    told = batch.tables["posts"].row(0, named=True)
    assert (told["url"], told["created_at"]) == ("https://t.me/qingshi_news/2", AT)
    assert batch.extras["accounts"].select("account_id", "handle", "display_name").rows() == [
        ("telegram:channel1002", "qingshi_news", "青石快讯")
    ]


def test_a_message_in_a_group_is_its_senders_and_of_an_anonymous_admin_the_groups(tmp_path):
    assert post(tmp_path, from_id=USER)["account_id"] == "telegram:user1006"
    assert post(tmp_path, from_id=None)["account_id"] == "telegram:channel1002"
    assert post(tmp_path, from_id=1006)["account_id"] == "telegram:user1006"  # until 2020


def test_what_the_collector_wrote_in_a_private_chat_is_nobodys(tmp_path):
    batch = read_messages(tmp_path, message(peer_id=USER), message(peer_id=USER, out=True))
    assert batch.tables["posts"]["account_id"].to_list() == ["telegram:user1006"]
    assert batch.rejects["reason"].to_list() == ["does not say in which chat or whose it is"]


@pytest.mark.parametrize(
    ("header", "parent", "label"),
    [
        ({"from_id": CHANNEL, "channel_post": 2}, "telegram:1002/2", None),
        ({"channel_id": 1002, "channel_post": 2, "from_id": None}, "telegram:1002/2", None),
        ({"from_id": USER}, None, "user1006"),
        ({"from_id": None, "from_name": "小林"}, None, "小林"),
        ({"from_id": {**USER, "user": {"username": "lin_reader"}}}, None, "@lin_reader"),
        ({"from_id": USER, "saved_from_peer": CHANNEL, "saved_from_msg_id": 9}, "telegram:1002/9",
         None),
    ],
)  # fmt: skip
def test_a_forward_names_a_message_or_an_account_or_only_a_name(tmp_path, header, parent, label):
    told = post(tmp_path, fwd_from={"date": "2026-03-09T00:00:00+00:00", **header})
    assert (told["kind"], told["parent_id"], told["source_label"]) == ("repost", parent, label)


def test_in_a_forum_each_message_answers_its_topic_and_that_is_no_answer(tmp_path):
    topic = post(tmp_path, reply_to={"reply_to_msg_id": 3, "forum_topic": True})
    assert (topic["kind"], topic["parent_id"], topic["root_id"]) == (
        "original", None, "telegram:1002/3",
    )  # fmt: skip
    answer = {"reply_to_msg_id": 5, "reply_to_top_id": 3, "forum_topic": True}
    told = post(tmp_path, reply_to=answer)
    assert (told["kind"], told["parent_id"], told["root_id"]) == (
        "reply", "telegram:1002/5", "telegram:1002/3",
    )  # fmt: skip


def test_an_answer_may_be_to_a_message_of_another_chat_or_in_the_old_place(tmp_path):
    there = {"reply_to_msg_id": 5, "reply_to_peer_id": {"_": "PeerChannel", "channel_id": 9}}
    assert post(tmp_path, reply_to=there)["parent_id"] == "telegram:9/5"
    assert post(tmp_path, reply_to_msg_id=5)["parent_id"] == "telegram:1002/5"


def test_entities_count_in_utf_16_so_that_an_emoji_is_two(tmp_path):
    text = "🌉 @qingshi_news #河洲 a.example/1 见"
    entities = [
        {"_": "MessageEntityMention", "offset": 3, "length": 13},
        {"_": "MessageEntityHashtag", "offset": 17, "length": 3},
        {"_": "MessageEntityUrl", "offset": 21, "length": 11},
        {"_": "MessageEntityTextUrl", "offset": 33, "length": 1, "url": "https://b.example"},
    ]
    media = {"_": "MessageMediaWebPage", "webpage": {"url": "https://c.example"}}
    told = post(tmp_path, message=text, entities=entities, media=media)
    assert told["mentions"] == ["qingshi_news"]
    assert told["hashtags"] == ["河洲"]
    assert told["urls"] == ["https://a.example/1", "https://b.example", "https://c.example"]


def test_an_edit_that_telegram_hides_is_none(tmp_path):
    date = "2026-03-10T01:05:00+00:00"
    assert post(tmp_path, edit_date=date)["edited_at"] == AT.replace(minute=5)
    assert post(tmp_path, edit_date=date, edit_hide=True)["edited_at"] is None


def test_service_messages_are_refused(tmp_path):
    action = {"_": "MessageActionPinMessage"}
    service = message(_="MessageService", action=action)
    batch = read_messages(tmp_path, service, {"_": "MessageEmpty"})
    assert batch.rejects["reason"].to_list() == ["a service message: it says nothing"] * 2
