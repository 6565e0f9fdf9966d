# SPDX-License-Identifier: GPL-3.0-or-later
"""The citation rows behind a group: its loops hop by hop, its other citations, and its exits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.citation_groups import group_loops
from graphkit.graphs.loop_groups import BETWEEN

if TYPE_CHECKING:
    from graphkit.graphs.chained_loops import Reach
    from graphkit.graphs.citation import Citations
    from graphkit.graphs.loop_groups import TestedGroups

EXAMPLES = 5
"""Loops that are told hop by hop; the shortest, one a story."""


def loops_of_groups(
    citations: Citations, groups: TestedGroups, *, reach: Reach, author: str = "controller_no"
) -> pl.DataFrame:
    """One shortest loop inside its group for every post that has one, of both halves.

    Between controllers, or with author="account_no" between accounts. Columns group_no, start_no,
    hop, story_no, post_id and citation_no (the citation of that hop), hops_count; sorted.
    """
    rows = groups.internal.filter(BETWEEN) if author == "controller_no" else groups.internal
    loops = group_loops(rows, citations.posts, author=author, reach=reach)
    told = citations.posts.select("story_no", start_no="post_no")
    ids = citations.posts.select("post_id", citing_no="post_no")
    return (
        loops.join(told, on="start_no")
        .join(ids, on="citing_no")
        .with_columns(hops_count=pl.len().over("group_no", "start_no"))
        .select("group_no", "start_no", "hop", "story_no", "post_id", "citation_no", "hops_count")
        .sort("group_no", "start_no", "hop")
    )


def exits_of_groups(citations: Citations, groups: TestedGroups) -> pl.DataFrame:
    """Citations by members that leave their group: group_no, post_id, citation_no, in_story.

    To an account that is neither a member nor of a member's controller, to a named outlet, address
    or account outside, or to a post that is not at hand. `in_story` says whether the citing post
    tells a story that the group also tells by citing itself: only there an exit exculpates.
    """
    posts = citations.posts.select("post_no", "story_no", a="account_no")
    cited = citations.posts.select(cited_no="post_no", owner_no="account_no")
    to_posts = citations.edges.select("citing_no", "citation_no", "cited_no", "post_id").join(
        cited, on="cited_no"
    )
    to_ends = citations.ends.filter(
        pl.col("citation_no").is_not_null(), pl.col("state") != "vague_or_none"
    )
    rows = pl.concat([to_posts.rename({"citing_no": "post_no"}), to_ends], how="diagonal")
    members = groups.members.select("group_no", a="account_no")
    by_members = rows.join(posts, on="post_no").join(members, on="a")
    inside = groups.inside.select("group_no", owner_no="account_no")
    leaving = by_members.join(inside, on=["group_no", "owner_no"], how="anti")
    told = groups.internal.select("group_no", "story_no", in_story=True).unique()
    found = leaving.join(told, on=["group_no", "story_no"], how="left").with_columns(
        pl.col("in_story").fill_null(value=False)
    )
    return found.select("group_no", "post_id", "citation_no", "in_story").sort(
        "group_no", "post_id", "citation_no"
    )


def amplifiers_of_groups(citations: Citations, groups: TestedGroups) -> pl.DataFrame:
    """How many outsiders cite each group without being cited by it: group_no, amplifiers_count.

    They are no members, whatever they cite.
    """
    authors = citations.posts.select("post_no", "account_no")
    pairs = (
        citations.edges.join(
            authors.rename({"post_no": "citing_no", "account_no": "a"}), on="citing_no"
        )
        .join(authors.rename({"post_no": "cited_no", "account_no": "b"}), on="cited_no")
        .select("a", "b")
        .unique()
    )
    inside = groups.inside.select("group_no", "account_no")
    into = pairs.join(inside, left_on="b", right_on="account_no").select("group_no", account_no="a")
    cited = pairs.join(inside, left_on="a", right_on="account_no").select(
        "group_no", account_no="b"
    )
    only = into.unique()
    for others in (inside, cited):
        only = only.join(others, on=["group_no", "account_no"], how="anti")
    return only.group_by("group_no").agg(amplifiers_count=pl.len()).sort("group_no")


def group_evidence(
    internal: pl.DataFrame, loops: pl.DataFrame, exits: pl.DataFrame
) -> pl.DataFrame:
    """Citation rows of one group by the part that they play: post_id, citation_no, role.

    role is `loop` for a citation on a loop and `internal` for another inside the group, `exit` for
    one that leaves it in a story of the group, and besides `loop 1 hop 1`, `loop 1 hop 2`, ... for
    the loops that are told in full (see `EXAMPLES`).
    """
    key = ["post_id", "citation_no"]
    on_loop = loops.select(key).unique().with_columns(role=pl.lit("loop"))
    rest = (
        internal.select(key).join(on_loop, on=key, how="anti").with_columns(role=pl.lit("internal"))
    )
    out = exits.filter("in_story").select(key).with_columns(role=pl.lit("exit"))
    starts = loops.filter(pl.col("hop") == 1).sort("hops_count", "start_no")
    told = starts.unique("story_no", keep="first", maintain_order=True).head(EXAMPLES)
    numbered = told.select("start_no", number=pl.int_range(1, pl.len() + 1))
    role = pl.format("loop {} hop {}", "number", "hop")
    examples = loops.join(numbered, on="start_no").select(*key, role=role)
    return pl.concat([on_loop, rest, out, examples]).sort(*key, "role")
