# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: Zeeschuimer, modules/twitter.js; 4CAT, datasources/twitter-import (map_item)."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.zeeschuimer_x import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "zeeschuimer_x.ndjson"
ITEMS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
P1 = "2031173187793846273"
GONE = {"__typename": "TweetTombstone", "tombstone": {"text": {"text": "This Post is unavailable"}}}


def read(tmp_path, *items):
    path = tmp_path / "items.ndjson"
    path.write_text("\n".join(json.dumps(each) for each in items), "utf-8")
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def item(number, **legacy):
    found = copy.deepcopy(ITEMS[number])
    found["data"]["legacy"].update(legacy)
    return found


def of_4cat(found):
    """The item as 4CAT keeps it: the envelope inside."""
    meta = {key: value for key, value in found.items() if key != "data"}
    return {**found["data"], "__import_meta": meta}


def test_every_post_says_when_the_browser_saw_it():
    [batch] = IMPORTER.read(SAMPLE, ReadOptions())
    assert set(batch.tables["posts"]["collected_at"]) == {datetime(2026, 3, 11, tzinfo=UTC)}


def test_the_ndjson_of_4cat_gives_the_same_rows(tmp_path):
    [plain] = IMPORTER.read(SAMPLE, ReadOptions())
    batch = read(tmp_path, *map(of_4cat, ITEMS))
    assert batch.tables["posts"].equals(plain.tables["posts"])
    assert batch.extras["accounts"].equals(plain.extras["accounts"])
    assert IMPORTER.suits(sampled(tmp_path / "items.ndjson")) is not None


def test_numbers_that_went_through_javascript_are_not_ids(tmp_path):
    found = item(1)
    found["item_id"] = found["data"]["id"] = int(float(P1))
    assert str(found["data"]["id"]) != P1
    assert read(tmp_path, found).tables["posts"]["post_id"].to_list() == [f"x:{P1}"]
    found["data"].pop("rest_id")
    assert read(tmp_path, found).tables["posts"]["post_id"].to_list() == [f"x:{P1}"]


@pytest.mark.parametrize("core", [{}, {"user_results": {}}, {"user_results": {"result": {}}}])
def test_a_missing_user_block_loses_nothing_that_the_pictures_say(core, tmp_path):
    shown = f"https://x.com/qingshi_news/status/{P1}/photo/1"
    found = item(1, entities={"media": [{"expanded_url": shown}], "urls": []})
    found["data"]["core"] = core
    batch = read(tmp_path, found)
    [post], [account] = batch.tables["posts"].to_dicts(), batch.extras["accounts"].to_dicts()
    assert (post["account_id"], account["handle"]) == ("x:1002", "qingshi_news")
    assert post["url"] == f"https://x.com/qingshi_news/status/{P1}"


def test_without_number_and_block_the_handle_of_a_picture_is_the_account(tmp_path):
    shown = f"https://x.com/qingshi_news/status/{P1}/photo/1"
    found = item(1, entities={"media": [{"expanded_url": shown}]}, user_id_str=None)
    bare = item(1, user_id_str=None)
    found["data"]["core"] = bare["data"]["core"] = {}
    batch = read(tmp_path, found, bare)
    assert batch.tables["posts"]["account_id"].to_list() == ["x:@qingshi_news"]
    told = "no id, or no author and no address that names one"
    assert batch.rejects["reason"].to_list() == [told]


def test_names_in_the_old_place_are_read(tmp_path):
    found = item(1)
    user = {"rest_id": "1002", "legacy": {"screen_name": "qingshi_news", "name": "青石快讯",
            "created_at": "Sun Nov 02 00:00:00 +0000 2025", "followers_count": 5400}}  # fmt: skip
    found["data"]["core"]["user_results"]["result"] = user
    [account] = read(tmp_path, found).extras["accounts"].to_dicts()
    assert (account["handle"], account["followers_count"]) == ("qingshi_news", 5400)
    assert account["created_at"] == datetime(2025, 11, 2, tzinfo=UTC)


