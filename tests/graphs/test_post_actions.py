# SPDX-License-Identifier: GPL-3.0-or-later
"""What a post does, as rows of the action log."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.post_actions import post_actions
from graphkit.tables import ACTIONS, POSTS


def posts(*rows):
    defaults = {
        "account_id": "x:a",
        "platform": "x",
        "time_precision": "second",
        "kind": "original",
        "urls": [],
        "mentions": [],
        "hashtags": [],
        "media_hashes": [],
        "is_seen": True,
        "source_id": "s",
    }
    schema = {n: c.dtype for n, c in POSTS.columns.items()}
    frame = pl.DataFrame([{**defaults, **row} for row in rows], schema=schema)
    return POSTS.check(frame)


def said(frame):
    return [tuple(row.values()) for row in frame.select("act", "object_id").to_dicts()]


def test_a_post_acts_on_its_links_tags_mentions_and_text():
    frame = post_actions(
        posts(
            {
                "post_id": "x:1",
                "text": "The bridge at Weigang has fallen! https://news.example/a #bridge",
                "urls": ["https://News.example/a?utm_source=x", "https://news.example/a"],
                "hashtags": ["bridge"],
                "mentions": ["lin"],
            }
        )
    )
    ACTIONS.check(frame)
    assert [pair for pair in said(frame) if pair[0] != "text"] == [
        ("domain", "news.example"),
        ("hashtag", "bridge"),
        ("mention", "lin"),
        ("url", "https://news.example/a"),
    ]
    assert frame.filter(act="text")["object_id"].str.starts_with("the").to_list() == [True]
    assert set(frame["content_id"]) == {"x:1"}


def test_a_repost_acts_on_its_parent_and_says_nothing_of_its_own():
    repost = {"post_id": "x:2", "kind": "repost", "parent_id": "x:1", "text": "a long enough text"}
    assert said(post_actions(posts(repost))) == [("repost", "x:1")]


def test_nothing_is_made_from_an_empty_string_or_from_a_post_that_was_not_seen():
    empty = {"post_id": "x:1", "text": "", "urls": ["", " "], "hashtags": [""]}
    unseen = {"post_id": "x:2", "is_seen": False, "hashtags": ["bridge"]}
    assert post_actions(posts(empty, unseen)).is_empty()


def test_a_short_text_is_not_an_object():
    assert post_actions(posts({"post_id": "x:1", "text": "早上好！"})).is_empty()


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_posts_changes_nothing(order):
    rows = [{"post_id": f"x:{n}", "hashtags": ["b", "a"], "mentions": ["m"]} for n in range(4)]
    assert post_actions(posts(*[rows[n] for n in order])).equals(post_actions(posts(*rows)))


def test_a_picture_is_one_object_and_a_repost_has_none_of_its_own():
    frame = post_actions(
        posts(
            {"post_id": "x:1", "media_hashes": ["sha256:aa", "phash:f0", "sha256:bb", "phash:0f"]},
            {"post_id": "x:2", "media_hashes": ["sha256:cc"]},
            {"post_id": "x:3", "media_hashes": ["phash:f0"], "kind": "repost", "parent_id": "x:1"},
        )
    )
    pictures = frame.filter(act="image").select("content_id", "object_id").rows()
    assert pictures == [("x:1", "phash:0f"), ("x:1", "phash:f0"), ("x:2", "sha256:cc")]


def test_five_hashtags_in_one_order_are_a_sequence():
    tags = ["a", "b", "c", "d", "e"]
    frame = post_actions(
        posts(
            {"post_id": "x:1", "hashtags": tags},
            {"post_id": "x:2", "hashtags": tags[::-1]},
            {"post_id": "x:3", "hashtags": tags[:4]},
        )
    )
    sequences = frame.filter(act="hashtag_sequence")["object_id"].to_list()
    assert sequences == ["a b c d e", "e d c b a"]


def test_a_repost_mentions_only_whom_its_own_words_mention():
    told = "look @Wei //@lin: the bridge @harbour"
    names = {"mentions": ["wei", "lin", "harbour"], "text": told}
    repost = {"post_id": "x:2", "kind": "repost", "parent_id": "x:1", **names}
    frame = post_actions(posts(repost, {"post_id": "x:3", **names}))
    mentions = frame.filter(act="mention").select("content_id", "object_id").rows()
    assert mentions == [("x:2", "wei"), ("x:3", "harbour"), ("x:3", "lin"), ("x:3", "wei")]


def test_a_repost_of_unknown_words_mentions_nobody():
    repost = {"post_id": "x:2", "kind": "repost", "parent_id": "x:1", "mentions": ["lin"]}
    assert said(post_actions(posts(repost))) == [("repost", "x:1")]


def test_an_answer_acts_on_the_post_that_it_answers_and_no_unknown_one():
    answers = [{"post_id": "x:2", "kind": "reply", "parent_id": "x:1"}]
    answers.append({"post_id": "x:3", "kind": "reply", "parent_id": None})
    assert said(post_actions(posts(*answers))) == [("reply", "x:1")]
