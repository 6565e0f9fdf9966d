# SPDX-License-Identifier: GPL-3.0-or-later
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.text.links import (
    canonical_url,
    host,
    is_short,
    permalinks,
    references,
    registrable_domain,
    weibo_mid,
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://News.Example/A?b=1&utm_source=x&c=2#top", "http://news.example/A?b=1&c=2"),
        ("https://a.example?fbclid=1", "https://a.example/"),
        ("https://user:secret@a.example:443/x", "https://a.example/x"),
        ("http://a.example:8080/x?", "http://a.example:8080/x"),
        ("https://Münze.example/ä", "https://xn--mnze-0ra.example/ä"),
        ("https://xn--mnze-0ra.example/", "https://xn--mnze-0ra.example/"),
        ("https://河洲.example", "https://xn--ovwok.example/"),
        (" https://a.example/x ", "https://a.example/x"),
        ("https://a.example/?mutm_source=1", "https://a.example/?mutm_source=1"),
        ("javascript:alert(1)", None),
        ("ftp://a.example/x", None),
        ("//a.example/x", None),
        ("https://", None),
        ("看 https://a.example", None),
        (None, None),
    ],
)
def test_addresses_have_one_form(url, canonical):
    assert canonical_url(pl.Series([url], dtype=pl.String)).item() == canonical


URLS = st.from_regex(r"\Ahttps?://[a-zä]{1,5}(:[0-9]{1,4})?(/[a-z]?)?(\?[a-z=&]{0,8})?(#x)?\Z")


@settings(max_examples=100, deadline=None)
@given(st.lists(URLS, min_size=1, max_size=4))
def test_the_canonical_form_of_a_canonical_form_is_itself(urls):
    once = canonical_url(pl.Series(urls))
    assert canonical_url(once).to_list() == once.to_list()


def test_hosts_are_lower_case_ascii():
    urls = pl.Series(["https://WWW.A.example/x", "https://Münze.example", "mailto:a@b.example"])
    assert host(urls).to_list() == ["www.a.example", "xn--mnze-0ra.example", None]


def test_a_host_that_only_looks_like_a_platform_is_none():
    urls = ["https://x.com.example/a/status/1", "https://notx.com/a/status/1", "https://x.com/a"]
    assert permalinks(pl.Series(urls)).rows() == [(None, None)] * 3


def test_permalinks_give_platform_and_native_id():
    urls = ["https://mobile.twitter.com/a/status/12?s=20", "https://weiju.example/p17", None]
    assert permalinks(pl.Series(urls)).rows() == [("x", "12"), ("weiju", "p17"), (None, None)]


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://mobile.twitter.com/a/status/12?s=20&t=x", "https://x.com/a/status/12"),
        ("http://twitter.com/#!/a/status/12", "https://x.com/a/status/12"),
        ("https://m.facebook.com/story.php?story_fbid=5&id=6&ref=x", None),
        ("https://m.youtube.com/watch?app=m&v=abcdefghijk", None),
        ("https://en.m.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/A"),
        ("https://m.news.example/a", "https://m.news.example/a"),
        ("https://mp.weixin.qq.com/s?mid=2&idx=1&__biz=M==&sn=a&scene=21#rd", None),
        ("https://a.example/2026/bridge/amp/", "https://a.example/2026/bridge"),
        ("https://a.example/the-bridge-fell/amp", "https://a.example/the-bridge-fell"),
        ("https://wordpress.org/plugins/amp/", "https://wordpress.org/plugins/amp/"),
        ("https://a.example/x.amp.html", "https://a.example/x.html"),
        ("https://a.example/x?amp&utm_source=b&c=1", "https://a.example/x?c=1"),
        ("https://a.example/x?lamp=1&stamp", "https://a.example/x?lamp=1&stamp"),
        ("https://a.example/x/index.html", "https://a.example/x/index.html"),
        ("https://a.example/x/", "https://a.example/x/"),
        ("https://t.cn/abc", "https://t.cn/abc"),
    ],
)
def test_pages_for_telephones_and_their_parameters_give_way_where_that_is_safe(url, canonical):
    given = {
        "https://m.facebook.com/story.php?story_fbid=5&id=6&ref=x": (
            "https://www.facebook.com/story.php?id=6&story_fbid=5"
        ),
        "https://m.youtube.com/watch?app=m&v=abcdefghijk": (
            "https://www.youtube.com/watch?v=abcdefghijk"
        ),
        "https://mp.weixin.qq.com/s?mid=2&idx=1&__biz=M==&sn=a&scene=21#rd": (
            "https://mp.weixin.qq.com/s?__biz=M==&idx=1&mid=2&sn=a"
        ),
    }
    assert canonical_url(pl.Series([url])).item() == given.get(url, canonical)


