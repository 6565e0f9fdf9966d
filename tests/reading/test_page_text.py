# SPDX-License-Identifier: GPL-3.0-or-later
"""Saved HTML: its encoding, its main text, its links; and pages that are made to do harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.reading.page_html import decoded, page_html
from graphkit.reading.page_text import main_text, shown_text, unarchived

HERE = "https://a.example/2026/x"


def read(page, address=HERE, **got):
    return main_text(page_html(page if isinstance(page, bytes) else page.encode()), address, **got)


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ('<meta charset="gbk">大桥'.encode("gbk"), None),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">大桥鎔'.encode(
                "gbk"
            ),
            None,
        ),
        ("<meta charset=utf-8>大橋".encode("big5"), "Big5"),
        ("大桥".encode("gb18030"), None),
        ("大桥".encode(), None),
        ("\ufeff大桥".encode("utf-16"), "gbk"),
        ('<meta charset="idna">大桥'.encode(), "punycode"),
    ],
)
def test_the_encoding_is_the_mark_then_what_was_told_then_the_pages_own(content, charset):
    assert "大" in decoded(content, charset=charset)


def test_the_main_text_is_the_article_without_navigation_scripts_and_what_is_hidden():
    found = read("""<html><head><title>T</title><style>p{}</style></head><body>
        <nav><a href="/">Home</a></nav>
        <article><p>The bridge stands.<br>It was never closed.</p><script>x = "no"</script>
        <p style="display: none">hidden words</p><p hidden>more</p><aside>Read also</aside>
        <p>&ldquo;All is well&rdquo;, says the&nbsp;mayor.</p></article>
        <footer>Imprint</footer></body></html>""")
    assert found.text == "The bridge stands.\nIt was never closed.\n“All is well”, says the mayor."


def test_without_marks_the_block_with_the_most_text_of_its_own_is_the_main_part():
    found = read("""<body><div id="menu"><ul><li><a href="/1">One</a></li></ul></div>
        <div><div class="content"><p>The bridge stands, said the city.</p>
        <p>It was never closed, not for an hour.</p></div><div><p>Sign up here</p></div></div>""")
    assert found.text == "The bridge stands, said the city.\nIt was never closed, not for an hour."


def test_a_teaser_marked_as_an_article_does_not_hide_the_longer_text_beside_it():
    long = "The bridge stands, said the city, and it was never closed. " * 5
    found = read(f"<div><p>{long}</p></div><article><p>Weather for tomorrow: rain</p></article>")
    assert found.text == long.strip()


def test_links_of_the_text_are_kept_and_those_of_navigation_left_out():
    found = read("""<article><p>The claim is on <a href="https://b.example/1#top">a blog</a> and in
        our own <a href="/2024/notice">notice of 2024</a>, and <a href="//c.example/2">here</a>.</p>
        <p><a href="https://b.example/1#top">again</a> <a href="#note">note</a>
        <a href="mailto:a@b.example">mail</a> <a href="javascript:go()">go</a>
        <a href="http://[bad">bad</a></p>
        <ul><li><a href="/city">More from the city</a></li></ul></article>""")
    assert found.links == (
        "https://b.example/1#top",
        "https://a.example/2024/notice",
        "https://c.example/2",
    )
    assert "More from the city" not in found.text


def test_a_copy_in_the_internet_archive_is_read_as_what_it_is_a_copy_of():
    copy = "https://web.archive.org/web/20240702041000id_/https://a.example/b"
    assert unarchived(copy) == ("https://a.example/b", "2024-07-02T04:10:00+00:00")
    page = """<p>See <a href="/web/20240702041000/https://a.example/c">our notice</a> and <a
        href="/web/20240702041000/https://b.example/1">the blog</a> there.</p>"""
    found = read(page, "https://a.example/b", got_at=copy)
    assert found.links == ("https://a.example/c", "https://b.example/1")


def test_a_relative_link_is_read_from_the_pages_base():
    page = '<head><base href="https://b.example/sub/"></head><p>Some words <a href="p">p</a></p>'
    assert read(page).links == ("https://b.example/sub/p",)


HOSTILE = {
    "deep": "<div>" * 300_000 + "<p>words at the bottom of it all</p>",
    "unclosed inline": "<p><b><i>" * 60_000 + "words",
    "attributes": "<a " + " ".join(f"a{i}=1" for i in range(200_000)) + ">words</a>",
    "quotes": "<a " + "x='>' " * 100_000 + ">words</a>",
    "wide": "<p>word</p>" * 300_000,
    "brackets": "<" * 1_000_000,
    "comment": "<!--" + "x" * 2_000_000,
    "entities": "&#x3c;" * 300_000 + "&amp" * 100_000,
    "scripts": '<script type="application/ld+json">{}</script>' * 20_000,
    "tables": "<table><tr><td>" * 50_000 + "words",
    "links": "<a href=/1>" * 100_000 + "words",
    "surrogates": "<p>&#xD83D; &#x0; &#x110000; words</p>" * 10_000,
    "picture": f'<img src="data:image/png;base64,{"A" * 12_000_000}"><p>words</p>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_time_linear_in_its_size(name):
    started = time.process_time()
    found = read(HOSTILE[name])
    assert time.process_time() - started < 8
    found.text.encode()
    assert len(found.text) <= 200_000


def test_what_is_nested_too_deep_is_flattened_and_said():
    page = page_html(HOSTILE["deep"].encode())
    assert not page.is_whole
    assert shown_text(page.root) == "words at the bottom of it all"


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<article>", "<a href='/x'>", "</a>", "<br>", "<nav>",
     "text", "桥", "<", "&", "<!--", "-->", "<script>", "</script>", "<b", " class=x", ">", "<td>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_markup_is_read_and_twice_the_same(pieces):
    page = "".join(pieces)
    assert read(page) == read(page)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(content):
    read(content).text.encode()
