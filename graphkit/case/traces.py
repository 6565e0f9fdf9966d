# SPDX-License-Identifier: GPL-3.0-or-later
"""Traces that were made in the case, each under the hash of what was asked and of the inputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graphkit.case.folder import locked, write_file
from graphkit.case.journal import append_audit_line, seal_of_files
from graphkit.errors import CaseError
from graphkit.ids import canonical_json, stable_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphkit.case.folder import Case


def save_trace(case: Case, trace: Mapping[str, Any]) -> str:
    """The id under which the trace was saved: a hash of its query and claim."""
    trace_id = stable_id([trace["query"], trace["claim"]])
    path = case.root / "traces" / f"{trace_id}.json"
    with locked(case):
        write_file(path, canonical_json(trace) + b"\n")
        seal = seal_of_files(case, [path])
        append_audit_line(case, "trace", {"trace_id": trace_id, "seal": seal})
    return trace_id


def traces(case: Case) -> list[dict[str, Any]]:
    """All saved traces, sorted by id.

    Raises:
        CaseError: a trace is damaged.
    """
    return [_read_trace(file) for file in sorted((case.root / "traces").glob("*.json"))]


def _read_trace(file: Path) -> dict[str, Any]:
    try:
        trace: dict[str, Any] = json.loads(file.read_bytes())
    except ValueError as error:
        what = f"traces/{file.name} is damaged"
        raise CaseError(f"{what}: move it out of the case, then graphkit trace again") from error
    return trace
