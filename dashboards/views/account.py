# SPDX-License-Identifier: GPL-3.0-or-later
"""One account: what its rows say, when it posts, whom it repeats and who repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.investigation.network import neighbours

if TYPE_CHECKING:
    from datetime import datetime

    from dashboards.snapshot import Record, Snapshot

RELATIONS = ("repeats", "repeated-by", "cites", "cited-by")


def profile(snapshot: Snapshot, account_id: str) -> dict[str, Any] | None:
    """The account's row, or an empty one when only its posts or actions are there; else None."""
    corpus = snapshot.corpus
    own = pl.col("account_id") == account_id
    rows = corpus.accounts.filter(own).to_dicts()
    if rows:
        return rows[0]
    seen = corpus.posts.filter(own).height + corpus.actions.filter(own).height
    return dict.fromkeys(corpus.accounts.columns) | {"account_id": account_id} if seen else None


def posts(snapshot: Snapshot, account_id: str) -> pl.DataFrame:
    """Its posts by time.

    Columns: post_id, created_at, kind, text, lang, parent_id, source_label, file, line.
    """
    own = snapshot.corpus.posts.filter(pl.col("account_id") == account_id)
    files = snapshot.corpus.sources.select("source_id", "file")
    columns = ["post_id", "created_at", "kind", "text", "lang", "parent_id", "source_label"]
    placed = own.join(files, on="source_id", how="left")
    return placed.select(*columns, "file", line="source_line").sort("created_at", "post_id")


def span(own: pl.DataFrame) -> tuple[datetime | None, datetime | None]:
    """The first and last time of the posts; None where no post has a time."""
    times = own["created_at"].drop_nulls().sort().to_list()
    return (times[0], times[-1]) if times else (None, None)


def hours(snapshot: Snapshot, own: pl.DataFrame) -> pl.DataFrame:
    """Posts by weekday (1 Monday) and hour in the case's zone: day, hour, posts."""
    local = pl.col("created_at").dt.convert_time_zone(snapshot.case.zone)
    timed = own.filter(pl.col("created_at").is_not_null())
    return (
        timed.group_by(day=local.dt.weekday().cast(pl.Int64), hour=local.dt.hour().cast(pl.Int64))
        .agg(posts=pl.len().cast(pl.Int64))
        .sort("day", "hour")
    )


def around(snapshot: Snapshot, account_id: str, *, limit: int = 12) -> dict[str, pl.DataFrame]:
    """The accounts in each of RELATIONS to it, most often first: other, times, median_lag_seconds.

    At most `limit` in each.
    """
    everybody = neighbours(snapshot.corpus, account_id)
    told = everybody.select("other", "times", "median_lag_seconds")
    return {each: told.filter(everybody["relation"] == each).head(limit) for each in RELATIONS}


def findings_about(snapshot: Snapshot, account_id: str) -> list[Record]:
    """The findings of which the account is a subject."""
    return [f for f in snapshot.findings if account_id in f["subjects"]["accounts"]]
