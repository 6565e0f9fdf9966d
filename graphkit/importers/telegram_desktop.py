# SPDX-License-Identifier: GPL-3.0-or-later
"""Telegram Desktop's export `result.json`: of one chat, or of an account with all its chats.

A forwarded message is a repost: Telegram sends the text unchanged. The export names its source by
name only (`source_label`), never the message. `date_unixtime` is used; exports before 2022 have
only `date`, the wall clock of the computer, and need `--tz`. Pictures and videos are hashed where
their files lie beside the export; reactions, polls' votes and stickers are not kept.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records, sampled
from graphkit.reading.telegram_messages import account, message_id, web_address, with_scheme
from graphkit.reading.values import at, first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("name", "type", "id", "messages")
FULL = (("chats", "list"), ("left_chats", "list"))
CHAT_KINDS = {
    "personal_chat": "user", "bot_chat": "user", "saved_messages": "user", "private_group": "chat",
}  # fmt: skip
NO_FILE = re.compile(r"^(?:\S+ )?\((?:File|Photo) ")  # "(File not included. Change data ...)"


def _suits(sample: Sample) -> str | None:
    document = next(iter(sample.objects), None)
    chats = [
        document,
        *(at(document, "chats.list") or [])[:1],
        *(at(document, "left_chats.list") or [])[:1],
    ]
    fits = [c for c in chats if isinstance(c, dict) and set(NEEDS) - {"name"} <= set(c)]
    return "it has chats with messages, as Telegram Desktop exports them" if fits else None


def _messages(path: Path, options: ReadOptions) -> Iterator[Record | tuple[int, Refused]]:
    """The messages with their chat as `head`; of a whole account's the line is the chat's."""
    document = next(iter(sampled(path, options).objects), None)
    if not {"chats", "left_chats"} & set(document if isinstance(document, dict) else ()):
        yield from records(path, options, at=("messages",))
        return
    for keys in FULL:
        with suppress(InputError):  # an account may have no chats that it left
            for chat in records(path, options, at=keys):
                yield from _of_chat(chat)


def _of_chat(chat: Record | tuple[int, Refused]) -> Iterator[Record | tuple[int, Refused]]:
    if not isinstance(chat, Record):
        yield chat
    elif not isinstance(at(chat.value, "messages"), list):
        yield chat.line, Refused("a chat without messages")
    else:
        yield from (Record(chat.line, each, chat.value) for each in chat.value["messages"])


def _marks(message: Mapping[str, Any]) -> list[Row]:
    """The parts of the text that are more than words; older exports have them in `text` only."""
    text = message.get("text")
    told = message.get("text_entities") or (text if isinstance(text, list) else [])
    return [part for part in told if isinstance(part, dict)]


def _text(message: Mapping[str, Any]) -> str | None:
    """The text, which is a string or a list of strings and parts; of a poll its question."""
    text = message.get("text")
    if isinstance(text, list):
        text = "".join(part if isinstance(part, str) else part.get("text", "") for part in text)
    return text or at(message, "poll.question")


def _named(message: Mapping[str, Any]) -> Row:
    marks = [
        (part.get("type"), part.get("text") or "", part.get("href")) for part in _marks(message)
    ]
    links = [href or text for kind, text, href in marks if kind in {"link", "text_link"}]
    return {
        "urls": list(dict.fromkeys(with_scheme(link) for link in links if link)),
        "mentions": [text.removeprefix("@") for kind, text, _ in marks if kind == "mention"],
        "hashtags": [text.removeprefix("#") for kind, text, _ in marks if kind == "hashtag"],
    }


def _files(message: Mapping[str, Any]) -> list[str]:
    """The names of its picture and video beside the export; stickers are everybody's."""
    shown = str(message.get("mime_type")).startswith(("image/", "video/"))
    told = [message.get("photo"), message.get("file") if shown else None]
    return [name for name in told if isinstance(name, str) and not NO_FILE.match(name)]


def _target(message: Mapping[str, Any], chat: str) -> tuple[str, str | None]:
    """The kind of post, and the message that it answers."""
    if first(message, "forwarded_from", "forwarded_from_id"):
        return "repost", None
    number = message.get("reply_to_message_id")
    if number is None:
        return "original", None
    where = account(message.get("reply_to_peer_id")) or chat
    return "reply", message_id(where, number)


def _message(record: Record) -> Iterator[Found | Refused]:
    message, head = record.value, record.head
    if message.get("type", "message") != "message":
        yield Refused(f"a message of type {message['type']} ({message.get('action', 'no text')})")
        return
    chat = f"{CHAT_KINDS.get(str(head.get('type')), 'channel')}{head['id']}"
    sender = account(message.get("from_id"))
    by = sender or (chat if chat.startswith("channel") else None)
    if by is None:
        yield Refused("no from_id: the export does not say whose message it is")
        return
    author = {"account_id": by, "display_name": message.get("from") if sender else head.get("name")}
    yield Found("posts", _post(message, chat, by), (("accounts", author),))


def _post(message: Mapping[str, Any], chat: str, by: str) -> Row:
    kind, parent = _target(message, chat)
    return {
        "post_id": message_id(chat, message["id"]),
        "account_id": by,
        "created_at": first(message, "date_unixtime", "date"),
        "edited_at": first(message, "edited_unixtime", "edited"),
        "kind": kind,
        "text": _text(message),
        "parent_id": parent,
        "url": web_address(chat, message["id"]),
        "source_label": first(message, "forwarded_from", "forwarded_from_id"),
        "client": message.get("via_bot"),
        "media_files": _files(message),
        **_named(message),
    }


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(
        _messages(path, options),
        _message,
        options=options,
        platform="telegram",
        media_folder=path.parent,
    )


IMPORTER = Importer(
    name="telegram-desktop",
    title="Telegram Desktop export",
    summary="result.json of Telegram Desktop, of one chat or of a whole account",
    needs=NEEDS,
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
)
