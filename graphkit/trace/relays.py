# SPDX-License-Identifier: GPL-3.0-or-later
"""From whom a post was reposted, by the `//@name:` chain that its text carries.

Platforms hand out one parent for every repost: the first post of the cascade. The text keeps the
path: its newest name is the account whose post was passed on, what follows is that post's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.ids import stable_id
from graphkit.text.normal import normal_form, own_words, says_nothing
from graphkit.text.shingles import shingles
from graphkit.trace.relay_names import plain, relay_names

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME_WORDS = 0.6  # of the 3-shingles: above it 25 of 27 quotations were that post's, below 5 of 965
LEAST_QUOTE = 10  # letters; shorter quotations do not tell one post from another
CHAIN_OMITS_ROOT = ("weibo",)  # there the first post stands below the text and never in it
CHAINED = {"most": 0.6, "many": 0.4, "some": 0.2}  # least share of a cascade's posts with a chain
HOP = ["post_id", "hop"]
SPOKEN = ["cascade", "account_id", "text", "key"]


@dataclass(frozen=True)
class Relays:
    """What the chains say.

    `edges`: `child`, `parent` (posts, seen or not), `evidence` (a class of the calibration table,
    or `chain-unseen`, `chain-end`), `handle`, `carrier` (the post whose text says so),
    `span_start`, `span_end`. `unseen`: the posts that only chains speak of: `node_id`, `handle`,
    `cascade`, `platform`, `text` (as others quote it). `aliases`: `platform`, `handle`,
    `account_id`, `name` (as written), `accounts_count` (that quote it themselves), `posts` (that
    show it), `quoted` (posts of the account): a name that no account bears, and the one account
    whose earlier posts are what is quoted under it. `chainless`: `post_id`, `evidence`: the class
    where a platform gives the first post as parent, `no-chain-words` or `no-chain-bare` (without
    words of its own) with how many posts of the cascade carry a chain (few, some, many, most): in
    a cascade of relays a missing chain may have been deleted.
    """

    edges: pl.DataFrame
    unseen: pl.DataFrame
    aliases: pl.DataFrame
    chainless: pl.DataFrame


def relays(posts: pl.DataFrame, *, accounts: pl.DataFrame | None = None) -> Relays:
    """Who passed on what, by the chains in the texts of `posts`.

    Each name is resolved to an earlier post of its cascade by that name, but to none whose words
    are not those quoted; of several to the one whose text the quotation is, or begins, or to the
    latest. A name that no account bears is an alias of the account whose posts alone have the
    quoted words as their text. What is left is an unseen post, of which the next name is the
    parent, and the first post after the last; a first post itself gives no unseen ones, for what
    it passes on is of another cascade.

    Args:
        posts: `post_id`, `account_id`, `platform`, `handle`, `display_name`, `cascade` (the id of
            its first post, seen or not), `at` and `text`.
        accounts: `platform`, `handle`, `display_name` of accounts whose names are no aliases,
            beside those of `posts`.
    """
    keyed = posts.with_columns(key=plain(pl.col("text")))
    names = relay_names(posts)
    named = _likeliest(names.join(_posts_by_name(keyed), on=["cascade", "handle"]))
    known = [posts] if accounts is None else [posts, accounts]
    strange = _nobodys(names.filter("is_whole"), known)
    aliases = _aliases(strange, keyed)
    by_account = keyed.select(*SPOKEN, parent="post_id", parent_at="at")
    with_alias = strange.join(aliases, on=["platform", "handle"])
    aliased = _likeliest(with_alias.join(by_account, on=["cascade", "account_id"]))
    resolved = pl.concat(
        [
            named.select(*HOP, "parent", evidence=_name_evidence()),
            aliased.select(*HOP, "parent", evidence=_alias_evidence()),
        ]
    )
    steps = names.join(resolved, on=HOP, how="left")
    counts = pl.col("is_whole") & (pl.col("post_id") != pl.col("cascade"))
    counted = steps.filter(counts | pl.col("parent").is_not_null())
    edges, unseen = _path_edges(counted)
    return Relays(edges, unseen, aliases, _chainless(posts, names))


def flat_parents(posts: pl.DataFrame, said: Relays) -> pl.DataFrame:
    """`child`, `parent`, `evidence` of each post below the first one, by chain or else the first.

    This is what is drawn where a platform gives every post the first one as parent.
    """
    below = posts.select("cascade", child="post_id").join(
        said.chainless.rename({"post_id": "child"}), on="child"
    )
    chain = said.edges.select("child", relay="parent", by_chain="evidence")
    both = below.join(chain, on="child", how="left")
    return both.select(
        "child",
        parent=pl.coalesce("relay", "cascade"),
        evidence=pl.coalesce("by_chain", "evidence"),
    )


def _chainless(posts: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    relayed = pl.col("post_id").is_in(names.filter("is_whole")["post_id"].unique().implode())
    below = posts.filter(pl.col("post_id") != pl.col("cascade"))
    shares = below.with_columns(share=relayed.mean().over("cascade"))
    chained = pl.lit("few")
    for name, least in reversed(CHAINED.items()):
        chained = pl.when(pl.col("share") >= least).then(pl.lit(name)).otherwise(chained)
    bare = says_nothing(pl.col("text")).fill_null(value=True)
    said = pl.when(bare).then(pl.lit("bare")).otherwise(pl.lit("words"))
    return shares.select("post_id", evidence=pl.format("no-chain-{}-{}", said, chained))


def _posts_by_name(posts: pl.DataFrame) -> pl.DataFrame:
    """The posts of each cascade under each name of their accounts."""
    return _names(posts).select(*SPOKEN, "handle", parent="post_id", parent_at="at").unique()


def _names(accounts: pl.DataFrame) -> pl.DataFrame:
    """`accounts` under each of their names, `handle`, in lower case."""
    names = [accounts.with_columns(handle=column) for column in ("handle", "display_name")]
    return pl.concat(names).drop_nulls("handle").with_columns(pl.col("handle").str.to_lowercase())


def _nobodys(names: pl.DataFrame, known: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The steps under names that no account bears."""
    for accounts in known:
        names = names.join(_names(accounts), on=["platform", "handle"], how="anti")
    return names