def test_posts_in_the_wrapper_of_limited_visibility_are_read(tmp_path):
    found = item(2)
    quoted = found["data"]["quoted_status_result"]["result"]
    found["data"]["quoted_status_result"]["result"] = {"tweet": quoted}
    found["data"] = {"__typename": "TweetWithVisibilityResults", "tweet": found["data"]}
    batch = read(tmp_path, found)
    assert batch.tables["posts"].select("kind", "parent_id").rows() == [("quote", f"x:{P1}")]
    assert batch.extras["posts"]["account_id"].to_list() == ["x:1002"]


def test_a_quoted_post_that_is_gone_leaves_its_address_and_the_reason(tmp_path):
    link = {"expanded": f"https://twitter.com/qingshi_news/status/{P1}"}
    found = item(2, quoted_status_id_str=P1, quoted_status_permalink=link)
    found["data"]["quoted_status_result"] = {"result": GONE}
    batch = read(tmp_path, found)
    assert batch.tables["posts"].select("kind", "parent_id").rows() == [("quote", f"x:{P1}")]
    [unseen] = batch.extras["posts"].to_dicts()
    assert (unseen["account_id"], unseen["is_seen"]) == ("x:@qingshi_news", False)
    assert batch.extras["labels"].select("subject_id", "label").rows() == [
        (f"x:{P1}", "This Post is unavailable")
    ]


def test_an_item_that_x_did_not_show_is_refused(tmp_path):
    batch = read(tmp_path, {**ITEMS[0], "data": GONE}, {**ITEMS[0], "data": {}})
    assert batch.rejects["reason"].to_list() == ["a post that X did not show"] * 2


def test_the_answered_post_is_kept_unseen_under_the_name_that_is_told(tmp_path):
    batch = read(tmp_path, ITEMS[6])
    assert batch.tables["posts"].select("parent_id", "root_id").rows() == [(f"x:{P1}", f"x:{P1}")]
    assert batch.extras["posts"].select("account_id", "is_seen").rows() == [
        ("x:@qingshi_news", False)
    ]


def test_a_long_post_is_read_in_full_with_its_own_links(tmp_path):
    note = {"text": "全文", "entity_set": {"urls": [{"expanded_url": "https://a.example"}]}}
    found = item(1)
    found["data"]["note_tweet"] = {"note_tweet_results": {"result": note}}
    [post] = read(tmp_path, found).tables["posts"].to_dicts()
    assert (post["text"], post["urls"]) == ("全文", ["https://a.example"])


def test_older_captures_with_the_author_beside_the_post_are_read(tmp_path):
    found = item(1)
    legacy = {**found["data"]["legacy"], "source": "<a>Twitter Web App</a>"}
    user = {"id_str": "1002", "screen_name": "qingshi_news", "name": "青石快讯", "verified": False}
    found["data"] = {"id": int(float(P1)), "type": "adaptive", "legacy": legacy, "user": user}
    batch = read(tmp_path, found)
    [post], [account] = batch.tables["posts"].to_dicts(), batch.extras["accounts"].to_dicts()
    assert (post["post_id"], post["client"]) == (f"x:{P1}", "Twitter Web App")
    assert (account["handle"], account["is_verified"]) == ("qingshi_news", False)


def test_promotion_readers_notes_and_withholding_become_labels(tmp_path):
    found = item(1, withheld_in_countries=["XX"])
    found["data"]["promoted"] = True
    found["data"]["birdwatch_pivot"] = {
        "shorttitle": "Readers added context",
        "subtitle": {"text": "The picture is of 2024"},
        "destinationUrl": "https://x.com/i/birdwatch/n/1",
    }
    labels = read(tmp_path, found).extras["labels"]
    assert labels.select("label", "labelled_by", "url").rows() == [
        ("withheld in XX", "x", None),
        ("promoted", "x", None),
        ("Readers added context: The picture is of 2024", "x community notes",
         "https://x.com/i/birdwatch/n/1"),
    ]  # fmt: skip


def test_the_account_that_pays_is_told_from_the_one_that_does_not():
    [batch] = IMPORTER.read(SAMPLE, ReadOptions())
    accounts = dict(batch.extras["accounts"].select("account_id", "is_verified").iter_rows())
    assert (accounts["x:1001"], accounts["x:1002"]) == (True, False)


def test_a_line_without_envelope_is_refused(tmp_path):
    batch = read(tmp_path, ITEMS[0]["data"], 7, ITEMS[0])
    assert (batch.rows_read, batch.rejects.height) == (3, 2)
