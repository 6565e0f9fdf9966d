# SPDX-License-Identifier: GPL-3.0-or-later
"""Which form a file has: told by its first bytes, then by its name, then by its text."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from graphkit.errors import InputError
from graphkit.reading.importer import ReadOptions
from graphkit.reading.opening import (
    AS_GB18030,
    DAMAGED,
    LONGEST_LINE,
    bare_name,
    head,
    opened_text,
    text_encoding,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMS = {
    ".csv": "delimited", ".tsv": "delimited", ".tab": "delimited", ".json": "json",
    ".jsonl": "json-lines", ".ndjson": "json-lines", ".html": "html", ".htm": "html",
    ".xhtml": "html", ".mhtml": "mhtml", ".mht": "mhtml", ".warc": "warc", ".parquet": "parquet",
    ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".ods": "excel", ".wacz": "wacz",
    ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite",
}  # fmt: skip
MAGIC = {
    b"PAR1": "parquet", b"SQLite format 3\0": "sqlite", b"WARC/": "warc",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "excel", b"PK\x03\x04": "zip",
}  # fmt: skip
BINARY = {
    "parquet": "a Parquet file", "sqlite": "a SQLite database", "excel": "a workbook",
    "wacz": "a WACZ file",
}  # fmt: skip
DELIMITERS = (",", "\t", ";", "|")
LINES_LOOKED_AT = 5


@dataclass(frozen=True)
class Source:
    """A file, its form (as in `Sample`), and of a text its encoding and what is said of that."""

    path: Path
    form: str
    encoding: str = ""
    beginning: str = ""
    notes: Mapping[str, int] = field(default_factory=dict)


def source(path: Path, options: ReadOptions | None = None) -> Source:
    """The file with its form and encoding, from its first 256 KB.

    Raises:
        OSError: it cannot be opened.
        InputError: it is empty, not what its name says, or text in an encoding that must be told.
    """
    beginning = head(path)
    suffix = Path(bare_name(path)).suffix.lower()
    form = next((f for magic, f in MAGIC.items() if beginning.startswith(magic)), None)
    if form == "zip":
        form = _zipped(path, suffix)
    if form is not None and form != "warc":
        return Source(path, form)
    told = FORMS.get(suffix, "unknown")
    if told in BINARY:
        raise InputError(f"{path.name}: is not {BINARY[told]}; export it again")
    if told == "unknown" and b"\0" in beginning and not beginning.startswith((b"\xff", b"\xfe")):
        return Source(path, "unknown")
    return _text_source(path, told if form is None else form, beginning, options)


def _text_source(path: Path, told: str, beginning: bytes, options: ReadOptions | None) -> Source:
    given = ReadOptions() if options is None else options
    try:
        encoding = text_encoding(path, beginning, given)
    except InputError:
        if told not in {"delimited", "json", "json-lines"} and given.encoding is None:
            return Source(path, told)  # web pages name their encoding inside; archives hold many
        raise
    text = beginning.decode(encoding, "ignore")
    form = _text_form(path, told, text=text, encoding=encoding)
    guessed = encoding == "gb18030" and given.encoding is None
    return Source(path, form, encoding, text, {AS_GB18030: 1} if guessed else {})


def _zipped(path: Path, suffix: str) -> str:
    if suffix == ".wacz":
        return "wacz"
    try:
        with unpacked(path) as plain, zipfile.ZipFile(plain) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, *DAMAGED):
        return "excel" if FORMS.get(suffix) == "excel" else "unknown"
    if any(name.startswith("xl/") or name == "content.xml" for name in names):
        return "excel"
    return "wacz" if "datapackage.json" in names else "unknown"


def _text_form(path: Path, told: str, *, text: str, encoding: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")[:2048]
    if told in {"json", "json-lines"}:
        return _json_form(path, told, encoding=encoding)
    if told != "unknown":
        return told
    if re.match(r"(?i)<!doctype html|<html", start):
        return "html"
    if re.match(r"From: <Saved by|MIME-Version:", start):
        return "mhtml"
    if start[:1] in {"{", "["}:
        return _json_form(path, "json", encoding=encoding)
    return "delimited" if _is_table(text) else "unknown"


def _json_form(path: Path, told: str, *, encoding: str) -> str:
    """json-lines where the first line is a value by itself and another follows, else json.

    A name that says json-lines is believed unless the first line is an opening bracket alone.
    """
    lines: list[str] = []
    with opened_text(path, encoding, newline="\n") as handle:
        try:
            while len(lines) < 2 and (line := handle.readline(LONGEST_LINE)):
                lines += [line.strip("\ufeff \t\r\n")] if line.strip("\ufeff \t\r\n") else []
        except (*DAMAGED, OSError):
            pass  # what could be read of it is looked at
    if lines[:1] in (["{"], ["["]):
        return "json"
    many = len(lines) == 2 and any(map(_is_value, lines))
    return "json-lines" if many or told == "json-lines" else "json"


def _is_value(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line.encode("utf-8", "surrogatepass")), (dict, list))
    except orjson.JSONDecodeError:
        return False


def delimiter(header: str, suffix: str) -> str:
    """What stands between the names in the header: the one that parts it into most.

    >>> delimiter("post_id;account_id;created_at", ".csv")
    ';'
    """
    usual = "\t" if suffix in {".tsv", ".tab"} else ","
    return max(DELIMITERS, key=lambda each: (len(cells(header, each)), each == usual))


def cells(line: str, separator: str) -> list[str]:
    """The cells of one line; the line itself where it is not such a line."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return [line]


def _is_table(text: str) -> bool:
    """Whether the first lines have as many cells as the header, at least two."""
    lines = [line for line in text.splitlines() if line][: LINES_LOOKED_AT + 1]
    if len(lines) == LINES_LOOKED_AT + 1:
        lines.pop()  # it may be cut
    separator = delimiter(lines[0], "") if lines else ","
    counts = [len(cells(line, separator)) for line in lines]
    return len(lines) > 1 and counts[0] > 1 and len(set(counts)) == 1
