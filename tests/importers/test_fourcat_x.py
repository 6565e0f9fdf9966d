# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: 4CAT, datasources/twitterv2 and twitter-import (map_item), enrich_tweet.

quote_tweet_id, quote_author, quote_body and replied_author are those of 4CAT 1.56.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.fourcat_x import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
API, CAPTURED = SAMPLES / "4cat_x_api_v2.csv", SAMPLES / "4cat_x_zeeschuimer.csv"
P1 = "x:2031173187793846273"


def rows(path):
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def read(tmp_path, *found, **said):
    path = tmp_path / "4cat.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def posts(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return {row["post_id"]: row for row in batch.tables["posts"].to_dicts()}


@pytest.mark.parametrize("zone", [None, "Asia/Shanghai"])
def test_the_text_of_the_time_is_utc_and_the_number_of_the_server_is_not_read(zone):
    assert rows(API)[1]["unix_timestamp"] == "1773075600"  # eight hours off: a server in Shanghai
    assert posts(API, tz=zone)[P1]["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_a_repost_says_whom_and_not_what():
    post = posts(API)["x:2031174467056566275"]
    assert (post["kind"], post["parent_id"]) == ("repost", None)
    assert post["source_label"] == "@hezhou_watch"


def test_an_answer_has_its_thread_and_mentions_whom_it_answers():
    post = posts(API)["x:2031180737541046278"]
    assert (post["kind"], post["parent_id"], post["root_id"]) == ("reply", None, P1)
    assert (post["mentions"], post["source_label"]) == (["qingshi_news"], None)


def test_the_quoted_post_is_recovered_from_its_address_among_the_links():
    post = posts(API)["x:2031174026654646274"]
    assert (post["kind"], post["parent_id"], post["source_label"]) == ("quote", P1, None)
    assert post["urls"] == []


def test_a_link_to_a_third_post_is_not_taken_for_the_quoted_one(tmp_path):
    other = "https://twitter.com/lin_reader/status/2031180737541046278"
    batch = read(tmp_path, {**rows(API)[2], "urls": other})
    [post] = batch.tables["posts"].to_dicts()
    assert (post["kind"], post["parent_id"]) == ("quote", None)
    assert (post["source_label"], post["urls"]) == ("@qingshi_news", [other])


def test_what_the_csv_has_of_a_quoted_post_is_kept_unseen(tmp_path):
    batch = read(tmp_path, rows(CAPTURED)[2])
    [quoted] = batch.extras["posts"].to_dicts()
    assert (quoted["post_id"], quoted["account_id"]) == (P1, "x:@qingshi_news")
    assert quoted["text"].startswith("据网传")
    assert not quoted["is_seen"]


def test_links_with_commas_stay_whole(tmp_path):
    cell = "https://a.example/x,y,https://b.example"
    batch = read(tmp_path, {**rows(API)[1], "urls": cell})
    assert batch.tables["posts"]["urls"].to_list() == [
        ["https://a.example/x,y", "https://b.example"]
    ]


def test_withheld_posts_and_quotes_are_labelled(tmp_path):
    marked = {"is_withheld": "yes", "is_quote_withheld": "yes", "possibly_sensitive": "yes"}
    labels = read(tmp_path, {**rows(CAPTURED)[2], **marked}).extras["labels"]
    assert labels.select("subject_id", "label").rows() == [
        (P1, "unavailable"),
        ("x:2031174026654646274", "possibly sensitive"),
        ("x:2031174026654646274", "withheld"),
    ]


def test_a_post_that_was_looked_up_and_is_gone_is_a_label_and_no_post_of_today(tmp_path):
    unknown = {"author": "UNKNOWN", "author_id": "UNKNOWN", "subject": "Could not find tweet"}
    batch = read(tmp_path, {**rows(API)[1], **unknown})
    assert batch.tables["labels"].select("subject_id", "label").rows() == [
        (P1, "Could not find tweet")
    ]
    path = tmp_path / "4cat.ndjson"
    told = {
        "id": P1[2:],
        "title": "Not Found Error",
        "author_id": "UNKNOWN",
        "author_user": {"username": "UNKNOWN"},
        "created_at": "2026-11-22T00:00:00.000Z",
    }
    path.write_text(json.dumps(told), "utf-8")
    [batch] = IMPORTER.read(path, ReadOptions())
    assert batch.tables["labels"].select("subject_id", "label").rows() == [(P1, "Not Found Error")]


def test_the_ndjson_of_api_v2_keeps_what_the_csv_loses(tmp_path):
    [batch] = IMPORTER.read(SAMPLES / "4cat_x_api_v2.ndjson", ReadOptions())
    seen = {row["post_id"]: row for row in batch.tables["posts"].to_dicts()}
    assert seen["x:2031174467056566275"]["parent_id"] == "x:2031174026654646274"
    assert seen["x:2031180737541046278"]["parent_id"] == P1
    assert batch.extras["posts"]["is_seen"].all()


def test_a_refused_target_in_the_ndjson_is_labelled(tmp_path):
    lines = (SAMPLES / "4cat_x_api_v2.ndjson").read_text("utf-8").splitlines()
    error = {"resource_type": "tweet", "resource_id": P1[2:], "title": "Authorization Error"}
    tweet = json.loads(lines[6])
    tweet["referenced_tweets"] = [{"type": "replied_to", "id": P1[2:], "error": error}]
    path = tmp_path / "4cat.ndjson"
    path.write_text(json.dumps(tweet), "utf-8")
    [batch] = IMPORTER.read(path, ReadOptions())
    assert batch.extras["labels"]["label"].to_list() == ["Authorization Error"]
    assert batch.extras["posts"].select("account_id", "is_seen").rows() == [("x:1002", False)]
    assert IMPORTER.suits(sampled(path)) is not None
