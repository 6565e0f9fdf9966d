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
from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form, own_words
from graphkit.text.shingles import shingles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.tables import Corpus

POSTS = (
    "post_no", "post_id", "account_id", "account_no", "controller_no", "posted_at", "story_no",
)  # fmt: skip
EDGES = (
    "citing_no", "citation_no", "cited_no", "post_id", "support", "certainty", "is_inferred",
)  # fmt: skip
STATES = ("verified", "claimed", "unobserved", "vague_or_none")
CLAIMED, UNOBSERVED, VAGUE_OR_NONE = (pl.lit(state) for state in STATES[1:])
CARRIES = pl.col("support").is_null() | ~pl.col("support").is_in(["silent", "contradicts"])
MOST_EARLIER = 20
"""Posts of a named account that are looked at, from the latest back."""
PAIRS_AT_ONCE = 50_000  # of texts; some 5 million rows of shingles
SHORTEST_TEXT = 20
"""Shorter texts in normal form ("what a day") tell no story that could be told apart."""


@dataclass(frozen=True)
class Citations:
    """Citations of a corpus as a graph of posts. Frames, each sorted by its first two columns.

    Attributes:
        posts: post_no (time order), post_id, account_id, account_no, controller_no (one for all
            accounts of one declared owner), posted_at, story_no (post_no of its first post).
        edges: citing_no, citation_no, cited_no, post_id (the citing post), support, certainty,
            is_inferred.
        ends: post_no, citation_no (null where the post has no citation row), post_id, target_kind,
            target, owner_no (account_no of the named account, of the author where no source is
            named; null for others), state (claimed, unobserved, vague_or_none), support,
            is_first_hand (no source, but pictures or a declared credential), certainty.
        backward: post_id, citation_no, cited_id of citations that point to a post not earlier.
    """

    posts: pl.DataFrame
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
    posts, carriers = _numbered(corpus)
    rows = _resolved(corpus, posts, carriers)
    explicit = rows.filter(pl.col("cited_no") < pl.col("citing_no"), CARRIES)
    explicit = explicit.unique(["citing_no", "cited_no"], keep="first", maintain_order=True)
    cited_accounts = explicit.select("citing_no", "owner_no").unique()
    # A post that cites a post and names its account cites once: the name counts no more.
    again = rows.join(cited_accounts, on=["citing_no", "owner_no"])
    rows = rows.join(again, on=["post_id", "citation_no"], how="anti")
    inferred = _inferred(rows, posts.with_columns(tree=_trees(posts, explicit)), same)
    edges = pl.concat([explicit, inferred], how="diagonal_relaxed").with_columns(
        is_inferred=pl.col("target_kind") != "post"
    )
    posts = posts.with_columns(story_no=_stories(posts, edges, same.similarity))
    rest = rows.join(edges, on=["post_id", "citation_no"], how="anti")
    backward = rows.filter(pl.col("cited_no") >= pl.col("citing_no"))
    ends = [_row_ends(rest), _bare_ends(posts, pl.concat([edges, rest], how="diagonal_relaxed"))]
    return Citations(
        posts=posts.select(POSTS),
        edges=edges.select(EDGES).sort("citing_no", "citation_no"),
        ends=pl.concat(ends, how="diagonal").sort("post_no", "citation_no"),
        backward=backward.select("post_id", "citation_no", cited_id="target").sort(
            "post_id", "citation_no"
        ),
    )


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


def _numbered(corpus: Corpus) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Posts that are no reposts with their numbers, and for each post_id the cited_no of citing it.

    Ties of time are put in the order of the ids' length, then of the ids: numbers of one platform
    then stand in their order. A repost of what is not there has no cited_no.
    """
    owners = corpus.accounts.select("account_id", "declared_owner", "credential")
    ordered = (
        corpus.posts.with_columns(posted_at=pl.coalesce("created_at", "id_time"))
        .filter(pl.col("posted_at").is_not_null())
        .sort("posted_at", pl.col("post_id").str.len_chars(), "post_id")
        .with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64))
        .join(owners, on="account_id", how="left", maintain_order="left")
    )
    is_repost = pl.col("kind") == "repost"
    owner = pl.coalesce("declared_owner", pl.concat_str(pl.lit("\0"), "account_id"))
    posts = (
        ordered.filter(~is_repost)
        .with_columns(post_no=pl.int_range(pl.len(), dtype=pl.Int64))
        .with_columns(
            account_no=_by_first_post("account_id"),
            controller_no=_by_first_post(owner),
            shows=(pl.col("media_hashes").list.len() > 0) | pl.col("credential").is_not_null(),
        )
    )
    parents = ordered.select(parent_id="post_id", parent="place")
    steps = ordered.join(parents, on="parent_id", how="left", maintain_order="left").select(
        pl.when(~is_repost)
        .then("place")
        .when(pl.col("parent") < pl.col("place"))
        .then("parent")
        .otherwise(-1)
    )
    carriers = ordered.select("post_id", place=_followed(steps.to_series().to_numpy()))
    return posts, carriers.join(posts.select("place", cited_no="post_no"), on="place", how="left")


def _by_first_post(key: str | pl.Expr) -> pl.Expr:
    """Numbers from 0 for each `key`, in the order of its first post: names do not matter."""
    return (pl.col("post_no").min().over(key).rank("dense") - 1).cast(pl.Int64)


def _followed(step: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where following `step` from each number ends: at one that steps to itself, or at -1."""
    onward = np.where(step < 0, -1, step[step])
    return step if np.array_equal(onward, step) else _followed(onward)


