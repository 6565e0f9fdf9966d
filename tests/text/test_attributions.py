# SPDX-License-Identifier: GPL-3.0-or-later
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
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
        ("【大桥垮塌】青石日报讯 昨夜", "outlet", "青石日报", "青石日报讯"),
        ("新华社北京3月5日电 大桥垮塌", "outlet", "新华社", "新华社北京3月5日电"),
        ("大桥垮塌。（青石日报记者小林）", "outlet", "青石日报", "（青石日报记者小林）"),
        ("《河洲周刊》昨天报道，大桥垮塌", "outlet", "河洲周刊", None),
        ("河洲市交通局通报：大桥垮塌", "outlet", "河洲市交通局", "河洲市交通局通报"),
        ("記者從河洲市消防局獲悉，大橋垮塌", "outlet", "河洲市消防局", None),
        ("大桥垮塌「via 河洲人」", "outlet", "河洲人", "via 河洲人"),
        ("據河洲電視台報導，大橋垮塌", "outlet", "河洲電視台", None),
        ("轉自：河洲論壇", "outlet", "河洲論壇", None),
        ("@青石快讯 报道，大桥垮塌", "account", "青石快讯", "@青石快讯 报道"),
        ("@qingshi_news reports the bridge fell", "account", "qingshi_news", None),
        ("求扩散！ @青石快讯 投稿", "account", "青石快讯", "@青石快讯 投稿"),
        ("推荐@青石快讯 的帖子《大桥》", "account", "青石快讯", "推荐@青石快讯 的帖子"),
        ("大桥垮塌（@青石快讯）", "account", "青石快讯", "（@青石快讯）"),
        ("@青石快讯：大桥垮塌", "account", "青石快讯", "@青石快讯："),
        ("The bridge fell h/t @hezhou", "account", "hezhou", "h/t @hezhou"),
        ("看/@青石快讯:大桥垮塌", "account", "青石快讯", "/@青石快讯:"),
        ("看||@青石快讯:大桥垮塌", "account", "青石快讯", "||@青石快讯:"),
        ("據報道，大橋垮塌", "vague", None, "據報道"),
        ("網傳大橋垮塌", "vague", None, "網傳"),
        ("网络传大桥要垮", "vague", None, "网络传"),
        ("有網友爆料大橋垮塌", "vague", None, "有網友爆料"),
        ("专家提醒，大桥危险", "vague", None, "专家提醒"),
        ("听朋友说大桥垮了", "vague", None, "听朋友说"),
        ("消息称，大桥垮塌", "vague", None, "消息称"),
        ("早上在朋友圈看到大桥垮了", "vague", None, "朋友圈看到"),
        ("大桥垮塌，新闻都报道了", "vague", None, "新闻都报道了"),
        ("图片来自网络", "vague", None, "来自网络"),
        ("Online reports say the bridge fell", "vague", None, "Online reports say"),
        ("Sources say the bridge fell", "vague", None, "Sources say"),
        ("Some media claim the bridge fell", "vague", None, "Some media"),
        ("Experts believe the bridge fell", "vague", None, "Experts believe"),
        ("I heard that the bridge fell", "vague", None, "I heard that"),
        ("Harbour Daily News reported the bridge fell", "outlet", "Harbour Daily News", None),
        ("BBC reports: bridge down", "outlet", "BBC", "BBC reports"),
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
        "看《大桥》这本书，很好",
        "网络传播很快",
        "群众称之为大桥",
        "看 tiktok.com/@qingshi: 好",
        "电影《大桥》今天播出",
        "我觉得报道不错",
        "She reported the theft",
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
    cut = attributions(posts_of("据说是假的/@青石快讯:据新华社报道"))
    assert cut["rule"].to_list() == ["vague-zh", "relay-header"]
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


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("看http://t.example/a。", "http://t.example/a"),
        ("See https://t.example/a.", "https://t.example/a"),
        ("(https://t.example/a)", "https://t.example/a"),
        ("https://t.example/a_(b)", "https://t.example/a_(b)"),
    ],
)
def test_an_address_ends_before_the_sentence_does(text, address):
    found = attributions(posts_of(text))
    start, end = found.select("span_start", "span_end").row(0)
    assert found["target"].item() == text[start:end] == address


def test_spans_count_characters_and_not_bytes():
    text = "👩‍👩‍👧 é 据新华社报道"
    start, end = attributions(posts_of(text)).select("span_start", "span_end").row(0)
    assert text[start:end] == "据新华社报道"


def test_headers_that_lost_a_slash_or_have_bars_are_links_of_the_chain():
    text = "哈/@a-1:真的？||@乙：转发微博 /@丙:原话"
    assert repost_chain(posts_of(text)).select("handle", "span_start", "span_end").rows() == [
        ("a-1", 1, 7),
        ("乙", 10, 15),
        ("丙", 20, 24),
    ]


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


PIECES = st.sampled_from([
    "据", "新华社", "青石日报", "报道", "讯", "：", "交通局", "称", "从", "获悉", "消息", "。",
    "专家", "听", "说", "via", " ", "@a", "来源", "网传", "刊文", "《大桥》", "（", "）",
    "reports", "BBC",
])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_the_cue_of_a_rule_fits_wherever_the_rule_does(text):
    said = pl.Series([text])
    for rule in rules():
        assert said.str.contains(rule.cue).item() or not said.str.contains(rule.pattern).item()


def test_every_rule_of_the_lexicon_is_named_once_with_its_language_and_source():
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names)) == 33
    assert all(0 < rule.certainty < 1 for rule in rules())
    assert {rule.target_kind for rule in rules()} == {"account", "outlet", "vague"}
    assert {rule.lang for rule in rules()} == {"any", "zh", "en"}
    assert all(len(rule.source) > 20 for rule in rules())


SWAHILI = """
[fragments]
jina = '[\\p{L} ]{2,20}?'
[[rule]]
name = "kwa-mujibu-wa"
target_kind = "outlet"
lang = "sw"
source = "a reader of this case"
certainty = 0.8
pattern = '(?i:kwa mujibu wa) (?P<target>{jina}){end}'
"""


def test_a_lexicon_of_ones_own_is_tried_first(tmp_path):
    file = tmp_path / "sw.toml"
    file.write_text(SWAHILI, "utf-8")
    found = attributions(posts_of("Kwa mujibu wa Gazeti, daraja"), lexicons=[file])
    assert found.select("target_kind", "target", "rule").rows() == [
        ("outlet", "Gazeti", "kwa-mujibu-wa")
    ]


@pytest.mark.parametrize(
    "change",
    [
        ("[[rule]]", "[[rules]]"),
        ("(?P<target>", "(?P<target"),
        ('"outlet"', '"paper"'),
        ("0.8", "8"),
        ("(?i:kwa mujibu wa) (?P<target>{jina}){end}", "(?P<target>a*)"),
    ],
)
def test_a_lexicon_that_cannot_be_read_is_named(tmp_path, change):
    file = tmp_path / "sw.toml"
    file.write_text(SWAHILI.replace(*change), "utf-8")
    with pytest.raises(InputError, match=r"sw\.toml"):
        attributions(posts_of("Gazeti"), lexicons=[file])
