# SPDX-License-Identifier: GPL-3.0-or-later
import polars as pl
import pytest

from graphkit.trace.claim import find_claim
from graphkit.trace.lineage import lineage

SAYS = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"
CHANGED = "苇港大桥主塔出现13条裂缝，昨晚很多人听到钢索在响，家在桥边的赶紧绕路！"
REPOST = {"kind": "repost", "parent_id": "1", "root_id": "1"}
FIRST = {"id": "1", "by": "root", "minute": 0, "text": SAYS}


@pytest.fixture
def traced(corpus_of):
    def graph(*rows, what="1", **kind):
        corpus = corpus_of(*rows, **kind)
        return lineage(find_claim(corpus, what), corpus)

    return graph


def edges(graph):
    short = pl.col("child", "parent").str.strip_prefix("weiju:")
    return graph.edges.select(short, "cls", "evidence").rows()


def rejected(graph):
    short = pl.col("child", "parent").str.strip_prefix("weiju:")
    return graph.rejected.select(short, "cls", "reason").rows()


def test_a_chain_that_names_a_nearer_relay_is_believed_over_a_field_that_names_the_first_post(
    traced,
):
    graph = traced(
        FIRST,
        {"id": "2", "by": "a", "minute": 1, "text": "转发微博"} | REPOST,
        {"id": "3", "by": "b", "minute": 2, "text": "哈//@a:转发微博"} | REPOST,
    )
    assert edges(graph) == [("2", "1", "E1", "no-chain-bare-many"), ("3", "2", "E2", "name-unique")]
    assert rejected(graph) == [("3", "1", "E1", "its text names a nearer relay")]
    assert graph.edges.select("span_start", "span_end", "key").row(1) == (1, 6, "weiju:3")


def test_a_field_that_names_another_post_is_believed_over_the_chain(traced):
    graph = traced(
        FIRST,
        {"id": "2", "by": "a", "minute": 1, "text": "转发微博"} | REPOST,
        {"id": "3", "by": "c", "minute": 2, "text": "嗯"} | REPOST,
        {"id": "4", "by": "b", "minute": 3, "text": "哈//@a:转发微博"}
        | REPOST
        | {"parent_id": "3"},
    )
    assert ("4", "3", "E1", "parent-id") in edges(graph)
    assert rejected(graph) == [("4", "2", "E2", "the platform names another parent")]


def test_nothing_comes_from_what_is_later_beyond_the_precision_of_the_clock(traced):
    late = {"id": "2", "by": "a", "minute": -5, "text": "嗯"} | REPOST
    graph = traced(FIRST, late)
    assert edges(graph) == []
    assert rejected(graph) == [
        ("2", "1", "E1", "the parent is at least 300 s later than the child")
    ]
    assert edges(traced(FIRST, late | {"time_precision": "day"})) != []
    assert edges(traced(FIRST, late | {"minute": None, "time_precision": "unknown"})) != []


def test_the_time_in_an_id_is_believed_over_the_shown_one(traced):
    shown_late = FIRST | {"minute": 60, "id_time": pl.datetime(2026, 3, 10, time_zone="UTC")}
    shown_late["id_time"] = pl.select(shown_late["id_time"]).item()
    graph = traced(shown_late, {"id": "2", "by": "a", "minute": 1, "text": "嗯"} | REPOST)
    assert edges(graph) == [("2", "1", "E1", "no-chain-words-few")]
    assert graph.edges["gap_seconds"].to_list() == [60]


def test_a_post_that_is_gone_is_dated_by_its_id(traced):
    gone = "5271930629428128"
    row = {"kind": "repost", "parent_id": gone, "root_id": gone, "by": "a", "minute": 20_000}
    graph = traced({"id": "2", "text": "嗯"} | row, what=gone)
    node = graph.nodes.filter(state="unseen").row(0, named=True)
    assert str(node["at"]) == "2026-03-02 00:01:12+00:00"
    assert (node["post_id"], node["is_first"]) == (f"weiju:{gone}", True)


def test_a_parent_that_is_gone_leads_on_to_the_first_post_that_the_platform_names(traced):
    graph = traced(
        FIRST, {"id": "3", "by": "b", "minute": 2, "text": "嗯"} | REPOST | {"parent_id": "2"}
    )
    assert edges(graph) == [("2", "1", "E1", "root-id"), ("3", "2", "E1", "parent-id")]


