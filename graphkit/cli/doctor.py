# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the installation, and a case when one is named: is it as it was left?

  graphkit doctor bridge
  graphkit doctor bridge --bundle bridge-bundle

Inputs and attachments are compared with their hashes, and journals, runs and traces with what the
audit log says was saved. An audit log that was cut at its end looks whole: give a bundle of the
case that you signed, which knows the line where the log ended then. What was cut after the last
export cannot be found.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.cli.printing import print_table
from graphkit.investigation.health import case_problems, installation

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, nargs="?", help="a case to check")
    parser.add_argument("--bundle", type=Path, help="a signed bundle of the case")


def run(args: argparse.Namespace) -> int:
    """Prints versions and problems; 1 when there is a problem."""
    problems = [] if args.case is None else case_problems(args.case, bundle=args.bundle)
    print_table(["part", "version"], list(installation().items()))
    if args.case is None:
        return 0
    for problem in problems:
        print(problem)
    print(f"{args.case}: {len(problems)} problems")
    return 1 if problems else 0
