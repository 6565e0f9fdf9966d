# SPDX-License-Identifier: GPL-3.0-or-later
"""Which earlier post a post rests on, and where its sourcing leaves the posts at hand.

Decisions that the numbers rest on:

- A post's time is its shown time, else the time that its id carries; posts without a time are left
  out. Posts are numbered in time order, so the graph has no cycles. A citation of a post that is
  not earlier (an edit, a wrong clock) goes into `backward` and ends unobserved.
- A plain repost makes no claim of its own: it is no node, and who cites it cites what it reposts.
- A citation of an account goes to that account's latest earlier post within the look-back that is
  of the same tree or shares enough of its text. Such an edge is `is_inferred`; there is at most one
  for each citation. Without such a post the citation ends as claimed, with the account as its
  owner. A post that cites one post twice, or names the account whose post it cites, cites once.
- The name or address of a saved site stands for the site: a named one like a named account; an
  address of it that is not at hand ends, with the site as its owner, where it is.
- A story is what one root tells: the tree over every post's first citation, joined with the trees
  whose texts are nearly the same. It stands for one claim.
- A citation whose `support` is silent or contradicts does not carry the claim: it ends as claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.components import components
from graphkit.graphs.numbered_posts import followed, nullable, numbered_posts, places
from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form, own_words
from graphkit.text.shingles import shingles

if TYPE_CHECKING:
    from graphkit.tables import Corpus

POSTS = (
    "post_no", "post_id", "account_id", "account_no", "controller_no", "posted_at", "story_no",
)  # fmt: skip
EDGES = ("row", "citing_no", "citation_no", "cited_no", "certainty")
STATES = ("verified", "claimed", "unobserved", "vague_or_none")
CLAIMED, UNOBSERVED, VAGUE_OR_NONE = (pl.lit(state) for state in STATES[1:])
CARRIES = pl.col("support").is_null() | ~pl.col("support").is_in(["silent", "contradicts"])
WEB = "web:"
MOST_EARLIER = 20
"""Posts of a named account that are looked at, from the latest back."""
PAIRS_AT_ONCE = 50_000  # of texts; some 5 million rows of shingles
SHORTEST_TEXT = 20
"""Shorter texts in normal form ("what a day") tell no story that could be told apart."""


@dataclass(frozen=True)
class Citations:
    """Citations of a corpus as a graph of posts. Frames, each sorted by its first two columns.

    Attributes:
        posts: post_no (time order, from 0), post_id, account_id, account_no, controller_no (one for
            all accounts of one declared owner), posted_at, story_no (post_no of its first post).
        accounts: account_no (from 0), account_id, controller_no.
        edges: citing_no, citation_no, cited_no, post_id (the citing post), support, certainty,
            is_inferred.
        ends: post_no, citation_no (null where the post has no citation row), post_id, target_kind,
            target, outlet, owner_no (account_no of the named account, of the author where no source
            is named; null for others), state (claimed, unobserved, vague_or_none), support,
            is_first_hand (no source, but pictures or a declared credential), certainty.
        backward: post_id, citation_no, cited_id of citations that point to a post not earlier.
    """

    posts: pl.DataFrame
    accounts: pl.DataFrame
    edges: pl.DataFrame
    ends: pl.DataFrame
    backward: pl.DataFrame


@dataclass(frozen=True)
class SameClaim:
    """When two posts tell one claim.

    Attributes:
        look_back: how far back a post of a named account is looked for.
        overlap: the share of the shorter text's 3-shingles that such a post must share.
        similarity: least Jaccard index of texts that tell one story (None: not compared).
    """

    look_back: timedelta = timedelta(days=7)
    overlap: float = 0.4
    similarity: float | None = 0.7


def citation_graph(corpus: Corpus, same: SameClaim | None = None) -> Citations:
    """The citations of `corpus` as a graph of posts; `same` as by default when it is None."""
    same = SameClaim() if same is None else same
    table, texts = corpus.citations, corpus.posts["text"]
    posts, accounts, carriers = numbered_posts(corpus)
    rows = _resolved(table, posts, accounts, carriers)
    del carriers
    bare = _bare_ends(posts, rows["citing_no"])
    explicit = _once(rows.filter(pl.col("cited_no") < pl.col("citing_no"), "carries"))
    rest = _named_besides(rows, explicit)
    del rows
    inferred = _inferred(rest, posts.with_columns(_trees(explicit, posts.height)), texts, same)
    rest = _without(rest, inferred)
    both = [f.select(EDGES, is_inferred=f is inferred) for f in (explicit, inferred)]
    edges = pl.concat(both).sort("citing_no", "citation_no")
    del explicit, inferred, both
    posts = posts.with_columns(_stories(posts, edges, texts, same.similarity))
    backward = rest.filter(pl.col("cited_no") >= pl.col("citing_no"))
    backward = _of_table(backward, table, "post_id", "target").rename({"target": "cited_id"})
    ends = pl.concat([_row_ends(rest, posts, table), bare], how="diagonal")
    return Citations(
        posts=posts.select(POSTS),
        accounts=accounts.select("account_no", "account_id", "controller_no"),
        edges=_of_table(edges, table, "post_id", "support").drop("row"),
        ends=ends.sort("post_no", "citation_no"),
        backward=backward.select("post_id", "citation_no", "cited_id").sort(
            "post_id", "citation_no"
        ),
    )


def _of_table(rows: pl.DataFrame, table: pl.DataFrame, *names: str) -> pl.DataFrame:
    """`rows` with the columns `names` of their row of the citation table."""
    return rows.with_columns(table[name].gather(rows["row"]) for name in names)


def account_citations(citations: Citations) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Edges citing account -> cited account, and the citation rows that each edge is made of.

    Edges: citing_account, cited_account, citations_count, stories_count, inferred_count, first_at,
    last_at. Evidence: citing_account, cited_account, post_id, citation_no, cited_id.
    """
    of = citations.posts
    citing = of.select("story_no", "posted_at", citing_no="post_no", citing_account="account_id")
    cited = of.select(cited_no="post_no", cited_account="account_id", cited_id="post_id")
    rows = citations.edges.join(citing, on="citing_no").join(cited, on="cited_no")
    rows = rows.filter(pl.col("citing_account") != pl.col("cited_account"))
    edges = rows.group_by("citing_account", "cited_account").agg(
        citations_count=pl.len().cast(pl.Int64),
        stories_count=pl.col("story_no").n_unique().cast(pl.Int64),
        inferred_count=pl.col("is_inferred").sum().cast(pl.Int64),
        first_at=pl.col("posted_at").min(),
        last_at=pl.col("posted_at").max(),
    )
    pair = ["citing_account", "cited_account"]
    evidence = rows.select(*pair, "post_id", "citation_no", "cited_id")
    return edges.sort(pair), evidence.sort(*pair, "post_id", "citation_no")


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows`, which are in order, with the first of those of one citing post that cite one post."""
    citing = pl.col("citing_no")
    among_others = (citing == citing.shift()) | (citing == citing.shift(-1))
    several = rows.filter(among_others.fill_null(value=False))
    again = _without(several, several.unique(["citing_no", "cited_no"], keep="first"))
    return _without(rows, again)


def _named_besides(rows: pl.DataFrame, explicit: pl.DataFrame) -> pl.DataFrame:
    """`rows` without those of `explicit`, and without those that name an account cited there.

    A post that cites a post and names its account cites once: the name counts no more.
    """
    rest = _without(rows, explicit)
    owned = rest.filter(pl.col("owner_no").is_not_null())
    pairs = ["citing_no", "owner_no"]
    beside = explicit.join(owned.select("citing_no").unique(), on="citing_no", how="semi")
    return _without(rest, owned.join(beside.select(pairs), on=pairs, how="semi"))


def _without(rows: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """`rows` without those of `taken`, by their `row`."""
    numbers = rows["row"].to_numpy()
    is_left = np.ones(int(numbers.max(initial=0)) + 1, np.bool_)
    is_left[taken["row"].to_numpy()] = False
    return rows.filter(pl.Series(is_left[numbers], dtype=pl.Boolean))


def _resolved(
    table: pl.DataFrame, posts: pl.DataFrame, accounts: pl.DataFrame, carriers: pl.DataFrame
) -> pl.DataFrame:
    """Citation rows of `posts`, in numbers: each with its `row` of the `table`, and what it is of.

    citing_no, citation_no, certainty, carries; cited_no (of posts), named_no (account_no of who is
    named), owner_no (of who is cited). What is text stays in the table.
    """
    citing_no = nullable("citing_no", places(table["post_id"], posts["post_id"]))
    rows = (
        table.select(
            "citation_no",
            "certainty",
            "target_kind",
            row=pl.int_range(pl.len(), dtype=pl.UInt32),
            carries=CARRIES,
        )
        .with_columns(citing_no)
        .filter(pl.col("certainty") > 0, pl.col("citing_no").is_not_null())
        .sort("citing_no", "citation_no")
    )
    kind, target, outlet = _of_table(rows, table, "target", "outlet").select(
        "target_kind", "target", "outlet"
    )
    ids, numbers = accounts["account_id"], accounts["account_no"]
    is_site = ids.str.starts_with(WEB)
    sites, their_no = ids.str.strip_prefix(WEB).filter(is_site), numbers.filter(is_site)
    cited_no = _placed(target, kind == "post", *carriers)
    named_no = _placed(target, kind == "account", ids, numbers)
    site_no = _placed(outlet, outlet.is_not_null(), sites, their_no)
    found = rows.with_columns(cited_no=cited_no, named_no=named_no, site_no=site_no)
    by_name = pl.when(kind == "outlet").then("site_no")
    return found.with_columns(
        author_no=posts["account_no"].gather(cited_no), named_no=pl.coalesce("named_no", by_name)
    ).select(
        pl.exclude("target_kind", "author_no", "site_no"),
        owner_no=pl.coalesce("named_no", "author_no", "site_no"),
    )


def _placed(ids: pl.Series, asked: pl.Series, known: pl.Series, numbers: pl.Series) -> pl.Series:
    """Of the ids that are `asked` for, the number at the place where `known` has it; else null."""
    place = places(ids.filter(asked), known)
    found = np.full(len(ids), -1, np.int32)
    number = np.append(numbers.fill_null(-1).to_numpy(), -1)
    found[asked.to_numpy()] = number[place]
    return nullable("", found)


def _trees(edges: pl.DataFrame, posts_count: int) -> pl.Series:
    """The first post of the tree over the first citation of each post; `edges` are in order."""
    citing = edges["citing_no"].to_numpy()
    is_first = np.diff(citing, prepend=-1) > 0
    step = np.arange(posts_count, dtype=np.int32)
    step[citing[is_first]] = edges["cited_no"].to_numpy()[is_first]
    return pl.Series("tree", followed(step))


def _stories(
    posts: pl.DataFrame, edges: pl.DataFrame, texts: pl.Series, similarity: float | None
) -> pl.Series:
    """The story of each of `posts`: post_no of the first post of its tree, or of its like trees."""
    tree = _trees(edges, posts.height)
    if similarity is None:
        return tree.alias("story_no")
    long_enough = _texts(posts, texts).filter(pl.col("text").str.len_chars() >= SHORTEST_TEXT)
    groups = near_duplicate_groups(
        long_enough.select("text", text_id="post_no"), threshold=similarity
    )
    told = groups.select("group_id", a=tree.gather(groups["text_id"].cast(pl.Int64)))
    like = components(told.select("a", b=pl.col("a").min().over("group_id")))
    first = like.select(story_no=pl.col("node").min().over("component")).to_series()
    story = np.arange(posts.height, dtype=np.int32)
    story[like["node"].to_numpy()] = first.to_numpy()
    return pl.Series("story_no", story[tree.to_numpy()])


def _texts(posts: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """post_no and text in normal form of those of `posts` that have one."""
    known = posts.select("post_no", text=texts.gather(posts["at"])).drop_nulls()
    return known.with_columns(text=normal_form(own_words(pl.col("text"))))


def _inferred(
    rows: pl.DataFrame, posts: pl.DataFrame, texts: pl.Series, same: SameClaim
) -> pl.DataFrame:
    """Citations of accounts as edges to the account's latest earlier post that tells the same."""
    named = rows.filter(pl.col("named_no").is_not_null(), "carries").drop("cited_no")
    who = named.select(account_no="named_no").unique()
    turn = pl.int_range(pl.len(), dtype=pl.Int64).over("account_no", order_by="post_no")
    theirs = posts.join(who, on="account_no", how="semi").select(
        "tree", "posted_at", named_no="account_no", cited_no="post_no", turn=turn
    )
    named = named.hstack(posts.select("posted_at", "tree")[named["citing_no"]])
    latest = (
        named.with_columns(before=pl.col("citing_no") - 1)
        .sort("before")
        .join_asof(
            theirs.select("named_no", "cited_no", latest="turn").sort("cited_no"),
            left_on="before",
            right_on="cited_no",
            by="named_no",
            check_sortedness=False,
        )
        .with_columns(turn=pl.int_ranges(pl.col("latest") - MOST_EARLIER + 1, pl.col("latest") + 1))
    )
    pairs = (
        latest.drop("cited_no", strict=False)
        .explode("turn")
        .join(theirs, on=["named_no", "turn"], suffix="_cited")
    )
    recent = pairs.filter(pl.col("posted_at") - pl.col("posted_at_cited") <= same.look_back)
    compared = pl.concat([recent["citing_no"], recent["cited_no"]]).unique()
    of_both = shared_shingles(recent, _texts(posts[compared], texts))
    tells = (pl.col("tree") == pl.col("tree_cited")) | (pl.col("overlap") >= same.overlap)
    found = of_both.filter(tells.fill_null(value=False)).sort("cited_no", descending=True)
    return found.unique("row", keep="first", maintain_order=True)


def shared_shingles(pairs: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """`pairs` (citing_no, cited_no) with overlap and contained; null where a text is not at hand.

    `texts` has post_no and text in normal form. `contained` is the share of the citing text's
    3-shingles that are in the cited text, `overlap` the shared ones over the shorter's.
    """
    asked = pairs.select("citing_no", "cited_no").unique()
    numbers = pl.concat([asked["citing_no"], asked["cited_no"]]).unique().to_frame("post_no")
    known = texts.join(numbers, on="post_no").rename({"post_no": "text_id"})
    sets = shingles(known).with_columns(size=pl.len().over("text_id"))
    citing = sets.select("shingle", citing_no="text_id", citing_size="size")
    cited = sets.select("shingle", "size", cited_no="text_id", is_shared=True)
    sizes = cited.select("cited_no", cited_size="size").unique()
    found = [
        asked.slice(start, PAIRS_AT_ONCE)
        .join(citing, on="citing_no")
        .join(sizes, on="cited_no")
        .join(cited.drop("size"), on=["cited_no", "shingle"], how="left")
        .group_by("citing_no", "cited_no")
        .agg(
            contained=pl.col("is_shared").count() / pl.col("citing_size").first(),
            overlap=pl.col("is_shared").count()
            / pl.min_horizontal(pl.col("citing_size").first(), pl.col("cited_size").first()),
        )
        for start in range(0, max(asked.height, 1), PAIRS_AT_ONCE)
    ]
    return pairs.join(pl.concat(found), on=["citing_no", "cited_no"], how="left")


def _row_ends(rest: pl.DataFrame, posts: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The citation rows that go to no earlier post, with their state."""
    told = _of_table(rest, table, "post_id", "target_kind", "target", "outlet", "support")
    told = told.hstack(posts.select("account_no", "is_seen", "shows")[rest["citing_no"]])
    sourceless = pl.col("target_kind") == "none"
    not_there = pl.col("cited_no").is_null() | (pl.col("cited_no") >= pl.col("citing_no"))
    state = (
        pl.when(sourceless & pl.col("is_seen") | (pl.col("target_kind") == "vague"))
        .then(VAGUE_OR_NONE)
        .when(sourceless | (pl.col("target_kind") == "post") & not_there)
        .then(UNOBSERVED)
        .otherwise(CLAIMED)
    )
    return told.select(
        "citation_no",
        "post_id",
        "target_kind",
        "target",
        "outlet",
        "support",
        "certainty",
        post_no="citing_no",
        owner_no=pl.when(sourceless).then("account_no").otherwise("owner_no"),
        state=state,
        is_first_hand=sourceless & pl.col("is_seen") & pl.col("shows"),
    )


def _bare_ends(posts: pl.DataFrame, citing_no: pl.Series) -> pl.DataFrame:
    """An end for each post without a citation row: none if a reply (it cites none), else unread."""
    cites = np.zeros(posts.height, np.bool_)
    cites[citing_no.to_numpy()] = True
    bare = posts.filter(~cites)
    is_reply = pl.col("is_reply") & pl.col("is_seen")
    return bare.select(
        "post_no",
        "post_id",
        target_kind=pl.lit("none"),
        owner_no="account_no",
        state=pl.when(is_reply).then(VAGUE_OR_NONE).otherwise(UNOBSERVED),
        is_first_hand=is_reply & pl.col("shows"),
        certainty=pl.lit(1.0),
    )
