# SPDX-License-Identifier: GPL-3.0-or-later
"""Seals findings, their rows, graphs, recipes and judgements into an evidence bundle.

  graphkit bundle bridge -o bridge-bundle
  graphkit bundle bridge -o bridge-bundle.zip --finding 4f0a --unreviewed
  graphkit bundle bridge -o for-the-court --in-full "ordered by the court, 12 March" --by Lin

Accounts are pseudonyms unless named (graphkit name). Of withheld accounts' posts a bundle shows the
words that name a source and words that several accounts wrote, and hours instead of times: who
searches the platform finds posts by their words and times. --in-full keeps them; that is a logged
decision, and stands on the report's first page. Graded findings that nobody reviewed stay out, or
are marked. The bundle is signed when you have a key (graphkit keys --make); verify tells a bundle
without signature from one that was tampered with.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.bundle.contents import InFull, Scope
from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.errors import ParameterError
from graphkit.investigation.sealing import left_out_lines, seal

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR|FILE.zip", help="to make"
    )
    parser.add_argument(
        "--finding", action="append", metavar="ID", help="only this, or what begins so (repeatable)"
    )
    parser.add_argument(
        "--unreviewed", action="store_true", help="findings that nobody reviewed too, marked"
    )
    parser.add_argument(
        "--in-full", metavar="REASON", help="keep texts and times whole; why (with --by)"
    )
    parser.add_argument("--by", metavar="WHO", help="who decides --in-full")
    parser.add_argument(
        "--inputs", action="store_true", help="the input files too in which nobody is withheld"
    )


def _scope(args: argparse.Namespace) -> Scope:
    if (args.in_full is None) != (args.by is None):
        raise ParameterError("--in-full REASON and --by WHO go together; give both")
    in_full = None if args.in_full is None else InFull(args.in_full, args.by)
    return Scope(args.finding, unreviewed=args.unreviewed, in_full=in_full, inputs=args.inputs)


def run(args: argparse.Namespace) -> int:
    """Writes the bundle."""
    made = seal(open_case(args.case), args.output, scope=_scope(args))
    print(f"{made.path}: tag manifest sha256:{made.tag_manifest_sha256}")
    for line in left_out_lines(made, args.case):
        note(line)
    if not made.signed:
        note("not signed: make a key with graphkit keys --make")
    note(f"next: graphkit verify {made.path}")
    return 0