def _resolved(corpus: Corpus, posts: pl.DataFrame, carriers: pl.DataFrame) -> pl.DataFrame:
    """Citation rows of `posts` with citing_no, cited_no (of posts), owner_no (of who is cited)."""
    citing = posts.select("post_id", "is_seen", "account_no", "shows", citing_no="post_no")
    cited = carriers.select("cited_no", target="post_id", target_kind=pl.lit("post"))
    authors = posts.select(cited_no="post_no", author_no="account_no")
    named = posts.select(
        target="account_id", named_no="account_no", target_kind=pl.lit("account")
    ).unique()
    rows = (
        corpus.citations.filter(pl.col("certainty") > 0)
        .join(citing, on="post_id")
        .join(cited, on=["target_kind", "target"], how="left")
        .join(authors, on="cited_no", how="left")
        .join(named, on=["target_kind", "target"], how="left")
        .with_columns(owner_no=pl.coalesce("named_no", "author_no"))
    )
    return rows.sort("citing_no", "citation_no")


def _trees(posts: pl.DataFrame, edges: pl.DataFrame) -> pl.Series:
    """The first post of the tree over the first citation of each of `posts`."""
    first = edges.group_by("citing_no").agg(pl.col("cited_no").sort_by("citation_no").first())
    step = np.arange(posts.height, dtype=np.int64)
    step[first["citing_no"].to_numpy()] = first["cited_no"].to_numpy()
    return pl.Series("tree", _followed(step))


def _stories(posts: pl.DataFrame, edges: pl.DataFrame, similarity: float | None) -> pl.Series:
    """The story of each of `posts`: post_no of the first post of its tree, or of its like trees."""
    trees = posts.select("post_no", tree=_trees(posts, edges))
    if similarity is None:
        return trees["tree"]
    long_enough = _texts(posts).filter(pl.col("text").str.len_chars() >= SHORTEST_TEXT)
    groups = near_duplicate_groups(
        long_enough.select("text", text_id="post_no"), threshold=similarity
    ).select("group_id", post_no=pl.col("text_id").cast(pl.Int64))
    told = trees.join(groups, on="post_no")
    like = components(told.select(a="tree", b=pl.col("tree").min().over("group_id")))
    of_tree = like.select(tree="node", story_no=pl.col("node").min().over("component"))
    found = trees.join(of_tree, on="tree", how="left", maintain_order="left")
    return found.select(story_no=pl.coalesce("story_no", "tree")).to_series()


def _texts(posts: pl.DataFrame) -> pl.DataFrame:
    return posts.select("post_no", text=normal_form(own_words(pl.col("text"))))


def _inferred(rows: pl.DataFrame, posts: pl.DataFrame, same: SameClaim) -> pl.DataFrame:
    """Citations of accounts as edges to the account's latest earlier post that tells the same."""
    turn = pl.int_range(pl.len(), dtype=pl.Int64).over("account_no", order_by="post_no")
    theirs = posts.select("tree", "posted_at", named_no="account_no", cited_no="post_no", turn=turn)
    told = posts.select("posted_at", "tree", citing_no="post_no", before=pl.col("post_no") - 1)
    named = rows.filter(pl.col("named_no").is_not_null(), CARRIES).join(told, on="citing_no")
    latest = (
        named.drop("cited_no")
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
        latest.drop("cited_no")
        .explode("turn")
        .join(theirs, on=["named_no", "turn"], suffix="_cited")
    )
    recent = pairs.filter(pl.col("posted_at") - pl.col("posted_at_cited") <= same.look_back)
    of_both = shared_shingles(recent, _texts(posts))
    tells = (pl.col("tree") == pl.col("tree_cited")) | (pl.col("overlap") >= same.overlap)
    found = of_both.filter(tells.fill_null(value=False)).sort("cited_no", descending=True)
    return found.unique(["post_id", "citation_no"], keep="first", maintain_order=True)


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


def _row_ends(rest: pl.DataFrame) -> pl.DataFrame:
    """The citation rows that go to no earlier post, with their state."""
    sourceless = pl.col("target_kind") == "none"
    not_there = pl.col("cited_no").is_null() | (pl.col("cited_no") >= pl.col("citing_no"))
    state = (
        pl.when(sourceless & pl.col("is_seen") | (pl.col("target_kind") == "vague"))
        .then(VAGUE_OR_NONE)
        .when(sourceless | (pl.col("target_kind") == "post") & not_there)
        .then(UNOBSERVED)
        .otherwise(CLAIMED)
    )
    return rest.select(
        "citation_no",
        "post_id",
        "target_kind",
        "target",
        "support",
        "certainty",
        post_no="citing_no",
        owner_no=pl.when(sourceless).then("account_no").otherwise("owner_no"),
        state=state,
        is_first_hand=sourceless & pl.col("is_seen") & pl.col("shows"),
    )


def _bare_ends(posts: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """An end for each post without a citation row: none if a reply (it cites none), else unread."""
    bare = posts.join(rows, left_on="post_no", right_on="citing_no", how="anti")
    is_reply = (pl.col("kind") == "reply") & pl.col("is_seen")
    return bare.select(
        "post_no",
        "post_id",
        target_kind=pl.lit("none"),
        owner_no="account_no",
        state=pl.when(is_reply).then(VAGUE_OR_NONE).otherwise(UNOBSERVED),
        is_first_hand=is_reply & pl.col("shows"),
        certainty=pl.lit(1.0),
    )
