# SPDX-License-Identifier: GPL-3.0-or-later
"""The places of a hot list: ranks kept, ranks entered, and snapshots that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly import graph_objects as go

from dashboards.figures.plain import BLUE, INK, LINE, ORANGE, PALE, RED, SOFT, figure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from graphkit.investigation.placing import PlacePicture

HEIGHT = 640
TICKS = (1, 10, 20, 30, 40, 50)


def places_figure(
    seen: PlacePicture, *, told: Mapping[str, Collection[int]], words: Mapping[str, str]
) -> go.Figure:
    """The figure. `told` are the ranks in findings, by outcome: they stand out by shape and rank.

    Pale bars end where the neighbours' rate stops explaining what is seen at a rank.
    """
    fig = figure(HEIGHT)
    most = max(1, *seen.missing["missing"].to_list())
    plain = {"gridcolor": LINE, "zeroline": False, "fixedrange": True, "automargin": True}
    fig.update_layout(
        bargap=0.15,
        yaxis={"domain": [0.64, 1], "title": words["held"], "tickformat": ".0%", "range": [0, 1.1]},
        yaxis2={**plain, "domain": [0.26, 0.56], "title": words["entries"],
                "range": _to_top(seen, "entries")},
        yaxis3={**plain, "domain": [0, 0.12], "title": words["missing"], "range": [0, 1.15 * most],
                "dtick": -(-most // 2)},
        xaxis={"anchor": "y", "tickvals": TICKS, "showgrid": False},
        xaxis2={**plain, "anchor": "y2", "tickvals": TICKS, "matches": "x", "showgrid": False,
                "title": words["rank"]},
        xaxis3={**plain, "anchor": "y3", "type": "date", "showgrid": False},
    )  # fmt: skip
    first, second = {"xaxis": "x", "yaxis": "y"}, {"xaxis": "x2", "yaxis": "y2"}
    fig.add_trace(_limits(seen, "held", form=".0%").update(first))
    fig.add_trace(_plain(seen))
    fig.add_trace(_values(seen, "held_share", form=".0%", told=told["held-position"]).update(first))
    fig.add_trace(_limits(seen, "entries", form=".0f").update(second))
    fig.add_trace(_values(seen, "entries", form=",", told=told["entry-spike"]).update(second))
    fig.add_trace(_missing(seen))
    return fig


def _to_top(seen: PlacePicture, column: str) -> list[float]:
    """From 0 to where the highest point has room for its rank above it."""
    known = [seen.ranks[name].drop_nulls().to_list() for name in (column, f"{column}_limit")]
    return [0, 1.15 * max([1.0, *known[0], *known[1]])]


def _limits(seen: PlacePicture, name: str, *, form: str) -> go.Bar:
    limit = f"{name}_limit"
    rows = seen.ranks.drop_nulls(limit)
    return go.Bar(
        x=rows["rank"].to_list(),
        y=rows[limit].to_list(),
        marker={"color": PALE, "line": {"color": SOFT, "width": 0.5}},
        hovertemplate=f"#%{{x}} · ≤ %{{y:{form}}}<extra></extra>",
    )


def _plain(seen: PlacePicture) -> go.Scatter:
    rows = seen.ranks.drop_nulls("kept_share")
    return go.Scatter(
        x=rows["rank"].to_list(),
        y=rows["kept_share"].to_list(),
        mode="markers",
        marker={"symbol": "line-ew", "size": 9, "line": {"color": INK, "width": 1.5}},
        hovertemplate="#%{x} · %{y:.1%}<extra></extra>",
    )


def _values(seen: PlacePicture, column: str, *, form: str, told: Collection[int]) -> go.Scatter:
    """Points; those of ranks in findings are larger, square, and have the rank above them."""
    rows = seen.ranks.drop_nulls(column)
    ranks = rows["rank"].to_list()
    return go.Scatter(
        x=ranks,
        y=rows[column].to_list(),
        mode="markers+text",
        text=[str(rank) if rank in told else "" for rank in ranks],
        textposition="top center",
        marker={
            "symbol": ["square" if rank in told else "circle" for rank in ranks],
            "size": [11 if rank in told else 6 for rank in ranks],
            "opacity": 1,
            "color": [ORANGE if rank in told else BLUE for rank in ranks],
            "line": {"color": INK, "width": 0.5},
        },
        hovertemplate=f"#%{{x}} · %{{y:{form}}}<extra></extra>",
    )


def _missing(seen: PlacePicture) -> go.Bar:
    half = seen.width / 2
    starts = [at + half for at in seen.missing["start"].to_list()]
    return go.Bar(
        x=[at.strftime("%Y-%m-%dT%H:%M:%S") for at in starts],
        y=seen.missing["missing"].to_list(),
        xaxis="x3",
        yaxis="y3",
        marker={
            "color": RED,
            "line": {"color": INK, "width": 0.5},
            "pattern": {"shape": "x", "fgcolor": "#ffffff", "size": 5, "solidity": 0.2},
        },
        hovertemplate="%{x|%Y-%m-%d} · %{y}<extra></extra>",
    )
