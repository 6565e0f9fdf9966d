# SPDX-License-Identifier: GPL-3.0-or-later
"""The hours of the week in which an account posts: a square an hour, its area the posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly import graph_objects as go

from dashboards.figures.plain import BLUE, SOFT, figure
from dashboards.query import mark_text
from dashboards.shown import in_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


def hours_figure(
    hours: pl.DataFrame, account_id: str, *, days: Sequence[str], unit: str
) -> go.Figure:
    """The strip. `days` are the names of the weekdays from Monday, `unit` the word for posts."""
    fig = figure(236)
    most = max(hours["posts"].to_list(), default=1)
    rows = hours.rows(named=True)
    fig.add_trace(
        go.Scatter(
            x=[row["hour"] for row in rows],
            y=[row["day"] for row in rows],
            mode="markers",
            marker={
                "symbol": "square",
                "size": [5 + 15 * (row["posts"] / most) ** 0.5 for row in rows],
                "color": BLUE,
                "line": {"color": SOFT, "width": 1},
            },
            customdata=[mark_text("hour", account_id, str(r["day"]), str(r["hour"])) for r in rows],
            text=[
                f"{days[r['day'] - 1]} {r['hour']:02d}:00 · {r['posts']} {in_figure(unit)}"
                for r in rows
            ],
            hoverinfo="text",
        )
    )
    ticks = list(range(0, 24, 3))
    fig.update_xaxes(range=[-0.8, 23.8], tickvals=ticks, ticktext=[f"{h:02d}" for h in ticks])
    fig.update_yaxes(
        range=[7.7, 0.3], tickvals=list(range(1, 8)), ticktext=[in_figure(d) for d in days]
    )
    return fig
