# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of a CSV, TSV, JSONL or Parquet file as a frame, with the line on which each begins."""

from __future__ import annotations

import csv
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import InputError
from graphkit.reading.importer import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

csv.field_size_limit(1 << 27)
DELIMITED = {".csv": ",", ".tsv": "\t"}
JSON_LINES = {".jsonl", ".ndjson"}
SUFFIXES = {*DELIMITED, *JSON_LINES, ".parquet"}
ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Rows:
    """`frame` has the file's columns and `source_line`; cells of text files are text or null.

    An empty cell is null. `rejects` (line, reason) are rows that are not rows at all.
    """

    frame: pl.DataFrame
    rejects: pl.DataFrame
    rows_read: int

    @property
    def columns(self) -> list[str]:
        """The file's own columns."""
        return [name for name in self.frame.columns if name != "source_line"]


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def column_names(path: Path) -> list[str]:
    """The columns of the file, read from its first lines only; empty when it has none.

    Raises:
        InputError: it cannot be opened, or is not what its suffix says.
    """
    with _guarded(path):
        _refuse_empty(path)
        if _suffix(path) == ".parquet":
            return list(pl.read_parquet_schema(path))
        if _suffix(path) in JSON_LINES:
            rows = (value for _, value in _json_objects(path) if isinstance(value, dict))
            return list(next(rows, {}))
        return next(_records(path), (0, []))[1] if _suffix(path) in DELIMITED else []


def read_rows(path: Path) -> Rows:
    """The rows of the file.

    Raises:
        InputError: it cannot be opened, is empty, binary or of another format.
    """
    if _suffix(path) not in SUFFIXES:
        raise InputError(
            f"{path.name}: cannot read {_suffix(path) or 'a file without a suffix'}; "
            f"give one of {', '.join(sorted(SUFFIXES))}"
        )
    with _guarded(path):
        _refuse_empty(path)
        if _suffix(path) == ".parquet":
            frame = pl.read_parquet(path).drop("source_line", strict=False)
            frame = frame.with_row_index("source_line", offset=1)
            typed = frame.with_columns(pl.col("source_line").cast(pl.Int64))
            return Rows(typed, pl.DataFrame(schema=PROBLEMS), frame.height)
        return _json_rows(path) if _suffix(path) in JSON_LINES else _delimited_rows(path)


def _refuse_empty(path: Path) -> None:
    if path.stat().st_size == 0:
        raise InputError(f"{path.name}: the file is empty; export it again")


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Turns what the system and the parsers raise into one line for the person."""
    name = path.name
    try:
        yield
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{name}: cannot be read ({reason}); check the path") from error
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{name}: is not a Parquet file; export it again") from error
    except csv.Error as error:
        raise InputError(f"{name}: is not a CSV file ({error}); export it again") from error


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The records of a delimited file with the line on which each begins, blank lines left out."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle, delimiter=DELIMITED[_suffix(path)], strict=True)
        begins = 1
        for record in reader:
            if "\0" in "".join(record):
                raise InputError(f"{path.name} line {begins}: holds NUL; it is not a text file")
            if record:
                yield begins, record
            begins = reader.line_num + 1


def _delimited_rows(path: Path) -> Rows:
    records = _records(path)
    header = next(records, (0, []))[1]
    if not header or len(set(header)) < len(header):
        twice = sorted({name or "(no name)" for name in header if header.count(name) > 1})
        raise InputError(
            f"{path.name} line 1: no header, or twice the column {', '.join(twice)}; "
            "give each column a name of its own"
        )
    kept: list[list[str]] = []
    frames, lines, rejects, count = [], [], [], 0
    for line, record in records:
        count += 1
        if len(record) != len(header):
            reason = f"{len(record)} cells where the header has {len(header)}"
            rejects.append({"line": line, "reason": reason})
            continue
        kept.append(record)
        lines.append(line)
        if len(kept) == ROWS_AT_ONCE:
            frames.append(_text_frame(header, kept))
            kept = []
    frames.append(_text_frame(header, kept))
    if count == 0:
        raise InputError(f"{path.name}: has a header and no rows; export it again")
    frame = pl.concat(frames).with_columns(source_line=pl.Series(lines, dtype=pl.Int64))
    return Rows(frame, pl.DataFrame(rejects, schema=PROBLEMS), count)


def _text_frame(header: list[str], records: list[list[str]]) -> pl.DataFrame:
    columns = zip(*records, strict=True) if records else [[] for _ in header]
    frame = pl.DataFrame(
        [
            pl.Series(name, list(cells), pl.String)
            for name, cells in zip(header, columns, strict=True)
        ]
    )
    return frame.with_columns(pl.when(pl.all() != "").then(pl.all()))


def _json_objects(path: Path) -> Iterator[tuple[int, object]]:
    """The values of a JSONL file with their lines; a line that is no row gives its error."""
    with path.open(encoding="utf-8-sig") as handle:
        for line, text in enumerate(handle, start=1):
            if not text.strip():
                continue
            try:
                value = json.loads(text, parse_int=str, parse_float=str)
                if "\\u" in text:  # half of a surrogate pair is no text
                    json.dumps(value, ensure_ascii=False).encode()
                yield line, value
            except (ValueError, RecursionError) as error:
                yield line, error


def _why_not(value: object) -> str:
    """Why a value of a JSONL file is not a row."""
    if isinstance(value, json.JSONDecodeError):
        return value.msg
    if isinstance(value, UnicodeEncodeError):
        return "a character is half of a surrogate pair"
    return "nested too deeply" if isinstance(value, RecursionError) else "not a JSON object"


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value if value != "" else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _json_rows(path: Path) -> Rows:
    objects, lines, rejects, count = [], [], [], 0
    for line, value in _json_objects(path):
        count += 1
        if isinstance(value, dict):
            objects.append({str(name): _cell(cell) for name, cell in value.items()})
            lines.append(line)
        else:
            rejects.append({"line": line, "reason": f"not a row: {_why_not(value)}"})
    if not objects:
        raise InputError(f"{path.name}: no line is a JSON object; give JSON Lines")
    names = list(dict.fromkeys(name for each in objects for name in each))
    frame = pl.DataFrame(objects, schema=dict.fromkeys(names, pl.String)).with_columns(
        source_line=pl.Series(lines, dtype=pl.Int64)
    )
    return Rows(frame, pl.DataFrame(rejects, schema=PROBLEMS), count)
