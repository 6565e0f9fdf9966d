# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides to name an account in what leaves the case. The decision and its reason are logged.

graphkit name bridge weibo:1234 --reason "a ministry's own account" --by Lin

An account that the platform did not verify, and that your source register calls neither outlet nor
official, counts as a private person's: it is named once a second person decides the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.investigation.reviewing import name_account

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("account", help="platform:native-id, or the native id")
    parser.add_argument("--reason", required=True, help="why it may be named")
    parser.add_argument("--by", default="the case's owner", metavar="WHO", help="who decides")


def run(args: argparse.Namespace) -> int:
    """Saves the decision."""
    named = name_account(open_case(args.case), args.account, reason=args.reason, by=args.by)
    if named:
        print("named from now on in exports; the decision is in the audit log")
    else:
        print("not named yet: a private person's account needs a second person's decision")
        note("next: the same command with --by somebody else")
    return 0
