# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: bluesky-social/jetstream, README.md; the lexicon app.bsky.feed.repost for `via`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphkit.importers.bluesky_jetstream import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLE = Path(__file__).parent / "samples" / "bluesky_jetstream.jsonl"
ME, OTHER, RELAY = "did:plc:me", "did:plc:other", "did:plc:relay"
TIME_US = 1_773_104_400_000_000
AT = datetime(2026, 3, 10, 1, tzinfo=UTC)
FEED = "app.bsky.feed"


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def read_values(tmp_path, *values):
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(json.dumps(value) for value in values), "utf-8")
    return read(path)


def commit(collection, record=None, operation="create", key="3lkey"):
    told = {"rev": "r", "operation": operation, "collection": collection, "rkey": key}
    told |= {"record": record, "cid": "c"} if record else {}
    return {"did": ME, "time_us": TIME_US, "kind": "commit", "commit": told}


def uri(did, key="3lkey", kind="post"):
    return f"at://{did}/{FEED}.{kind}/{key}"


def at(did, key="3lkey", kind="post"):
    return f"bluesky:{uri(did, key, kind)}"


def test_the_stream_gives_the_story_and_a_like():
    batch = read(SAMPLE)
    posts = batch.tables["posts"]
    author = [1001, 1002, 1003, 1004, 1002, 1005, 1006, 1001]
    assert posts["account_id"].to_list() == [f"bluesky:did:plc:synthetic{n}" for n in author]
    assert posts["kind"].to_list() == [
        "original", "original", "quote", "repost", "original", "original", "reply", "quote",
    ]  # fmt: skip
    p1, p2 = posts["post_id"][1], posts["post_id"][2]
    assert posts["parent_id"].to_list() == [None, None, p1, p2, None, None, p1, p1]
    assert posts["created_at"][1] == posts["received_at"][1] == AT
    assert posts["url"][1] == "https://bsky.app/profile/did:plc:synthetic1002/post/3lsynth1aaa2c"
    [like] = batch.tables["actions"].to_dicts()
    assert (like["act"], like["object_id"]) == ("like", posts["post_id"][7])
    assert like["account_id"] == "bluesky:did:plc:synthetic1006"
    assert like["acted_at"] == datetime(2026, 3, 10, 1, 31, tzinfo=UTC)
    assert batch.rows_read == 9


def test_what_is_referred_to_is_known_by_the_dids_in_its_address():
    unseen = read(SAMPLE).extras["posts"]
    assert unseen["is_seen"].any() is False
    assert unseen["account_id"].unique().sort().to_list() == [
        "bluesky:did:plc:synthetic1001",
        "bluesky:did:plc:synthetic1002",
        "bluesky:did:plc:synthetic1003",
    ]


def test_a_repost_found_through_another_repost_has_that_as_parent_and_the_post_as_root(tmp_path):
    relay = uri(RELAY, "3lrelay", "repost")
    record = {"subject": {"uri": uri(OTHER)}, "createdAt": "2026-03-10T00:59:59Z",
              "via": {"uri": relay, "cid": "c"}}  # fmt: skip
    batch = read_values(tmp_path, commit(f"{FEED}.repost", record))
    [post] = batch.tables["posts"].to_dicts()
    assert (post["parent_id"], post["root_id"]) == (f"bluesky:{relay}", at(OTHER))
    assert (post["created_at"], post["received_at"]) == (AT - timedelta(seconds=1), AT)
    known = {row["post_id"]: row for row in batch.extras["posts"].to_dicts()}
    assert known[f"bluesky:{relay}"]["account_id"] == f"bluesky:{RELAY}"
    assert known[f"bluesky:{relay}"]["parent_id"] == at(OTHER)
    assert known[at(OTHER)]["account_id"] == f"bluesky:{OTHER}"
    [action] = batch.extras["actions"].to_dicts()
    assert (action["act"], action["object_id"]) == ("repost", at(OTHER))
    assert action["content_id"] == post["post_id"]


def test_a_repost_without_via_has_the_post_as_parent_and_no_action_of_its_own(tmp_path):
    record = {"subject": {"uri": uri(OTHER)}, "createdAt": "2026-03-10T01:00:00Z"}
    batch = read_values(tmp_path, commit(f"{FEED}.repost", record))
    [post] = batch.tables["posts"].to_dicts()
    assert (post["parent_id"], post["root_id"]) == (at(OTHER), None)
    assert "actions" not in batch.extras


@pytest.mark.parametrize("kind", ["post", "repost"])
def test_a_deletion_keeps_the_post_as_unseen_with_its_time(tmp_path, kind):
    [post] = (
        read_values(tmp_path, commit(f"{FEED}.{kind}", operation="delete"))
        .tables["posts"]
        .to_dicts()
    )
    assert (post["post_id"], post["is_seen"], post["deleted_at"]) == (at(ME, kind=kind), False, AT)
    assert post["account_id"] == f"bluesky:{ME}"


def test_an_update_is_the_post_with_the_time_of_its_edit(tmp_path):
    record = {"text": "new", "createdAt": "2026-03-09T00:00:00Z"}
    batch = read_values(tmp_path, commit(f"{FEED}.post", record, operation="update"))
    assert batch.tables["posts"].select("text", "edited_at").rows() == [("new", AT)]


def test_a_like_without_a_readable_time_has_that_of_the_stream(tmp_path):
    record = {"subject": {"uri": uri(OTHER)}, "createdAt": "soon"}
    batch = read_values(tmp_path, commit(f"{FEED}.like", record))
    assert batch.tables["actions"]["acted_at"].to_list() == [AT]


def test_names_profiles_and_states_of_accounts_are_kept(tmp_path):
    batch = read_values(
        tmp_path,
        {"did": ME, "time_us": TIME_US, "kind": "identity", "identity": {"handle": "me.example"}},
        commit("app.bsky.actor.profile", {"displayName": "我", "description": "bio"}, key="self"),
        {"did": ME, "time_us": TIME_US, "kind": "account",
         "account": {"active": False, "status": "takendown"}},
    )  # fmt: skip
    rows = batch.tables["accounts"].select("account_id", "handle", "display_name", "bio").rows()
    assert rows == [
        (f"bluesky:{ME}", "me.example", None, None), (f"bluesky:{ME}", None, "我", "bio"),
    ]  # fmt: skip
    [label] = batch.tables["labels"].to_dicts()
    assert (label["subject_kind"], label["subject_id"]) == ("account", f"bluesky:{ME}")
    assert (label["label"], label["labelled_at"]) == ("takendown", AT)


def test_what_is_not_kept_is_refused_and_says_what_it_is(tmp_path):
    active = {"did": ME, "time_us": TIME_US, "kind": "account", "account": {"active": True}}
    batch = read_values(
        tmp_path,
        commit("app.bsky.graph.follow", {"subject": OTHER}),
        commit(f"{FEED}.like", operation="delete"),
        active,
        {"did": ME, "time_us": TIME_US, "kind": "identity", "identity": {}},
        {"did": ME, "time_us": TIME_US, "kind": "commit"},
    )
    assert batch.rejects["reason"].to_list() == [
        "a record of app.bsky.graph.follow: only posts, reposts, likes and profiles are kept",
        "a deletion in app.bsky.feed.like: it does not say of what",
        "an account that is active: nothing to keep",
        "an event of kind identity with nothing to keep",
        "a record of None: only posts, reposts, likes and profiles are kept",
    ]
    assert batch.rows_read == 5
