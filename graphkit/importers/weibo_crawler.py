# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of one Weibo account as weibo-crawler saves them: a JSON document or a CSV file.

Times are the wall clock of +08:00, which the tool cut off; relative words it turned into times of
the machine that ran it, and nothing says so: compare them with the time that the id carries. The
CSV has no links, and names its account only in its path. Of a repost both keep the first post of
the chain. Not kept: pictures, places, likes and comment counts.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at
from graphkit.reading.weibo_posts import (
    WEIBO_ZONE,
    account_id,
    account_in_path,
    comment_found,
    post_found,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

# The header of the CSV by the keys of the JSON; those of the reposted post begin with 源微博.
COLUMNS = {
    "id": "id", "bid": "bid", "正文": "text", "头条文章url": "article_url", "日期": "created_at",
    "工具": "source", "转发数": "reposts_count", "话题": "topics", "@用户": "at_users",
    "完整日期": "full_created_at", "是否编辑过": "edited",
}  # fmt: skip
SOURCE_AUTHOR = {"源用户id": "user_id", "源用户昵称": "screen_name"}
OF_SOURCE = {f"源微博{name}": key for name, key in COLUMNS.items()} | SOURCE_AUTHOR
NEEDS_CSV = {"id", "bid", "正文", "日期", "工具"}
COMMENTS = {"id", "weibo_id", "user_screen_name", "text", "created_at"}
NEEDS_POST = {"id", "bid", "text"}


def _suits(sample: Sample) -> str | None:
    columns = set(sample.columns)
    if sample.form == "delimited" and columns >= NEEDS_CSV:
        return "it has weibo-crawler's columns (bid, 正文, 日期, 工具)"
    if sample.form == "delimited" and columns >= COMMENTS:
        return "it has the columns of weibo-crawler's comments"
    document = sample.objects[0] if sample.objects else None
    posts, name = at(document, "weibo"), at(document, "user.screen_name")
    first = posts[0] if isinstance(posts, list) and posts else None
    fits = name is not None and isinstance(first, dict) and set(first) >= NEEDS_POST
    return "it is one account and its posts, as weibo-crawler saves them" if fits else None


def _from_document(record: Record) -> Iterator[Found | Refused]:
    """A post of the JSON document, with the profile before it where it is its author's."""
    user = record.head.get("user")
    same = isinstance(user, dict) and account_id(record.value) == str(user.get("id"))
    yield post_found(record.value, user if same else None)


def _from_row(record: Record, *, author: Mapping[str, Any] | None) -> Iterator[Found | Refused]:
    row = record.value
    if "weibo_id" in row:
        yield comment_found(row)
    elif author is None:
        yield Refused("a post of an account that the file's name does not say")
    else:
        post = {key: row[name] for name, key in COLUMNS.items() if name in row}
        source = {key: row[name] for name, key in OF_SOURCE.items() if name in row}
        is_repost = source or str(row.get("是否原创")).lower() == "false"
        retweet = {"retweet": source or {"id": None}} if is_repost else {}
        yield post_found({**author, **post, **retweet})


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, at=("weibo",), short_rows=True)
    is_document = ".json" in path.suffixes
    author = account_in_path(path)
    if author is None and not is_document and not path.stem.endswith("_comments"):
        raise InputError(
            f"{path.name}: weibo-crawler says whose posts these are only in the file's name; "
            "rename it to <number of the account>.csv"
        )
    read = _from_document if is_document else partial(_from_row, author=author)
    yield from record_batches(found, read, options=options, platform="weibo", zone=WEIBO_ZONE)


IMPORTER = Importer(
    name="weibo-crawler",
    title="weibo-crawler",
    summary="posts of one Weibo account by weibo-crawler (JSON, CSV <number>.csv, comments CSV)",
    needs=("user, weibo[id, bid, text]", "or id, bid, 正文, 日期, 工具"),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
    zone=WEIBO_ZONE,
    path_parts=3,
)
