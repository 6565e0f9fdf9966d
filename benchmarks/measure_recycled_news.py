# SPDX-License-Identifier: GPL-3.0-or-later
"""Recycled news: what is found of real stories that came back, and of old posts put in.

`python -m benchmarks.measure_recycled_news [tuning]`; docs/ reports the reporting half and seeds.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.text_world import (
    SHARED,
    corpus_of,
    invented,
    posts_frame,
    with_posts,
)
from graphkit.detectors.recycled_news import Params, detect

if TYPE_CHECKING:
    from graphkit.findings import Finding
    from graphkit.tables import Corpus

DAY = 86_400
TUNING, REPORTING = (31, 32), (431, 432, 433)
CALM_TUNING, CALM = (33,), (531, 532, 533)
LEADS = ("刚刚！", "突发：", "", "", "最新消息，", "")
OUTCOMES = ("recycled", "dated", "attributed", "evergreen")


def found_in(corpus: Corpus, **params: object) -> list[Finding]:
    return list(detect(corpus, Params(**params)))  # type: ignore[arg-type]


def told(found: list[Finding]) -> pl.DataFrame:
    """post_id and outcome of every copy that is told of."""
    rows = [(p, f.outcome) for f in found if f.outcome in OUTCOMES for p in f.subjects.posts]
    return pl.DataFrame(rows, schema={"post_id": pl.String, "outcome": pl.String}, orient="row")


def stories(*, half: int, gap: int) -> None:
    """Per copy: is it told of, when its story's first post is older by the gap; and what as."""
    every = pl.read_parquet(SHARED / "stories" / "stories.parquet").unique("mid")
    originals = pl.read_parquet(SHARED / "weibo_ma2016" / "originals.parquet")
    of_story = pl.col("mid").cast(pl.String).is_in(every["mid"].implode())
    others = originals.filter(
        ~of_story, ~pl.col("event").cast(pl.String).is_in(every["mid"].implode())
    )
    rows = every.filter(pl.col("story") % 2 == half)
    rows = rows.with_columns(age=pl.col("t") - pl.col("t").min().over("story"))
    named = pl.format("x:{}", "mid")
    own = rows.select("t", "text", post_id=named, account_id=pl.format("x:u{}", "mid"))
    more = others.select("t", "text", post_id=named, account_id=pl.format("x:v{}", "u"))
    posts = pl.concat([own, more], how="vertical_relaxed")
    copies = told(found_in(corpus_of(posts_frame(posts)), least_gap=timedelta(days=gap)))
    truth = rows.filter(pl.col("age") > gap * DAY).select(post_id=pl.format("x:{}", "mid"))
    hits = copies.join(truth, on="post_id")
    recycled = hits.filter(outcome="recycled").height
    strays = copies.join(rows.select(post_id=pl.format("x:{}", "mid")), on="post_id", how="anti")
    print(
        f"| {gap} | {truth.height} | {copies.height} | {hits.height / max(copies.height, 1):.3f} | "
        f"{hits.height / truth.height:.3f} | {recycled / truth.height:.3f} | "
        f"{dict(sorted(Counter(hits['outcome']).items()))} | {strays.height} |"
    )