@pytest.mark.parametrize(
    "wrapped",
    [
        "https://l.facebook.com/l.php?u={}&h=AT0",
        "https://lm.facebook.com/l.php?h=AT0&u={}",
        "https://l.instagram.com/?u={}&e=1",
        "https://www.google.com/url?sa=t&url={}&usg=x",
        "https://www.google.com.hk/url?q={}",
        "https://www.youtube.com/redirect?event=c&q={}",
        "https://out.reddit.com/t3_1?url={}&token=x",
        "https://t.umblr.com/redirect?z={}&t=x",
        "https://weibo.cn/sinaurl?f=w&u={}&ep=x",
        "https://link.zhihu.com/?target={}",
        "https://vk.com/away.php?to={}&post=1_2",
        "https://steamcommunity.com/linkfilter/?u={}",
        "https://www.douban.com/link2/?url={}",
        "https://c.pc.qq.com/middlem.html?pfurl={}",
    ],
)
def test_an_address_that_holds_another_gives_way_to_it(wrapped):
    inner = "https%3A%2F%2Fa.example%2Fb%3Fc%3D1%26utm_source%3Dx%23top"
    url = canonical_url(pl.Series([wrapped.format(inner)])).item()
    assert url == "https://a.example/b?c=1"


def test_caches_of_amp_pages_give_way_to_the_page():
    urls = [
        "https://www.google.com/amp/s/a.example/2026/x/amp/",
        "https://a-example.cdn.ampproject.org/c/s/a.example/2026/x.amp.html",
    ]
    found = canonical_url(pl.Series(urls)).to_list()
    assert found == ["https://a.example/2026/x", "https://a.example/2026/x.html"]


def test_wrappers_are_opened_once_and_only_for_addresses():
    twice = "https://vk.com/away.php?to=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fa.example"
    script = "https://vk.com/away.php?to=javascript%3Aalert(1)"
    assert canonical_url(pl.Series([twice, script])).to_list() == [
        "https://www.google.com/url?q=https%3A%2F%2Fa.example",
        script,
    ]


def test_characters_that_are_no_ascii_stay_encoded_in_what_is_opened():
    url = "https://www.google.com/url?q=https%3A%2F%2Fa.example%2F%E6%A1%A5%2520b"
    assert canonical_url(pl.Series([url])).item() == "https://a.example/%E6%A1%A5%20b"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.news.a.co.uk/x", "a.co.uk"),
        ("https://news.sina.com.cn/x", "sina.com.cn"),
        ("https://a.github.io/x", "a.github.io"),
        ("https://a.wordpress.com/x", "a.wordpress.com"),
        ("https://www.substack.com/x", "substack.com"),
        ("https://河洲.example", "xn--ovwok.example"),
        ("http://10.0.0.1:80/", "10.0.0.1"),
        ("http://localhost/x", "localhost"),
        ("https://github.io/", "github.io"),
        ("mailto:a@b.example", None),
    ],
)
def test_an_outlet_is_the_part_of_the_host_that_somebody_registered(url, domain):
    assert registrable_domain(pl.Series([url])).item() == domain


