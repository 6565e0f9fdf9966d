# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tellings of a story name as their source, by names under which two sources are one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from graphkit.tables import Corpus

RANK = {"named": 0, "vague": 1, "none": 2}
STATE = ("post_id", "state", "citation_no", "span_start", "span_end", "still_vague")


@dataclass(frozen=True)
class Named:
    """What tellings name as their source.

    Attributes:
        states: post_id, state (named, vague or none), citation_no, span_start, span_end (of the
            first citation of that state), still_vague (a vague phrase stands beside the name).
        keys: post_id, key: names, ids and domains, small letters, by which two sources are one;
            by_field (it is what a quote shows, not what the words name).
        authors: post_id, key: the same of the account that tells it.
    """

    states: pl.DataFrame
    keys: pl.DataFrame
    authors: pl.DataFrame


def named(corpus: Corpus, told: pl.DataFrame) -> Named:
    """What the tellings `told` name, by the table `citations`; a shortened address names nobody."""
    kind = pl.col("target_kind")
    state = pl.when(kind.is_in(["vague", "none"])).then(kind).otherwise(pl.lit("named"))
    rows = (
        corpus.citations.join(told, on="post_id", how="semi")
        .filter(pl.col("certainty") > 0, pl.col("rule") != "short-address")
        .with_columns(state=state)
    )
    order = pl.col("state").replace_strict(RANK, return_dtype=pl.Int8)
    ranked = rows.sort("post_id", order, "citation_no")
    still = (pl.col("state") == "vague").any().over("post_id")
    first = ranked.with_columns(still_vague=still).unique(
        "post_id", keep="first", maintain_order=True
    )
    bare = told.filter(pl.col("text").is_not_null()).join(first, on="post_id", how="anti")
    states = pl.concat(
        [first, bare.select("post_id", state=pl.lit("none"))], how="diagonal"
    ).select(*STATE)
    names = _account_keys(corpus)
    authors = told.select("post_id", "account_id").join(names, on="account_id")
    return Named(states, _keys(rows, corpus, names), authors.select("post_id", "key"))


def _account_keys(corpus: Corpus) -> pl.DataFrame:
    accounts = corpus.accounts.select("account_id", "handle", "display_name", id="account_id")
    posting = corpus.posts.select("account_id", id="account_id").unique()
    both = pl.concat([accounts, posting], how="diagonal")
    names = both.unpivot(["id", "handle", "display_name"], index="account_id", value_name="key")
    key = pl.col("key").str.to_lowercase().str.strip_chars()
    return names.select("account_id", key=key).drop_nulls().unique()


def _keys(rows: pl.DataFrame, corpus: Corpus, names: pl.DataFrame) -> pl.DataFrame:
    named = rows.filter(pl.col("state") == "named").with_columns(
        by_field=pl.col("rule") == "parent-id"
    )
    own = [
        named.select("post_id", "by_field", key=pl.col(column).str.to_lowercase())
        for column in ("target", "outlet")
    ]
    authors = corpus.posts.select("account_id", target="post_id")
    of_posts = named.filter(target_kind="post").join(
        authors.rename({"account_id": "named_id"}), on="target"
    )
    of_accounts = named.filter(target_kind="account").with_columns(named_id="target")
    people = pl.concat([of_posts, of_accounts], how="diagonal").select(
        "post_id", "by_field", account_id="named_id"
    )
    by_name = people.join(names, on="account_id").select("post_id", "by_field", "key")
    return pl.concat([*own, by_name]).drop_nulls().unique()
