# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the installation is whole, and whether a case is as it was left."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from graphkit.case import audit, audit_head, open_case, source_records
from graphkit.case.journal import NO_LINE
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = ("polars", "numpy", "scipy", "numba", "igraph", "networkx", "dash", "plotly")


def installation() -> dict[str, str]:
    """Versions of Python, graphkit and the libraries that results depend on."""
    named = {"python": platform.python_version(), "graphkit": version("graphkit-investigate")}
    return named | {library: version(library) for library in LIBRARIES}


def case_problems(root: Path) -> list[str]:
    """What is wrong with the case: changed or missing inputs, a broken audit chain.

    Raises:
        CaseError: the folder is not a case.
    """
    case = open_case(root)
    problems = []
    for record in source_records(case):
        copy = case.root / "inputs" / str(record["sha256"])
        if not copy.exists():
            problems.append(f"input {record['file']} is missing")
            continue
        with copy.open("rb") as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() != record["sha256"]:
                problems.append(f"input {record['file']} was changed")
    prev = NO_LINE
    try:
        entries: list[object] = [*audit(case)]
    except ValueError:
        return [*problems, "audit log: it holds a line that is not JSON"]
    for number, entry in enumerate(entries):
        links = (entry.get("prev"), entry.get("seq")) if isinstance(entry, dict) else None
        if links != (prev, number):
            problems.append(f"audit log: line {number + 1} does not follow the one before")
        prev = hashlib.sha256(canonical_json(entry)).hexdigest()
    if audit_head(case)["sha256"] != prev:
        problems.append("audit log: its last line is not in canonical form")
    return problems
