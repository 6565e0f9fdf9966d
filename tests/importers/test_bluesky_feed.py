# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: Bluesky's lexicons app.bsky.feed.defs and app.bsky.embed; 4CAT, datasources/bsky.

4CAT (search_bsky.py) stores what the library atproto gives: snake_case, and `py_type` for `$type`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphkit.importers.bluesky_feed import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
FEED, FOURCAT = SAMPLES / "bluesky_author_feed.jsonl", SAMPLES / "4cat_bluesky.ndjson"
DID = "did:plc:synthetic"
PROFILE = "https://bsky.app/profile/"
STORY = [
    # author, key, seconds after 2026-03-10 01:00:00 UTC, kind, author and key of the parent
    (1001, "post/3lsynth0aaa2c", None, "original", None),  # in 2024
    (1002, "post/3lsynth1aaa2c", 0, "original", None),
    (1003, "post/3lsynth2aaa2c", 200, "quote", (1002, "post/3lsynth1aaa2c")),
    (1004, "repost/3lsynth3aaa2c", 305, "repost", (1003, "post/3lsynth2aaa2c")),
    (1002, "post/3lsynth4aaa2c", 400, "original", None),
    (1005, "post/3lsynth5aaa2c", 435, "original", None),
    (1006, "post/3lsynth6aaa2c", 1_800, "reply", (1002, "post/3lsynth1aaa2c")),
    (1001, "post/3lsynth7aaa2c", 7_200, "quote", (1002, "post/3lsynth1aaa2c")),
]
START = datetime(2026, 3, 10, 1, tzinfo=UTC)
ME, OTHER = "did:plc:me", "did:plc:other"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def lines(path, *values):
    path.write_text("\n".join(json.dumps(v, ensure_ascii=False) for v in values), "utf-8")
    return path


def uri(did, key="3lpost", collection="app.bsky.feed.post"):
    return f"at://{did}/{collection}/{key}"


def view(**said):
    record = {"$type": "app.bsky.feed.post", "text": "x", "createdAt": "2026-03-10T01:00:00.000Z"}
    author = {"did": ME, "handle": "me.example"}
    given = {"uri": uri(ME), "author": author, "indexedAt": "2026-03-10T01:00:01.000Z", **said}
    return {**given, "record": {**record, **said.get("record", {})}}


def one(tmp_path, **said):
    return read(lines(tmp_path / "feed.jsonl", view(**said)))


def extras(batch, table):
    return batch.extras[table].to_dicts() if table in batch.extras else []


def qualified(author, key):
    return f"bluesky:at://{DID}{author}/app.bsky.feed.{key}"


def test_a_feed_gives_the_story_with_its_repost_its_quotes_and_both_times():
    posts = read(FEED).tables["posts"]
    told = [
        (qualified(who, key), f"bluesky:{DID}{who}", kind, parent and qualified(*parent))
        for who, key, _, kind, parent in STORY
    ]
    assert posts.select("post_id", "account_id", "kind", "parent_id").rows() == told
    assert posts["created_at"].to_list()[1:] == [START + timedelta(seconds=s[2]) for s in STORY[1:]]
    assert posts["received_at"][1] == START + timedelta(seconds=1)
    assert posts["url"][1] == f"{PROFILE}qingshi-news.bsky.example/post/3lsynth1aaa2c"
    assert posts["url"][3] is None
    assert posts["urls"][4].to_list() == [
        "https://bsky.app/profile/city-express01.bsky.example/post/3lsynth3aaa2c"
    ]
    assert posts["mentions"][2].to_list() == ["did:plc:synthetic1002"]


def test_4cats_snake_case_and_py_type_give_the_same_posts_and_when_each_was_collected():
    published = {row["post_id"]: row for row in read(FEED).tables["posts"].to_dicts()}
    posts = read(FOURCAT).tables["posts"].to_dicts()
    assert len(posts) == 7
    for post in posts:
        assert post.pop("collected_at") == datetime(2026, 3, 11, 0, 0, 0, 500_000, tzinfo=UTC)
        same = {**published[post["post_id"]], "source_line": post["source_line"]}
        assert {**post, "collected_at": None} == same


def test_4cats_error_in_place_of_a_handle_is_no_handle(tmp_path):
    told = [{"did": OTHER, "handle": "Profile not found"}, {"did": ME, "handle": "a.b"}]
    batch = one(tmp_path, **{"4CAT_metadata": {"mentions": told}})
    assert [row["handle"] for row in extras(batch, "accounts")] == ["me.example", "a.b"]


