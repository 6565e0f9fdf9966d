# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists detectors with their outcomes, parameters and limits.

graphkit detectors citation-loop
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.cli.printing import print_table
from graphkit.findings import specs
from graphkit.investigation.plugins import detector, detectors

if TYPE_CHECKING:
    import argparse

    from graphkit.findings import Detector


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("kind", nargs="?", help="one detector, in full")


def _print(each: Detector) -> None:
    print(f"{each.name} {each.version}\n{each.summary}\n\noutcomes")
    rows = [[n, "accuses" if o.accuses else "no grade", o.doc] for n, o in each.outcomes.items()]
    print_table(["", "", ""], rows)
    print("\nparameters (--set NAME=VALUE)")
    print_table(["", "", ""], [[s.name, s.default, s.doc] for s in specs(each.params)])
    print("\nwhat it cannot see")
    for limit in each.limits:
        print(f"- {limit}")


def run(args: argparse.Namespace) -> int:
    """Prints a line for each detector, or one in full."""
    if args.kind is not None:
        _print(detector(args.kind))
        return 0
    print_table(["kind", "what it finds"], [[d.name, d.summary] for d in detectors().values()])
    return 0
