# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import polars as pl
import pytest

from graphkit.trace.claim import find_claim
from graphkit.trace.origin import trace_story
from graphkit.trace.same_claim import bigram_cosine, may_say_the_same

SAYS = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"
RETOLD = "听说桥塔裂了三道口子，大桥的钢索昨晚一直在响，住桥边的绕路吧"
OTHER = "今天全市天气晴朗，适合带孩子去公园放风筝野餐"


def post(post_id, minute, text, **more):
    return {"id": post_id, "by": f"u{post_id}", "minute": minute, "text": text, **more}


def listed(corpus, **options):
    return may_say_the_same(find_claim(corpus, "1"), **options)


def test_a_retelling_is_listed_with_its_score_and_never_tied(corpus_of):
    corpus = corpus_of(
        post("1", 0, SAYS), post("2", 5, SAYS), post("3", 9, RETOLD), post("4", 9, OTHER)
    )
    found = listed(corpus)
    assert found.select("post_id", "why").rows() == [("weiju:3", "similar words")]
    assert 0.15 <= found["score"][0] < 0.9
    trace = trace_story(corpus, "1").to_json()
    assert [each["post_id"] for each in trace["may_say_the_same"]] == ["weiju:3"]
    assert "weiju:3" not in trace["claim"]["posts"]
    assert "weiju:3" not in {edge["child"] for edge in trace["edges"]}


def test_the_likeness_is_to_what_the_copies_share_and_not_to_one_copys_remark(corpus_of):
    remark = "晚高峰怎么办绕行要四十分钟校车也要过这里"
    copies = [post(str(n), n, f"{SAYS}{n}") for n in range(1, 13)]
    corpus = corpus_of(*copies, post("80", 20, f"{SAYS}{remark}"), post("90", 21, remark))
    assert "weiju:90" not in listed(corpus)["post_id"].to_list()


def test_an_embedding_from_the_caller_takes_the_place_of_the_letters(corpus_of):
    corpus = corpus_of(
        post("1", 0, SAYS), post("3", 9, OTHER), post("4", 9, "The bridge is breaking apart")
    )
    meant = {SAYS: [1.0, 0.0], "The bridge is breaking apart": [3.0, 0.3]}
    found = listed(corpus, embed=lambda texts: np.array([meant.get(t, [0.0, 2.0]) for t in texts]))
    assert found.select("post_id", "why", "score").rows() == [("weiju:4", "similar meaning", 0.995)]


def test_a_rare_picture_or_address_is_listed_and_a_common_one_is_not(corpus_of):
    rare, common = "ab" * 8, "cd" * 8
    address = "https://news.example/bridge?utm_source=x"
    rows = [
        post("1", 0, SAYS, media_hashes=[rare, common], urls=[address]),
        post("2", 5, OTHER, media_hashes=[rare]),
        post("3", 6, f"{OTHER}吧", urls=["https://news.example/bridge"]),
        *(post(str(n), n, f"{OTHER}第{n}天", media_hashes=[common]) for n in range(10, 31)),
    ]
    assert listed(corpus_of(*rows)).select("post_id", "why", "score").rows() == [
        ("weiju:2", "same picture", None),
        ("weiju:3", "same address", None),
    ]


def test_a_picture_without_words_is_tied_only_when_it_is_later(corpus_of):
    shown = {"media_hashes": ["ab" * 8]}
    corpus = corpus_of(
        post("0", 0, None, **shown),
        post("1", 1, SAYS, **shown),
        post("2", 2, None, **shown),
        post("3", 3, OTHER, **shown),
    )
    trace = trace_story(corpus, "1").to_json()
    (edge,) = trace["edges"]
    assert (edge["child"], edge["parent"], edge["cls"], edge["via"]) == (
        "weiju:2", "weiju:1", "E3", "media",
    )  # fmt: skip
    assert (edge["p"], edge["calibration"], edge["text_change"]) == (
        None,
        "not calibrated here",
        None,
    )
    assert edge["rows"] == [{"table": "posts", "key": "weiju:2"}]
    assert [(each["post_id"], each["why"]) for each in trace["may_say_the_same"]] == [
        ("weiju:0", "same picture"), ("weiju:3", "same picture"),
    ]  # fmt: skip
    assert trace["candidates"][0]["node_id"] == "weiju:1"


def test_the_cosine_is_one_for_the_same_text_and_nothing_for_a_text_without_common_letters():
    found = bigram_cosine(pl.Series(["abcd", "wxyz", "cdab"]), pl.Series(["abcd"]))
    assert found[0] == pytest.approx(1)
    assert found[1] == 0
    assert 0.3 < found[2] < 1


def test_the_list_is_the_same_in_any_order_of_the_rows(corpus_of):
    rows = [
        post("1", 0, SAYS),
        post("2", 5, RETOLD),
        post("3", 5, f"{RETOLD}啊"),
        post("4", 9, OTHER),
    ]
    assert listed(corpus_of(*rows)).equals(listed(corpus_of(*rows[::-1])))
