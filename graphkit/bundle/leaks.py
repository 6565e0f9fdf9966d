# SPDX-License-Identifier: GPL-3.0-or-later
"""The leak gate: every file of a bundle is read back and searched for withheld names.

It knows nothing of how the files were made. What it cannot read, it refuses.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import polars as pl
from lxml import etree

from graphkit.bundle.bag import files_in
from graphkit.bundle.masking import strings_in
from graphkit.bundle.matching import CODED, decoded, hits
from graphkit.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphkit.bundle.names import Withheld

# JSON-LD spells its own words like mentions.
_JSON_LD = ["@context", "@graph", "@id", "@type"]
_NUMBER_COLUMNS = frozenset({"line"})
_PORTION = 16 << 20  # bytes of files
_TEXTS = 500_000
_BLOCK = 1 << 20
_ROW_GROUP = 1 << 18
_ROWS = 50_000
_TO_LINES = bytes.maketrans(b'<>"', b"\n\n\n")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
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
    with_marks = bool(withheld.names["name"].str.contains(r'[<>"\n]').any())
    readers = _READERS | (_WHOLE if with_marks else _QUICK)
    for portion in _portions(files):
        parts = (part for name in portion for part in _read(name, files[name], readers))
        if any(hits(withheld, batch, strict=strict) for batch in _batches(parts)):
            for name in portion:
                kinds = _kinds(withheld, _read(name, files[name], _READERS), strict=strict)
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


def _kinds(withheld: Withheld, parts: Iterable[pl.Series], *, strict: bool) -> list[str]:
    found = (hits(withheld, batch, strict=strict) for batch in _batches(parts))
    named = {hit.name for each in found for held in each.values() for hit in held}
    own = withheld.names.filter(pl.col("name").is_in(list(named)))
    return own["kind"].unique().sort().to_list()


def _batches(parts: Iterable[pl.Series]) -> Iterator[pl.Series]:
    """The texts of `parts`, some at a time, each once in its batch; coded ones also decoded."""
    batch = [pl.Series(dtype=pl.String)]
    size = 0
    for part in parts:
        batch.append(part)
        size += part.len()
        if size > _TEXTS:
            yield _with_decoded(pl.concat(batch).unique())
            batch, size = batch[:1], 0
    yield _with_decoded(pl.concat(batch).unique())


def _with_decoded(texts: pl.Series) -> pl.Series:
    coded = texts.filter(texts.str.contains(CODED.pattern))
    plain = pl.Series([decoded(text) for text in coded], dtype=pl.String)
    both = pl.concat([texts, plain]).drop_nulls()
    return both.filter(~both.is_in(_JSON_LD))


def _read(name: str, path: Path, readers: Mapping[str, _Reader]) -> Iterator[pl.Series]:
    """The texts in the file and its name, a bounded part of them at a time: none is cut in two."""
    ending = name.rpartition(".")[2]
    if ending not in readers:
        raise BundleError(f"{name}: the leak gate cannot read files of this kind")
    yield pl.Series([name])
    try:
        for part in readers[ending](path):
            yield pl.Series(part, dtype=pl.String).alias("")
    except _UNREADABLE as error:
        raise BundleError(f"{name}: the leak gate cannot read it as {ending}") from error


def _blocks(path: Path, end: bytes) -> Iterator[bytes]:
    """The content of the file in parts of about a megabyte, each of which ends in `end`."""
    rest = b""
    with path.open("rb") as handle:
        while block := handle.read(max(_BLOCK, len(rest))):
            whole, mark, rest = (rest + block).rpartition(end)
            if mark:
                yield whole + mark
    if rest:
        yield rest


def _lines(path: Path) -> Iterator[list[str]]:
    return (block.decode().splitlines() for block in _blocks(path, b"\n"))


def _json(path: Path) -> Iterator[list[str]]:
    yield list(strings_in(json.loads(path.read_bytes())))


def _json_lines(path: Path) -> Iterator[list[str]]:
    for block in _blocks(path, b"\n"):
        for line in block.splitlines():
            json.loads(line)  # in what is JSON, every other quotation mark ends a text
        if b"\\" not in block:
            yield [text.decode() for text in set(block.split(b'"')[1::2])]
            continue
        texts = set(_STRING.findall(block.decode()))
        yield [json.loads(f'"{text}"') if "\\" in text else text for text in texts]


def _parquet(path: Path) -> Iterator[pl.Series]:
    """One column at a time, and of it a row group as polars writes them."""
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    height = rows.select(pl.len()).collect().item()
    schema = rows.collect_schema()
    yield pl.Series(schema.names(), dtype=pl.String)
    for name in schema:
        for start in range(0, height, _ROW_GROUP):
            yield from _cells(rows.select(name).slice(start, _ROW_GROUP).collect())


def _csv(path: Path) -> Iterator[pl.Series]:
    if not path.stat().st_size:
        return
    rows = pl.scan_csv(path, infer_schema=False, glob=False)
    yield pl.Series(rows.collect_schema().names(), dtype=pl.String)
    for part in rows.collect_batches(chunk_size=_ROWS):
        yield from _cells(part.drop(_NUMBER_COLUMNS, strict=False))


def _cells(frame: pl.DataFrame) -> Iterator[pl.Series]:
    """The texts in the frame's cells."""
    for column in frame.iter_columns():
        flat = column.explode() if column.dtype == pl.List else column
        if flat.dtype in (pl.String, pl.Categorical, pl.Enum):
            yield flat.unique().cast(pl.String)
        elif flat.dtype.is_nested() or flat.dtype in (pl.Binary, pl.Object):
            raise ValueError(f"{column.dtype} in a column")


