# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites that cite each other: from a crawl to sites, their citations, and a ring of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from benchmarks.citation_world import Plan
from benchmarks.web_crawl import write_crawl
from graphkit.case import create_case, load_corpus
from graphkit.detectors.citation_loop import DETECTOR, Params, detect
from graphkit.graphs.citation import citation_graph
from graphkit.graphs.citation_rows import citation_rows
from graphkit.investigation.ingesting import ingest
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
PLAN = Plan(accounts=260, posts_each=4, groups={"ring": 1, "family": 1}, stories=(14, 16))


@pytest.fixture(scope="module")
def crawl(tmp_path_factory):
    """The corpus of an invented crawl in which every tenth page is missing, and what is planted."""
    folder = tmp_path_factory.mktemp("crawl")
    pages, truth = write_crawl(folder / "crawl.warc.gz", 13, PLAN, missing=0.1)
    case = create_case(folder / "case")
    ingest(case, [folder / "crawl.warc.gz"], collection="account-list")
    corpus = load_corpus(case)
    assert corpus.posts.height == pages
    return corpus, truth


def test_a_planted_ring_of_sites_is_told_and_local_news_of_one_house_is_not_accused(crawl):
    corpus, truth = crawl
    found = list(detect(corpus, Params(copies=9)))
    accused = [f for f in found if DETECTOR.outcomes[f.outcome].accuses]
    assert [f.subjects.accounts for f in accused] == [tuple(sorted(truth["ring"][0]))]
    told = {f.outcome for f in found if set(f.subjects.accounts) & set(truth["family"][0])}
    assert told == {"tight-but-sourced"}


def test_blogs_on_one_host_are_not_one_account(crawl):
    corpus, _ = crawl
    blogs = corpus.accounts.filter(pl.col("account_id").str.ends_with(".blogspot.com"))
    assert blogs.height > 10


def test_menus_and_footers_are_no_citations_and_partner_lists_are_no_source(crawl):
    corpus, _ = crawl
    rules = corpus.citations.filter(pl.col("via") == "link").group_by("rule")
    found = dict(rules.agg(pl.col("certainty").unique()).rows())
    assert found == {"post-address": [1.0], "address": [1.0], "site-wide-link": [0.0]}
    fronts = corpus.citations.filter(
        pl.col("target").str.ends_with(".example/"), pl.col("certainty") > 0
    )
    assert fronts.is_empty()


def pages(*rows):
    """Pages as (site, number, links): one an hour."""
    lists = {name: [] for name in ("mentions", "hashtags", "media_hashes")}
    posts = [
        {"post_id": f"web:https://{site}/{n}", "account_id": f"web:{site}", "platform": "web",
         "created_at": START + timedelta(hours=h), "time_precision": "second", "kind": "original",
         "text": "x", "url": f"https://{site}/{n}", "urls": links, "is_seen": True,
         "source_id": "s", **lists}
        for h, (site, n, links) in enumerate(rows)
    ]  # fmt: skip
    frame = POSTS.conform(pl.DataFrame(posts, infer_schema_length=None))
    sites = frame.select("account_id", "platform", "source_id").unique()
    names = sites.with_columns(handle=pl.col("account_id").str.strip_prefix("web:"))
    return frame, ACCOUNTS.conform(names)


def corpus_of(*rows):
    posts, accounts = pages(*rows)
    cited = citation_rows(posts, accounts).with_columns(source_id=pl.lit("s"))
    return Corpus(posts=posts, accounts=accounts, citations=CITATIONS.conform(cited))


def test_a_link_on_more_than_half_of_five_pages_is_the_sites_and_leaves_the_page_unread():
    partner = "https://b.example/"
    rows = [("a.example", n, [partner] if n < 3 else []) for n in range(5)]
    corpus = corpus_of(*rows)
    told = corpus.citations.filter(via="link").select("rule", "certainty").unique().rows()
    assert told == [("site-wide-link", 0.0)]
    assert citation_graph(corpus).ends["state"].to_list()[0] == "unobserved"
    few = corpus_of(*rows[:4])
    assert set(few.citations.filter(via="link")["rule"]) == {"address"}


def test_a_page_of_a_captured_site_that_is_not_at_hand_ends_with_that_site():
    corpus = corpus_of(
        ("a.example", 1, []),
        ("b.example", 1, ["https://a.example/missing"]),
        ("b.example", 2, ["https://elsewhere.example/1"]),
    )
    graph = citation_graph(corpus)
    number = dict(graph.posts.select("account_id", "account_no").rows())
    ends = graph.ends.filter(target_kind="url").select("target", "owner_no").rows()
    assert ends == [
        ("https://a.example/missing", number["web:a.example"]),
        ("https://elsewhere.example/1", None),
    ]


def test_a_named_outlet_whose_site_is_captured_is_that_site():
    text = "the harbour office said on monday that the old bridge closes for repairs in may"
    corpus = corpus_of(("a.example", 1, []), ("b.example", 1, []))
    said = corpus.posts.with_columns(text=pl.lit(text))
    named = corpus.citations.filter(post_id="web:https://b.example/1").with_columns(
        target_kind=pl.lit("outlet"), target=pl.lit("The A"), outlet=pl.lit("a.example"),
    )  # fmt: skip
    whole = Corpus(posts=said, accounts=corpus.accounts, citations=named)
    edges = citation_graph(whole).edges
    assert edges.select("citing_no", "cited_no", "is_inferred").rows() == [(1, 0, True)]
