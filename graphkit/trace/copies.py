# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies: which earlier wording each post of a claim is nearest to, and what changed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import sparse

from graphkit.text.shingles import shingles
from graphkit.trace.claim import EXCERPT, SHORTEST_EXCERPT, SIMILAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOKEN = re.compile(r"[A-Za-z]+|[0-9]+(?:[.,][0-9]+)*|\s+|.", re.DOTALL)
CELLS = 4_000_000  # similarities held at once: about 0.2 GB


def copied_from(says: pl.DataFrame) -> pl.DataFrame:
    """For each post that says a claim the earlier post with the most similar wording.

    Wordings are compared, not posts: inside one wording only the order is known. A post in a
    wording that is there already comes from its first post, and a first post from the first post
    of the wording with the highest Jaccard index of 3-shingles, of equal ones the earliest. Only
    what is earlier beyond the precision of the clocks counts as earlier.

    Args:
        says: `node_id`, `words`, `at` and `width` (`claim.placed_posts`).

    Returns:
        `child`, `parent`, sorted by `child`. The first of all has no row, nor have posts without
        a known time.
    """
    timed = says.drop_nulls(["at", "width"]).with_columns(
        end=pl.col("at") + pl.duration(seconds="width")
    )
    first = timed.sort("at", "node_id").unique("words", keep="first", maintain_order=True)
    nearest = _nearest_earlier(first)
    firsts = first.select("words", first="node_id", first_end="end", nearest=nearest)
    is_later = (pl.col("first_end") <= pl.col("at")) & (pl.col("first") != pl.col("node_id"))
    parent = pl.when(is_later).then("first").otherwise("nearest")
    found = timed.join(firsts, on="words").select(child="node_id", parent=parent)
    return found.drop_nulls().sort("child")


def _nearest_earlier(first: pl.DataFrame) -> pl.Series:
    """For each wording, in order of time, the post of the most similar earlier one, or null."""
    numbered = first.with_row_index("no")
    sets = shingles(numbered.select(text_id="no", text="words")).sort("text_id", "shingle")
    tokens = sets["shingle"].rank("dense").to_numpy().astype(np.int64)
    sizes = np.bincount(sets["text_id"].to_numpy(), minlength=first.height)
    shape = (first.height, int(tokens.max(initial=0)) + 1)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    matrix = sparse.csr_matrix((np.ones(len(tokens), np.int32), tokens, ends), shape=shape)
    at, end = (first[name].dt.epoch("us").to_numpy() for name in ("at", "end"))
    best = np.full(first.height, -1)
    step = max(1, CELLS // max(1, first.height))
    for start in range(0, first.height, step):
        rows, earlier = slice(start, start + step), slice(start + step)  # in order of time
        shared = (matrix[rows] @ matrix[earlier].T).toarray()
        likeness = _likeness(shared, sizes[rows, None], sizes[None, earlier])
        likeness[end[None, earlier] > at[rows, None]] = 0
        place = likeness.argmax(axis=1)
        best[rows] = np.where(likeness.max(axis=1) > 0, place, -1)
    known = pl.Series(best).cast(pl.Int64)
    return first["node_id"].gather(known.set(known < 0, None))


def _likeness(
    shared: NDArray[np.int32], size: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The Jaccard index where two wordings are similar or one is an excerpt, else 0."""
    smaller = np.minimum(size, other)
    jaccard: NDArray[np.float64] = shared / (size + other - shared)
    excerpt = (shared >= EXCERPT * smaller) & (smaller >= SHORTEST_EXCERPT)
    jaccard[(jaccard < SIMILAR) & ~excerpt] = 0
    return jaccard


def text_change(parent: str, child: str) -> dict[str, list[str]]:
    """The stretches of text that `child` adds to and drops from `parent`, in order.

    >>> text_change("桥塔出现3条裂缝，绕路", "速转！桥塔出现13条裂缝，绕路")
    {'added': ['速转！', '13'], 'dropped': ['3']}
    """
    before, after = TOKEN.findall(parent), TOKEN.findall(child)
    steps = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    changed = [step for step in steps if step[0] != "equal"]
    return {
        "added": ["".join(after[start:end]) for _, _, _, start, end in changed if start < end],
        "dropped": ["".join(before[start:end]) for _, start, end, _, _ in changed if start < end],
    }
