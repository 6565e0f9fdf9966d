# SPDX-License-Identifier: GPL-3.0-or-later
"""Traces a story back: lineage, unseen posts, candidates for its origin, what is missing.

graphkit trace bridge weibo:4980123 --format tree
graphkit trace bridge "the bridge fell last night" --as text
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note, print_json
from graphkit.investigation.tracing import trace_story
from graphkit.investigation.tree import trace_lines, trace_page

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("what", help="a post id, a claim id, an address or a text")
    parser.add_argument("--as", dest="kind", choices=["post", "claim", "url", "text"])
    parser.add_argument("--format", choices=["tree", "json", "html"], default="tree")


def run(args: argparse.Namespace) -> int:
    """Prints the trace."""
    case = open_case(args.case)
    trace = trace_story(case, args.what, kind=args.kind)
    if args.format == "json":
        print_json(trace)
    elif args.format == "html":
        print(trace_page(trace))
    else:
        for line in trace_lines(trace):
            print(line)
        note("ids and texts stand as they were posted, with the names in them; a bundle masks them")
    return 0
