# SPDX-License-Identifier: GPL-3.0-or-later
"""Chain ends and chained loops on 1.3 million citations, next to enumerating cycles of accounts."""

from __future__ import annotations

import resource
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import polars as pl

from graphkit.detectors.citation_loop import DETECTOR, Params
from graphkit.graphs.chained_loops import Reach, chained_loops
from graphkit.graphs.citation import citation_graph
from graphkit.graphs.grounding import end_states, flows
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, SOURCES, Corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 90 * 86_400_000_000


def made_corpus(*, accounts: int, posts: int, seed: int) -> Corpus:
    """Posts of communities of 300, six in ten citing one or two recent posts of theirs."""
    rng = np.random.default_rng(seed)
    activity = rng.pareto(1.6, accounts) + 0.2
    author = rng.choice(accounts, posts, p=activity / activity.sum())
    community = rng.integers(0, accounts // 300, accounts)[author]
    by_community = np.lexsort((np.arange(posts), community))
    place = np.empty(posts, np.int64)
    place[by_community] = np.arange(posts)
    first = np.searchsorted(community[by_community], community[by_community])[place]
    citing = np.flatnonzero(rng.random(posts) < 0.62)
    citing = np.sort(np.concatenate([citing, citing[rng.random(len(citing)) < 0.4]]))
    back = 1 + rng.exponential(60, len(citing)).astype(np.int64)
    reached = place[citing] - back
    inside = reached >= first[citing]
    citing, cited = citing[inside], by_community[reached[inside]]
    apart = author[citing] != author[cited]
    edges = pl.DataFrame({"p": citing[apart], "q": cited[apart]}).unique().sort("p", "q")
    return _corpus(author, np.sort(rng.integers(0, SPAN, posts)), edges, rng)


def _corpus(
    author: np.ndarray, time_us: np.ndarray, edges: pl.DataFrame, rng: np.random.Generator
) -> Corpus:
    name = pl.format("local:a{}", "author")
    numbers = pl.DataFrame({"no": np.arange(len(author)), "author": author, "us": time_us})
    told = pl.duration(microseconds="us") + pl.lit(START)
    empty = {
        n: pl.lit([], pl.List(pl.String)) for n in ("urls", "mentions", "hashtags", "media_hashes")
    }
    posts = numbers.select(
        post_id=pl.format("local:{}", "no"),
        account_id=name,
        created_at=told,
        platform=pl.lit("local"),
        time_precision=pl.lit("second"),
        kind=pl.lit("original"),
        is_seen=True,
        source_id=pl.lit("made"),
        **empty,
    )
    roots = numbers.join(edges, left_on="no", right_on="p", how="anti")
    kinds = rng.choice(["outlet", "vague", "none"], roots.height, p=[0.7, 0.2, 0.1])
    ends = roots.select(p="no", target_kind=pl.Series(kinds)).with_columns(
        target=pl.when(pl.col("target_kind") == "outlet").then(pl.lit("Outlet"))
    )
    to_posts = edges.select("p", target_kind=pl.lit("post"), target=pl.format("local:{}", "q"))
    rows = pl.concat([to_posts, ends]).with_columns(
        post_id=pl.format("local:{}", "p"),
        citation_no=pl.int_range(pl.len()).over("p"),
        via=pl.lit("link"),
        rule=pl.lit("made"),
        certainty=1.0,
        source_id=pl.lit("made"),
    )
    accounts = (
        numbers.select(account_id=name)
        .unique()
        .with_columns(platform=pl.lit("local"), source_id=pl.lit("made"))
    )
    source = {"source_id": "made", "file": "made.csv", "sha256": "0" * 64, "importer": "canonical"}
    counts = {"rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0}
    return Corpus(
        accounts=ACCOUNTS.conform(accounts),
        posts=POSTS.conform(posts),
        citations=CITATIONS.conform(rows),
        sources=SOURCES.conform(pl.DataFrame([{**source, "collection": "stream", **counts}])),
    )


@contextmanager
def clocked(what: str) -> Iterator[None]:
    """Prints the wall and CPU seconds of what runs inside, and the peak of memory so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:<58}{wall:7.2f} s wall{cpu:8.2f} s CPU{peak:6.2f} GiB peak")


def _chains(corpus: Corpus) -> None:
    with clocked("citation graph from the tables"):
        citations = citation_graph(corpus)
    print(f"  {citations.posts.height:,} posts, {citations.edges.height:,} citations of posts")
    with clocked("ends under three registers, as frames"):
        by_register = flows(corpus, citations)
    with clocked("chain ends of every post (one register)"):
        end_states(by_register["outlets"])
    with clocked("chained loops of every post"):
        loops, cut = chained_loops(citations.edges, citations.posts, reach=Reach())
    print(f"  {loops['start_no'].n_unique():,} posts come back to their author, {cut} cut short")


def _cycles(corpus: Corpus) -> None:
    citations = citation_graph(corpus)
    author = citations.posts["account_no"].to_numpy()
    edges = citations.edges
    pairs = {
        (a, b) for a, b in zip(author[edges["citing_no"]], author[edges["cited_no"]], strict=True)
    }
    graph = nx.DiGraph(sorted(pairs))
    print(f"  {graph.number_of_nodes():,} accounts, {graph.number_of_edges():,} pairs")
    with clocked("networkx simple_cycles(length_bound=3)"):
        count = sum(1 for _ in nx.simple_cycles(graph, length_bound=3))
    print(f"  {count:,} cycles of accounts, none of which says that a claim came back")
    with clocked("chained loops of every post, the same rows"):
        loops, _ = chained_loops(edges, citations.posts, reach=Reach())
    print(f"  {loops['start_no'].n_unique():,} posts come back to their author")


def main() -> None:
    """Prints the figures of docs/measured/citation-loop.md."""
    _chains(made_corpus(accounts=500, posts=5_000, seed=1))
    print("(the kernels are compiled now)\n")
    corpus = made_corpus(accounts=100_000, posts=1_600_000, seed=7)
    _chains(corpus)
    with clocked("the whole detector"):
        found = list(DETECTOR.detect(corpus, Params()))
    accused = sum(finding.grade is not None for finding in found)
    print(f"  {len(found)} findings, {accused} with a grade (nothing is planted)\n")
    _cycles(made_corpus(accounts=2_000, posts=20_000, seed=7))


if __name__ == "__main__":
    main()
