# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what was looked for, found or not, so that a trace can say where nothing was found.

graphkit searched bridge "archive of northmoor.example" "bridge collapse" --found 0
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import add_search, open_case

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("where", help="where it was looked for")
    parser.add_argument("query", help="what was asked")
    parser.add_argument("--found", type=int, required=True, metavar="N", help="hits, 0 for none")


def run(args: argparse.Namespace) -> int:
    """Records the search."""
    add_search(open_case(args.case), args.where, args.query, found=args.found)
    print("recorded")
    return 0
