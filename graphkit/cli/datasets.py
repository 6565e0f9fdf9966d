# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the shipped data sets with licence and files, to import them by their paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.cli.printing import print_table
from graphkit.investigation.shipped import datasets

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares no arguments."""


def run(_args: argparse.Namespace) -> int:
    """Prints a line for each file."""
    rows = [
        [each.name, each.licence, file.rows, str(file.path)]
        for each in datasets().values()
        for file in each.files
    ]
    print_table(["data set", "licence", "rows", "file"], rows)
    return 0
