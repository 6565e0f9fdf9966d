# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of one Weibo account as weiboSpider saves them (CSV and JSON).

A post has only its id in base 62, which is the number in another notation. Times are to the
minute (+08:00). A repost does not say which post it reposts: it stays a repost or a quote of the
account that its text names (原始用户), and its text keeps what it reposted, as in the file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Records, Refused, records
from graphkit.reading.values import at
from graphkit.reading.weibo_posts import (
    WEIBO_ZONE,
    account_in_path,
    post_author,
    post_row,
    repost_kind,
    user_account,
)
from graphkit.text.links import weibo_mid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

COLUMNS = {
    "微博id": "bid", "微博正文": "text", "头条文章url": "article_url", "发布时间": "created_at",
    "发布工具": "source", "转发数": "reposts_count", "是否为原创微博": "original",
}  # fmt: skip
KEYS = {
    "id": "bid", "user_id": "user_id", "content": "text", "article_url": "article_url",
    "publish_time": "created_at", "publish_tool": "source", "retweet_num": "reposts_count",
    "original": "original",
}  # fmt: skip
USER_KEYS = {"nickname": "screen_name", "followers": "followers_count"}
NOTHING = "无"  # how the tool says that there is none
NEEDS = ("微博id", "微博正文", "发布时间")
NEEDS_JSON = {"id", "content", "publish_time"}
OWN_WORDS = re.compile(r"^(?:转发理由:)?(.*?)\s*(?:原始用户: *(.+?)\n|\n转发内容:)", re.DOTALL)
AT_ONCE = 5_000


def _suits(sample: Sample) -> str | None:
    if set(sample.columns).issuperset(NEEDS):
        return "it has weiboSpider's columns (微博id, 微博正文, 发布时间)"
    document = sample.objects[0] if sample.objects else None
    posts = at(document, "weibo")
    first = posts[0] if isinstance(posts, list) and posts else None
    fits = isinstance(first, dict) and set(first) >= NEEDS_JSON
    return "it is one account and its posts, as weiboSpider saves them" if fits else None


def _with_numbers(found: Iterable[Any]) -> Iterator[Any]:
    """The records with their post's number under `mid`, some at a time."""
    left = iter(found)
    while some := list(islice(left, AT_ONCE)):
        bids = [_bid(each.value) if isinstance(each, Record) else None for each in some]
        mids = weibo_mid(pl.Series(bids, dtype=pl.String)).to_list()
        for each, mid in zip(some, mids, strict=True):
            is_row = isinstance(each, Record) and isinstance(each.value, dict)
            yield replace(each, value={**each.value, "mid": mid}) if is_row else each


def _bid(value: object) -> str | None:
    found = value.get("微博id", value.get("id")) if isinstance(value, dict) else None
    return None if found is None else str(found).strip()


def _post(record: Record, *, author: Mapping[str, Any]) -> Iterator[Found | Refused]:
    row, user = record.value, record.head.get("user")
    names = COLUMNS if "微博id" in row else KEYS
    told = {key: row[n] for n, key in names.items() if n in row and row[n] not in (NOTHING, "")}
    known = {"user_id": user.get("id")} if isinstance(user, dict) else author
    weibo: dict[str, Any] = {"id": row["mid"], **known, **told}
    account = _profile(user) if isinstance(user, dict) else post_author(weibo)
    if weibo["id"] is None or account is None or account["account_id"] is None:
        yield Refused("no id, or no account; a CSV must be named <number of the account>.csv")
    else:
        yield Found("posts", post_row(weibo) | _reposted(weibo), (("accounts", account),))


def _profile(user: Mapping[str, Any]) -> dict[str, Any]:
    """The account of a profile; the tool names a certificate only where there is one."""
    renamed = {USER_KEYS.get(key, key): value for key, value in user.items()}
    return user_account({**renamed, "verified": True if user.get("verified_reason") else None})


def _reposted(weibo: Mapping[str, Any]) -> dict[str, Any]:
    """The kind of a repost, and the name of the account that it reposts."""
    if str(weibo.get("original")).lower() != "false":
        return {}
    said = OWN_WORDS.match(str(weibo.get("text")))
    name = said[2] if said else None
    kind = repost_kind(said[1] if said else weibo.get("text"))
    return {"kind": kind, "source_label": None if name is None else f"@{name.strip()}"}


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    author = account_in_path(path)
    given = records(path, options, at=("weibo",), short_rows=True)
    found = Records(_with_numbers(given), given.notes)
    read = partial(_post, author={} if author is None else author)
    yield from record_batches(found, read, options=options, platform="weibo", zone=WEIBO_ZONE)


IMPORTER = Importer(
    name="weibo-spider",
    title="weiboSpider",
    summary="posts of one Weibo account by weiboSpider (CSV <number>.csv, JSON)",
    needs=("微博id, 微博正文, 发布时间", "or user, weibo[id, content, publish_time]"),
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
    zone=WEIBO_ZONE,
    path_parts=3,
)
