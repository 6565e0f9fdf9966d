# SPDX-License-Identifier: GPL-3.0-or-later
"""From how many independent roots the stories of a group come, and how many accounts carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from graphkit.graphs.citation import Citations

LEAST_MASS = 1e-6


def group_roots(citations: Citations, internal: pl.DataFrame) -> pl.DataFrame:
    """Carriers and effective independent roots of each group; one row a group_no.

    A root is what a chain ends in: a named outlet, address, account or post that is not at hand, or
    else who wrote the last post. Accounts of one controller are one. Stories count alike, and in a
    story its citations. `internal` is the citations inside groups: group_no, story_no, a, b,
    cited_no.

    Returns:
        group_no; carriers_per_story (accounts that cite or are cited, mean); roots_per_story and
        effective_roots, 1 / sum of squared root masses, a story's (mean) and of all stories
        together.
    """
    story = ["group_no", "story_no"]
    starts = internal.select(*story, post_no="cited_no", mass=1 / pl.len().over(story))
    at_roots = (
        _followed(starts, citations).group_by(*story, "root").agg(pl.col("mass").sort().sum())
    )
    effective = 1 / (pl.col("mass") / pl.col("mass").sum()).pow(2).sort().sum()
    by_story = at_roots.group_by(story).agg(roots=effective)
    pooled = at_roots.group_by("group_no", "root").agg(pl.col("mass").sort().sum())
    sides = [internal.select(*story, carrier=side) for side in ("a", "b")]
    carriers = pl.concat(sides).group_by(story).agg(carriers=pl.col("carrier").n_unique())
    found = (
        carriers.join(by_story, on=story)
        .group_by("group_no")
        .agg(
            carriers_per_story=pl.col("carriers").mean(),
            roots_per_story=pl.col("roots").sort().mean(),
        )
    )
    together = pooled.group_by("group_no").agg(effective_roots=effective)
    return found.join(together, on="group_no").sort("group_no")


def _shares(citations: Citations, posts: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of each of `posts`, the shares that go on (post_no, to, share) and that end (root, share)."""
    is_asked = np.zeros(citations.posts.height, np.bool_)
    is_asked[posts.to_numpy()] = True
    edges = citations.edges.select("certainty", post_no="citing_no", to="cited_no")
    edges, ends = (f.filter(is_asked[f["post_no"].to_numpy()]) for f in (edges, citations.ends))
    unnamed = pl.col("target_kind").is_in(["none", "vague"]) | pl.col("target").is_null()
    ends = ends.with_columns(
        author=citations.posts["controller_no"].gather(ends["post_no"]),
        controller_no=citations.accounts["controller_no"].gather(ends["owner_no"]),
    ).with_columns(who=pl.when(unnamed).then("author").otherwise("controller_no"))
    root = pl.coalesce(pl.format("account {}", "who"), pl.format("{} {}", "target_kind", "target"))
    ends = ends.select("certainty", "post_no", root=root)
    weights = [frame.select("post_no", "certainty") for frame in (edges, ends)]
    total = pl.concat(weights).group_by("post_no").agg(total=pl.col("certainty").sort().sum())
    share = pl.col("certainty") / pl.col("total")
    return tuple(
        frame.join(total, on="post_no").with_columns(share=share).drop("certainty", "total")
        for frame in (edges, ends)
    )  # type: ignore[return-value]  # two frames in, two out


def _followed(masses: pl.DataFrame, citations: Citations) -> pl.DataFrame:
    """`masses` (group_no, story_no, post_no, mass) carried to the roots; below a millionth lost."""
    story = ["group_no", "story_no"]
    found = []
    mass = (pl.col("mass") * pl.col("share")).sort().sum()
    while True:
        edges, ends = _shares(citations, masses["post_no"])
        found.append(masses.join(ends, on="post_no").group_by(*story, "root").agg(mass=mass))
        masses = masses.join(edges, on="post_no").group_by(*story, post_no="to").agg(mass=mass)
        masses = masses.filter(pl.col("mass") >= LEAST_MASS)
        if masses.is_empty():
            return pl.concat(found)
