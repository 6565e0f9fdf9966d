# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads files and folders into a case. Each row is accepted, a duplicate, or rejected: with why.

  graphkit import bridge posts.csv --tz Asia/Shanghai --collection keyword
  graphkit import bridge exports/

The format of each file is recognised and the reason said; files of a folder that no importer knows
are named on stderr. Times without an offset need --tz, dates such as 03/04/2026 need --date-order,
relative times ("5 minutes ago") need --collected-at; --encoding is for text that is not UTF-8.
--map names a JSON or TOML file that says which column of the file is which of graphkit's
(docs/import.md). All files of a command come into the case together, or none does.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case import open_case
from graphkit.cli.printing import note, print_json
from graphkit.investigation.column_map import column_map
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.ledgers import MET_AGAIN
from graphkit.investigation.moments import moment, zone
from graphkit.reading.importer import ReadOptions
from graphkit.tables import COLLECTIONS, TABLES
from graphkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphkit.investigation.ingesting import Progress
    from graphkit.investigation.ledgers import Ledger

SHOWN = 10
MADE_HERE = {"sources", "revisions"}
LINE = 79


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument(
        "files", type=_path, nargs="+", metavar="FILE|FOLDER", help="file or folder to read"
    )
    parser.add_argument("--format", metavar="F", help="importer; see graphkit formats")
    parser.add_argument("--platform", help="platform of rows that do not say it (local)")
    parser.add_argument(
        "--table", choices=[t for t in TABLES if t not in MADE_HERE], help="its table"
    )
    parser.add_argument("--tz", metavar="Z", help="zone of times without offset: Asia/Shanghai")
    parser.add_argument("--encoding", metavar="E", help="encoding of text: gb18030, utf-16")
    parser.add_argument("--sheet", metavar="S", help="sheet of a workbook (the first)")
    parser.add_argument("--date-order", choices=["DMY", "MDY"], help="order of 03/04/2026")
    parser.add_argument("--collected-at", metavar="T", help="when the file was collected")
    parser.add_argument(
        "--collection",
        choices=COLLECTIONS,
        default="unknown",
        help="how it was collected; findings on snowball and unknown stay weak",
    )
    parser.add_argument("--map", type=Path, metavar="FILE", help="which column is which")
    parser.add_argument("--json", action="store_true", help="print the ledger as JSON")


def _sum(ledgers: Sequence[Ledger]) -> str:
    rows_read, accepted = (sum(getattr(x, n) for x in ledgers) for n in ("rows_read", "accepted"))
    duplicate = sum(each.duplicates.height for each in ledgers)
    rejected = sum(each.rejects.height for each in ledgers)
    return (
        f"{rows_read:,} rows read = {accepted:,} accepted + {duplicate:,} duplicate + "
        f"{rejected:,} rejected"
    )


def _problems(ledger: Ledger) -> Iterator[str]:
    """A line for each of the first rows that were not plainly accepted."""
    for line, reason in ledger.rejects.head(SHOWN).iter_rows():
        yield f"line {line}: rejected: {reason}"
    for line, first in ledger.duplicates.head(SHOWN).iter_rows():
        known = "an earlier import or another file" if first is None else f"line {first}"
        yield f"line {line}: duplicate of {known}"
    for line, reason in ledger.warnings.head(SHOWN).iter_rows():
        yield f"line {line}: {'' if reason.startswith(MET_AGAIN) else 'accepted, but '}{reason}"


def _hidden(ledgers: Sequence[Ledger], *, shown: int) -> None:
    told = (frame for x in ledgers for frame in (x.rejects, x.duplicates, x.warnings))
    hidden = sum(frame.height for frame in told) - shown
    if hidden:
        note(f"  and {hidden:,} more; --json prints all")


def _advice(ledgers: Sequence[Ledger]) -> None:
    """Says what to do about rejected rows."""
    if any(not each.rejects.is_empty() for each in ledgers):
        nothing = "no row was accepted; " * (not any(each.accepted for each in ledgers))
        note(f"  {nothing}import it again with the missing option to accept the rest")


