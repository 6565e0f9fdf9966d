# SPDX-License-Identifier: GPL-3.0-or-later
"""Seals findings, their rows, graphs, recipes and judgements into an evidence bundle.

  graphkit bundle bridge -o bridge-bundle

Accounts are pseudonyms unless named (graphkit name). The bundle is signed when you have a key
(graphkit keys --make); verify tells a bundle without signature from one that was tampered with.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.investigation.sealing import seal

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="to make")
    parser.add_argument("--finding", action="append", metavar="ID", help="only this (repeatable)")


def run(args: argparse.Namespace) -> int:
    """Writes the bundle."""
    made = seal(open_case(args.case), args.output, finding_ids=args.finding)
    print(f"{made.path}: tag manifest sha256:{made.tag_manifest_sha256}")
    if not made.signed:
        note("not signed: make a key with graphkit keys --make")
    note(f"next: graphkit verify {made.path}")
    return 0
