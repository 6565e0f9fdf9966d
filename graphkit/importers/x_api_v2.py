# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of the X (Twitter) API v2, as twarc2 writes them: pages, or flattened posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at
from graphkit.reading.x_v2_posts import api_page, flat_page, page_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

TWEET = ("public_metrics", "edit_history_tweet_ids", "author_id", "conversation_id")


def _is_tweet(value: object) -> bool:
    return (
        isinstance(value, dict) and {"id", "text"} <= set(value) and any(k in value for k in TWEET)
    )


def _is_page(value: object) -> bool:
    data = at(value, "data")
    first = data[0] if isinstance(data, list) and data else data
    refused = at(value, "errors")
    errors = refused if isinstance(refused, list) else []
    return _is_tweet(first) or any(at(each, "resource_type") == "tweet" for each in errors)


def _is_flat(value: object) -> bool:
    is_of_4cat = at(value, "author_user") is not None
    return _is_tweet(value) and at(value, "author_id") is not None and not is_of_4cat


def _suits(sample: Sample) -> str | None:
    if any(_is_page(each) for each in sample.objects):
        return "its objects are pages of API v2: data, includes"
    if any(_is_flat(each) for each in sample.objects):
        return "its objects are posts of API v2, with author_id and author"
    return None


def _record(record: Record) -> Iterator[Found | Refused]:
    value = record.value
    is_page = "data" in value or "errors" in value or "meta" in value
    yield from page_rows(api_page(value) if is_page else flat_page(value))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(records(path, options), _record, options=options, platform="x")


IMPORTER = Importer(
    name="x-api-v2",
    title="X API v2",
    summary="posts of the X (Twitter) API v2: pages or flattened posts, one a line (twarc2)",
    needs=("data", "includes", "or author_id and author"),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
