# SPDX-License-Identifier: GPL-3.0-or-later
"""Chained loops: a post's sourcing that comes back to the post's own author through others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.kernels.chains import chained_loops as loop_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Reach:
    """How far a chain is followed from a post.

    Attributes:
        window: from the first post of the chain to its last.
        depth: the most hops.
        most_posts: the most posts looked at from one start; a search cut there is reported.
    """

    window: timedelta = timedelta(days=30)
    depth: int = 16
    most_posts: int = 2000

    def limits(self) -> NDArray[np.int64]:
        """The kernel's array of limits; the window in microseconds."""
        return np.array([self.window // timedelta(microseconds=1), self.depth, self.most_posts])


def chained_loops(
    edges: pl.DataFrame, posts: pl.DataFrame, *, author: str = "account_no", reach: Reach
) -> tuple[pl.DataFrame, int]:
    """One shortest chained loop for every post that has one, and how many searches were cut short.

    `edges` has citing_no, citation_no and cited_no; `posts`, one row a post_no from 0, has
    posted_at and the column `author`: with "controller_no" a declared family that quotes itself
    makes no loop.

    Returns a frame with one row a hop: start_no (the post whose claim comes back), hop (from 1),
    citing_no, citation_no, cited_no; by start_no and hop.
    """
    ordered = edges.sort("citing_no", "citation_no")
    counts = np.bincount(ordered["citing_no"].to_numpy(), minlength=posts.height)
    rows, bounds, cut = loop_kernel(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        ordered["cited_no"].to_numpy(),
        posts[author].to_numpy(),
        posts["posted_at"].to_physical().to_numpy(),
        reach.limits(),
    )
    lengths = np.diff(bounds)
    hops = ordered.select("citing_no", "citation_no", "cited_no")[rows]
    hop = np.arange(len(rows)) - np.repeat(bounds[:-1], lengths) + 1
    start = np.repeat(hops["citing_no"].to_numpy()[bounds[:-1]], lengths)
    found = hops.select(pl.Series("start_no", start), pl.Series("hop", hop), pl.all())
    return found, len(cut)
