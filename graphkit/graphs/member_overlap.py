# SPDX-License-Identifier: GPL-3.0-or-later
"""How many accounts two groups would share by chance, and among accounts of like activity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import hypergeom

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Overlap:
    """Two groups of accounts of a log: their sizes there, and what they share.

    `expected` and `p_value` (P(that many or more)) are hypergeometric: the second group drawn from
    all accounts. `expected_alike` and `p_alike` draw it from accounts with as many actions each, by
    powers of two, so that busy accounts, which are in everything, explain what they can.
    """

    sizes: tuple[int, int]
    shared: int
    expected: float
    p_value: float
    expected_alike: float
    p_alike: float


def overlap(activity: pl.DataFrame, one: Collection[str], other: Collection[str]) -> Overlap:
    """What two groups of accounts share. `activity` has account_id and count, once an account.

    Members without a row in `activity` are left out.
    """
    marked = activity.select(
        stratum=pl.col("count").log(2).floor().cast(pl.Int64),
        in_one=pl.col("account_id").is_in(sorted(one)),
        in_other=pl.col("account_id").is_in(sorted(other)),
    )
    shared = int((marked["in_one"] & marked["in_other"]).sum())
    sizes = int(marked["in_one"].sum()), int(marked["in_other"].sum())
    strata = marked.group_by("stratum").agg(pl.len(), pl.col("in_one", "in_other").sum())
    parts = strata.sort("stratum").select("len", "in_one", "in_other").rows()
    whole = marked.height
    return Overlap(
        sizes=sizes,
        shared=shared,
        expected=sizes[0] * sizes[1] / max(1, whole),
        p_value=_tail(shared, [(whole, *sizes)]),
        expected_alike=sum(a * b / n for n, a, b in parts),
        p_alike=_tail(shared, parts),
    )


def _tail(shared: int, parts: list[tuple[int, int, int]]) -> float:
    """P(sum of independent hypergeometric counts >= shared); parts are all, first, second group."""
    if shared == 0:
        return 1.0
    if len(parts) == 1:  # in its tail scipy is exact where a sum of terms rounds
        [(n, a, b)] = parts
        return float(hypergeom.sf(shared - 1, n, a, b))
    counts = [hypergeom.pmf(np.arange(min(a, b) + 1), n, a, b) for n, a, b in parts]
    total = reduce(np.convolve, counts, np.ones(1))
    return float(min(1.0, total[shared:].sum()))
