# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a case in the browser, on this machine only (127.0.0.1).

graphkit dashboard bridge --port 8050
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.investigation.serving import serve

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("--port", type=int, default=8050, help="port on 127.0.0.1 (8050)")


def run(args: argparse.Namespace) -> int:
    """Serves until interrupted."""
    serve(open_case(args.case), port=args.port)
    return 0
