# SPDX-License-Identifier: GPL-3.0-or-later
"""Web pages saved as MHTML ("Webpage, Single File"): one page, one post of platform `web`.

The page is the first HTML part; its address is Snapshot-Content-Location (Chromium) or
Content-Location, the time of saving the Date of the message (RFC 2557).
"""

from __future__ import annotations

from email import message_from_bytes
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.reading.importer import Importer
from graphkit.reading.opening import guarded, opened
from graphkit.reading.rows import Record, Refused
from graphkit.reading.web_page import MOST_READ, Saved, page_batches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

HTML = ("text/html", "application/xhtml+xml")


def _suits(sample: Sample) -> str | None:
    return "it is a web page saved as MHTML" if sample.form == "mhtml" else None


def _page(message: Message) -> Record | tuple[int, Refused]:
    part = next((p for p in message.walk() if p.get_content_type() in HTML), None)
    if part is None:
        return 1, Refused("holds no HTML part")
    places = (message["Snapshot-Content-Location"], part["Content-Location"],
              message["Content-Location"])  # fmt: skip
    address = next((str(p).strip() for p in places if p is not None and "://" in str(p)), None)
    content = part.get_payload(decode=True)
    date = message["Date"]
    saved = Saved(
        content if isinstance(content, bytes) else b"",
        address=address,
        saved_at=None if date is None else str(date),
        charset=part.get_content_charset(),
    )
    return Record(1, saved, {})


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    with guarded(path), opened(path) as handle:
        content = handle.read(MOST_READ + 1)
    if len(content) > MOST_READ:
        raise InputError(f"{path.name}: is larger than {MOST_READ:,} bytes; save the page as HTML")
    try:
        page = _page(message_from_bytes(content))
    except (RecursionError, ValueError, LookupError) as error:
        raise InputError(f"{path.name}: is not MHTML ({error}); save the page again") from error
    yield from page_batches([page], options)


IMPORTER = Importer(
    name="mhtml",
    title="Saved web page (MHTML)",
    summary="a page saved as MHTML by a browser or Hunchly; author, times, text and links",
    needs=("an HTML part", "Snapshot-Content-Location or Content-Location"),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
