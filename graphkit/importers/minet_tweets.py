# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of X (Twitter) as minet and gazouilloire write them: CSV with the fields of twitwi.

`timestamp_utc` is the post's time; `local_time` is another clock and not read. The time of
collection has no zone: it is read with `--tz`, else left out. Hashtags are in lower case.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from graphkit.reading.extra_rows import account_of, post_label, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import count, parts
from graphkit.reading.x_posts import links, post_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "timestamp_utc", "user_screen_name", "text", "retweeted_id", "quoted_id")
REFERENCES = (
    ("repost", "retweeted_id", "retweeted_user_id", "retweeted_user", "retweeted_timestamp_utc"),
    ("quote", "quoted_id", "quoted_user_id", "quoted_user", "quoted_timestamp_utc"),
    ("reply", "to_tweetid", "to_userid", "to_username", ""),
)


def _suits(sample: Sample) -> str | None:
    fits = not sample.objects and set(NEEDS) <= set(sample.columns)
    return "it has twitwi's columns (timestamp_utc, retweeted_id, quoted_id)" if fits else None


def _account(cells: Mapping[str, str]) -> Row:
    handle = cells.get("user_screen_name")
    return {
        "account_id": account_of(cells.get("user_id"), handle),
        "handle": handle,
        "display_name": cells.get("user_name"),
        "created_at": cells.get("user_timestamp_utc"),
        "bio": cells.get("user_description"),
        "is_verified": cells.get("user_verified"),
        "followers_count": count(cells.get("user_followers")),
    }


def _post(cells: Mapping[str, str], account_id: str) -> Row:
    told = ((kind, cells.get(target)) for kind, target, *_ in REFERENCES)
    kind, parent = next(((k, t) for k, t in told if t), ("original", None))
    post_id = cells["id"]
    return {
        "post_id": post_id,
        "account_id": account_id,
        "created_at": cells.get("timestamp_utc"),
        "kind": kind,
        "text": cells.get("text"),
        "lang": cells.get("lang"),
        "parent_id": parent,
        "url": cells.get("url", post_url(cells.get("user_screen_name"), post_id)),
        "urls": links(parts(cells.get("links"), "|"), (post_id, parent)),
        "mentions": parts(cells.get("mentioned_names"), "|"),
        "hashtags": parts(cells.get("hashtags"), "|"),
        "client": cells.get("source_name"),
        "declared_repost_count": count(cells.get("retweet_count")),
    }


def _within(cells: Mapping[str, str], author: Row) -> Iterator[Extra]:
    yield "accounts", author
    for _, target, number, name, time in REFERENCES:
        account = account_of(cells.get(number), cells.get(name))
        if account and cells.get(name):
            yield "accounts", {"account_id": account, "handle": cells[name]}
        yield from unseen_post(cells.get(target), account, created_at=cells.get(time))
    if cells.get("possibly_sensitive", "0").lower() in {"1", "true"}:
        yield from post_label(cells["id"], "possibly sensitive", labelled_by="x")


def _record(record: Record, *, has_zone: bool) -> Iterator[Found | Refused]:
    cells = record.value
    author = _account(cells)
    if not cells.get("id") or author["account_id"] is None:
        yield Refused("no id, or neither user_id nor user_screen_name")
        return
    collected = {"collected_at": cells.get("collection_time")} if has_zone else {}
    post = {**_post(cells, author["account_id"]), **collected}
    yield Found("posts", post, tuple(_within(cells, author)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    read = partial(_record, has_zone=options.tz is not None)
    yield from record_batches(records(path, options), read, options=options, platform="x")


IMPORTER = Importer(
    name="minet-tweets",
    title="minet and gazouilloire",
    summary="posts of X (Twitter) that minet or gazouilloire collected (CSV, fields of twitwi)",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
