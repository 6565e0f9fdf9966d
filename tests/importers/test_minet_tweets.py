# SPDX-License-Identifier: GPL-3.0-or-later
"""Column names: medialab/twitwi, constants.py (TWEET_FIELDS) and its tests' tweet-export.csv."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from graphkit.importers.minet_tweets import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLE = Path(__file__).parent / "samples" / "minet_tweets.csv"
with SAMPLE.open(encoding="utf-8") as handle:
    ROWS = list(csv.DictReader(handle))


def read(tmp_path, *rows, **said):
    path = tmp_path / "tweets.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(rows)
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def test_the_time_is_the_epoch_and_never_the_clock_beside_it(tmp_path):
    assert ROWS[1]["local_time"] == "2026-03-10T09:00:00"
    for zone in (None, "America/New_York"):
        [post] = read(tmp_path, ROWS[1], tz=zone).tables["posts"].to_dicts()
        assert post["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_the_time_of_collection_has_no_zone_and_waits_for_the_person_to_tell_it(tmp_path):
    assert read(tmp_path, ROWS[1]).tables["posts"]["collected_at"].to_list() == [None]
    told = read(tmp_path, ROWS[1], tz="Asia/Shanghai").tables["posts"]["collected_at"].to_list()
    assert told == [datetime(2026, 3, 11, 0, 0, 0, 123456, tzinfo=UTC)]


def test_lists_are_parted_by_pipes(tmp_path):
    cells = {"links": "https://a.example/x,y|https://b.example", "hashtags": "a|b"}
    [post] = (
        read(tmp_path, {**ROWS[1], **cells, "mentioned_names": "c|d"}).tables["posts"].to_dicts()
    )
    assert post["urls"] == ["https://a.example/x,y", "https://b.example"]
    assert (post["hashtags"], post["mentions"]) == (["a", "b"], ["c", "d"])


def test_the_address_of_the_quoted_post_is_no_second_citation(tmp_path):
    quoted = f"https://twitter.com/qingshi_news/status/{ROWS[2]['quoted_id']}"
    batch = read(tmp_path, {**ROWS[2], "links": f"{quoted}|https://a.example"})
    assert batch.tables["posts"]["urls"].to_list() == [["https://a.example"]]


def test_targets_are_kept_unseen_with_author_and_time():
    [batch] = IMPORTER.read(SAMPLE, ReadOptions())
    reposted = batch.extras["posts"].row(1, named=True)
    assert (reposted["post_id"], reposted["account_id"]) == ("x:2031174026654646274", "x:1003")
    assert reposted["created_at"] == datetime(2026, 3, 10, 1, 3, 20, tzinfo=UTC)
    assert not reposted["is_seen"]
    answered = batch.extras["posts"].row(2, named=True)
    assert (answered["account_id"], answered["created_at"]) == ("x:1002", None)


def test_an_author_without_number_is_known_by_the_handle(tmp_path):
    batch = read(tmp_path, {**ROWS[1], "user_id": ""}, {**ROWS[1], "id": ""})
    assert batch.tables["posts"]["account_id"].to_list() == ["x:@qingshi_news"]
    assert batch.rejects["reason"].to_list() == ["no id, or neither user_id nor user_screen_name"]


def test_a_sensitive_post_is_labelled(tmp_path):
    batch = read(
        tmp_path, {**ROWS[1], "possibly_sensitive": "1"}, {**ROWS[0], "possibly_sensitive": "0"}
    )
    assert batch.extras["labels"].select("subject_id", "label").rows() == [
        ("x:2031173187793846273", "possibly sensitive")
    ]
