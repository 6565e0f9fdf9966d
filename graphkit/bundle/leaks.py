# SPDX-License-Identifier: GPL-3.0-or-later
"""The leak gate: every file of a bundle is read back and searched for withheld names.

It knows nothing of how the files were made. What it cannot read, it refuses.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import polars as pl
from lxml import etree

from graphkit.bundle.bag import files_in
from graphkit.bundle.masking import strings_in
from graphkit.bundle.matching import CODED, decoded, hits
from graphkit.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from graphkit.bundle.names import Withheld

# JSON-LD spells its own words like mentions.
_JSON_LD = ["@context", "@graph", "@id", "@type"]
_NUMBER_COLUMNS = frozenset({"line"})
_PORTION = 16 << 20
_UNREADABLE = (ValueError, SyntaxError, pl.exceptions.PolarsError)


def refuse_leaks(withheld: Withheld, root: Path) -> None:
    """Returns when no file below `root` holds a withheld name, in its content or its path.

    Raises:
        BundleError: names the files and the kinds of name, never the name.
    """
    found = leaks_in(withheld, {p.relative_to(root).as_posix(): p for p in files_in(root)})
    if found:
        told = [f"{name}: a withheld {kind}" for name, kinds in found.items() for kind in kinds]
        raise BundleError(f"not sealed, names would leak: {'; '.join(told)}")


def leaks_in(
    withheld: Withheld, files: Mapping[str, Path], *, strict: bool = False
) -> dict[str, list[str]]:
    """The kinds of withheld name in each file or its name; files without any are left out.

    `files` has the paths by the names that are shown; a name's ending says how the file is read.
    Where `strict`, short numbers count too: for files that are not made of the case's own counts.

    Raises:
        BundleError: a file cannot be read.
    """
    leaks: dict[str, list[str]] = {}
    for portion in _portions(files):
        texts = {name: _texts(name, files[name].read_bytes()) for name in portion}
        every = pl.concat(list(texts.values())).unique()
        found = pl.Series(list(hits(withheld, every, strict=strict)), dtype=pl.String)
        for name, own in texts.items():
            if own.is_in(found.implode()).any():
                exact = _texts(name, files[name].read_bytes(), exact=True)
                kinds = _kinds(withheld, exact, strict=strict)
                leaks |= {name: kinds} if kinds else {}
    return leaks


def _portions(files: Mapping[str, Path]) -> Iterator[list[str]]:
    """The names of the files, some at a time: the gate's memory is that of one portion."""
    portion: list[str] = []
    size = 0
    for name in sorted(files):
        portion.append(name)
        size += files[name].stat().st_size
        if size > _PORTION:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _kinds(withheld: Withheld, texts: pl.Series, *, strict: bool) -> list[str]:
    named = {hit.name for each in hits(withheld, texts, strict=strict).values() for hit in each}
    own = withheld.names.filter(pl.col("name").is_in(list(named)))
    return own["kind"].unique().sort().to_list()


def _texts(name: str, content: bytes, *, exact: bool = False) -> pl.Series:
    """Every text in the file and its name, once; coded ones also decoded.

    Unless `exact`, texts of a file may come with the markup around them.
    """
    ending = name.rpartition(".")[2]
    if ending not in _READERS:
        raise BundleError(f"{name}: the leak gate cannot read files of this kind")
    reader = _xml_lines if ending in _XML and not exact else _READERS[ending]
    try:
        found = pl.Series(reader(content), dtype=pl.String)
    except _UNREADABLE as error:
        raise BundleError(f"{name}: the leak gate cannot read it as {ending}") from error
    every = pl.concat([found.alias(""), pl.Series([name])]).unique()
    coded = every.filter(every.str.contains(CODED.pattern))
    plain = pl.Series([decoded(text) for text in coded], dtype=pl.String)
    both = pl.concat([every, plain]).drop_nulls()
    return both.filter(~both.is_in(_JSON_LD))


def _lines(content: bytes) -> list[str]:
    return content.decode().splitlines()


def _json(content: bytes) -> list[str]:
    return list(strings_in(json.loads(content)))


def _json_lines(content: bytes) -> list[str]:
    return [text for line in content.splitlines() for text in strings_in(json.loads(line))]


def _parquet(content: bytes) -> pl.Series:
    frame = pl.read_parquet(io.BytesIO(content))
    return _cells(frame)


def _csv(content: bytes) -> pl.Series:
    if not content:
        return pl.Series(dtype=pl.String)
    frame = pl.read_csv(content, infer_schema=False)
    return _cells(frame.drop(_NUMBER_COLUMNS, strict=False))


def _cells(frame: pl.DataFrame) -> pl.Series:
    """The texts in the frame's cells and the names of its columns."""
    cells = [pl.Series(frame.columns, dtype=pl.String)]
    for column in frame.iter_columns():
        flat = column.explode() if column.dtype == pl.List else column
        if flat.dtype in (pl.String, pl.Categorical, pl.Enum):
            cells.append(flat.alias("").unique().cast(pl.String))
        elif flat.dtype.is_nested() or flat.dtype in (pl.Binary, pl.Object):
            raise ValueError(f"{column.dtype} in a column")
    return pl.concat(cells)


def _xml_lines(content: bytes) -> pl.Series | list[str]:
    """What stands between marks of markup, where no text is coded: ten times as fast."""
    if any(mark in content for mark in (b"&", b"<!")):
        return list(_xml(content))
    marks = dict.fromkeys(("<", ">", '"'), "\n")
    return pl.Series([content.decode()]).str.replace_many(marks).str.split("\n").explode().unique()


def _xml(content: bytes) -> Iterator[str]:
    for element in ElementTree.fromstring(content).iter():
        yield from element.attrib.values()
        yield from (part for part in (element.text, element.tail) if part is not None)


def _html(content: bytes) -> Iterator[str]:
    """Texts, comments and attribute values; the style sheet is graphkit's own."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    for element in etree.fromstring(content, parser).iter():
        yield from element.values()
        said = None if element.tag == "style" else element.text
        yield from (part for part in (said, element.tail) if part is not None)


_XML = frozenset({"gexf", "graphml", "svg"})
_READERS: Mapping[str, Callable[[bytes], Iterable[str]]] = {
    "csv": _csv,
    "gexf": _xml,
    "graphml": _xml,
    "html": _html,
    "json": _json,
    "jsonl": _json_lines,
    "parquet": _parquet,
    "pem": _lines,
    "svg": _xml,
    "txt": _lines,
}
