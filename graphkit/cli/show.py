# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows one finding: what it says, how often chance would make it, innocent explanations, rows.

graphkit show bridge 4f0a
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.case import finding, judgements, named_accounts, open_case, pseudonyms, runs
from graphkit.cli.printing import print_json, print_table
from graphkit.investigation.holding import other_runs
from graphkit.investigation.ties import case_ties, ties_of
from graphkit.text.visible import visible

if TYPE_CHECKING:
    import argparse

    from graphkit.case import Case

SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("finding", help="its id, or the beginning of it")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def _accounts(case: Case, record: dict[str, Any]) -> list[str]:
    named = named_accounts(case)
    known = pseudonyms(case, record["subjects"]["accounts"])
    return [name if account not in named else account for account, name in known.items()]


def _print(case: Case, record: dict[str, Any]) -> None:
    print(f"{record['kind']}: {record['outcome']} ({record['grade'] or 'no grade'})")
    print(visible(record["summary"]))
    print(f"\naccounts: {visible(', '.join(_accounts(case, record))) or 'none'}")
    print("\nby chance")
    print_table(["", ""], [*record["null_model"].items(), ("p", record["p_value"]),
                           ("q", record["q_value"])])  # fmt: skip
    print("\ninnocent explanations")
    rows = [[c["outcome"], c["hypothesis"], c["detail"]] for c in record["caveats"]]
    print_table(["test", "explanation", "detail"], rows)
    print("\nmeasures")
    print_table(["", ""], list(record["measures"].items()))
    _print_other_runs(case, record)
    _print_ties(case, record)
    print(f"\nrows: {record['evidence_count']}")
    shown = [
        [r["role"], r["table"], r["key"], f"{r['source']['file']}:{r['source']['line']}"]
        for r in record["evidence"][:SHOWN]
    ]
    print_table(["role", "table", "key", "source"], shown)
    for each in judgements(case):
        if each["finding_id"] == record["finding_id"]:
            print(visible(f"\njudged {each['verdict']} by {each['by']}: {each['note']}"))


def _print_other_runs(case: Case, record: dict[str, Any]) -> None:
    """In how many runs with other parameters the same group is found, and as what."""
    others = other_runs(runs(case), record)
    if not others:
        return
    held = [each for each in others if each.outcome is not None]
    print(f"\nother parameters: found in {len(held)} of {len(others)} other runs")
    rows = [
        [", ".join(f"{name}={value}" for name, value in each.told.items()),
         each.outcome or "not found", each.grade, f"{each.shared:.2f}"]
        for each in others
    ]  # fmt: skip
    print_table(["told otherwise", "outcome", "grade", "accounts in common"], rows)


def _print_ties(case: Case, record: dict[str, Any]) -> None:
    """What other graded findings and traced stories it is tied to, and what else may explain it."""
    ties = [] if record["grade"] is None else ties_of(case_ties(case), record["finding_id"])
    for tie in ties:
        other = tie.finding_id if record["finding_id"] == tie.other_id else tie.other_id
        what = f", told under {tie.topic}" if tie.topic is not None else ""
        print("\n" + visible(f"tied to {other}{what}"))
        rows = [
            ("tie", f"{tie.kind}: {tie.shared} in common of {tie.sizes[0]} and {tie.sizes[1]}"),
            ("by chance", f"{tie.expected:.3g} (p {tie.p_value:.2g}, q {tie.q_value:.2g}, "
                          f"{tie.tests_made} tests)"),
            ("rows", f"{len(tie.rows)} of the push, {len(tie.other_rows)} of the other"),
            *((k, "; ".join(v) if isinstance(v, list) else v) for k, v in tie.course.items()),
        ]  # fmt: skip
        print_table(["", ""], rows)
        caveats = [[c.outcome, c.hypothesis, c.detail] for c in tie.caveats]
        print_table(["test", "explanation", "detail"], caveats)


def run(args: argparse.Namespace) -> int:
    """Prints the finding."""
    case = open_case(args.case)
    record = finding(case, args.finding)
    if args.format == "json":
        print_json(record)
    else:
        _print(case, record)
    return 0
