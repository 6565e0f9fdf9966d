# SPDX-License-Identifier: GPL-3.0-or-later
"""What Telegram's messages have in common in every tool's files: ids of accounts, chats, messages.

Users, groups and channels are counted apart, so an account is `user5`, `chat5` or `channel5`. A
message's number counts in its chat only: its id is `<chat>/<number>`, where the chat is the bare
number of a channel or supergroup (as in t.me/c/5/1), else the account. Where a tool gives only
the chat's name, that is the chat, in lower case, as Telegram takes it.
"""

from __future__ import annotations

import re

PEERS = {"user_id": "user", "chat_id": "chat", "channel_id": "channel"}
ACCOUNT = re.compile(r"^(?:user|chat|channel)\d+$")
USERNAME = re.compile(r"^[A-Za-z]\w{3,31}$")
MESSAGE = re.compile(r"^(?:https?://)?(?:t|telegram)\.me/(?:s/)?(\w+)/(\d+)")
OLD_USER, OLD_CHAT = 1 << 32, 2 << 32  # what Telegram Desktop added to ids until 2021
BOT_CHANNEL = 1_000_000_000_000  # the Bot API writes -100 before the number of a channel


def account(peer: object) -> str | None:
    """The account that a peer is, as Telethon, Telegram Desktop (new and old) or bots write it.

    Old files of Telegram Desktop do not tell groups from channels; they are read as channels.

    >>> account({"_": "PeerChannel", "channel_id": 5}), account("user5"), account(4294967301)
    ('channel5', 'user5', 'user5')
    >>> account(-1000000000005), account(8589934597), account(5), account(None)
    ('channel5', 'channel5', 'user5', None)
    """
    if isinstance(peer, dict):
        found = [f"{kind}{peer[key]}" for key, kind in PEERS.items() if peer.get(key)]
        return found[0] if found else None
    text = "" if peer is None else str(peer).strip()
    if ACCOUNT.match(text):
        return text
    return _bare(int(text)) if re.fullmatch(r"-?\d+", text) else None


def _bare(number: int) -> str | None:
    if number < 0:
        return f"channel{-number - BOT_CHANNEL}" if number < -BOT_CHANNEL else f"chat{-number}"
    if number >= OLD_CHAT:
        return f"channel{number - OLD_CHAT}"
    return f"user{number - OLD_USER if number >= OLD_USER else number}" if number else None


def message_id(chat: str, number: object) -> str:
    """The id of a message of the chat (an account or a name).

    >>> message_id("channel777", 2), message_id("user5", 2), message_id("Qingshi_News", 2)
    ('777/2', 'user5/2', 'qingshi_news/2')
    """
    if ACCOUNT.match(chat):
        return f"{chat.removeprefix('channel')}/{number}"
    return f"{chat.lower()}/{number}"


def web_address(chat: str | None, number: object, username: object = None) -> str | None:
    """The address of a message: by the chat's name, or by its number, which members can open."""
    if isinstance(username, str) and USERNAME.match(username):
        return f"https://t.me/{username}/{number}"
    if chat is not None and re.fullmatch(r"channel\d+", chat):
        return f"https://t.me/c/{chat.removeprefix('channel')}/{number}"
    return None


def linked_message(url: object) -> tuple[str, str] | None:
    """The name of the chat and the number in the address of a message.

    >>> linked_message("https://t.me/s/qingshi_news/2")
    ('qingshi_news', '2')
    """
    found = MESSAGE.match(url) if isinstance(url, str) else None
    return (found[1], found[2]) if found else None


def with_scheme(address: str) -> str:
    """The address as a link: Telegram takes t.me/a and a.example/b for links too."""
    return address if re.match(r"(?i)[a-z][a-z0-9+.-]*:", address) else f"https://{address}"
