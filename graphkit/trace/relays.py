# SPDX-License-Identifier: GPL-3.0-or-later
"""From whom a post was reposted, by the `//@name:` chain that its text carries.

Platforms hand out one parent for every repost: the first post of the cascade. The text keeps the
path: its newest name is the account whose post was passed on, what follows is that post's text.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graphkit.ids import stable_id
from graphkit.text.attributions import repost_chain
from graphkit.text.normal import HANDLE, normal_form, own_words

LEAST_QUOTE = 10  # letters; shorter quotations do not tell one post from another
CHAIN_OMITS_ROOT = ("weibo",)  # there the first post stands below the text and never in it
RETWEET_PARTS = rf"(?is)^(?P<own>.*?)\bRT\s*@(?P<handle>{HANDLE})\s*[:：]\s*(?P<tail_text>.*)$"
HOP = ["post_id", "hop"]


@dataclass(frozen=True)
class Relays:
    """What the chains say.

    `edges`: `child`, `parent` (posts, seen or not), `evidence` (a class of the calibration table,
    or `chain-unseen`, `chain-end`), `handle`, `carrier` (the post whose text says so),
    `span_start`, `span_end`. `unseen`: the posts that only chains speak of: `node_id`, `handle`,
    `cascade`, `platform`, `text` (as others quote it). `aliases`: `cascade`, `handle`,
    `account_id`, `posts_count`: a name that no account of the cascade bears, and the one account
    whose earlier posts are what is quoted under it.
    """

    edges: pl.DataFrame
    unseen: pl.DataFrame
    aliases: pl.DataFrame


def relays(posts: pl.DataFrame) -> Relays:
    """Who passed on what, by the chains in the texts of `posts`.

    Each name is resolved to an earlier post of its cascade by that name; of several to the one
    whose text the quotation is, or begins, or to the latest. A name that no account bears is an
    alias of the account whose posts alone have the quoted words as their whole text. What is left
    is an unseen post, of which the next name is the parent, and the first post after the last.

    Args:
        posts: `post_id`, `account_id`, `platform`, `handle`, `display_name`, `cascade` (the id of
            its first post, seen or not), `at` and `text`.
    """
    keyed = posts.with_columns(key=_squeezed("text"))
    hops = _hops(keyed)
    named = _latest(hops.join(_named(keyed), on=["cascade", "handle"]))
    nameless = hops.join(named, on=HOP, how="anti")
    aliases = _aliases(nameless, keyed)
    by_account = keyed.select("cascade", "account_id", "key", parent="post_id", parent_at="at")
    with_alias = nameless.join(aliases, on=["cascade", "handle"])
    aliased = _latest(with_alias.join(by_account, on=["cascade", "account_id"]))
    resolved = pl.concat(
        [
            named.select(*HOP, "parent", evidence=_name_evidence()),
            aliased.select(*HOP, "parent", evidence=_alias_evidence()),
        ]
    )
    edges, unseen = _path_edges(hops.join(resolved, on=HOP, how="left"))
    return Relays(edges, unseen, aliases)


def _squeezed(column: str) -> pl.Expr:
    """The text without spaces: copies of a text differ in them."""
    return pl.col(column).str.replace_all(r"\s+", "")


def _hops(posts: pl.DataFrame) -> pl.DataFrame:
    """Every name in every chain, with the post that carries it and the words quoted under it."""
    chain = repost_chain(posts)
    rest = posts.join(chain, on="post_id", how="anti")
    parts = rest.select("post_id", parts=pl.col("text").str.extract_groups(RETWEET_PARTS))
    retweets = parts.unnest("parts").drop_nulls("handle")
    start = pl.col("own").str.len_chars().cast(pl.Int64)
    retweets = retweets.select(
        "post_id",
        "handle",
        "tail_text",
        hop=pl.lit(1, pl.Int64),
        span_start=start,
        span_end=start + pl.col("handle").str.len_chars() + 5,
    )
    hops = pl.concat([chain, retweets.select(chain.columns)])
    carriers = posts.select("post_id", "cascade", "platform", "at")
    return hops.join(carriers, on="post_id").with_columns(
        pl.col("handle").str.to_lowercase(), quoted=_squeezed("tail_text")
    )


def _named(posts: pl.DataFrame) -> pl.DataFrame:
    """The posts of each cascade under each name of their accounts."""
    names = [posts.with_columns(name=column) for column in ("handle", "display_name")]
    under = (
        pl.concat(names)
        .drop_nulls("name")
        .select(
            "cascade",
            "account_id",
            "key",
            handle=pl.col("name").str.to_lowercase(),
            parent="post_id",
            parent_at="at",
        )
    )
    return under.unique()


def _latest(candidates: pl.DataFrame) -> pl.DataFrame:
    """One earlier post for each hop, with the number of candidates and whether it is quoted."""
    earlier = candidates.filter(_is_earlier())
    quoted, key = pl.col("quoted"), pl.col("key").fill_null("")
    likeness = (
        pl.when(quoted == key)
        .then(2)
        .when((key != "") & (quoted.str.starts_with(key) | key.str.starts_with(quoted)))
        .then(1)
        .otherwise(0)
    )
    ranked = earlier.with_columns(likeness=likeness, matches=pl.len().over(HOP)).sort(
        *HOP, "likeness", "parent_at", "parent", descending=[False, False, True, True, False]
    )
    return ranked.unique(HOP, keep="first", maintain_order=True)


def _is_earlier() -> pl.Expr:
    """Whether the candidate is earlier, of the same second by its id; unknown times may be."""
    same = (pl.col("parent_at") == pl.col("at")) & (pl.col("parent") < pl.col("post_id"))
    known = (pl.col("parent_at") < pl.col("at")) | same
    return known.fill_null(value=True) & (pl.col("parent") != pl.col("post_id"))


def _name_evidence() -> pl.Expr:
    quoted = pl.col("likeness") > 0
    several = pl.when(quoted).then(pl.lit("name-several-quoted")).otherwise(pl.lit("name-several"))
    return pl.when(pl.col("matches") == 1).then(pl.lit("name-unique")).otherwise(several)


def _alias_evidence() -> pl.Expr:
    once = pl.col("posts_count") == 1
    return pl.when(once).then(pl.lit("alias-once")).otherwise(pl.lit("alias-more"))


def _aliases(hops: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Names whose quoted words are the whole text of earlier posts of exactly one account."""
    whole = posts.filter(pl.col("key") != "").select(
        "cascade", "account_id", quoted="key", parent="post_id", parent_at="at"
    )
    said = hops.join(whole, on=["cascade", "quoted"]).filter(_is_earlier())
    sure = said.filter(pl.col("account_id").n_unique().over(HOP) == 1)
    votes = sure.group_by("cascade", "handle", "account_id").agg(
        posts_count=pl.col("post_id").n_unique().cast(pl.Int64)
    )
    ranked = votes.sort(
        "cascade", "handle", "posts_count", "account_id", descending=[False, False, True, False]
    )
    return ranked.unique(["cascade", "handle"], keep="first", maintain_order=True)


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
