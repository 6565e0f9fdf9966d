# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: X's documentation of API v2; DocNow/twarc, expansions.py (flattened posts)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.x_api_v2 import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
PAGE = json.loads((SAMPLES / "x_api_v2_twarc2_pages.jsonl").read_text("utf-8"))
BY_ID = {tweet["id"]: tweet for tweet in PAGE["data"]}
P1, P2, P3, P6, P7 = (
    "2031173187793846273", "2031174026654646274", "2031174467056566275", "2031180737541046278",
    "2031203386782646279",
)  # fmt: skip


def read(tmp_path, *values):
    path = tmp_path / "pages.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in values), "utf-8")
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def page(*ids, **parts):
    return {"data": [BY_ID[number] for number in ids], "includes": {}, **parts}


def unseen(batch):
    rows = batch.extras["posts"].filter(~batch.extras["posts"]["is_seen"])
    return rows.select("post_id", "account_id").rows()


def test_one_page_of_one_line_gives_a_row_for_each_post_and_when_it_was_read():
    [batch] = IMPORTER.read(SAMPLES / "x_api_v2_twarc2_pages.jsonl", ReadOptions())
    assert batch.rows_read == batch.tables["posts"].height == 7
    assert set(batch.tables["posts"]["collected_at"]) == {datetime(2026, 3, 11, tzinfo=UTC)}
    accounts = {row["account_id"]: row for row in batch.extras["accounts"].to_dicts()}
    assert accounts["x:1001"]["credential"] == "business"
    assert accounts["x:1002"]["credential"] is None
    assert accounts["x:1002"]["followers_count"] == 5400


@pytest.mark.parametrize("make", [lambda t: t, lambda t: [t]], ids=["dict", "list"])
def test_the_data_of_a_page_may_be_one_post_or_a_list(make, tmp_path):
    value = {"data": make(BY_ID[P1]), "includes": PAGE["includes"]}
    batch = read(tmp_path, value)
    assert batch.tables["posts"]["post_id"].to_list() == [f"x:{P1}"]
    assert IMPORTER.suits(sampled(tmp_path / "pages.jsonl")) is not None


def test_a_page_saved_as_a_document_and_an_array_of_pages_are_read_alike(tmp_path):
    for value in (PAGE, [PAGE], [{**BY_ID[P1], "author": PAGE["includes"]["users"][1]}]):
        path = tmp_path / "page.json"
        path.write_text(json.dumps(value, indent=1), "utf-8")
        assert IMPORTER.suits(sampled(path)) is not None
        [batch] = IMPORTER.read(path, ReadOptions())
        assert batch.rejects.height == 0
        assert f"x:{P1}" in batch.tables["posts"]["post_id"].to_list()


def test_what_x_could_not_give_is_a_label_and_dates_the_deletion(tmp_path):
    told = {"resource_type": "tweet", "resource_id": P1, "title": "Not Found Error"}
    value = page(P6, errors=[told], __twarc={"retrieved_at": "2026-03-11T00:00:00+00:00"})
    batch = read(tmp_path, value)
    labels = batch.extras["labels"].select("subject_id", "label", "labelled_by").rows()
    assert labels == [(f"x:{P1}", "Not Found Error", "x")]
    [gone] = batch.extras["posts"].to_dicts()
    assert (gone["account_id"], gone["is_seen"]) == ("x:1002", False)
    assert gone["deleted_at"] == datetime(2026, 3, 11, tzinfo=UTC)


def test_a_protected_post_is_not_said_to_be_deleted(tmp_path):
    told = {"resource_type": "tweet", "resource_id": P1, "title": "Authorization Error"}
    batch = read(tmp_path, page(P6, errors=[told]))
    assert batch.extras["posts"]["deleted_at"].to_list() == [None]


def test_a_page_of_refusals_only_is_read_as_labels(tmp_path):
    told = {"resource_type": "tweet", "resource_id": P1, "title": "Not Found Error"}
    user = {"resource_type": "user", "value": "qingshi_news", "title": "Forbidden"}
    batch = read(tmp_path, {"errors": [told, user]}, {"meta": {"result_count": 0}})
    assert batch.tables["labels"].select("subject_kind", "subject_id").rows() == [
        ("post", f"x:{P1}"),
        ("account", "x:@qingshi_news"),
    ]
    assert batch.rejects["reason"].to_list() == ["a page without posts"]
    assert IMPORTER.suits(sampled(tmp_path / "pages.jsonl")) is not None


