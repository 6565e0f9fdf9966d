# SPDX-License-Identifier: GPL-3.0-or-later
"""What the held-out half of the stories says about each group that the other half proposed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.chain_roots import group_roots
from graphkit.graphs.citation_groups import (
    account_rows,
    in_two_stories,
    internal_excess,
    internal_rows,
    poisson_tails,
    proposed_groups,
    told_members,
)
from graphkit.graphs.grounding import (
    DECIDED,
    REGISTERS,
    Flow,
    outside_traceability,
    story_bounds,
    traceability,
)
from graphkit.graphs.nulls import benjamini_hochberg
from graphkit.graphs.swap_null import expected_loops, loop_stories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.graphs.chained_loops import Reach
    from graphkit.graphs.citation import Citations

BETWEEN = pl.col("ka") != pl.col("kb")
"""Between controllers: a family that quotes itself is left out."""
FEW = 5
"""Citations by members that are added to a group's own: a pair that cites once keeps all inside."""


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
        members: group_no, account_no; of a group that both halves propose, who is in both; of any,
            who cites it or is cited in it in two stories.
        inside: group_no, account_no of members and of accounts of their controllers.
        rows: all citations between accounts (`account_rows`).
        internal: those between members, of both halves, with group_no. After `traced` also lower
            and upper of the cited post, with the register under which upper is highest.
        measured: one row a group. accounts_count, controllers_count, halves_count (2 where both
            propose it). On held-out rows: stories_count (with a citation between controllers);
            internal_count, member_count, expected, p_excess, q_excess (between controllers) and
            p_family, q_family (between accounts); loop_stories, expected_loops, p_loops, q_loops.
            After `traced` and over all rows: what `group_roots` counts, and per register lower,
            upper, bound, p_traceable, baseline and decided (share of the cited posts whose interval
            is narrower than one half), as in `upper_none`.
    """

    members: pl.DataFrame
    inside: pl.DataFrame
    rows: pl.DataFrame
    internal: pl.DataFrame
    measured: pl.DataFrame

    def only(self, group_nos: Sequence[int]) -> TestedGroups:
        """These groups alone."""
        kept = pl.col("group_no").is_in(list(group_nos))
        frames = (self.members, self.inside, self.internal, self.measured)
        members, inside, internal, measured = (frame.filter(kept) for frame in frames)
        return TestedGroups(members, inside, self.rows, internal, measured)


def tested_groups(citations: Citations, search: Search) -> TestedGroups:
    """The groups that either half of the stories proposes, tested on the other half."""
    rows = account_rows(citations, seed=search.seed)
    posts, seed = citations.posts, search.seed
    tested = proposed_groups(rows, posts, largest=search.largest, reach=search.reach, seed=seed)
    members = in_two_stories(told_members(tested), rows)
    held_out = internal_rows(rows, tested)
    between = rows.filter(BETWEEN)
    of_family = internal_excess(rows, tested).select("group_no", "whole", "p_value")
    measured = _with_q(_sizes(tested, members, held_out, posts), of_family, "family")
    measured = _with_q(measured, internal_excess(between, tested, own="k"), "excess")
    measured = _with_q(measured, _loops(between, tested, posts, search), "loops")
    return TestedGroups(
        members=members,
        inside=_inside(members, posts),
        rows=rows,
        internal=internal_rows(rows, members),
        measured=measured.sort("group_no"),
    )


def distinct_groups(measured: pl.DataFrame, members: pl.DataFrame, *, alpha: float) -> list[int]:
    """The groups with an excess that share no account: the better of two that do, by group_no.

    Better is who both halves propose, then who keeps more of its citing inside. Where chains end
    is not looked at, so it can be tested afterwards as if there had been no choice.
    """
    share = pl.col("internal_count") / (pl.col("member_count") + FEW)
    excess = pl.min_horizontal("q_excess", "q_family") <= alpha
    ranked = measured.filter(excess, pl.col("accounts_count") > 1).sort(
        -pl.col("halves_count").cast(pl.Int64), -share, "group_no"
    )
    of_group = dict(members.group_by("group_no").agg("account_no").iter_rows())
    taken: set[int] = set()
    kept = []
    for group_no in ranked["group_no"]:
        if taken.isdisjoint(of_group[group_no]):
            kept.append(group_no)
            taken.update(of_group[group_no])
    return sorted(kept)


def traced(
    citations: Citations, groups: TestedGroups, flows: Mapping[str, Flow], search: Search
) -> TestedGroups:
    """`groups` with where their internal chains end, under each register, over all their stories.

    Both halves count, for proposing looks at who cites whom and not at where chains end.
    """
    starts = groups.internal.select("group_no", post_no="cited_no")
    roots = group_roots(citations, groups.internal.filter(BETWEEN))
    measured, bounds_of = groups.measured.join(roots, on="group_no", how="left"), []
    for register in REGISTERS:
        bounds = traceability(flows[register], starts, groups.inside).rename(
            {"post_no": "cited_no"}
        )
        baseline = outside_traceability(flows[register], groups.rows, groups.members)
        of = story_bounds(
            groups.internal, bounds, traceable=search.traceable, seed=search.seed
        ).join(baseline, on="group_no", how="left")
        narrow = pl.col("upper") - pl.col("lower") < DECIDED
        decided = bounds.group_by("group_no").agg(decided=narrow.mean())
        of = of.join(decided, on="group_no")
        of = of.rename({n: f"{n}_{register}" for n in of.columns if n != "group_no"})
        measured = measured.join(of, on="group_no", how="left")
        bounds_of.append(bounds)
    highest = (
        pl.concat(bounds_of).group_by("group_no", "cited_no").agg(pl.col("lower", "upper").max())
    )
    internal = groups.internal.join(
        highest, on=["group_no", "cited_no"], how="left", maintain_order="left"
    )
    return replace(groups, internal=internal, measured=measured)


def _inside(members: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    owners = posts.select("account_no", "controller_no").unique()
    held = members.join(owners, on="account_no").select("group_no", "controller_no").unique()
    inside = held.join(owners, on="controller_no").select("group_no", "account_no")
    return inside.unique().sort("group_no", "account_no")


def _sizes(
    tested: pl.DataFrame, members: pl.DataFrame, held_out: pl.DataFrame, posts: pl.DataFrame
) -> pl.DataFrame:
    owners = posts.select("account_no", "controller_no").unique()
    counted = (
        members.join(owners, on="account_no")
        .group_by("group_no")
        .agg(accounts_count=pl.len(), controllers_count=pl.col("controller_no").n_unique())
    )
    halves = tested.group_by("group_no").agg(halves_count=pl.col("half").n_unique())
    told = held_out.filter(BETWEEN).group_by("group_no")
    stories = told.agg(stories_count=pl.col("story_no").n_unique())
    sizes = halves.join(counted, on="group_no", how="left")
    return sizes.join(stories, on="group_no", how="left")


def _loops(
    rows: pl.DataFrame, members: pl.DataFrame, posts: pl.DataFrame, search: Search
) -> pl.DataFrame:
    """group_no, loop_stories, expected_loops, whole and p_value (as in `internal_excess`)."""
    seen = loop_stories(rows, members, posts, reach=search.reach)
    chance = expected_loops(
        rows, members, posts, reach=search.reach, copies=search.copies, seed=search.seed
    )
    both = chance.rename({"expected": "expected_loops"}).join(seen, on="group_no", how="left")
    both = both.with_columns(pl.col("loop_stories").fill_null(0).cast(pl.Int64)).sort("group_no")
    counts, expected = both["loop_stories"].to_numpy(), both["expected_loops"].to_numpy()
    return both.with_columns(**poisson_tails(counts, expected))


def _with_q(measured: pl.DataFrame, found: pl.DataFrame, name: str) -> pl.DataFrame:
    """`measured` with the columns of `found` and its q-value over all groups, one family of tests.

    q rests on the whole tail, p on the mid-p-value (`poisson_tails`). Both are doubled for a group
    that both halves propose: each half was tested on what the other chose, and what the other chose
    again on it.
    """
    joined = measured.join(found, on="group_no", how="left")
    doubled = (
        (pl.col(tail) * pl.col("halves_count")).clip(upper_bound=1.0).fill_null(1.0)
        for tail in ("whole", "p_value")
    )
    whole, p_values = joined.select(doubled)
    q_values = benjamini_hochberg(whole.to_numpy(), tests=joined.height)
    return joined.drop("whole", "p_value").with_columns(
        p_values.alias(f"p_{name}"), pl.Series(f"q_{name}", q_values, dtype=pl.Float64)
    )


def stable_share(groups: TestedGroups, *, stories: int, traceable: float) -> float:
    """The share of members without any one of whom the rows still show the group.

    `groups` is one group (`TestedGroups.only`). It shows where at least `stories` stories keep a
    citation between controllers, and the mean upper bound of traceability of those citations, with
    the register under which it is highest, stays under `traceable`. Loops are not asked for: a ring
    has none without any one of its members.
    """
    left_out = groups.members.select(without="account_no")
    left = (
        groups.internal.filter(BETWEEN)
        .join(left_out, how="cross")
        .filter(pl.col("a") != pl.col("without"), pl.col("b") != pl.col("without"))
        .group_by("without")
        .agg(pl.col("upper").sort().mean(), told=pl.col("story_no").n_unique())
    )
    shown = left.filter(pl.col("told") >= stories, pl.col("upper") < traceable)
    return shown.height / groups.members.height
