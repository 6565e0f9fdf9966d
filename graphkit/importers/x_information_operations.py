# SPDX-License-Identifier: GPL-3.0-or-later
"""The archives of information operations that X (Twitter) released: posts and accounts as CSV.

Times are to the minute (UTC), accounts with few followers have hashed ids and no names. Who is
mentioned is there as (hashed) ids only and is not kept; the names stand in the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reading.extra_rows import unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.list_text import listed, listed_urls
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import count
from graphkit.reading.x_posts import in_utc, links, post_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

POSTS = ("tweetid", "userid", "tweet_text", "tweet_time")
ACCOUNTS = ("userid", "user_screen_name", "account_creation_date", "account_language")
REFERENCES = (
    ("repost", "retweet_tweetid", "retweet_userid"),
    ("quote", "quoted_tweet_tweetid", ""),
    ("reply", "in_reply_to_tweetid", "in_reply_to_userid"),
)
NOTHING = {"absent", "present", "[]"}  # of coordinates X told only whether there were some


def _suits(sample: Sample) -> str | None:
    columns = set() if sample.objects else set(sample.columns)
    if columns.issuperset(POSTS):
        return "it has the columns of X's archives of information operations (tweetid, userid)"
    if columns.issuperset(ACCOUNTS):
        return "it has the columns of the accounts in X's archives of information operations"
    return None


def _account(cells: Mapping[str, str]) -> Row:
    """The account; a name that repeats the hashed id is none."""
    userid = cells["userid"]
    shown = {name: cells.get(name) for name in ("user_screen_name", "user_display_name")}
    handle, display = (None if name == userid else name for name in shown.values())
    return {
        "account_id": userid,
        "handle": handle,
        "display_name": display,
        "created_at": cells.get("account_creation_date"),
        "bio": cells.get("user_profile_description"),
        "followers_count": count(cells.get("follower_count")),
    }


def _post(cells: Mapping[str, str], handle: str | None) -> Row:
    told = ((kind, cells.get(target)) for kind, target, _ in REFERENCES)
    is_repost = cells.get("is_retweet", "").lower() == "true"
    otherwise = "repost" if is_repost else "original"
    kind, parent = next(((k, t) for k, t in told if t), (otherwise, None))
    post_id = cells["tweetid"]
    return {
        "post_id": post_id,
        "account_id": cells["userid"],
        "created_at": in_utc(cells.get("tweet_time")),
        "kind": kind,
        "text": cells.get("tweet_text"),
        "lang": cells.get("tweet_language"),
        "parent_id": parent,
        "url": post_url(handle, post_id),
        "urls": links(listed_urls(cells.get("urls")), (post_id, parent)),
        "hashtags": [tag.lstrip("#") for tag in listed(cells.get("hashtags"))],
        "client": cells.get("tweet_client_name"),
        "declared_repost_count": count(cells.get("retweet_count")),
    }


def _within(cells: Mapping[str, str], author: Row) -> Iterator[Extra]:
    yield "accounts", author
    for _, target, userid in REFERENCES:
        yield from unseen_post(cells.get(target), cells.get(userid))


def _record(record: Record) -> Iterator[Found | Refused]:
    cells = {name: cell for name, cell in record.value.items() if cell not in NOTHING}
    if not cells.get("userid"):
        yield Refused("no userid")
        return
    author = _account(cells)
    if "tweetid" in cells:
        yield Found("posts", _post(cells, author["handle"]), tuple(_within(cells, author)))
    elif cells.get("tweet_text") or cells.get("tweet_time"):
        yield Refused("no tweetid")
    else:
        yield Found("accounts", author)


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _record, options=options, platform="x", zone="UTC")


IMPORTER = Importer(
    name="x-information-operations",
    title="X information operations",
    summary="posts and accounts of the information operations that X (Twitter) disclosed (CSV)",
    needs=POSTS,
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
    zone="UTC",
)
