# SPDX-License-Identifier: GPL-3.0-or-later
"""Videos and comments of TikTok that Zeeschuimer saw in a browser; also 4CAT's NDJSON of them.

Shares are counted and not listed: who shared is not in the data. A duet quotes the video that it
plays beside its own. Texts on the pictures (stickers) are not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_of, post_label
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first
from graphkit.reading.zeeschuimer_items import captured, captured_on, exact_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

PLATFORMS = ("tiktok.com", "tiktok-comments")
NONE = "0"  # TikTok's id of no video and of no comment
AI_LABELS = {"1": "AI-generated, says its author", "2": "AI-generated"}
MASKS = {"3": "sensitive", "4": "photosensitive"}
Item = dict[str, Any]


def _suits(sample: Sample) -> str | None:
    return captured_on(sample, PLATFORMS)


def _author(video: Item) -> Row:
    """The author; in videos from a page's own data a handle with fields beside it."""
    author = video.get("author")
    if not isinstance(author, dict):
        author = {"uniqueId": author, "nickname": video.get("nickname")}
    handle = author.get("uniqueId")
    return {
        "account_id": account_of(exact_id([author.get("id"), video.get("authorId")]), handle),
        "handle": handle,
        "display_name": author.get("nickname"),
        "bio": author.get("signature"),
        "is_verified": author.get("verified"),
        "followers_count": count(first(video, "authorStats.followerCount")),
    }


def _video(video: Item, post_id: str, *, author: Row) -> Row:
    duet = exact_id([at(video, "duetInfo.duetFromId")])
    parent = None if duet == NONE else duet
    handle, tags = author["handle"], video.get("textExtra") or []
    titles = [each.get("title") for each in video.get("challenges") or []]
    hashtags = [name for each in tags if (name := each.get("hashtagName"))]
    return {
        "post_id": post_id,
        "account_id": author["account_id"],
        "created_at": video.get("createTime"),
        "kind": "quote" if parent else "original",
        "text": video.get("desc"),
        "lang": video.get("textLanguage"),
        "parent_id": parent,
        "url": f"https://www.tiktok.com/@{handle}/video/{post_id}" if handle else None,
        "mentions": [name for each in tags if (name := each.get("userUniqueId"))],
        "hashtags": list(dict.fromkeys([*hashtags, *titles])),
        "declared_repost_count": count(first(video, "stats.shareCount", "statsV2.shareCount")),
    }


def _labels(video: Item, post_id: str) -> Iterator[Extra]:
    """What TikTok says of the video: made by AI, an advertisement, paid, sensitive, warnings."""
    said = [
        AI_LABELS.get(str(video.get("aigcLabelType"))),
        "advertisement" if video.get("isAd") else None,
        "paid partnership" if video.get("adAuthorization") else None,
        MASKS.get(str(video.get("maskType"))),
        *(each.get("text") for each in video.get("warnInfo") or []),
    ]
    for label in said:
        yield from post_label(post_id, label, labelled_by="tiktok")


def _comment(comment: Item, post_id: str) -> Found | Refused:
    user, video = comment.get("user"), exact_id([comment.get("aweme_id")])
    handle = at(user, "unique_id")
    account_id = account_of(exact_id([at(user, "uid")]), handle)
    if account_id is None or video is None:
        return Refused("a comment without its author or its video")
    answered = exact_id([comment.get("reply_id")])
    author = {
        "account_id": account_id,
        "handle": handle,
        "display_name": at(user, "nickname"),
    }
    post = {
        "post_id": post_id,
        "account_id": account_id,
        "created_at": comment.get("create_time"),
        "kind": "reply",
        "text": comment.get("text"),
        "lang": comment.get("comment_language"),
        "parent_id": video if answered in (None, NONE) else answered,
        "root_id": video,
    }
    return Found("posts", post, (("accounts", author),))


def _found(item: Item) -> Found | Refused:
    comment_id = exact_id([item.get("cid")])
    if comment_id is not None:
        return _comment(item, comment_id)
    post_id = exact_id([item.get("id")])
    author = _author(item)
    if "liveRoomInfo" in item:
        return Refused("a live stream, which is no post")
    if post_id is None or author["account_id"] is None:
        return Refused("no id or no author")
    extras = (("accounts", author), *_labels(item, post_id))
    return Found("posts", _video(item, post_id, author=author), extras)


def _record(record: Record) -> Iterator[Found | Refused]:
    item, envelope = captured(record.value)
    found = _found(item)
    if isinstance(found, Found):
        row = {**found.row, "collected_at": envelope.get("timestamp_collected")}
        found = Found("posts", row, found.extras)
    yield found


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(records(path, options), _record, options=options, platform="tiktok")


IMPORTER = Importer(
    name="zeeschuimer-tiktok",
    title="Zeeschuimer, TikTok",
    summary="videos and comments of TikTok captured by Zeeschuimer (NDJSON), or 4CAT's NDJSON",
    needs=("source_platform", "timestamp_collected", "data.createTime"),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
