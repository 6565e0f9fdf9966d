# SPDX-License-Identifier: GPL-3.0-or-later
import polars as pl
import pytest

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
