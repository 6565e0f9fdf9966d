# SPDX-License-Identifier: GPL-3.0-or-later
"""YouTube Data Tools: the video list, and the comments under a video.

Its times are UTC. A file of comments says in its name only, or in `videoId`, under which video
they stand; without either, comments answer nothing. Pseudonymised files give hashes for names.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_of, post_label
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.text_marks import hashtags_in, links_in
from graphkit.reading.values import first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

VIDEO = {"channelId", "videoId", "publishedAt", "videoDescription"}
COMMENT = {"id", "publishedAt", "authorName", "text", "isReply"}
NEEDS = ("channelId, videoId, videoDescription (videos)", "authorName, text, isReply (comments)")
IN_NAME = re.compile(r"videoinfo_([\w-]{11})_")


def _suits(sample: Sample) -> str | None:
    columns = set(sample.columns) if sample.form != "json" else set()
    if columns >= VIDEO:
        return "its columns are those of YouTube Data Tools' video list"
    return "its columns are those of YouTube Data Tools' comments" if columns >= COMMENT else None


def _watch(video: str | None, comment: str | None = None) -> str | None:
    page = f"https://www.youtube.com/watch?v={video}"
    return None if video is None else f"{page}&lc={comment}" if comment else page


def _account(number: object, name: str | None) -> Row:
    """The channel; since 2022 the name of a commenter is the handle, with @."""
    bare = name.removeprefix("@") if name else None
    is_handle = bare != name
    return {
        "account_id": account_of(number, bare),
        "handle": bare if is_handle else None,
        "display_name": None if is_handle else name,
    }


def _marks(text: str | None) -> Row:
    return {"urls": links_in(text), "hashtags": hashtags_in(text)}


def _video(row: Mapping[str, Any]) -> Iterator[Found | Refused]:
    if not row.get("videoId") or not row.get("channelId"):
        yield Refused("no videoId or no channelId: the tool could not get this video")
        return
    text = "\n\n".join(p for p in (row.get("videoTitle"), row.get("videoDescription")) if p)
    author = _account(row["channelId"], row.get("channelTitle"))
    post = {
        "post_id": row["videoId"],
        "account_id": author["account_id"],
        "created_at": row.get("publishedAt"),
        "kind": "original",
        "text": text,
        "lang": row.get("defaultLanguage"),
        "url": _watch(row["videoId"]),
        **_marks(text),
    }
    yield Found("posts", post, (("accounts", author), *_labels(row)))


def _labels(row: Mapping[str, Any]) -> list[Extra]:
    is_paid = str(row.get("hasPaidProductPlacement")).lower() in {"true", "1"}
    label = "paid product placement" if is_paid else None
    return post_label(row["videoId"], label, labelled_by="youtube")


def _comment(row: Mapping[str, Any], named: str | None) -> Iterator[Found | Refused]:
    author = _account(row.get("authorChannelId"), row.get("authorName"))
    if not row.get("id") or author["account_id"] is None:
        yield Refused("no id, or nobody's")
        return
    video = row.get("videoId") or named
    answered = first(row, "isReplyToId", "isReplyTo") if row.get("isReply") == "1" else video
    post = {
        "post_id": row["id"],
        "account_id": author["account_id"],
        "created_at": row.get("publishedAt"),
        "kind": "reply",
        "text": row.get("text"),
        "parent_id": answered,
        "root_id": video,
        "url": _watch(video, row["id"]),
        **_marks(row.get("text")),
    }
    yield Found("posts", post, (("accounts", author),))


def _row(record: Record, named: str | None) -> Iterator[Found | Refused]:
    row = record.value
    yield from _comment(row, named) if "isReply" in row or "authorName" in row else _video(row)


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    video = IN_NAME.search(path.name)
    read = partial(_row, named=video[1] if video else None)
    found = records(path, options)
    yield from record_batches(found, read, options=options, platform="youtube", zone="UTC")


IMPORTER = Importer(
    name="youtube-data-tools",
    title="YouTube Data Tools",
    summary="video lists and comments of YouTube Data Tools, CSV or tab-separated",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
    zone="UTC",
)
