# SPDX-License-Identifier: GPL-3.0-or-later
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.text.links import canonical_url, host, permalinks, weibo_mid


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
