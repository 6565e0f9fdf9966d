# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that say the same in nearly the same characters: an exact join, no sampling.

Two sets of shingles with a Jaccard index of at least t must share one of the rarest
|A| - ceil(t |A|) + 1 shingles of each (prefix filtering; Chaudhuri, Ganti and Kaushik 2006,
"A primitive operator for similarity joins in data cleaning"). Only such pairs are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import polars as pl

from graphkit.errors import ParameterError
from graphkit.kernels.similar_sets import similar_sets
from graphkit.text.shingles import shingles

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXTS_AT_ONCE = 20_000
TOKEN_BITS = 36
SLACK = 1e-9  # 0.7 * 10 is 7.000000000000001; the ceiling must stay 7
_Pairs: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]"
NO_GROUPS = np.empty(0, np.int64)


class _Sets(NamedTuple):
    """Distinct texts as sets of tokens; set k is `tokens[ends[k]:ends[k + 1]]`.

    Tokens are numbered from the rarest shingle to the most common and ascend inside a set.
    """

    text_ids: pl.Series
    ends: NDArray[np.int64]
    tokens: NDArray[np.int64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """The number of tokens of each set."""
        return np.diff(self.ends)


def near_duplicate_pairs(
    texts: pl.DataFrame,
    *,
    threshold: float = 0.7,
    containment: float | None = None,
    shortest_excerpt: int = 20,
) -> pl.DataFrame:
    """Pairs of texts whose 3-shingle sets have a Jaccard index of at least `threshold`.

    Args:
        texts: `text_id` (unique) and `text`, compared as it is; give it `normal_form` first.
            Null and empty texts pair with nothing.
        threshold: least Jaccard index, above 0, at most 1.
        containment: if given, pairs with |A & B| / min(|A|, |B|) of at least this come too, so
            that an excerpt is found, when the shorter has `shortest_excerpt` shingles or more.
        shortest_excerpt: in distinct shingles.

    Returns:
        `a` < `b` (text ids), `jaccard`, `containment`, sorted. Equal texts are compared once:
        each copy pairs with the smallest id of its text (1.0, 1.0), and that one stands for all
        of them in every other pair, so 10,000 copies are 9,999 rows and not 50 million.

    Raises:
        ParameterError: a threshold is outside (0, 1].
    """
    _check(threshold, containment)
    first, copies = _collapsed(texts)
    sets = _token_sets(first)
    found = [_similar(sets, threshold, NO_GROUPS)]
    if containment is not None:
        found.append(_excerpts(sets, containment, shortest_excerpt, NO_GROUPS))
    pairs = pl.concat([copies, *(_measured(sets, pairs) for pairs in found)])
    return pairs.unique().sort("a", "b")


def near_duplicate_groups(
    texts: pl.DataFrame,
    *,
    threshold: float = 0.7,
    containment: float | None = None,
    shortest_excerpt: int = 20,
) -> pl.DataFrame:
    """The group of every text: the connected components of `near_duplicate_pairs`.

    No pair is held, and inside a group that is already known none is compared: a text in many
    thousand variants takes little more than its copies.

    Returns:
        `text_id`, `group_id` (the smallest text id of the group), sorted by `text_id`. Null and
        empty texts are left out.

    Raises:
        ParameterError: a threshold is outside (0, 1].
    """
    _check(threshold, containment)
    first, copies = _collapsed(texts)
    sets = _token_sets(first)
    group = np.arange(len(sets.text_ids))
    _similar(sets, threshold, group)
    if containment is not None:
        _excerpts(sets, containment, shortest_excerpt, group)
    for _ in range(len(group).bit_length()):
        group = group[group]
    groups = pl.DataFrame({"text_id": sets.text_ids, "label": group}).with_columns(
        group_id=pl.col("text_id").min().over("label")
    )
    of_copies = copies.select(text_id="b", first="a").join(
        groups.select(first="text_id", group_id="group_id"), on="first"
    )
    both = [groups.select("text_id", "group_id"), of_copies.select("text_id", "group_id")]
    return pl.concat(both).sort("text_id")


def _check(threshold: float, containment: float | None) -> None:
    for name, value in (("threshold", threshold), ("containment", containment)):
        if value is not None and not 0 < value <= 1:
            raise ParameterError(f"{name}: {value} is outside (0, 1]; 0.7 is a good start")


def _collapsed(texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The smallest text id of each distinct text, and a pair for each further copy."""
    known = texts.select(pl.col("text_id").cast(pl.String), "text").filter(
        pl.col("text").str.len_chars() > 0
    )
    first = known.with_columns(first=pl.col("text_id").min().over("text"))
    same = first.filter(pl.col("text_id") != pl.col("first"))
    one = pl.lit(1.0)
    copies = same.select(a="first", b="text_id", jaccard=one, containment=one)
    kept = first.filter(pl.col("text_id") == pl.col("first")).select("text_id", "text")
    return kept.sort("text_id"), copies


def _token_sets(texts: pl.DataFrame) -> _Sets:
    numbered = texts.with_row_index("text_no").select(text_id="text_no", text="text")
    some = numbered.iter_slices(TEXTS_AT_ONCE) if texts.height else [numbered]
    of_texts = pl.concat(shingles(each) for each in some)
    owners = of_texts["text_id"].to_numpy().astype(np.int64)
    _, shingle, holders = np.unique(
        of_texts["shingle"].to_numpy(), return_inverse=True, return_counts=True
    )
    token = np.empty(len(holders), np.int64)
    token[np.argsort(holders, kind="stable")] = np.arange(len(holders))
    placed = (owners << TOKEN_BITS) | token[shingle]
    placed.sort()
    ends = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=texts.height))])
    return _Sets(texts["text_id"], ends, placed & ((1 << TOKEN_BITS) - 1))


def _prefixes(sizes: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """How many of the rarest tokens of each set one must hold that has `share` of it."""
    lengths = sizes - np.ceil(sizes * share - SLACK) + 1
    return np.where(sizes > 0, lengths, 0).astype(np.int64)


def _index(sets: _Sets, counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each token the sets that hold it among their first `counts`: where they end, and they."""
    place = np.arange(len(sets.tokens)) - np.repeat(sets.ends[:-1], sets.sizes)
    kept = place < np.repeat(counts, sets.sizes)
    owners = np.repeat(np.arange(len(counts)), sets.sizes)[kept]
    tokens = sets.tokens[kept]
    held = np.bincount(tokens, minlength=int(sets.tokens.max(initial=0)) + 1)
    return np.concatenate([[0], np.cumsum(held)]), owners[np.argsort(tokens, kind="stable")]


def _similar(sets: _Sets, threshold: float, group: NDArray[np.int64]) -> _Pairs:
    """Pairs found from the larger set: of the smaller a shorter prefix must do (Xiao et al. 2008).

    "Efficient similarity joins for near duplicate detection", their lemma 2.
    """
    prefixes = _prefixes(sets.sizes, threshold)
    part = threshold / (1 + threshold)
    index = _index(sets, _prefixes(sets.sizes, 2 * part))
    rank = np.empty(len(prefixes), np.int64)
    rank[np.argsort(sets.sizes, kind="stable")] = np.arange(len(prefixes))
    return similar_sets(sets.ends, sets.tokens, prefixes, *index, rank, (part, part), group)


def _excerpts(sets: _Sets, share: float, shortest: int, group: NDArray[np.int64]) -> _Pairs:
    long_enough = sets.sizes >= shortest
    prefixes = np.where(long_enough, _prefixes(sets.sizes, share), 0)
    index = _index(sets, np.where(long_enough, sets.sizes, 0))
    rank = np.empty(len(prefixes), np.int64)
    rank[np.argsort(-sets.sizes, kind="stable")] = np.arange(
        len(prefixes)
    )  # the smaller, the higher
    return similar_sets(sets.ends, sets.tokens, prefixes, *index, rank, (share, 0.0), group)


def _measured(sets: _Sets, pairs: _Pairs) -> pl.DataFrame:
    """`pairs` by text id, a < b, with both measures."""
    a, b = np.minimum(pairs[0], pairs[1]), np.maximum(pairs[0], pairs[1])
    size, other, shared = sets.sizes[a], sets.sizes[b], pairs[2]
    return pl.DataFrame(
        {
            "a": sets.text_ids.gather(a),
            "b": sets.text_ids.gather(b),
            "jaccard": pl.Series(shared / (size + other - shared), dtype=pl.Float64),
            "containment": pl.Series(shared / np.minimum(size, other), dtype=pl.Float64),
        }
    )
