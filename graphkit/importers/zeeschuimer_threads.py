# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of Threads that Zeeschuimer saw in a browser; also 4CAT's NDJSON of them.

A post's id is its code, as in its address. Quoted and reposted posts come along; of an answer
only the name of the account that is answered is known, and stands among the mentions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from graphkit.reading.extra_rows import account_of, post_label
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first
from graphkit.reading.zeeschuimer_items import captured, captured_on, captured_post, exact_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

PLATFORMS = ("threads.net", "threads.com")
INFO = "text_post_app_info"
HASHTAG = re.compile(r"#([^\s#@.,:;!?()\[\]\"']+)")
MADE_BY_AI = "gen_ai_detection_method.detection_method"
Post = dict[str, Any]


def _suits(sample: Sample) -> str | None:
    return captured_on(sample, PLATFORMS)


def _account(post: Post) -> Row:
    user = post.get("user")
    handle = at(user, "username")
    return {
        "account_id": account_of(exact_id([at(user, "pk"), at(user, "id")]), handle),
        "handle": handle,
        "display_name": at(user, "full_name"),
        "is_verified": at(user, "is_verified"),
    }


def _shared(post: Post) -> tuple[str, Post] | None:
    """How the post shares another one, and that one."""
    for kind, key in (("repost", "reposted_post"), ("quote", "quoted_post")):
        found = at(post, f"{INFO}.share_info.{key}")
        if isinstance(found, dict) and found.get("code"):
            return kind, found
    return None


def _unwrapped(url: str | None) -> str | None:
    """The address that one of l.threads.com or l.instagram.com leads to (`?u=`)."""
    inner = parse_qs(urlsplit(url).query).get("u") if url else None
    return inner[0] if inner else url


def _fragments(post: Post) -> list[Any]:
    return at(post, f"{INFO}.text_fragments.fragments") or []


def _post(post: Post, author: Row) -> Row:
    shared, code, handle = _shared(post), post["code"], author["handle"]
    text, answered = at(post, "caption.text"), at(post, f"{INFO}.reply_to_author.username")
    kind = shared[0] if shared else "reply" if answered else "original"
    linked = [first(each, "link_fragment.uri", "link_fragment.url") for each in _fragments(post)]
    preview = at(post, f"{INFO}.link_preview_attachment.url")
    urls = [url for each in (preview, *linked) if (url := _unwrapped(each))]
    named = ("mention_fragment.mentioned_user.username", "mention_fragment.username")
    mentions = [name for each in _fragments(post) if (name := first(each, *named))]
    return {
        "post_id": code,
        "account_id": author["account_id"],
        "created_at": post.get("taken_at"),
        "kind": kind,
        "text": text,
        "parent_id": shared[1]["code"] if shared else None,
        "url": f"https://www.threads.com/@{handle}/post/{code}" if handle else None,
        "urls": list(dict.fromkeys(urls)),
        "mentions": list(dict.fromkeys([*([answered] if answered else []), *mentions])),
        "hashtags": HASHTAG.findall(text or ""),
        "declared_repost_count": count(at(post, f"{INFO}.repost_count")),
    }


def _labels(post: Post) -> Iterator[Extra]:
    """That the post is paid for, or how Threads knows that it was made by AI."""
    paid = "paid partnership" if post.get("is_paid_partnership") else None
    method = str(at(post, MADE_BY_AI) or "NONE")
    made = None if method == "NONE" else f"AI info ({method.lower().replace('_', ' ')})"
    for label in (paid, made):
        yield from post_label(post["code"], label, labelled_by="threads")


def _rows(post: Post) -> Iterator[Extra]:
    """The post, its author, labels, and the posts that it shares."""
    author = _account(post)
    if post.get("code") and author["account_id"]:
        yield "posts", _post(post, author)
        yield "accounts", author
        yield from _labels(post)
        shared = _shared(post)
        if shared:
            yield from _rows(shared[1])


def _record(record: Record) -> Iterator[Found | Refused]:
    data, envelope = captured(record.value)
    yield captured_post(list(_rows(data)), envelope, refusal="no code or no user")


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(records(path, options), _record, options=options, platform="threads")


IMPORTER = Importer(
    name="zeeschuimer-threads",
    title="Zeeschuimer, Threads",
    summary="posts of Threads captured by Zeeschuimer (NDJSON), or 4CAT's NDJSON of them",
    needs=("source_platform", "timestamp_collected", "data.code"),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
