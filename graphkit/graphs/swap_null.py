# SPDX-License-Identifier: GPL-3.0-or-later
"""The causality-preserving swap null: who is cited is shuffled, and time keeps its direction.

Two citations of one stratum and one half of the stories exchange their targets wherever each still
points to an earlier post and to another controller. Every post keeps how many citations it makes
and receives, and each stratum keeps its citing. What is lost is who cites whom: the loops that
remain are those that this much citing, at these times, closes by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.citation_groups import group_loops, internal_rows
from graphkit.kernels.chains import swap_targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.graphs.chained_loops import Reach

SWEEPS = 5
"""Attempts at each citation; about 2.5 swaps a citation are accepted."""


def swapped(
    rows: pl.DataFrame, posts: pl.DataFrame, *, copies: int, seed: int
) -> Iterator[pl.DataFrame]:
    """`copies` frames like `rows` (`account_rows`) with cited_no, b and kb after random swaps.

    Rows whose half is null are left out.
    """
    ordered = rows.filter(pl.col("half").is_not_null()).sort(
        "half", "stratum", "citing_no", "citation_no"
    )
    block = ordered.select(pl.struct("half", "stratum").rle_id()).to_series().to_numpy()
    bounds = np.concatenate([[0], np.cumsum(np.bincount(block))]).astype(np.int64)
    author = posts.select(b="account_no", kb="controller_no")
    for copy in range(copies):
        target = swap_targets(
            ordered["citing_no"].to_numpy(),
            ordered["cited_no"].to_numpy(),
            posts["controller_no"].to_numpy(),
            bounds,
            np.array([SWEEPS, seed + copy]),
        )
        yield ordered.with_columns(pl.Series("cited_no", target), *author[target])


def loop_stories(
    rows: pl.DataFrame, members: pl.DataFrame, posts: pl.DataFrame, *, reach: Reach
) -> pl.DataFrame:
    """In how many stories of the half or halves that test it a claim comes back inside each group.

    group_no, loop_stories; groups without a loop are left out. Accounts of one controller count as
    one.
    """
    loops = group_loops(internal_rows(rows, members), posts, author="controller_no", reach=reach)
    stories = loops.join(posts.select("story_no", start_no="post_no"), on="start_no")
    counted = stories.group_by("group_no").agg(loop_stories=pl.col("story_no").n_unique())
    return counted.sort("group_no")


def expected_loops(
    rows: pl.DataFrame,
    members: pl.DataFrame,
    posts: pl.DataFrame,
    *,
    reach: Reach,
    copies: int,
    seed: int,
) -> pl.DataFrame:
    """The mean of `loop_stories` over swapped copies, with one story added: group_no, expected.

    (sum + 1) / (copies + 1): a null that was never seen to make a loop expects a few all the same.
    Only strata in which a member cites are swapped; the others cannot change the count.
    """
    of_members = rows.join(members, left_on="a", right_on="account_no", how="semi")
    touched = rows.join(of_members.select("half", "stratum").unique(), on=["half", "stratum"])
    counts = [
        loop_stories(copy, members, posts, reach=reach)
        for copy in swapped(touched, posts, copies=copies, seed=seed)
    ]
    total = pl.concat(counts).group_by("group_no").agg(total=pl.col("loop_stories").sum())
    groups = members.select("group_no").unique().join(total, on="group_no", how="left")
    mean = (pl.col("total").fill_null(0) + 1) / (copies + 1)
    return groups.select("group_no", expected=mean).sort("group_no")
