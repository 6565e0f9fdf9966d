# SPDX-License-Identifier: GPL-3.0-or-later
"""What all figures share: quiet axes, no toolbar, no remote font."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from plotly import graph_objects as go

from dashboards.parts import extra

INK, SOFT, LINE = "#1d2329", "#717c87", "#d9dde1"
BLUE, ORANGE, RED, GREY, PALE = "#3b78a9", "#c8791b", "#c24b35", "#8a939c", "#c9d3dc"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', sans-serif"


def figure(height: int, **layout: Any) -> go.Figure:  # noqa: ANN401  plotly's own values
    """An empty figure in the house style."""
    drawn = go.Figure()
    drawn.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"bgcolor": "#ffffff", "bordercolor": LINE, "font": {"color": INK, "size": 13}},
        hovermode="closest",
        dragmode=False,
        showlegend=False,
        **layout,
    )
    axis = {"zeroline": False, "automargin": True, "fixedrange": True, "linecolor": LINE}
    drawn.update_xaxes(gridcolor=LINE, ticks="outside", tickcolor=LINE, **axis)
    drawn.update_yaxes(gridcolor=LINE, **axis)
    return drawn


def graph(name: str, drawn: go.Figure, *, label: str) -> html.Div:
    """The figure on a page. A click on a point puts its customdata into the address."""
    plot = dcc.Graph(
        id={"figure": name},
        figure=drawn,
        config={"displayModeBar": False, "responsive": True, "scrollZoom": False},
        className="figure",
    )
    return html.Div(plot, role="group", **extra(aria_label=label))