def test_the_author_of_a_missing_target_is_known_from_the_post_that_refers_to_it(tmp_path):
    assert unseen(read(tmp_path, page(P6))) == [(f"x:{P1}", "x:1002")]
    assert unseen(read(tmp_path, page(P3))) == [(f"x:{P2}", "x:1003")]
    without = {k: v for k, v in BY_ID[P3].items() if k != "entities"}
    assert unseen(read(tmp_path, page(data=[without]))) == [(f"x:{P2}", "x:@hezhou_watch")]
    address = f"https://twitter.com/qingshi_news/status/{P1}"
    linked = {**BY_ID[P2], "entities": {"urls": [{"expanded_url": address}]}}
    batch = read(tmp_path, page(data=[linked]))
    assert unseen(batch) == [(f"x:{P1}", "x:@qingshi_news")]
    assert batch.tables["posts"]["urls"].to_list() == [[]]


def test_a_missing_user_loses_the_handle_and_not_the_post(tmp_path):
    includes = {**PAGE["includes"], "users": PAGE["includes"]["users"][:1]}
    batch = read(tmp_path, {**PAGE, "includes": includes})
    posts = {row["post_id"]: row for row in batch.tables["posts"].to_dicts()}
    assert len(posts) == 7
    assert posts["x:2031175012316086277"]["url"] is None
    assert posts["x:2031175012316086277"]["account_id"] == "x:1005"


def test_long_posts_edits_and_links_behind_links_are_read(tmp_path):
    tweet = {
        **BY_ID[P1],
        "note_tweet": {"text": "全文", "entities": {"urls": [
            {"expanded_url": "https://a.example/s", "unwound_url": "https://b.example/long"}]}},
        "edit_history_tweet_ids": [P1, P6],
        "withheld": {"country_codes": ["XX", "YY"], "copyright": False},
    }  # fmt: skip
    batch = read(tmp_path, page(data=[tweet]))
    [post] = batch.tables["posts"].to_dicts()
    assert (post["text"], post["urls"]) == ("全文", ["https://b.example/long"])
    assert post["edited_at"] == datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
    assert batch.extras["labels"]["label"].to_list() == ["withheld in XX, YY"]


def test_one_odd_post_loses_neither_the_page_nor_what_came_along(tmp_path):
    odd = {**BY_ID[P7], "referenced_tweets": [7]}
    bare = {"id": "20", "text": "only the default fields"}
    batch = read(tmp_path, {**PAGE, "data": [odd, bare, BY_ID[P1]]})
    assert batch.rows_read == 3
    assert batch.tables["posts"]["post_id"].to_list() == [f"x:{P1}"]
    reasons = batch.rejects["reason"].to_list()
    assert reasons[1] == "no id or no author_id; collect with the field author_id"
    assert reasons[0].startswith("has a shape that API v2 does not have")
    assert batch.extras["accounts"].height == 6


def test_a_post_that_came_along_in_a_flattened_one_is_seen(tmp_path):
    lines = (SAMPLES / "x_api_v2_flattened.jsonl").read_text("utf-8").splitlines()
    batch = read(tmp_path, json.loads(lines[2]))
    [inner] = batch.extras["posts"].to_dicts()
    assert (inner["post_id"], inner["account_id"]) == (f"x:{P1}", "x:1002")
    assert inner["is_seen"]
    assert inner["text"].startswith("据网传")


def test_a_flattened_post_without_its_target_keeps_it_unseen(tmp_path):
    lines = (SAMPLES / "x_api_v2_flattened.jsonl").read_text("utf-8").splitlines()
    tweet = {**json.loads(lines[6]), "referenced_tweets": [{"type": "replied_to", "id": P1}]}
    assert unseen(read(tmp_path, tweet)) == [(f"x:{P1}", "x:1002")]


def test_a_repost_whose_text_is_cut_brings_the_whole_text_of_its_post(tmp_path):
    cut = {**BY_ID[P3], "text": "RT @hezhou_watch: 据@qingshi_news 报…"}
    batch = read(tmp_path, page(data=[cut], includes=PAGE["includes"]))
    texts = dict(batch.extras["posts"].select("post_id", "text").iter_rows())
    assert texts[f"x:{P2}"] == "据@qingshi_news 报道，情况属实？"
    assert batch.tables["posts"]["parent_id"].to_list() == [f"x:{P2}"]
