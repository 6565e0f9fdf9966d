# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds what a person found by hand as an evidence row: an address, a file, or a text.

graphkit add bridge https://news.example/2024/bridge --seen-at 2026-03-10T09:00+08:00 --by Lin
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.investigation.moments import moment
from graphkit.investigation.reviewing import add_by_hand

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("what", metavar="URL|FILE|TEXT", help="what was found")
    parser.add_argument("--seen-at", required=True, metavar="T", help="when it was seen")
    parser.add_argument("--by", required=True, metavar="WHO", help="who saw it")


def run(args: argparse.Namespace) -> int:
    """Adds the row."""
    case = open_case(args.case)
    add_by_hand(case, args.what, seen_at=moment(args.seen_at, tz=case.zone), by=args.by)
    print("added as a row of the table labels")
    return 0
