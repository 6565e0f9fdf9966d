# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of X (Twitter) that Zeeschuimer saw in a browser; also 4CAT's NDJSON of them.

The numbers `id` in these files went through JavaScript and lost digits: rest_id and id_str are
read. Long posts are read in full (note_tweet). Where the author's block is missing, the handle is
recovered from the addresses of the post's pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_of, post_label, unseen_post
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
)
from graphkit.reading.zeeschuimer_items import captured, captured_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

PLATFORMS = ("twitter.com", "x.com", "twitter-comments")
NOTE = "note_tweet.note_tweet_results.result"
REPOSTED = ("legacy.retweeted_status_result.result", "retweeted_status_result.result")
QUOTED = ("quoted_status_result.result", "legacy.quoted_status_result.result")
Tweet = dict[str, Any]


def _suits(sample: Sample) -> str | None:
    return captured_on(sample, PLATFORMS)


def _inner(tweet: object, *paths: str) -> Tweet:
    """The post under the first of `paths`, out of the wrapper that limited posts have."""
    found = first(tweet, *paths)
    wrapped = at(found, "tweet")
    held = wrapped if isinstance(wrapped, dict) else found
    return held if isinstance(held, dict) else {}


def _id(tweet: Tweet) -> str | None:
    found = first(tweet, "rest_id", "legacy.id_str")
    return found if isinstance(found, str) else None


def _account(tweet: Tweet) -> Row:
    user = first(tweet, "core.user_results.result", "core.user_result.result", "user")
    handle = first(user, "core.screen_name", "legacy.screen_name", "screen_name")
    if handle is None:
        handle = handle_of(_id(tweet), media_urls(at(tweet, "legacy.entities")))
    number = first(tweet, "legacy.user_id_str") or first(user, "rest_id", "id_str")
    marks = ("is_blue_verified", "verification.verified", "legacy.verified", "verified")
    known = [mark for path in marks if (mark := at(user, path)) is not None]
    return {
        "account_id": account_of(number, handle),
        "handle": handle,
        "display_name": first(user, "core.name", "legacy.name", "name"),
        "created_at": first(user, "core.created_at", "legacy.created_at", "created_at"),
        "bio": first(user, "profile_bio.description", "legacy.description", "description"),
        "is_verified": any(known) if known else None,
        "credential": at(user, "verification.verified_type"),
        "followers_count": count(first(user, "legacy.followers_count", "followers_count")),
    }


def _kind(tweet: Tweet) -> tuple[str, str | None]:
    """The kind of post, and the post that it reposts, quotes or answers."""
    told = {
        "repost": _id(_inner(tweet, *REPOSTED)) or at(tweet, "legacy.retweeted_status_id_str"),
        "quote": at(tweet, "legacy.quoted_status_id_str") or _id(_inner(tweet, *QUOTED)),
        "reply": at(tweet, "legacy.in_reply_to_status_id_str"),
    }
    otherwise = "quote" if first(tweet, *QUOTED) else "original"
    return next(((kind, target) for kind, target in told.items() if target), (otherwise, None))


def _post(tweet: Tweet, author: Row, *, collected_at: object) -> Row:
    kind, parent = _kind(tweet)
    post_id, legacy = str(_id(tweet)), tweet["legacy"]
    root = legacy.get("conversation_id_str")
    entities = first(tweet, f"{NOTE}.entity_set", "legacy.entities")
    media = {"media": at(legacy, "entities.media")}
    return {
        "post_id": post_id,
        "account_id": author["account_id"],
        "created_at": legacy.get("created_at"),
        "kind": kind,
        "text": first(tweet, f"{NOTE}.text", "legacy.full_text", "legacy.text"),
        "lang": legacy.get("lang"),
        "parent_id": parent,
        "root_id": None if root == post_id else root,
        "url": post_url(author["handle"], post_id),
        **entity_columns({**entities, **media} if entities else media, (post_id, parent)),
        "client": plain_client(first(tweet, "source", "legacy.source")),
        "declared_repost_count": count(legacy.get("retweet_count")),
        "collected_at": collected_at,
    }


def _rows(tweet: Tweet, collected_at: object) -> Iterator[Extra]:
    """The post, then its author, the posts that came along, those only referred to, labels."""
    if not _id(tweet) or not isinstance(tweet.get("legacy"), dict):
        return
    author = _account(tweet)
    if author["account_id"] is None:
        return
    yield "posts", _post(tweet, author, collected_at=collected_at)
    yield "accounts", author
    yield from _labels(tweet)
    for paths in (REPOSTED, QUOTED):
        yield from _rows(_inner(tweet, *paths), collected_at)
    yield from _unseen(tweet)


def _labels(tweet: Tweet) -> Iterator[Extra]:
    """What X says of the post: withheld, sensitive, promoted, with a note by readers."""
    post_id = str(_id(tweet))
    yield from post_labels(post_id, tweet["legacy"])
    promoted = "promoted" if tweet.get("promoted") is True else None
    yield from post_label(post_id, promoted, labelled_by="x")
    note = tweet.get("birdwatch_pivot")
    said = [first(note, "shorttitle", "title"), at(note, "subtitle.text")]
    readers = {"labelled_by": "x community notes", "url": at(note, "destinationUrl")}
    yield from post_label(post_id, ": ".join(filter(None, said)), **readers)


def _unseen(tweet: Tweet) -> Iterator[Extra]:
    """What is known of an answered post, and of a quoted one that X does not show any more."""
    legacy = tweet["legacy"]
    handle = legacy.get("in_reply_to_screen_name")
    account = account_of(legacy.get("in_reply_to_user_id_str"), handle)
    yield from unseen_post(legacy.get("in_reply_to_status_id_str"), account)
    quoted = linked_post(at(legacy, "quoted_status_permalink.expanded"))
    if quoted and not _id(_inner(tweet, *QUOTED)):
        yield from unseen_post(quoted[1], account_of(None, quoted[0]))


def _tombstone(tweet: Tweet) -> list[Extra]:
    """The label of a quoted post in whose place X shows why it is gone."""
    stone = first(tweet, *QUOTED)
    if at(stone, "tombstone") is None and at(stone, "__typename") != "TweetTombstone":
        return []
    told = at(stone, "tombstone.text.text") or "unavailable"
    return post_label(_kind(tweet)[1], told, labelled_by="x")


def _record(record: Record) -> Iterator[Found | Refused]:
    data, envelope = captured(record.value)
    tweet = _inner({"data": data}, "data")
    rows = list(_rows(tweet, envelope.get("timestamp_collected")))
    if rows:
        yield Found("posts", rows[0][1], (*rows[1:], *_tombstone(tweet)))
    elif "legacy" in tweet:
        yield Refused("no id, or no author and no address that names one")
    else:
        yield Refused("a post that X did not show")


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(records(path, options), _record, options=options, platform="x")


IMPORTER = Importer(
    name="zeeschuimer-x",
    title="Zeeschuimer, X",
    summary="posts of X (Twitter) captured by Zeeschuimer (NDJSON), or 4CAT's NDJSON of them",
    needs=("source_platform", "timestamp_collected", "data.legacy"),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
