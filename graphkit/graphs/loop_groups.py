# SPDX-License-Identifier: GPL-3.0-or-later
"""What the held-out half of the stories says about each group that the other half proposed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.citation_groups import (
    account_rows,
    internal_excess,
    internal_rows,
    proposed_groups,
    told_members,
)
from graphkit.graphs.grounding import (
    REGISTERS,
    Flow,
    outside_traceability,
    story_bounds,
    traceability,
)
from graphkit.graphs.nulls import benjamini_hochberg, poisson_tail
from graphkit.graphs.swap_null import expected_loops, loop_stories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.graphs.chained_loops import Reach
    from graphkit.graphs.citation import Citations

BETWEEN = pl.col("ka") != pl.col("kb")
"""Between controllers: a family that quotes itself is left out."""


@dataclass(frozen=True)
class Search:
    """How groups are looked for and tested.

    Attributes:
        reach: of a chain.
        largest: most accounts of a group.
        copies: of the swap null.
        traceable: mass of chain ends outside that makes chains sourced.
        seed: of the halves, the null and the resampling.
    """

    reach: Reach
    largest: int
    copies: int
    traceable: float
    seed: int


@dataclass(frozen=True)
class TestedGroups:
    """Groups with what was measured on the half of the stories that did not propose them.

    Attributes:
        members: group_no, account_no; of a group that both halves propose, who is in both.
        inside: group_no, account_no of members and of accounts of their controllers.
        internal: the citations between members: `account_rows` and group_no.
        held_out: the citations that test the group, as `internal`, and upper (of the cited post,
            with the register under which it is highest). Of a group that both halves propose:
            of either half between the accounts that the other half proposes.
        measured: one row a group. accounts_count, controllers_count, halves_count (2 where both
            propose it). On held-out rows: stories_count (with a citation between controllers);
            internal_count, member_count, expected, p_excess, q_excess (between controllers) and
            p_family, q_family (between accounts); loop_stories, expected_loops, p_loops, q_loops;
            root_share (of stories that the most frequent first account begins); per register
            lower, upper, bound, p_traceable and baseline, as in `upper_none`.
    """

    members: pl.DataFrame
    inside: pl.DataFrame
    internal: pl.DataFrame
    held_out: pl.DataFrame
    measured: pl.DataFrame

    def only(self, group_nos: Sequence[int]) -> TestedGroups:
        """These groups alone."""
        kept = pl.col("group_no").is_in(list(group_nos))
        frames = (self.members, self.inside, self.internal, self.held_out, self.measured)
        return TestedGroups(*(frame.filter(kept) for frame in frames))


def tested_groups(citations: Citations, flows: Mapping[str, Flow], search: Search) -> TestedGroups:
    """The groups that either half of the stories proposes, tested on the other half."""
    rows = account_rows(citations, seed=search.seed)
    posts, seed = citations.posts, search.seed
    tested = proposed_groups(rows, posts, largest=search.largest, reach=search.reach, seed=seed)
    members = told_members(tested)
    inside = _inside(tested, posts)
    held_out = internal_rows(rows, tested)
    parts = [
        _sizes(tested, held_out, posts),
        _with_q(internal_excess(rows.filter(BETWEEN), tested), "excess"),
        _with_q(internal_excess(rows, tested), "family").select("group_no", "p_family", "q_family"),
        _loops(rows.filter(BETWEEN), tested, posts, search),
    ]
    starts = held_out.select("group_no", post_no="cited_no")
    uppers = []
    for register in REGISTERS:
        bounds = traceability(flows[register], starts, inside).rename({"post_no": "cited_no"})
        baseline = outside_traceability(flows[register], rows, tested)
        of = story_bounds(held_out, bounds, traceable=search.traceable, seed=seed)
        both = of.join(baseline, on="group_no", how="left")
        parts.append(both.rename({n: f"{n}_{register}" for n in both.columns if n != "group_no"}))
        uppers.append(bounds.select("group_no", "cited_no", "upper"))
    highest = pl.concat(uppers).group_by("group_no", "cited_no").agg(pl.col("upper").max())
    measured = members.select("group_no").unique()
    for part in parts:
        measured = measured.join(part, on="group_no", how="left")
    return TestedGroups(
        members=members,
        inside=inside,
        internal=internal_rows(rows, members),
        held_out=held_out.join(
            highest, on=["group_no", "cited_no"], how="left", maintain_order="left"
        ),
        measured=measured.sort("group_no"),
    )


def _inside(members: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    owners = posts.select("account_no", "controller_no").unique()
    held = members.join(owners, on="account_no").select("group_no", "controller_no").unique()
    inside = held.join(owners, on="controller_no").select("group_no", "account_no")
    return inside.unique().sort("group_no", "account_no")


def _sizes(tested: pl.DataFrame, held_out: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    owners = posts.select("account_no", "controller_no").unique()
    sizes = told_members(tested).join(owners, on="account_no").group_by("group_no")
    counted = sizes.agg(
        accounts_count=pl.len(), controllers_count=pl.col("controller_no").n_unique()
    )
    halves = tested.group_by("group_no").agg(halves_count=pl.col("half").n_unique())
    stories = held_out.filter(BETWEEN).select("group_no", "story_no").unique()
    first = posts.select("account_no", story_no="post_no")
    begun = stories.join(first, on="story_no").group_by("group_no", "account_no").len()
    inside = begun.join(tested, on=["group_no", "account_no"], how="semi")
    most = inside.group_by("group_no").agg(most=pl.col("len").max())
    count = stories.group_by("group_no").agg(stories_count=pl.len())
    share = pl.col("most").fill_null(0) / pl.col("stories_count")
    found = count.join(most, on="group_no", how="left").with_columns(root_share=share).drop("most")
    return counted.join(halves, on="group_no").join(found, on="group_no", how="left")


def _loops(
    rows: pl.DataFrame, members: pl.DataFrame, posts: pl.DataFrame, search: Search
) -> pl.DataFrame:
    seen = loop_stories(rows, members, posts, reach=search.reach)
    chance = expected_loops(
        rows, members, posts, reach=search.reach, copies=search.copies, seed=search.seed
    )
    both = chance.rename({"expected": "expected_loops"}).join(seen, on="group_no", how="left")
    both = both.with_columns(pl.col("loop_stories").fill_null(0)).sort("group_no")
    tail = poisson_tail(both["loop_stories"].to_numpy(), both["expected_loops"].to_numpy())
    return _with_q(both.with_columns(p_value=pl.Series(tail, dtype=pl.Float64)), "loops")


def _with_q(found: pl.DataFrame, name: str) -> pl.DataFrame:
    """`found` with p_value doubled, for the two directions of the split, and its q-value.

    All groups of both directions are one family of tests.
    """
    p_values = np.minimum(found["p_value"].to_numpy() * 2, 1.0)
    q_values = benjamini_hochberg(p_values, tests=found.height)
    named = {f"p_{name}": p_values, f"q_{name}": q_values}
    return found.drop("p_value").with_columns(
        pl.Series(column, values, dtype=pl.Float64) for column, values in named.items()
    )


def stable_share(groups: TestedGroups, *, stories: int, traceable: float) -> float:
    """The share of members without any one of whom the held-out rows still show the group.

    `groups` is one group (`TestedGroups.only`). It shows where at least `stories` stories keep a
    citation between controllers, and the mean upper bound of traceability of those citations, with
    the register under which it is highest, stays under `traceable`. Loops are not asked for: a ring
    has none without any one of its members.
    """
    left_out = groups.members.select(without="account_no")
    left = (
        groups.held_out.filter(BETWEEN)
        .join(left_out, how="cross")
        .filter(pl.col("a") != pl.col("without"), pl.col("b") != pl.col("without"))
        .group_by("without")
        .agg(pl.col("upper").sort().mean(), told=pl.col("story_no").n_unique())
    )
    shown = left.filter(pl.col("told") >= stories, pl.col("upper") < traceable)
    return shown.height / groups.members.height
