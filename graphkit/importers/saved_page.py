# SPDX-License-Identifier: GPL-3.0-or-later
"""Web pages that a browser, SingleFile or wget saved as HTML: one page, one post of platform `web`.

The address is that of the comment which the browser or SingleFile writes, else what the page names
as its own (`rel=canonical`, `og:url`, JSON-LD). A page with none of them is refused; the person
gives the address with `graphkit add`. Nothing is ever fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reading.importer import Importer
from graphkit.reading.opening import guarded, opened
from graphkit.reading.rows import Record
from graphkit.reading.web_page import MOST_READ, Saved, page_batches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample


def _suits(sample: Sample) -> str | None:
    return "it is a web page saved as HTML" if sample.form == "html" else None


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    with guarded(path), opened(path) as handle:
        content = handle.read(MOST_READ + 1)
    yield from page_batches([Record(1, Saved(content), {})], options)


IMPORTER = Importer(
    name="saved-page",
    title="Saved web page (HTML)",
    summary="a page saved as HTML by a browser or SingleFile; author, times, text and links",
    needs=("an address: in the comment of the program that saved it, rel=canonical or og:url",),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
