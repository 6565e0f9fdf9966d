# SPDX-License-Identifier: GPL-3.0-or-later
"""Videos of Douyin that Zeeschuimer saw in a browser; also 4CAT's NDJSON of them.

The keys come in two spellings, aweme_id (from the API) and awemeId (from a page's own data).
Douyin counts who passed a video on and does not list them. Live streams are no posts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import post_label
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

PLATFORMS = ("douyin.com",)
CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
UNDEFINED = "$undefined"  # what Douyin's pages write for a value that is not there
STREAMS = ("rawdata", "cell_room.rawdata")
Item = dict[str, Any]


def _suits(sample: Sample) -> str | None:
    return captured_on(sample, PLATFORMS)


def _snake(value: object) -> Any:  # noqa: ANN401  any JSON value
    """The value with keys as the API spells them, without what is undefined."""
    if isinstance(value, dict):
        kept = ((key, each) for key, each in value.items() if each != UNDEFINED)
        return {CAPITAL.sub(r"_\1", key).lower(): _snake(each) for key, each in kept}
    return [_snake(each) for each in value] if isinstance(value, list) else value


def _author(item: Item) -> Row:
    """The author: the number where it is exact, else the name in the profile's address."""
    author = first(item, "author_info", "author")
    numbers = [at(author, "uid"), item.get("author_user_id"), at(author, "sec_uid")]
    reason = first(author, "enterprise_verify_reason", "custom_verify")
    return {
        "account_id": exact_id(numbers),
        "handle": at(author, "nickname"),
        "display_name": at(author, "nickname"),
        "bio": at(author, "signature"),
        "is_verified": None if reason is None else True,
        "credential": reason,
        "followers_count": count(first(author, "follower_count", "mplatform_followers_count")),
    }


def _post(item: Item, post_id: str, *, account_id: str) -> Row:
    text, tags = str(item.get("desc", "")), item.get("text_extra") or []
    people = [each for each in tags if first(each, "sec_uid", "user_id")]
    return {
        "post_id": post_id,
        "account_id": account_id,
        "created_at": item.get("create_time"),
        "kind": "original",
        "text": text,
        "url": f"https://www.douyin.com/video/{post_id}",
        "mentions": [text[each["start"] : each["end"]].strip("@ ") for each in people],
        "hashtags": [name for each in tags if (name := each.get("hashtag_name"))],
        "declared_repost_count": count(
            first(item, "statistics.forward_count", "stats.forward_count")
        ),
    }


def _labels(item: Item, post_id: str) -> Iterator[Extra]:
    """What Douyin shows under the video ("made by AI, be careful"), and that it is paid for."""
    paid = "advertisement" if first(item, "is_ads", "raw_ad_data") else None
    for label in (at(item, "risk_infos.content"), paid):
        yield from post_label(post_id, label, labelled_by="douyin")


def _record(record: Record) -> Iterator[Found | Refused]:
    data, envelope = captured(record.value)
    item = _snake(data)
    author, post_id = _author(item), exact_id([item.get("aweme_id"), item.get("id")])
    if first(item, *STREAMS) is not None:
        yield Refused("a live stream, which is no post")
    elif post_id is None or author["account_id"] is None:
        yield Refused("no aweme_id or no author")
    else:
        post = _post(item, post_id, account_id=author["account_id"])
        collected = {"collected_at": envelope.get("timestamp_collected")}
        extras = (("accounts", author), *_labels(item, post_id))
        yield Found("posts", {**post, **collected}, extras)


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(records(path, options), _record, options=options, platform="douyin")


IMPORTER = Importer(
    name="zeeschuimer-douyin",
    title="Zeeschuimer, Douyin",
    summary="videos of Douyin captured by Zeeschuimer (NDJSON), or 4CAT's NDJSON of them",
    needs=("source_platform", "timestamp_collected", "data.aweme_id or data.awemeId"),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