def _marked(path: Path) -> Iterator[list[str]]:
    """What stands between marks of markup, and words of markup: ten times as fast as parsing.

    No name that holds a mark itself is found so.
    """
    return (_pieces(block) for block in _blocks(path, b">"))


def _pieces(block: bytes) -> list[str]:
    pieces = set(block.translate(_TO_LINES).split(b"\n"))
    return [html.unescape(piece.decode()) for piece in pieces]


def _xml_lines(path: Path) -> Iterator[list[str]]:
    is_plain = True
    for block in _blocks(path, b">"):
        is_plain = is_plain and b"<!" not in block
        yield _pieces(block)
    if not is_plain:  # what CDATA holds is no markup
        yield from _xml(path)


def _xml_whole(path: Path) -> Iterator[list[str]]:
    """The same, and what stands between one tag's beginning and the next as a whole."""
    yield from _xml_lines(path)
    for block in _blocks(path, b"<"):
        yield [html.unescape(piece.decode()) for piece in set(block.split(b"<"))]


def _xml(path: Path) -> Iterator[list[str]]:
    for _, element in ElementTree.iterparse(path, events=("end", "comment", "pi")):
        parts = (element.text, *(child.tail for child in element))
        yield [*element.attrib.values(), *(part for part in parts if part is not None)]
        del element[:]  # all of it was read; what follows it stands in its tail


def _html(path: Path) -> Iterator[list[str]]:
    """Texts, comments and attribute values; the style sheet is graphkit's own."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    elements = etree.fromstring(path.read_bytes(), parser)
    said = ((None if each.tag == "style" else each.text, each.tail) for each in elements.iter())
    yield [text for pair in said for text in pair if text is not None]
    yield [text for each in elements.iter() for text in each.values()]


_Reader = Callable[[Path], Iterator[list[str] | pl.Series]]
_XML = ("gexf", "graphml", "svg")
# Texts may come with the markup around them.
_QUICK: dict[str, _Reader] = {"html": _marked, **dict.fromkeys(_XML, _xml_lines)}
_WHOLE: dict[str, _Reader] = dict.fromkeys(_XML, _xml_whole)
_READERS: dict[str, _Reader] = {
    "csv": _csv,
    **dict.fromkeys(_XML, _xml),
    "html": _html,
    "json": _json,
    "jsonl": _json_lines,
    "parquet": _parquet,
    "pem": _lines,
    "txt": _lines,
}
