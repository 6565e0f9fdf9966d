# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: X's documentation of API v1.1 (post and user objects, streams' service messages)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from graphkit.importers.x_api_v1 import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "x_api_v1_tweets.jsonl"
TWEETS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]


def read(tmp_path, *values, name="tweets.jsonl"):
    path = tmp_path / name
    text = "\n".join(json.dumps(each) for each in values)
    path.write_text(text if name.endswith("l") else json.dumps(values[0]), "utf-8")
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def test_a_post_has_its_own_address_and_the_application_by_name():
    [batch] = IMPORTER.read(SAMPLE, ReadOptions())
    post = batch.tables["posts"].row(1, named=True)
    assert post["url"] == "https://x.com/qingshi_news/status/2031173187793846273"
    assert post["client"] == "Twitter Web App"
    assert post["id_time"] == post["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_lists_and_search_pages_in_one_document_are_read_as_their_posts(tmp_path):
    for document in (TWEETS, {"statuses": TWEETS, "search_metadata": {}}):
        batch = read(tmp_path, document, name="tweets.json")
        assert batch.rows_read == batch.tables["posts"].height == 8
        assert IMPORTER.suits(sampled(tmp_path / "tweets.json")) is not None


def test_a_page_without_posts_is_one_rejected_row(tmp_path):
    batch = read(tmp_path, {"statuses": []}, name="tweets.json")
    assert batch.rejects["reason"].to_list() == ["a page without posts"]


def test_a_missing_user_block_is_recovered_from_the_address_of_a_picture(tmp_path):
    tweet = {k: v for k, v in TWEETS[1].items() if k != "user"}
    shown = f"https://twitter.com/qingshi_news/status/{tweet['id_str']}/photo/1"
    with_picture = {**tweet, "entities": {"media": [{"expanded_url": shown}]}}
    batch = read(tmp_path, with_picture, tweet)
    assert batch.tables["posts"]["account_id"].to_list() == ["x:@qingshi_news"]
    assert batch.tables["posts"]["urls"].to_list() == [[]]
    assert batch.rejects["reason"].to_list() == ["no user, and no address that names one"]


def test_a_picture_taken_from_another_post_is_a_link_to_it(tmp_path):
    other = "https://twitter.com/hezhou_watch/status/2031174026654646274/photo/1"
    tweet = {**TWEETS[1], "entities": {"media": [{"expanded_url": other}]}}
    assert read(tmp_path, tweet).tables["posts"]["urls"].to_list() == [[other]]


def test_the_whole_text_of_a_long_post_is_taken(tmp_path):
    long = {
        "full_text": "据城事速递消息，大桥垮塌",
        "entities": {"urls": [{"expanded_url": "https://a.example"}]},
    }
    tweet = {k: v for k, v in TWEETS[4].items() if k != "full_text"}
    batch = read(tmp_path, {**tweet, "text": "据城事…", "truncated": True, "extended_tweet": long})
    [post] = batch.tables["posts"].to_dicts()
    assert (post["text"], post["urls"]) == ("据城事速递消息，大桥垮塌", ["https://a.example"])


def test_the_answered_post_is_kept_unseen_with_its_author(tmp_path):
    batch = read(tmp_path, TWEETS[6])
    [unseen] = batch.extras["posts"].to_dicts()
    assert unseen["post_id"] == "x:2031173187793846273"
    assert unseen["account_id"] == "x:1002"
    assert not unseen["is_seen"]


def test_a_quoted_post_that_is_gone_is_known_by_its_address(tmp_path):
    tweet = {k: v for k, v in TWEETS[2].items() if k != "quoted_status"}
    batch = read(tmp_path, tweet)
    assert batch.tables["posts"]["parent_id"].to_list() == ["x:2031173187793846273"]
    [unseen] = batch.extras["posts"].to_dicts()
    assert (unseen["account_id"], unseen["is_seen"]) == ("x:@qingshi_news", False)


def test_a_quote_without_any_target_is_still_a_quote(tmp_path):
    gone = {"quoted_status", "quoted_status_id_str", "quoted_status_permalink"}
    tweet = {k: v for k, v in TWEETS[2].items() if k not in gone}
    [post] = read(tmp_path, tweet).tables["posts"].to_dicts()
    assert (post["kind"], post["parent_id"]) == ("quote", None)


def test_a_deletion_told_by_the_stream_is_a_post_seen_to_be_gone(tmp_path):
    status = {"id_str": "2031173187793846273", "user_id_str": "1002"}
    notice = {"delete": {"status": status, "timestamp_ms": "1773108000000"}}
    batch = read(tmp_path, notice, {"limit": {"track": 7}})
    [post] = batch.tables["posts"].to_dicts()
    assert (post["post_id"], post["is_seen"]) == ("x:2031173187793846273", False)
    assert post["deleted_at"] == datetime(2026, 3, 10, 2, tzinfo=UTC)
    told = "no id_str: no post (the stream's service messages have none)"
    assert batch.rejects["reason"].to_list() == [told]


def test_what_x_withholds_and_marks_becomes_labels(tmp_path):
    user = {**TWEETS[1]["user"], "withheld_in_countries": ["XX"]}
    tweet = {**TWEETS[1], "user": user, "possibly_sensitive": True, "withheld_copyright": True}
    labels = read(tmp_path, tweet).extras["labels"]
    assert labels.select("subject_kind", "subject_id", "label").rows() == [
        ("post", "x:2031173187793846273", "withheld after a copyright complaint"),
        ("post", "x:2031173187793846273", "possibly sensitive"),
        ("account", "x:1002", "withheld in XX"),
    ]


def test_an_odd_object_does_not_stop_the_run(tmp_path):
    batch = read(tmp_path, [1], {"user": 7, "id_str": "1", "created_at": 2}, TWEETS[0])
    assert (batch.rows_read, batch.rejects.height) == (3, 2)
