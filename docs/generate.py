# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/reference/ from the code: tables, detectors, formats, verbs, errors.

`python docs/generate.py`; a test fails when the pages and the code differ.
"""

from __future__ import annotations

import contextlib
import inspect
import io
from pathlib import Path

from graphkit import cli, errors
from graphkit.findings import specs
from graphkit.investigation.plugins import detectors, importers
from graphkit.reading.tables import REQUIRED
from graphkit.tables import TABLES

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- made by docs/generate.py from the code; edit the code -->\n"


def table_page() -> str:
    """The page on the tables: every column, its type, and which a file must have."""
    parts = [f"# Tables\n\n{NOTE}"]
    for table in TABLES.values():
        parts.append(f"\n## {table.name}\n\n{table.doc} Key: {', '.join(table.key)}.\n")
        if table.name in REQUIRED:
            parts.append(f"\nA file must have: {', '.join(REQUIRED[table.name])}.\n")
        parts.append("\n| column | type | null | what it holds |\n|---|---|---|---|\n")
        parts += [
            f"| {name} | {c.dtype} | {'yes' if c.nullable else 'no'} | {c.doc} |\n"
            for name, c in table.columns.items()
        ]
    return "".join(parts)


def detector_page() -> str:
    """The page on the detectors: how each works, its outcomes, parameters and limits."""
    parts = [f"# Detectors\n\n{NOTE}"]
    for each in detectors().values():
        how = inspect.getdoc(inspect.getmodule(each.detect)) or ""
        parts.append(f"\n## {each.name}\n\n{each.summary}\n\n```text\n{how}\n```\n")
        parts.append("\n| outcome | accuses | what it says |\n|---|---|---|\n")
        parts += [
            f"| {name} | {'yes' if outcome.accuses else 'no'} | {outcome.doc} |\n"
            for name, outcome in each.outcomes.items()
        ]
        parts.append("\n| parameter | default | what it does |\n|---|---|---|\n")
        parts += [f"| {s.name} | {s.default} | {s.doc} |\n" for s in specs(each.params)]
        parts.append("\nWhat it cannot see:\n\n")
        parts += [f"- {limit}\n" for limit in each.limits]
    return "".join(parts)


def format_page() -> str:
    """The page on the formats: how each is known, and which tables come out."""
    parts = [
        f"# Formats\n\n{NOTE}\nEvery other CSV, JSON Lines, Parquet or Excel file is imported "
        "with a column map (see [importing](../import.md)). Files may be compressed (`.gz`, "
        "`.zst`, `.bz2`) and may lie in folders.\n\n"
        "| format | what it is | known by | tables | its own zone |\n|---|---|---|---|---|\n"
    ]
    for each in importers().values():
        needs, gives = (", ".join(f"`{n}`" for n in names) for names in (each.needs, each.gives))
        zone = "" if each.zone is None else each.zone
        cells = [each.name, each.summary, needs, gives, zone]
        parts.append(f"| {' | '.join(cells)} |\n")
    return "".join(parts)


def verb_page() -> str:
    """The page on the command line: the help of every verb."""
    parts = [f"# Command line\n\n{NOTE}\n```text\n{cli.overview()}\n```\n"]
    for verb in cli.VERBS:
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            cli.parser_of(verb).print_help()
        parts.append(f"\n## {verb}\n\n```text\n{text.getvalue().rstrip()}\n```\n")
    return "".join(parts)


def error_page() -> str:
    """The page on the errors."""
    classes = inspect.getmembers(errors, inspect.isclass)
    known = [c for _, c in classes if issubclass(c, errors.GraphkitError)]
    rows = [f"| {c.__name__} | {inspect.getdoc(c)} |\n" for c in known]
    return "".join([f"# Errors\n\n{NOTE}\n| error | when |\n|---|---|\n", *rows])


PAGES = {
    "tables.md": table_page,
    "detectors.md": detector_page,
    "formats.md": format_page,
    "command-line.md": verb_page,
    "errors.md": error_page,
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")