def test_shorteners_are_known_by_their_host():
    urls = ["http://t.cn/a", "https://xhslink.com/a", "https://at.co/a", None]
    assert is_short(pl.Series(urls)).to_list() == [True, True, False, False]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://x.com/a/status/12/photo/1", ("x", "post", "12", "a", "x:12")),
        ("https://x.com/i/web/status/12", ("x", "post", "12", None, "x:12")),
        ("https://x.com/a", ("x", "profile", None, "a", None)),
        ("https://weibo.com/u/10023", ("weibo", "profile", "10023", None, None)),
        ("https://bsky.app/profile/a.example", ("bluesky", "profile", None, "a.example", None)),
        ("https://bsky.app/profile/did:plc:a", ("bluesky", "profile", "did:plc:a", None, None)),
        ("https://www.tiktok.com/@a.b/video/7", ("tiktok", "post", "7", "a.b", "tiktok:7")),
        ("https://www.threads.net/@a/post/C-1", ("threads", "post", "C-1", "a", "threads:C-1")),
        ("https://old.reddit.com/r/a/comments/1b/t/", ("reddit", "post", "1b", None, "reddit:1b")),
        (
            "https://www.reddit.com/r/a/comments/1b/t/c5/?context=3",
            ("reddit", "post", "t1_c5", None, "reddit:t1_c5"),
        ),
        (
            "https://youtu.be/abcdefghijk?t=3",
            ("youtube", "post", "abcdefghijk", None, "youtube:abcdefghijk"),
        ),
        ("https://t.me/s/chan/12", ("telegram", "post", "chan/12", "chan", "telegram:chan/12")),
        ("https://t.me/c/10/3/4", ("telegram", "post", "c/10/4", "c/10", "telegram:c/10/4")),
        (
            "https://social.example/@a/11",
            (
                "mastodon",
                "post",
                "social.example/11",
                "a@social.example",
                "mastodon:https://social.example/users/a/statuses/11",
            ),
        ),
        ("https://other.example/@a/11", (None, None, None, None, None)),
        ("https://social.example/@a@other.example/11", (None, None, None, None, None)),
        ("https://truthsocial.com/@a/posts/3", ("truthsocial", "post", "3", "a", "truthsocial:3")),
        ("https://gab.com/a/posts/3", ("gab", "post", "3", "a", "gab:3")),
        (
            "https://www.facebook.com/permalink.php?story_fbid=pfbid0x&id=10",
            ("facebook", "post", "pfbid0x", None, None),
        ),
        (
            "https://www.facebook.com/page/posts/title/1234567",
            ("facebook", "post", "1234567", "page", None),
        ),
        ("https://vk.com/feed?w=wall-1_3", ("vk", "post", "-1_3", None, "vk:-1_3")),
        (
            "https://m.bilibili.com/video/BV1GJ411x7h7",
            ("bilibili", "post", "BV1GJ411x7h7", None, "bilibili:BV1GJ411x7h7"),
        ),
        (
            "https://mp.weixin.qq.com/s?sn=a&__biz=M==&idx=1&mid=2",
            ("wechat", "post", "__biz=M==&idx=1&mid=2", None, None),
        ),
        (
            "https://www.zhihu.com/question/1/answer/2",
            ("zhihu", "post", "answer/2", None, "zhihu:answer/2"),
        ),
        (
            "https://m.toutiao.com/a7123456789012345678/",
            ("toutiao", "post", "7123456789012345678", None, "toutiao:7123456789012345678"),
        ),
        ("https://www.iesdouyin.com/share/video/7/", ("douyin", "post", "7", None, "douyin:7")),
        (
            "https://www.xiaohongshu.com/discovery/item/64a1b2c3d4e5f60718293a4b?x=1",
            (
                "xiaohongshu",
                "post",
                "64a1b2c3d4e5f60718293a4b",
                None,
                "xiaohongshu:64a1b2c3d4e5f60718293a4b",
            ),
        ),
        ("https://x.com.example/a/status/12", (None, None, None, None, None)),
        (None, (None, None, None, None, None)),
    ],
)
def test_an_address_shows_a_post_or_a_profile_or_neither(url, found):
    canonical = canonical_url(pl.Series([url], dtype=pl.String))
    assert references(canonical, mastodon_hosts=["social.example"]).row(0) == found


def to_base_62(number):
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = ""
    while number:
        number, low = divmod(number, 10**7)
        block = ""
        while low:
            low, digit = divmod(low, 62)
            block = digits[digit] + block
        text = block.rjust(4 if number else 1, "0") + text
    return text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(10**15, 6 * 10**15), min_size=1, max_size=4))
def test_weibo_ids_in_base_62_are_read_back(numbers):
    written = pl.Series([to_base_62(number) for number in numbers])
    assert weibo_mid(written).to_list() == [str(number) for number in numbers]


def test_what_is_no_weibo_id_is_null():
    assert weibo_mid(pl.Series(["a/b", "", None, "é12345"])).to_list() == [None] * 4
