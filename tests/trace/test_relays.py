# SPDX-License-Identifier: GPL-3.0-or-later
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.relay_peer import peer_parents
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
    rows[3] = ("B", 3, "哈//@A:转发微博")
    assert found(*rows) == [("p3", "p2", "name-several")]


def test_a_post_with_other_words_than_those_quoted_is_not_the_parent():
    rows = [("root", 0, "大桥垮塌"), ("A", 1, "真的？"), ("B", 3, "哈//@A:桥是我炸的")]
    result = relays(posts_of(*rows))
    assert result.edges["evidence"].to_list() == ["chain-unseen", "chain-end"]
    assert result.unseen.select("handle", "text").rows() == [("a", "桥是我炸的")]
    rows[2] = ("B", 3, "哈//@A:")
    assert found(*rows) == [("p2", "p1", "name-unquoted")]


def test_a_post_cannot_come_from_a_later_one_but_may_where_times_are_unknown():
    later = [("root", 0, "大桥垮塌"), ("A", 9, "转发微博"), ("B", 3, "哈//@A:转发微博")]
    assert found(*later)[-1][0:2] != ("p2", "p1")
    unknown = [("root", None, "大桥垮塌"), ("A", None, "转"), ("B", None, "哈//@A:转")]
    assert found(*unknown) == [("p2", "p1", "name-unique")]


def test_a_renamed_account_is_known_by_the_words_that_are_quoted_under_its_old_name():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("new name", 1, "我昨天刚走过这座桥"),
        ("B", 2, "哈//@OldName:我昨天刚走过 这座桥"),
        ("C", 3, "嗯//@oldname:我昨天刚走过这座桥"),
        ("D", 4, "看//@oldname:（）"),
    ]
    result = relays(posts_of(*rows))
    assert result.aliases.row(0, named=True) == {
        "platform": "weiju",
        "handle": "oldname",
        "account_id": "account-new name",
        "name": "OldName",
        "accounts_count": 2,
        "posts": ["p2", "p3"],
        "quoted": ["p1"],
    }
    assert result.edges["parent"].to_list() == ["p1", "p1", "p1"]
    assert result.edges["evidence"].to_list() == ["alias-more", "alias-more", "alias-unquoted"]


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


def test_one_account_that_quotes_a_name_often_is_one_witness_of_the_alias():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("new", 1, "我昨天刚走过这座桥"),
        ("B", 2, "哈//@old:我昨天刚走过这座桥"),
        ("B", 3, "嗯//@old:我昨天刚走过这座桥"),
        ("C", 4, "看//@B:哈//@old:我昨天刚走过这座桥"),
    ]
    alias = relays(posts_of(*rows)).aliases.row(0, named=True)
    assert (alias["accounts_count"], alias["posts"]) == (1, ["p2", "p3", "p4"])


def test_words_that_were_cut_off_at_the_end_still_tell_an_alias():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("new", 1, "我昨天刚走过这座桥，桥面没有任何问题，大家不要传谣"),
        ("B", 2, "哈//@old:我昨天刚走过这座桥，桥面没"),
    ]
    assert found(*rows) == [("p2", "p1", "alias-once")]


def test_an_alias_that_one_cascade_shows_holds_in_the_others():
    one = posts_of(
        ("root", 0, "大桥"), ("new", 1, "我昨天刚走过这座桥"), ("B", 2, "//@old:我昨天刚走过这座桥")
    )
    other = posts_of(
        ("root", 0, "大桥"), ("new", 1, "转发"), ("C", 2, "转发"), ("D", 3, "//@old:转发")
    )
    renamed = other.with_columns(pl.col("post_id", "cascade").str.replace("p", "q"))
    edges = relays(pl.concat([one, renamed])).edges
    assert edges.filter(child="q3").select("parent", "evidence").rows() == [("q1", "alias-once")]


def test_a_name_that_an_account_of_the_case_bears_is_never_an_alias():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("A", 1, "我昨天刚走过这座桥"),
        ("B", 2, "哈//@victim:我昨天刚走过这座桥"),
    ]
    accounts = pl.DataFrame({"platform": ["weiju"], "handle": ["Victim"], "display_name": [None]})
    accounts = accounts.cast({"display_name": pl.String})
    assert relays(posts_of(*rows)).aliases["handle"].to_list() == ["victim"]
    result = relays(posts_of(*rows), accounts=accounts)
    assert result.aliases.is_empty()
    assert result.edges["evidence"].to_list() == ["chain-unseen", "chain-end"]


