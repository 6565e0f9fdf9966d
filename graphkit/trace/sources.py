# SPDX-License-Identifier: GPL-3.0-or-later
"""What sources the posts of a claim name, and whether those say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.citation_rows import COLUMNS, citation_rows
from graphkit.text.attributions import RELAY_RULES
from graphkit.text.normal import normal_form, own_words
from graphkit.text.shingles import shingles
from graphkit.trace.claim import EXCERPT, Claim
from graphkit.trace.relays import LEAST_QUOTE

if TYPE_CHECKING:
    from graphkit.tables import Corpus

LEAST_SHARED = 6  # shingles: fewer in common are a phrase and not a statement
EDGES = {
    "child": pl.String,
    "parent": pl.String,
    "cls": pl.String,
    "evidence": pl.String,
    "via": pl.String,
    "span_start": pl.Int64,
    "span_end": pl.Int64,
    "table": pl.String,
    "key": pl.String,
}


@dataclass(frozen=True)
class Sources:
    """`edges` (columns of EDGES, class E2) to posts and to `account:`, `outlet:` and `url:` nodes.

    `wrong`: `child`, `parent` (`account:` and the id), `reason`: the account is in the data and
    no earlier post of it says this. `states`: `post_id`, `state` (named, vague or wrong),
    `target`, `span_start`, `span_end`; a post without a row names nothing.
    """

    edges: pl.DataFrame
    wrong: pl.DataFrame
    states: pl.DataFrame


def named_sources(claim: Claim, corpus: Corpus, unseen: pl.DataFrame) -> Sources:
    """What the posts of `claim` name as their source.

    A named account stands for the earliest of its earlier posts that says this: that shares at
    least 60 % of the shorter text and holds every number of the citing one. Where the account has
    earlier posts in the data and none says it, the attribution is wrong where the text makes it: a
    platform's field and a link to a profile do not say what was said, and what was passed on may
    be a post that is not in the data. A name that no account
    bears is a post that is gone (`unseen`: `node_id`, `handle`) if chains name it so, else an
    outlet.
    """
    rows = _citations(claim, corpus)
    accounts = _placed(rows.filter(target_kind="account"), claim)
    earlier = _earlier_posts(accounts, corpus)
    said = _saying(accounts, earlier)
    silent = accounts.join(said, on="row", how="anti").join(earlier, on="row", how="semi")
    silent = silent.filter(
        pl.col("words").is_not_null(),
        pl.col("via") == "text",
        ~pl.col("rule").is_in(RELAY_RULES),
    )
    gone = unseen.drop_nulls("handle").select(name="handle", gone="node_id")
    gone = gone.sort("name", "gone").unique("name", keep="first", maintain_order=True)
    targets = (
        rows.with_columns(name=pl.col("target").str.to_lowercase())
        .join(said.select("row", "said"), on="row", how="left")
        .join(gone, on="name", how="left")
        .join(silent, on="row", how="anti")
    )
    wrong = silent.select(
        child="post_id",
        parent=pl.format("account:{}", "target"),
        cls=pl.lit("E2"),
        reason=pl.lit("no earlier post of the named account says this"),
    )
    return Sources(_edges(targets), wrong, _states(rows, silent))


def _citations(claim: Claim, corpus: Corpus) -> pl.DataFrame:
    """The citation rows of the claim's posts, with `row`, `table` and `key` (where to look)."""
    known = corpus.citations.join(claim.posts, on="post_id", how="semi")
    if known.is_empty():
        of_claim = corpus.posts.join(claim.posts, on="post_id", how="semi")
        read = citation_rows(of_claim, corpus.accounts, known=corpus.posts)
        table, key = pl.lit("posts"), pl.col("post_id")
    else:
        read, table = known.select(COLUMNS.keys()), pl.lit("citations")
        key = pl.format("{}|{}", "post_id", "citation_no")
    keyed = read.filter(pl.col("certainty") > 0).with_columns(table=table, key=key)
    return keyed.sort("post_id", "citation_no").with_row_index("row")


