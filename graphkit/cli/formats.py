# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the formats that can be imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.cli.printing import print_table
from graphkit.investigation.plugins import importers

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares no arguments."""


def run(_args: argparse.Namespace) -> int:
    """Prints a line for each importer."""
    print_table(["format", "what it is"], [[i.name, i.summary] for i in importers().values()])
    return 0
