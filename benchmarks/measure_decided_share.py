# SPDX-License-Identifier: GPL-3.0-or-later
"""How many real posts can be decided at all, and how densely real and invented posts cite.

python -m benchmarks.measure_decided_share CASCADES, the folder with weibo_ma2016 and stories. A
post is decided where its interval of traceability is narrower than one half.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.citation_world import Plan, make_world
from benchmarks.measure_citation_loop import DENSE
from graphkit.graphs.citation import citation_graph
from graphkit.graphs.citation_rows import citation_rows
from graphkit.graphs.grounding import DECIDED, UPPER, decided_share, end_states, flows
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, Corpus
from graphkit.text.normal import says_nothing

SOURCE = pl.lit("weibo").alias("source_id")


def weibo(posts: pl.DataFrame) -> Corpus:
    """A corpus of post_id, account_id, t (unix seconds), parent_id, text and name."""
    listed = {n: pl.lit([], pl.List(pl.String)) for n in ("mentions", "hashtags", "media_hashes")}
    bare = says_nothing(pl.col("text")).fill_null(value=True)
    kind = pl.when(pl.col("parent_id").is_null()).then(pl.lit("original"))
    rows = POSTS.conform(
        posts.unique("post_id", keep="first").select(
            "post_id", "account_id", "parent_id", "text", SOURCE,
            platform=pl.lit("weibo"), time_precision=pl.lit("second"), is_seen=True,
            created_at=pl.from_epoch("t").dt.replace_time_zone("UTC"),
            urls=pl.lit([], pl.List(pl.String)),
            kind=kind.when(bare).then(pl.lit("repost")).otherwise(pl.lit("quote")),
            **listed,
        )
    )  # fmt: skip
    names = posts.select("account_id", "name").unique("account_id", keep="first")
    accounts = ACCOUNTS.conform(
        names.select("account_id", SOURCE, platform=pl.lit("weibo"), handle="name")
    )
    cited = citation_rows(rows, accounts)
    return Corpus(
        accounts=accounts, posts=rows, citations=CITATIONS.conform(cited.with_columns(SOURCE))
    )


def real_sets(folder: Path) -> dict[str, Corpus]:
    """The cascades whose texts are known, the first posts of all cascades, and copied stories."""
    sample = pl.read_parquet(folder / "weibo_ma2016/text_sample.parquet")
    ids = sample.select("event", parent_i="i", parent_mid="mid")
    cascades = sample.join(ids, on=["event", "parent_i"], how="left").select(
        "t", "text", "name",
        post_id=pl.format("weibo:{}", "mid"), account_id=pl.format("weibo:{}", "u"),
        parent_id=pl.format("weibo:{}", "parent_mid"),
    )  # fmt: skip
    none = pl.lit(None, pl.String)
    first = pl.read_parquet(folder / "weibo_ma2016/originals.parquet").select(
        "t", "text", post_id=pl.format("weibo:{}", "mid"), account_id=pl.format("weibo:{}", "u"),
        parent_id=none, name=none,
    )  # fmt: skip
    copied = pl.read_parquet(folder / "stories/stories.parquet").select(
        "t", "text", post_id=pl.format("weibo:{}", "mid"), account_id=pl.format("weibo:{}", "mid"),
        parent_id=none, name=none,
    )  # fmt: skip
    return {
        "Weibo cascades": weibo(cascades), "first posts": weibo(first), "stories": weibo(copied)
    }  # fmt: skip


def _print(name: str, corpus: Corpus) -> None:
    graph = citation_graph(corpus)
    posts, citing = graph.posts.height, graph.edges["citing_no"].n_unique()
    kinds = corpus.citations["target_kind"].value_counts().sort("target_kind").rows()
    print(
        f"{name}: {posts:,} posts that are no plain reposts, {graph.edges.height / posts:.2f} "
        f"citations of posts at hand each, {citing / posts:.2f} cite one; rows {kinds}"
    )
    asked = corpus.citations.filter(pl.col("target_kind").is_in(["post", "account"])).join(
        graph.posts, on="post_id", how="semi"
    )
    found = graph.edges.height / max(asked.height, 1)
    print(f"  {found:.2f} of {asked.height:,} citations of posts and accounts are resolved")
    for register, flow in flows(corpus, graph).items():
        narrow = UPPER - pl.col("verified") < DECIDED
        share = end_states(flow).select(narrow.mean()).item()
        print(
            f"  register {register:<13}decided: {share:.3f} of all posts, "
            f"{decided_share(graph, flow):.3f} of citing posts"
        )


def main() -> None:
    """Prints both tables."""
    for name, corpus in real_sets(Path(sys.argv[1])).items():
        _print(name, corpus)
    for name, plan in (("sparse world", Plan()), ("dense world", Plan(stories=DENSE))):
        _print(name, make_world(300, plan)[0])


if __name__ == "__main__":
    main()
