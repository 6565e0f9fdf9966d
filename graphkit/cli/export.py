# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one part of a finding; the ending of -o says which.

  graphkit export bridge 4f0c -o loop.csv         its accounts
  graphkit export bridge 4f0c -o loop.rows.csv    the rows behind it (or .parquet)
  graphkit export bridge 4f0c -o loop.gexf        its graph, for Gephi (or .graphml)
  graphkit export bridge 4f0c -o loop.svg         its picture
  graphkit export bridge 4f0c -o loop.html        the report of this one finding

Accounts are pseudonyms unless named (graphkit name), texts and times are cut as in a bundle, and a
finding that nobody reviewed says so in every row. Nobody can check a part by itself: for that seal
a bundle (graphkit bundle). For a graph of the whole case: graphkit graph.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.investigation.exporting import export_finding

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("finding", help="the finding: its id, or the beginning of it")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")


def run(args: argparse.Namespace) -> int:
    """Writes the part."""
    said = export_finding(open_case(args.case), args.finding, out=args.output)
    print(f"{args.output}: {said}")
    return 0
