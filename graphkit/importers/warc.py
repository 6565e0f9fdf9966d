# SPDX-License-Identifier: GPL-3.0-or-later
"""Web archives, WARC (ISO 28500) and WACZ: each HTML page in them is a post of platform `web`.

Responses and resources that are HTML are rows; those that cannot be read, error pages and repeated
captures (revisits) are rejected with the reason; all else in an archive is counted in notes. A WACZ
names its pages: HTML from sites of which it names none (frames, advertisements) is only counted.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections import Counter
from contextlib import redirect_stderr
from typing import TYPE_CHECKING, BinaryIO

import polars as pl
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from graphkit.errors import InputError
from graphkit.reading.importer import Importer
from graphkit.reading.opening import DAMAGED, guarded, opened
from graphkit.reading.rows import Record, Refused
from graphkit.reading.web_page import MOST_READ, Saved, page_batches
from graphkit.text.links import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from graphkit.reading.importer import Batch, ReadOptions, Sample

HTML = {"text/html", "application/xhtml+xml"}
ABOUT = "{n} records are requests and descriptions"
FILES = "{n} records are pictures, scripts and other files that are no pages"
MOVED = "{n} responses only lead to another address"
FRAMES = "{n} HTML responses are from sites of which the archive lists no page"
DESCRIBING = {"warcinfo", "request", "metadata", "conversion", "continuation"}
HOLDING = {"response", "resource", "revisit"}
LISTS = ("pages/pages.jsonl", "pages/extraPages.jsonl")
LONGEST_LIST = 50_000_000
MOST_FILES = 10_000
READ_BY_US = {None, "identity", "gzip", "deflate"}
ALWAYS_READ = 1 << 30
MOST_TIMES_LARGER = 200
BROKEN = (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, AttributeError,
          zipfile.BadZipFile, *DAMAGED)  # fmt: skip
CUT = "the archive is cut off or damaged here; what follows cannot be read"


def _suits(sample: Sample) -> str | None:
    return f"it is a web archive ({sample.form})" if sample.form in {"warc", "wacz"} else None


class _Measured:
    """A stream that ends where it is damaged, or unpacks to much more than any archive does.

    warcio takes the end for the end of the archive; `is_whole` says whether it was.
    """

    def __init__(self, stream: BinaryIO, packed_size: int) -> None:
        self.is_whole = True
        self._stream = stream
        self._left = ALWAYS_READ + MOST_TIMES_LARGER * packed_size

    def read(self, size: int) -> bytes:
        """Some bytes, none at the end."""
        try:
            block = self._stream.read(size)
        except (*DAMAGED, zipfile.BadZipFile):
            block, self.is_whole = b"", False
        self._left -= len(block)
        self.is_whole = self.is_whole and self._left >= 0
        return block if self._left >= 0 else b""


def _warc_records(stream: BinaryIO, size: int) -> Iterator[Any]:
    """The records of a WARC file, each to be read before the next; None where it is damaged."""
    measured = _Measured(stream, size)
    found = ArchiveIterator(measured)
    unread = found.reader
    while True:
        try:
            with redirect_stderr(io.StringIO()):  # warcio prints the lines that it wonders at
                record = next(found, None)
        except BROKEN:
            yield None
            return
        if record is None:
            break
        if record.length is None:  # its length is lost, and it would take all that follows
            yield None
            return
        yield record
    # Where what follows is no record warcio just ends.
    if not measured.is_whole or found.err_count or unread.read(1 << 16).strip():
        yield None


def _archive_records(path: Path) -> Iterator[Any]:
    """The records of the WARC files in a WACZ file, in the order of their names."""
    with zipfile.ZipFile(path) as archive:
        found = archive.infolist()
        if len(found) > MOST_FILES or any(each.flag_bits & 1 for each in found):
            raise InputError(
                f"{path.name}: is encrypted, or holds over {MOST_FILES:,} files; export it again"
            )
        inside = sorted(n for n in archive.namelist() if n.startswith("archive/"))
        for name in (n for n in inside if n.endswith((".warc", ".warc.gz"))):
            size = archive.getinfo(name).compress_size
            with archive.open(name) as packed:
                is_packed = name.endswith(".gz")
                stream = gzip.GzipFile(fileobj=packed) if is_packed else packed
                yield from _warc_records(stream, size)  # type: ignore[arg-type]  # reads bytes


def _listed_sites(path: Path) -> set[str]:
    """The domains of the pages that a WACZ file lists; empty where it lists none."""
    addresses: list[str] = []
    with zipfile.ZipFile(path) as archive:
        for name in set(LISTS) & set(archive.namelist()):
            with archive.open(name) as handle:
                for line in handle.read(LONGEST_LIST).splitlines():
                    try:
                        page = json.loads(line)
                    except (ValueError, RecursionError):
                        continue
                    if isinstance(page, dict) and isinstance(page.get("url"), str):
                        addresses.append(page["url"])
    domains = registrable_domain(pl.Series(addresses, dtype=pl.String))
    return set(domains.drop_nulls().to_list())


def _kind(record: Any) -> str | None:  # noqa: ANN401  warcio has no types
    """What the record is, where it is no HTML."""
    if record.rec_type in DESCRIBING:
        return ABOUT
    if record.rec_type not in HOLDING:
        return None
    headers = record.http_headers
    status = "200" if headers is None else headers.get_statuscode()
    if status.startswith("3") and record.rec_type == "response":
        return MOVED
    return None if _mime(record)[0] in HTML else FILES


def _mime(record: Any) -> tuple[str, str | None]:  # noqa: ANN401
    """The media type and the charset of what the record holds."""
    headers = record.rec_headers if record.http_headers is None else record.http_headers
    said = (headers.get_header("Content-Type") or "").lower()
    charset = said.partition("charset=")[2].split(";")[0].strip(" \"'")
    return said.split(";")[0].strip(), charset or None


def _page(record: Any) -> Saved | Refused:  # noqa: ANN401
    headers = record.http_headers
    if record.rec_type not in HOLDING:
        return Refused("is a record of no known kind")
    if record.rec_type == "revisit":
        return Refused("is a revisit: the page was as in an earlier capture")
    status = "200" if headers is None else headers.get_statuscode()
    if not status.startswith("2"):
        return Refused(f"the server answered {status[:3]}")
    packing = None if headers is None else headers.get_header("Content-Encoding")
    if packing is not None and packing.strip().lower() not in READ_BY_US:
        return Refused(f"is packed with {packing[:20]}, which cannot be read")
    stream, content = record.content_stream(), bytearray()
    while len(content) <= MOST_READ and (block := stream.read(1 << 16)):
        content += block
    while record.raw_stream.read(1 << 16):
        pass
    if record.raw_stream.limit > 0:
        return Refused("is cut off: the file ends before it does")
    address = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    saved_at = record.rec_headers.get_header("WARC-Date")
    return Saved(bytes(content), address or None, saved_at, _mime(record)[1])


def _pages(
    records: Iterator[Any], sites: set[str], notes: Counter[str]
) -> Iterator[Record | tuple[int, Refused]]:
    """The pages among `records`, numbered as these; what else there is is counted in `notes`."""
    for number, record in enumerate(records, start=1):
        if record is None:
            yield number, Refused(CUT)
            continue
        kind = _kind(record)
        if kind is None and sites and _site(record) not in sites:
            kind = FRAMES
        if kind is not None:
            notes[kind] += 1
            continue
        try:
            page = _page(record)
        except BROKEN:
            page = Refused("cannot be unpacked")
        yield (number, page) if isinstance(page, Refused) else Record(number, page, {})


def _site(record: Any) -> str | None:  # noqa: ANN401
    address = record.rec_headers.get_header("WARC-Target-URI")
    found: str | None = registrable_domain(pl.Series([address], dtype=pl.String))[0]
    return found


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    notes: Counter[str] = Counter()
    with guarded(path):
        with path.open("rb") as handle:  # a WARC may end with a zip file that it holds
            is_zip = handle.read(4) == b"PK\x03\x04"
        if is_zip:
            try:
                pages = _pages(_archive_records(path), _listed_sites(path), notes)
                yield from page_batches(pages, options, notes=notes)
            except (zipfile.BadZipFile, NotImplementedError) as error:
                raise InputError(f"{path.name}: is a damaged WACZ file; copy it again") from error
            return
        with opened(path) as stream:
            pages = _pages(_warc_records(stream, path.stat().st_size), set(), notes)
            yield from page_batches(pages, options, notes=notes)


IMPORTER = Importer(
    name="warc",
    title="Web archive (WARC, WACZ)",
    summary="the HTML pages in a .warc, .warc.gz, .warc.zst or .wacz (ArchiveWeb.page, wget)",
    needs=("response or resource records with HTML",),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
