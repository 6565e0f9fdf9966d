# SPDX-License-Identifier: GPL-3.0-or-later
"""Toutiao (今日头条) feeds and searches: its interfaces' items as JSON, JSON Lines or CSV.

Articles, videos and short posts (微头条) are read, also those that the application gives as a JSON
text inside `content`. Ids have 19 digits: programs that take them for fractions round the last ones
off, so the id is taken from text fields and addresses first. Times are epochs, or wall clock of
+08:00. `source` is the name under which the platform shows the item; where that is not the
account's own, it is what the platform gives as source. Not kept: other counts, pictures.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from graphkit.reading.extra_rows import platform_label, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.titled import titled
from graphkit.reading.values import at, count, first, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

Row = dict[str, Any]
ZONE = "Asia/Shanghai"
IDS = {"group_id", "item_id", "thread_id", "item_id_str", "comment_base"}
HINTS = {"publish_time", "behot_time", "article_url", "media_name", "origin_thread", "create_time"}
ADDRESSES = ("article_url", "display_url", "share_url", "url")
IN_ADDRESS = re.compile(r"toutiao\.com/(?:(?:group|item|article|video|w|thread|i)/?|a)(\d{15,20})")
EXACT = 1 << 53  # JavaScript rounds larger numbers, so that they end in 00
PAGES = {"0": "video", "49": "video", "32": "w"}  # by cell_type; the others are articles
NO_WORDS = {"", "转发了", "转发", "分享"}


def _suits(sample: Sample) -> str | None:
    names = set(sample.columns)
    for each in sample.objects:
        items = at(each, "data")
        value = items[0] if isinstance(items, list) and items else each
        names |= set(_unpacked(value))
    fits = (
        names & IDS and names & HINTS and names & {"source", "media_name", "comment_base", "user"}
    )
    return "its items have Toutiao's group_id or item_id, publish_time and source" if fits else None


def _unpacked(item: object) -> Mapping[str, Any]:
    """The item; of the application's feed what its text `content` holds."""
    outer: dict[str, Any] = item if isinstance(item, dict) else {}
    text = outer.get("content")
    if not isinstance(text, str) or not text.startswith("{"):
        return outer
    try:
        inner = orjson.loads(text)
    except orjson.JSONDecodeError:
        return outer
    return inner if isinstance(inner, dict) and IDS & set(inner) else outer


def _id(item: Mapping[str, Any]) -> str | None:
    """The item's id: as text, in an address, as a number; in this order."""
    given = [
        first(item, name) for name in ("item_id_str", "group_id", "item_id", "thread_id", "id")
    ]
    texts = [each for each in given if isinstance(each, str) and each.isdigit()]
    addresses = [IN_ADDRESS.search(str(item.get(name))) for name in ADDRESSES]
    linked = [found[1] for found in addresses if found]
    exact = [each for each in given if isinstance(each, int) and (each < EXACT or each % 100)]
    numbers = [str(each) for each in exact if each]
    return next(iter([*texts, *linked, *numbers]), None)


def _account(item: Mapping[str, Any]) -> Row | None:
    blocks = ("user_info", "user.info", "user", "media_info")
    user = next((b for b in (at(item, name) for name in blocks) if isinstance(b, dict)), {})
    number = first(user, "user_id", "id", "media_id") or first(item, "user_id", "media_id")
    name = first(user, "name", "screen_name") or first(item, "media_name", "source")
    if number is None and name is None:
        return None
    badge = first(user, "verified_content")
    return {
        "account_id": f"@{name}" if number is None else str(number),
        "handle": name,
        "display_name": name,
        "bio": first(user, "description", "desc"),
        "is_verified": first(user, "user_verified"),
        "credential": badge,
        "followers_count": count(at(item, "user.relation_count.followers_count")),
    }


def _page(item: Mapping[str, Any]) -> str:
    return PAGES.get(str(item.get("cell_type")), "article")


def _target(item: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The post that a forwarding post passes on, and whether it passes one on."""
    origin = first(item, "origin_thread", "origin_group")
    if not isinstance(origin, dict):
        return None, False
    return first(origin, "itemCell.articleBase.gidStr") or _id(origin), True


def _post(item: Mapping[str, Any], account: Row) -> Row:
    text = titled(plain_text(first(item, "title")), plain_text(first(item, "content", "abstract")))
    parent, is_repost = _target(item)
    words = (text or "").partition("//@")[0].strip()
    shown, name = first(item, "source"), account["display_name"]
    return {
        "post_id": _id(item),
        "account_id": account["account_id"],
        "created_at": first(item, "publish_time", "create_time"),
        "kind": "original" if not is_repost else "repost" if words in NO_WORDS else "quote",
        "text": text,
        "parent_id": parent,
        "url": f"https://www.toutiao.com/{_page(item)}/{_id(item)}/",
        "source_label": None if shown == name else shown,
        "declared_repost_count": count(first(item, "forward_info.forward_count", "forward_count")),
    }


def _within(item: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The platform's marks on the item, and the author of what it passes on."""
    post_id = _id(item)
    label = item.get("label")
    for mark in (label, "原创" if item.get("is_original") in (True, "true", "True") else None):
        yield from platform_label("post", post_id, mark, labelled_by="toutiao")
    origin = first(item, "origin_thread", "origin_group")
    author = _account(origin) if isinstance(origin, dict) else None
    if author is not None:
        yield "accounts", author
        yield from unseen_post(_target(item)[0], author["account_id"])


def _items(record: Record) -> Iterator[Found | Refused]:
    pages = at(record.value, "data")
    for each in pages if isinstance(pages, list) else [record.value]:
        item = _unpacked(each)
        base = item.get("comment_base")
        item = {**item, **base} if isinstance(base, dict) else item
        account = _account(item)
        if _id(item) is None or account is None:
            yield Refused("no id with all its digits, or nothing that names its account")
        else:
            yield Found("posts", _post(item, account), (("accounts", account), *_within(item)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, at=("data",))
    yield from record_batches(found, _items, options=options, platform="toutiao", zone=ZONE)


IMPORTER = Importer(
    name="toutiao",
    title="Toutiao",
    summary="items of Toutiao's feeds, searches and profiles (JSON, JSON Lines, CSV)",
    needs=("group_id or item_id", "publish_time", "source"),
    gives=("posts", "accounts", "labels"),
    order=30,
    suits=_suits,
    read=_read,
    zone=ZONE,
)
