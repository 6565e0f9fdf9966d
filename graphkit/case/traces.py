# SPDX-License-Identifier: GPL-3.0-or-later
"""Traces that were made in the case, each under the hash of what was asked and of the inputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graphkit.case.folder import write_file
from graphkit.ids import canonical_json, stable_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphkit.case.folder import Case


def save_trace(case: Case, trace: Mapping[str, Any]) -> str:
    """The id under which the trace was saved: a hash of its query and claim."""
    trace_id = stable_id([trace["query"], trace["claim"]])
    write_file(case.root / "traces" / f"{trace_id}.json", canonical_json(trace) + b"\n")
    return trace_id


def traces(case: Case) -> list[dict[str, Any]]:
    """All saved traces, sorted by id."""
    files = sorted((case.root / "traces").glob("*.json"))
    return [json.loads(file.read_bytes()) for file in files]
