# SPDX-License-Identifier: GPL-3.0-or-later
"""Contact ids in texts and codes in addresses."""

from __future__ import annotations

import polars as pl
import pytest

from graphkit.text.contacts import contacts, link_codes


def found(text):
    return contacts(pl.DataFrame({"text_id": ["t"], "text": [text]}))["contact"].to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("微信号：Blue_fin88", ["wechat:blue_fin88"]),
        ("加微 bluefin88 领券", ["wechat:bluefin88"]),
        ("VX: bluefin88", ["wechat:bluefin88"]),
        ("扣扣群：12345678", ["qq:12345678"]),
        ("Ｔ.me/＋ABCdef12", ["telegram:+abcdef12"]),
        ("Telegram @blue_fin", ["telegram:blue_fin"]),
        ("电话13912345678。", ["phone:13912345678"]),
        ("call +44 7700 900 123 now", ["phone:+447700900123"]),
        ("Mail: Team@Shop.Example.", ["e-mail:team@shop.example"]),
        ("wa.me/447700900123", ["whatsapp:447700900123"]),
        ("discord.gg/AbC-9", ["discord:abc-9"]),
        ("two: QQ 123456, qq 654321", ["qq:123456", "qq:654321"]),
    ],
)
def test_a_contact_is_read_in_its_usual_forms(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text", ["我的微信很久没用了", "order 139123456789012", "line up here", "a@b", "", "t.me/"]
)
def test_what_is_no_contact_is_not_read_as_one(text):
    assert found(text) == []


def test_texts_without_contacts_and_null_texts_have_no_row():
    texts = pl.DataFrame({"text_id": ["a", "b"], "text": ["hello", None]})
    assert contacts(texts).rows() == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/i/1?aff=yt9&utm_source=x", ["shop.example?aff=yt9"]),
        ("https://shop.example/invite/AB12?x=1", ["shop.example/invite/AB12"]),
        ("https://www.paypal.me/ann/20", ["www.paypal.me/ann"]),
        ("https://shop.example/i/1?InviteCode=7Q", ["shop.example?InviteCode=7Q"]),
        ("https://news.example/2026/staff?id=4", []),
        ("ftp://shop.example/?aff=1", []),
    ],
)
def test_a_code_is_the_place_and_the_value(url, expected):
    assert link_codes(pl.Series([url]))["code"].to_list() == expected


def test_no_addresses_give_no_codes():
    assert link_codes(pl.Series([], dtype=pl.String)).rows() == []
