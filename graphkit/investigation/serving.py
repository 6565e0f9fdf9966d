# SPDX-License-Identifier: GPL-3.0-or-later
"""Serving the dashboard, which graphkit knows only by its entry point."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from graphkit.errors import GraphkitError, ParameterError

if TYPE_CHECKING:
    from graphkit.case import Case


def serve(case: Case, *, port: int) -> None:
    """Serves the dashboard of `case` on 127.0.0.1 until interrupted.

    Raises:
        GraphkitError: no dashboard is installed.
        ParameterError: there is no such port.
    """
    if not 0 < port < 65536:
        raise ParameterError(f"there is no port {port}; write one from 1024 to 65535")
    found = sorted(entry_points(group="graphkit.serve"), key=lambda each: each.name)
    if not found:
        raise GraphkitError("no dashboard is installed; install graphkit-investigate again")
    found[0].load()(case.root, port=port)
