# SPDX-License-Identifier: GPL-3.0-or-later
"""Chain ends and chained loops on 1.3 million citations, next to enumerating cycles of accounts."""

from __future__ import annotations

import resource
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import polars as pl
from scipy.sparse import csr_array

from benchmarks.cidre import cidre_groups
from graphkit.detectors.citation_loop import DETECTOR, Params
from graphkit.graphs.chained_loops import Reach, chained_loops
from graphkit.graphs.citation import citation_graph
from graphkit.graphs.grounding import end_states, flows
from graphkit.kernels.chains import chain_end_masses
from graphkit.kernels.chains import chained_loops as loop_kernel
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, SOURCES, Corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphkit.graphs.citation import Citations

START = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 90 * 86_400_000_000
SIZES = (200_000, 400_000, 800_000, 1_600_000)
MOST_FOR_NETWORKX = 2_000
COLOURS = ("#1f5fa8", "#b5540c", "#2d7d46", "#7a3b9c")


def made_corpus(*, accounts: int, posts: int, seed: int) -> Corpus:
    """Posts of communities of 300, six in ten citing one or two recent posts of theirs."""
    rng = np.random.default_rng(seed)
    author, edges = _made_edges(accounts, posts, rng)
    return _corpus(author, np.sort(rng.integers(0, SPAN, posts)), edges, rng)


def _made_edges(
    accounts: int, posts: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], pl.DataFrame]:
    """The author of each post, in the order of time, and the pairs p cites q."""
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
    return author, edges


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
def clocked(what: str, taken: dict[str, float]) -> Iterator[None]:
    """Prints, and keeps in `taken`, the CPU seconds of what runs inside; prints wall and peak."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    taken[what] = cpu
    print(f"{what:<46}{cpu:8.2f} s CPU{wall:8.2f} s wall{peak:6.2f} GiB peak", flush=True)


def chains(corpus: Corpus) -> tuple[Citations, dict[str, float]]:
    """The graph of `corpus`, and the CPU seconds of its steps up to the chained loops."""
    taken: dict[str, float] = {}
    with clocked("graph from the tables", taken):
        citations = citation_graph(corpus)
    with clocked("ends under every register, as frames", taken):
        by_register = flows(corpus, citations)
    with clocked("chain ends of every post, one register", taken):
        end_states(by_register["outlets"])
    with clocked("chained loops of every post", taken):
        loops, cut = chained_loops(citations.edges, citations.posts, reach=Reach())
    print(
        f"  {citations.posts.height:,} posts, {citations.edges.height:,} citations of posts; "
        f"{loops['start_no'].n_unique():,} come back to their author, {cut} cut short"
    )
    return citations, taken


def _account_weights(citations: Citations) -> csr_array:
    """How often each account cites each other one."""
    author = citations.posts["account_no"].to_numpy()
    ends = [author[citations.edges[name].to_numpy()] for name in ("citing_no", "cited_no")]
    size = int(author.max()) + 1
    return csr_array((np.ones(len(ends[0])), (ends[0], ends[1])), shape=(size, size))


def _beside(citations: Citations) -> None:
    """CIDRE's measure and networkx's cycles on accounts, where the chained loops are on posts."""
    taken: dict[str, float] = {}
    weights = _account_weights(citations)
    with clocked("CIDRE's measure, no communities", taken):
        groups = cidre_groups(weights, np.zeros(weights.shape[0], np.int64), threshold=0.15)
    print(f"  {len(groups):,} groups (nothing is planted)")
    if weights.shape[0] > MOST_FOR_NETWORKX:
        return
    graph: nx.DiGraph[int] = nx.DiGraph(
        sorted(zip(*(ends.tolist() for ends in weights.nonzero()), strict=True))
    )
    print(f"  {graph.number_of_nodes():,} accounts, {graph.number_of_edges():,} pairs")
    with clocked("networkx simple_cycles(length_bound=3)", taken):
        count = sum(1 for _ in nx.simple_cycles(graph, length_bound=3))
    print(f"  {count:,} cycles of accounts, none of which says that a claim came back")


def _whole(corpus: Corpus) -> None:
    with clocked("the whole detector", {}):
        found = list(DETECTOR.detect(corpus, Params()))
    accused = sum(finding.grade is not None for finding in found)
    print(f"  {len(found)} findings, {accused} with a grade (nothing is planted)")


def _tenfold() -> None:
    """The two passes over ten times as many posts, from numbers: no tables are made of them."""
    rng, posts = np.random.default_rng(7), 10 * SIZES[-1]
    author, edges = _made_edges(posts // 16, posts, rng)
    ptr = np.concatenate([[0], np.cumsum(np.bincount(edges["p"], minlength=posts))])
    ends = np.zeros((posts, 4))
    roots = np.flatnonzero(np.diff(ptr) == 0)
    ends[roots, rng.integers(0, 4, len(roots))] = 1.0
    print(f"\n{posts:,} posts, {edges.height:,} citations of posts, as arrays")
    weight, time_us = np.ones(edges.height), np.sort(rng.integers(0, SPAN, posts))
    with clocked("chain ends of every post, one register", {}):
        chain_end_masses(ptr, edges["q"].to_numpy(), weight, ends)
    with clocked("chained loops of every post", {}):
        _, bounds, cut = loop_kernel(ptr, edges["q"].to_numpy(), author, time_us, Reach().limits())
    print(f"  {len(bounds) - 1:,} come back to their author, {len(cut)} cut short")


def growth_svg(sizes: list[int], steps: dict[str, list[float]]) -> str:
    """CPU seconds (up) over millions of posts (right), a line a step, as SVG text."""
    wide, high, left = 640, 320, 56
    most, top = max(sizes), max(value for values in steps.values() for value in values)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        'font-family="sans-serif" font-size="12">',
        f'<path d="M{left} 10V280H{wide - 20}" fill="none" stroke="#444"/>',
        f'<text x="{left}" y="312">CPU seconds over posts</text>',
    ]
    for size in sizes:
        x = left + (wide - left - 40) * size / most
        lines.append(f'<text x="{x:.0f}" y="296" text-anchor="middle">{size / 1e6:g} M</text>')
    for value in (top / 2, top):
        y = 280 - 260 * value / top
        lines.append(f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{value:.1f}</text>')
    for place, (name, values) in enumerate(steps.items()):
        points = " ".join(
            f"{left + (wide - left - 40) * size / most:.1f},{280 - 260 * value / top:.1f}"
            for size, value in zip(sizes, values, strict=True)
        )
        colour = COLOURS[place % len(COLOURS)]
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        lines.append(f'<text x="{left + 12}" y="{24 + 16 * place}" fill="{colour}">{name}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def main() -> None:
    """Prints the figures of docs/measured/citation-speed.md; draws the growth into a path."""
    chains(made_corpus(accounts=500, posts=5_000, seed=1))
    print("(the kernels are compiled now)\n")
    _beside(chains(made_corpus(accounts=2_000, posts=20_000, seed=7))[0])
    steps: dict[str, list[float]] = {}
    corpora = (made_corpus(accounts=posts // 16, posts=posts, seed=7) for posts in SIZES)
    for corpus in corpora:
        print()
        citations, taken = chains(corpus)
        for name, seconds in taken.items():
            steps.setdefault(name, []).append(seconds)
        if corpus.posts.height == SIZES[-1]:
            _beside(citations)
            _whole(corpus)
    _tenfold()
    if len(sys.argv) == 2:
        Path(sys.argv[1]).write_text(growth_svg(list(SIZES), steps))


if __name__ == "__main__":
    main()
