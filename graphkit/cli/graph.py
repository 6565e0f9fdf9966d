# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a graph of the case for Gephi: .graphml, .gexf or .csv by the suffix of -o.

  graphkit graph bridge coaction -o net.gexf --act url --within 60s --q 0.05
  graphkit graph bridge coaction -o net.gexf --act repost,url,text --q 0.05
  graphkit graph bridge coaction -o net.gexf --rule coortweet --within 10s

coaction: accounts that do the same within a window, with the community of each, its stability over
20 seeds, and the extent of taking part (0 to 1). Of several acts (--act A,B or all) there is one
edge a pair: objects, expected, p and q of each act, and p and q over all acts, for which each post
counts once. citation: who cites whom. cascade: who reposts, quotes or answers whom. claims: which
account says which text. Accounts are pseudonyms unless named (graphkit name). --rule keeps the
edges of a published rule instead, to run a study again: none of them says how often chance makes
such an edge. --cap N makes a log smaller that is refused for its bursts: of one object, N rows are
drawn from each stretch of the window, and the file says how many were left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.findings import span
from graphkit.investigation.graphing import GRAPHS, GraphOptions, rule_called, write_graph

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("what", choices=list(GRAPHS), help="which graph")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--act", default="repost", metavar="A", help="acts of coaction, or all (repost)"
    )
    parser.add_argument("--within", default="60s", metavar="W", help="window, inclusive (60s)")
    parser.add_argument("--min-objects", type=int, default=2, metavar="N", help="least common (2)")
    parser.add_argument("--rule", metavar="R", help="toolkit, coortweet, disparity or cosine")
    parser.add_argument("--cap", type=int, metavar="N", help="rows kept of one object in a window")
    parser.add_argument("--q", type=float, metavar="Q", help="largest q value of an edge")


def run(args: argparse.Namespace) -> int:
    """Writes the graph."""
    options = GraphOptions(
        args.act, span(args.within), args.min_objects, args.q, args.rule, args.cap
    )
    case = open_case(args.case)
    if args.rule is not None:
        rule = rule_called(args.rule)
        note(f"{rule.study}: {rule.doc}; mind that {rule.warning}")
    nodes, edges = write_graph(case, args.what, out=args.output, options=options, warn=note)
    print(f"{args.output}: {nodes:,} nodes, {edges:,} edges")
    return 0
