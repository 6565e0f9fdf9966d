# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of accounts that cite each other: proposed on half of the stories, tested on the other.

`rows` here is `account_rows`: citations between accounts with who, when and in which half.
`members` has group_no, account_no and half, the half in which the account counts as a member:
always the one that did not propose it. Where both halves propose nearly the same set, the two are
one group, in each half with the members that the other half proposes. Groups may overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphkit.graphs.chained_loops import Reach, chained_loops
from graphkit.graphs.communities import communities, flow_modules
from graphkit.graphs.nulls import poisson_tail
from graphkit.graphs.numbered_posts import NUMBER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.citation import Citations

PAIRED = 0.5
"""Least Jaccard index of two proposals of different halves that are taken for one group."""
SMALL_COMMUNITY = 100
"""Communities with fewer accounts are pooled: a group must not be its own null model."""
STRATUM = ("community", "stratum")
LEAST_P = np.finfo(np.float64).tiny
"""The smallest positive normal number, 2.2e-308: a tail that is smaller yet is given as that."""
GOLDEN = 0x9E3779B97F4A7C15
"""The step of splitmix64; SPLITMIX are its shifts and factors."""
SPLITMIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
PSEUDO_COUNT = 50.0
"""Citations that the overall share is worth against a stratum's own share."""


def account_rows(citations: Citations, *, seed: int) -> pl.DataFrame:
    """Citations from post to post with what the tests need, by citing_no and citation_no.

    citing_no, citation_no, cited_no, post_id and is_inferred as in `Citations.edges`; citing and
    cited account_no (a, b), their controllers (ka, kb), story_no of the citing post, half (0 or 1,
    drawn by story; null where the cited post is of the other half), community of the citing account
    (small ones pooled), stratum (its week x community).
    """
    posts = citations.posts
    of_story = _halves(posts["posted_at"], seed)
    week = (pl.col("posted_at") - pl.col("posted_at").min()).dt.total_days() // 7
    drawn = posts.select(
        "account_no",
        "controller_no",
        "story_no",
        half=pl.Series(of_story).gather(posts["story_no"]),
        week=week.cast(NUMBER),
    )
    citing, cited = (drawn[citations.edges[name]] for name in ("citing_no", "cited_no"))
    rows = citations.edges.drop("support", "certainty").with_columns(
        *citing["story_no", "week"],
        half=citing["half"].set(citing["half"] != cited["half"], None),
        a=citing["account_no"],
        ka=citing["controller_no"],
        b=cited["account_no"],
        kb=cited["controller_no"],
    )
    rows = rows.filter(pl.col("a") != pl.col("b"))
    return _with_stratum(rows, seed)


def _halves(posted_at: pl.Series, seed: int) -> NDArray[np.int8]:
    """0 or 1 for each post, as the story that begins with it is drawn: one bit of a hash.

    The hash (splitmix64: Steele, Lea and Flood, OOPSLA 2014) is of the time since the first post
    of all, so that a story keeps its half when others are joined, added or renamed, and nobody who
    posts can choose it without knowing what an investigator will collect.
    """
    since = (posted_at - posted_at.min()).dt.total_microseconds().fill_null(-1)
    mixed = since.to_numpy().astype(np.uint64) + np.uint64((seed + 1) * GOLDEN % 2**64)
    for shift, factor in SPLITMIX:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed >> np.uint64(63)).astype(np.int8)


