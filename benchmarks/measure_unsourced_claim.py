# SPDX-License-Identifier: GPL-3.0-or-later
"""unsourced-claim on real cascades: python -m benchmarks.measure_unsourced_claim FOLDER

FOLDER holds `originals.parquet` and `trees.parquet` (Ma et al. 2016); no text is printed.
Invented worlds: python -m benchmarks.measure_names worlds SEED ...
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import polars as pl

from graphkit.detectors.unsourced_claim import NAMED_SHARE, Params, _rated, detect, reach
from graphkit.graphs.citation_rows import citation_rows
from graphkit.graphs.unsourced_stories import passing_posts, stories, story_posts
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, Corpus

AT = pl.from_epoch("t", time_unit="s").dt.replace_time_zone("UTC").dt.cast_time_unit("us")
PLAIN = {"platform": "weibo", "time_precision": "second", "is_seen": True, "source_id": "ma"}
LISTS = ("urls", "mentions", "hashtags", "media_hashes")


def corpus_of(folder):
    """Originals with their texts, and their reposts without; and the label of each original."""
    first = pl.read_parquet(folder / "originals.parquet").with_columns(
        post_id=pl.format("weibo:{}", "mid"), account_id=pl.format("weibo:{}", "u"), created_at=AT
    )
    passed = pl.read_parquet(folder / "trees.parquet").filter(~pl.col("is_root"))
    passed = passed.join(first.select("event", root_id="post_id"), on="event").select(
        "root_id", post_id=pl.format("weibo:{}", "mid"), account_id=pl.format("weibo:{}", "u"),
        parent_id="root_id", kind=pl.lit("repost"),
    )  # fmt: skip
    rows = pl.concat([first.with_columns(kind=pl.lit("original")), passed], how="diagonal")
    rows = rows.unique("post_id", keep="first", maintain_order=True)
    posts = POSTS.conform(
        rows.with_columns(
            *(pl.lit(value).alias(name) for name, value in PLAIN.items()),
            *(pl.lit([], pl.List(pl.String)).alias(name) for name in LISTS),
        )
    )
    people = first.unique("account_id").select(
        "account_id", platform=pl.lit("weibo"), source_id=pl.lit("ma"), is_verified="verified"
    )
    accounts = ACCOUNTS.conform(people)
    cites = citation_rows(posts.filter(kind="original"), accounts)
    cited = CITATIONS.conform(cites.with_columns(source_id=pl.lit("ma")))
    labels = first.select("post_id", "label")
    return Corpus(accounts=accounts, posts=posts, citations=cited), labels


def main() -> None:
    """Prints what is told of real cascades, by their labels."""
    start = time.process_time()
    corpus, labels = corpus_of(Path(sys.argv[1]))
    params = Params()
    found = list(detect(corpus, params))
    first = pl.DataFrame({"post_id": [f.subjects.claims[0].removeprefix("claim:") for f in found],
                          "outcome": [f.outcome for f in found]})  # fmt: skip
    print(first.join(labels, on="post_id").group_by("outcome", "label").len().sort(pl.all()).rows())
    posts = story_posts(corpus)
    told = _rated(stories(posts, passing_posts(posts, corpus)), params)
    labelled = told.join(labels, left_on="first_id", right_on="post_id").filter(
        pl.col("reach") >= params.min_accounts
    )
    shares = labelled.group_by("label").agg(
        stories=pl.len(),
        named=NAMED_SHARE.gt(params.max_named_share).mean(),
        vague=((pl.col("vague") > 0) & (pl.col("named") == 0)).mean(),
        reports=(pl.col("report_share") >= 0.5).mean(),
        told=pl.col("is_told").mean(),
    )
    print(shares.sort("label").to_dicts())
    print(reach(corpus, params)[0], f"{time.process_time() - start:.0f} CPU s")


if __name__ == "__main__":
    main()