def _likeliest(candidates: pl.DataFrame) -> pl.DataFrame:
    """One earlier post for each step, with `matches` (how many there are) and `likeness`."""
    earlier = candidates.filter(_is_earlier()).with_columns(
        likeness=_likeness(), matches=pl.len().over(HOP)
    )
    likely = earlier.filter(pl.col("is_sure") | (pl.col("likeness") > 0))
    possible = likely.join(_saying_other(likely), on=[*HOP, "parent"], how="anti")
    ranked = possible.sort(
        *HOP, "likeness", "parent_at", "parent", descending=[False, False, True, True, False]
    )
    return ranked.unique(HOP, keep="first", maintain_order=True)


def _likeness() -> pl.Expr:
    """2 where the quotation is the text, 1 where one begins the other, else 0."""
    quoted, key = pl.col("quoted"), pl.col("key").fill_null("")
    like = pl.when(quoted == key).then(2).when(_one_begins("quoted", "key")).then(1).otherwise(0)
    return pl.when((quoted == "") | (key == "")).then(0).otherwise(like)


def _one_begins(one: str, other: str) -> pl.Expr:
    begins = pl.col(one).str.starts_with(pl.col(other))
    return (begins | pl.col(other).str.starts_with(pl.col(one))).fill_null(value=False)


def _saying_other(candidates: pl.DataFrame) -> pl.DataFrame:
    """The candidates with words of their own that are not those quoted: another post is meant."""
    unlike = candidates.filter(pl.col("likeness") == 0)
    silent = [
        says_nothing(pl.col(column)).fill_null(value=True) for column in ("text", "tail_text")
    ]
    speaking = unlike.filter(~silent[0], ~silent[1]).with_columns(
        own=normal_form(own_words(pl.col("text"))), said=normal_form(own_words(pl.col("tail_text")))
    )
    other = speaking.filter(~_one_begins("own", "said"))
    return other.join(_edited(other.select("own", "said").unique()), on=["own", "said"], how="anti")


