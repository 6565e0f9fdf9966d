# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of Gab that Zeeschuimer saw in a browser; also 4CAT's NDJSON of them.

Gab's pages use short keys (`i`, `ca`, `c`), older captures long ones (id, created_at, content).
Reposts are counted and not listed; what a post answers or quotes is not in the data.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_of
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first
from graphkit.reading.zeeschuimer_items import captured, captured_on, exact_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.extra_rows import Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

PLATFORMS = ("gab.com",)
ADDRESS = re.compile(r"^https?://(?:www\.)?gab\.com/([^/?#]+)/posts/")
HASHTAG = re.compile(r"#([^\s#@.,:;!?()\[\]\"']+)")
Item = dict[str, Any]


def _suits(sample: Sample) -> str | None:
    return captured_on(sample, PLATFORMS)


def _account(item: Item) -> Row:
    """The author; where the block is missing or empty, the handle of the post's own address."""
    author = first(item, "author_info", "account")
    address = ADDRESS.match(str(first(item, "ul", "url")))
    handle = first(author, "un", "username") or (address[1] if address else None)
    ids = [at(author, "i"), at(author, "id"), item.get("ai")]
    return {
        "account_id": account_of(exact_id(ids), handle),
        "handle": handle,
        "display_name": first(author, "dn", "display_name"),
        "created_at": at(author, "created_at"),
        "bio": first(author, "nt", "note"),
        "is_verified": first(author, "is_verified"),
        "followers_count": count(at(author, "followers_count")),
    }


def _post(item: Item, post_id: str, *, account_id: str) -> Row:
    text, link = first(item, "c", "content"), at(item, "link_info.url")
    return {
        "post_id": post_id,
        "account_id": account_id,
        "created_at": first(item, "ca", "created_at"),
        "kind": "original",
        "text": text,
        "url": first(item, "ul", "url"),
        "urls": [link] if link else [],
        "hashtags": HASHTAG.findall(text or ""),
        "declared_repost_count": count(first(item, "rbc", "reposts_count")),
    }


def _found(item: Item, envelope: Item) -> Found | Refused:
    post_id, author = exact_id([item.get("i"), item.get("id")]), _account(item)
    if item.get("type") == "group":
        return Refused("a group, which is no post")
    if item.get("type") == "user":
        told = {**author, "account_id": account_of(post_id, author["handle"])}
        return Found("accounts", {**told, "created_at": item.get("created_at")})
    if post_id is None or author["account_id"] is None:
        return Refused("no id or no author")
    post = _post(item, post_id, account_id=author["account_id"])
    collected = {"collected_at": envelope.get("timestamp_collected")}
    return Found("posts", {**post, **collected}, (("accounts", author),))


def _record(record: Record) -> Iterator[Found | Refused]:
    yield _found(*captured(record.value))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(records(path, options), _record, options=options, platform="gab")


IMPORTER = Importer(
    name="zeeschuimer-gab",
    title="Zeeschuimer, Gab",
    summary="posts of Gab captured by Zeeschuimer (NDJSON), or 4CAT's NDJSON of them",
    needs=("source_platform", "timestamp_collected", "data.i or data.id"),
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
)