def _with_stratum(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    if rows.is_empty():
        none = pl.lit(0, NUMBER)
        return rows.with_columns(community=none, stratum=none).drop("week")
    found = communities(rows.select("a", "b"), seed=seed)
    size = pl.len().over("community")
    pooled = pl.when(size >= SMALL_COMMUNITY).then("community").otherwise(-1)
    found = found.select(a="node", community=pooled)
    large = found.filter(pl.col("community") >= 0)["community"]
    if large.len() and found.height - large.len() < SMALL_COMMUNITY:
        least = large.max()
        found = found.with_columns(community=pl.col("community").replace(-1, least))
    community = rows.select("a").join(found, on="a", how="left", maintain_order="left")["community"]
    joined = rows.with_columns(community.cast(NUMBER))
    weeks = pl.col("week").max().cast(pl.Int64) + 1
    stratum = (pl.col("community") * weeks + pl.col("week")).rank("dense").cast(NUMBER) - 1
    return joined.with_columns(stratum=stratum).drop("week")


def internal_rows(rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """`rows` once for each group that holds both accounts, with group_no.

    Where `members` has a half, only of the half in which both are members.
    """
    half = ["half"] if "half" in members.columns else []
    of_a = members.select("group_no", *half, a="account_no")
    of_b = members.select("group_no", *half, b="account_no")
    inside = rows.join(of_a, on=["a", *half]).join(of_b, on=["group_no", "b", *half])
    return inside.sort("group_no", "citing_no", "citation_no")


def group_loops(
    internal: pl.DataFrame, posts: pl.DataFrame, *, author: str, reach: Reach
) -> pl.DataFrame:
    """One shortest chained loop inside the group for every post of a group that has one.

    `internal` as by `internal_rows`, `author` as in `chained_loops`. Columns group_no, start_no,
    hop, citing_no, citation_no, cited_no.
    """
    ends = [internal.select("group_no", post_no=name) for name in ("citing_no", "cited_no")]
    local = pl.concat(ends).unique().sort("group_no", "post_no")
    local = local.join(
        posts.select("post_no", "posted_at", author), on="post_no", maintain_order="left"
    )
    local = local.with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64))
    edges = internal.select("group_no", "citing_no", "cited_no", "citation_no")
    for name in ("citing_no", "cited_no"):
        places = local.select("group_no", **{name: "post_no", f"{name}_place": "place"})
        edges = edges.join(places, on=["group_no", name])
    found, _ = chained_loops(
        edges.select("citation_no", citing_no="citing_no_place", cited_no="cited_no_place"),
        local,
        author=author,
        reach=reach,
    )
    back = local["post_no"].to_numpy()
    return found.select(
        pl.Series("group_no", local["group_no"].to_numpy()[found["start_no"].to_numpy()]),
        *(pl.Series(n, back[found[n].to_numpy()]) for n in ("start_no", "citing_no", "cited_no")),
        "hop",
        "citation_no",
    )


def proposed_groups(
    rows: pl.DataFrame, posts: pl.DataFrame, *, largest: int, reach: Reach, seed: int
) -> pl.DataFrame:
    """`members` of the groups that each half of the stories proposes; see the module.

    A group is a strongly connected set of at most `largest` accounts inside a module of the
    citations of the half that traps flow (`flow_modules`), in which a chained loop exists. So every
    member cites into the group and is cited from it: who only cites into it is none.
    """
    sets = [
        _closed_sets(
            rows.select("a", "b", "story_no").filter(rows["half"] == half), seed
        ).with_columns(half=pl.lit(half, pl.Int8))
        for half in (0, 1)
    ]
    sized = pl.concat(sets).filter(pl.len().over("half", "set").is_between(2, largest))
    proposed = sized.sort("half", "set", "account_no").select(
        "half", "account_no", group_no=pl.struct("half", "set").rank("dense").cast(pl.Int64) - 1
    )
    loops = group_loops(internal_rows(rows, proposed), posts, author="account_no", reach=reach)
    seeded = proposed.join(loops, on="group_no", how="semi")
    tested = paired_groups(seeded).with_columns(half=1 - pl.col("half"))
    return tested.sort("group_no", "half", "account_no")


