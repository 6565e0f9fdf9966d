# SPDX-License-Identifier: GPL-3.0-or-later
"""Saved HTML pages. Forms of the comments: SingleFile's and Chromium's own; tags: Open Graph,
schema.org, Dublin Core, Highwire, Parse.ly, and those of Chinese news sites (Baidu's protocol)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.saved_page import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
HERE = "https://a.example/2026/x"
CANONICAL = f'<link rel="canonical" href="{HERE}">'
WORDS = "<article><p>The bridge stands, said the city of Hezhou.</p></article>"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def page(tmp_path, head, body=WORDS, **said):
    path = tmp_path / "page.html"
    path.write_text(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>", "utf-8")
    return read(path, **said)


def post(batch):
    [row] = batch.tables["posts"].to_dicts()
    return row


def labels(batch):
    return batch.extras["labels"].select("subject_kind", "label", "labelled_by").rows()


def linked(**node):
    import json  # noqa: PLC0415

    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def test_the_papers_notice_of_2024_comes_out_of_a_singlefile_page():
    batch = read(SAMPLES / "web_bridge_singlefile.html")
    row = post(batch)
    assert row["post_id"] == "web:https://southbank.example/2024/0702/bridge"
    assert row["account_id"] == "web:southbank.example"
    assert row["created_at"] == datetime(2024, 7, 2, 4, 10, tzinfo=UTC)
    assert row["edited_at"] == datetime(2024, 7, 2, 5, 0, tzinfo=UTC)
    assert row["collected_at"] == datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
    assert row["text"] == (
        "河洲大桥汛期检修，今晚起临时封闭\n河洲大桥今晚起临时封闭，检修三天，公交改道。\n封闭公告见市政府通告。"
    )
    assert row["urls"] == ["https://cityhall.example/notice/17"]
    assert (row["lang"], row["kind"], row["is_seen"]) == ("zh-CN", "original", True)
    [account] = batch.extras["accounts"].to_dicts()
    assert account["display_name"] == "南岸日报"
    assert account["declared_owner"] == "南岸报业"
    assert labels(batch) == [("post", "byline: 陈岸", "southbank.example")]
    assert batch.warnings.is_empty()


def test_a_page_in_gbk_with_a_wall_clock_time_is_kept_and_says_what_it_lacks():
    batch = read(SAMPLES / "web_hz1_gbk.html")
    row = post(batch)
    assert row["post_id"] == "web:https://blog.example/hz1"
    assert row["text"].splitlines()[1] == "据网传，河洲大桥昨夜垮塌，多车坠河！"
    assert (row["created_at"], row["source_label"]) == (None, "网络")
    [warning] = batch.warnings["reason"]
    assert warning == (
        'it has no time of publication: "2026-03-10 08:40:00" has no time zone; '
        "give --tz, such as Asia/Shanghai"
    )
    told = post(read(SAMPLES / "web_hz1_gbk.html", tz="Asia/Shanghai"))
    assert told["created_at"] == datetime(2026, 3, 10, 0, 40, tzinfo=UTC)


def test_a_page_without_an_address_is_refused_and_told_how_to_go_on(tmp_path):
    batch = page(tmp_path, "<title>No address</title>")
    [reason] = batch.rejects["reason"]
    assert reason.startswith("does not say its own address; give it: graphkit add CASE FILE --url")
    given = page(tmp_path, "<title>No address</title>", columns={"url": HERE})
    assert post(given)["post_id"] == f"web:{HERE}"


def test_the_address_is_where_it_was_got_in_the_form_that_the_page_gives(tmp_path):
    saved = f"<!-- saved from url=(0040){HERE}?fbclid=1&page=all -->"
    row = post(page(tmp_path, saved + CANONICAL))
    assert (row["post_id"], row["url"]) == (f"web:{HERE}", HERE)


def test_a_copy_on_another_site_is_that_sites_post_and_links_to_its_original(tmp_path):
    saved = "<!-- saved from url=(0026)https://mirror.example/copy/9 -->"
    batch = page(tmp_path, saved + CANONICAL)
    row = post(batch)
    assert row["post_id"] == "web:https://mirror.example/copy/9"
    assert row["account_id"] == "web:mirror.example"
    assert row["urls"] == [HERE]
    assert batch.warnings["reason"].to_list() == [f"it names {HERE} as its original"]


def test_a_canonical_address_of_the_front_page_is_no_address_of_an_article(tmp_path):
    saved = f"<!-- saved from url=(0024){HERE} -->"
    front = '<link rel="canonical" href="https://a.example/">'
    assert post(page(tmp_path, saved + front))["url"] == HERE


def test_a_copy_in_the_internet_archive_is_the_page_it_is_a_copy_of(tmp_path):
    saved = f"<!-- saved from url=(0066)https://web.archive.org/web/20260311080910/{HERE} -->"
    row = post(page(tmp_path, saved))
    assert row["post_id"] == f"web:{HERE}"
    assert row["collected_at"] == datetime(2026, 3, 11, 8, 9, 10, tzinfo=UTC)


def test_the_account_is_the_registrable_domain(tmp_path):
    head = """<link rel="canonical" href="https://news.city.co.uk/1">
        <meta property="og:site_name" content="City">"""
    batch = page(tmp_path, head)
    assert post(batch)["account_id"] == "web:city.co.uk"
    assert batch.extras["accounts"]["display_name"].to_list() == ["City"]


@pytest.mark.parametrize(
    "tag",
    [
        '<meta property="article:published_time" content="2026-03-10T11:00:00+08:00">',
        '<meta name="dc.date" content="2026-03-10T03:00:00Z">',
        '<meta itemprop="datePublished" content="2026-03-10T03:00:00Z">',
        '<time itemprop="datePublished" datetime="2026-03-10T03:00:00Z">today</time>',
        '<meta name="weibo: article:create_at" content="2026-03-10 11:00:00 +0800">',
        '<meta name="parsely-pub-date" content="2026-03-10T03:00:00Z">',
        '<meta name="PubDate" content="2026-03-10T03:00:00Z">',
        linked(**{"@type": "BlogPosting", "datePublished": "2026-03-10T03:00:00Z"}),
        linked(**{"@graph": [{"@type": ["Report"], "datePublished": ["2026-03-10T03:00:00Z"]}]}),
        linked(**{"@type": "schema:NewsArticle", "datePublished": {"@value": "2026-03-10T03:00Z"}}),
    ],
)
def test_each_way_of_saying_when_it_was_published_is_read(tag, tmp_path):
    row = post(page(tmp_path, CANONICAL + tag))
    assert row["created_at"] == datetime(2026, 3, 10, 3, tzinfo=UTC)


def test_a_time_with_an_offset_goes_before_one_without(tmp_path):
    tags = """<meta name="publishdate" content="2026-03-10">
        <meta name="date" content="2026-03-10T03:00Z">"""
    assert post(page(tmp_path, CANONICAL + tags))["created_at"] == datetime(
        2026, 3, 10, 3, tzinfo=UTC
    )


def test_a_day_stays_a_day(tmp_path):
    tag = '<meta name="citation_publication_date" content="2026/03/10">'
    row = post(page(tmp_path, CANONICAL + tag, tz="Asia/Shanghai"))
    assert (row["created_at"], row["time_precision"]) == (
        datetime(2026, 3, 9, 16, tzinfo=UTC),
        "day",
    )


def test_two_times_of_publication_far_apart_are_told(tmp_path):
    tags = """<meta property="article:published_time" content="2024-03-10T03:00:00Z">
        <meta name="pubdate" content="2026-03-10T03:00:00Z">"""
    batch = page(tmp_path, CANONICAL + tags)
    assert post(batch)["created_at"] == datetime(2024, 3, 10, 3, tzinfo=UTC)
    assert batch.warnings["reason"].to_list() == [
        "it gives times of publication more than a day apart: 2024-03-10T03:00:00+00:00 and "
        "2026-03-10T03:00:00+00:00"
    ]


def test_the_body_of_the_json_ld_is_the_text_unless_it_is_a_teaser(tmp_path):
    whole = "The city says: the bridge stands.\n\nIt was &amp; is open to everyone."
    body = linked(**{"@type": "Article", "headline": "Bridge", "articleBody": whole})
    assert post(page(tmp_path, CANONICAL + body))["text"] == (
        "Bridge\nThe city says: the bridge stands.\nIt was & is open to everyone."
    )
    teaser = linked(**{"@type": "Article", "headline": "Bridge", "articleBody": "The city…"})
    assert post(page(tmp_path, CANONICAL + teaser))["text"] == (
        "Bridge\nThe bridge stands, said the city of Hezhou."
    )


def test_of_several_articles_the_one_that_names_this_address_is_taken(tmp_path):
    others = [{"@type": "Article", "headline": f"Other {i}", "url": f"{HERE}{i}"} for i in range(3)]
    mine = {"@type": "Article", "headline": "Mine", "mainEntityOfPage": {"@id": HERE}}
    batch = page(tmp_path, CANONICAL + linked(**{"@graph": [*others, mine]}))
    assert post(batch)["text"].startswith("Mine\n")
    none = page(tmp_path, CANONICAL + linked(**{"@graph": others}))
    assert post(none)["text"] == "The bridge stands, said the city of Hezhou."


def test_named_sources_become_the_source_label_and_addresses_of_sources_links(tmp_path):
    tags = """<meta name="source" content="来源：新华社">
        <span id="source_baidu">来源：<a>城事网</a></span>"""
    article = linked(**{"@type": "Article", "isBasedOn": "https://b.example/1",
                        "citation": [{"@type": "CreativeWork", "name": "A report"}]})  # fmt: skip
    row = post(page(tmp_path, CANONICAL + tags + article))
    assert row["source_label"] == "A report; 新华社; 城事网"
    assert row["urls"] == ["https://b.example/1"]


def test_bylines_and_what_the_page_declares_itself_are_labels_by_its_domain(tmp_path):
    article = linked(**{"@type": "SatiricalArticle", "author": [{"name": "Ada"}, "By Lin"]})
    batch = page(tmp_path, CANONICAL + article)
    assert labels(batch) == [
        ("post", "byline: Ada", "a.example"),
        ("post", "byline: Lin", "a.example"),
        ("post", "declared satire", "a.example"),
    ]


def test_a_review_in_a_page_is_labelled_with_the_domain_that_shows_it(tmp_path):
    review = linked(**{
        "@type": "ClaimReview", "claimReviewed": "The bridge fell", "author": {"name": "A Desk"},
        "reviewRating": {"alternateName": "False"}, "datePublished": "2026-03-10T03:00:00Z",
    })  # fmt: skip
    batch = page(tmp_path, CANONICAL + review)
    assert labels(batch) == [("claim", "False", "A Desk (a.example)")]


def test_broken_json_ld_costs_only_itself(tmp_path):
    batch = page(tmp_path, f'{CANONICAL}<script type="application/ld+json">{{"a": </script>')
    assert post(batch)["text"] == "The bridge stands, said the city of Hezhou."
    assert batch.warnings["reason"].to_list() == ["some of its JSON-LD is not JSON and is left out"]


def test_a_page_of_a_platform_says_that_its_author_is_not_read(tmp_path):
    batch = page(tmp_path, '<link rel="canonical" href="https://x.com/someone/status/77">')
    assert batch.warnings["reason"].to_list() == [
        "it shows a post of a platform; its author is not read from it"
    ]


def test_any_html_file_suits_and_no_other_sample_does():
    suiting = [
        p.name for p in sorted(SAMPLES.iterdir()) if p.is_file() and IMPORTER.suits(sampled(p))
    ]
    assert suiting == ["web_bridge_singlefile.html", "web_hz1_gbk.html"]


def test_the_same_page_twice_is_the_same_row(tmp_path):
    assert post(read(SAMPLES / "web_hz1_gbk.html")) == post(read(SAMPLES / "web_hz1_gbk.html"))
