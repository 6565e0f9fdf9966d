# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts as the X (Twitter) API v1.1 gave them: one object a line, or lists in one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_label, account_of, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first
from graphkit.reading.x_posts import (
    entity_columns,
    handle_of,
    linked_post,
    media_urls,
    plain_client,
    post_labels,
    post_url,
    withheld,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id_str", "created_at", "user")
REFERENCES = {
    "repost": ("retweeted_status", ("retweeted_status.id_str",)),
    "quote": ("quoted_status", ("quoted_status_id_str", "quoted_status.id_str")),
    "reply": ("", ("in_reply_to_status_id_str",)),
}


def _suits(sample: Sample) -> str | None:
    tweets = [tweet for each in sample.objects for tweet in _tweets(each)]
    fits = [each for each in tweets if isinstance(each, dict) and set(NEEDS) <= set(each)]
    return "its objects have id_str, created_at and user, as in API v1.1" if fits else None


def _tweets(value: object) -> list[object]:
    """The posts of a search page, or the value itself."""
    found = at(value, "statuses")
    return found if isinstance(found, list) else [value]


def _account(tweet: Mapping[str, Any]) -> Row:
    """The author; where the user block is missing, what the addresses of its pictures say."""
    user = at(tweet, "user")
    handle = at(user, "screen_name")
    if handle is None:
        handle = handle_of(tweet.get("id_str"), media_urls(_entities(tweet)))
    return {
        "account_id": account_of(at(user, "id_str"), handle),
        "handle": handle,
        "display_name": at(user, "name"),
        "created_at": at(user, "created_at"),
        "bio": at(user, "description"),
        "is_verified": at(user, "verified"),
        "followers_count": count(at(user, "followers_count")),
    }


def _entities(tweet: Mapping[str, Any]) -> object:
    return first(tweet, "extended_tweet.entities", "entities")


def _kind(tweet: Mapping[str, Any]) -> tuple[str, str | None]:
    """The kind of post, and the post that it reposts, quotes or answers."""
    targets = ((kind, first(tweet, *paths)) for kind, (_, paths) in REFERENCES.items())
    otherwise = "quote" if tweet.get("is_quote_status") else "original"
    return next(((kind, target) for kind, target in targets if target), (otherwise, None))


def _post(tweet: Mapping[str, Any], author: Row) -> Row:
    kind, parent = _kind(tweet)
    post_id = tweet["id_str"]
    return {
        "post_id": post_id,
        "account_id": author["account_id"],
        "created_at": tweet.get("created_at"),
        "kind": kind,
        "text": first(tweet, "extended_tweet.full_text", "full_text", "text"),
        "lang": tweet.get("lang"),
        "parent_id": parent,
        "url": post_url(author["handle"], post_id),
        **entity_columns(_entities(tweet), (post_id, parent)),
        "client": plain_client(tweet.get("source")),
        "declared_repost_count": count(tweet.get("retweet_count")),
    }


def _within(tweet: Mapping[str, Any], author: Row) -> Iterator[Extra]:
    """Its author, the posts that came along, those only referred to, and X's labels."""
    yield "accounts", author
    yield from post_labels(tweet["id_str"], tweet)
    hidden = withheld(at(tweet, "user") or {})
    yield from account_label(author["account_id"], hidden, labelled_by="x")
    for name, _ in REFERENCES.values():
        inner = tweet.get(name)
        if isinstance(inner, dict) and inner.get("id_str"):
            inner_author = _account(inner)
            if inner_author["account_id"]:
                yield "posts", _post(inner, inner_author)
                yield from _within(inner, inner_author)
    yield from _unseen(tweet)


def _unseen(tweet: Mapping[str, Any]) -> Iterator[Extra]:
    """What is known of an answered post, and of a quoted one that is gone."""
    handle = tweet.get("in_reply_to_screen_name")
    account = account_of(tweet.get("in_reply_to_user_id_str"), handle)
    yield from unseen_post(tweet.get("in_reply_to_status_id_str"), account)
    if account and handle:
        yield "accounts", {"account_id": account, "handle": handle}
    quoted = linked_post(at(tweet, "quoted_status_permalink.expanded"))
    if quoted and not isinstance(tweet.get("quoted_status"), dict):
        yield from unseen_post(quoted[1], account_of(None, quoted[0]))


def _deleted(notice: Mapping[str, Any]) -> Found:
    [(table, row)] = unseen_post(
        at(notice, "status.id_str"),
        at(notice, "status.user_id_str"),
        deleted_at=notice.get("timestamp_ms"),
    )
    return Found(table, row)


def _found(tweet: object) -> Found | Refused:
    if not isinstance(tweet, dict):
        return Refused("not a JSON object")
    if isinstance(tweet.get("delete"), dict):
        return _deleted(tweet["delete"])
    if not tweet.get("id_str"):
        return Refused("no id_str: no post (the stream's service messages have none)")
    author = _account(tweet)
    if author["account_id"] is None:
        return Refused("no user, and no address that names one")
    return Found("posts", _post(tweet, author), tuple(_within(tweet, author)))


def _record(record: Record) -> Iterator[Found | Refused]:
    tweets = _tweets(record.value)
    yield from map(_found, tweets) if tweets else [Refused("a page without posts")]


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(records(path, options), _record, options=options, platform="x")


IMPORTER = Importer(
    name="x-api-v1",
    title="X API v1.1",
    summary="posts of the X (Twitter) API v1.1, one a line or in lists (twarc 1, Tweepy)",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
