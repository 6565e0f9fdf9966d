# SPDX-License-Identifier: GPL-3.0-or-later
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.text.normal import normal_form, own_words, says_nothing


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("【注意】ＢＲＩＤＧＥ垮塌！[泪][泪]", "注意bridge垮塌"),
        ("看这里 https://a.example/x?y=1，快", "看这里快"),
        ("@某人 真的吗？ ＠other:是", "真的吗是"),
        ("Café déjà 10,000 人", "cafédéjà10000人"),
        ("हिन्दी 😀 ไทย", "हिन्दीไทย"),
        ("", ""),
        (None, None),
    ],
)
def test_only_letters_marks_and_digits_are_compared(text, normal):
    assert normal_form(pl.Series([text], dtype=pl.String)).item() == normal


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="aＢ垮1！ @[]:/é\u0301ﬁ", max_size=20))
def test_the_normal_form_of_a_normal_form_is_itself(text):
    once = normal_form(pl.Series([text], dtype=pl.String))
    assert normal_form(once).equals(once)


def test_a_column_and_an_expression_give_the_same():
    frame = pl.DataFrame({"text": ["Ａ b", "转发//@a:b"]})
    assert frame.select(normal_form(pl.col("text")))["text"].equals(normal_form(frame["text"]))


def test_own_words_end_at_the_first_relayed_name():
    texts = ["哈//@甲:乙//@丙:丁", "RT @a: b", "art @a: b", "http://@x", "原文\n//@甲：乙", None]
    assert own_words(pl.Series(texts)).to_list() == [
        "哈",
        "",
        "art @a: b",
        "http://@x",
        "原文\n",
        None,
    ]


def test_a_platforms_own_phrase_for_a_repost_says_nothing():
    texts = ["转发微博。//@甲:垮塌", "轉發微博", "Repost", "[泪] @小林", "转发！必须转发", "真的？"]
    assert says_nothing(pl.Series(texts)).to_list() == [True, True, True, True, False, False]
