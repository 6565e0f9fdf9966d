# SPDX-License-Identifier: GPL-3.0-or-later
"""Chained loops next to networkx: the same posts have one, and none is longer than it need be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import networkx as nx
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.loop_steps import REACH, come_back, made_corpus
from graphkit.graphs.chained_loops import Reach, chained_loops
from graphkit.graphs.citation import citation_graph

START = datetime(2026, 3, 2, tzinfo=UTC)


@st.composite
def citations(draw, most=9):
    count = draw(st.integers(2, most))
    pairs = [(p, q) for p in range(count) for q in range(p)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3 * count))
    authors = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    return sorted(chosen), authors


def frames(pairs, authors):
    posts = pl.DataFrame(
        {
            "post_no": range(len(authors)),
            "account_no": authors,
            "posted_at": [START + timedelta(hours=n) for n in range(len(authors))],
        }
    )
    numbers = [(p, n, q) for n, (p, q) in enumerate(pairs)]
    schema = {"citing_no": pl.Int64, "citation_no": pl.Int64, "cited_no": pl.Int64}
    return pl.DataFrame(numbers, schema, orient="row"), posts


def shortest_by_networkx(pairs, authors, depth):
    """The hops of the shortest path of each post to an earlier one of its author, by others."""
    graph = nx.DiGraph(pairs)
    found = {}
    for start in graph:
        ends = [q for q in graph if q < start and authors[q] == authors[start]]
        paths = (p for q in ends for p in nx.all_simple_paths(graph, start, q, cutoff=depth))
        own = authors[start]
        lengths = [
            len(path) - 1
            for path in paths
            if len(path) > 2 and all(authors[post] != own for post in path[1:-1])
        ]
        if lengths:
            found[start] = min(lengths)
    return found


@settings(deadline=None, max_examples=120)
@given(citations(), st.integers(2, 6))
def test_the_loops_are_as_many_and_as_long_as_networkx_finds(world, depth):
    pairs, authors = world
    edges, posts = frames(pairs, authors)
    loops, cut = chained_loops(edges, posts, reach=Reach(depth=depth))
    hops = dict(loops.group_by("start_no").agg(pl.col("hop").max()).rows())
    assert hops == shortest_by_networkx(pairs, authors, depth)
    assert cut == 0


@settings(deadline=None, max_examples=40)
@given(citations(), st.randoms(use_true_random=False), st.integers(-500, 500))
def test_neither_row_order_nor_names_nor_a_shift_of_time_change_them(world, dice, days):
    pairs, authors = world
    edges, posts = frames(pairs, authors)
    renamed = dice.sample(range(100), 4)
    moved = posts.with_columns(
        pl.col("posted_at") + timedelta(days=days),
        account_no=pl.col("account_no").replace_strict(range(4), renamed),
    )
    mixed = edges.sample(fraction=1.0, shuffle=True, seed=dice.randint(0, 99))
    told = chained_loops(edges, posts, reach=Reach())[0]
    assert chained_loops(mixed, moved, reach=Reach())[0].equals(told)


def test_of_thousands_of_made_posts_those_come_back_that_networkx_says():
    graph = citation_graph(made_corpus(accounts=600, posts=6000, seed=7))
    loops, cut = chained_loops(graph.edges, graph.posts, reach=REACH)
    assert (sum(come_back(graph)), cut) == (306, 0)
    assert loops["start_no"].n_unique() == 306
