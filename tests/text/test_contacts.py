# SPDX-License-Identifier: GPL-3.0-or-later
"""Contact ids in texts and codes in addresses."""

from __future__ import annotations

import polars as pl
import pytest

from graphkit.text.contacts import contacts, link_codes, written_links


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
        ("pay: wxp://f2f0AbC_d-9xYz12", ["wechat-pay:f2f0AbC_d-9xYz12"]),
        ("카톡 아이디: bluefin88", ["kakao:bluefin88"]),
        ("Zalo: 0912345678", ["zalo:0912345678"]),
        (
            "btc 1BoatSLRHtKNngkdXEeobR76b53LETtpyT or bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            [
                "wallet:1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
                "wallet:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            ],
        ),
        (
            "USDT-TRC20：TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            ["wallet:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"],
        ),
        (
            "eth 0xDE0b295669a9FD93d5F28D9Ec85E40f4cb697BAe",
            ["wallet:0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae"],
        ),
        ("doge DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", ["wallet:DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"]),
    ],
)
def test_a_contact_is_read_in_its_usual_forms(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "我的微信很久没用了",
        "order 139123456789012",
        "line up here",
        "a@b",
        "",
        "t.me/",
        "paypal: accepted here",
        "Tomorrowandtomorrowandtomorrowcreeps",
        "3141592653589793238462643383279502884197",
    ],
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
        ("https://www.paypal.me/ann/20", ["paypal.me/ann"]),
        ("https://shop.example/i/1?InviteCode=7Q", ["shop.example?InviteCode=7Q"]),
        ("https://paypal.com/paypalme/ann?locale.x=en", ["paypal.me/ann"]),
        ("https://www.paypal.com/donate/?hosted_button_id=AB12CD", ["paypal-button/AB12CD"]),
        ("https://qr.alipay.com/fkx1234abcd?t=1700", ["alipay/fkx1234abcd"]),
        ("https://payapp.weixin.qq.com/sjt/qr/AQFx9", ["wechat-pay/AQFx9"]),
        ("https://afdian.com/a/ann", ["afdian/ann"]),
        ("https://afdian.net/@ann?tab=home", ["afdian/ann"]),
        ("https://boosty.to/ann/donate", ["boosty.to/ann"]),
        ("https://www.donationalerts.com/r/ann", ["donationalerts/ann"]),
        ("https://www.patreon.com/c/ann/posts", ["patreon.com/ann"]),
        ("https://yoomoney.ru/to/410011234567890/100", ["yoomoney/410011234567890"]),
        ("https://cash.app/$ann", ["cash.app/$ann"]),
        (
            "https://uland.taobao.com/coupon/edetail?e=x&pid=mm_123_456_789",
            ["taobao-pid/mm_123"],
        ),
        ("https://shop12345.taobao.com/?spm=a1", ["taobao-shop/shop12345"]),
        (
            "https://item.jd.com/1001.html?utm_source=x&utm_campaign=t_1000123_k9",
            ["jd-union/1000123"],
        ),
        (
            "https://mobile.yangkeduo.com/duo_coupon_landing.html?goods_id=7&pid=8944_123456",
            ["pdd-pid/8944_123456"],
        ),
        ("https://www.amazon.co.uk/dp/B00X?tag=annlamps-21&th=1", ["amazon-tag/annlamps-21"]),
        ("https://k.weidian.com/?userid=9123", ["weidian/9123"]),
        ("https://www.awin1.com/cread.php?awinmid=1&awinaffid=4455", ["awin/4455"]),
        ("https://www.okx.com/join/LAMP77", ["okx/LAMP77"]),
        ("https://u.wechat.com/kAbC9", ["wechat-card/kAbC9"]),
        ("https://news.example/2026/staff?id=4", []),
        ("https://news.example/a?ref=twitter&tag=lamps&pid=77", []),
        ("https://afdian.com/", []),
        ("ftp://shop.example/?aff=1", []),
    ],
)
def test_a_code_is_the_place_and_the_value(url, expected):
    assert link_codes(pl.Series([url]))["code"].to_list() == expected


def test_no_addresses_give_no_codes():
    assert link_codes(pl.Series([], dtype=pl.String)).rows() == []


def test_addresses_are_read_out_of_texts_with_and_without_scheme():
    bio = "灯：afdian.com/a/ann，https://ko-fi.com/ann and mail ann@lamps.example"
    found = written_links(pl.Series([bio, None, "no address/here"]))
    assert found["url"].to_list() == ["https://afdian.com/a/ann", "https://ko-fi.com/ann"]
