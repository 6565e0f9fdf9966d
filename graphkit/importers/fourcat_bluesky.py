# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of Bluesky as 4CAT writes them to CSV.

4CAT keeps of the post answered or quoted only its address on bsky.app, which names a handle. It
is resolved where the file has that handle's did, or where the key is the thread's first post;
else the target is unknown and `source_label` of a quote is the handle. `collected_at` is the wall
clock of the server and is not kept. 4CAT's NDJSON has everything: prefer it.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from graphkit.reading.bluesky_posts import (
    POST,
    author_of,
    known_handle,
    stated_time,
    web_address,
)
from graphkit.reading.extra_rows import post_label, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import count, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = (
    "id",
    "thread_id",
    "author_id",
    "body",
    "quoted_post",
    "replied_to_post",
    "replies_allowed",
)
ADDRESS = re.compile(r"^https://bsky\.app/profile/([^/]+)/post/([^/?#]+)")


def _suits(sample: Sample) -> str | None:
    fits = sample.form != "json" and set(NEEDS) <= set(sample.columns)
    return "its columns are those that 4CAT writes for Bluesky posts" if fits else None


def _handles(path: Path, options: ReadOptions) -> dict[str, str]:
    """The did of each author's handle in the file."""
    rows = (r.value for r in records(path, options) if isinstance(r, Record))
    pairs = ((row.get("author"), row.get("author_id")) for row in rows if isinstance(row, dict))
    return {str(handle): str(did) for handle, did in pairs if handle and did}


def _target(address: object, thread: object, dids: Mapping[str, str]) -> str | None:
    """The at-uri of the post at an address; the thread's first post where the key is its."""
    found = ADDRESS.match(address) if isinstance(address, str) else None
    if not found:
        return None
    if str(thread).endswith(f"/{found[2]}"):
        return str(thread)
    did = found[1] if found[1].startswith("did:") else dids.get(found[1])
    return f"at://{did}/{POST}/{found[2]}" if did else None


def _post(row: Mapping[str, Any], dids: Mapping[str, str]) -> Row:
    is_quote, is_reply = row.get("quoted_post"), row.get("replied_to_post")
    address, by = (is_quote, row.get("quoted_user")) if is_quote else (is_reply, None)
    parent = _target(address, row.get("thread_id"), dids)
    langs = [lang for lang in parts(row.get("languages"), ",") if lang != "N/A"]
    return {
        "post_id": row["id"],
        "account_id": row["author_id"],
        "created_at": row.get("created_at"),
        "kind": "quote" if is_quote else "reply" if is_reply else "original",
        "text": row.get("body"),
        "lang": langs[0] if len(langs) == 1 else None,
        "parent_id": parent,
        "root_id": row.get("thread_id") if is_reply else None,
        "url": row.get("link"),
        "urls": parts(row.get("links"), ","),
        "mentions": [dids.get(name, name) for name in parts(row.get("mentions"), ",")],
        "hashtags": parts(row.get("tags"), ","),
        "source_label": f"@{by}" if by and parent is None else None,
        "declared_repost_count": count(row.get("repost_count")),
    }


def _along(row: Mapping[str, Any], post: Row) -> Iterator[Extra]:
    yield (
        "accounts",
        {
            "account_id": row["author_id"],
            "handle": known_handle(row.get("author")),
            "display_name": row.get("author_display_name"),
            "created_at": stated_time(row.get("author_created_at")),
        },
    )
    for label in parts(row.get("labels"), ","):
        yield from post_label(row["id"], label, labelled_by="bluesky")
    for uri in dict.fromkeys((post["parent_id"], post["root_id"])):
        if uri != row["id"]:
            yield from unseen_post(uri, author_of(uri), url=web_address(uri))


def _row(record: Record, dids: Mapping[str, str]) -> Iterator[Found | Refused]:
    row = record.value
    if author_of(row.get("id")) is None or not row.get("author_id"):
        yield Refused("id is no at-uri, or no author_id")
    else:
        post = _post(row, dids)
        yield Found("posts", post, tuple(_along(row, post)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    read = partial(_row, dids=_handles(path, options))
    found = records(path, options)
    yield from record_batches(found, read, options=options, platform="bluesky", zone="UTC")


IMPORTER = Importer(
    name="4cat-bluesky",
    title="4CAT, Bluesky posts (CSV)",
    summary="posts of Bluesky as 4CAT writes them to CSV",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
    zone="UTC",
)
