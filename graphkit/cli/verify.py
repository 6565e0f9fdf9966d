# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a bundle offline, without the case: hashes, manifest, signature, audit chain, ids.

Exit status 0: nothing is wrong. 1: something is, or it is unsigned without --allow-unsigned.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.cli.printing import print_table
from graphkit.investigation.sealing import verify, withheld_inputs

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("bundle", type=Path, help="the bundle")
    parser.add_argument("--allow-unsigned", action="store_true", help="an unsigned one may pass")
    parser.add_argument("--key", type=Path, metavar="PEM", help="public key of its sender")
    parser.add_argument("--replay", action="store_true", help="say what a replay of the runs needs")


def _print_inputs(bundle: Path) -> None:
    print("not replayable: the bundle withholds the inputs of its runs. Ask its maker for:")
    for sha256 in withheld_inputs(bundle):
        print(f"  sha256:{sha256}")


def run(args: argparse.Namespace) -> int:
    """Prints what is wrong."""
    checked = verify(args.bundle, allow_unsigned=args.allow_unsigned, public_key=args.key)
    if checked.ok:
        by = f"signed by key {checked.signer}" if checked.signed else "not signed"
        print(f"{args.bundle}: nothing is wrong; {by}")
        if args.replay:
            _print_inputs(args.bundle)
        return 0
    print_table([f"{args.bundle}: {len(checked.problems)} wrong"], [[p] for p in checked.problems])
    return 1
