# SPDX-License-Identifier: GPL-3.0-or-later
"""Tracing a story in a case; the trace is kept there, with what was searched elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.case import imports, load_corpus, save_trace, searches
from graphkit.case.calibration import calibration_counts, calibration_hash
from graphkit.trace.labels import story_labels
from graphkit.trace.origin import trace_story as traced

if TYPE_CHECKING:
    from graphkit.case import Case
    from graphkit.trace.same_claim import Embedding


def trace_story(
    case: Case, what: str, *, kind: str | None = None, embed: Embedding | None = None
) -> dict[str, Any]:
    """The trace of `what` (a post or claim id, an address, a text) as JSON values.

    `embed` turns a list of texts into rows of numbers; with it, posts that may say the same in
    other words are looked for by their meaning, else by their characters.

    Raises:
        UnknownNameError: nothing in the case is called so, or says so.
    """
    fitted = calibration_counts(case)
    corpus = load_corpus(case)
    trace = traced(corpus, what, kind=kind, fitted=fitted, embed=embed).to_json()
    trace["labels"] = story_labels(corpus, trace)
    trace["searched"] = searches(case)
    trace["made_with"] = {"imports": imports(case), "calibration": calibration_hash(case)}
    save_trace(case, trace)
    return trace
