# SPDX-License-Identifier: GPL-3.0-or-later
"""Which wordings of a traced story are one text, but for a remark or a sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.text.near_duplicates import near_duplicate_pairs
from graphkit.text.normal import normal_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ALIKE = 0.95


def wording_classes(variants: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The class of each variant of a trace: the `variant_id` of the wording that leads it.

    The most posted wording leads, the earliest of equal ones, and takes all that are not taken yet
    and hold nineteen of twenty of its 3-shingles, or of which it holds as many: a remark that
    somebody adds makes no class of its own, other numbers or names in a short text do. Nothing is
    alike only by way of a third, so a class never runs on from text to text.

    Args:
        variants: records with `variant_id`, `text`, `posts_count` and `first_at`.
    """
    order = sorted(variants, key=_rank)
    texts = pl.DataFrame(
        {"text_id": [v["variant_id"] for v in order], "text": [v["text"] for v in order]},
        schema={"text_id": pl.String, "text": pl.String},
    ).with_columns(normal_form(pl.col("text")))
    pairs = near_duplicate_pairs(texts, threshold=ALIKE, containment=ALIKE)
    near: dict[str, list[str]] = {}
    for a, b in pairs.select("a", "b").iter_rows():
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    return _stars([v["variant_id"] for v in order], near)


def _rank(variant: Mapping[str, Any]) -> tuple[int, str, str]:
    first_at = variant["first_at"]
    return (
        -variant["posts_count"],
        "9999" if first_at is None else first_at,
        variant["variant_id"],
    )


def _stars(order: Iterable[str], near: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each id, and the first in `order` that is near it and led by no other."""
    found: dict[str, str] = {}
    for leader in order:
        if leader not in found:
            members = [leader, *(n for n in near.get(leader, ()) if n not in found)]
            found |= dict.fromkeys(members, leader)
    return found