def paired_groups(proposed: pl.DataFrame) -> pl.DataFrame:
    """`proposed` with one group_no for two sets of different halves that are each other's best.

    The best is the set of the other half with the largest Jaccard index, of `PAIRED` or more.
    """
    sized = proposed.with_columns(size=pl.len().over("group_no"))
    first, second = (sized.filter(pl.col("half") == half).drop("half") for half in (0, 1))
    shared = (
        first.join(second, on="account_no", suffix="_2")
        .group_by("group_no", "group_no_2", "size", "size_2")
        .agg(both=pl.len())
        .with_columns(jaccard=pl.col("both") / (pl.col("size") + pl.col("size_2") - pl.col("both")))
        .filter(pl.col("jaccard") >= PAIRED)
        .sort(-pl.col("jaccard"), -pl.col("both").cast(pl.Int64), "group_no", "group_no_2")
    )
    best = [shared.unique(name, keep="first") for name in ("group_no", "group_no_2")]
    pairs = best[0].join(best[1], on=["group_no", "group_no_2"], how="semi")
    one = pairs.select(group_no="group_no_2", other="group_no")
    joined = proposed.join(one, on="group_no", how="left")
    return joined.with_columns(group_no=pl.coalesce("other", "group_no")).drop("other")


def told_members(members: pl.DataFrame) -> pl.DataFrame:
    """The accounts that are told of as a group's: those of every half in which it is tested."""
    halves = pl.col("half").n_unique().over("group_no")
    seen = pl.col("half").n_unique().over("group_no", "account_no")
    told = members.filter(seen == halves).select("group_no", "account_no").unique()
    return told.sort("group_no", "account_no")


