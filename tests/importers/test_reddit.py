# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: ArthurHeitmann/arctic_shift, schemas/RS and schemas/RC; Pushshift's dumps."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.reddit import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
RS, RC = SAMPLES / "reddit_RS.jsonl", SAMPLES / "reddit_RC.jsonl"
NOW, LATER = 1_773_108_000, 1_773_200_000


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def submission(**said):
    return {"id": "1syn9", "author": "me", "author_fullname": "t2_1", "subreddit": "hezhou",
            "title": "T", "selftext": "", "is_self": True, "created_utc": 1_773_104_400,
            "retrieved_on": NOW, "permalink": "/r/hezhou/comments/1syn9/t/", **said}  # fmt: skip


def comment(**said):
    return {"id": "csyn9", "author": "me", "subreddit": "hezhou", "body": "x",
            "created_utc": "1773104400", "link_id": "t3_1syn1", "parent_id": "t1_csyn6",
            **said}  # fmt: skip


def read_things(tmp_path, *things):
    path = tmp_path / "things.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in things), "utf-8")
    return read(path)


def post(tmp_path, thing):
    return read_things(tmp_path, thing).tables["posts"].row(0, named=True)


def labels(batch):
    return batch.extras["labels"]["label"].to_list() if "labels" in batch.extras else []


def test_the_submissions_give_the_story():
    posts = read(RS).tables["posts"]
    assert posts["post_id"].to_list() == [f"reddit:1syn{n}" for n in (0, 1, 2, 3, 4, 5, 7)]
    author = [1001, 1002, 1003, 1004, 1002, 1005, 1001]
    assert posts["account_id"].to_list() == [f"reddit:t2_{number}" for number in author]
    assert posts["kind"].to_list() == [
        "original", "original", "quote", "repost", "original", "original", "quote",
    ]  # fmt: skip
    assert posts["parent_id"].to_list() == [
        None, None, "reddit:1syn1", "reddit:1syn2", None, None, "reddit:1syn1",
    ]  # fmt: skip
    assert posts["text"][1] == "据网传，河洲大桥昨夜垮塌，多车坠河！来源：网络 #河洲大桥#"
    assert posts["urls"][4].to_list() == ["https://www.reddit.com/r/hezhou/comments/1syn3/"]
    assert posts["url"][1] == "https://www.reddit.com/r/hezhou/comments/1syn1/x/"
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["collected_at"][1] == datetime(2026, 3, 10, 2, tzinfo=UTC)


def test_a_comment_answers_a_submission_and_is_of_a_handle_only():
    [row] = read(RC).tables["posts"].to_dicts()
    assert (row["post_id"], row["account_id"]) == ("reddit:t1_csyn6", "reddit:@lin_reader")
    assert (row["kind"], row["parent_id"], row["root_id"]) == ("reply", *["reddit:1syn1"] * 2)


def test_comments_and_submissions_are_counted_apart(tmp_path):
    told = post(tmp_path, comment())
    assert (told["post_id"], told["parent_id"], told["root_id"]) == (
        "reddit:t1_csyn9", "reddit:t1_csyn6", "reddit:1syn1",
    )  # fmt: skip
    assert told["url"] == "https://www.reddit.com/comments/1syn1/_/csyn9/"


def test_pushshifts_last_dumps_have_the_parent_as_a_number_in_base_ten(tmp_path):
    assert post(tmp_path, comment(parent_id=int("csyn6", 36)))["parent_id"] == "reddit:t1_csyn6"
    assert post(tmp_path, comment(parent_id=None))["parent_id"] == "reddit:1syn1"


