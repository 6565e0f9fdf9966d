# SPDX-License-Identifier: GPL-3.0-or-later
"""Bilibili's own answers, saved as JSON or JSON Lines: videos, dynamics (动态) and comments.

Videos come as the interfaces of a video, a space, a search or a ranking give them, dynamics as the
feed or the space gives them. A video is known by its BV id, whatever notation the file has; the
dynamic that announces a video is that video, so a forward of it leads to it. A forward is a quote
where it has words of its own. Marks of the platform (争议 notes, AI notes), 转载 as the uploader
declares it, and what stands in the place of deleted sources are labels. Not kept: plays and other
counts, danmaku, pictures, live notices.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphkit.reading.bilibili_ids import video_id, video_url
from graphkit.reading.extra_rows import platform_label
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records, sampled
from graphkit.reading.titled import titled
from graphkit.reading.values import at, count, first, parts, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

Row = dict[str, Any]
Extra = tuple[str, "Mapping[str, Any]"]
ARRAYS = ("data.items", "data.list.vlist", "data.list", "data.archives", "data.result",
          "data.replies", "items", "vlist", "result", "replies", "data")  # fmt: skip
REPRINT = 2  # copyright: 1 the uploader's own, 2 taken from elsewhere
ON_VIDEO, ON_DYNAMIC = 1, 17  # what a comment stands under
NO_WORDS = {"", "转发动态", "分享动态"}


def _suits(sample: Sample) -> str | None:
    for value in sample.objects:
        for each in _items(value)[:1]:
            reader = _reader(each)
            if reader is not None:
                return f"it holds {reader[0]} as Bilibili's interfaces give them"
    return None


def _items(value: object) -> list[Any]:
    """The items of an answer, or the one item that the value is."""
    found = (at(value, path) for path in _arrays(value))
    items = next(found, None)
    if items is None:
        inner = first(value, "data.View", "data", "View") if isinstance(value, dict) else None
        return [inner if isinstance(inner, dict) else value]
    return [each for item in items for each in _nested(item)]


def _arrays(value: object) -> list[str]:
    """Where an answer has its items; nowhere where the value is an item itself."""
    if _reader(value) is not None:
        return []
    return [path for path in ARRAYS if isinstance(at(value, path), list)]


def _nested(item: object) -> list[Any]:
    """The results of one kind in a search for all kinds, else the item."""
    inner = item.get("data") if isinstance(item, dict) and "result_type" in item else None
    return inner if isinstance(inner, list) else [item]


def _reader(item: object) -> tuple[str, Callable[[Mapping[str, Any]], Found | Refused]] | None:
    keys = set(item) if isinstance(item, dict) else set()
    if {"id_str", "modules"} <= keys:
        return "dynamics", _dynamic
    if {"rpid", "content", "member"} <= keys:
        return "comments", _comment
    if keys & {"bvid", "aid"} and keys & {"owner", "mid", "author"} and "title" in keys:
        return "videos", _video
    return None


def _author(number: object, name: object, user: Mapping[str, Any]) -> Row:
    """The account; verified where its certification is of a person (0) or organisation (1)."""
    kind = first(user, "official_verify.type", "Official.type", "official.type")
    return {
        "account_id": None if number is None else str(number),
        "handle": name,
        "display_name": name,
        "bio": first(user, "sign"),
        "is_verified": None if kind is None else kind in (0, 1),
        "credential": first(user, "official_verify.desc", "Official.title", "official.title"),
    }


def _kept(
    post: Row, author: Row, extras: Iterator[Extra] | tuple[Extra, ...] = ()
) -> Found | Refused:
    if post["post_id"] is None or author["account_id"] is None:
        return Refused("no id or no author")
    return Found(
        "posts", {**post, "account_id": author["account_id"]}, (("accounts", author), *extras)
    )


def _video(video: Mapping[str, Any]) -> Found | Refused:
    owner = video.get("owner")
    owner = owner if isinstance(owner, dict) else {}
    author = _author(first(owner, "mid") or video.get("mid"),
                     first(owner, "name") or first(video, "author"), owner)  # fmt: skip
    own = video_id(first(video, "bvid", "aid"))
    text = titled(plain_text(video.get("title")), plain_text(first(video, "desc", "description")))
    tags = first(video, "tag")
    post = {
        "post_id": own,
        "created_at": first(video, "pubdate", "created", "ctime"),
        "kind": "original",
        "text": text,
        "url": video_url(own),
        "hashtags": parts(tags, ",") if isinstance(tags, str) else [],
    }
    return _kept(post, author, _video_marks(video, own))


def _video_marks(video: Mapping[str, Any], own: str | None) -> Iterator[Extra]:
    yield from platform_label(
        "post", own, first(video, "argue_info.argue_msg"), labelled_by="bilibili"
    )
    if str(video.get("copyright")) == str(REPRINT):
        yield from platform_label("post", own, "转载", labelled_by="its uploader")


def _body(item: Mapping[str, Any]) -> tuple[str | None, list[Any]]:
    """The text of a dynamic, and its parts: names, topics and links."""
    inner = at(item, "modules.module_dynamic")
    said = first(inner, "desc.text", "major.opus.summary.text")
    nodes = first(inner, "desc.rich_text_nodes", "major.opus.summary.rich_text_nodes")
    title = first(inner, *(f"major.{kind}.title" for kind in ("opus", "archive", "article")))
    below = first(inner, "major.archive.desc", "major.article.desc")
    return titled(title, titled(said, below)), nodes if isinstance(nodes, list) else []


def _dynamic_id(item: Mapping[str, Any]) -> str | None:
    """The dynamic's id; of one that announces a video the video's."""
    announced = at(item, "modules.module_dynamic.major.archive.bvid")
    own = video_id(announced) if item.get("type") == "DYNAMIC_TYPE_AV" else None
    return own if own is not None else item.get("id_str")


def _dynamic_author(item: Mapping[str, Any]) -> Row:
    user = at(item, "modules.module_author")
    return _author(at(user, "mid"), at(user, "name"), user if isinstance(user, dict) else {})


def _dynamic_row(item: Mapping[str, Any]) -> Row:
    text, nodes = _body(item)
    own, orig = _dynamic_id(item), item.get("orig")
    is_forward = item.get("type") == "DYNAMIC_TYPE_FORWARD" or isinstance(orig, dict)
    words = "" if text is None else text.partition("//@")[0].strip()
    topic = at(item, "modules.module_dynamic.topic.name")
    of = partial(_named, nodes)
    return {
        "post_id": own,
        "created_at": at(item, "modules.module_author.pub_ts"),
        "kind": "original" if not is_forward else "repost" if words in NO_WORDS else "quote",
        "text": text,
        "parent_id": _dynamic_id(orig) if isinstance(orig, dict) else None,
        "url": video_url(own) if str(own).startswith("BV") else f"https://t.bilibili.com/{own}",
        "urls": [_absolute(url) for url in of("jump_url", "WEB", "BV", "AV", "CV", "OGV_EP")],
        "mentions": [name.strip().lstrip("@") for name in of("text", "AT")],
        "hashtags": [name.strip("# ") for name in (*of("text", "TOPIC"), topic) if name],
        "declared_repost_count": count(at(item, "modules.module_stat.forward.count")),
    }


def _named(nodes: list[Any], key: str, *kinds: str) -> list[str]:
    wanted = {f"RICH_TEXT_NODE_TYPE_{kind}" for kind in kinds}
    told = [each for each in nodes if isinstance(each, dict) and each.get("type") in wanted]
    return [str(each[key]) for each in told if each.get(key)]


def _absolute(address: str) -> str:
    return f"https:{address}" if address.startswith("//") else address


def _dynamic(item: Mapping[str, Any]) -> Found | Refused:
    return _kept(_dynamic_row(item), _dynamic_author(item), _around(item))


def _around(item: Mapping[str, Any]) -> Iterator[Extra]:
    """The marks on a dynamic, and the dynamic that it forwards, or what stands in its place."""
    dispute = first(item, "modules.module_dispute.title", "modules.module_dispute.desc")
    yield from platform_label("post", _dynamic_id(item), dispute, labelled_by="bilibili")
    orig = item.get("orig")
    if not isinstance(orig, dict):
        return
    gone = at(orig, "modules.module_dynamic.major.none.tips")
    yield from platform_label("post", _dynamic_id(orig), gone, labelled_by="bilibili")
    author = _dynamic_author(orig)
    if author["account_id"] is not None and _dynamic_id(orig) is not None:
        yield "accounts", author
        row = {**_dynamic_row(orig), "account_id": author["account_id"]}
        yield "posts", row if gone is None else {**row, "text": None, "is_seen": False}


def _comment(reply: Mapping[str, Any]) -> Found | Refused:
    row = _comment_row(reply)
    inner = reply.get("replies")
    answers = [each for each in inner if isinstance(each, dict)] if isinstance(inner, list) else []
    extras = [extra for each in answers for extra in (
        ("accounts", _commenter(each)),
        ("posts", {**_comment_row(each), "account_id": _commenter(each)["account_id"]}),
    )]  # fmt: skip
    return _kept(row, _commenter(reply), tuple(extras))


def _commenter(reply: Mapping[str, Any]) -> Row:
    member = reply.get("member")
    member = member if isinstance(member, dict) else {}
    return _author(first(reply, "mid", "member.mid"), first(member, "uname"), member)


def _comment_row(reply: Mapping[str, Any]) -> Row:
    """A comment: it answers another, or what it stands under where that is a video or dynamic."""
    under = {ON_VIDEO: video_id(reply.get("oid")), ON_DYNAMIC: first(reply, "oid_str", "oid")}
    post = under.get(count(reply.get("type")) or ON_VIDEO)
    above = count(first(reply, "parent_str", "parent"))
    named = at(reply, "content.members")
    return {
        "post_id": first(reply, "rpid_str", "rpid"),
        "created_at": reply.get("ctime"),
        "kind": "reply",
        "text": at(reply, "content.message"),
        "parent_id": above if above else post,
        "root_id": post,
        "mentions": [at(each, "uname") for each in named] if isinstance(named, list) else [],
    }


def _found(record: Record) -> Iterator[Found | Refused]:
    for item in _items(record.value):
        reader = _reader(item)
        yield (
            Refused("neither a video, a dynamic nor a comment")
            if reader is None
            else reader[1](item)
        )


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    beginning = sampled(path).objects[:1]
    arrays = _arrays(beginning[0]) if beginning else []
    found = records(path, options, at=arrays[0].split(".") if arrays else ())
    yield from record_batches(
        found, _found, options=options, platform="bilibili", zone="Asia/Shanghai"
    )


IMPORTER = Importer(
    name="bilibili",
    title="Bilibili",
    summary="videos, dynamics and comments as Bilibili's interfaces give them (JSON, JSON Lines)",
    needs=("bvid or aid, title, owner or mid", "id_str, modules", "rpid, content, member"),
    gives=("posts", "accounts", "labels"),
    order=30,
    suits=_suits,
    read=_read,
    zone="Asia/Shanghai",
)
