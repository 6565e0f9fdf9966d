# SPDX-License-Identifier: GPL-3.0-or-later
"""One step of `benchmarks.bench_loops` in a process of its own, and the same by networkx and CIDRE.

python -m benchmarks.loop_steps STEP ARGUMENTS, the functions of `STEPS`.
"""

from __future__ import annotations

import json
import resource
import signal
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
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, SOURCES, TABLES, Corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from graphkit.graphs.citation import Citations

START = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 90 * 86_400_000_000
REACH = Reach()
MOST_CPU = 90
"""Seconds that networkx has for a question, after the graph is made."""
MOST_MEMORY = 6 * 2**30


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
    """Prints, and keeps in `taken`, the CPU seconds of what runs inside; prints wall and memory."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    taken[what] = cpu
    print(f"  {what:<42}{cpu:8.2f} s CPU{wall:8.2f} s wall{_memory()}", flush=True)


def _memory() -> str:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    held, peak = (int(status[name].split()[0]) / 2**20 for name in ("VmRSS", "VmHWM"))
    return f", {held:.2f} GiB held, {peak:.2f} at most so far"


def read_corpus(folder: Path) -> Corpus:
    """The corpus whose tables are in `folder`."""
    return Corpus(**{each.stem: pl.read_parquet(each) for each in sorted(folder.glob("*.parquet"))})


def written(folder: Path, posts: int) -> None:
    """Writes a made corpus of so many posts to `folder`."""
    corpus = made_corpus(accounts=posts // 16, posts=posts, seed=7)
    for name in TABLES:
        corpus.table(name).write_parquet(folder / f"{name}.parquet")


def chains(corpus: Corpus) -> tuple[Citations, dict[str, float]]:
    """The graph of `corpus`, and the CPU seconds of its steps up to the chained loops."""
    taken: dict[str, float] = {}
    with clocked("graph from the tables", taken):
        citations = citation_graph(corpus)
    with clocked("ends under every register", taken):
        by_register = flows(corpus, citations)
    with clocked("chain ends of every post, one register", taken):
        end_states(by_register["outlets"])
    with clocked("chained loops of every post", taken):
        loops, cut = chained_loops(citations.edges, citations.posts, reach=REACH)
    print(
        f"  {citations.posts.height:,} posts, {citations.edges.height:,} citations of posts; "
        f"{loops['start_no'].n_unique():,} come back to their author, {cut} cut short"
    )
    return citations, taken


def one_size(folder: Path) -> None:
    """Prints the steps up to the chained loops, warm; the last line is for `growth`."""
    chains(made_corpus(accounts=500, posts=5_000, seed=1))
    print("  (the kernels are compiled now)")
    corpus = read_corpus(folder)
    print(f"  the tables are read{_memory()}")
    print(json.dumps(chains(corpus)[1]))


def whole(folder: Path) -> None:
    """Prints what the whole detector takes."""
    corpus = read_corpus(folder)
    with clocked("the whole detector", {}):
        found = list(DETECTOR.detect(corpus, Params()))
    accused = sum(finding.grade is not None for finding in found)
    print(f"  {len(found)} findings, {accused} with a grade (nothing is planted)")


def cidre(folder: Path) -> None:
    """Prints what CIDRE's measure on accounts takes: another question, of the same rows."""
    citations = citation_graph(read_corpus(folder))
    author = citations.posts["account_no"].to_numpy()
    ends = [author[citations.edges[name].to_numpy()] for name in ("citing_no", "cited_no")]
    size = citations.accounts.height
    weights = csr_array((np.ones(len(ends[0])), (ends[0], ends[1])), shape=(size, size))
    with clocked("CIDRE's measure, no communities", {}):
        groups = cidre_groups(weights, np.zeros(size, np.int64), threshold=0.15)
    print(f"  {len(groups):,} groups (nothing is planted)")


def come_back(citations: Citations) -> Iterator[bool]:
    """Of each citing post, by networkx, whether its sourcing comes back to its own author."""
    graph: nx.DiGraph[int] = nx.DiGraph(citations.edges.select("citing_no", "cited_no").rows())
    author = citations.posts["account_no"].to_list()
    posted = citations.posts["posted_at"].to_list()
    for start in sorted(set(citations.edges["citing_no"])):
        own, since = author[start], posted[start] - REACH.window
        hops = nx.generic_bfs_edges(graph, start, _ahead(graph, author, start), REACH.depth)
        yield any(author[q] == own and posted[q] >= since for _, q in hops)


def _ahead(graph: nx.DiGraph[int], author: list[int], start: int) -> Callable[[int], Iterable[int]]:
    """What a search from `start` goes on to: not beyond its author's posts, nor to them at once."""

    def ahead(post: int) -> Iterable[int]:
        if post == start:
            return (q for q in graph.successors(post) if author[q] != author[start])
        return () if author[post] == author[start] else graph.successors(post)

    return ahead


def account_cycles(citations: Citations) -> Iterator[list[int]]:
    """The cycles of up to three accounts, by networkx."""
    author = citations.posts["account_no"]
    ends = (author.gather(citations.edges[name]) for name in ("citing_no", "cited_no"))
    pairs = sorted({(a, b) for a, b in zip(*ends, strict=True) if a != b})
    return nx.simple_cycles(nx.DiGraph(pairs), length_bound=3)


def within_limits(folder: Path, question: str) -> None:
    """Prints how far networkx comes with `question` in so much CPU time and memory."""
    citations = citation_graph(read_corpus(folder))
    spent = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (spent + MOST_CPU, spent + MOST_CPU + 60))
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGXCPU, _stop)
    count = seen = 0
    with clocked(f"networkx, {question}", {}):
        try:
            for answer in QUESTIONS[question](citations):
                seen += 1
                count += bool(answer)
            ended = "done"
        except (TimeoutError, MemoryError) as limit:
            ended = f"stopped: {type(limit).__name__} after {seen:,} answers"
    print(f"  {ended}; {count:,} found")


def _stop(*_: object) -> None:
    raise TimeoutError


QUESTIONS = {
    "posts that come back to their author": come_back,
    "cycles of up to three accounts": account_cycles,
}


def unwritten(posts: int) -> None:
    """Prints the steps for tables that are made and never written: reading takes more memory."""
    corpus = made_corpus(accounts=posts // 16, posts=posts, seed=7)
    print(f"  the tables are made{_memory()}")
    chains(corpus)


STEPS: dict[str, Callable[..., None]] = {
    "written": lambda folder, posts: written(Path(folder), int(posts)),
    "chains": lambda folder: one_size(Path(folder)),
    "whole": lambda folder: whole(Path(folder)),
    "cidre": lambda folder: cidre(Path(folder)),
    "networkx": lambda folder, question: within_limits(Path(folder), question),
    "unwritten": lambda posts: unwritten(int(posts)),
}

if __name__ == "__main__":
    STEPS[sys.argv[1]](*sys.argv[2:])
