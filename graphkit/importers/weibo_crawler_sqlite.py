# SPDX-License-Identifier: GPL-3.0-or-later
"""weibo-crawler's SQLite database: accounts, posts, comments (replies) and reposts.

Its rows are numbered through the tables user, weibo, comments, reposts, in this order; that is
the source line. Reposts hold the words before the chain only: weibo-crawler cuts off `//@name:`,
so who stood between is lost. The pictures (table bins) are not read. The file is opened read-only
and as immutable: nothing is written beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records, sampled
from graphkit.reading.weibo_posts import WEIBO_ZONE, comment_found, post_found, user_account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

TABLES = ("user", "weibo", "comments", "reposts")
USER_COLUMNS = {
    "nick_name": "screen_name", "follower_count": "followers_count", "bio": "description",
    "reg_date": "registration_time",
}  # fmt: skip


def _suits(sample: Sample) -> str | None:
    fits = sample.form == "sqlite" and {"user", "weibo", "comments"} <= set(sample.columns)
    return "it has weibo-crawler's tables user, weibo and comments" if fits else None


def _rows(path: Path, options: ReadOptions) -> Iterator[Record | tuple[int, Refused]]:
    """The rows of the four tables, each with its table as head."""
    names, before = sampled(path).columns, 0
    for table in (name for name in TABLES if name in names):
        last = before
        for each in records(path, options, at=(table,)):
            if isinstance(each, Record):
                last = before + each.line
                yield Record(last, each.value, {"table": table})
            else:
                last = before + each[0]
                yield last, each[1]
        before = last


def _row(record: Record) -> Iterator[Found | Refused]:
    table, row = record.head["table"], record.value
    if table == "user":
        yield Found("accounts", user_account({USER_COLUMNS.get(n, n): v for n, v in row.items()}))
    elif table == "comments":
        yield comment_found(row)
    elif table == "reposts":
        yield post_found({**_named(row), "retweet_id": row["weibo_id"]})
    else:
        yield post_found(row)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "screen_name": row.get("user_screen_name")}


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(
        _rows(path, options), _row, options=options, platform="weibo", zone=WEIBO_ZONE
    )


IMPORTER = Importer(
    name="weibo-crawler-sqlite",
    title="weibo-crawler (SQLite)",
    summary="weibo-crawler's weibodata.db: accounts, posts, comments and reposts",
    needs=("tables user, weibo, comments",),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
    zone=WEIBO_ZONE,
)
