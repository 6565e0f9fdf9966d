# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the installation is whole, and whether a case is as it was left."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from graphkit.bundle.verify import signed_head
from graphkit.case import open_case
from graphkit.case.custody import chain_problems, head_problems, input_problems, record_problems

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = ("polars", "numpy", "scipy", "numba", "igraph", "networkx", "dash", "plotly")


def installation() -> dict[str, str]:
    """Versions of Python, graphkit and the libraries that results depend on."""
    named = {"python": platform.python_version(), "graphkit": version("graphkit-investigate")}
    return named | {library: version(library) for library in LIBRARIES}


def case_problems(root: Path, *, bundle: Path | None = None) -> list[str]:
    """What is wrong with the case: changed or missing files, a broken audit chain, edited records.

    With a `bundle` of the case, also whether the audit log still has the line at which it ended
    when that bundle was signed: without one a log that was cut at its end looks whole.

    Raises:
        CaseError: the folder is not a case.
        BundleError: `bundle` is none, or is not signed.
    """
    case = open_case(root)
    broken = chain_problems(case)
    if broken:  # what a broken log says of inputs and records says nothing
        return broken
    problems = [*input_problems(case), *record_problems(case)]
    if bundle is not None:
        problems += head_problems(case, signed_head(bundle))
    return problems
