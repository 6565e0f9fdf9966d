# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts that may say the same in other words, or show the same picture: a list, never edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy import sparse

from graphkit.trace.pictures import shared_marks
from graphkit.trace.relays import LEAST_QUOTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graphkit.trace.claim import Claim

    Embedding = Callable[[list[str]], NDArray[np.floating[Any]]]  # one row of numbers for each text

SHOWN = 10  # of each reason
WORDINGS = 50  # of the claim that others are compared with, the most repeated
LEAST_ALIKE = 0.15  # cosine; of 2,200 unrelated Weibo wordings the best has .08 to .14 at the mean
DIGITS = 3
WORDS, MEANING, PICTURE, ADDRESS = (
    "similar words",
    "similar meaning",
    "same picture",
    "same address",
)
COLUMNS = ["post_id", "why", "score", "at", "text"]


def may_say_the_same(claim: Claim, embed: Embedding | None = None) -> pl.DataFrame:
    """Seen posts that are not of the claim and may say it, at most ten for each reason.

    `similar words`: the cosine of character 2-grams (tf-idf) to the middle of the claim's wordings;
    `similar meaning`: that of what `embed` makes of the texts. `same picture` and `same address`:
    a media hash or an address of the claim's posts that at most 20 others carry.

    Returns:
        `post_id`, `why`, `score` (null for pictures and addresses), `at`, `text`, best first.
    """
    others = claim.seen.filter(pl.col("kind") != "repost").join(
        claim.posts, on="post_id", how="anti"
    )
    pictures = shared_marks(claim.seen, claim.says["node_id"], "media_hashes")
    links = shared_marks(claim.seen, claim.says["node_id"], "urls")
    marked = [
        others.join(marks.select("post_id").unique(), on="post_id", how="semi")
        .with_columns(why=pl.lit(why), score=pl.lit(None, pl.Float64))
        .sort("at", "post_id", nulls_last=True)
        .head(SHOWN)
        .select(COLUMNS)
        for why, marks in ((PICTURE, pictures), (ADDRESS, links))
    ]
    return pl.concat([_alike(claim, others, embed).select(COLUMNS), *marked])


def _alike(claim: Claim, others: pl.DataFrame, embed: Embedding | None) -> pl.DataFrame:
    long_enough = others.filter(pl.col("words").str.len_chars() >= LEAST_QUOTE)
    pool = long_enough.sort("at", "post_id", nulls_last=True).unique(
        "words", keep="first", maintain_order=True
    )
    told = claim.says["words"].value_counts().sort(["count", "words"], descending=[True, False])
    wordings = told["words"].head(WORDINGS)
    if pool.is_empty() or wordings.is_empty():
        scores = np.zeros(pool.height)
    elif embed is None:
        scores = bigram_cosine(pool["words"], wordings)
    else:
        said = claim.says.join(wordings.to_frame(), on="words").sort("words", "node_id")
        own = said.unique("words", keep="first", maintain_order=True)["text"]
        scores = _embedded(pool["text"], own, embed)
    scored = pool.with_columns(
        why=pl.lit(WORDS if embed is None else MEANING), score=pl.Series(scores, dtype=pl.Float64)
    )
    best = scored.filter(pl.col("score") >= LEAST_ALIKE).top_k(SHOWN * 2, by="score")
    shown = best.with_columns(pl.col("score").round(DIGITS)).sort(
        "score", "at", "post_id", descending=[True, False, False], nulls_last=True
    )
    return shown.head(SHOWN)


def _embedded(pool: pl.Series, wordings: pl.Series, embed: Embedding) -> NDArray[np.float64]:
    rows = np.asarray(embed([*pool, *wordings]), dtype=np.float64)
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return _to_middle(unit[: len(pool)], unit[len(pool) :].mean(axis=0))


def _to_middle(
    rows: NDArray[np.float64] | sparse.csr_matrix, middle: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The cosine of unit rows to the middle of the claim's wordings, not to the nearest one.

    A copy with a remark is near to whoever makes the same remark, and the middle is not.
    """
    likeness: NDArray[np.float64] = rows @ (middle / max(float(np.linalg.norm(middle)), 1e-12))
    return likeness


def bigram_cosine(pool: pl.Series, asked: pl.Series) -> NDArray[np.float64]:
    """For each text of `pool` the tf-idf cosine of character 2-grams to the middle of `asked`."""
    texts = pl.concat([pool, asked])
    lengths = texts.str.len_chars().to_numpy().astype(np.int64)
    points = np.frombuffer("".join(texts.to_list()).encode("utf-32-le"), np.uint32)
    rows = np.repeat(np.arange(len(texts)), lengths)
    inside = rows[:-1] == rows[1:]
    grams = (points[:-1].astype(np.uint64) << np.uint64(21)) | points[1:]
    terms = pl.Series(grams[inside]).rank("dense").to_numpy().astype(np.int64) - 1
    shape = (len(texts), int(terms.max(initial=0)) + 1)
    counts = sparse.csr_matrix((np.ones(len(terms)), (rows[:-1][inside], terms)), shape=shape)
    counts.sum_duplicates()
    rarity = np.log((1 + shape[0]) / (1 + np.bincount(counts.indices, minlength=shape[1]))) + 1
    weighted = counts @ sparse.diags(rarity)
    norms = np.sqrt(weighted.multiply(weighted).sum(axis=1)).A1
    unit = sparse.diags(1 / np.maximum(norms, 1e-12)) @ weighted
    return _to_middle(unit[: len(pool)], np.asarray(unit[len(pool) :].mean(axis=0)).ravel())
