# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of Telegram as Telethon gives them, one JSON object a line; also 4CAT's NDJSON.

A forwarded message is a repost of the channel's message that it names, whose time it also gives;
of a person it names the account and no message. In forums each message formally answers its
topic: that is the root, and no reply. An edit that Telegram hides (a reaction) is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.telegram_messages import account, message_id, web_address, with_scheme
from graphkit.reading.text_marks import links_in
from graphkit.reading.values import at, count, first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "peer_id", "message", "date")


def _suits(sample: Sample) -> str | None:
    fits = [
        v for v in sample.objects if isinstance(v, dict) and {"id", "date"} <= set(v) and _chat(v)
    ]
    return "its objects have id, date and peer_id, as Telethon's messages" if fits else None


def _chat(message: Mapping[str, Any]) -> str | None:
    """The account that the chat is; until 2020 it stood in `to_id`."""
    peers = [
        peer for peer in (message.get("peer_id"), message.get("to_id")) if isinstance(peer, dict)
    ]
    return account(peers[0]) if peers else None


def _marked(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the entities mark, and how: their places count in UTF-16, two bytes a unit."""
    text = str(message.get("message") or "").encode("utf-16-le")
    for entity in message.get("entities") or []:
        kind = str(first(entity, "_", "_type")).removeprefix("MessageEntity")
        if entity.get("url"):
            yield kind, entity["url"]
        elif entity.get("offset") is not None and entity.get("length"):
            start = 2 * entity["offset"]
            part = text[start : start + 2 * entity["length"]]
            yield kind, part.decode("utf-16-le", "replace")


def _named(message: Mapping[str, Any]) -> Row:
    marks = list(_marked(message))
    links = [with_scheme(text) for kind, text in marks if kind in {"Url", "TextUrl"}]
    page = at(message, "media.webpage.url")
    found = [*links, *links_in(message.get("message")), *([page] if page else [])]
    return {
        "urls": list(dict.fromkeys(found)),
        "mentions": [text.removeprefix("@") for kind, text in marks if kind == "Mention"],
        "hashtags": [text.removeprefix("#") for kind, text in marks if kind == "Hashtag"],
    }


def _forwarded(message: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The account that a message is forwarded from, and the message, where it is told.

    Until 2020 a channel stood in `channel_id`, not in `from_id`.
    """
    header = message["fwd_from"]
    channel = header.get("channel_id")
    by = f"channel{channel}" if channel else account(header.get("from_id"))
    if by and header.get("channel_post"):
        return by, message_id(by, header["channel_post"])
    kept = account(header.get("saved_from_peer"))
    if kept and header.get("saved_from_msg_id"):
        return by, message_id(kept, header["saved_from_msg_id"])
    return by, None


def _source_name(message: Mapping[str, Any], by: str | None) -> str | None:
    """The name of the source as it is told: `@name` where it is a username, else id or title."""
    chat = at(message, "_forward._chat")
    told = at(message, "fwd_from.from_id")
    usernames = [at(told, "user.username"), at(chat, "username")]
    usernames += [each.get("username") for each in at(told, "chats") or []]
    handle = next((name for name in usernames if name), None)
    name = first(message, "fwd_from.from_name", "_forward._chat.title")
    return f"@{handle}" if handle else name or by


def _answered(message: Mapping[str, Any], chat: str) -> tuple[str | None, str | None]:
    """The message that it answers, and the first of its thread."""
    header = message.get("reply_to")
    number = first(message, "reply_to.reply_to_msg_id", "reply_to_msg_id")
    if number is None:
        return None, None
    where = account(at(header, "reply_to_peer_id")) or chat
    top = at(header, "reply_to_top_id")
    root = message_id(chat, top) if top else None
    if at(header, "forum_topic") and not top:
        return None, message_id(chat, number)
    return message_id(where, number), root


def _sender(message: Mapping[str, Any], chat: str) -> str | None:
    """Whose message it is: of channels and anonymous admins the channel's."""
    told = account(message.get("from_id"))
    if told or chat.startswith("channel"):
        return told or chat
    return None if message.get("out") else chat


def _accounts(message: Mapping[str, Any], by: str, chat: str) -> Iterator[Extra]:
    """What 4CAT and `get_entity` add: the sender and the chat."""
    names = {by: at(message, "_sender") or {}}
    if at(message, "_chat.id"):
        names[chat] = message["_chat"]
    for who, told in names.items():
        parts = [told.get("title"), told.get("first_name"), told.get("last_name")]
        yield (
            "accounts",
            {
                "account_id": who,
                "handle": told.get("username"),
                "display_name": " ".join(part for part in parts if part),
                "is_verified": told.get("verified"),
                "followers_count": count(told.get("participants_count")),
            },
        )


def _message(record: Record) -> Iterator[Found | Refused]:
    message = record.value
    if first(message, "_", "_type") in {"MessageService", "MessageEmpty"} or message.get("action"):
        yield Refused("a service message: it says nothing")
        return
    chat = _chat(message)
    by = chat and _sender(message, chat)
    if chat is None or by is None:
        yield Refused("does not say in which chat or whose it is")
        return
    yield _found(message, chat, by)


def _found(message: Mapping[str, Any], chat: str, by: str) -> Found:
    parent, root = _answered(message, chat)
    kind, source, label = "reply" if parent else "original", None, None
    extras = [*_accounts(message, by, chat)]
    if message.get("fwd_from"):
        kind, root = "repost", None
        source, parent = _forwarded(message)
        label = None if parent else _source_name(message, source)
        extras += unseen_post(parent, source, created_at=at(message, "fwd_from.date"))
    post = {
        "post_id": message_id(chat, message["id"]),
        "account_id": by,
        "created_at": message["date"],
        "edited_at": None if message.get("edit_hide") else message.get("edit_date"),
        "kind": kind,
        "text": first(message, "message", "media.poll.question.text", "media.poll.question"),
        "parent_id": parent,
        "root_id": root,
        "url": web_address(chat, message["id"], at(message, "_chat.username")),
        "source_label": label,
        "declared_repost_count": count(message.get("forwards")),
        **_named(message),
    }
    return Found("posts", post, tuple(extras))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _message, options=options, platform="telegram")


IMPORTER = Importer(
    name="telegram-telethon",
    title="Telethon messages",
    summary="messages of Telegram as Telethon (and 4CAT with it) writes them to JSON, one a line",
    needs=NEEDS,
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
)
