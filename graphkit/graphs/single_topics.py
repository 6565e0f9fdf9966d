# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of single topics whose accounts differ from everybody else in two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.side_evidence import TELLING, side_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus


def striking_windows(
    actions: pl.DataFrame,
    corpus: Corpus,
    *,
    least: int,
    alpha: float,
    share: float,
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The first window of each topic with two kinds of side evidence: its actions, the evidence.

    Windows are of ten minutes and `least` accounts or more. Evidence counts at p <= `alpha` over
    all windows, for `share` of the accounts or more, and one kind must be in `TELLING`.
    """
    rows = _busy_windows(actions, least=least)
    sides = side_evidence(rows, actions, corpus.accounts, corpus.posts)
    bound = alpha / max(1, rows["group"].n_unique())
    kept = sides.filter(pl.col("p_value") <= bound, pl.col("share") >= share)
    is_telling = pl.col("test").is_in(TELLING).any().over("group")
    twice = kept.filter(pl.len().over("group") >= 2, is_telling)
    found = rows.join(twice, on="group", how="semi")
    for group in found.group_by("object_id").agg(pl.col("group").min())["group"].sort():
        yield rows.filter(group=group), twice.filter(group=group)


def _busy_windows(actions: pl.DataFrame, *, least: int) -> pl.DataFrame:
    """Actions in the windows of ten minutes in which `least` accounts came to one topic.

    With the column group, a number for topic and window.
    """
    windows = actions.with_columns(start=pl.col("acted_at").dt.truncate("10m"))
    size = pl.col("account_id").n_unique().over("object_id", "start")
    number = pl.struct("object_id", "start").rank("dense").cast(pl.Int64)
    return windows.filter(size >= least).with_columns(group=number).drop("start")
