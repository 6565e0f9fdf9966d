# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a file in the case by its hash: a screenshot, a saved page, an archive.

graphkit attach bridge screenshot.png --by Lin
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.investigation.by_hand import attach

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("file", type=Path, help="the file")
    parser.add_argument("--by", required=True, metavar="WHO", help="who brings it")


def run(args: argparse.Namespace) -> int:
    """Keeps the file."""
    print(f"kept as sha256:{attach(open_case(args.case), args.file, by=args.by)}")
    return 0
