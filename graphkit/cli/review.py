# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a finding. A judgement stands beside the finding and never changes it.

graphkit review bridge 4f0a needs-source --note "ask the desk for the first report" --by Lin

A bundle takes in what was reviewed and not rejected. Where two people's last judgements differ,
both stand, and the finding counts as unreviewed until they agree.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.bundle.choosing import Reviews
from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.findings import Verdict
from graphkit.investigation.reviewing import review

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("finding", help="its id, or the beginning of it")
    parser.add_argument("verdict", choices=[each.value for each in Verdict])
    parser.add_argument("--note", required=True, help="why")
    parser.add_argument("--by", required=True, metavar="WHO", help="who judges")


def run(args: argparse.Namespace) -> int:
    """Saves the judgement."""
    case = open_case(args.case)
    saved = review(case, args.finding, args.verdict, note=args.note, by=args.by)
    print(f"{saved['finding_id']}: {saved['verdict']}")
    if saved["finding_id"] in Reviews.of(case).contested:
        note("two people judged it differently: it counts as unreviewed until they agree")
    return 0
