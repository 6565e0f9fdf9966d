# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows behind a group: loops and exculpating chains hop by hop, citations, exits, members."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.citation_groups import group_loops
from graphkit.graphs.cycles import shortest_cycles
from graphkit.graphs.loop_groups import BETWEEN

if TYPE_CHECKING:
    from graphkit.graphs.chained_loops import Reach
    from graphkit.graphs.citation import Citations
    from graphkit.graphs.loop_groups import TestedGroups

EXAMPLES = 5
"""Loops that are told hop by hop; the shortest, one a story."""
EXITS = 3
"""Chains out of the group that are told hop by hop; those that lead out most, one a story."""
LONGEST_CYCLE, MOST_CYCLES = 5, 1000
CHAIN = ["group_no", "number"]


def loops_of_groups(
    citations: Citations, groups: TestedGroups, *, reach: Reach, author: str = "controller_no"
) -> pl.DataFrame:
    """One shortest loop inside its group for every post that has one, of both halves.

    Between controllers, or with author="account_no" between accounts. Columns group_no, start_no,
    hop, story_no, post_no, post_id and citation_no (the citation of that hop), hops_count; sorted.
    """
    rows = groups.internal.filter(BETWEEN) if author == "controller_no" else groups.internal
    loops = group_loops(rows, citations.posts, author=author, reach=reach)
    return loops.select(
        "group_no",
        "start_no",
        "hop",
        citations.posts["story_no"].gather(loops["start_no"]),
        citations.posts["post_id"].gather(loops["citing_no"]),
        "citation_no",
        post_no="citing_no",
        hops_count=pl.len().over("group_no", "start_no"),
    ).sort("group_no", "start_no", "hop")


def exits_of_groups(citations: Citations, groups: TestedGroups) -> pl.DataFrame:
    """Citations by members out of their group: group_no, post_no, post_id, citation_no, in_story.

    To an account that is neither a member nor of a member's controller, to a named outlet, address
    or account outside, or to a post that is not at hand. `in_story` says whether the citing post
    tells a story that the group also tells by citing itself: only there an exit exculpates.
    """
    posts, members = citations.posts, groups.members
    is_member = np.zeros(citations.accounts.height, np.bool_)
    is_member[members["account_no"].to_numpy()] = True
    by_member = pl.Series(is_member).gather(posts["account_no"])
    to_posts = citations.edges.select(
        "citation_no",
        "post_id",
        posts["account_no"].gather(citations.edges["cited_no"]).alias("owner_no"),
        post_no="citing_no",
    )
    to_ends = citations.ends.filter(
        pl.col("citation_no").is_not_null(), pl.col("state") != "vague_or_none"
    )
    rows = pl.concat(
        [
            frame.filter(by_member.gather(frame["post_no"])).select(to_posts.columns)
            for frame in (to_posts, to_ends)
        ]
    )
    authors = posts.select("story_no", a="account_no")[rows["post_no"]]
    by_members = rows.hstack(authors).join(members.rename({"account_no": "a"}), on="a")
    inside = groups.inside.select("group_no", owner_no="account_no")
    leaving = by_members.join(inside, on=["group_no", "owner_no"], how="anti")
    told = groups.internal.select("group_no", "story_no", in_story=True).unique()
    found = leaving.join(told, on=["group_no", "story_no"], how="left").with_columns(
        pl.col("in_story").fill_null(value=False)
    )
    return found.select("group_no", "post_no", "post_id", "citation_no", "in_story").sort(
        "group_no", "post_id", "citation_no"
    )


def amplifiers_of_groups(citations: Citations, groups: TestedGroups) -> pl.DataFrame:
    """How many outsiders cite each group without being cited by it: group_no, amplifiers_count.

    They are no members, whatever they cite.
    """
    author, edges = citations.posts["account_no"], citations.edges
    pairs = pl.DataFrame(
        {"a": author.gather(edges["citing_no"]), "b": author.gather(edges["cited_no"])}
    ).unique()
    inside = groups.inside.select("group_no", "account_no")
    into = pairs.join(inside, left_on="b", right_on="account_no").select("group_no", account_no="a")
    cited = pairs.join(inside, left_on="a", right_on="account_no").select(
        "group_no", account_no="b"
    )
    only = into.unique()
    for others in (inside, cited):
        only = only.join(others, on=["group_no", "account_no"], how="anti")
    return only.group_by("group_no").agg(amplifiers_count=pl.len()).sort("group_no")


def account_cycles(internal: pl.DataFrame) -> int:
    """How many cycles of up to five accounts the citations inside one group make, up to 1,000.

    Context and nothing more: most cycles of accounts are of posts that have nothing to do with each
    other.
    """
    pairs = internal.select("a", "b").unique().rows()
    cycles = shortest_cycles(pairs, longest=LONGEST_CYCLE)
    return sum(1 for _ in islice(cycles, MOST_CYCLES))


