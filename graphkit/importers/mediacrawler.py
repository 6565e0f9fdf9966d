# SPDX-License-Identifier: GPL-3.0-or-later
"""What MediaCrawler saves of Weibo, Xiaohongshu, Douyin, Bilibili, Zhihu and Kuaishou.

One file holds the posts, the comments or the creators of one platform (`search_contents_...`),
which its columns tell. Times are epochs; `last_modify_ts` is when a row was collected. Of a Weibo
repost the tool keeps the text only, not what it reposts: a chain `//@name:` or 转发微博 tells that
it is one. An answer on Zhihu is its own text, without the question that many answer. A comment
answers the post, or the comment whose id it has. Not kept: the place of the
address (ip_location), pictures and counts other than reposts; followers' lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from graphkit.reading.bilibili_ids import video_id, video_url
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records, sampled
from graphkit.reading.titled import titled
from graphkit.reading.values import count, first, parts
from graphkit.reading.weibo_posts import (
    WEIBO_ZONE,
    native_id,
    repost_kind,
    said_mentions,
    said_topics,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of file: its platform, what a row is, and the columns that no other kind has."""

    platform: str
    holds: str
    keys: frozenset[str]


def _kinds(holds: str, columns: Mapping[str, str]) -> list[Kind]:
    return [Kind(name, holds, frozenset(keys.split())) for name, keys in columns.items()]


POST_ID = {
    "weibo": "note_id", "xiaohongshu": "note_id", "douyin": "aweme_id", "bilibili": "video_id",
    "kuaishou": "video_id", "zhihu": "content_id",
}  # fmt: skip
KINDS = [
    *_kinds("comment", {
        "weibo": "comment_id note_id content create_date_time",
        "xiaohongshu": "comment_id note_id content pictures",
        "douyin": "comment_id aweme_id content sec_uid",
        "bilibili": "comment_id video_id content sign",
        "zhihu": "comment_id content_id publish_time",
        "kuaishou": "comment_id video_id content sub_comment_count",
    }),
    *_kinds("post", {
        "weibo": "note_id content create_date_time shared_count",
        "xiaohongshu": "note_id desc time last_update_time tag_list",
        "douyin": "aweme_id aweme_type sec_uid",
        "bilibili": "video_id video_type video_coin_count",
        "zhihu": "content_id content_type content_text",
        "kuaishou": "video_id video_type viewd_count",
    }),
    *_kinds("dynamic", {"bilibili": "dynamic_id user_id user_name pub_ts"}),
    *_kinds("creator", {
        "zhihu": "user_id user_nickname url_token fans",
        "bilibili": "user_id nickname sign total_fans",
        "douyin": "user_id nickname fans videos_count",
        "xiaohongshu": "user_id nickname fans interaction tag_list",
        "weibo": "user_id nickname fans tag_list",
        "kuaishou": "user_id nickname fans interaction",
    }),
    *_kinds("follow", {"bilibili": "up_id fan_id up_name fan_name"}),
]  # fmt: skip


def _kind(sample: Sample) -> Kind | None:
    beginning = sample.objects[0] if sample.objects else None
    names = set(sample.columns) | set(beginning if isinstance(beginning, dict) else ())
    if "last_modify_ts" not in names and not {"content_id", "url_token"} & names:
        return None
    return next((kind for kind in KINDS if kind.keys <= names), None)


def _suits(sample: Sample) -> str | None:
    kind = _kind(sample)
    if kind is None:
        return None
    return f"it has the columns of MediaCrawler's {kind.holds} rows of {kind.platform}"


def _post_id(row: Mapping[str, Any], platform: str) -> str | None:
    """The post's id; of Zhihu with its type, because answers and articles are numbered apart."""
    native = native_id(row.get(POST_ID[platform]))
    if platform == "bilibili":
        return video_id(native)
    if platform == "zhihu" and native is not None:
        return f"{first(row, 'content_type') or 'answer'}/{native}"
    return native


def _account(row: Mapping[str, Any]) -> Row:
    name = first(row, "nickname", "user_nickname", "user_name")
    return {
        "account_id": native_id(row.get("user_id")),
        "handle": name,
        "display_name": name,
        "bio": first(row, "sign", "user_signature"),
        "followers_count": count(first(row, "fans", "total_fans")),
    }


