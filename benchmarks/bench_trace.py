# SPDX-License-Identifier: GPL-3.0-or-later
"""A trace over a generated cascade of 40,000 posts, beside a bare networkx walk over its ids.

CPU seconds of one thread once imported, median of three; figures belong to one machine. The walk
is a floor: it follows parent ids to the first post and counts, and reads no text at all.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import polars as pl

from benchmarks.cascade_world import corpus_of
from graphkit.ids import canonical_json
from graphkit.trace.origin import trace_story

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphkit.tables import Corpus

POSTS, REPEATS, START = 40_000, 3, 1_770_000_000
SAYS = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"
TEXT_LIMIT = 280


def cascade(posts: int, *, copies: int, seed: int) -> pl.DataFrame:
    """A repost cascade with `//@name:` chains, and copies of its first text at random times.

    The columns that `cascade_world.corpus_of` reads.
    """
    draw = np.random.default_rng(seed)
    above = [0] * posts
    texts = [SAYS]
    for no in range(1, posts):
        above[no] = 0 if draw.random() < 0.5 else int(no * draw.random() ** 2)
        own = "转发微博" if draw.random() < 0.4 else _letters(draw)
        quoted = f"//@n{above[no]}:{texts[above[no]]}" if above[no] else ""
        texts.append(f"{own}{quoted}"[:TEXT_LIMIT])
    is_copy = np.zeros(posts, bool)
    is_copy[draw.choice(np.arange(1, posts), copies, replace=False)] = True
    said = [
        f"{SAYS}{_letters(draw)[: no % 7]}" if is_copy[no] else texts[no] for no in range(posts)
    ]
    seconds = START + np.cumsum(draw.exponential(20, posts)).astype(np.int64)
    ids = [f"weibo:{(int(s) - 515483463) << 22 | no % 4_000_000}" for no, s in enumerate(seconds)]
    return pl.DataFrame(
        {"post_id": ids, "account_id": [f"weibo:u{no}" for no in range(posts)], "text": said,
         "handle": [f"n{no}" for no in range(posts)], "at": pl.from_epoch(pl.Series(seconds)),
         "is_root": is_copy | (np.arange(posts) == 0), "parent": [ids[no] for no in above]}
    ).with_columns(
        pl.col("at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"), root=pl.lit(ids[0])
    )  # fmt: skip


def _letters(draw: np.random.Generator) -> str:
    return "".join(chr(0x4E00 + int(code)) for code in draw.integers(0, 3000, 12))


def floor(posts: pl.DataFrame) -> int:
    """The posts below the first one by parent ids, by networkx."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(posts.drop_nulls("parent_id").select("parent_id", "post_id").rows())
    top = next(node for node, above in graph.in_degree() if above == 0)
    return len(nx.descendants(graph, top))


def seconds(work: Callable[[], object]) -> float:
    """The median CPU time of `work`."""
    spent = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return float(np.median(spent))


def main() -> None:
    for ids, copies in (("root", 0), ("parents", 0), ("root", 4_000)):
        corpus = corpus_of(cascade(POSTS, copies=copies, seed=1), ids=ids)
        first = corpus.posts.sort("created_at", "post_id")["post_id"][0]
        _measure(corpus, first, f"{POSTS:,} posts, parent ids of the {ids}, {copies:,} copies")


def _measure(corpus: Corpus, first: str, name: str) -> None:
    trace_story(corpus, first).to_json()  # loads what is loaded once
    traced = seconds(lambda: trace_story(corpus, first))
    whole = seconds(lambda: canonical_json(trace_story(corpus, first).to_json()))
    walked = seconds(lambda: floor(corpus.posts))
    print(
        f"{name}: trace {traced:.2f} s, to JSON bytes {whole:.2f} s; networkx over the ids "
        f"{walked:.2f} s"
    )


if __name__ == "__main__":
    main()
