# SPDX-License-Identifier: GPL-3.0-or-later
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.text.attributions import attributions, repost_chain, rules

POST = {"post_id": pl.String, "text": pl.String, "urls": pl.List(pl.String)}


def posts_of(*texts, urls=()):
    rows = [(f"p{number}", text, list(urls)) for number, text in enumerate(texts)]
    return pl.DataFrame(rows, schema=POST, orient="row")


@pytest.mark.parametrize(
    ("text", "kind", "target", "named"),
    [
        ("昨夜，据新华社报道，大桥垮塌", "outlet", "新华社", "据新华社报道"),
        ("據《聯合早報》20日報道，大橋", "outlet", "聯合早報", "據《聯合早報》20日報道"),
        ("据城事速递消息，大桥垮塌", "outlet", "城事速递", "据城事速递消息"),
        ("央视新闻网报道，大桥垮塌", "outlet", "央视新闻网", "央视新闻网报道"),
        ("大桥垮塌（来源：人民日报）", "outlet", "人民日报", "来源：人民日报"),
        ("大桥垮塌 转自天涯社区", "outlet", "天涯社区", "转自天涯社区"),
        ("据@qingshi_news 报道，属实？", "account", "qingshi_news", "据@qingshi_news"),
        ("大桥垮塌（转自@青石快讯）", "account", "青石快讯", "转自@青石快讯"),
        ("大桥垮塌via@qingshi_news", "account", "qingshi_news", "via@qingshi_news"),
        ("RT @qingshi_news: bridge down", "account", "qingshi_news", "RT @qingshi_news:"),
        ("真的吗？//@青石快讯:大桥垮塌", "account", "青石快讯", "//@青石快讯:"),
        ("【网传大桥垮塌】求证", "vague", None, "网传"),
        ("据网传，大桥垮塌", "vague", None, "据网传"),
        ("大桥垮塌。来源：网络", "vague", None, "来源：网络"),
        ("有网友称大桥垮塌", "vague", None, "有网友称"),
        ("据知情人士透露，大桥垮塌", "vague", None, "据知情人士透露"),
        ("According to Harbour Daily, the bridge fell", "outlet", "Harbour Daily", None),
        ("The bridge fell, via @harbour_daily", "account", "harbour_daily", "via @harbour_daily"),
        ("The bridge fell. Source: Reuters", "outlet", "Reuters", "Source: Reuters"),
        ("The bridge reportedly fell", "vague", None, "reportedly"),
        ("It is said online that the bridge fell", "vague", None, "It is said online"),
        ("Many people say the bridge fell", "vague", None, "Many people say"),
        ("According to unnamed sources the bridge fell", "vague", None, None),
    ],
)
def test_a_source_is_read_with_its_place_in_the_text(text, kind, target, named):
    found = attributions(posts_of(text))
    assert found.select("target_kind", "target", "via").rows() == [(kind, target, "text")]
    start, end = found.select("span_start", "span_end").row(0)
    assert named is None or text[start:end] == named


@pytest.mark.parametrize(
    "text",
    [
        "用证据说话，支持法院判决",
        "我从来没听说过这种事",
        "帮转@qingshi_news @hezhou_watch",
        "@qingshi_news 真的吗？",
        "没见新闻报道啊",
        "请知情人与警方联系",
        "这是据点",
        "The source of the river is via the hills",
        "",
        None,
    ],
)
def test_ordinary_sentences_name_no_source(text):
    assert attributions(posts_of(text)).rows() == []


def test_what_follows_a_relayed_name_is_not_the_posts_own():
    text = "据说是假的//@青石快讯:据新华社报道//@河洲观察:转自@某人"
    found = attributions(posts_of(text))
    assert found["rule"].to_list() == ["vague-zh", "repost-chain"]
    assert attributions(posts_of("RT @a_b: according to Reuters"))["rule"].to_list() == ["retweet"]


def test_of_two_rules_on_the_same_words_the_first_holds():
    found = attributions(posts_of("据外媒报道，大桥垮塌"))
    assert found.select("rule", "target").rows() == [("vague-person-zh", None)]


def test_addresses_come_from_the_field_and_else_from_the_text():
    by_field = attributions(posts_of("看 http://t.example/a", urls=["https://a.example/1"]))
    assert by_field.select("target", "span_start").rows() == [("https://a.example/1", None)]
    by_text = attributions(posts_of("看 http://t.example/a，再见"))
    assert by_text.select("target", "span_start", "span_end").rows() == [
        ("http://t.example/a", 2, 20)
    ]


def test_spans_count_characters_and_not_bytes():
    text = "👩‍👩‍👧 é 据新华社报道"
    start, end = attributions(posts_of(text)).select("span_start", "span_end").row(0)
    assert text[start:end] == "据新华社报道"


def test_a_repost_chain_is_read_newest_first_with_what_each_name_passed_on():
    text = "哈//@a-1:真的？//@乙：转发微博// @丙 :原话"
    assert repost_chain(posts_of(text, "没有")).rows() == [
        ("p0", 1, "a-1", "真的？//@乙：转发微博// @丙 :原话", 1, 8),
        ("p0", 2, "乙", "转发微博// @丙 :原话", 11, 16),
        ("p0", 3, "丙", "原话", 20, 27),
    ]


HANDLES = st.text(alphabet="ab_甲乙", min_size=1, max_size=5)
WORDS = st.text(alphabet="垮塌x ？", max_size=5)


@settings(max_examples=50, deadline=None)
@given(WORDS, st.lists(st.tuples(HANDLES, WORDS), max_size=4))
def test_every_written_chain_is_read_back(own, hops):
    text = own + "".join(f"//@{handle}:{words}" for handle, words in hops)
    found = repost_chain(posts_of(text))
    assert found["handle"].to_list() == [handle for handle, _words in hops]
    for hop, start, end in found.select("hop", "span_start", "span_end").rows():
        assert text[start:end] == f"//@{hops[hop - 1][0]}:"
        assert text[end:] == found["tail_text"][hop - 1]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="据报道网传转自@a:/ 社\0来源", max_size=30))
def test_any_text_gives_spans_inside_it_and_no_overlap_between_rules(text):
    found = attributions(posts_of(text)).filter(pl.col("via") == "text")
    spans = sorted(found.select("span_start", "span_end").rows())
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_every_rule_of_the_lexicon_is_named_once_and_sure_to_a_degree():
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names)) == 16
    assert all(0 < rule.certainty < 1 for rule in rules())
    assert {rule.target_kind for rule in rules()} == {"account", "outlet", "vague"}