@pytest.mark.parametrize(
    ("title", "text", "kind"), [("T", "", "repost"), ("other", "", "quote"), ("T", "mine", "quote")]
)
def test_a_crosspost_with_words_of_its_own_is_a_quote(tmp_path, title, text, kind):
    parent = submission(id="1syn1", author_fullname="t2_2", author="you")
    there = "https://www.reddit.com/r/hezhou/comments/1syn1/x/"
    said = {"crosspost_parent": "t3_1syn1", "crosspost_parent_list": [parent], "url": there}
    batch = read_things(tmp_path, submission(title=title, selftext=text, is_self=False, **said))
    told = batch.tables["posts"].row(0, named=True)
    assert (told["kind"], told["parent_id"], told["urls"]) == (kind, "reddit:1syn1", [])
    assert batch.extras["posts"].select("post_id", "account_id", "is_seen").rows() == [
        ("reddit:1syn1", "reddit:t2_2", True)
    ]


def test_title_and_text_are_both_text_and_links_are_found_in_markdown(tmp_path):
    told = post(tmp_path, submission(selftext="see [b](https://b.example/1), u/lin_reader"))
    assert told["text"] == "T\n\nsee [b](https://b.example/1), u/lin_reader"
    assert (told["urls"], told["mentions"]) == (["https://b.example/1"], ["lin_reader"])


@pytest.mark.parametrize(
    ("said", "deleted", "label", "text"),
    [
        ({"selftext": "[removed]", "removed_by_category": "moderator"}, NOW,
         ["removed: moderator"], "T"),
        ({"selftext": "[deleted]", "author": "[deleted]"}, NOW, [], "T"),
        ({"_meta": {"was_deleted_later": True, "retrieved_2nd_on": LATER,
                    "removal_type": "deleted"}}, LATER, ["removed: deleted"], "T"),
        ({}, None, [], "T"),
    ],
)  # fmt: skip
def test_what_was_removed_or_deleted_says_so_and_when_it_was_seen(
    tmp_path, said, deleted, label, text
):
    batch = read_things(tmp_path, submission(**said))
    told = batch.tables["posts"].row(0, named=True)
    expected = deleted and datetime.fromtimestamp(deleted, UTC)
    assert (told["deleted_at"], told["text"], told["is_seen"]) == (expected, text, True)
    assert labels(batch) == label


def test_a_removed_comment_has_no_text(tmp_path):
    told = post(tmp_path, comment(body="[removed]", retrieved_on=NOW))
    assert (told["text"], told["deleted_at"]) == (None, datetime.fromtimestamp(NOW, UTC))


def test_deleted_authors_are_not_one_account(tmp_path):
    things = [comment(id=key, author="[deleted]") for key in ("a", "b")]
    batch = read_things(tmp_path, *things)
    assert batch.tables["posts"]["account_id"].to_list() == [
        "reddit:author-of-t1_a", "reddit:author-of-t1_b",
    ]  # fmt: skip
    assert batch.extras["accounts"]["handle"].to_list() == [None, None]


def test_marks_of_reddit_are_labels(tmp_path):
    batch = read_things(tmp_path, submission(over_18=True, promoted=True, spoiler=True))
    assert labels(batch) == ["over 18", "promoted"]


def test_an_edit_has_a_time_or_only_the_word_true(tmp_path):
    assert post(tmp_path, comment(edited=NOW))["edited_at"] == datetime.fromtimestamp(NOW, UTC)
    assert post(tmp_path, comment(edited=True))["edited_at"] is None
    assert post(tmp_path, comment(edited=False))["edited_at"] is None


def test_a_listing_of_the_api_is_read(tmp_path):
    children = [{"kind": "t3", "data": submission()}, {"kind": "t1", "data": comment()}]
    path = tmp_path / "listing.json"
    path.write_text(json.dumps({"kind": "Listing", "data": {"children": children}}), "utf-8")
    assert IMPORTER.suits(sampled(path)) is not None
    assert read(path).tables["posts"]["post_id"].to_list() == ["reddit:1syn9", "reddit:t1_csyn9"]


def test_what_is_neither_is_refused(tmp_path):
    batch = read_things(tmp_path, {"id": "t5_x", "subreddit": "hezhou"}, submission())
    assert batch.rejects["reason"].to_list() == [
        "no id, or neither title nor body: no submission or comment"
    ]
