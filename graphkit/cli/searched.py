# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what was looked for, found or not, so that a trace can say where nothing was found.

graphkit searched bridge "archive of northmoor.example" "bridge collapse" --found 0 --by Lin
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import add_search, open_case
from graphkit.investigation.moments import moment

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("where", help="where it was looked for")
    parser.add_argument("query", help="what was asked")
    parser.add_argument("--found", type=int, required=True, metavar="N", help="hits, 0 for none")
    parser.add_argument("--at", metavar="T", help="when it was looked for (now)")
    parser.add_argument("--by", metavar="WHO", help="who looked")


def run(args: argparse.Namespace) -> int:
    """Records the search."""
    case = open_case(args.case)
    at = None if args.at is None else moment(args.at, tz=case.zone).isoformat()
    add_search(case, args.where, args.query, found=args.found, searched_at=at, by=args.by)
    print("recorded")
    return 0
