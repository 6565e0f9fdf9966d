# SPDX-License-Identifier: GPL-3.0-or-later
"""What a keyword search on Weibo found, as weibo-search saves it.

Times are to the minute (+08:00; relative words became times of the machine that ran it). A
repost has the id of its source, whose row stands beside it. The tool took the blanks out of the
texts and the addresses out of the links; a post that answers another is not marked as such.
Membership (会员) is bought and no certification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.weibo_posts import WEIBO_ZONE, post_found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

COLUMNS = {
    "用户昵称": "screen_name", "微博正文": "text", "头条文章url": "article_url",
    "艾特用户": "at_users", "话题": "topics", "转发数": "reposts_count", "发布时间": "created_at",
    "发布工具": "source",
}  # fmt: skip
NEEDS = ("id", "bid", "user_id", "用户昵称", "微博正文", "发布时间")


def _suits(sample: Sample) -> str | None:
    fits = set(sample.columns).issuperset(NEEDS)
    return "it has weibo-search's columns (bid, user_id, 用户昵称, 微博正文)" if fits else None


def _row(record: Record) -> Iterator[Found | Refused]:
    """A post; its author is verified where the badge is a V (蓝V: an organisation)."""
    weibo = {COLUMNS.get(name, name): cell for name, cell in record.value.items()}
    badge = weibo.get("user_authentication")
    user = {
        "id": str(weibo.get("user_id")).partition("?")[0],
        "screen_name": weibo.get("screen_name"),
        "verified": None if badge is None else badge.endswith("V"),
        "verified_reason": badge if badge is not None and badge.endswith("V") else None,
    }
    yield post_found(weibo, user if weibo.get("user_id") else None)


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, short_rows=True)
    yield from record_batches(found, _row, options=options, platform="weibo", zone=WEIBO_ZONE)


IMPORTER = Importer(
    name="weibo-search",
    title="weibo-search",
    summary="posts found by keyword on Weibo, saved by weibo-search (CSV)",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
    zone=WEIBO_ZONE,
)
