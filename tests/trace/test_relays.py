# SPDX-License-Identifier: GPL-3.0-or-later
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.trace.relays import relays

START = datetime(2026, 3, 10, tzinfo=UTC)


def posts_of(*rows):
    """Posts (name, minute, text) of one cascade whose first post is p0."""
    return pl.DataFrame(
        {
            "post_id": [f"p{number}" for number in range(len(rows))],
            "account_id": [f"account-{name}" for name, _, _ in rows],
            "platform": "weiju",
            "handle": [name for name, _, _ in rows],
            "display_name": None,
            "cascade": "p0",
            "at": [None if at is None else START + timedelta(minutes=at) for _, at, _ in rows],
            "text": [text for _, _, text in rows],
        },
        schema_overrides={
            "text": pl.String,
            "display_name": pl.String,
            "at": pl.Datetime("us", "UTC"),
        },
    )


def found(*rows):
    return relays(posts_of(*rows)).edges.select("child", "parent", "evidence").rows()


def test_the_newest_name_of_a_chain_is_the_parent():
    assert found(
        ("root", 0, "大桥垮塌"),
        ("A", 1, "转发微博"),
        ("B", 2, "哈//@a:转发微博"),
        ("C", 3, "看//@B:哈//@A:转发微博"),
    ) == [("p2", "p1", "name-unique"), ("p3", "p2", "name-unique")]


def test_of_several_posts_by_that_name_the_quoted_one_is_the_parent():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("A", 1, "真的？"),
        ("A", 2, "假的"),
        ("B", 3, "哈//@A: 真 的？"),
    ]
    assert found(*rows) == [("p3", "p1", "name-several-quoted")]
    rows[3] = ("B", 3, "哈//@A:别的")
    assert found(*rows) == [("p3", "p2", "name-several")]


def test_a_post_cannot_come_from_a_later_one_but_may_where_times_are_unknown():
    later = [("root", 0, "大桥垮塌"), ("A", 9, "转发微博"), ("B", 3, "哈//@A:转发微博")]
    assert found(*later)[-1][0:2] != ("p2", "p1")
    unknown = [("root", None, "大桥垮塌"), ("A", None, "转"), ("B", None, "哈//@A:转")]
    assert found(*unknown) == [("p2", "p1", "name-unique")]


def test_a_renamed_account_is_known_by_the_words_that_are_quoted_under_its_old_name():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("new name", 1, "我昨天刚走过这座桥"),
        ("B", 2, "哈//@oldname:我昨天刚走过 这座桥"),
        ("C", 3, "嗯//@oldname:我昨天刚走过这座桥"),
        ("D", 4, "看//@oldname:（已编辑）"),
    ]
    result = relays(posts_of(*rows))
    assert result.aliases.rows() == [("p0", "oldname", "account-new name", 2)]
    assert result.edges["parent"].to_list() == ["p1", "p1", "p1"]
    assert result.edges["evidence"].unique().to_list() == ["alias-more"]


def test_words_that_two_accounts_wrote_tell_no_alias():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("A", 1, "转发微博"),
        ("B", 2, "转发微博"),
        ("C", 3, "哈//@gone:转发微博"),
    ]
    result = relays(posts_of(*rows))
    assert result.aliases.height == 0
    assert result.edges["evidence"].to_list() == ["chain-unseen", "chain-end"]


def test_a_name_that_is_not_in_the_data_is_one_unseen_post_for_all_who_quote_it():
    result = relays(
        posts_of(
            ("root", 0, "大桥垮塌"),
            ("A", 1, "转"),
            ("B", 2, "哈//@gone:听 说过//@A:转"),
            ("C", 3, "嗯//@gone:听说过//@A:转"),
        )
    )
    unseen = result.unseen["node_id"].item()
    assert result.unseen.select("handle", "text").rows() == [("gone", "听 说过")]
    assert sorted(result.edges.select("child", "parent").rows()) == sorted(
        [("p2", unseen), ("p3", unseen), (unseen, "p1")]
    )


def test_after_the_last_unseen_name_comes_the_first_post():
    edges = relays(posts_of(("root", 0, "大桥"), ("B", 2, "哈//@gone:听说//@old:是"))).edges
    assert edges["evidence"].sort().to_list() == ["chain-end", "chain-unseen", "chain-unseen"]
    assert edges.filter(evidence="chain-end")["parent"].item() == "p0"


def test_a_retweet_header_is_a_chain_of_one_name():
    text = "so sad RT @A: the bridge is down"
    result = relays(posts_of(("root", 0, "x"), ("A", 1, "the bridge is down"), ("B", 2, text)))
    assert result.edges.select("child", "parent", "evidence").rows() == [
        ("p2", "p1", "name-unique")
    ]
    start, end = result.edges.select("span_start", "span_end").row(0)
    assert text[start:end] == "RT @A:"


NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["x", "yy", "", "x//@a:yy", "//@b:x//@a:yy", "x//@z:yy", None])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(0, 3), TEXTS), min_size=1, max_size=7), st.randoms())
def test_row_order_changes_nothing_and_every_post_has_at_most_one_parent(rows, random):
    posts = posts_of(*rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    one, other = relays(posts), relays(posts[order])
    assert one.edges.equals(other.edges)
    assert one.unseen.equals(other.unseen)
    assert one.edges["child"].is_unique().all()
    assert (one.edges["child"] != one.edges["parent"]).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(0, 3), TEXTS), min_size=1, max_size=7))
def test_other_names_for_the_accounts_change_only_the_names(rows):
    other = str.maketrans("abcz", "丁丙乙甲")

    def renamed(text):
        parts = (text or "").split("@")
        return "@".join(parts[:1] + [part[0].translate(other) + part[1:] for part in parts[1:]])

    def edges(rows):
        found = relays(posts_of(*rows)).edges.filter(pl.col("child").str.starts_with("p"))
        seen = found.filter(pl.col("parent").str.starts_with("p"))
        return seen.select("child", "parent", "evidence", "span_start").rows()

    translated = [(name.translate(other), at, renamed(text)) for name, at, text in rows]
    assert edges(rows) == edges(translated)


def recovered(posts):
    edges = relays(posts).edges.select(post_id="child", found="parent")
    reposts = posts.filter(~pl.col("is_root")).join(edges, on="post_id", how="left")
    return reposts.with_columns(
        right=pl.coalesce("found", "cascade") == pl.col("true_parent"),
        flat=pl.col("cascade") == pl.col("true_parent"),
    )


def test_true_parents_of_thirty_real_cascades_come_back_from_flattened_ones(weibo):
    events = weibo["event"].unique().sort().gather_every(9, offset=4)
    found = recovered(weibo.filter(pl.col("event").is_in(events.implode())))
    assert len(events) == 32
    assert found["flat"].mean() < 0.7
    assert found["right"].mean() > 0.92
