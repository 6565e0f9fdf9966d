# SPDX-License-Identifier: GPL-3.0-or-later
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.citation_rows import citation_rows
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS

START = datetime(2026, 3, 10, 1, tzinfo=UTC)
ACCOUNT_ROWS = ACCOUNTS.conform(
    pl.DataFrame(
        {
            "account_id": ["x:1", "x:2", "x:3", "weiju:2"],
            "platform": ["x", "x", "x", "weiju"],
            "handle": ["qingshi_news", "hezhou_watch", "copycat", "hezhou_watch"],
            "display_name": ["青石快讯", "河洲观察", "青石快讯", "河洲观察"],
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
            "urls": [],
            "mentions": [],
            "hashtags": [],
            "media_hashes": [],
            "is_seen": True,
            "source_id": "s",
        }
        | row
        for number, row in enumerate(rows)
    ]
    return POSTS.conform(pl.DataFrame(full, infer_schema_length=None))


def cited(*rows):
    found = citation_rows(posts_of(*rows), ACCOUNT_ROWS)
    return found.select("post_id", "target_kind", "target", "via", "rule").rows()


def test_the_columns_are_those_of_the_table_without_provenance():
    found = citation_rows(posts_of({}), ACCOUNT_ROWS)
    whole = found.with_columns(source_id=pl.lit("s"), source_line=pl.lit(None, pl.Int64))
    assert CITATIONS.check(whole).height == 1


@pytest.mark.parametrize("kind", ["repost", "quote"])
def test_a_repost_or_quote_cites_its_parent_once(kind):
    row = {"kind": kind, "parent_id": "x:77", "text": "真的吗？//@青石快讯:据说大桥垮塌"}
    assert cited(row) == [("x:0", "post", "x:77", "field", "parent-id")]


def test_a_repost_of_an_unknown_post_has_no_target_unless_its_text_names_the_account():
    assert cited({"kind": "repost"}) == [("x:0", "post", None, "field", "parent-id")]
    assert cited({"kind": "repost", "text": "RT @Qingshi_News: 大桥"}) == [
        ("x:0", "account", "x:1", "text", "retweet")
    ]


def test_what_a_repost_inherits_is_not_its_own_citation():
    row = {
        "kind": "repost",
        "parent_id": "x:77",
        "text": "转发微博//@某人:据新华社报道，大桥垮塌 https://a.example/1",
        "urls": ["https://a.example/1"],
    }
    assert cited(row) == [("x:0", "post", "x:77", "field", "parent-id")]


def test_a_reposts_own_words_may_name_a_further_source():
    row = {"kind": "repost", "parent_id": "x:77", "text": "据新华社报道，不实 //@某人:垮塌"}
    assert cited(row) == [
        ("x:0", "post", "x:77", "field", "parent-id"),
        ("x:0", "outlet", "新华社", "text", "according-to-zh"),
    ]


def test_a_reply_cites_nobody_unless_its_text_names_a_source():
    reply = {"kind": "reply", "parent_id": "x:77"}
    assert cited(reply | {"text": "@qingshi_news 真的吗？"}) == [
        ("x:0", "none", None, "text", "none")
    ]
    assert cited(reply | {"text": "据新华社报道，没有"}) == [
        ("x:0", "outlet", "新华社", "text", "according-to-zh")
    ]


def test_a_permalink_of_a_post_in_the_data_cites_that_post():
    first = {"post_id": "x:123", "text": "x"}
    assert cited(first, {"urls": ["https://x.com/anyone/status/123?s=20"]}) == [
        ("x:1", "post", "x:123", "link", "permalink"),
        ("x:123", "none", None, "text", "none"),
    ]


def test_a_permalink_counts_only_on_its_own_platform():
    first = {"post_id": "x:123", "text": "x"}
    link = "https://gab.com/a/posts/123"
    assert cited(first, {"urls": [link]})[0] == (
        "x:1",
        "post",
        "gab:123",
        "link",
        "permalink-unseen",
    )


@pytest.mark.parametrize(
    ("post_id", "platform", "url"),
    [
        ("weiju:p17", "weiju", "https://weiju.example/p17"),
        ("weibo:yBmepBtUB", "weibo", "https://weibo.com/1002/yBmepBtUB"),
        ("weibo:3489035978933121", "weibo", "http://weibo.com/1002/yBmepBtUB?type=repost"),
        ("weibo:3489035978933121", "weibo", "https://m.weibo.cn/status/3489035978933121"),
        (
            "bluesky:at://did:plc:a/app.bsky.feed.post/3lk",
            "bluesky",
            "https://bsky.app/profile/a.example/post/3lk",
        ),
    ],
)
def test_permalinks_are_known_by_host_and_last_part(post_id, platform, url):
    found = cited({"post_id": post_id, "platform": platform, "text": "x"}, {"urls": [url]})
    assert ("x:1", "post", post_id, "link", "permalink") in found


def test_a_link_to_the_post_itself_is_no_source():
    row = {"post_id": "x:123", "urls": ["https://x.com/a/status/123"]}
    assert cited(row) == [("x:123", "none", None, "text", "none")]


def test_the_quoted_posts_own_link_is_not_counted_twice():
    first = {"post_id": "x:123", "text": "x"}
    quote = {"kind": "quote", "parent_id": "x:123", "urls": ["https://x.com/a/status/123"]}
    assert cited(first, quote)[0] == ("x:1", "post", "x:123", "field", "parent-id")
    assert len(cited(first, quote)) == 2


def test_other_addresses_are_urls_in_canonical_form():
    row = {"urls": ["HTTPS://Blog.Example/hz1?utm_source=a#top", "ftp://a.example/", "nonsense"]}
    assert cited(row) == [("x:0", "url", "https://blog.example/hz1", "link", "address")]


def test_the_address_that_a_post_calls_its_own_cites_it():
    page = {
        "post_id": "web:https://www.blog.example/hz1",
        "platform": "web",
        "url": "https://www.blog.example/hz1",
    }
    link = {"urls": ["http://blog.example/hz1/?utm_source=a"]}
    found = citation_rows(posts_of(page, link), ACCOUNT_ROWS)
    assert found.select("target", "outlet", "rule").row(1) == (
        "web:https://www.blog.example/hz1",
        "blog.example",
        "post-address",
    )


def test_an_address_that_several_posts_call_their_own_is_nobodys():
    same = [{"url": "https://blog.example/hz1", "text": "x"}] * 2
    found = cited(*same, {"urls": ["https://blog.example/hz1"]})
    assert found[2] == ("x:2", "url", "https://blog.example/hz1", "link", "address")
    repost = {"url": "https://blog.example/hz1", "kind": "repost", "parent_id": "x:0"}
    found = cited(same[0], repost, {"urls": ["https://blog.example/hz1"]})
    assert found[2] == ("x:2", "post", "x:0", "link", "post-address")


def test_the_permalink_of_a_post_that_the_case_lacks_cites_it_less_certainly():
    rows = [{"urls": [link]} for link in (
        "https://x.com/whoever/status/77",
        "https://weibo.com/1002/yBmepBtUB",
        "https://t.me/c/1004/5",
        "https://bsky.app/profile/did:plc:b/post/3lk",
        "https://bsky.app/profile/nobody.example/post/3lk",
    )]  # fmt: skip
    found = citation_rows(posts_of(*rows), ACCOUNT_ROWS)
    assert found.select("target_kind", "target", "rule", "certainty").rows() == [
        ("post", "x:77", "permalink-unseen", 0.9),
        ("post", "weibo:3489035978933121", "permalink-unseen", 0.9),
        ("post", "telegram:1004/5", "permalink-unseen", 0.9),
        ("post", "bluesky:at://did:plc:b/app.bsky.feed.post/3lk", "permalink-unseen", 0.9),
        ("url", "https://bsky.app/profile/nobody.example/post/3lk", "address", 1.0),
    ]


BLUESKY = {"platform": "bluesky", "text": "x"}
VICTIM = BLUESKY | {
    "post_id": "bluesky:at://did:plc:victim/app.bsky.feed.post/3lk",
    "account_id": "bluesky:did:plc:victim",
}


def bluesky_accounts(*handles):
    rows = [(f"bluesky:did:plc:{name}", "bluesky", handle, "s") for name, handle in handles]
    schema = ["account_id", "platform", "handle", "source_id"]
    return ACCOUNTS.conform(pl.DataFrame(rows, schema=schema, orient="row"))


@pytest.mark.parametrize(
    ("author", "handles", "target"),
    [
        ("victim.example", [("victim", "victim.example")], VICTIM["post_id"]),
        ("did:plc:victim", [], VICTIM["post_id"]),
        ("somebody.example", [("victim", None)], VICTIM["post_id"]),
        ("framer.example", [("victim", "victim.example")], None),
        (
            "did:plc:framer",
            [("victim", None)],
            "bluesky:at://did:plc:framer/app.bsky.feed.post/3lk",
        ),
        (
            "framer.example",
            [("victim", None), ("framer", "framer.example")],
            "bluesky:at://did:plc:framer/app.bsky.feed.post/3lk",
        ),
    ],
)
def test_who_chooses_the_record_key_of_anothers_post_does_not_frame_them(author, handles, target):
    link = f"https://bsky.app/profile/{author}/post/3lk"
    posts = posts_of(VICTIM, {"post_id": "x:1", "urls": [link]})
    found = citation_rows(posts, bluesky_accounts(*handles)).filter(post_id="x:1")
    assert found["target"].item() == (target if target is not None else link)


def test_the_name_in_an_address_that_nobody_checks_names_nobody():
    found = cited(
        {"post_id": "x:123", "account_id": "x:1", "text": "x"},
        {"urls": ["https://x.com/hezhou_watch/status/123"]},
    )
    assert found[0] == ("x:1", "post", "x:123", "link", "permalink")


def test_posts_are_found_by_the_permalink_that_they_call_their_own():
    code = {"platform": "facebook", "text": "x"}
    found = cited(
        code | {"post_id": "facebook:999", "url": "https://www.facebook.com/page/posts/1234567"},
        {"urls": ["https://m.facebook.com/page/posts/1234567?fbclid=x"]},
        {"urls": ["https://www.facebook.com/page/posts/the-title/1234567/"]},
    )
    cites = [row for row in found if row[1] == "post"]
    assert cites == [
        ("x:1", "post", "facebook:999", "link", "post-address"),
        ("x:2", "post", "facebook:999", "link", "permalink"),
    ]


def test_mastodon_posts_are_known_on_the_hosts_of_the_case():
    post = {
        "post_id": "mastodon:https://social.example/users/hezhou/statuses/11",
        "platform": "mastodon",
        "text": "x",
    }
    links = ["https://social.example/@hezhou/11", "https://social.example/@hezhou/12"]
    found = cited(post, {"post_id": "x:1", "urls": [*links, "https://other.example/@hezhou/11"]})
    assert [row[1:3] for row in found if row[0] == "x:1"] == [
        ("url", "https://other.example/@hezhou/11"),
        ("post", "mastodon:https://social.example/users/hezhou/statuses/11"),
        ("post", "mastodon:https://social.example/users/hezhou/statuses/12"),
    ]


def test_a_telegram_channel_is_known_by_its_name_and_its_number():
    accounts = ACCOUNTS.conform(
        pl.DataFrame(
            {
                "account_id": ["telegram:channel1004"],
                "platform": ["telegram"],
                "handle": ["city_express01"],
                "source_id": ["s"],
            }
        )
    )
    post = {"post_id": "telegram:1004/4", "platform": "telegram", "text": "x"}
    links = ["https://t.me/City_Express01/4", "https://t.me/c/1004/4", "https://t.me/other_one/4"]
    rows = [{"post_id": f"x:{i}", "urls": [link]} for i, link in enumerate(links)]
    found = citation_rows(posts_of(post, *rows), accounts).filter(via="link")
    assert found.select("target", "rule").rows() == [
        ("telegram:1004/4", "permalink"),
        ("telegram:1004/4", "permalink"),
        ("telegram:other_one/4", "permalink-unseen"),
    ]


@pytest.mark.parametrize(
    ("link", "account"),
    [
        ("https://mobile.twitter.com/Hezhou_Watch", "x:2"),
        ("https://x.com/i/user/3", "x:3"),
    ],
)
def test_the_page_of_a_known_account_cites_the_account(link, account):
    assert cited({"urls": [link]}) == [("x:0", "account", account, "link", "profile")]
    own = {"urls": [link], "account_id": account}
    assert cited(own) == [("x:0", "none", None, "text", "none")]


def test_the_page_of_an_unknown_account_is_a_url():
    row = {"urls": ["https://x.com/nobody_known"]}
    assert cited(row) == [("x:0", "url", "https://x.com/nobody_known", "link", "address")]


def test_where_a_shortened_address_leads_is_not_known():
    found = citation_rows(posts_of({"urls": ["http://t.cn/a", "https://a.co.uk/b"]}), ACCOUNT_ROWS)
    assert found.select("target", "outlet", "rule").rows() == [
        ("https://a.co.uk/b", "a.co.uk", "address"),
        ("http://t.cn/a", None, "short-address"),
    ]


@pytest.mark.parametrize(
    ("label", "kind", "target", "certainty"),
    [
        ("@Hezhou_Watch", "account", "x:2", 0.95),
        ("河洲观察", "account", "x:2", 0.8),
        ("青石快讯", "outlet", "青石快讯", 0.95),
        ("@河洲观察", "outlet", "河洲观察", 0.95),
        ("新华社", "outlet", "新华社", 0.95),
        ("网络", "vague", None, 0.95),
    ],
)
def test_what_the_platforms_source_field_says_is_cited(label, kind, target, certainty):
    row = {"source_label": label, "kind": "repost"}
    found = citation_rows(posts_of(row), ACCOUNT_ROWS)
    assert found.select("target_kind", "target", "via", "rule", "certainty").rows() == [
        (kind, target, "field", "source-label", certainty)
    ]


def test_a_source_label_beside_a_parent_or_of_the_author_adds_nothing():
    label = {"source_label": "河洲观察"}
    known = label | {"kind": "quote", "parent_id": "x:77"}
    assert cited(known) == [("x:0", "post", "x:77", "field", "parent-id")]
    assert cited(label | {"account_id": "x:2"}) == [("x:0", "none", None, "text", "none")]


def test_a_named_outlet_whose_site_is_in_the_case_is_known_by_its_domain():
    sites = [
        ("web:harbour.example", "港口日报"),
        ("web:a.example", "晨报"),
        ("web:b.example", "晨报"),
    ]
    web = pl.DataFrame(sites, schema=["account_id", "display_name"], orient="row")
    web = web.with_columns(platform=pl.lit("web"), source_id=pl.lit("s"))
    accounts = pl.concat([ACCOUNT_ROWS, ACCOUNTS.conform(web)])
    rows = [{"text": f"据{name}报道，大桥"} for name in ("港口日报", "晨报", "人民日报")]
    found = citation_rows(posts_of(*rows), accounts)
    assert found.select("target", "outlet").rows() == [
        ("港口日报", "harbour.example"),
        ("晨报", "晨报"),
        ("人民日报", "人民日报"),
    ]


def test_a_handle_is_an_account_of_the_same_platform():
    assert cited({"text": "据@HEZHOU_watch 报道"}) == [
        ("x:0", "account", "x:2", "text", "according-to-account")
    ]
    other = {"post_id": "weiju:1", "platform": "weiju", "text": "转自@hezhou_watch"}
    assert cited(other)[0][2] == "weiju:2"


def test_a_display_name_is_an_account_only_where_it_means_one():
    assert cited({"text": "据河洲观察报道，大桥"})[0][1:3] == ("account", "x:2")
    assert cited({"text": "据青石快讯报道，大桥"})[0][1:3] == ("outlet", "青石快讯")


def test_an_unknown_name_is_an_outlet_and_a_vague_phrase_has_no_target():
    assert cited({"text": "据路透社报道，大桥"}) == [
        ("x:0", "outlet", "路透社", "text", "according-to-zh")
    ]
    assert cited({"text": "据网传，大桥垮塌！来源：网络"}) == [
        ("x:0", "vague", None, "text", "vague-zh")
    ]


def test_unknown_text_without_a_source_is_none_with_no_certainty():
    found = citation_rows(posts_of({"text": None}, {"text": "大桥"}), ACCOUNT_ROWS)
    assert found["certainty"].to_list() == [0.0, 1.0]
    assert found["target_kind"].to_list() == ["none", "none"]


def test_a_post_that_is_only_referred_to_cites_nothing():
    assert cited({"is_seen": False, "kind": "repost", "parent_id": "x:5"}) == []


TEXTS = ["据新华社报道", "据网传", "转自@hezhou_watch", "大桥", None, "RT @a: b", "//@b:c"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(TEXTS),
            st.sampled_from(["original", "repost", "quote", "reply"]),
            st.sampled_from([None, "x:0", "x:99"]),
            st.sampled_from([[], ["https://x.com/a/status/0"], ["https://a.example"]]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.randoms(),
)
def test_every_seen_post_has_a_citation_and_the_row_order_changes_nothing(rows, random):
    names = ("text", "kind", "parent_id", "urls")
    posts = posts_of(*(dict(zip(names, row, strict=True)) for row in rows))
    order = list(range(len(rows)))
    random.shuffle(order)
    found = citation_rows(posts, ACCOUNT_ROWS)
    assert found.equals(citation_rows(posts[order], ACCOUNT_ROWS.reverse()))
    assert found["post_id"].n_unique() == len(rows)
    numbers = found.group_by("post_id").agg(pl.col("citation_no").sort())["citation_no"]
    assert all(each.to_list() == list(range(len(each))) for each in numbers)
