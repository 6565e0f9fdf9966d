# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads files into a case. Each row ends as accepted, duplicate or rejected with a reason.

  graphkit import bridge posts.csv --tz Asia/Shanghai --collection keyword

The format is recognised and the reason said. Times without an offset need --tz, dates such as
03/04/2026 need --date-order, relative times ("5 minutes ago") need --collected-at. --map names a
JSON or TOML file that says which column of the file is which of graphkit's (docs/import.md).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note, print_json
from graphkit.investigation.column_map import column_map
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.moments import moment, zone
from graphkit.reading.importer import ReadOptions
from graphkit.tables import COLLECTIONS, TABLES
from graphkit.text.visible import visible

if TYPE_CHECKING:
    import argparse

    from graphkit.investigation.ingesting import Ledger

SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="file to read")
    parser.add_argument("--format", metavar="F", help="importer; see graphkit formats")
    parser.add_argument("--platform", help="platform of rows that do not say it (local)")
    parser.add_argument("--table", choices=[t for t in TABLES if t != "sources"], help="its table")
    parser.add_argument("--tz", metavar="Z", help="zone of times without offset: Asia/Shanghai")
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


def _advice(ledger: Ledger) -> list[str]:
    """What to do about rejected rows."""
    if not ledger.rejects:
        return []
    nothing = "no row was accepted; " * (not ledger.accepted)
    return [f"{nothing}import it again with the missing option to accept the rest"]


def _print(ledger: Ledger, *, tz: str) -> None:
    if ledger.is_known:
        note(f"{ledger.file}: the same bytes, told the same, are in the case; nothing changed")
        return
    duplicate, rejected = len(ledger.duplicates), len(ledger.rejects)
    print(
        f"{visible(ledger.file)}: {ledger.rows_read:,} rows read = {ledger.accepted:,} accepted + "
        f"{duplicate:,} duplicate + {rejected:,} rejected ({ledger.importer}: {ledger.why}{tz})"
    )
    for row in ledger.rejects[:SHOWN]:
        note(f"  line {row['line']}: rejected: {row['reason']}")
    for row in ledger.duplicates[:SHOWN]:
        first = "an earlier import" if row["first"] is None else f"line {row['first']}"
        note(f"  line {row['line']}: duplicate of {first}")
    for row in ledger.warnings[:SHOWN]:
        note(f"  line {row['line']}: accepted, but {row['reason']}")
    hidden = sum(max(0, len(rows) - SHOWN) for rows in
                 (ledger.rejects, ledger.duplicates, ledger.warnings))  # fmt: skip
    if hidden:
        note(f"  and {hidden:,} more; --json prints all")
    for text in (*ledger.notes, *_advice(ledger)):
        note(f"  {text}")


def run(args: argparse.Namespace) -> int:
    """Imports the files and prints the ledger."""
    case = open_case(args.case)
    mapped = column_map(args.map) if args.map is not None else None
    options = ReadOptions(
        platform=args.platform,
        table=args.table if args.table is not None else (mapped.table if mapped else None),
        tz=zone(args.tz),
        date_order=args.date_order,
        collected_at=None if args.collected_at is None else moment(args.collected_at, tz=args.tz),
        columns=mapped.columns if mapped else {},
    )
    ledgers = ingest(
        case,
        args.files,
        options=options,
        importer_name=args.format,
        collection=args.collection,
    )
    if args.json:
        print_json(
            [{**vars(ledger), "imported_at": datetime.now(UTC).isoformat()} for ledger in ledgers]
        )
        return 0
    for ledger in ledgers:
        _print(ledger, tz="" if args.tz is None else f", times without offset read in {args.tz}")
    return 0