@pytest.mark.parametrize("key", ["feed", "posts"])
def test_a_page_of_the_api_is_read_from_a_document_and_from_a_line(tmp_path, key):
    page = {key: [{"post": view()} if key == "feed" else view()], "cursor": "1"}
    document = tmp_path / "page.json"
    document.write_text(json.dumps(page, indent=1), "utf-8")
    for path in (document, lines(tmp_path / "pages.jsonl", page)):
        assert IMPORTER.suits(sampled(path)) is not None
        assert read(path).tables["posts"]["post_id"].to_list() == [f"bluesky:{uri(ME)}"]


def test_a_client_may_write_any_time_and_the_servers_time_stays(tmp_path):
    forged = ["0000-01-01T00:00:00Z", "yesterday", "1970-01-01T00:00:00Z", None]
    values = [view(uri=uri(ME, f"k{n}"), record={"createdAt": t}) for n, t in enumerate(forged)]
    batch = read(lines(tmp_path / "forged.jsonl", *values))
    posts = batch.tables["posts"]
    assert batch.rejects.is_empty()
    assert posts["created_at"].to_list() == [None, None, datetime(1970, 1, 1, tzinfo=UTC), None]
    assert posts["received_at"].unique().to_list() == [datetime(2026, 3, 10, 1, 0, 1, tzinfo=UTC)]


def test_nanoseconds_and_a_missing_offset_lose_no_post(tmp_path):
    times = ["2026-03-10T01:00:00.123456789Z", "2026-03-10T01:00:00"]
    values = [view(uri=uri(ME, f"k{n}"), record={"createdAt": t}) for n, t in enumerate(times)]
    posts = read(lines(tmp_path / "a.jsonl", *values)).tables["posts"]
    assert posts["created_at"].to_list() == [START.replace(microsecond=123_456), START]


@pytest.mark.parametrize("shape", ["viewNotFound", "viewBlocked", "viewDetached"])
@pytest.mark.parametrize("has_media", [False, True])
def test_a_quoted_post_that_is_gone_is_an_unseen_post_of_the_did_in_its_uri(
    tmp_path, shape, has_media
):
    quoted = uri(OTHER, "3lgone")
    ref = {"record": {"uri": quoted}}
    gone = {"record": {"$type": f"app.bsky.embed.record#{shape}", "uri": quoted}}
    if has_media:
        ref, gone = {"record": ref, "media": {}}, {"record": gone, "media": {}}
    batch = one(tmp_path, record={"embed": ref}, embed=gone)
    post = batch.tables["posts"].row(0, named=True)
    assert (post["kind"], post["parent_id"]) == ("quote", f"bluesky:{quoted}")
    [unseen] = extras(batch, "posts")
    assert unseen["post_id"] == f"bluesky:{quoted}"
    assert unseen["account_id"] == f"bluesky:{OTHER}"
    assert unseen["is_seen"] is False
    assert unseen["url"] == f"https://bsky.app/profile/{OTHER}/post/3lgone"


def test_a_quoted_post_in_full_comes_along_with_its_author_and_text(tmp_path):
    value = {"text": "quoted", "createdAt": "2026-03-09T00:00:00Z"}
    author = {"did": OTHER, "handle": "other.example"}
    inner = {"uri": uri(OTHER), "author": author, "value": value}
    media = {"record": {"record": {"uri": uri(OTHER)}}, "media": {}}
    batch = one(tmp_path, record={"embed": media}, embed={"record": {"record": inner}})
    [quoted] = extras(batch, "posts")
    assert (quoted["text"], quoted["is_seen"]) == ("quoted", True)
    assert [row["handle"] for row in extras(batch, "accounts")] == ["me.example", "other.example"]


def test_a_list_or_feed_in_the_place_of_a_post_is_not_quoted(tmp_path):
    ref = {"record": {"uri": uri(OTHER, "x", "app.bsky.graph.list")}}
    post = one(tmp_path, record={"embed": ref}).tables["posts"].row(0, named=True)
    assert (post["kind"], post["parent_id"]) == ("original", None)


def test_links_come_from_the_text_the_card_and_the_bridge_and_tags_from_both_places(tmp_path):
    features = [{"uri": "https://a.example"}, {"tag": "one"}, {"did": OTHER}]
    record = {
        "facets": [{"features": features}],
        "embed": {"external": {"uri": "https://card.example"}},
        "bridgyOriginalUrl": "https://social.example/@x/1",
        "tags": ["two"],
    }
    post = one(tmp_path, record=record).tables["posts"].row(0, named=True)
    told = ["https://a.example", "https://card.example", "https://social.example/@x/1"]
    assert (post["urls"], post["mentions"], post["hashtags"]) == (told, [OTHER], ["one", "two"])


