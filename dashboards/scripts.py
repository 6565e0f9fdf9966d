# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scripts a page starts with: Dash names every one of every package that is imported."""

from __future__ import annotations

import re
from typing import Any

from dash import Dash

_GRID = re.compile(r'<script src="([^"]*/dash_ag_grid/[^"]*)"></script>')
_OLD_TABLES = re.compile(r'<script src="[^"]*/dash_table/[^"]*"></script>')


class LightDash(Dash):
    """Dash that starts without what most pages do not need.

    The grid of tables is half of all bytes (1.3 of 2.6 MB): it is loaded where a table is drawn
    (`assets/late_grid.js`). Dash's own old tables are not drawn at all.
    """

    def interpolate_index(self, *args: Any, **parts: Any) -> Any:  # noqa: ANN401  as in Dash
        """The page's HTML, with the address of the grid's script instead of the script."""
        later = _GRID.sub(r'<meta name="grid" content="\1">', parts["scripts"])
        parts["scripts"] = _OLD_TABLES.sub("", later)
        return super().interpolate_index(*args, **parts)  # type: ignore[no-untyped-call]
