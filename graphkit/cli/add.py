# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds what a person found by hand: an address, a pasted text, a screenshot, a saved page.

graphkit add bridge https://news.example/2024/bridge --seen-at 2026-03-10T09:00+08:00 --by Lin
graphkit add bridge "The bridge is down!" --url https://x.com/a/status/1 --account @a
    --seen-at 2026-03-10T09:00+08:00 --by Lin
graphkit add bridge page.html --seen-at 2026-03-10T09:00+08:00 --by Lin

It becomes a row like any other. A text with --url or --account is a post that traces and
comparisons see; a saved page (HTML, MHTML, WARC, WACZ) is imported as one; any other file is kept
by its hash. Nothing is fetched.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.investigation.by_hand import Sighting, add_by_hand
from graphkit.investigation.moments import moment, zone

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("what", metavar="URL|FILE|TEXT", help="what was found")
    parser.add_argument("--seen-at", required=True, metavar="T", help="when it was seen")
    parser.add_argument("--by", required=True, metavar="WHO", help="who saw it")
    parser.add_argument("--url", metavar="U", help="where it was seen")
    parser.add_argument("--account", metavar="A", help="who posted it: @handle or id")
    parser.add_argument("--posted-at", metavar="T", help="when it was posted")
    parser.add_argument("--note", help="what to remember of it")
    parser.add_argument("--tz", metavar="Z", help="zone of a page's times without offset")


def run(args: argparse.Namespace) -> int:
    """Adds the rows."""
    case = open_case(args.case)
    sighting = Sighting(
        seen_at=moment(args.seen_at, tz=case.zone),
        by=args.by,
        url=args.url,
        account=args.account,
        posted_at=None if args.posted_at is None else moment(args.posted_at, tz=case.zone),
        note=args.note,
        tz=zone(args.tz),
    )
    for ledger in add_by_hand(case, args.what, sighting):
        tables = ", ".join(ledger.tables)
        rows = f"{ledger.accepted} row{'s' * (ledger.accepted != 1)}"
        is_new = ledger.accepted and not ledger.is_known
        print(f"added as {rows} of {tables}" if is_new else "in the case already")
        for reason in (*ledger.rejects["reason"], *ledger.warnings["reason"], *ledger.notes):
            note(f"  {reason}")
    return 0