def test_two_accounts_for_which_as_much_speaks_share_no_alias():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("A", 1, "我昨天刚走过这座桥"),
        ("B", 2, "桥面没有任何问题"),
        ("C", 3, "哈//@old:我昨天刚走过这座桥"),
        ("D", 4, "嗯//@old:桥面没有任何问题"),
    ]
    assert relays(posts_of(*rows)).aliases.is_empty()


def test_a_comment_that_is_answered_is_no_post_and_the_post_below_it_is_the_parent():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("A", 1, "绕路吧"),
        ("B", 2, "转发微博"),
        ("A", 3, "回复@B:是的 //@B:真的垮了？ //@A:绕路吧"),
        ("C", 4, "回复@B:嗯//@B:转发微博"),
    ]
    assert found(*rows) == [("p3", "p1", "name-unique")]
    assert relays(posts_of(*rows)).chainless.filter(post_id="p4")["evidence"].to_list() == [
        "no-chain-words-some"
    ]


def test_a_header_without_colon_counts_where_it_names_a_seen_post():
    rows = [("root", 0, "大桥垮塌"), ("A", 1, "绕路吧"), ("B", 2, "天哪//@A"), ("C", 3, "天哪//@D")]
    assert found(*rows) == [("p2", "p1", "name-unquoted")]


def test_a_header_without_slashes_counts_where_it_quotes_a_seen_post():
    rows = [
        ("root", 0, "大桥垮塌"),
        ("A", 1, "绕路吧"),
        ("B", 2, "天哪@A:绕路吧"),
        ("C", 3, "@A:好"),
    ]
    assert found(*rows) == [("p2", "p1", "name-unique")]


@pytest.mark.parametrize(
    "header",
    ["//@A:", "// @A :", "//＠A：", "||@A:", "[泪]/@A:", "RT @A:", "rt@A：", "RT @x: a RT @A:"],
)
def test_every_way_of_writing_a_header_is_read(header):
    rows = [
        ("root", 0, "大桥垮塌"),
        ("A", 1, "绕路吧，别走了"),
        ("B", 2, f"天哪 {header}绕路吧，别走了"),
    ]
    edges = relays(posts_of(*rows)).edges
    assert edges.filter(evidence="name-unique")["parent"].to_list() == ["p1"]


def test_retweets_of_retweets_and_chains_are_one_path():
    rows = [
        ("root", 0, "bridge"),
        ("A", 1, "is it true"),
        ("B", 2, "no RT @gone: what//@A:is it true"),
    ]
    edges = relays(posts_of(*rows)).edges.select("child", "parent", "evidence")
    unseen = edges["parent"][0]
    assert edges.rows() == [
        ("p2", unseen, "chain-unseen"),
        (unseen, "p1", "name-unique"),
    ]


def test_what_a_missing_chain_is_worth_goes_by_how_many_of_the_cascade_carry_one():
    few = [("root", 0, "大桥"), *[(f"u{n}", n, "啊呀") for n in range(1, 7)]]
    many = [*few, *[(f"v{n}", n, f"嗯//@u{n - 10}:啊呀") for n in range(11, 16)]]
    for rows, said in ((few, "no-chain-words-few"), (many, "no-chain-words-many")):
        assert relays(posts_of(*rows)).chainless.filter(post_id="p1")["evidence"].item() == said


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
    assert one.aliases.equals(other.aliases)
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
    rows = weibo.filter(pl.col("event").is_in(events.implode())).sort("event", "at", "post_id")
    columns = ["post_id", "account_id", "handle", "text"]
    each = rows.sort(~pl.col("is_root"), maintain_order=True).partition_by("event")
    peer = {}
    for cascade in each:
        peer |= peer_parents(cascade.select(columns).rows())
    said = found["post_id"].replace_strict(peer)
    assert found["right"].mean() > (said == found["true_parent"]).mean()
