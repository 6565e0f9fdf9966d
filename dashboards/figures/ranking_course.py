# SPDX-License-Identifier: GPL-3.0-or-later
"""Rank above, first place on top; actions or heat below, on the same time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plotly import graph_objects as go

from dashboards.figures.plain import BLUE, INK, LINE, ORANGE, PALE, SOFT, figure
from dashboards.query import mark_text
from dashboards.shown import in_figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import polars as pl

    from dashboards.views.ranking import Course

HEIGHT = 470


def ranking_figure(
    course: Course,
    *,
    windows: Sequence[tuple[str, datetime, datetime]],
    key: tuple[str, str],
    words: Mapping[str, str],
    zone: ZoneInfo,
    beside: Sequence[Course] = (),
) -> go.Figure:
    """The figure. `windows` are (letter, start, end); `key` is the list and the topic.

    Both axes reach as far as those of `beside` do, so that two figures can be compared.
    """
    every = [course, *beside]
    fig = figure(HEIGHT)
    fig.update_layout(
        bargap=0.08,
        barmode="stack",
        yaxis={
            "domain": [0.5, 0.96],
            "range": [max(map(_deepest, every)) + 2, -2],
            "tickvals": [1, 10, 20, 30, 40, 50],
            "title": words["rank"],
            "rangemode": "normal",
        },
        yaxis2={
            "domain": [0.0, 0.4],
            "title": words["volume"],
            "range": [0, 1.05 * max(map(_highest, every))],
            "anchor": "x",
            "gridcolor": LINE,
            "fixedrange": True,
            "zeroline": False,
            "automargin": True,
        },
    )
    fig.update_xaxes(
        nticks=4 if beside else None,
        anchor="y2",
        showgrid=False,
        type="date",
        range=[_local(at, zone) for at in course.span],
    )
    for row in course.missing.iter_rows(named=True):
        _band(fig, (row["start"], row["end"]), zone=zone, colour=LINE, opacity=0.55)
    for letter, start, end in windows:
        least = (course.span[1] - course.span[0]) / 200  # a minute in two weeks is still seen
        wide = (start, max(end, start + least))
        _band(fig, wide, zone=zone, colour=ORANGE, opacity=0.22, text=letter)
    fig.add_trace(_rank_line(course, key, zone))
    for trace in _volume_bars(course, key, words=words, zone=zone):
        fig.add_trace(trace)
    return fig


def _deepest(course: Course) -> int:
    deepest: int = max([10, *course.ranks["rank"].drop_nulls().to_list()])
    return deepest


def _highest(course: Course) -> int:
    """The highest bar, of actions where there are any, else of heat."""
    if course.volume.is_empty():
        bars: list[int] = course.ranks["heat"].drop_nulls().to_list()
    else:
        bars = (course.volume["flagged"] + course.volume["other"]).to_list()
    return max([1, *bars])


def _local(at: datetime, zone: ZoneInfo) -> str:
    """The wall clock of the case: plotly has no zones."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def _band(
    fig: go.Figure,
    span: tuple[datetime, datetime],
    *,
    zone: ZoneInfo,
    colour: str,
    opacity: float,
    text: str = "",
) -> None:
    label: dict[str, Any] = {}
    if text:
        label = {
            "label": {
                "text": in_figure(text),
                "textposition": "top center",
                "font": {"size": 14, "color": INK},
            }
        }
    start, end = (_local(at, zone) for at in span)
    fig.add_shape(
        type="rect",
        xref="x",
        yref="paper",
        x0=start,
        x1=end,
        y0=0,
        y1=1,
        fillcolor=colour,
        opacity=opacity,
        line_width=0,
        layer="below",
        **label,
    )


def _rank_line(course: Course, key: tuple[str, str], zone: ZoneInfo) -> go.Scatter:
    rows = course.ranks.rows(named=True)
    marks = [
        None
        if row["rank"] is None
        else mark_text(
            "row", "rankings", f"{key[0]}|{row['snapshot_at']:%Y-%m-%dT%H:%M:%S.%fZ}|{key[1]}"
        )
        for row in rows
    ]
    return go.Scatter(
        x=[_local(row["snapshot_at"], zone) for row in rows],
        y=[row["rank"] for row in rows],
        customdata=marks,
        mode="lines+markers",
        line={"color": BLUE, "width": 2, "shape": "hv"},
        marker={"size": 6 if len(rows) <= 200 else 4.5, "color": BLUE},
        connectgaps=False,
        hovertemplate="%{x|%Y-%m-%d %H:%M} · #%{y}<extra></extra>",
    )


def _volume_bars(
    course: Course, key: tuple[str, str], *, words: Mapping[str, str], zone: ZoneInfo
) -> list[go.Bar]:
    if course.volume.is_empty():
        return [_heat_bars(course, key, zone)]
    starts = course.volume["start"].to_list()
    width = course.step.total_seconds()
    shared = {
        "x": [_local(at + course.step / 2, zone) for at in starts],
        "width": width * 920,
        "yaxis": "y2",
        "customdata": [mark_text("volume", key[1], at.isoformat(), f"{width:g}") for at in starts],
    }
    other = go.Bar(
        y=_positive(course.volume["other"]),
        marker={"color": PALE, "line": {"color": SOFT, "width": 0.5}},
        hovertemplate="%{x|%m-%d %H:%M} · %{y} " + in_figure(words["other"]) + "<extra></extra>",
        **shared,
    )
    flagged = go.Bar(
        y=_positive(course.volume["flagged"]),
        marker={
            "color": ORANGE,
            "line": {"color": INK, "width": 0.5},
            "pattern": {"shape": "/", "fgcolor": "#ffffff", "size": 5, "solidity": 0.25},
        },
        hovertemplate="%{x|%m-%d %H:%M} · %{y} " + in_figure(words["flagged"]) + "<extra></extra>",
        **shared,
    )
    return [flagged, other]


def _positive(counts: pl.Series) -> list[int | None]:
    """No bar where the count is 0: it would catch the pointer."""
    return [n if n else None for n in counts.to_list()]


def _heat_bars(course: Course, key: tuple[str, str], zone: ZoneInfo) -> go.Bar:
    rows = course.ranks.drop_nulls("heat").rows(named=True)
    return go.Bar(
        x=[_local(row["snapshot_at"], zone) for row in rows],
        y=[row["heat"] for row in rows],
        yaxis="y2",
        customdata=[
            mark_text(
                "row", "rankings", f"{key[0]}|{row['snapshot_at']:%Y-%m-%dT%H:%M:%S.%fZ}|{key[1]}"
            )
            for row in rows
        ],
        marker={"color": PALE, "line": {"color": SOFT, "width": 0.5}},
        hovertemplate="%{x|%m-%d %H:%M} · %{y:,}<extra></extra>",
    )