def test_an_original_without_a_source_is_held_against_earlier_wordings(traced):
    graph = traced(
        FIRST,
        {"id": "2", "by": "a", "minute": 1, "text": CHANGED},
        {"id": "3", "by": "b", "minute": 2, "text": CHANGED},
        {"id": "4", "by": "c", "minute": 3, "text": f"{SAYS}转自@a"},
    )
    assert edges(graph) == [
        ("2", "1", "E3", "copied-text"),
        ("3", "2", "E3", "copied-text"),
        ("4", "1", "E3", "copied-text"),
    ]
    assert rejected(graph) == [
        ("4", "account:weiju:a", "E2", "no earlier post of the named account says this")
    ]


def test_a_named_account_that_says_it_is_the_parent(traced):
    graph = traced(FIRST, {"id": "2", "by": "a", "minute": 5, "text": f"据@root 报道，{SAYS}"})
    assert edges(graph) == [("2", "1", "E2", "according-to-account")]
    assert graph.states.select("state", "target").row(0) == ("named", "weiju:root")


def test_an_account_that_said_another_number_is_wrongly_named(traced):
    graph = traced(FIRST, {"id": "2", "by": "a", "minute": 5, "text": f"据@root 报道，{CHANGED}"})
    assert graph.states.select("state", "target").row(0) == ("wrong", "weiju:root")


def test_an_account_without_an_earlier_post_in_the_data_stays_named(traced):
    later = {"id": "9", "by": "press", "minute": 90, "text": "声明：本社没有发布过"}
    graph = traced(
        FIRST, {"id": "2", "by": "a", "minute": 5, "text": f"据@press 报道，{SAYS}"}, later
    )
    assert graph.states.filter(post_id="weiju:2")["state"].item() == "named"
    assert ("2", "account:weiju:press", "E2", "according-to-account") in edges(graph)


def test_an_outlet_and_an_address_outside_the_data_are_external_nodes(traced):
    text = f"据新华社报道，{SAYS}"
    graph = traced(FIRST | {"text": text, "urls": ["https://a.example/1?utm_source=b"]})
    assert edges(graph) == [
        ("1", "outlet:新华社", "E2", "according-to-zh"),
        ("1", "url:https://a.example/1", "E2", "address"),
    ]
    assert graph.nodes["state"].to_list().count("external") == 2


def test_a_quote_that_says_it_itself_does_not_come_from_a_post_that_does_not(traced):
    graph = traced(
        {"id": "0", "by": "office", "minute": 0, "text": "今天全市天气晴朗，适合外出散步和运动"},
        {"id": "1", "by": "a", "minute": 1, "kind": "quote", "parent_id": "0", "text": SAYS},
        what=SAYS,
    )
    assert edges(graph) == []
    assert rejected(graph) == [
        ("1", "0", "E1", "the post that it quotes or answers is not known to say this")
    ]


def test_a_first_post_that_is_gone_is_one_node_under_its_id_and_its_name(traced):
    graph = traced(
        {"id": "2", "by": "a", "minute": 1, "text": f"啊//@gone:{SAYS}"} | REPOST,
        {"id": "3", "by": "b", "minute": 2, "text": "嗯"} | REPOST,
        {"id": "4", "by": "c", "minute": 3, "text": f"【提醒】{SAYS}转自@gone"},
    )
    assert [row[1] for row in edges(graph)] == ["1", "1", "1"]
    assert graph.nodes.filter(state="unseen").select("node_id", "handle").rows() == [
        ("weiju:1", "gone")
    ]


def test_probabilities_are_given_only_for_the_platform_and_years_of_the_table(traced):
    rows = [FIRST, {"id": "2", "by": "a", "minute": 1, "text": "嗯"} | REPOST]
    graph = traced(*rows)
    assert graph.edges.select("p", "calibration").row(0) == (None, "not calibrated here")
    graph = traced(*rows, platform="weibo")
    assert graph.edges.select("p", "calibration").row(0) == (None, "not calibrated here")
    old = pl.select(pl.datetime(2014, 1, 1, time_zone="UTC")).item()
    graph = traced(*(row | {"created_at": old} for row in rows), platform="weibo")
    assert graph.edges.select("p", "calibration").row(0) == (
        0.991,
        "right in 9392 of 9535 held-out reposts, weibo 2011-2016",
    )


def test_posts_without_times_that_name_each_other_are_both_without_a_parent(traced):
    unknown = {"minute": None, "time_precision": "unknown"}
    graph = traced(
        FIRST | unknown,
        {"id": "2", "by": "a", "text": "转发微博//@b:嗯"} | REPOST | unknown,
        {"id": "3", "by": "b", "text": "嗯//@a:转发微博"} | REPOST | unknown,
    )
    assert edges(graph) == []
    assert ("2", "3", "E2", "these steps lead in a circle") in rejected(graph)
