# SPDX-License-Identifier: GPL-3.0-or-later
from graphkit.trace.origin import trace_story

SAYS = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"


def told(corpus_of, *rows):
    return trace_story(corpus_of(*rows), "1").to_json()


def test_the_first_copy_that_names_no_source_is_where_it_was_lost(corpus_of):
    trace = told(
        corpus_of,
        {"id": "1", "by": "root", "minute": 0, "text": SAYS},
        {"id": "2", "by": "fair", "minute": 5, "text": f"{SAYS}转自@root"},
        {"id": "3", "by": "silent", "minute": 9, "text": f"速转！{SAYS}"},
        {"id": "4", "by": "silent2", "minute": 12, "text": SAYS},
    )
    assert trace["source_lost"] == {"node_id": "weiju:3", "parent": "weiju:1"}


def test_credit_without_ground_is_told_with_its_words_and_count(corpus_of):
    credit = f"据@press 报道，{SAYS}"
    trace = told(
        corpus_of,
        {"id": "1", "by": "root", "minute": 0, "text": SAYS},
        {"id": "2", "by": "press", "minute": 1, "text": "今天全市天气晴朗适合出门散步"},
        {"id": "3", "by": "a", "minute": 5, "text": credit},
        {"id": "4", "by": "b", "minute": 6, "text": f"{credit}！"},
    )
    assert trace["wrong_sources"] == [
        {"target": "weiju:press", "posts_count": 2, "first_post": "weiju:3", "words": "据@press"}
    ]


def test_a_story_without_copies_has_lost_nothing(corpus_of):
    trace = told(corpus_of, {"id": "1", "by": "root", "minute": 0, "text": SAYS})
    assert (trace["source_lost"], trace["wrong_sources"]) == (None, [])
