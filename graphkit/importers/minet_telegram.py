# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of public Telegram channels as minet scrapes them from t.me/s/ into CSV.

The pages give channels by name only and do not say which message is answered or forwarded: a
reply has no target, a forwarded message looks like an original. Times of edits are not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.telegram_messages import (
    USERNAME,
    linked_message,
    message_id,
    web_address,
    with_scheme,
)
from graphkit.reading.values import first, parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("link_to_message", "could_be_displayed", "user_link", "is_reply_user", "datetime")
PROFILE = "https://t.me/"


def _suits(sample: Sample) -> str | None:
    fits = sample.form != "json" and set(NEEDS) <= set(sample.columns)
    return "its columns are those that minet writes for Telegram messages" if fits else None


def _row(record: Record) -> Iterator[Found | Refused]:
    row = record.value
    found = linked_message(row.get("link_to_message"))
    if found is None:
        yield Refused("link_to_message is no address of a message on t.me")
        return
    channel, number = found
    links = [with_scheme(link) for link in parts(row.get("links"), "|")]
    mentions = [u.removeprefix(PROFILE) for u in links if USERNAME.match(u.removeprefix(PROFILE))]
    is_reply = first(row, "is_reply_user", "is_reply_text")
    post = {
        "post_id": message_id(channel, number),
        "account_id": f"@{channel}",
        "created_at": row.get("datetime"),
        "kind": "reply" if is_reply else "original",
        "text": row.get("text"),
        "url": web_address(None, number, channel),
        "urls": [u for u in links if u.removeprefix(PROFILE) not in mentions],
        "mentions": mentions,
        "hashtags": [unquote(tag) for tag in parts(row.get("hashtags"), "|")],
    }
    author = {"account_id": f"@{channel}", "handle": channel, "display_name": row.get("user")}
    yield Found("posts", post, (("accounts", author),))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _row, options=options, platform="telegram")


IMPORTER = Importer(
    name="minet-telegram",
    title="minet, Telegram channel messages",
    summary="messages of public Telegram channels as minet writes them to CSV",
    needs=NEEDS,
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
)