def injected(corpus: Corpus, draw: np.random.Generator) -> tuple[Corpus, pl.DataFrame]:
    """`corpus` with forty older posts of which each has a copy; and post_id, part, changed.

    Old posts are ordinary originals of the world, dated 40 to 400 days before it by an account
    of their own. Of the copies, in which a run of 0 to 30 % is other, half are undated with or
    without a word of newness; an eighth each say 去年, link the old post, are their author's own;
    the last eighth is of texts posted 5 days before.
    """
    pool = corpus.posts.filter(
        pl.col("kind") == "original",
        pl.col("lang") == "zh",
        pl.col("text").str.len_chars().is_between(30, 90),
        pl.col("urls").list.len() == 0,
    ).sample(40, seed=int(draw.integers(1 << 30)))
    parts = ["new", "undated"] * 10 + ["dated", "linked", "own", "recent"] * 5
    rows, truth = [], []
    for number, (text, part) in enumerate(zip(pool["text"], parts, strict=True)):
        at = int(draw.integers(1_772_500_000, 1_773_500_000))
        age = 5 if part == "recent" else int(draw.integers(40, 400))
        changed = float(draw.choice([0.0, 0.1, 0.2, 0.3]))
        old = {"post_id": f"weiju:old{number}", "account_id": f"weiju:archive{number}",
               "t": at - age * DAY, "text": f"{text}（目前无人员伤亡）", "urls": []}  # fmt: skip
        copy = {"post_id": f"weiju:copy{number}", "account_id": f"weiju:late{number}", "t": at,
                "text": _changed(text, changed, draw), "urls": []}  # fmt: skip
        if part == "new":
            copy["text"] = LEADS[number % 2] + str(copy["text"])
        if part == "dated":
            copy["text"] = f"去年的事：{copy['text']}"
        if part == "linked":
            copy["urls"] = ["https://old.example/1"]
            old["urls"] = ["https://old.example/1"]
        if part == "own":
            copy["account_id"] = old["account_id"]
        rows += [old, copy]
        truth.append((copy["post_id"], part, changed))
    less = replace(corpus, posts=corpus.posts.join(pool, on="post_id", how="anti"))
    posts = posts_frame(pl.DataFrame(rows, schema_overrides={"urls": pl.List(pl.String)}))
    named = pl.DataFrame(truth, schema=["post_id", "part", "changed"], orient="row")
    return with_posts(less, posts.with_columns(platform=pl.lit("weiju"))), named


def _changed(text: str, share: float, draw: np.random.Generator) -> str:
    """`text` with a run of that share of its characters turned round."""
    length = round(len(text) * share)
    start = int(draw.integers(len(text) - length + 1))
    return text[:start] + text[start : start + length][::-1] + text[start + length :]


def worlds(seeds: tuple[int, ...]) -> None:
    """What copies become that were put in, and whether the world's own old news is found."""
    became, by_change = Counter[tuple[str, str]](), Counter[tuple[float, bool]]()
    own = strays = 0
    for seed in seeds:
        corpus, truth = invented(seed)
        [old_news] = [g for g in truth["planted"] if g["name"] == "old_news"]
        more, named = injected(corpus, np.random.default_rng(seed))
        copies = told(found_in(more))
        recycled = set(copies.filter(outcome="recycled")["post_id"])
        own += len(recycled & set(old_news["posts"]))
        strays += len(recycled - set(old_news["posts"]) - set(named["post_id"]))
        for post, part, changed in named.iter_rows():
            [outcome] = copies.filter(post_id=post)["outcome"].to_list() or ["not told of"]
            became[part, outcome] += 1
            if part in ("new", "undated"):
                by_change[changed, outcome != "not told of"] += 1
    print(f"\n{len(seeds)} worlds: {own} of {5 * len(seeds)} posts of old_news recycled; "
          f"{strays} other posts recycled")  # fmt: skip
    for (part, outcome), count in sorted(became.items()):
        print(f"  {part:8} {outcome:12} {count}")
    print({f"{c:.0%} changed": f"{by_change[c, True]} of {by_change[c, True] + by_change[c, False]}"
           for c in (0.0, 0.1, 0.2, 0.3)})  # fmt: skip


def calm(seeds: tuple[int, ...]) -> None:
    """What worlds without a plant give."""
    counts = Counter[str]()
    for seed in seeds:
        counts.update(
            f"{f.outcome} {f.grade or ''}".strip()
            for f in found_in(invented(seed, is_calm=True)[0])
        )
    print(f"\n{len(seeds)} worlds without a plant: {dict(counts)}")


def main() -> None:
    is_tuning = "tuning" in sys.argv[1:]
    start = time.process_time()
    print("| days | copies | told of | precision | recall | as recycled | became | other texts |")
    print("|---|---|---|---|---|---|---|---|")
    for gap in (30, 180):
        stories(half=0 if is_tuning else 1, gap=gap)
    worlds(TUNING if is_tuning else REPORTING)
    calm(CALM_TUNING if is_tuning else CALM)
    print(f"\n{time.process_time() - start:.0f} s CPU")


if __name__ == "__main__":
    main()
