# SPDX-License-Identifier: GPL-3.0-or-later
"""Corpora for what is measured on texts: invented worlds, real Weibo posts, and what is put in."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case import create_case, load_corpus
from graphkit.investigation.ingesting import ingest
from graphkit.tables import POSTS, SOURCES, Corpus
from graphkit.text.templates import shown_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

GENERATOR = Path(__file__).parent.parent / "datasets" / "invented_world" / "generate.py"
FILES = ("accounts.csv", "posts.parquet", "actions.parquet", "rankings.csv", "labels.csv")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "cascades"
LISTS = ("urls", "mentions", "hashtags", "media_hashes")
SOURCE = {"file": "posts.csv", "sha256": "0" * 64, "importer": "canonical", "collection": "stream",
          "rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0}  # fmt: skip


def invented(seed: int, *, is_calm: bool = False) -> tuple[Corpus, dict[str, Any]]:
    """The invented world of a seed as an imported case has it, and its truth."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, str(GENERATOR), str(folder), "--seed", str(seed)]
        command += ["--without", "all"] if is_calm else []
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        case = create_case(folder / "case", zone="Asia/Shanghai")
        paths = [folder / each for each in FILES]
        ingest(case, paths, importer_name="canonical", collection="stream")
        return load_corpus(case), json.loads((folder / "truth.json").read_bytes())


def posts_frame(rows: pl.DataFrame) -> pl.DataFrame:
    """Seen originals of `x` from rows with post_id, account_id, text and seconds `t`."""
    at = pl.from_epoch(pl.col("t")).dt.replace_time_zone("UTC")
    fixed = {"platform": "x", "time_precision": "second", "kind": "original", "source_id": "s"}
    known = {name: pl.lit(value) for name, value in fixed.items() if name not in rows.columns}
    lists = {n: pl.lit([], pl.List(pl.String)) for n in LISTS if n not in rows.columns}
    full = rows.with_columns(created_at=at, is_seen=pl.lit(value=True), **known, **lists)
    return POSTS.conform(full)


def corpus_of(posts: pl.DataFrame) -> Corpus:
    """A corpus of `posts` alone, from one stream."""
    sources = SOURCES.conform(pl.DataFrame([{"source_id": "s", **SOURCE}]))
    return Corpus(posts=posts, sources=sources)


def with_posts(corpus: Corpus, posts: pl.DataFrame) -> Corpus:
    """`corpus` with `posts` added, as of its largest source."""
    source = corpus.posts["source_id"].mode().sort()[0]
    added = posts.with_columns(source_id=pl.lit(source))
    return replace(corpus, posts=pl.concat([corpus.posts, added]).sort("post_id"))


def weibo(*, events: Sequence[int] | None = None) -> pl.DataFrame:
    """Posts of the Weibo text sample (Ma et al. 2016), of all events or of those in a half."""
    sample = pl.read_parquet(SHARED / "weibo_ma2016" / "text_sample.parquet")
    kept = sample if events is None else sample.filter(pl.col("event").is_in(events))
    rows = kept.select(
        "t",
        "text",
        post_id=pl.format("x:{}", "mid"),
        account_id=pl.format("x:u{}", "u"),
        kind=pl.when("is_root").then(pl.lit("original")).otherwise(pl.lit("repost")),
        root_id=pl.when(~pl.col("is_root")).then(pl.format("x:{}", pl.col("event"))),
    )
    return posts_frame(rows.unique("post_id").sort("post_id"))


def unseen_texts(posts: pl.DataFrame) -> pl.Series:
    """Own words of Weibo originals of 60 characters or more that are under no event of `posts`."""
    originals = pl.read_parquet(SHARED / "weibo_ma2016" / "originals.parquet")
    known = posts["root_id"].unique().implode()
    others = originals.filter(~pl.format("x:{}", "event").is_in(known))
    texts = others.select(shown_words(pl.col("text"))).to_series().unique().sort()
    return texts.filter(texts.str.len_chars() >= 60)


@dataclass(frozen=True)
class Filled:
    """A campaign: accounts, posts of each, the share of the text that is blanks, and what is added.

    `tail` is the length of what each adds at the end, in shares of the text; `tailed` the share of
    the accounts that do so.
    """

    accounts: int
    posts: int = 2
    blank: float = 0.2
    tail: float = 0.0
    tailed: float = 1.0


def filled(
    plan: Filled, *, texts: pl.Series, other: str, accounts: pl.Series, draw: np.random.Generator
) -> pl.DataFrame:
    """Posts of a campaign, made of real words: rows account_id, text.

    The sentence is the beginning of one of `texts`, 30 to 60 characters long; in three runs of it
    that make up `blank` of it every post has characters from anywhere in `other`; tails too.
    """
    seed, length = int(draw.integers(1 << 30)), int(draw.integers(30, 61))
    base = str(texts[seed % texts.len()])[:length]
    width = round(len(base) * plan.blank / 3)
    starts = [round(len(base) * share) for share in (0.15, 0.45, 0.75)]
    chosen = accounts.sample(plan.accounts, seed=seed)
    tailed = draw.random(plan.accounts) < plan.tailed
    rows = []
    for number, account in enumerate(chosen):
        for _ in range(plan.posts):
            said = base
            for start in starts:
                said = said[:start] + _piece(other, width, draw) + said[start + width :]
            tail = round(len(base) * plan.tail) if tailed[number] else 0
            rows.append((account, said + _piece(other, tail, draw)))
    return pl.DataFrame(rows, schema=["account_id", "text"], orient="row")


def _piece(other: str, width: int, draw: np.random.Generator) -> str:
    start = int(draw.integers(len(other) - width))
    return other[start : start + width]
