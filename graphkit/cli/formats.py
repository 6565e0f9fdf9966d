# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the formats that can be imported, and the columns or keys by which each is known.

Every CSV, JSON Lines, Parquet and Excel file can be imported besides, with a column map (--map).
Files may be compressed (.gz, .zst, .bz2) and may lie in folders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.cli.printing import print_json, print_table
from graphkit.investigation.plugins import importers

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--json", action="store_true", help="print all that is known of each")


def run(args: argparse.Namespace) -> int:
    """Prints a line for each importer."""
    known = importers().values()
    if args.json:
        fields = ("name", "title", "summary", "needs", "gives", "zone")
        print_json([{field: getattr(each, field) for field in fields} for each in known])
        return 0
    rows = [[each.name, each.title, ", ".join(each.needs)] for each in known]
    print_table(["format", "what it is", "known by"], rows)
    return 0
