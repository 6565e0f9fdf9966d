# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: 4CAT, datasources/bsky/search_bsky.py (map_item)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.fourcat_bluesky import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLE = Path(__file__).parent / "samples" / "4cat_bluesky.csv"
P1 = "at://did:plc:synthetic1002/app.bsky.feed.post/3lsynth1aaa2c"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def changed(tmp_path, number, **cells):
    with SAMPLE.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    path = tmp_path / "4cat.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerow({**rows[number], **cells})
    return read(path)


def test_the_table_gives_the_story_with_quotes_resolved_by_the_handles_in_the_file():
    posts = read(SAMPLE).tables["posts"]
    assert posts["kind"].to_list() == [
        "original", "original", "quote", "original", "original", "reply", "quote",
    ]  # fmt: skip
    p1 = f"bluesky:{P1}"
    assert posts["parent_id"].to_list() == [None, None, p1, None, None, p1, p1]
    assert posts["root_id"][5] == p1
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["mentions"][2].to_list() == ["did:plc:synthetic1002"]
    assert (
        posts["url"][1] == "https://bsky.app/profile/qingshi-news.bsky.example/post/3lsynth1aaa2c"
    )
    assert posts["collected_at"].null_count() == 7  # the clock of the server, of no known zone


def test_a_handle_that_the_file_does_not_have_leaves_the_target_unknown_and_named(tmp_path):
    post = changed(tmp_path, 2).tables["posts"].row(0, named=True)
    assert (post["kind"], post["parent_id"]) == ("quote", None)
    assert post["source_label"] == "@qingshi-news.bsky.example"


def test_an_answer_to_the_first_post_of_its_thread_needs_no_handle(tmp_path):
    batch = changed(tmp_path, 5)
    assert batch.tables["posts"]["parent_id"].to_list() == [f"bluesky:{P1}"]
    [unseen] = batch.extras["posts"].to_dicts()
    assert (unseen["account_id"], unseen["is_seen"]) == ("bluesky:did:plc:synthetic1002", False)


def test_an_answer_to_a_did_is_resolved(tmp_path):
    there = "https://bsky.app/profile/did:plc:other/post/3lother"
    post = changed(tmp_path, 5, replied_to_post=there).tables["posts"].row(0, named=True)
    assert post["parent_id"] == "bluesky:at://did:plc:other/app.bsky.feed.post/3lother"


@pytest.mark.parametrize("word", ["DELETED", "REMOVED BY AUTHOR", "VIEWER BLOCKED BY AUTHOR"])
def test_a_word_in_the_place_of_the_quoted_post_is_a_quote_of_an_unknown_post(tmp_path, word):
    post = changed(tmp_path, 2, quoted_post=word, quoted_user="").tables["posts"].row(0, named=True)
    assert (post["kind"], post["parent_id"], post["source_label"]) == ("quote", None, None)


def test_labels_are_kept(tmp_path):
    labels = changed(tmp_path, 1, labels="spam,rude").extras["labels"]
    assert labels.select("subject_id", "label").rows() == [
        (f"bluesky:{P1}", "spam"), (f"bluesky:{P1}", "rude"),
    ]  # fmt: skip


def test_what_has_no_at_uri_is_refused(tmp_path):
    rejects = changed(tmp_path, 1, id="7").rejects
    assert rejects["reason"].to_list() == ["id is no at-uri, or no author_id"]
