# SPDX-License-Identifier: GPL-3.0-or-later
"""Fits the probabilities of traces on the case's own posts, where parents are recorded.

Where a platform says from whom each post was reposted, that is hidden and read from the texts
again, on one half of the stories; the other half shows how often the probabilities hold. From
then on the traces of the case use them, for that platform and those years. Where a platform gives
the first post to a tenth or more of the reposts whose text names another, its first posts teach
nothing, and only what texts name is fitted.

graphkit calibrate bridge
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note, print_table
from graphkit.investigation.calibrating import calibrate

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")


def run(args: argparse.Namespace) -> int:
    """Prints the table that was fitted."""
    fitted = calibrate(open_case(args.case))
    print_table(fitted.counts.columns[:-1], [row[:-1] for row in fitted.counts.rows()])
    for platform, each in fitted.errors.items():
        brier, ece = ("unknown" if v is None else f"{v:.4f}" for v in (each["brier"], each["ece"]))
        note(
            f"{platform}: {each['n']} held-out reposts, Brier score {brier}, "
            f"expected calibration error {ece}"
        )
    return 0
