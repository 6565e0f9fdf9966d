# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a group's signs name, and the dated rows that proposed it.

Whoever is imitated was there before its imitators, so accounts that came first are left out
wherever others could have made themselves look like them. And whoever is met takes part in every
meeting, while those who meet it come and go: so who took part most is left out. The price is a
member or two; the gain, that a victim is not named by what was copied from it, or met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.matrix_candidates import VALUE_LAYERS
from graphkit.graphs.sharing_explanations import SharingGroup

MET_SHARE = 0.1
"""Largest share of a group that may have been met by the rest."""

if TYPE_CHECKING:
    from graphkit.graphs.account_signs import SharedValues
    from graphkit.tables import Corpus


def named_accounts(
    holders: pl.DataFrame, accounts: pl.DataFrame, *, first_posters: pl.Series | None
) -> pl.Series:
    """The accounts that `holders` (sign, account_id) of the signs `cohort` and `run` name, sorted.

    `accounts` has account_id and created_at. Left out are accounts of a run that are older than the
    cohort; and the one that was made first, where there is no cohort or where the group was
    proposed by what anybody can copy. Then `first_posters` (else None) are left out too.
    """
    dated = holders.unique().join(
        accounts.select("account_id", "created_at"), on="account_id", how="left"
    )
    cohort = dated.filter(pl.col("sign") == "cohort")
    older = pl.col("created_at") < pl.lit(cohort["created_at"].min())
    named = dated.filter(~older.fill_null(value=False)).select("account_id", "created_at").unique()
    if first_posters is not None or cohort.is_empty():
        first = pl.col("created_at") == pl.col("created_at").min()
        alone = first & (first.sum() == 1)
        named = named.filter(~alone.fill_null(value=False))
    if first_posters is not None:
        named = named.filter(~pl.col("account_id").is_in(first_posters.implode()))
    return named["account_id"].sort()


def first_posters(corpus: Corpus, rows: pl.DataFrame) -> pl.Series:
    """Who posted first of all posts in `rows` (account_id, table, key); nobody without posts."""
    said = rows.filter(pl.col("table") == "posts").join(
        corpus.posts.select("created_at", key="post_id"), on="key"
    )
    earliest = pl.col("created_at") == pl.col("created_at").min()
    return said.filter(earliest)["account_id"].unique().sort()


def most_met(acts: SharingGroup) -> pl.Series:
    """Who took part in the most objects: one account, or a tenth of the group; else nobody.

    Where more than that took part in as many, no one account is what the others met.
    """
    took = acts.rows.group_by("account_id").agg(objects=pl.col("object_id").n_unique())
    most = took.filter(pl.col("objects") == pl.col("objects").max())["account_id"].sort()
    return most if len(most) <= max(1, len(acts.accounts) * MET_SHARE) else most.clear()


def dated_rows(
    corpus: Corpus, values: SharedValues, members: pl.Series, *, layer: str, keys: pl.Series
) -> SharingGroup | None:
    """What the `members` did that proposed their group, and what others did to the same objects.

    `keys` are the rows of the proposal. None where these are facts of accounts, without a date.
    """
    posts = corpus.posts.select("text", "client", "created_at", content_id="post_id")
    if layer in VALUE_LAYERS:
        said = values.rows.filter(pl.col("sign") == layer, pl.col("table") == "posts").select(
            "account_id", object_id="value", content_id="key", action_id="key"
        )
        log = said.join(posts, on="content_id").with_columns(acted_at="created_at")
        own = pl.col("account_id").is_in(members.implode())
    else:
        log = corpus.actions.filter(pl.col("act") == layer)
        own = pl.col("action_id").is_in(keys.implode())
        own &= pl.col("account_id").is_in(members.implode())
    rows = log.filter(own).sort("action_id")
    if rows.is_empty():
        return None
    if layer not in VALUE_LAYERS:
        rows = rows.join(posts, on="content_id", how="left", maintain_order="left")
    same = log.filter(pl.col("object_id").is_in(rows["object_id"].unique().implode()))
    others = same.filter(~pl.col("account_id").is_in(members.implode()))
    return SharingGroup(layer, members, pl.DataFrame(), rows, others, log, 1.0)
