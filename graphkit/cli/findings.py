# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the findings of a case: the strongest first, those that exonerate last.

  graphkit findings bridge --kind citation-loop --format jsonl
  graphkit findings bridge -o findings.csv

-o writes a table to hand out: with pseudonyms, caveats and judgements, past the leak gate, and
noted in the audit log. What is printed has the case's own names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import findings, judgements, open_case
from graphkit.cli.printing import note, print_csv, print_json, print_json_lines, print_table
from graphkit.investigation.exporting import export_findings

if TYPE_CHECKING:
    import argparse

HEADER = ["finding", "run", "kind", "outcome", "grade", "p", "q", "rows", "judgement", "summary"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("--kind", metavar="K", help="only this kind")
    parser.add_argument("--run", metavar="R", dest="run_id", help="only this run")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="a .csv to hand out")
    parser.add_argument("--format", choices=["table", "json", "jsonl", "csv"], default="table")


def run(args: argparse.Namespace) -> int:
    """Prints the findings."""
    case = open_case(args.case)
    records = findings(case, kind=args.kind, run_id=args.run_id)
    if args.output is not None:
        count = export_findings(case, {r["finding_id"] for r in records}, out=args.output)
        print(f"{args.output}: {count} findings")
    elif args.format == "json":
        print_json(records)
    elif args.format == "jsonl":
        print_json_lines(records)
    else:
        judged = {each["finding_id"]: each["verdict"] for each in judgements(case)}
        rows = [
            [
                *(r[name] for name in ("finding_id", "run_id", "kind", "outcome", "grade")),
                *("" if r[name] is None else f"{r[name]:.2g}" for name in ("p_value", "q_value")),
                r["evidence_count"],
                judged.get(r["finding_id"], "open"),
                r["summary"],
            ]
            for r in records
        ]
        (print_csv if args.format == "csv" else print_table)(HEADER, rows)
    if not records:
        note(f"no findings; run graphkit detect {args.case}, or nothing stood out from chance")
    return 0
