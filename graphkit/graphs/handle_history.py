# SPDX-License-Identifier: GPL-3.0-or-later
"""What accounts were called and when it was seen, and handles that went from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.tables import ACCOUNTS, REVISIONS
from graphkit.text.names import folded_name

if TYPE_CHECKING:
    from graphkit.tables import Corpus

PLACE = ["source_id", "source_line"]
BARE = "^[^:]*:@"
"""The id of an account of which only the handle is known: no second holder of that handle."""


def handle_history(corpus: Corpus) -> pl.DataFrame:
    """Every name that a row gives an account: the row that stays, and its revisions.

    Columns: account_id, platform, handle and display_name as written (null where the row says
    nothing of it), seen_at, table and key (the row that says so), source_id, source_line; by
    account, time (unknown last), table and key. `seen_at` is when the row was collected: as a
    revision says, else as the posts on its line say, else its file; null where none does. A name
    that is seen again is no further row, so the last time that it was seen is not known.
    """
    own = corpus.accounts.with_columns(
        ACCOUNTS.row_key(), table=pl.lit("accounts"), said_at=pl.lit(None, pl.Datetime("us", "UTC"))
    )
    said = corpus.revisions.filter(
        pl.col("column").is_in(["handle", "display_name"]), subject_kind="account"
    ).with_columns(REVISIONS.row_key(), table=pl.lit("revisions"), said_at="collected_at")
    renamed = said.select(
        "table",
        "key",
        "said_at",
        *PLACE,
        account_id="subject_id",
        platform=pl.col("subject_id").str.extract("^([^:]*):"),
        handle=pl.when(column="handle").then("value"),
        display_name=pl.when(column="display_name").then("value"),
    )
    columns = ["account_id", "platform", "handle", "display_name"]
    rows = pl.concat([own.select(renamed.columns), renamed])
    named = rows.filter(pl.any_horizontal(pl.col("handle", "display_name").is_not_null()))
    return (
        _seen(named, corpus)
        .select(*columns, "seen_at", "table", "key", *PLACE)
        .sort("account_id", "seen_at", "table", "key", nulls_last=True)
    )


def _seen(rows: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """`rows` with `seen_at`."""
    beside = corpus.posts.join(rows, on=PLACE, how="semi")
    lines = beside.group_by(PLACE).agg(line_at=pl.col("collected_at").min())
    files = corpus.sources.select("source_id", file_at="collected_at")
    both = rows.join(lines, on=PLACE, how="left").join(files, on="source_id", how="left")
    return both.with_columns(seen_at=pl.coalesce("said_at", "line_at", "file_at"))


def handed_on(corpus: Corpus) -> pl.DataFrame:
    """The rows of `handle_history` in which a handle of a platform goes from account to account.

    Pacheco et al. 2021, "Uncovering Coordinated Networks on Social Media" (case study 1): an
    account takes a handle that another one gave up. No two accounts may have had the handle at
    once: then the rows are wrong, or of a platform where a name is not one account's. An account
    has it from when it was first seen under it until a post of its own was last collected before
    it was seen under another. What was seen at an unknown time, and accounts of which only the
    handle is known, say nothing. Handles are compared without case, width and invisible characters.

    Columns: those of `handle_history`, and object_id (`platform:handle`, folded); by object, time,
    account, table and key.
    """
    known = (
        handle_history(corpus)
        .filter(~pl.col("account_id").str.contains(BARE))
        .with_columns(object_id=pl.col("platform") + ":" + folded_name(pl.col("handle")))
        .drop_nulls(["object_id", "seen_at"])
    )
    shared = known.filter(pl.col("account_id").n_unique().over("object_id") > 1)
    held = _held_until(shared, known, corpus)
    ends = held.group_by("object_id", "account_id").agg(
        first_at=pl.col("seen_at").min(), last_at=pl.col("until").max()
    )
    spans = ends.sort("object_id", "first_at", "last_at", "account_id")
    is_after = pl.col("first_at") > pl.col("last_at").shift(1)
    handed = spans.group_by("object_id").agg(is_after.drop_nulls().all().alias("is_handed"))
    kept = shared.join(handed.filter("is_handed"), on="object_id", how="semi")
    return kept.sort("object_id", "seen_at", "account_id", "table", "key")


def _held_until(shared: pl.DataFrame, known: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """`shared` with `until`: when a post of the account was last collected under that handle."""
    files = corpus.sources.select("source_id", file_at="collected_at")
    posts = corpus.posts.join(shared, on="account_id", how="semi").join(files, on="source_id")
    at = posts.select("account_id", at=pl.coalesce("collected_at", "file_at")).drop_nulls().unique()
    said = known.join(shared, on="account_id", how="semi").select(
        "account_id", "seen_at", said="object_id", at="seen_at"
    )
    under = at.sort("at").join_asof(
        said.sort("at"), on="at", by="account_id", check_sortedness=False
    )
    latest = under.group_by("account_id", "seen_at", "said").agg(until=pl.col("at").max())
    both = shared.join(
        latest,
        left_on=["account_id", "seen_at", "object_id"],
        right_on=["account_id", "seen_at", "said"],
        how="left",
    )
    return both.with_columns(until=pl.max_horizontal("seen_at", "until"))