def test_pictures_are_known_by_their_cids(tmp_path):
    images = [{"image": {"ref": {"$link": "bafkpicture"}}}]
    record = {"embed": {"media": {"images": images}, "record": {"record": {"uri": uri(OTHER)}}}}
    posts = one(tmp_path, record=record).tables["posts"]
    assert posts["media_hashes"].to_list() == [["bafkpicture"]]


def test_without_author_the_did_in_the_uri_tells_whose_post_it_is(tmp_path):
    post = one(tmp_path, author=None).tables["posts"].row(0, named=True)
    assert post["account_id"] == f"bluesky:{ME}"
    assert post["url"] == f"https://bsky.app/profile/{ME}/post/3lpost"


def test_a_handle_that_leads_nowhere_is_unknown(tmp_path):
    batch = one(tmp_path, author={"did": ME, "handle": "handle.invalid"})
    assert extras(batch, "accounts")[0]["handle"] is None
    assert batch.tables["posts"]["url"][0] == f"https://bsky.app/profile/{ME}/post/3lpost"


def test_a_repost_without_its_own_uri_gets_an_id_that_is_no_posts(tmp_path):
    reason = {"by": {"did": OTHER, "handle": "o.example"}, "indexedAt": "2026-03-10T02:00:00Z"}
    batch = read(lines(tmp_path / "feed.jsonl", {"post": view(), "reason": reason}))
    repost = batch.tables["posts"].row(0, named=True)
    assert repost["post_id"] == f"bluesky:{uri(ME)}/reposted-by/{OTHER}"
    assert (repost["kind"], repost["parent_id"]) == ("repost", f"bluesky:{uri(ME)}")
    assert [row["post_id"] for row in extras(batch, "posts")] == [f"bluesky:{uri(ME)}"]


def test_labels_keep_who_gave_them_when_until_when_and_that_one_was_taken_back(tmp_path):
    given = {"val": "spam", "src": "did:plc:mod", "cts": "2026-03-10T02:00:00Z",
             "exp": "2026-04-10T02:00:00Z"}  # fmt: skip
    labels = [given, {**given, "val": "rude", "neg": True}]
    batch = one(tmp_path, labels=labels, record={"labels": {"values": [{"val": "graphic-media"}]}})
    assert [
        (row["label"], row["labelled_by"], row["labelled_at"], row["retracted_at"])
        for row in extras(batch, "labels")
    ] == [
        ("spam", "did:plc:mod", datetime(2026, 3, 10, 2, tzinfo=UTC), None),
        ("rude", "did:plc:mod", None, datetime(2026, 3, 10, 2, tzinfo=UTC)),
        ("graphic-media", ME, None, None),
    ]
    assert extras(batch, "labels")[0]["expires_at"] == datetime(2026, 4, 10, 2, tzinfo=UTC)


def test_the_thread_around_a_reply_comes_along_and_what_is_gone_of_it_stays_unseen(tmp_path):
    refs = {"parent": {"uri": uri(OTHER, "3lparent")}, "root": {"uri": uri(OTHER, "3lroot")}}
    root = view(uri=uri(OTHER, "3lroot"), author={"did": OTHER, "handle": "o.example"})
    gone = {"uri": uri(OTHER, "3lparent"), "notFound": True}
    item = {"post": view(record={"reply": refs}), "reply": {"parent": gone, "root": root}}
    batch = read(lines(tmp_path / "feed.jsonl", item))
    post = batch.tables["posts"].row(0, named=True)
    assert (post["kind"], post["root_id"]) == ("reply", f"bluesky:{uri(OTHER, '3lroot')}")
    assert {row["post_id"][-7:]: row["is_seen"] for row in extras(batch, "posts")} == {
        "/3lroot": True, "lparent": False,
    }  # fmt: skip


def test_what_is_no_post_is_refused_with_a_reason(tmp_path):
    batch = read(lines(tmp_path / "a.jsonl", {"post": {"uri": 5}}, "words", view()))
    assert batch.rows_read == 3
    assert batch.rejects["line"].to_list() == [1, 2]
    assert batch.rejects["reason"][0] == "no at-uri or no record: it is no post"
