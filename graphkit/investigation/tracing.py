# SPDX-License-Identifier: GPL-3.0-or-later
"""Tracing a story in a case; the trace is kept there, with what was searched elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.case import append_audit, load_corpus, save_trace, searches
from graphkit.trace.origin import trace_story as traced

if TYPE_CHECKING:
    from graphkit.case import Case


def trace_story(case: Case, what: str, *, kind: str | None = None) -> dict[str, Any]:
    """The trace of `what` (a post or claim id, an address, a text) as JSON values.

    Raises:
        UnknownNameError: nothing in the case is called so, or says so.
    """
    trace = traced(load_corpus(case), what, kind=kind).to_json()
    trace["searched"] = searches(case)
    trace_id = save_trace(case, trace)
    append_audit(case, "trace", {"trace_id": trace_id})
    return trace
