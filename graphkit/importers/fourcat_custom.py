# SPDX-License-Identifier: GPL-3.0-or-later
"""4CAT's plain table: id, thread_id, timestamp, body, author, and what else the dataset had.

Its times have no zone and nothing says which it is: `--tz` is needed. `unix_timestamp` is not
read: it depends on the zone of the server that wrote it. A post whose thread is another post of
the file answers that post; any other thread is only kept as its root.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from graphkit.reading.extra_rows import account_of
from graphkit.reading.importer import Importer
from graphkit.reading.list_text import listed_urls
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import first, parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "thread_id", "timestamp", "body", "author")
# X, Bluesky and Telegram have importers of their own.
OF_OTHERS = {
    "is_retweet",
    "quoted_post",
    "author_forwarded_from_name",
}


def _suits(sample: Sample) -> str | None:
    columns = set(sample.columns)
    fits = not sample.objects and columns.issuperset(NEEDS) and not columns & OF_OTHERS
    return "it has 4CAT's columns id, thread_id, timestamp, body, author" if fits else None


def _row(record: Record, *, ids: Collection[str]) -> Iterator[Found | Refused]:
    cells = record.value
    handle = cells.get("author")
    account_id = account_of(cells.get("author_id"), handle)
    post_id, thread = cells.get("id"), cells.get("thread_id")
    if not post_id or account_id is None:
        yield Refused("no id or no author")
        return
    root = None if thread == post_id else thread
    parent = root if root in ids else None
    post = {
        "post_id": post_id,
        "account_id": account_id,
        "created_at": cells.get("timestamp"),
        "kind": "reply" if parent else "original",
        "text": "\n".join(filter(None, (cells.get("subject"), cells.get("body")))),
        "parent_id": parent,
        "root_id": root,
        "url": first(cells, "url", "link"),
        "urls": listed_urls(cells.get("urls")),
        "hashtags": [tag.lstrip("#") for tag in parts(first(cells, "hashtags", "tags"), ",")],
    }
    yield Found("posts", post, (("accounts", {"account_id": account_id, "handle": handle}),))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    rows = (each for each in records(path, options) if isinstance(each, Record))
    ids = {row.value.get("id") for row in rows}
    read = partial(_row, ids=ids)
    yield from record_batches(records(path, options), read, options=options, platform="local")


IMPORTER = Importer(
    name="4cat-custom",
    title="4CAT, custom",
    summary="a table of 4CAT of any platform (id, thread_id, timestamp, body, author); needs --tz",
    needs=NEEDS,
    gives=("posts", "accounts"),
    order=80,
    suits=_suits,
    read=_read,
)
