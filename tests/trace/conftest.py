# SPDX-License-Identifier: GPL-3.0-or-later
"""Small corpora for the trace: a list of dicts becomes posts and accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.tables import ACCOUNTS, POSTS, Corpus

START = datetime(2026, 3, 10, tzinfo=UTC)


def make_corpus(*rows, platform="weiju"):
    """A corpus of `rows`: `id`, `by` (also the handle), `minute`, and any column of posts."""
    posts = []
    for row in rows:
        given = dict(row)
        minute = given.pop("minute")
        ids = {key: given.pop(key, None) for key in ("parent_id", "root_id")}
        posts.append(
            {
                "post_id": f"{platform}:{given.pop('id')}",
                "account_id": f"{platform}:{given.pop('by')}",
                "platform": platform,
                "created_at": None if minute is None else START + timedelta(minutes=minute),
                "time_precision": "second" if minute is not None else "unknown",
                "kind": "original",
                "text": None,
                "urls": [],
                "mentions": [],
                "hashtags": [],
                "media_hashes": [],
                "is_seen": True,
                "source_id": "s",
            }
            | {key: None if value is None else f"{platform}:{value}" for key, value in ids.items()}
            | given
        )
    frame = POSTS.conform(pl.DataFrame(posts, infer_schema_length=None))
    handle = pl.col("account_id").str.strip_prefix(f"{platform}:")
    accounts = frame.select("account_id", "platform", "source_id", handle=handle).unique()
    return Corpus(posts=frame, accounts=ACCOUNTS.conform(accounts.sort("account_id")))


@pytest.fixture(scope="session")
def corpus_of():
    """The function that makes a corpus of rows."""
    return make_corpus


@pytest.fixture(scope="session")
def weibo(shared):
    """Real cascades as platforms hand them out, each repost under the first post.

    A frame with the columns of `posts` and `accounts` that the trace reads, `cascade`, `at`,
    `event` and `true_parent`.
    """
    path = shared / "data" / "cascades" / "weibo_ma2016" / "text_sample.parquet"
    rows = pl.read_parquet(path).with_columns(post_id=pl.format("weibo:{}", "mid"))
    parents = rows.select("event", parent_i="i", true_parent="post_id")
    first = rows.filter("is_root").select("event", cascade="post_id")
    whole = rows.join(parents, on=["event", "parent_i"], how="left").join(first, on="event")
    return whole.sort("event", "i").with_columns(
        account_id=pl.format("weibo:{}", "u"),
        platform=pl.lit("weibo"),
        handle=pl.col("name"),
        display_name=pl.lit(None, pl.String),
        at=pl.from_epoch("t").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
    )


@pytest.fixture(scope="session")
def flattened():
    """The function that makes a corpus of rows of `weibo`, every repost under the first post."""

    def corpus(rows):
        first = pl.when(~pl.col("is_root")).then("cascade")
        empty = pl.lit([], dtype=pl.List(pl.String))
        posts = rows.with_columns(
            created_at="at",
            time_precision=pl.lit("second"),
            kind=pl.when("is_root").then(pl.lit("original")).otherwise(pl.lit("repost")),
            parent_id=first,
            root_id=first,
            is_seen=pl.lit(value=True),
            source_id=pl.lit("s"),
            urls=empty,
            mentions=empty,
            hashtags=empty,
            media_hashes=empty,
        )
        accounts = rows.select("account_id", "platform", "handle", source_id=pl.lit("s"))
        once = accounts.unique("account_id", keep="first", maintain_order=True)
        return Corpus(posts=POSTS.conform(posts), accounts=ACCOUNTS.conform(once))

    return corpus
