# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting nearly the same text: the act `near_text`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.text.near_duplicates import near_duplicate_groups

if TYPE_CHECKING:
    import polars as pl

THRESHOLD = 0.7


def near_text_rows(texts: pl.DataFrame) -> pl.DataFrame:
    """The rows of the act `text`, each with the group of its text as its object.

    A group is a connected component of texts whose 3-shingle sets have a Jaccard index of 0.7 or
    more, by the exact join (`text.near_duplicates`); equal texts are in one group. Its name is the
    smallest of its texts, so no order of rows changes it. Texts too short to be an object of the
    act `text` are none here.
    """
    said = texts.select(text_id="object_id", text="object_id").unique("text_id")
    groups = near_duplicate_groups(said, threshold=THRESHOLD)
    named = groups.select(object_id="text_id", group="group_id")
    grouped = texts.join(named, on="object_id", maintain_order="left")
    return grouped.with_columns(object_id="group").drop("group")
