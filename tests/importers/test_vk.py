# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: dev.vk.com, objects wall post and comment; 4CAT, datasources/vk/search_vk.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.vk import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
PAGE, FOURCAT = SAMPLES / "vk_wall_get.json", SAMPLES / "4cat_vk.ndjson"


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def item(**said):
    return {"id": 5, "owner_id": -1, "from_id": -1, "date": 1_773_104_400, "text": "x", **said}


def read_items(tmp_path, *items):
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in items), "utf-8")
    return read(path)


def post(tmp_path, **said):
    return read_items(tmp_path, item(**said)).tables["posts"].row(0, named=True)


@pytest.mark.parametrize("path", [PAGE, FOURCAT])
def test_a_page_and_4cats_lines_give_the_story_with_its_reposts(path):
    posts = read(path).tables["posts"]
    assert posts["post_id"].to_list() == [
        "vk:-1001_1", "vk:-1002_2", "vk:-1003_3", "vk:-1004_4", "vk:-1002_5", "vk:-1005_6",
        "vk:-1002_7", "vk:-1001_8",
    ]  # fmt: skip
    assert posts["account_id"][6] == "vk:1006"
    assert posts["kind"].to_list() == [
        "original", "original", "quote", "repost", "original", "original", "reply", "quote",
    ]  # fmt: skip
    assert posts["parent_id"].to_list() == [
        None, None, "vk:-1002_2", "vk:-1003_3", None, None, "vk:-1002_2", "vk:-1002_2",
    ]  # fmt: skip
    assert posts["root_id"][3] == "vk:-1002_2"  # the last of copy_history
    assert posts["url"][1] == "https://vk.com/wall-1002_2"
    assert posts["url"][6] == "https://vk.com/wall-1002_2?reply=7"
    assert posts["urls"][1].to_list() == ["https://blog.example/hz1"]
    assert posts["urls"][4].to_list() == ["https://vk.com/wall-1004_4"]
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize("path", [PAGE, FOURCAT])
def test_accounts_are_named_by_the_page_or_by_4cat(path):
    accounts = read(path).extras["accounts"].unique("account_id", keep="first").sort("account_id")
    named = accounts.select("account_id", "handle", "display_name").rows()
    assert named[1] == ("vk:-1002", "qingshi_news", "青石快讯")
    assert named[-1] == ("vk:1006", "lin_reader", "小林")


def test_what_is_shared_comes_along_with_its_text_each_with_its_own_parent():
    batch = read(PAGE)
    along = batch.extras["posts"].filter(source_line=batch.tables["posts"]["source_line"][3])
    assert along.select("post_id", "kind", "parent_id", "is_seen").rows() == [
        ("vk:-1003_3", "quote", "vk:-1002_2", True), ("vk:-1002_2", "original", None, True),
    ]  # fmt: skip


def test_the_source_that_a_post_names_is_its_source_and_a_link(tmp_path):
    named = {"link": "https://news.example/1", "name": "Пример", "type": "external_link"}
    told = post(tmp_path, copyright=named)
    assert (told["source_label"], told["urls"]) == ("Пример", ["https://news.example/1"])


def test_a_comment_answers_another_comment_or_the_post(tmp_path):
    told = post(tmp_path, post_id=2, from_id=7, reply_to_comment=4, reply_to_user=8)
    assert (told["kind"], told["parent_id"], told["root_id"]) == ("reply", "vk:-1_4", "vk:-1_2")
    assert post(tmp_path, post_id=2)["parent_id"] == "vk:-1_2"


def test_names_in_brackets_are_shown_as_people_see_them_and_are_mentions(tmp_path):
    told = post(tmp_path, text="[id5|Линь], смотри #мост@qingshi")
    assert told["text"] == "Линь, смотри #мост@qingshi"
    assert (told["mentions"], told["hashtags"]) == (["id5"], ["мост"])


def test_an_advertisement_is_labelled_and_an_edit_has_its_time(tmp_path):
    batch = read_items(tmp_path, item(marked_as_ads=1, edited=1_773_104_460))
    assert batch.extras["labels"].select("subject_id", "label").rows() == [
        ("vk:-1_5", "advertisement")
    ]
    assert batch.tables["posts"]["edited_at"][0] == datetime(2026, 3, 10, 1, 1, tzinfo=UTC)


def test_a_page_without_its_envelope_is_read(tmp_path):
    path = tmp_path / "items.json"
    path.write_text(json.dumps({"count": 1, "items": [item()]}), "utf-8")
    assert IMPORTER.suits(sampled(path)) is not None
    assert read(path).tables["posts"]["post_id"].to_list() == ["vk:-1_5"]


def test_a_deleted_comment_leaves_nothing_and_is_refused(tmp_path):
    batch = read_items(tmp_path, item(post_id=2, deleted=True), {"id": 5, "text": "x"})
    assert batch.rejects["reason"].to_list() == [
        "deleted: VK leaves nothing of it but its number", "no id, or neither from_id nor owner_id",
    ]  # fmt: skip
