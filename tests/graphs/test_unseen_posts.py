# SPDX-License-Identifier: GPL-3.0-or-later
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.citation_rows import citation_rows
from graphkit.graphs.unseen_posts import unseen_posts, unseen_rows
from graphkit.tables import ACCOUNTS, POSTS

START = datetime(2026, 3, 10, 1, tzinfo=UTC)
ACCOUNT_ROWS = ACCOUNTS.conform(
    pl.DataFrame(
        {
            "account_id": ["x:1", "bluesky:did:plc:a"],
            "platform": ["x", "bluesky"],
            "handle": ["qingshi_news", "a.example"],
            "source_id": "s",
        }
    )
)


def posts_of(*rows):
    """Posts in which everything that is not given is unknown or empty."""
    full = [
        {
            "post_id": f"x:{number}",
            "account_id": "x:9",
            "platform": "x",
            "created_at": START + timedelta(minutes=number),
            "time_precision": "second",
            "kind": "original",
            "text": "",
            "parent_id": None,
            "root_id": None,
            "urls": [],
            "mentions": [],
            "hashtags": [],
            "media_hashes": [],
            "source_label": None,
            "is_seen": True,
            "source_id": "s",
            "source_line": number,
        }
        | row
        for number, row in enumerate(rows)
    ]
    return POSTS.conform(pl.DataFrame(full, infer_schema_length=None))


def unseen_of(*rows):
    posts = posts_of(*rows)
    return unseen_posts(posts, citation_rows(posts, ACCOUNT_ROWS), accounts=ACCOUNT_ROWS)


def test_a_post_that_is_only_referred_to_is_kept_with_who_refers_to_it_and_when():
    found = unseen_of(
        {"kind": "repost", "parent_id": "x:0"},
        {"kind": "reply", "parent_id": "weibo:3489035978933121", "root_id": "weibo:7"},
        {"kind": "quote", "parent_id": "weibo:3489035978933121"},
        {"urls": ["https://weibo.com/1002/yBmepBtUB"]},
    )
    columns = ("post_id", "referred_by_count", "first_referred_at", "fields", "source_line")
    assert found.select(columns).rows() == [
        (
            "weibo:3489035978933121",
            3,
            START + timedelta(minutes=1),
            ["citation", "parent_id"],
            1,
        ),
        ("weibo:7", 1, START + timedelta(minutes=1), ["root_id"], 1),
    ]
    assert found["id_time"].to_list() == [datetime(2012, 9, 11, 3, 34, 23, tzinfo=UTC), None]
    assert found["platform"].to_list() == ["weibo", "weibo"]


def test_the_author_is_known_where_the_platform_says_it():
    uri = "bluesky:at://did:plc:a/app.bsky.feed.post/3lk"
    found = unseen_of(
        {"kind": "quote", "parent_id": uri},
        {"kind": "repost", "parent_id": "x:20", "text": "RT @Qingshi_News: 大桥"},
        {"kind": "repost", "parent_id": "x:21", "source_label": "@lost_one"},
        {"kind": "quote", "parent_id": "x:22", "text": "RT @qingshi_news: 大桥"},
        {"urls": ["https://x.com/qingshi_news/status/23"]},
    )
    assert found.select("post_id", "account_id", "handle").rows() == [
        (uri, "bluesky:did:plc:a", "a.example"),
        ("x:20", "x:1", "qingshi_news"),
        ("x:21", "x:@lost_one", "lost_one"),
        ("x:22", None, None),
        ("x:23", None, None),
    ]


def test_reposts_that_name_different_authors_name_none():
    repost = {"kind": "repost", "parent_id": "x:20"}
    found = unseen_of(repost | {"text": "RT @a: b"}, repost | {"text": "RT @c: b"})
    assert found.select("account_id", "handle").rows() == [(None, None)]


def test_those_of_known_authors_are_rows_of_the_table_posts():
    found = unseen_of(
        {"kind": "repost", "parent_id": "x:1288834974657000000", "text": "RT @qingshi_news: b"},
        {"kind": "reply", "parent_id": "x:99"},
    )
    rows = unseen_rows(found)
    assert POSTS.check(rows).select("post_id", "account_id", "is_seen", "kind").rows() == [
        ("x:1288834974657000000", "x:1", False, "original")
    ]
    assert rows["id_time"].null_count() == 0
    posts = posts_of({"kind": "repost", "parent_id": "x:1288834974657000000"})
    both = pl.concat([posts, rows])
    assert unseen_posts(both, citation_rows(both, ACCOUNT_ROWS), accounts=ACCOUNT_ROWS).is_empty()


def test_a_case_without_references_has_none():
    assert unseen_of({}).is_empty()
    assert unseen_rows(unseen_of({})).is_empty()


TARGETS = st.sampled_from([None, "x:0", "x:7", "weibo:7"])
LINKS = st.sampled_from([[], ["https://x.com/a/status/8"], ["https://a.example"]])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TARGETS, TARGETS, LINKS), min_size=1, max_size=5), st.randoms())
def test_every_reference_is_to_a_row_of_one_of_the_two_and_order_changes_nothing(rows, random):
    names = ("parent_id", "root_id", "urls")
    posts = posts_of(*({"kind": "reply", **dict(zip(names, row, strict=True))} for row in rows))
    cited = citation_rows(posts, ACCOUNT_ROWS)
    found = unseen_posts(posts, cited, accounts=ACCOUNT_ROWS)
    order = list(range(len(rows)))
    random.shuffle(order)
    assert found.equals(unseen_posts(posts[order], cited.reverse(), accounts=ACCOUNT_ROWS))
    ids = set(posts["post_id"]) | set(found["post_id"])
    assert not set(posts["post_id"]) & set(found["post_id"])
    referred = {*posts["parent_id"], *posts["root_id"], *cited.filter(target_kind="post")["target"]}
    assert referred - {None} <= ids
