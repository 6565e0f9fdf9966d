# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: telegramdesktop/tdesktop, export/output/export_output_json.cpp (new and of 2019)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from graphkit.importers.telegram_desktop import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "telegram_desktop_result.json"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def message(number=1, **said):
    return {"id": number, "type": "message", "date": "2026-03-10T09:00:00",
            "date_unixtime": "1773104400", "from": "小林", "from_id": "user1006", "text": "x",
            **said}  # fmt: skip


def chat(*messages, number=777, kind="public_supergroup"):
    return {"name": "河洲讨论", "type": kind, "id": number, "messages": list(messages)}


def saved(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    return path


def read_messages(tmp_path, *messages, kind="public_supergroup", **said):
    return read(saved(tmp_path / "result.json", chat(*messages, kind=kind)), **said)


def post(tmp_path, **said):
    return read_messages(tmp_path, message(**said)).tables["posts"].row(0, named=True)


def test_a_chat_gives_the_story_with_forwards_as_reposts_of_a_name():
    posts = read(SAMPLE).tables["posts"]
    assert posts["post_id"].to_list() == [f"telegram:777/{number}" for number in range(1, 9)]
    author = [1001, 1002, 1003, 1004, 1002, 1005, 1006, 1001]
    assert posts["account_id"].to_list() == [f"telegram:channel{number}" for number in author]
    assert posts["kind"].to_list() == [
        "original", "original", "repost", "repost", "original", "original", "reply", "repost",
    ]  # fmt: skip
    assert posts["parent_id"].to_list() == [*[None] * 6, "telegram:777/2", None]
    assert posts["source_label"].to_list() == [
        None, None, "青石快讯", "河洲观察", None, None, None, "青石快讯",
    ]  # fmt: skip
    assert posts["urls"][4].to_list() == ["https://t.me/city_express01/4"]
    assert posts["url"][4] == "https://t.me/c/777/5"
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_a_whole_accounts_export_gives_the_messages_of_all_its_chats(tmp_path):
    whole = {
        "about": "", "personal_information": {"user_id": 5},
        "chats": {"about": "", "list": [chat(message(1)), chat(message(1), number=778)]},
        "left_chats": {"about": "", "list": [chat(message(3), number=779, kind="private_channel")]},
    }  # fmt: skip
    path = saved(tmp_path / "result.json", whole)
    assert IMPORTER.suits(sampled(path)) is not None
    batch = read(path)
    ids = ["telegram:777/1", "telegram:778/1", "telegram:779/3"]
    assert batch.tables["posts"]["post_id"].to_list() == ids


def test_a_whole_export_without_left_chats_is_read(tmp_path):
    path = saved(tmp_path / "result.json", {"chats": {"list": [chat(message()), {"id": 5}]}})
    batch = read(path)
    assert batch.tables["posts"].height == 1
    assert batch.rejects["reason"].to_list() == ["a chat without messages"]


def test_text_is_a_string_or_a_list_of_strings_and_parts(tmp_path):
    parts = ["见 ", {"type": "text_link", "text": "这里", "href": "https://a.example/1"}, "。"]
    told = post(tmp_path, text=parts)
    assert (told["text"], told["urls"]) == ("见 这里。", ["https://a.example/1"])
    assert post(tmp_path, text="见 这里。")["text"] == "见 这里。"
    assert post(tmp_path, text="")["text"] is None


def test_marks_are_read_from_text_entities_and_in_older_exports_from_the_text(tmp_path):
    marks = [
        {"type": "mention", "text": "@qingshi_news"}, {"type": "hashtag", "text": "#河洲大桥"},
        {"type": "link", "text": "t.me/qingshi_news/2"}, {"type": "plain", "text": "@nobody"},
    ]  # fmt: skip
    for told in (post(tmp_path, text_entities=marks), post(tmp_path, text=marks)):
        assert told["mentions"] == ["qingshi_news"]
        assert told["hashtags"] == ["河洲大桥"]
        assert told["urls"] == ["https://t.me/qingshi_news/2"]


def test_the_epoch_is_used_before_the_wall_clock(tmp_path):
    batch = read_messages(tmp_path, message(date="2026-03-10T04:00:00"), tz="Asia/Tokyo")
    assert batch.tables["posts"]["created_at"].to_list() == [datetime(2026, 3, 10, 1, tzinfo=UTC)]


def test_old_exports_have_only_the_wall_clock_and_need_a_zone(tmp_path):
    old = {key: value for key, value in message().items() if key != "date_unixtime"}
    told = read_messages(tmp_path, old, tz="Asia/Shanghai").tables["posts"]["created_at"]
    assert told.to_list() == [datetime(2026, 3, 10, 1, tzinfo=UTC)]
    [reason] = read_messages(tmp_path, old).rejects["reason"].to_list()
    assert "has no time zone; give --tz" in reason


@pytest.mark.parametrize(
    ("told", "account"),
    [
        (4_294_968_302, "user1006"), (8_589_935_594, "channel1002"), (1006, "user1006"),
        ("user1006", "user1006"), ("channel1002", "channel1002"), ("chat7", "chat7"),
    ],
)  # fmt: skip
def test_old_exports_have_numbers_for_accounts(tmp_path, told, account):
    assert post(tmp_path, from_id=told)["account_id"] == f"telegram:{account}"


def test_a_post_of_a_channel_without_sender_is_the_channels(tmp_path):
    bare = {key: value for key, value in message().items() if not key.startswith("from")}
    batch = read_messages(tmp_path, bare, kind="public_channel")
    assert batch.tables["posts"]["account_id"].to_list() == ["telegram:channel777"]
    assert batch.extras["accounts"]["display_name"].to_list() == ["河洲讨论"]


def test_a_message_of_nobody_in_a_private_chat_is_refused(tmp_path):
    bare = {key: value for key, value in message().items() if not key.startswith("from")}
    batch = read_messages(tmp_path, bare, kind="personal_chat")
    assert batch.rejects["reason"].to_list() == [
        "no from_id: the export does not say whose message it is"
    ]


@pytest.mark.parametrize(
    ("kind", "post_id"),
    [("private_group", "chat777/1"), ("personal_chat", "user777/1"), ("private_channel", "777/1")],
)
def test_chats_that_are_counted_apart_have_ids_apart(tmp_path, kind, post_id):
    told = read_messages(tmp_path, message(), kind=kind).tables["posts"]
    assert told["post_id"].to_list() == [f"telegram:{post_id}"]
    assert (told["url"][0] is not None) is (kind == "private_channel")


def test_an_answer_may_be_to_a_message_of_another_chat(tmp_path):
    assert post(tmp_path, reply_to_message_id=5)["parent_id"] == "telegram:777/5"
    told = post(tmp_path, reply_to_message_id=5, reply_to_peer_id="channel9")
    assert (told["kind"], told["parent_id"]) == ("reply", "telegram:9/5")


def test_messages_of_an_older_group_have_negative_numbers(tmp_path):
    assert post(tmp_path, number=-999_999_995)["post_id"] == "telegram:777/-999999995"


def test_service_messages_and_unsupported_ones_are_refused_with_what_they_are(tmp_path):
    service = {"id": 1, "type": "service", "action": "pin_message", "actor": "小林"}
    batch = read_messages(tmp_path, service, {"id": 2, "type": "unsupported"}, message(3))
    assert batch.rejects["reason"].to_list() == [
        "a message of type service (pin_message)", "a message of type unsupported (no text)",
    ]  # fmt: skip
    assert batch.rows_read == 3


def test_a_forwarded_message_of_a_hidden_sender_has_only_a_name(tmp_path):
    told = post(tmp_path, forwarded_from="青石快讯", reply_to_message_id=5)
    assert (told["kind"], told["parent_id"]) == ("repost", None)
    assert told["source_label"] == "青石快讯"


def test_a_picture_beside_the_export_is_hashed_and_a_missing_one_is_told(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "photo_1.jpg").write_bytes(b"picture")
    batch = read_messages(
        tmp_path, message(1, photo="photos/photo_1.jpg"), message(2, photo="photos/photo_2.jpg"),
        message(3, photo="(File not included. Change data exporting settings to download.)"),
        message(4, file="stickers/sticker.webp", media_type="sticker"),
    )  # fmt: skip
    hashes = batch.tables["posts"]["media_hashes"].to_list()
    assert hashes == [[f"sha256:{sha256(b'picture').hexdigest()}"], [], [], []]
    assert batch.warnings["line"].len() == 1


def test_a_poll_says_its_question_and_an_edit_its_time(tmp_path):
    told = post(tmp_path, text="", poll={"question": "真的吗？"}, edited_unixtime="1773104460")
    assert told["text"] == "真的吗？"
    assert told["edited_at"] == datetime(2026, 3, 10, 1, 1, tzinfo=UTC)