def in_two_stories(members: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The members who cite the group, or are cited in it, in two stories at least.

    One story may bring anybody into a circle: without this, three outsiders of 280,000 were told.
    """
    internal = internal_rows(rows, members)
    sides = [internal.select("group_no", "story_no", account_no=side) for side in ("a", "b")]
    told = pl.concat(sides).group_by("group_no", "account_no").agg(pl.col("story_no").n_unique())
    twice = told.filter(pl.col("story_no") > 1)
    return members.join(twice, on=["group_no", "account_no"], how="semi")


def _closed_sets(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Strongly connected accounts inside modules that trap flow: set, account_no.

    A pair that cites in k stories weighs k squared: flow keeps to whom one cites again, and small
    rings are not torn by what their members cite once.
    """
    pairs = rows.group_by("a", "b").agg(weight=pl.col("story_no").n_unique().cast(pl.Int64).pow(2))
    if pairs.is_empty():
        return pl.DataFrame(schema={"set": pl.Int64, "account_no": NUMBER})
    found = flow_modules(pairs, seed=seed)
    side = [found.select(**{n: "node", f"in_{n}": "community"}) for n in ("a", "b")]
    inner = (
        pairs.join(side[0], on="a").join(side[1], on="b").filter(pl.col("in_a") == pl.col("in_b"))
    )
    size = int(found["node"].to_numpy().max()) + 1
    ends = (inner["a"].to_numpy(), inner["b"].to_numpy())
    graph = coo_array((np.ones(inner.height, np.int8), ends), shape=(size, size))
    labels = connected_components(graph, connection="strong")[1]
    sets = pl.DataFrame(
        {"set": labels.astype(np.int64), "account_no": np.arange(size, dtype=np.int32)}
    )
    return sets.filter(pl.len().over("set") > 1)


def internal_excess(rows: pl.DataFrame, members: pl.DataFrame, *, own: str = "") -> pl.DataFrame:
    """Citations inside each group in its tested half against what others' citing would make.

    One story counts a pair of accounts once. A member's citation goes to the group with the chance
    with which others of its community cite the group in its week, less the chance that it would go
    to the member itself; few citations draw the chance to that of all weeks, and that to the chance
    overall (`PSEUDO_COUNT`). The tails are `poisson_tails`; 1 where others made fewer citations
    than that, and there is nothing to compare with.

    `own` is "" where nobody cites their own posts, "k" where nobody cites their controller's.

    Returns group_no, internal_count, member_count (citations by members), expected, whole, p_value.
    """
    once = rows.select(sorted({"half", "story_no", "a", "b", f"{own}a", f"{own}b", *STRATUM}))
    once = once.filter(pl.col("half").is_not_null()).unique(["story_no", "a", "b"], keep="first")
    of_a = members.select("group_no", "half", a="account_no")
    of_b = members.select("group_no", "half", b="account_no", into=1)
    made = once.join(of_a, on=["half", "a"]).join(of_b, on=["group_no", "half", "b"], how="left")
    received = once.join(of_b, on=["half", "b"])
    outer = received.join(of_a, on=["group_no", "half", "a"], how="anti")
    cells = made.group_by("group_no", "half", *STRATUM).agg(
        made=pl.len(), inner=pl.col("into").sum()
    )
    chance = 0.5 / once.height if once.height else 0.0
    cells = cells.with_columns(chance=pl.lit(chance))
    for level in (["half"], ["half", "community"], ["half", *STRATUM]):
        cells = _drawn_chance(cells, once, outer, level)
    cells = cells.join(_apart(made, outer, own), on=["group_no", "half"])
    found = (
        cells.group_by("group_no")
        .agg(
            internal_count=pl.col("inner").sum(),
            member_count=pl.col("made").sum(),
            expected=(pl.col("made") * pl.col("chance") * pl.col("apart")).sort().sum(),
        )
        .sort("group_no")
    )
    counts, expected = found["internal_count"].to_numpy(), found["expected"].to_numpy()
    compared = once.height - pl.col("member_count").cast(pl.Int64) >= PSEUDO_COUNT
    return found.with_columns(
        pl.when(compared).then(tail).otherwise(1.0).alias(name)
        for name, tail in poisson_tails(counts, expected).items()
    )


def poisson_tails(
    counts: NDArray[np.integer], expected: NDArray[np.float64]
) -> dict[str, pl.Series]:
    """P(X >= count) for X ~ Poisson(expected) as `whole`, and less P(X = count) / 2 as `p_value`.

    Counts are small, so that the whole tail is too large on average: of candidates in worlds
    without groups it calls 2.6 % rarer than one in twenty, the mid-p-value 3.7 to 5 %. Far out the
    mid-p-value is too small, so error rates over many tests rest on the whole tail. A count of 0
    has no chance but 1, and no tail is under `LEAST_P`: nothing is impossible by the null model.

    >>> tails = poisson_tails(np.array([0, 1]), np.array([0.5, 0.5]))
    >>> [[round(p, 6) for p in tails[name]] for name in ("whole", "p_value")]
    [[1.0, 0.393469], [1.0, 0.241837]]
    """
    whole = poisson_tail(counts, expected)
    middle = (whole + poisson_tail(counts + 1, expected)) / 2
    tails = {"whole": whole, "p_value": np.where(counts > 0, middle, 1.0)}
    return {name: pl.Series(np.maximum(tail, LEAST_P)) for name, tail in tails.items()}


def _apart(made: pl.DataFrame, outer: pl.DataFrame, own: str) -> pl.DataFrame:
    """The chance that a citation into the group would not go to its own author, by group and half.

    Members cite as they do, and are cited as others cite them.
    """
    key = ["group_no", "half"]
    citing = made.group_by(*key, x=f"{own}a").agg(made=pl.len())
    cited = outer.group_by(*key, x=f"{own}b").agg(cited=pl.len())
    both = citing.join(cited, on=[*key, "x"], how="full", coalesce=True)
    counts = both.with_columns(pl.col("made", "cited").fill_null(0))
    evenly = 1 / pl.len()
    share = (pl.col("cited") + evenly) / (pl.col("cited").sum() + 1)
    same = (pl.col("made") / pl.col("made").sum() * share).sort().sum()
    return counts.group_by(key).agg(apart=1 - same)


def _drawn_chance(
    cells: pl.DataFrame, once: pl.DataFrame, outer: pl.DataFrame, level: list[str]
) -> pl.DataFrame:
    """`cells` with the chance that an outsider's citation at `level` goes to the group.

    The chance of the level above counts as `PSEUDO_COUNT` citations.
    """
    total = once.group_by(level).agg(total=pl.len())
    by_others = outer.group_by("group_no", *level).agg(outer=pl.len())
    joined = cells.join(total, on=level).join(by_others, on=["group_no", *level], how="left")
    others = pl.col("total") - pl.col("made").sum().over("group_no", *level)
    drawn = pl.col("outer").fill_null(0) + PSEUDO_COUNT * pl.col("chance")
    return joined.with_columns(chance=drawn / (others + PSEUDO_COUNT)).drop("total", "outer")
