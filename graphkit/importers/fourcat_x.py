# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of X (Twitter) from 4CAT: its CSV (of API v2 or of Zeeschuimer), and its NDJSON of API v2.

4CAT's NDJSON of Zeeschuimer is read by zeeschuimer-x. In the CSV only the text `timestamp` can be
trusted, and is UTC: `unix_timestamp` depends on the zone of the server that wrote it. The CSV
names who was reposted and not which post: that is lost. A quoted post is known where its address
stands among the links, or the CSV has `quote_tweet_id`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reading.extra_rows import account_of, post_label, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.list_text import listed_urls
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first, parts
from graphkit.reading.x_posts import in_utc, linked_post, links, plain_client
from graphkit.reading.x_v2_posts import flat_page, page_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "thread_id", "timestamp", "body", "author", "is_retweet", "retweeted_user")
UNKNOWN = "UNKNOWN"  # 4CAT's author of a post that was looked up by its id and not given


def _suits(sample: Sample) -> str | None:
    if not sample.objects and set(NEEDS) <= set(sample.columns):
        return "it has 4CAT's columns of X (is_retweet, retweeted_user, thread_id)"
    is_api = any(at(each, "author_user") and at(each, "author_id") for each in sample.objects)
    return "its objects are posts of API v2 as 4CAT keeps them (author_user)" if is_api else None


def _account(cells: Mapping[str, str]) -> Row:
    return {
        "account_id": account_of(cells.get("author_id"), cells.get("author")),
        "handle": cells.get("author"),
        "display_name": cells.get("author_fullname"),
        "is_verified": cells.get("verified"),
        "followers_count": count(cells.get("author_followers")),
    }


def _is(cells: Mapping[str, str], column: str) -> bool:
    return cells.get(column, "").lower() in {"yes", "true", "1"}


def _target(cells: Mapping[str, str]) -> Row:
    """The columns kind, parent_id and source_label."""
    if _is(cells, "is_retweet"):
        named = cells.get("retweeted_user")
        return {"kind": "repost", "source_label": f"@{named}" if named else None}
    if _is(cells, "is_quote_tweet"):
        quoted, author = _quoted(cells)
        named = f"@{author}" if author and quoted is None else None
        return {"kind": "quote", "parent_id": quoted, "source_label": named}
    return {"kind": "reply" if _is(cells, "is_reply") else "original"}


def _quoted(cells: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The id of the quoted post and its author's handle, as far as they are known."""
    author = first(cells, "quoted_user", "quote_author")
    found = [each for url in _urls(cells) if (each := linked_post(url)) and each[1] != cells["id"]]
    if author is not None:
        found = [each for each in found if str(each[0]).lower() == author.lower()]
    linked = found[0] if len(found) == 1 else (None, None)
    return cells.get("quote_tweet_id", linked[1]), author or linked[0]


def _urls(cells: Mapping[str, str]) -> list[str]:
    return listed_urls(cells.get("urls"))


def _post(cells: Mapping[str, str], account_id: str) -> Row:
    post_id, root, target = cells["id"], cells.get("thread_id"), _target(cells)
    answered = first(cells, "replied_user", "replied_author") if _is(cells, "is_reply") else None
    mentions = [*([answered] if answered else []), *parts(cells.get("mentions"), ",")]
    return {
        "post_id": post_id,
        "account_id": account_id,
        "created_at": in_utc(cells.get("timestamp")),
        "text": cells.get("body"),
        "lang": cells.get("language_guess"),
        **target,
        "root_id": None if root == post_id else root,
        "url": cells.get("link"),
        "urls": links(_urls(cells), (post_id, target.get("parent_id"))),
        "mentions": sorted(set(mentions)),
        "hashtags": sorted(set(parts(cells.get("hashtags"), ","))),
        "client": plain_client(cells.get("source")),
        "declared_repost_count": count(cells.get("retweet_count")),
    }


def _within(cells: Mapping[str, str], author: Row) -> Iterator[Extra]:
    yield "accounts", author
    if _is(cells, "is_quote_tweet"):
        quoted, name = _quoted(cells)
        yield from unseen_post(quoted, account_of(None, name), text=cells.get("quote_body"))
        gone = "unavailable" if _is(cells, "is_quote_withheld") else None
        yield from post_label(quoted, gone, labelled_by="x")
    for column, label in (
        ("possibly_sensitive", "possibly sensitive"),
        ("is_withheld", "withheld"),
    ):
        told = label if _is(cells, column) else None
        yield from post_label(cells["id"], told, labelled_by="x")


def _csv_row(cells: Mapping[str, str]) -> Found | Refused:
    author = _account(cells)
    if not cells.get("id") or author["account_id"] is None:
        return Refused("no id, or neither author_id nor author")
    if UNKNOWN in (cells.get("author_id"), cells.get("author")):
        told = post_label(cells["id"], cells.get("subject"), labelled_by="x")
        return Found(*told[0]) if told else Refused("a post that was looked up and not given")
    return Found("posts", _post(cells, author["account_id"]), tuple(_within(cells, author)))


def _record(record: Record) -> Iterator[Found | Refused]:
    value = record.value
    if "body" in value:
        yield _csv_row(value)
    elif value.get("author_id") == UNKNOWN:
        told = post_label(value.get("id"), value.get("title"), labelled_by="x")
        yield Found(*told[0]) if told else Refused("a post that was looked up and not given")
    else:
        yield from page_rows(flat_page(value, "author_user"))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _record, options=options, platform="x", zone="UTC")


IMPORTER = Importer(
    name="4cat-x",
    title="4CAT, X",
    summary="posts of X (Twitter) exported by 4CAT: CSV, or NDJSON of API v2",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
    zone="UTC",
)
