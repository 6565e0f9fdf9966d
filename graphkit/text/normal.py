# SPDX-License-Identifier: GPL-3.0-or-later
"""The normal form in which texts are compared, and the part of a repost that is its own."""

from __future__ import annotations

from typing import TypeVar

import polars as pl

Text = TypeVar("Text", pl.Expr, pl.Series)

URL = r"(?i)(?-u:\b)https?://[\x21-\x7e]+"  # of ASCII: there is no blank between 看 and http
HANDLE = r"[^\s:：/／@＠,，。！？!?()（）\[\]【】<>《》\"“”]{1,40}"
EMOTE = r"\[[^\[\]\s]{1,8}\]"
NOT_WORDS = r"[^\p{L}\p{M}\p{N}]+"
CHAIN = rf"(?://|\|\|)\s*[@＠]{HANDLE}\s*[:：]"
CUT_CHAIN = rf"(?:^|[^A-Za-z0-9/:._\-])/\s*[@＠]{HANDLE}\s*[:：]"  # not in tiktok.com/@a: b
RETWEET = rf"(?i:(?-u:\b)RT)\s*[@＠]{HANDLE}\s*[:：]"
BARE = r"^(?:转发微博|轉發微博|转发|轉發|快转微博|快轉微博|分享图片|repost|rt)?$"


def normal_form(text: Text) -> Text:
    """`text` (a column or expression) with only what is compared: letters, marks and digits.

    NFKC and lower case; without addresses, @mentions, [emotes], punctuation and spaces. Chinese
    characters stay as they are. Null stays null.

    >>> normal_form(
    ...     pl.Series(["【注意】Ｔｈｅ bridge 垮塌！@某人 https://a.example/x [泪]"])
    ... ).item()
    '注意thebridge垮塌'
    """
    bare = text.str.replace_all(URL, " ").str.normalize("NFKC").str.to_lowercase()
    for pattern in (URL, f"@{HANDLE}", EMOTE):
        bare = bare.str.replace_all(pattern, " ")
    return bare.str.replace_all(NOT_WORDS, "").str.normalize("NFC")


def own_words(text: Text) -> Text:
    """The part of a repost's `text` that is its own: before the first `//@name:` or `RT @name:`.

    `||@name:` counts too, and `/@name:` where the second slash was cut off.

    >>> own_words(pl.Series(["真的吗？//@青石:转发", "RT @qingshi: bridge", "原文"])).to_list()
    ['真的吗？', '', '原文']
    """
    own = text.str.replace(rf"(?s){CHAIN}.*$", "")
    own = own.str.replace(rf"(?s){CUT_CHAIN.replace('?:', '', 1)}.*$", "$1")
    return own.str.replace(f"(?s){RETWEET}.*$", "")


def says_nothing(text: Text) -> Text:
    """Whether the own words of `text` are empty or only what a platform writes for a repost.

    >>> says_nothing(pl.Series(["转发微博。//@青石:垮塌", "@小林 [泪]", "真的吗？"])).to_list()
    [True, True, False]
    """
    return normal_form(own_words(text)).str.contains(BARE)
