# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: medialab/twitwi 0.25.1, bluesky/types.py (POST_FIELDS, PARTIAL_POST_FIELDS)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from graphkit.importers.minet_bluesky import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLE = Path(__file__).parent / "samples" / "minet_bluesky.csv"
P2 = "bluesky:at://did:plc:synthetic1003/app.bsky.feed.post/3lsynth2aaa2c"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def changed(tmp_path, number, **cells):
    with SAMPLE.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    path = tmp_path / "minet.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerow({**rows[number], **cells})
    return read(path)


def test_the_table_gives_the_story_with_original_texts_and_times_in_utc():
    posts = read(SAMPLE).tables["posts"]
    assert posts["kind"].to_list() == [
        "original", "original", "quote", "repost", "original", "original", "reply", "quote",
    ]  # fmt: skip
    p1 = posts["post_id"][1]
    assert posts["parent_id"].to_list() == [None, None, p1, P2, None, None, p1, p1]
    assert posts["text"][2] == "据@qingshi_news 报道，情况属实？"
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["received_at"][1] == datetime(2026, 3, 10, 1, 0, 1, tzinfo=UTC)
    assert posts["mentions"][2].to_list() == ["did:plc:synthetic1002"]
    assert posts["urls"][1].to_list() == ["https://blog.example/hz1"]
    assert posts["collected_at"].null_count() == 8


def test_local_times_of_another_zone_change_nothing():
    assert read(SAMPLE, tz="Asia/Tokyo").tables["posts"].equals(read(SAMPLE).tables["posts"])


def test_a_repost_has_its_own_id_time_and_account_and_the_post_comes_along():
    batch = read(SAMPLE)
    repost = batch.tables["posts"].row(3, named=True)
    assert repost["post_id"] == f"{P2}/reposted-by/did:plc:synthetic1004"
    assert repost["account_id"] == "bluesky:did:plc:synthetic1004"
    assert repost["created_at"] == datetime(2026, 3, 10, 1, 5, 5, tzinfo=UTC)
    along = batch.extras["posts"].filter(source_line=5, is_seen=True)
    assert along.select("post_id", "account_id").rows() == [(P2, "bluesky:did:plc:synthetic1003")]


def test_the_quoted_post_is_known_with_its_author_and_time_though_not_its_text():
    quoted = read(SAMPLE).extras["posts"].filter(source_line=4).row(0, named=True)
    assert quoted["account_id"] == "bluesky:did:plc:synthetic1002"
    assert quoted["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert (quoted["is_seen"], quoted["text"]) == (False, None)


def test_the_original_of_a_bridged_post_is_among_its_links(tmp_path):
    there = "https://social.example/@qingshi_news/1"
    posts = changed(tmp_path, 1, bridgy_original_url=there).tables["posts"]
    assert posts["urls"].to_list() == [["https://blog.example/hz1", there]]


def test_the_firehose_gives_the_time_of_its_event(tmp_path):
    table = SAMPLE.read_text("utf-8").replace("indexed_at_utc", "firehose_timestamp_us", 1)
    path = tmp_path / "firehose.csv"
    path.write_text(table.replace("2026-03-10T01:00:01.000Z", "1773104402000000"), "utf-8")
    received = read(path).tables["posts"]["received_at"]
    assert received[1] == datetime(2026, 3, 10, 1, 0, 2, tzinfo=UTC)


def test_mentions_with_names_make_accounts_known_and_uneven_lists_do_not(tmp_path):
    dids, names = "did:plc:a|did:plc:b", "a.example|b.example"
    batch = changed(tmp_path, 1, mentioned_user_dids=dids, mentioned_user_handles=names)
    assert batch.extras["accounts"]["handle"].to_list()[1:] == ["a.example", "b.example"]
    batch = changed(tmp_path, 1, mentioned_user_dids=dids, mentioned_user_handles="a.example")
    assert batch.extras["accounts"].height == 1


def test_a_row_without_uri_is_refused(tmp_path):
    assert changed(tmp_path, 1, uri="").rejects["reason"].to_list() == ["no uri or no user_did"]
