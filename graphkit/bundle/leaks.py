# SPDX-License-Identifier: GPL-3.0-or-later
"""The leak gate: every file of a bundle is read back and searched for withheld names.

It knows nothing of how the files were made. What it cannot read, it refuses.
"""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree

import polars as pl

from graphkit.bundle.bag import files_in
from graphkit.bundle.masking import strings_in
from graphkit.bundle.names import hits
from graphkit.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from graphkit.bundle.names import Withheld

# JSON-LD spells its own words like mentions.
_JSON_LD = frozenset({"@context", "@graph", "@id", "@type"})
_NUMBER_COLUMNS = frozenset({"line"})


def refuse_leaks(withheld: Withheld, root: Path) -> None:
    """Returns when no file below `root` holds a withheld name, in its content or its path.

    Raises:
        BundleError: names the files and the kinds of name, never the name.
    """
    texts = {path.relative_to(root).as_posix(): _texts(path, root) for path in files_in(root)}
    everything = {text for each in texts.values() for text in each}
    found = hits(withheld, everything)
    if not found:
        return
    kinds = dict(withheld.names.select("name", "kind").iter_rows())
    leaks = sorted(
        {
            f"{file}: a withheld {kinds[hit.name]}"
            for file, each in texts.items()
            for text in each & found.keys()
            for hit in found[text]
        }
    )
    raise BundleError(f"not sealed, names would leak: {'; '.join(leaks)}")


def _texts(path: Path, root: Path) -> set[str]:
    """Every text in the file and its path, decoded; percent-coded ones also decoded."""
    reader = _READERS.get(path.suffix)
    if reader is None:
        raise BundleError(f"{path.name}: the leak gate cannot read files of this kind")
    found = set(reader(path.read_bytes())) | {path.relative_to(root).as_posix()}
    return (found | {unquote(text) for text in found if "%" in text}) - _JSON_LD


def _lines(content: bytes) -> Iterator[str]:
    yield from content.decode().splitlines()


def _json(content: bytes) -> Iterator[str]:
    yield from strings_in(json.loads(content))


def _json_lines(content: bytes) -> Iterator[str]:
    for line in content.splitlines():
        yield from strings_in(json.loads(line))


def _parquet(content: bytes) -> Iterator[str]:
    frame = pl.read_parquet(io.BytesIO(content))
    yield from frame.columns
    for column in frame.iter_columns():
        flat = column.explode() if column.dtype == pl.List else column
        if flat.dtype == pl.String:
            yield from flat.drop_nulls().unique()


def _csv(content: bytes) -> Iterator[str]:
    reader = csv.DictReader(io.StringIO(content.decode(), newline=""))
    yield from [] if reader.fieldnames is None else reader.fieldnames
    for row in reader:
        yield from (value for name, value in row.items() if name not in _NUMBER_COLUMNS)


def _xml(content: bytes) -> Iterator[str]:
    for element in ElementTree.fromstring(content).iter():
        yield from element.attrib.values()
        yield from (part for part in (element.text, element.tail) if part is not None)


def _html(content: bytes) -> Iterator[str]:
    parser = _Texts()
    parser.feed(content.decode())
    parser.close()
    yield from parser.found


class _Texts(HTMLParser):
    """Collects texts and attribute values; the style sheet is graphkit's own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.element = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.element = tag
        self.found += [value for _, value in attrs if value is not None]

    def handle_data(self, data: str) -> None:
        if self.element != "style":
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  the parser's signature
        self.element = ""


_READERS: Mapping[str, Callable[[bytes], Iterator[str]]] = {
    ".csv": _csv,
    ".gexf": _xml,
    ".graphml": _xml,
    ".html": _html,
    ".json": _json,
    ".jsonl": _json_lines,
    ".parquet": _parquet,
    ".pem": _lines,
    ".svg": _xml,
    ".txt": _lines,
}