def _edited(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs `own`, `said` of which one is the other, somewhat changed."""
    texts = pl.concat([pairs["own"], pairs["said"]]).unique()
    sets = shingles(pl.DataFrame({"text_id": texts, "text": texts}))
    sized = sets.with_columns(size=pl.len().over("text_id"))
    shared = (
        pairs.join(sized, left_on="own", right_on="text_id")
        .join(sized, left_on=["said", "shingle"], right_on=["text_id", "shingle"], suffix="_said")
        .group_by("own", "said")
        .agg(shared=pl.len(), smaller=pl.min_horizontal("size", "size_said").first())
    )
    return shared.filter(pl.col("shared") >= SAME_WORDS * pl.col("smaller"))


def _is_earlier() -> pl.Expr:
    """Whether the candidate is earlier, of the same second by its id; unknown times may be."""
    same = (pl.col("parent_at") == pl.col("at")) & (pl.col("parent") < pl.col("post_id"))
    known = (pl.col("parent_at") < pl.col("at")) | same
    return known.fill_null(value=True) & (pl.col("parent") != pl.col("post_id"))


def _name_evidence() -> pl.Expr:
    quoted = pl.col("likeness") > 0
    unique = pl.when(quoted).then(pl.lit("name-unique")).otherwise(pl.lit("name-unquoted"))
    several = pl.when(quoted).then(pl.lit("name-several-quoted")).otherwise(pl.lit("name-several"))
    return pl.when(pl.col("matches") == 1).then(unique).otherwise(several)


def _alias_evidence() -> pl.Expr:
    several = pl.col("accounts_count") > 1
    quoted = pl.when(several).then(pl.lit("alias-more")).otherwise(pl.lit("alias-once"))
    return pl.when(pl.col("likeness") > 0).then(quoted).otherwise(pl.lit("alias-unquoted"))


def _aliases(steps: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Names under which most of what is quoted are earlier posts of exactly one account."""
    told = _told_apart(steps, posts)
    votes = told.group_by("platform", "handle", "account_id").agg(
        name=pl.col("written").sort_by("post_id", "hop").first(),
        accounts_count=pl.col("by").filter(pl.col("hop") == 1).n_unique().cast(pl.Int64),
        posts=pl.col("post_id").unique().sort(),
        quoted=pl.col("parent").unique().sort(),
    )
    count = pl.col("posts").list.len().cast(pl.Int64)
    most = 2 * count > count.sum().over("platform", "handle")
    return votes.filter(most).sort("platform", "handle")


def _told_apart(steps: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """The steps whose quotation is the text of earlier posts of one account only."""
    spoken = posts.filter(pl.col("key") != "").select(*SPOKEN, parent="post_id", parent_at="at")
    first = spoken.sort("parent_at", "parent", nulls_last=False).unique(
        ["cascade", "key", "account_id"], keep="first", maintain_order=True
    )
    two = first.filter(pl.int_range(pl.len()).over("cascade", "key") < 2)  # a third says no more
    pairs = _with_start(steps, "quoted").join(_with_start(two, "key"), on=["cascade", "start"])
    both_long = pl.col("start").str.len_chars() == LEAST_QUOTE
    alike = pairs.filter(_is_earlier()).with_columns(likeness=_likeness())
    same = alike.filter((pl.col("likeness") == 2) | ((pl.col("likeness") == 1) & both_long))
    best = same.filter(pl.col("likeness") == pl.col("likeness").max().over(HOP))
    return best.filter(pl.col("account_id").n_unique().over(HOP) == 1)


def _with_start(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.with_columns(start=pl.col(column).str.head(LEAST_QUOTE))


def _path_edges(hops: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The edges up to the first name that is a seen post, and the unseen posts on the way."""
    unresolved = pl.col("parent").is_null()
    by_hop = hops.sort(HOP).with_columns(
        resolved_before=(~unresolved).cum_sum().over("post_id") - (~unresolved).cast(pl.UInt32)
    )
    path = _with_unseen_ids(by_hop.filter(pl.col("resolved_before") == 0))
    step = path.with_columns(
        child=pl.coalesce(pl.col("node_id").shift(1).over("post_id"), "post_id"),
        parent=pl.coalesce("parent", "node_id"),
        evidence=pl.col("evidence").fill_null("chain-unseen"),
    )
    is_last = pl.col("hop") == pl.col("hop").max().over("post_id")
    ends = step.filter(is_last, pl.col("node_id").is_not_null())
    ends = ends.with_columns(child="node_id", parent="cascade", evidence=pl.lit("chain-end"))
    edges = pl.concat([step, ends]).with_columns(votes=pl.len().over("child", "parent"))
    ranked = edges.filter(pl.col("child") != pl.col("parent")).sort(
        "child", "votes", "parent", "post_id", descending=[False, True, False, False]
    )
    most = ranked.unique("child", keep="first", maintain_order=True)
    unseen = (
        path.drop_nulls("node_id")
        .sort("node_id", "post_id")
        .unique("node_id", keep="first", maintain_order=True)
    )
    columns = ["child", "parent", "evidence", "handle", "span_start", "span_end"]
    text = own_words(pl.col("tail_text"))
    return (
        most.select(*columns, carrier="post_id"),
        unseen.select("node_id", "handle", "cascade", "platform", text=text),
    )


def _with_unseen_ids(path: pl.DataFrame) -> pl.DataFrame:
    """`path` with `node_id` for each name without a seen post: one for cascade, name and words."""
    unseen = path.filter(pl.col("parent").is_null())
    keys = unseen.with_columns(words=normal_form(own_words(pl.col("tail_text"))))
    distinct = keys.select("cascade", "handle", "words").unique()
    ids = [f"unseen:{stable_id(row)}" for row in distinct.rows()]
    numbered = keys.join(
        distinct.with_columns(node_id=pl.Series(ids, dtype=pl.String)),
        on=["cascade", "handle", "words"],
        nulls_equal=True,
    )
    return path.join(
        numbered.select(*HOP, "node_id"), on=HOP, how="left", maintain_order="left"
    ).sort(HOP)
