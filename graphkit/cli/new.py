# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a case: a folder that holds everything of one investigation.

graphkit new bridge --zone Asia/Shanghai
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import append_audit, create_case

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="folder to make")
    parser.add_argument("--zone", default="UTC", help="zone in which times are shown (UTC)")


def run(args: argparse.Namespace) -> int:
    """Makes the case."""
    case = create_case(args.case, zone=args.zone)
    append_audit(case, "new", {"zone": case.zone})
    print(f"made the case {case.root}; next: graphkit import {case.root} FILE...")
    return 0
