# SPDX-License-Identifier: GPL-3.0-or-later
"""Investigates shipped data, from import to a verified bundle, in ./graphkit-demo.

graphkit demo            the investigation, printed
graphkit demo --serve    the same, then the dashboard on it
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.investigation.demo import real_demo, world_demo
from graphkit.investigation.serving import serve
from graphkit.text.visible import visible

if TYPE_CHECKING:
    import argparse

FOLDER = Path("graphkit-demo")
REAL_FOLDER = Path("graphkit-demo-real")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--serve", action="store_true", help="open the dashboard afterwards")
    parser.add_argument("--port", type=int, default=8050, help="port on 127.0.0.1 (8050)")


def run(args: argparse.Namespace) -> int:
    """Prints the investigation line by line."""
    for text in chain(world_demo(FOLDER), real_demo(REAL_FOLDER)):
        for line in text.split("\n"):
            print(visible(line), flush=True)
    print(f"\nopen the dashboard with: make dashboard, or graphkit dashboard {FOLDER}")
    if args.serve:
        serve(open_case(FOLDER), port=args.port)
    return 0
