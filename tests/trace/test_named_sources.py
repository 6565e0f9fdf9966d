# SPDX-License-Identifier: GPL-3.0-or-later
import polars as pl
import pytest

from graphkit.tables import Corpus
from graphkit.trace.claim import find_claim
from graphkit.trace.lineage import lineage

SAYS = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"
OTHER = "今天天气很好，出去走走，看看江边的风景，晚上再回家吃饭"


@pytest.fixture
def traced(corpus_of):
    def graph(*rows):
        corpus = corpus_of(*rows)
        return lineage(find_claim(corpus, "2"), corpus)

    return graph


def edges(graph):
    return graph.edges.select("parent", "cls", "evidence", "via").rows()


def test_a_link_to_a_post_that_the_case_lacks_leads_to_an_unseen_post_dated_by_its_id(traced):
    link = "https://x.com/a/status/1899040000000000000"
    graph = traced({"id": "2", "by": "b", "minute": 20_000, "text": SAYS, "urls": [link]})
    assert edges(graph) == [("x:1899040000000000000", "E2", "permalink-unseen", "link")]
    node = graph.nodes.filter(pl.col("node_id").str.starts_with("x:"))
    assert node.select("state", "platform", pl.col("at").dt.year()).rows() == [
        ("unseen", "x", 2025)
    ]


def test_a_platforms_label_names_an_account_and_does_not_say_that_it_said_this(traced):
    earlier = {"id": "1", "by": "a", "minute": 0, "text": OTHER}
    passed_on = {"id": "2", "by": "b", "minute": 1, "text": SAYS, "source_label": "@a"}
    graph = traced(earlier, passed_on)
    assert edges(graph) == [("account:weiju:a", "E2", "source-label", "field")]
    assert graph.rejected.is_empty()
    named = {"id": "2", "by": "b", "minute": 1, "text": f"{SAYS}据@a 报道"}
    assert traced(earlier, named).rejected["reason"].to_list() == [
        "no earlier post of the named account says this"
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{SAYS} via @a", "from-account"),
        (f"{SAYS}（转自@a）", "from-account"),
        (f"RT @a: {SAYS}", "retweet"),
        (f"来源：@a {SAYS}", "from-account"),
        (f"{SAYS}//@a:{SAYS}", "repost-chain"),
    ],
)
def test_a_text_that_names_who_said_it_leads_to_that_post(traced, text, rule):
    graph = traced(
        {"id": "1", "by": "a", "minute": 0, "text": SAYS},
        {"id": "2", "by": "b", "minute": 1, "text": text},
    )
    assert edges(graph) == [("weiju:1", "E2", rule, "text")]


def test_a_retweet_of_words_that_no_post_has_leads_to_the_account_and_to_no_post_of_it(traced):
    graph = traced(
        {"id": "1", "by": "a", "minute": 0, "text": OTHER},
        {"id": "2", "by": "b", "minute": 1, "text": f"RT @a: {SAYS}"},
    )
    assert edges(graph) == [("account:weiju:a", "E2", "retweet", "text")]
    assert graph.rejected.is_empty()


@pytest.mark.parametrize("kind", ["quote", "repost"])
def test_the_field_of_a_platform_leads_to_the_post_that_it_names(traced, kind):
    graph = traced(
        {"id": "1", "by": "a", "minute": 0, "text": SAYS},
        {"id": "2", "by": "b", "minute": 1, "text": "嗯", "kind": kind, "parent_id": "1"},
    )
    assert [row[:2] for row in edges(graph)] == [("weiju:1", "E1")]


def test_a_link_to_a_post_of_the_case_leads_to_that_post(traced, corpus_of):
    link = "https://x.com/a/status/1899040000000000000"
    rows = [
        {"id": "1899040000000000000", "by": "a", "minute": 0, "text": SAYS},
        {"id": "2", "by": "b", "minute": 10_000, "text": f"{SAYS} {link}"},
    ]
    corpus = corpus_of(*rows, platform="x")
    graph = lineage(find_claim(corpus, "2"), corpus)
    assert edges(graph) == [("x:1899040000000000000", "E2", "permalink", "link")]


def test_a_link_to_a_saved_page_leads_to_that_page(traced, corpus_of):
    page = {"id": "page1", "by": "a.example", "minute": 0, "text": SAYS}
    page["url"] = "https://a.example/1"
    web = corpus_of(page, platform="web")
    said = corpus_of(
        {
            "id": "2",
            "by": "b",
            "minute": 9,
            "text": SAYS,
            "urls": ["https://a.example/1?utm_source=x"],
        }
    )
    corpus = Corpus(
        posts=pl.concat([web.posts, said.posts]), accounts=pl.concat([web.accounts, said.accounts])
    )
    graph = lineage(find_claim(corpus, "2"), corpus)
    assert edges(graph) == [("web:page1", "E2", "post-address", "link")]