def _placed(rows: pl.DataFrame, claim: Claim) -> pl.DataFrame:
    """`rows` with the time of their posts and the `words` that are said to be the source's.

    Those are the post's own, and behind `RT @name:` and `//@name:` what follows.
    """
    own = claim.says.select("words", post_id="node_id")
    posts = claim.posts.select("post_id", "at", "width", "text").join(own, on="post_id", how="left")
    quoted = normal_form(own_words(pl.col("text").str.slice(pl.col("span_end"))))
    long_enough = quoted.str.len_chars() >= LEAST_QUOTE
    relayed = pl.col("rule").is_in(RELAY_RULES) & pl.col("span_end").is_not_null()
    words = pl.when(~relayed).then("words").when(long_enough).then(quoted)
    return rows.join(posts, on="post_id").with_columns(words=words).drop("text")


def _earlier_posts(rows: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """For each row that names an account, the seen posts of that account before it."""
    of_named = corpus.posts.filter("is_seen").join(
        rows, left_on="account_id", right_on="target", how="semi"
    )
    posts = of_named.select(
        "account_id",
        said="post_id",
        said_at=pl.coalesce("id_time", "created_at"),
        said_words=normal_form(own_words(pl.col("text"))),
    )
    pairs = rows.join(posts, left_on="target", right_on="account_id")
    return pairs.filter(pl.col("said_at") < pl.col("at"), pl.col("said") != pl.col("post_id"))


def _saying(rows: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The earliest post that says it, `said`, for each `row` that has one."""
    citing = shingles(rows.select(text_id="words", text="words").unique().drop_nulls())
    cited = earlier.select(text_id="said", text="said_words").unique()
    held = shingles(cited).rename({"text_id": "said"}).with_columns(held=pl.len().over("said"))
    sizes = citing.with_columns(size=pl.len().over("text_id"))
    shared = (
        sizes.join(held, on="shingle")
        .group_by("text_id", "said", "size", "held")
        .agg(shared=pl.len())
    )
    smaller = pl.min_horizontal("size", "held")
    alike = shared.filter(pl.col("shared") >= EXCERPT * smaller, pl.col("shared") >= LEAST_SHARED)
    numbers = pl.col("words").str.extract_all(r"\d+")
    missing = numbers.list.set_difference(pl.col("said_words").str.extract_all(r"\d+"))
    agreeing = earlier.join(alike, left_on=["words", "said"], right_on=["text_id", "said"]).filter(
        missing.list.len() == 0
    )
    return agreeing.sort("row", "said_at", "said").unique("row", keep="first", maintain_order=True)


def _edges(rows: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("target_kind")
    named = kind.is_in(["account", "outlet"])
    is_parent = (pl.col("via") == "field") & (kind == "post")  # by the posts' own columns
    cited = rows.filter(~is_parent, kind.is_in(["post", "account", "outlet", "url"]))
    return cited.select(
        child="post_id",
        parent=pl.when(kind == "post")
        .then("target")
        .when(named)
        .then(pl.coalesce("said", "gone", pl.format("{}:{}", "target_kind", "target")))
        .otherwise(pl.format("url:{}", "target")),
        cls=pl.lit("E2"),
        evidence=pl.col("rule"),
        via="via",
        span_start="span_start",
        span_end="span_end",
        table="table",
        key="key",
    )


def _states(rows: pl.DataFrame, silent: pl.DataFrame) -> pl.DataFrame:
    """The one attribution of each post: a wrong one before a named one before a vague one."""
    kind = pl.col("target_kind")
    rank = (
        pl.when(pl.col("row").is_in(silent["row"].implode())).then(0).when(kind == "vague").then(2)
    )
    ranked = rows.filter(kind != "none").with_columns(rank=rank.otherwise(1))
    first = ranked.sort("post_id", "rank", "span_start", "citation_no", nulls_last=True).unique(
        "post_id", keep="first", maintain_order=True
    )
    state = pl.col("rank").replace_strict(
        {0: "wrong", 1: "named", 2: "vague"}, return_dtype=pl.String
    )
    return first.select("post_id", "target", "span_start", "span_end", state=state)
