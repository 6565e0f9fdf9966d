# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows behind a group: loops and exculpating chains hop by hop, citations, exits, members."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

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
CHAIN = {"number": pl.Int64, "hop": pl.Int64, "post_id": pl.String, "citation_no": pl.Int64}


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


def account_cycles(internal: pl.DataFrame) -> int:
    """How many cycles of up to five accounts the citations inside one group make, up to 1,000.

    Context and nothing more: most cycles of accounts are of posts that have nothing to do with each
    other.
    """
    pairs = internal.select("a", "b").unique().rows()
    cycles = shortest_cycles(pairs, longest=LONGEST_CYCLE)
    return sum(1 for _ in islice(cycles, MOST_CYCLES))


def exculpating_chains(citations: Citations, group: TestedGroups) -> pl.DataFrame:
    """The chains of one group that lead out most, hop by hop: number, hop, post_id, citation_no.

    Each begins with a citation inside the group, of the stories whose chains lead out most, and
    takes the shortest way to a named source or first-hand post outside. `group` is traced.
    """
    best = (
        group.internal.filter(pl.col("upper") > 0)
        .sort(-pl.col("lower"), -pl.col("upper"), "post_id", "citation_no")
        .unique("story_no", keep="first", maintain_order=True)
        .head(EXITS)
        .with_columns(number=pl.int_range(1, pl.len() + 1))
    )
    key = ["number", "post_no"]
    steps = best.select("number", "post_id", "citation_no", post_no="cited_no", before="citing_no")
    ends = _outside_ends(citations, group)
    edges = citations.edges.select("citing_no", "cited_no", "post_id", "citation_no")
    seen, found = steps, []
    while steps.height:
        out = steps.join(ends, on="post_no", suffix="_end").unique("number", keep="first")
        found.append(_way_back(seen, out))
        on = steps.join(out, on="number", how="anti").select("number", before="post_no")
        ahead = on.join(edges, left_on="before", right_on="citing_no").rename(
            {"cited_no": "post_no"}
        )
        fresh = ahead.sort("number", "post_no", "before").unique(key, keep="first")
        fresh = fresh.filter(~pl.col("number").is_in(out["number"].implode()))
        steps = fresh.join(seen, on=key, how="anti").sort(key)
        seen = pl.concat([seen, steps.select(seen.columns)])
    return pl.concat(found).sort("number", "hop") if found else pl.DataFrame(schema=CHAIN)


def _outside_ends(citations: Citations, group: TestedGroups) -> pl.DataFrame:
    """What a chain may rest on outside the group: the row of it, by post_no."""
    named = ~pl.col("target_kind").is_in(["none", "vague"]) & pl.col("citation_no").is_not_null()
    carries = ~pl.col("support").is_in(["silent", "contradicts"]).fill_null(value=False)
    inside = group.inside.select(owner_no="account_no")
    ends = citations.ends.filter(named & carries | pl.col("is_first_hand"))
    outside = ends.join(inside, on="owner_no", how="anti")
    first = outside.sort("post_no", "citation_no").unique("post_no", keep="first")
    return first.select("post_no", "post_id", "citation_no")


def _way_back(seen: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
    """The hops to the posts of `out`, each followed by the row of its end."""
    via = {(n, to): (by, post, no) for n, post, no, to, by in seen.rows()}
    hops: list[tuple[int, int, str, int]] = []
    for number, last, end_post, end_no in out.select(
        "number", "post_no", "post_id_end", "citation_no_end"
    ).rows():
        chain, at = [(end_post, end_no)], last
        while (number, at) in via:
            at, post, citation_no = via[number, at]
            chain.append((post, citation_no))
        hops += [(number, hop, *row) for hop, row in enumerate(reversed(chain), 1)]
    return pl.DataFrame(hops, CHAIN, orient="row")


def members_evidence(
    citations: Citations, accounts: pl.DataFrame, group: TestedGroups, *rows: pl.DataFrame
) -> pl.DataFrame:
    """The rows of one group's members: key (of `accounts`) and role, "member, 3 loops, 1 exit".

    `rows` are its loops and exits: posts of the member that come back to it, and its citations out
    of the group in the group's stories.
    """
    loops, exits = rows
    authors = citations.posts.select("post_id", "account_id")
    begun = loops.filter(pl.col("hop") == 1).select("post_id")
    counts = [
        frame.join(authors, on="post_id").group_by("account_id").agg(pl.len().alias(name))
        for name, frame in (("loops", begun), ("exits", exits.filter("in_story")))
    ]
    names = citations.posts.select("account_no", "account_id").unique()
    members = group.members.join(names, on="account_no").join(
        accounts.select("account_id"), on="account_id", how="semi"
    )
    for frame in counts:
        members = members.join(frame, on="account_id", how="left")
    counted = members.with_columns(pl.col("loops", "exits").fill_null(0))
    role = pl.format("member, {} loops, {} exits", "loops", "exits")
    return counted.select(key="account_id", role=role).sort("key")


def group_evidence(
    internal: pl.DataFrame, loops: pl.DataFrame, exits: pl.DataFrame, chains: pl.DataFrame
) -> pl.DataFrame:
    """Citation rows of one group by the part that they play: post_id, citation_no, role.

    role is `loop` for a citation on a loop and `internal` for another inside the group, `exit` for
    one that leaves it in a story of the group, and besides `loop 1 hop 1`, `loop 1 hop 2`, ... for
    the loops that are told in full (see `EXAMPLES`) and `exit 1 hop 1`, ... for `chains`
    (`exculpating_chains`).
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
    ways_out = chains.select(*key, role=pl.format("exit {} hop {}", "number", "hop"))
    return pl.concat([on_loop, rest, out, examples, ways_out]).unique().sort(*key, "role")
