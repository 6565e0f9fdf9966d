# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of Telegram as 4CAT writes them to CSV (its NDJSON is Telethon's: see there).

4CAT names whom a message is forwarded from, not the message. It writes `timestamp` in the zone of
its server and `unix_timestamp` right: only the latter is used. Ids do not say whether they are a
user's or a channel's; users have names, channels have not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.telegram_messages import (
    account,
    message_id,
    web_address,
    with_scheme,
)
from graphkit.reading.text_marks import hashtags_in, links_in
from graphkit.reading.values import count, first, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "chat", "author", "author_forwarded_from_name", "body", "unix_timestamp")
NUMBER = re.compile(r"^\d+$")


def _suits(sample: Sample) -> str | None:
    fits = sample.form != "json" and set(NEEDS) <= set(sample.columns)
    return "its columns are those that 4CAT writes for Telegram messages" if fits else None


def _chat(row: Mapping[str, Any]) -> str:
    """The chat: the name that 4CAT gives it or, of one without name, the channel by its number."""
    chat = str(first(row, "chat", "thread_id"))
    return f"channel{chat}" if NUMBER.match(chat) else chat


def _author(row: Mapping[str, Any]) -> str | None:
    number, handle, name = row.get("author"), row.get("author_username"), row.get("author_name")
    chat = _chat(row)
    if number is None:
        return chat if chat.startswith("channel") else f"@{chat}"
    is_channel = chat in {handle, f"channel{number}"} or (handle and not name)
    return f"{'channel' if is_channel else 'user'}{number}" if NUMBER.match(number) else None


def _target(row: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """The kind of post, the message that it answers, and the name of whom it is forwarded from."""
    handle, name = row.get("author_forwarded_from_username"), row.get("author_forwarded_from_name")
    number = row.get("author_forwarded_from_id")
    if handle or name or number:
        return "repost", None, f"@{handle}" if handle else name or number
    answered = row.get("reply_to")
    return (
        ("reply", message_id(_chat(row), answered), None) if answered else ("original", None, None)
    )


def _post(row: Mapping[str, Any], author: str) -> Row:
    kind, parent, label = _target(row)
    chat, number = _chat(row), str(row["id"]).rpartition("-")[2]
    attached = [with_scheme(link) for link in parts(row.get("link_attached"), " ")]
    return {
        "post_id": message_id(chat, number),
        "account_id": author,
        "created_at": row.get("unix_timestamp"),
        "edited_at": row.get("unix_timestamp_edited"),
        "kind": kind,
        "text": row.get("body"),
        "parent_id": parent,
        "url": web_address(chat, number, None if account(chat) else chat),
        "urls": list(dict.fromkeys([*links_in(row.get("body")), *attached])),
        "mentions": parts(row.get("entities_mentioned"), ","),
        "hashtags": hashtags_in(row.get("body")),
        "source_label": label,
        "declared_repost_count": count(row.get("forwards")),
    }


def _row(record: Record) -> Iterator[Found | Refused]:
    row = record.value
    author = _author(row)
    if not row.get("id") or author is None:
        yield Refused("no id, or its author is no number")
        return
    known = {
        "account_id": author,
        "handle": row.get("author_username"),
        "display_name": row.get("author_name"),
    }
    yield Found("posts", _post(row, author), (("accounts", known),))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _row, options=options, platform="telegram")


IMPORTER = Importer(
    name="4cat-telegram",
    title="4CAT, Telegram messages (CSV)",
    summary="messages of Telegram as 4CAT writes them to CSV",
    needs=NEEDS,
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
)
