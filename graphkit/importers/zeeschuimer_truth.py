# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of Truth Social that Zeeschuimer saw in a browser; also 4CAT's NDJSON of them.

Reposts (`reblog`), quotes and answers are read with the posts they point to. Zeeschuimer keeps
the text without its links: of these only the one that the post shows as a card is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_of, post_label, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first, plain_text
from graphkit.reading.zeeschuimer_items import captured, captured_on, captured_post, exact_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

PLATFORMS = ("truthsocial.com",)
TARGETS = {
    "repost": ("reblog", ("reblog.id",)),
    "quote": ("quote", ("quote_id", "quote.id")),
    "reply": ("in_reply_to", ("in_reply_to_id", "in_reply_to.id")),
}
Status = dict[str, Any]


def _suits(sample: Sample) -> str | None:
    return captured_on(sample, PLATFORMS)


def _account(account: object) -> Row:
    handle = first(account, "username", "acct")
    return {
        "account_id": account_of(exact_id([at(account, "id")]), handle),
        "handle": handle,
        "display_name": at(account, "display_name"),
        "created_at": at(account, "created_at"),
        "bio": plain_text(at(account, "note")),
        "is_verified": at(account, "verified"),
        "followers_count": count(at(account, "followers_count")),
    }


def _root(status: Status) -> str | None:
    """The first post of the conversation, as far as the answered posts came along."""
    above = status.get("in_reply_to")
    while isinstance(above, dict) and isinstance(above.get("in_reply_to"), dict):
        above = above["in_reply_to"]
    return exact_id([at(above, "id")])


def _text(status: Status) -> str | None:
    content = status.get("content")
    return plain_text(content) if content and "</" in content else content


def _post(status: Status, account_id: str) -> Row:
    told = {kind: exact_id([first(status, *paths)]) for kind, (_, paths) in TARGETS.items()}
    kind, parent = next(((k, t) for k, t in told.items() if t), ("original", None))
    card = at(status, "card.url")
    return {
        "post_id": exact_id([status.get("id")]),
        "account_id": account_id,
        "created_at": status.get("created_at"),
        "kind": kind,
        "text": _text(status),
        "lang": status.get("language"),
        "parent_id": parent,
        "root_id": _root(status),
        "url": status.get("url"),
        "urls": [card] if card else [],
        "mentions": [first(each, "username", "acct") for each in status.get("mentions") or []],
        "hashtags": [each.get("name") for each in status.get("tags") or []],
        "declared_repost_count": count(status.get("reblogs_count")),
        "edited_at": status.get("edited_at"),
    }


def _rows(status: Status) -> Iterator[Extra]:
    """The post, its author and labels, then the posts that it points to."""
    author, post_id = _account(status.get("account")), exact_id([status.get("id")])
    if post_id is None or author["account_id"] is None:
        return
    yield "posts", _post(status, author["account_id"])
    yield "accounts", author
    for key in ("sensitive", "sponsored"):
        told = key if status.get(key) is True else None
        yield from post_label(post_id, told, labelled_by="truthsocial")
    within = [row for inner, _ in TARGETS.values() for row in _inside(status.get(inner))]
    yield from within
    if not isinstance(status.get("in_reply_to"), dict):
        answered = exact_id([status.get("in_reply_to_id")])
        yield from unseen_post(answered, exact_id([status.get("in_reply_to_account_id")]))


def _inside(status: object) -> Iterator[Extra]:
    if isinstance(status, dict):
        yield from _rows(status)


def _record(record: Record) -> Iterator[Found | Refused]:
    data, envelope = captured(record.value)
    yield captured_post(list(_rows(data)), envelope, refusal="no id or no account")


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _record, options=options, platform="truthsocial")


IMPORTER = Importer(
    name="zeeschuimer-truth",
    title="Zeeschuimer, Truth Social",
    summary="posts of Truth Social captured by Zeeschuimer (NDJSON), or 4CAT's NDJSON of them",
    needs=("source_platform", "timestamp_collected", "data.account"),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