def _print_one(ledger: Ledger, *, tz: str) -> None:
    if ledger.is_known:
        note(f"{ledger.file}: the same bytes, told the same, are in the case; nothing changed")
        return
    print(f"{visible(ledger.file)}: {_sum([ledger])} ({ledger.importer}: {ledger.why}{tz})")
    lines = list(_problems(ledger))
    for line in lines:
        note(f"  {line}")
    _hidden([ledger], shown=len(lines))
    for text in ledger.notes:
        note(f"  {text}")
    _advice([ledger])


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _path(text: str) -> Path:
    if not text:  # an empty variable of a shell is not the folder that one stands in
        raise argparse.ArgumentTypeError("is empty; name a file or folder")
    return Path(text)


def _print_many(ledgers: Sequence[Ledger], *, tz: str) -> None:
    """A line for each importer, and the first problems of any file."""
    known = sum(each.is_known for each in ledgers)
    if known:
        note(f"{_files(known)}: the same bytes, told the same, are in the case; nothing changed")
    new = sorted((each for each in ledgers if not each.is_known), key=lambda each: each.importer)
    for name, group in groupby(new, key=lambda each: each.importer):
        found = list(group)
        print(f"{_files(len(found))}: {_sum(found)} ({name}{tz})")
    lines = list(islice((f"{x.file} {line}" for x in new for line in _problems(x)), SHOWN))
    for line in lines:
        note(f"  {line}")
    _hidden(new, shown=len(lines))
    for text in sorted({text for each in new for text in each.notes})[:SHOWN]:
        note(f"  {text}")
    _advice(new)


def _print(ledgers: Sequence[Ledger], *, tz: str) -> None:
    read = [each for each in ledgers if each.unread is None]
    unread = [each for each in ledgers if each.unread is not None]
    if len(read) > SHOWN:
        _print_many(read, tz=tz)
    else:
        for ledger in read:
            _print_one(ledger, tz=tz)
    for ledger in unread[:SHOWN]:
        note(f"not imported: {ledger.file}: {ledger.unread}")
    if len(unread) > SHOWN:
        note(f"and {len(unread) - SHOWN:,} more files were not imported; --json names all")


def _as_json(ledger: Ledger) -> dict[str, Any]:
    plain = {
        name: value.to_dicts() if isinstance(value, pl.DataFrame) else value
        for name, value in vars(ledger).items()
    }
    return {**plain, "imported_at": datetime.now(UTC).isoformat()}


class _OneLine:
    """Shows on one line of a terminal how far the import is."""

    def __init__(self) -> None:
        self._begun = self._shown = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._shown < 0.2:
            return
        self._shown = now
        rate = progress.rows / (now - self._begun)
        told = f" ({progress.bytes / 1e6:,.1f} MB): {progress.rows:,} rows, {rate:,.0f} rows/s"
        text = visible(progress.file)[: LINE - len(told)] + told
        print(f"\r{text:<{LINE}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Makes the line empty for what is printed next."""
        print(f"\r{'':<{LINE}}\r", end="", file=sys.stderr, flush=True)


def _imported(args: argparse.Namespace, options: ReadOptions) -> list[Ledger]:
    watch = _OneLine() if sys.stderr is not None and sys.stderr.isatty() else None
    try:
        return ingest(
            open_case(args.case),
            args.files,
            options=options,
            importer_name=args.format,
            collection=args.collection,
            watch=watch,
        )
    finally:
        if watch is not None:
            watch.clear()


def run(args: argparse.Namespace) -> int:
    """Imports the files and prints the ledger; 2 where nothing could be read."""
    options = ReadOptions(
        platform=args.platform,
        table=args.table,
        tz=zone(args.tz),
        date_order=args.date_order,
        encoding=args.encoding,
        sheet=args.sheet,
        collected_at=None if args.collected_at is None else moment(args.collected_at, tz=args.tz),
    )
    if args.map is not None:
        options = column_map(args.map).options(options)
    ledgers = _imported(args, options)
    if args.json:
        print_json([_as_json(ledger) for ledger in ledgers])
    else:
        _print(ledgers, tz="" if args.tz is None else f", times without offset read in {args.tz}")
    return 2 if all(each.unread is not None for each in ledgers) else 0