def _post(row: Mapping[str, Any], *, platform: str) -> Row:
    body = first(row, "content_text", "content", "desc")
    text = titled(None if row.get("content_type") == "answer" else row.get("title"), body)
    made, changed = first(row, "create_time", "time", "created_time"), _changed(row)
    is_weibo = platform == "weibo"
    chained = is_weibo and text is not None and ("//@" in text or repost_kind(text) == "repost")
    return {
        "post_id": _post_id(row, platform),
        "created_at": made,
        "edited_at": changed if changed != str(made) else None,
        "kind": repost_kind(text) if chained else "original",
        "text": text,
        "url": _url(row, platform),
        "mentions": said_mentions(text) if is_weibo else [],
        "hashtags": said_topics(text) if is_weibo else parts(row.get("tag_list"), ","),
        "declared_repost_count": count(row.get("shared_count")),
    }


def _changed(row: Mapping[str, Any]) -> str | None:
    return native_id(first(row, "last_update_time", "updated_time"))


def _url(row: Mapping[str, Any], platform: str) -> str | None:
    """The post's address, without the token of the crawler's session."""
    if platform == "bilibili":
        return video_url(_post_id(row, platform))
    told = first(row, "note_url", "aweme_url", "content_url", "video_url")
    return None if told is None else str(told).partition("?")[0]


def _comment(row: Mapping[str, Any], *, platform: str) -> Row:
    own, post, above = (
        native_id(row.get("comment_id")), _post_id(row, platform),
        native_id(row.get("parent_comment_id")),
    )  # fmt: skip
    prefix = "comment/" if platform == "zhihu" else ""
    return {
        "post_id": own and prefix + own,
        "created_at": first(row, "create_time", "publish_time"),
        "kind": "reply",
        "text": row.get("content"),
        "parent_id": post if above is None or above == own else prefix + above,
        "root_id": post,
    }


def _dynamic(row: Mapping[str, Any], *, platform: str) -> Row:
    text = row.get("text")
    words = "" if text == "转发动态" else text
    is_repost = row.get("type") == "FORWARD"
    return {
        "post_id": native_id(row.get("dynamic_id")),
        "created_at": row.get("pub_ts"),
        "kind": repost_kind(words) if is_repost else "original",
        "text": text,
        "url": f"https://t.{platform}.com/{native_id(row.get('dynamic_id'))}",
        "declared_repost_count": count(row.get("total_forwards")),
    }


ROWS = {"post": _post, "comment": _comment, "dynamic": _dynamic}


def _found(record: Record, *, kind: Kind) -> Iterator[Found | Refused]:
    row, account = record.value, _account(record.value) | {"platform": kind.platform}
    if kind.holds == "follow":
        yield Refused("a follower, not a post")
    elif account["account_id"] is None:
        yield Refused("no user_id")
    elif kind.holds == "creator":
        official = count(
            row.get("is_official")
        )  # of Bilibili: -1 none, 0 a person, 1 an organisation
        verified = {} if official is None else {"is_verified": official >= 0}
        yield Found("accounts", {**account, "bio": first(row, "desc", "sign"), **verified})
    else:
        post = ROWS[kind.holds](row, platform=kind.platform) | {
            "platform": kind.platform,
            "account_id": account["account_id"],
            "collected_at": row.get("last_modify_ts"),
        }
        yield Found("posts", post, (("accounts", account),))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    kind = _kind(sampled(path))
    told = Kind("weibo", "post", frozenset()) if kind is None else kind
    found, read = records(path, options), partial(_found, kind=told)
    yield from record_batches(found, read, options=options, platform=told.platform, zone=WEIBO_ZONE)


IMPORTER = Importer(
    name="mediacrawler",
    title="MediaCrawler",
    summary="posts, comments and creators of six Chinese platforms by MediaCrawler (CSV, JSON)",
    needs=tuple(f"{kind.platform}: {', '.join(sorted(kind.keys))}" for kind in KINDS),
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
    zone=WEIBO_ZONE,
)
