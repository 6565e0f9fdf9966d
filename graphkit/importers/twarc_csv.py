# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of the X (Twitter) API v2 as twarc-csv writes them: one row a post, lists as JSON.

A repost's row has the text, links and counts of the post that it reposts, in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from graphkit.reading.extra_rows import account_label, account_of, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.list_text import listed
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import count, first
from graphkit.reading.x_posts import links, plain_client, post_labels, post_url, withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "author_id", "created_at", "text", "referenced_tweets.replied_to.id")
REFERENCES = (
    ("repost", "referenced_tweets.retweeted.id", "retweeted_user_id", "retweeted_username"),
    ("quote", "referenced_tweets.quoted.id", "quoted_user_id", "quoted_username"),
    ("reply", "referenced_tweets.replied_to.id", "in_reply_to_user_id", "in_reply_to_username"),
)


def _suits(sample: Sample) -> str | None:
    fits = not sample.objects and set(NEEDS) <= set(sample.columns)
    return "it has twarc-csv's columns, such as referenced_tweets.replied_to.id" if fits else None


def _entities(cell: str | None, *keys: str) -> list[str]:
    """What is under the first of `keys` in each entity; older versions write texts, not objects."""
    values = orjson.loads(cell) if cell and cell.startswith("[") else listed(cell)
    return [first(each, *keys) if isinstance(each, dict) else each for each in values]


def _post(cells: Mapping[str, str]) -> Row:
    told = ((kind, cells.get(target)) for kind, target, _, _ in REFERENCES)
    kind, parent = next(((k, t) for k, t in told if t), ("original", None))
    post_id, root = cells["id"], cells.get("conversation_id")
    urls = _entities(cells.get("entities.urls"), "unwound_url", "expanded_url", "url")
    text = cells.get("text")
    return {
        "post_id": post_id,
        "account_id": cells["author_id"],
        "created_at": cells.get("created_at"),
        "kind": kind,
        "text": text.replace("\\n", "\n") if text else None,  # twarc-csv has line breaks as \n
        "lang": cells.get("lang"),
        "parent_id": parent,
        "root_id": None if root == post_id else root,
        "url": post_url(cells.get("author.username"), post_id),
        "urls": links(urls, (post_id, parent)),
        "mentions": [m.lstrip("@") for m in _entities(cells.get("entities.mentions"), "username")],
        "hashtags": [h.lstrip("#") for h in _entities(cells.get("entities.hashtags"), "tag")],
        "client": plain_client(cells.get("source")),
        "declared_repost_count": count(cells.get("public_metrics.retweet_count")),
        "collected_at": cells.get("__twarc.retrieved_at"),
    }


def _account(cells: Mapping[str, str]) -> Row:
    credential = cells.get("author.verified_type")
    return {
        "account_id": cells["author_id"],
        "handle": cells.get("author.username"),
        "display_name": cells.get("author.name"),
        "created_at": cells.get("author.created_at"),
        "bio": cells.get("author.description"),
        "is_verified": cells.get("author.verified"),
        "credential": None if credential == "none" else credential,
        "followers_count": count(cells.get("author.public_metrics.followers_count")),
    }


def _within(cells: Mapping[str, str]) -> Iterator[Extra]:
    author = _account(cells)
    yield "accounts", author
    for _, target, number, name in REFERENCES:
        account = account_of(cells.get(number), cells.get(name))
        yield from unseen_post(cells.get(target), account)
        if account and cells.get(name):
            yield "accounts", {"account_id": account, "handle": cells[name]}
    yield from post_labels(cells["id"], _told(cells, ""))
    hidden = withheld(_told(cells, "author."))
    yield from account_label(author["account_id"], hidden, labelled_by="x")


def _told(cells: Mapping[str, str], of: str) -> dict[str, Any]:
    """What X withholds or marks, as the API has it."""
    return {
        "withheld_in_countries": listed(cells.get(f"{of}withheld.country_codes")),
        "withheld_copyright": cells.get(f"{of}withheld.copyright", "").lower() == "true",
        "withheld_scope": cells.get(f"{of}withheld.scope"),
        "possibly_sensitive": cells.get(f"{of}possibly_sensitive", "").lower() == "true",
    }


def _record(record: Record) -> Iterator[Found | Refused]:
    cells = record.value
    if cells.get("id") and cells.get("author_id"):
        yield Found("posts", _post(cells), tuple(_within(cells)))
    else:
        yield Refused("no id or no author_id")


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(records(path, options), _record, options=options, platform="x")


IMPORTER = Importer(
    name="twarc-csv",
    title="twarc-csv",
    summary="posts of the X (Twitter) API v2, converted to CSV by twarc-csv (`twarc2 csv`)",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
