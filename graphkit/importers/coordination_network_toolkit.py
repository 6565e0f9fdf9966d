# SPDX-License-Identifier: GPL-3.0-or-later
"""The input of the coordination-network-toolkit: eight columns by place, with or without header.

An index column in front is left out. Quotes are not told apart from original posts. Of posts of X
the toolkit's own clock counts from the first of X's ids; such a time is read as what it means.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.reading.by_place import cell_records
from graphkit.reading.importer import Importer
from graphkit.reading.list_text import listed_urls
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused
from graphkit.reading.x_posts import id_milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

COLUMNS = (
    "message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls",
)  # fmt: skip
SECONDS = re.compile(r"^\d{8,10}(\.\d+)?$")
X_ID = re.compile(r"^\d{15,19}$")
LIST = re.compile(r"^(?:\[.*\]|[a-z]+://.*|)$", re.DOTALL)


def _by_place(cells: Sequence[str]) -> dict[str, str] | None:
    """The cells by column, without the index in front; None where their number does not fit."""
    if len(cells) not in (len(COLUMNS), len(COLUMNS) + 1):
        return None
    return dict(zip(COLUMNS, cells[-len(COLUMNS) :], strict=True))


def _is_row(cells: Sequence[str]) -> bool:
    """Whether these are the cells of a post (else they are a header)."""
    row = _by_place(cells)
    return row is not None and SECONDS.match(row["timestamp"]) is not None


def _suits(sample: Sample) -> str | None:
    row = _by_place(sample.columns) if sample.form == "delimited" else None
    if row is None:
        return None
    if tuple(row.values()) == COLUMNS:
        return "it has the columns of the coordination-network-toolkit"
    if _is_row(sample.columns) and row["message_id"] and row["user_id"] and LIST.match(row["urls"]):
        return "its rows have the eight cells of the coordination-network-toolkit, without header"
    return None


def _time(row: Mapping[str, str]) -> str:
    told, number = row["timestamp"], row["message_id"].strip()
    if SECONDS.match(told) and X_ID.match(number):
        since_first = (int(number) >> 22) / 1000
        if abs(float(told) - since_first) < 1:
            return str(id_milliseconds(number))
    return told


def _post(record: Record) -> Iterator[Found | Refused]:
    row = record.value
    told = {"repost": row["repost_id"].strip(), "reply": row["reply_id"].strip()}
    kind, parent = next(((k, t) for k, t in told.items() if t), ("original", None))
    account = {"account_id": row["user_id"], "handle": row["username"].strip() or None}
    post = {
        "post_id": row["message_id"],
        "account_id": row["user_id"],
        "created_at": _time(row),
        "kind": kind,
        "text": row["message"],
        "parent_id": parent,
        "urls": listed_urls(row["urls"]),
    }
    yield Found("posts", post, (("accounts", account),))


def _records(path: Path, options: ReadOptions) -> Iterator[Record | tuple[int, Refused]]:
    has_rows = False
    for number, (line, cells) in enumerate(cell_records(path, options)):
        if number == 0 and not isinstance(cells, Refused) and not _is_row(cells):
            continue
        has_rows = True
        yield _record(line, cells)
    if not has_rows:
        raise InputError(f"{path.name}: has no rows; export it again")


def _record(line: int, cells: Sequence[str] | Refused) -> Record | tuple[int, Refused]:
    if isinstance(cells, Refused):
        return line, cells
    row = _by_place(cells)
    if row is None:
        return line, Refused(f"{len(cells)} cells where there are {len(COLUMNS)}")
    return Record(line, row, {})


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    yield from record_batches(_records(path, options), _post, options=options, platform="local")


IMPORTER = Importer(
    name="coordination-network-toolkit",
    title="coordination-network-toolkit",
    summary="the eight columns that the coordination-network-toolkit reads (CSV)",
    needs=COLUMNS,
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
)
