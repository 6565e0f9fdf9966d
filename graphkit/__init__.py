# SPDX-License-Identifier: GPL-3.0-or-later
"""graphkit: find coordinated false information, and walk every statement back to its rows.

The names below are loaded when they are first used, so that `import graphkit` is cheap. Tracing is
called `trace_story`, for `graphkit.trace` is the package that does it.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "Corpus": "graphkit.tables",
    "Finding": "graphkit.findings",
    "GraphkitError": "graphkit.errors",
    "citations": "graphkit.graphs.citation_rows",
    "coaction": "graphkit.graphs.coaction",
    "create_case": "graphkit.case",
    "detect": "graphkit.investigation",
    "ingest": "graphkit.investigation",
    "open_case": "graphkit.case",
    "review": "graphkit.investigation",
    "seal": "graphkit.investigation",
    "trace_story": "graphkit.investigation",
    "verify": "graphkit.investigation",
}
_NAMES_AT_HOME = {"citations": "citation_rows"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'graphkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), _NAMES_AT_HOME.get(name, name))


def __dir__() -> list[str]:
    return sorted([*_HOMES, "__version__"])
