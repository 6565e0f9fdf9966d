# SPDX-License-Identifier: GPL-3.0-or-later
"""Citations of 300,000 made posts: rows per second, beside reading the same texts for one word."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime

import numpy as np
import polars as pl

from graphkit.graphs.citation_rows import citation_rows
from graphkit.tables import ACCOUNTS, POSTS

POSTS_COUNT, ACCOUNTS_COUNT, SEED = 300_000, 30_000, 20_261_122
CUES = (
    "据新华社报道，", "网传", "（来源：人民日报）", "转自@name7", "有网友称", "听说", "via @name9",
    "according to Harbour Daily ", "reportedly ", "【南岸日报讯】",
)  # fmt: skip
LINKS = (
    "https://x.com/name{}/status/{}", "https://weibo.com/{}/yBmepBtUB", "https://t.cn/{}",
    "https://a{}.example/n/{}.html",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fa{}.example%2Fn%2F{}",
)  # fmt: skip


def made_posts() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Posts (a third relay with a chain, 15 % name a source, 20 % link) and their accounts."""
    rng = np.random.default_rng(SEED)
    letters = [chr(0x4E00 + i * 7) for i in range(500)]
    words = rng.choice(letters, (POSTS_COUNT, 45))
    cue = rng.integers(len(CUES), size=POSTS_COUNT)
    kind, has = rng.random((2, POSTS_COUNT))
    author = rng.integers(ACCOUNTS_COUNT, size=POSTS_COUNT)
    linked = rng.integers(POSTS_COUNT, size=POSTS_COUNT)
    texts, urls = [], []
    for i, letter in enumerate(words):
        said = CUES[cue[i]] if has[i] < 0.15 else ""
        chain = f"//@name{author[i - 1]}:" if kind[i] < 0.33 else ""
        half = rng.integers(5, 40)
        texts.append("".join(letter[:half]) + "，" + said + chain + "".join(letter[half:]))
        link = LINKS[i % len(LINKS)]
        urls.append([link.format(author[i], linked[i])] if has[i] > 0.8 else [])
    posts = pl.DataFrame(
        {
            "post_id": [f"x:{i}" for i in range(POSTS_COUNT)],
            "account_id": [f"x:{a}" for a in author],
            "platform": "x",
            "created_at": datetime(2026, 3, 10, tzinfo=UTC),
            "time_precision": "second",
            "kind": np.where(kind < 0.33, "repost", "original"),
            "text": texts,
            "url": [f"https://x.com/name{a}/status/{i}" for i, a in enumerate(author)],
            "urls": urls,
            "is_seen": True,
            "source_id": "s",
        }
    ).with_columns(
        parent_id=pl.when(kind="repost").then(pl.lit("x:0")),
        **{
            name: pl.lit([], pl.List(pl.String))
            for name in ("mentions", "hashtags", "media_hashes")
        },
    )
    accounts = pl.DataFrame(
        {
            "account_id": [f"x:{a}" for a in range(ACCOUNTS_COUNT)],
            "platform": "x",
            "handle": [f"name{a}" for a in range(ACCOUNTS_COUNT)],
            "source_id": "s",
        }
    )
    return POSTS.conform(posts), ACCOUNTS.conform(accounts)


def main() -> None:
    """Prints rows per second of elapsed time and of CPU, and the peak of memory."""
    posts, accounts = made_posts()
    for name, task in {
        "floor: one word looked for": lambda: posts.filter(pl.col("text").str.contains("据.*报道")),
        "citation rows": lambda: citation_rows(posts, accounts),
    }.items():
        start, cpu = time.perf_counter(), time.process_time()
        rows = task().height
        elapsed, spent = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name}: {posts.height / elapsed:,.0f} posts/s, {elapsed:.1f} s, "
            f"{spent:.1f} s of CPU, {rows} rows, peak {peak:.0f} MB"
        )


if __name__ == "__main__":
    main()
