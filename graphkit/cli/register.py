# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports a source register: a CSV of subject_kind, subject_id and label.

  graphkit register bridge sources.csv

Labels that detectors read: outlet, official, first-hand, affiliation. The register is yours: it
ships empty, and each accusing outcome says whether it holds with it, without it, and under all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import ReadOptions

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("file", type=Path, help="the register")
    parser.add_argument("--platform", help="platform of accounts that do not say it (local)")


def run(args: argparse.Namespace) -> int:
    """Imports the register."""
    options = ReadOptions(table="labels", platform=args.platform)
    for ledger in ingest(open_case(args.case), [args.file], options=options):
        print(f"{ledger.accepted:,} of {ledger.rows_read:,} rows registered")
        for line, reason in ledger.rejects.iter_rows():
            note(f"  line {line}: rejected: {reason}")
    return 0
