# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/measured/trace-origins.md says, at a fiftieth of the size."""

import polars as pl
import pytest

from benchmarks.bench_trace import cascade, floor
from benchmarks.cascade_world import clocked, copied, corpus_of, events, hidden, sample
from graphkit.trace.origin import trace_story


@pytest.fixture(scope="module")
def trees(shared):
    return sample("trees")


@pytest.mark.parametrize("ids", ["root", "parents"])
def test_the_first_post_comes_first_though_it_and_half_of_the_others_are_gone(trees, ids):
    for event in events(trees, count=4, seed=7, half=0):
        posts = trees.filter(event=event).sort("at", "post_id")
        for kept in (hidden(posts[1:], 0.5, seed=7), posts[21:]):
            trace = trace_story(corpus_of(kept, ids=ids), kept["post_id"][-1])
            assert trace.origin.candidates["node_id"][0] == posts["root"][0]


def test_pasted_copies_name_nobody_and_the_first_wording_comes_first(shared):
    whole = sample()
    for event in events(whole, count=4, seed=7, half=0):
        posts = copied(whole.filter(event=event), seed=7)
        said = posts.filter(post_id=posts["root"][0])["text"][0]
        kept = clocked(posts, "minute")
        corpus = corpus_of(kept, ids="none", precision="minute")
        trace = trace_story(corpus, kept["text"][-1], kind="text")
        texts = dict(kept.select("post_id", "text").rows())
        assert texts[trace.origin.candidates["node_id"][0]] == said
        assert trace.origin.verdict == "not determinable from this data"
        assert trace.origin.candidates["p"].null_count() == trace.origin.candidates.height


def test_the_generated_cascade_is_traced_to_its_first_post():
    posts = cascade(800, copies=80, seed=1)
    corpus = corpus_of(posts, ids="root")
    trace = trace_story(corpus, posts["post_id"][0])
    assert trace.origin.candidates["node_id"][0] == posts["post_id"][0]
    assert trace.coverage["seen_count"] == 800
    assert trace.graph.edges.filter(cls="E3").height > 0
    assert floor(corpus.posts) == 719
    assert posts.filter("is_root").height == 81
    assert trace.graph.edges.filter(pl.col("cls") == "E2").height > 0