def exculpating_chains(citations: Citations, groups: TestedGroups) -> pl.DataFrame:
    """The chains of each group that lead out most, hop by hop.

    Each begins with a citation inside the group, of the stories whose chains lead out most, and
    takes the shortest way to a named source or first-hand post outside. `groups` are traced.

    Returns:
        group_no, number (of the chain, from 1), hop, post_no, post_id, citation_no; sorted.
    """
    best = (
        groups.internal.filter(pl.col("upper") > 0)
        .sort("group_no", -pl.col("lower"), -pl.col("upper"), "post_id", "citation_no")
        .unique(["group_no", "story_no"], keep="first", maintain_order=True)
        .with_columns(number=pl.int_range(1, pl.len() + 1).over("group_no"))
        .filter(pl.col("number") <= EXITS)
    )
    key = [*CHAIN, "post_no"]
    steps = best.select(*CHAIN, "post_id", "citation_no", post_no="cited_no", before="citing_no")
    ends, inside = _possible_ends(citations), groups.inside.rename({"account_no": "owner_no"})
    edges = citations.edges.select("post_id", "citation_no", before="citing_no", post_no="cited_no")
    seen, found = steps, []
    while True:
        at_ends = steps.select(key).join(ends, on="post_no")
        outside = at_ends.join(inside, on=["group_no", "owner_no"], how="anti").drop("owner_no")
        out = outside.sort(*key, "citation_no").unique(CHAIN, keep="first")
        found.append(out)
        on = steps.join(out, on=CHAIN, how="anti").select(*CHAIN, before="post_no")
        ahead = on.join(edges, on="before").sort(*key, "before").unique(key, keep="first")
        steps = ahead.join(seen, on=key, how="anti").select(seen.columns)
        if steps.is_empty():
            return _ways_back(seen, pl.concat(found))
        seen = pl.concat([seen, steps])


def _possible_ends(citations: Citations) -> pl.DataFrame:
    """What a chain may rest on, if it is outside: post_no, owner_no, post_id, citation_no."""
    named = ~pl.col("target_kind").is_in(["none", "vague"]) & pl.col("citation_no").is_not_null()
    carries = ~pl.col("support").is_in(["silent", "contradicts"]).fill_null(value=False)
    ends = citations.ends.filter(named & carries | pl.col("is_first_hand"))
    return ends.select("post_no", "owner_no", "post_id", "citation_no")


def _ways_back(seen: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
    """The hops to each end in `out`, by chain; the last is the end's own row."""
    hops, at = [out.with_columns(back=0)], out
    while at.height:
        step = at.select(*CHAIN, "post_no").join(seen, on=[*CHAIN, "post_no"])
        at = step.drop("post_no").rename({"before": "post_no"})
        hops.append(at.select(out.columns).with_columns(back=len(hops)))
    hop = pl.col("back").max().over(CHAIN) - pl.col("back") + 1
    told = pl.concat(hops).select(*CHAIN, "post_no", "post_id", "citation_no", hop=hop)
    return told.sort(*CHAIN, "hop")


def members_of_groups(
    citations: Citations,
    groups: TestedGroups,
    *,
    known: pl.Series,
    loops: pl.DataFrame,
    exits: pl.DataFrame,
) -> pl.DataFrame:
    """The rows of each group's members who are `known`: group_no, key and role; sorted.

    role is "member, 3 loops, 1 exit": posts of the member that come back to it, and its citations
    out of the group in the group's stories.
    """
    author = citations.posts["account_no"]
    begun, left = loops.filter(pl.col("hop") == 1), exits.filter("in_story")
    members = groups.members
    for name, frame in (("loops", begun), ("exits", left)):
        by = frame.select("group_no", author.gather(frame["post_no"]))
        counts = by.group_by("group_no", "account_no").agg(pl.len().alias(name))
        members = members.join(counts, on=["group_no", "account_no"], how="left")
    members = members.with_columns(
        pl.col("loops", "exits").fill_null(0),
        key=citations.accounts["account_id"].gather(members["account_no"]),
    )
    told = members.filter(pl.col("key").is_in(known.implode()))
    role = pl.format("member, {} loops, {} exits", "loops", "exits")
    return told.select("group_no", "key", role=role).sort("group_no", "key")


def group_evidence(
    internal: pl.DataFrame, loops: pl.DataFrame, exits: pl.DataFrame, chains: pl.DataFrame
) -> pl.DataFrame:
    """Citation rows of one group by the part that they play: post_no, post_id, citation_no, role.

    role is `loop` for a citation on a loop and `internal` for another inside the group, `exit` for
    one that leaves it in a story of the group, and besides `loop 1 hop 1`, `loop 1 hop 2`, ... for
    the loops that are told in full (see `EXAMPLES`) and `exit 1 hop 1`, ... for `chains`
    (`exculpating_chains`).
    """
    key = ["post_no", "post_id", "citation_no"]
    on_loop = loops.select(key).unique().with_columns(role=pl.lit("loop"))
    inside = internal.rename({"citing_no": "post_no"}).select(key)
    rest = inside.join(on_loop, on=key, how="anti").with_columns(role=pl.lit("internal"))
    out = exits.filter("in_story").select(key).with_columns(role=pl.lit("exit"))
    starts = loops.filter(pl.col("hop") == 1).sort("hops_count", "start_no")
    told = starts.unique("story_no", keep="first", maintain_order=True).head(EXAMPLES)
    numbered = told.select("start_no", number=pl.int_range(1, pl.len() + 1))
    role = pl.format("loop {} hop {}", "number", "hop")
    examples = loops.join(numbered, on="start_no").select(*key, role=role)
    ways_out = chains.select(*key, role=pl.format("exit {} hop {}", "number", "hop"))
    return pl.concat([on_loop, rest, out, examples, ways_out]).unique().sort(*key[1:], "role")
