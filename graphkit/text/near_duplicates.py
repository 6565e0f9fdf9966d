# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that say the same in nearly the same characters: an exact join, no sampling.

Two sets of shingles with a Jaccard index of at least t must share one of the rarest
|A| - ceil(t |A|) + 1 shingles of each (prefix filtering; Chaudhuri, Ganti and Kaushik 2006,
"A primitive operator for similarity joins in data cleaning"). Only such pairs are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from scipy import sparse

from graphkit.errors import ParameterError
from graphkit.kernels.shared_tokens import shared_token_counts
from graphkit.text.shingles import shingles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK = 4_000_000  # candidate rows held at once: about 0.2 GB
SLACK = 1e-9  # 0.7 * 10 is 7.000000000000001; the ceiling must stay 7
PAIRS = {"a": pl.String, "b": pl.String, "jaccard": pl.Float64, "containment": pl.Float64}


class _Sets(NamedTuple):
    """Distinct texts as sets: their ids, a row for each token of each, and where each ends.

    Tokens are numbered from the rarest shingle to the most common and sorted inside a text.
    """

    text_ids: pl.Series
    tokens: pl.DataFrame
    ends: NDArray[np.int64]


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
    blocks = _candidates(sets, threshold)
    found = [_measured(sets, block, "jaccard", threshold) for block in blocks]
    if containment is not None:
        found += _excerpts(sets, containment, shortest_excerpt)
    pairs = pl.concat([copies, *(_named(sets, pairs) for pairs in found)])
    return pairs.unique().sort("a", "b")


def near_duplicate_groups(
    texts: pl.DataFrame,
    *,
    threshold: float = 0.7,
    containment: float | None = None,
    shortest_excerpt: int = 20,
) -> pl.DataFrame:
    """The group of every text: the connected components of `near_duplicate_pairs`.

    The pairs are never all held, and pairs inside a group already known are not compared, so a
    text in twenty thousand variants is no matter.

    Returns:
        `text_id`, `group_id` (the smallest text id of the group), sorted by `text_id`. Null and
        empty texts are left out.

    Raises:
        ParameterError: a threshold is outside (0, 1].
    """
    _check(threshold, containment)
    first, copies = _collapsed(texts)
    sets = _token_sets(first)
    labels = np.arange(len(sets.text_ids))
    for block in _candidates(sets, threshold):
        apart = block.filter(labels[block["a"].to_numpy()] != labels[block["b"].to_numpy()])
        labels = _joined(labels, _measured(sets, apart, "jaccard", threshold))
    if containment is not None:
        for block in _excerpts(sets, containment, shortest_excerpt):
            labels = _joined(labels, block)
    groups = pl.DataFrame({"text_id": sets.text_ids, "label": labels}).with_columns(
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
    numbered = texts.with_row_index("text_no")
    of_texts = shingles(numbered.select(text_id="text_no", text="text"))
    common = of_texts.group_by("shingle").agg(holders=pl.len()).sort("holders", "shingle")
    tokens = of_texts.join(common.with_row_index("token"), on="shingle").select(
        "token", "holders", text_no="text_id"
    )
    sizes = np.bincount(tokens["text_no"].to_numpy(), minlength=texts.height)
    tokens = tokens.sort("text_no", "token").with_columns(
        size=pl.len().over("text_no"), place=pl.int_range(pl.len()).over("text_no")
    )
    return _Sets(texts["text_id"], tokens, np.concatenate([[0], np.cumsum(sizes)]))


def _prefix(tokens: pl.DataFrame, share: float) -> pl.DataFrame:
    """The rarest tokens of each set, one of which any set with `share` of it must hold."""
    length = pl.col("size") - (pl.col("size") * share - SLACK).ceil() + 1
    rare = tokens.filter((pl.col("place") < length) & (pl.col("holders") > 1))
    return rare.select("text_no", "token", "size")


def _blocks(left: pl.DataFrame, right: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The join of `left` and `right` on `token`, in blocks of about `BLOCK` rows."""
    holders = right.group_by("token").agg(joined=pl.len())
    work = left.join(holders, on="token").sort("text_no", "token")
    no = (pl.col("joined").cum_sum() // BLOCK).last().over("text_no")
    numbered = work.select("text_no", "token", "size", no=no)
    for part in numbered.partition_by("no", maintain_order=True, include_key=False):
        yield part.join(right, on="token", suffix="_b")


def _candidates(sets: _Sets, threshold: float) -> Iterator[pl.DataFrame]:
    """Pairs (a, b) of text numbers, a < b, that share a rare token and are of like size."""
    prefix = _prefix(sets.tokens, threshold)
    small, large = pl.min_horizontal("size", "size_b"), pl.max_horizontal("size", "size_b")
    for block in _blocks(prefix, prefix):
        in_order = pl.col("text_no") < pl.col("text_no_b")
        near = block.filter(in_order, small >= large * threshold - SLACK)
        yield near.select(a="text_no", b="text_no_b").unique()


def _excerpts(sets: _Sets, containment: float, shortest: int) -> list[pl.DataFrame]:
    """Measured pairs of which one holds at least `containment` of the other, as text numbers."""
    long_enough = sets.tokens.filter(pl.col("size") >= shortest)
    found = []
    whole = long_enough.select("text_no", "token", "size")
    for block in _blocks(_prefix(long_enough, containment), whole):
        longer = block.filter(
            (pl.col("size") < pl.col("size_b"))
            | ((pl.col("size") == pl.col("size_b")) & (pl.col("text_no") < pl.col("text_no_b")))
        )
        pairs = longer.select(
            a=pl.min_horizontal("text_no", "text_no_b"), b=pl.max_horizontal("text_no", "text_no_b")
        )
        found.append(_measured(sets, pairs.unique(), "containment", containment))
    return found


def _measured(sets: _Sets, pairs: pl.DataFrame, measure: str, least: float) -> pl.DataFrame:
    """The `pairs` whose `measure` is at least `least`, with both measures, counted exactly."""
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    sizes = np.diff(sets.ends)
    total, smaller = sizes[a] + sizes[b], np.minimum(sizes[a], sizes[b])
    needed = total * (least / (1 + least)) if measure == "jaccard" else smaller * least
    shared = shared_token_counts(
        sets.ends,
        sets.tokens["token"].to_numpy(),
        a,
        b,
        np.ceil(needed - SLACK).astype(np.int64),
    )
    measured = pairs.with_columns(
        jaccard=pl.Series(shared / (total - shared), dtype=pl.Float64),
        containment=pl.Series(shared / smaller, dtype=pl.Float64),
    )
    return measured.filter(pl.col(measure) >= least - SLACK)


def _joined(labels: NDArray[np.int64], pairs: pl.DataFrame) -> NDArray[np.int64]:
    """`labels` after merging those of every pair: the number of the connected component."""
    if pairs.is_empty():
        return labels
    ends = (labels[pairs["a"].to_numpy()], labels[pairs["b"].to_numpy()])
    graph = sparse.coo_matrix((np.ones(pairs.height), ends), shape=(len(labels), len(labels)))
    component = sparse.csgraph.connected_components(graph, directed=False)[1]
    merged: NDArray[np.int64] = component[labels]
    return merged


def _named(sets: _Sets, pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        a=sets.text_ids.gather(pairs["a"]),
        b=sets.text_ids.gather(pairs["b"]),
        jaccard="jaccard",
        containment="containment",
    )
