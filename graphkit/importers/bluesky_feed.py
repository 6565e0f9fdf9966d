# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts as Bluesky's API shows them: author feeds, timelines, search results; also through 4CAT.

`created_at` is what the author's client wrote, `received_at` when Bluesky indexed it. A repost in
a feed has only the latter. A quoted post that is gone, blocked or detached stays as an unseen post.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.bluesky_posts import (
    as_published,
    author_of,
    known_handle,
    label_rows,
    post_columns,
    repost_id,
    stated_time,
    unseen_targets,
)
from graphkit.reading.importer import Importer
from graphkit.reading.pages import page_items, page_keys
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("uri", "author", "record", "indexedAt (in feeds under post)")
PAGES = ("feed", "posts")  # keys of a page of the API under which its posts are


def _suits(sample: Sample) -> str | None:
    items = [item for value in sample.objects for item in page_items(value, *PAGES)]
    views = [each for item in items for each in (at(item, "post"), item) if isinstance(each, dict)]
    known = [set(v) for v in views if str(v.get("uri")).startswith("at://")]
    fits = any({"author", "record"} <= keys for keys in known)
    return "its objects have an at-uri, author and record, as Bluesky's API" if fits else None


def _account(author: Mapping[str, Any]) -> Extra:
    return "accounts", {
        "account_id": author.get("did"),
        "handle": known_handle(author.get("handle")),
        "display_name": author.get("displayName"),
        "created_at": stated_time(author.get("createdAt")),
        "bio": author.get("description"),
        "is_verified": at(author, "verification.verifiedStatus") == "valid" or None,
        "followers_count": count(author.get("followersCount")),
    }


def _post(view: Mapping[str, Any]) -> Row:
    return {
        **post_columns(view["uri"], view["record"], at(view, "author.handle")),
        "received_at": stated_time(view.get("indexedAt")),
        "declared_repost_count": count(view.get("repostCount")),
        "collected_at": at(view, "4CAT_metadata.collectedAt"),
    }


def _repost(view: Mapping[str, Any], reason: Mapping[str, Any]) -> Row:
    when = stated_time(reason.get("indexedAt"))
    did = reason["by"]["did"]
    return {
        "post_id": first(reason, "uri") or repost_id(view["uri"], did),
        "account_id": did,
        "created_at": when,
        "received_at": when,
        "kind": "repost",
        "parent_id": view["uri"],
    }


def _embedded(view: Mapping[str, Any], reply: object) -> list[Row]:
    """The posts that came along in full: quoted, answered, and first of the thread."""
    told = [at(view, "embed.record.record"), at(view, "embed.record")]
    quoted = [{**each, "record": each["value"]} for each in told if at(each, "value")]
    return [
        each
        for each in (*quoted, at(reply, "parent"), at(reply, "root"))
        if isinstance(each, dict)
        and author_of(each.get("uri"))
        and isinstance(each.get("record"), dict)
    ]


def _along(view: Mapping[str, Any], reply: object = None) -> Iterator[Extra]:
    """Author, labels, the posts embedded with theirs, and those only referred to."""
    if at(view, "author.did"):
        yield _account(view["author"])
        yield from label_rows("account", view["author"]["did"], view["author"].get("labels"))
    for said in at(view, "4CAT_metadata.mentions") or []:
        if "." in str(said.get("handle")) and " " not in said["handle"]:  # else an error message
            yield "accounts", {"account_id": said["did"], "handle": known_handle(said["handle"])}
    yield from label_rows("post", view["uri"], view.get("labels"))
    yield from label_rows("post", view["uri"], view["record"].get("labels"), author_of(view["uri"]))
    embedded = _embedded(view, reply)
    for inner in embedded:
        yield "posts", _post(inner)
        yield from _along(inner)
    yield from unseen_targets(view["record"], {inner["uri"] for inner in embedded})


def _feed_item(record: Record) -> Iterator[Found | Refused]:
    for value in page_items(record.value, *PAGES):
        view = value.get("post", value)
        is_4cat = "indexed_at" in view or at(view, "record.py_type") is not None
        item = as_published(value) if is_4cat else value
        view = item.get("post", item)
        if author_of(view.get("uri")) is None or not isinstance(view.get("record"), dict):
            yield Refused("no at-uri or no record: it is no post")
            continue
        along = tuple(_along(view, item.get("reply")))
        if at(item, "reason.by.did"):
            by = item["reason"]["by"]
            extras = (("posts", _post(view)), _account(by), *along)
            yield Found("posts", _repost(view, item["reason"]), extras)
        else:
            yield Found("posts", _post(view), along)


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, at=page_keys(path, options, *PAGES))
    yield from record_batches(found, _feed_item, options=options, platform="bluesky")


IMPORTER = Importer(
    name="bluesky-feed",
    title="Bluesky posts and feeds",
    summary="posts or feed items of the Bluesky API, one a line or in pages; also 4CAT's NDJSON",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
