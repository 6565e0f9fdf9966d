# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: medialab/minet 4.2.1, telegram/types.py and scraper.py (TelegramChannelMessages)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from graphkit.importers.minet_telegram import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLE = Path(__file__).parent / "samples" / "minet_telegram.csv"


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def changed(tmp_path, **cells):
    with SAMPLE.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    path = tmp_path / "minet.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerow({**rows[1], **cells})
    return read(path)


def test_the_table_gives_the_messages_of_the_story_but_not_who_was_forwarded():
    posts = read(SAMPLE).tables["posts"]
    names = ["southbank_daily", "qingshi_news", "hezhou_watch", "city_express01", "qingshi_news",
             "qingshl_news", "southbank_daily"]  # fmt: skip
    numbers = [1, 2, 3, 4, 5, 6, 8]
    told = list(zip(names, numbers, strict=True))
    assert posts["post_id"].to_list() == [f"telegram:{name}/{number}" for name, number in told]
    assert posts["url"].to_list() == [f"https://t.me/{name}/{number}" for name, number in told]
    assert posts["account_id"].to_list() == [f"telegram:@{name}" for name in names]
    assert posts["kind"].unique().to_list() == ["original"]
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["urls"][4].to_list() == ["https://t.me/city_express01/4"]


def test_a_mention_is_a_link_on_the_page_and_no_link_here():
    posts = read(SAMPLE).tables["posts"]
    assert (posts["mentions"][2].to_list(), posts["urls"][2].to_list()) == (["qingshi_news"], [])


def test_hashtags_are_unquoted_and_names_are_kept():
    batch = read(SAMPLE)
    assert batch.tables["posts"]["hashtags"][1].to_list() == ["河洲大桥"]
    assert batch.extras["accounts"].select("account_id", "handle", "display_name").row(1) == (
        "telegram:@qingshi_news", "qingshi_news", "青石快讯",
    )  # fmt: skip


def test_an_answer_is_told_by_the_name_that_is_answered_and_has_no_target(tmp_path):
    post = changed(tmp_path, is_reply_user="青石快讯").tables["posts"].row(0, named=True)
    assert (post["kind"], post["parent_id"]) == ("reply", None)


def test_one_message_has_one_id_however_the_channels_name_is_written(tmp_path):
    batch = changed(tmp_path, link_to_message="https://t.me/s/Qingshi_News/2")
    assert batch.tables["posts"]["post_id"].to_list() == ["telegram:qingshi_news/2"]


def test_a_row_without_address_is_refused(tmp_path):
    batch = changed(tmp_path, link_to_message="https://t.me/s/None")
    reason = "link_to_message is no address of a message on t.me"
    assert batch.rejects["reason"].to_list() == [reason]
