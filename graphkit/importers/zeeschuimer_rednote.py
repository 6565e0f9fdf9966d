# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes and comments of RedNote (Xiaohongshu) that Zeeschuimer saw; also 4CAT's NDJSON of them.

Notes from search pages have no time, and those read from a page's HTML only a title and the
author's name. Names are no one's own on RedNote: `@name` is the account only where nothing else
is there. Sharing is counted and not listed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_of
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first
from graphkit.reading.zeeschuimer_items import captured, captured_on, captured_post, exact_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

PLATFORMS = ("xiaohongshu.com", "rednote.com", "xiaohongshu-comments")
HASHTAG = re.compile(r"#([^#\s\[\]@]+)(?:\[话题\])?#?")
Item = dict[str, Any]


def _suits(sample: Sample) -> str | None:
    return captured_on(sample, PLATFORMS)


def _account(user: object, name: object = None) -> Row:
    shown = first(user, "nickname", "nick_name") or name
    number = exact_id([first(user, "user_id", "userId", "userid")])
    handle = shown if isinstance(shown, str) else None
    return {
        "account_id": account_of(number, handle),
        "handle": handle,
        "display_name": handle,
    }


def _note(item: Item) -> Item:
    """The note itself: in a card, embedded in a page, or the item (videos, and pages' HTML)."""
    found = first(item, "note_card", "note")
    return found if isinstance(found, dict) else item


def _address(item: Item, note: Item, *, post_id: str) -> str:
    """The note's address; without its token RedNote shows nothing."""
    token = first(item, "xsec_token") or first(note, "xsecToken", "xsec_token")
    bare = f"https://www.xiaohongshu.com/explore/{post_id}"
    return f"{bare}?xsec_token={token}" if token else bare


def _post(item: Item, post_id: str, *, account_id: str) -> Row:
    note = _note(item)
    title, body = first(note, "title", "display_title", "displayTitle"), first(note, "desc")
    tags = [each.get("name") for each in first(note, "tag_list", "tagList") or []]
    people = first(note, "at_user_list", "atUserList") or []
    shares = first(note, "interact_info.share_count", "interactInfo.shareCount")
    return {
        "post_id": post_id,
        "account_id": account_id,
        "created_at": first(note, "time", "create_time"),
        "kind": "original",
        "text": "\n".join(dict.fromkeys(filter(None, (title, body)))),
        "url": _address(item, note, post_id=post_id),
        "mentions": [each.get("nickname") for each in people],
        "hashtags": tags or HASHTAG.findall(body or ""),
        "declared_repost_count": count(shares),
        "edited_at": first(note, "last_update_time", "lastUpdateTime"),
    }


def _comment(comment: Item, note_id: str | None) -> list[Extra]:
    """The comment, its author, and the comments under it that came along."""
    comment_id = exact_id([comment.get("id")])
    author = _account(first(comment, "user_info", "userInfo"))
    note = exact_id([first(comment, "note_id", "noteId")]) or note_id
    answered = first(comment, "target_comment.id", "targetComment.id")
    if comment_id is None or author["account_id"] is None:
        return []
    post = {
        "post_id": comment_id,
        "account_id": author["account_id"],
        "created_at": first(comment, "create_time", "createTime"),
        "kind": "reply",
        "text": comment.get("content"),
        "parent_id": note if answered is None else answered,
        "root_id": note,
    }
    below = first(comment, "sub_comments", "subComments") or []
    within = [row for each in below for row in _comment(each, note)]
    return [("posts", post), ("accounts", author), *within]


def _rows(item: Item) -> list[Extra]:
    if any(name in item for name in ("sub_comment_count", "subCommentCount")):
        return _comment(item, None)
    post_id = exact_id([item.get("id"), item.get("note_id")])
    author = _account(at(_note(item), "user"), item.get("author_name"))
    if post_id is None or author["account_id"] is None:
        return []
    return [("posts", _post(item, post_id, account_id=author["account_id"])), ("accounts", author)]


def _record(record: Record) -> Iterator[Found | Refused]:
    data, envelope = captured(record.value)
    refusal = "no id or no author: a picture of a note, not the note"
    yield captured_post(_rows(data), envelope, refusal=refusal)


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(
        records(path, options), _record, options=options, platform="xiaohongshu"
    )


IMPORTER = Importer(
    name="zeeschuimer-rednote",
    title="Zeeschuimer, RedNote",
    summary="notes and comments of RedNote (Xiaohongshu) captured by Zeeschuimer (NDJSON)",
    needs=("source_platform", "timestamp_collected", "data.note_card or data.note"),
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
)
