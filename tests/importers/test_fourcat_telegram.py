# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: 4CAT, datasources/telegram/search_telegram.py (map_item)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from graphkit.importers.fourcat_telegram import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLE = Path(__file__).parent / "samples" / "4cat_telegram.csv"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def changed(tmp_path, number=1, **cells):
    with SAMPLE.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    path = tmp_path / "4cat.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerow({**rows[number], **cells})
    return read(path)


def test_the_table_gives_the_story_with_forwards_named_by_handle():
    posts = read(SAMPLE).tables["posts"]
    assert posts["post_id"].to_list() == [
        "telegram:southbank_daily/1", "telegram:qingshi_news/2", "telegram:hezhou_watch/3",
        "telegram:city_express01/4", "telegram:qingshi_news/5", "telegram:qingshl_news/6",
        "telegram:qingshi_news/7", "telegram:southbank_daily/8",
    ]  # fmt: skip
    assert posts["kind"].to_list() == [
        "original", "original", "repost", "repost", "original", "original", "reply", "repost",
    ]  # fmt: skip
    assert posts["source_label"].to_list() == [
        None, None, "@qingshi_news", "@hezhou_watch", None, None, None, "@qingshi_news",
    ]  # fmt: skip
    assert posts["parent_id"].to_list() == [*[None] * 6, "telegram:qingshi_news/2", None]
    assert posts["url"][3] == "https://t.me/city_express01/4"
    assert posts["urls"][4].to_list() == ["https://t.me/city_express01/4"]
    assert posts["mentions"][2].to_list() == ["qingshi_news"]


def test_the_text_of_the_time_is_the_servers_and_never_used():
    for zone in (None, "Asia/Tokyo"):
        times = read(SAMPLE, tz=zone).tables["posts"]["created_at"]
        assert times[1] == datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_channels_and_users_are_told_apart_by_their_names(tmp_path):
    accounts = read(SAMPLE).tables["posts"]["account_id"].to_list()
    assert accounts[1], accounts[6] == ("telegram:channel1002", "telegram:user1006")
    deleted = changed(tmp_path, author="5", author_username="", author_name="", chat="group")
    assert deleted.tables["posts"]["account_id"].to_list() == ["telegram:user5"]


def test_a_chat_without_name_is_its_number(tmp_path):
    said = {"id": "1002-2", "chat": "1002", "thread_id": "1002", "author": "1002"}
    post = changed(tmp_path, **said, author_username="").tables["posts"].row(0, named=True)
    assert (post["post_id"], post["account_id"]) == ("telegram:1002/2", "telegram:channel1002")
    assert post["url"] == "https://t.me/c/1002/2"


def test_a_message_without_author_is_the_chats(tmp_path):
    post = changed(tmp_path, author="", author_username="").tables["posts"].row(0, named=True)
    assert post["account_id"] == "telegram:@qingshi_news"


def test_a_forward_of_somebody_without_handle_has_the_name(tmp_path):
    said = {"author_forwarded_from_username": "", "author_forwarded_from_name": "小林"}
    assert changed(tmp_path, 2, **said).tables["posts"]["source_label"].to_list() == ["小林"]


def test_an_attached_link_and_an_edit_are_kept(tmp_path):
    said = {"link_attached": "https://card.example", "unix_timestamp_edited": "1773104460"}
    post = changed(tmp_path, **said).tables["posts"].row(0, named=True)
    assert post["urls"] == ["https://blog.example/hz1", "https://card.example"]
    assert post["edited_at"] == datetime(2026, 3, 10, 1, 1, tzinfo=UTC)


def test_a_row_without_id_is_refused(tmp_path):
    assert changed(tmp_path, id="").rejects["reason"].to_list() == [
        "no id, or its author is no number"
    ]
