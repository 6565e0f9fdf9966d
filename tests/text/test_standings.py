# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims of a standing: which sentences are one, where it stands, and which only look like one."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.text.reports import text_kind
from graphkit.text.standings import bio_standings, claims_of_words, standing_claims, standing_of


def claims(text, kind="original"):
    posts = pl.DataFrame({"post_id": ["a"], "kind": [kind], "text": [text]})
    return [
        (row["standing"], text[row["span_start"] : row["span_end"]])
        for row in standing_claims(posts).to_dicts()
    ]


@pytest.mark.parametrize(
    ("text", "standing", "said"),
    [
        ("我是执业医师，负责任地说：喝热水就好", "doctor", "我是执业医师"),
        ("大家别慌。作为执业医师，我建议休息", "doctor", "作为执业医师"),
        ("以我执业医师的经验，感冒药可以减半", "doctor", "以我执业医师"),
        ("本执业医师亲测", "doctor", "本执业医师"),
        ("我是市中心医院的护士，今天值班", "nurse", "我是市中心医院的护士"),
        ("作为死者的姐姐，我要求公开监控", "relative", "作为死者的姐姐"),
        ("我們是受害者家屬，請幫忙", "relative", "我們是受害者家屬"),
        ("本人系当事人，现声明如下", "party", "本人系当事人"),
        ("我親眼看見橋塌了", "witness", "我親眼看見"),
        ("气味不对！我在化工厂上班，他们不让说", "insider", "我在化工厂上班"),
        ("求助：我是伤者的妻子，请联系", "relative", "我是伤者的妻子"),
        ("Friends: I'm a nurse at the port clinic.", "nurse", "I'm a nurse"),
        ("As a doctor, I would not eat it", "doctor", "As a doctor"),
        ("I am the victim's sister.", "relative", "I am the victim's sister"),
        ("I work at the plant, believe me", "insider", "I work at the plant"),
        ("I saw it happen with my own eyes", "witness", "I saw it happen with my own eyes"),
    ],
)
def test_a_claim_is_read_with_its_place(text, standing, said):
    assert claims(text) == [(standing, said)]


@pytest.mark.parametrize(
    "text",
    [
        "我不是医生，但是",  # denials
        "I'm not a doctor but I would not",
        "如果我是医生就好了",  # conditions
        "If I were a doctor",
        "我以为我是医生",
        "我是医生吗？",  # questions
        "I'm a lawyer?",
        "家属称，她没有接到通知",  # a report of a relative
        "记者从医院获悉，患者家属说：“我是他的妻子，我是家属。”",
        "她说我是目击者",
        "网友自称我是知情人",
        "She said: I'm a nurse at the clinic",
        'A man wrote "I am the victim\'s brother" and left',
        "據目擊者稱，車速很快",
        "我是医生的女儿",  # of somebody else
        "我是受害者家属的朋友",
        "我是听医生说的",
        "我是来找大夫的",
        "as a doctor told me, drink water",
        "谁说我是律师",
        "本报记者在现场看到，桥面开裂",
        "作为中国军人，这不应该",  # of others
        "身为教师、校长的人中间，没有一个站出来",
        "作为大学老师就是要多读书",
        "我们都是受害者！",
        "【80岁老兵：我亲眼目睹了那一天】",
        "好样的，我是指交警",
        "我们在生活和工作中都会遇到",
    ],
)
def test_what_only_looks_like_a_claim_is_none(text):
    assert claims(text) == []


def test_what_a_repost_passes_on_is_no_claim_of_its_account():
    assert claims("太难了//@她: 我是遇难者家属，请扩散", "quote") == []
    assert claims("我是遇难者家属，请扩散", "repost") == []
    assert claims("我是遇难者家属。//@她: 节哀", "quote") == [("relative", "我是遇难者家属")]


def test_former_standings_are_told_as_former():
    posts = pl.DataFrame({"post_id": ["a"], "kind": ["original"], "text": ["我是一名退休护士，"]})
    assert standing_claims(posts)["is_former"].to_list() == [True]
    bios = pl.DataFrame(
        {
            "account_id": ["a", "b", "c", "d"],
            "bio": [
                "执业医师，只说实话",
                "前护士 | 现居海边",
                "Registered nurse. Cats",
                "Dr Who fan",
            ],
        }
    )
    assert bio_standings(bios).rows() == [
        ("a", "doctor", False), ("b", "nurse", True), ("c", "nurse", False),
    ]  # fmt: skip


def test_a_credentials_own_words_are_read_as_they_stand():
    posts = pl.DataFrame(
        {
            "post_id": ["a", "b", "c"],
            "kind": ["original"] * 3,
            "text": ["作为水质检测员，我看了", "我不是水质检测员，", "(水质检测员)说了"],
            "credential": ["水质检测员"] * 3,
        }
    )
    assert claims_of_words(posts)["post_id"].to_list() == ["a"]
    assert pl.select(s=standing_of(pl.Series(["水质检测员"])))["s"].to_list() == [None]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("苇港大桥主塔出现3条裂缝", "report"),
        ("《汐城条例》今日起施行", "report"),
        ("Fire closes the market at Port Gray", "report"),
        ("我今天走了2万步", "diary"),
        ("I walked 12 miles", "diary"),
        ("本人认为这3条都不对，个人看法", "opinion"),
        ("哈哈哈哈3次了", "joke"),
        ("限时优惠，满减2件，下单吧", "advertisement"),
        ("天气真好", "vague"),
        (None, None),
    ],
)
def test_what_a_text_looks_like(text, kind):
    assert pl.select(kind=text_kind(pl.Series([text], dtype=pl.String)))["kind"].to_list() == [kind]


@settings(deadline=None, max_examples=20)
@given(st.text("我是医生不说：“”，。？! a'@/I m\n", max_size=40))
def test_a_span_is_always_of_the_text_and_claims_in_it(text):
    posts = pl.DataFrame({"post_id": ["a"], "kind": ["original"], "text": [text]})
    for row in standing_claims(posts).to_dicts():
        said = text[row["span_start"] : row["span_end"]]
        assert said.startswith(("我", "作", "I", "本"))
        assert "医生" in said
