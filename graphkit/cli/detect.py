# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs detectors over a case: all, or those named.

  graphkit detect bridge citation-loop --set min_stories=4

Each run is kept under its parameters; other parameters make another run, never overwrite one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.errors import ParameterError
from graphkit.investigation.detecting import detect

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="detector; see graphkit detectors")
    parser.add_argument("--set", action="append", default=[], metavar="P=V", help="a parameter")


def _settings(texts: list[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise ParameterError(f"--set {text}: write it as NAME=VALUE")
    return dict(text.split("=", 1) for text in texts)


def run(args: argparse.Namespace) -> int:
    """Runs them and prints a line for each run."""
    case = open_case(args.case)
    for each in detect(case, args.kinds, settings=_settings(args.set)):
        empty = each.recipe["not_tested"]
        if empty:
            print(f"{each.detector}: not tested, no {', '.join(empty)}")
            continue
        graded = sum(1 for record in each.findings if record["grade"] is not None)
        others = len(each.findings) - graded
        print(f"{each.detector}: {graded} findings, {others} exonerating (run {each.run_id})")
    note(f"next: graphkit findings {args.case}")
    return 0
