# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs detectors over a case: all, or those named.

  graphkit detect bridge citation-loop --set min_stories=4

  graphkit detect bridge --accounts named.txt

With --accounts one group, named beforehand (an account id a line), is tested as one hypothesis,
without the penalty of a search; the answer can be "no more than comparable groups".

  graphkit detect bridge coordinated-sharing --sweep within=10s,60s,10m

With --sweep a run is made for each value; `graphkit show` then says in how many a finding holds.

A line that begins with "at least" says the smallest effect that the run could have shown: what is
fainter is not found, which does not say that it is not there.

Each run is kept under its parameters; other parameters make another run, never overwrite one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.case import open_case
from graphkit.cli.printing import note
from graphkit.errors import InputError, ParameterError
from graphkit.investigation.detecting import detect

if TYPE_CHECKING:
    import argparse

    from graphkit.case import Run

NAMED = "coordinated-sharing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("case", type=Path, help="the case")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="detector; see graphkit detectors")
    parser.add_argument("--set", action="append", default=[], metavar="P=V", help="a parameter")
    parser.add_argument("--sweep", metavar="P=V,V", help="a run for each value of one parameter")
    parser.add_argument("--accounts", type=Path, metavar="FILE", help="test this one group only")


def _settings(texts: list[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise ParameterError(f"--set {text}: write it as NAME=VALUE")
    return dict(text.split("=", 1) for text in texts)


def _accounts(path: Path) -> list[str]:
    """The account ids in the file, one a line; a comma would end an id."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path.name}: cannot be read as text; give an account id a line"
        ) from error
    ids = [line for line in lines if line and not line.startswith("#")]
    if len(ids) < 2 or any("," in each for each in ids):
        raise InputError(f"{path.name}: give two account ids or more, one a line, without commas")
    return ids


def _swept(settings: dict[str, str], sweep: str | None) -> list[dict[str, str]]:
    """The settings of each run: one for each value after --sweep."""
    if sweep is None:
        return [settings]
    [(name, values)] = _settings([sweep]).items()
    told = [value.strip() for value in values.split(",") if value.strip()]
    if not told:
        raise ParameterError(f"--sweep {sweep}: write it as within=10s,60s")
    return [{**settings, name: value} for value in told]


def _print(each: Run) -> None:
    empty = each.recipe["not_tested"]
    if empty:
        print(f"{each.detector}: not tested, no {', '.join(empty)}")
        return
    graded = sum(1 for record in each.findings if record["grade"] is not None)
    others = len(each.findings) - graded
    print(f"{each.detector}: {graded} findings, {others} exonerating (run {each.run_id})")
    for line in each.recipe["reach"]:
        print(f"  at least: {line}")


def run(args: argparse.Namespace) -> int:
    """Runs them and prints a line for each run."""
    case = open_case(args.case)
    settings, kinds = _settings(args.set), args.kinds
    if args.accounts is not None:
        settings["accounts"] = ",".join(_accounts(args.accounts))
        kinds = kinds if kinds else [NAMED]
    for settings_of_run in _swept(settings, args.sweep):
        for each in detect(case, kinds, settings=settings_of_run):
            _print(each)
    note(f"next: graphkit findings {args.case}")
    return 0
