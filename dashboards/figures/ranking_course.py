# SPDX-License-Identifier: GPL-3.0-or-later
"""Rank above, first place on top; actions or heat below, on the same time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from plotly import graph_objects as go

from dashboards.figures.plain import BLUE, INK, LINE, ORANGE, PALE, RED, SOFT, figure
from dashboards.query import mark_text
from dashboards.shown import in_figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dashboards.views.ranking import Course

HEIGHT = 470
PIXELS = 1_200  # no page draws the time axis wider
PLACED = {"promoted": "diamond", "pinned": "triangle-up", "given": "square"}


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

    The line holds earned ranks only; where the platform placed the topic stands a mark of its own.
    Open calls are drawn above the first rank.

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
    # all at once: added one by one, thousands of gaps take minutes
    fig.update_layout(shapes=_bands(course, windows, zone))
    fig.add_trace(_rank_line(course, key, zone))
    for how in course.ranks["placed"].drop_nulls().unique().sort():
        fig.add_trace(_placed(course, key, how=how, words=words, zone=zone))
    if not course.calls.is_empty():
        fig.add_trace(_calls(course, words=words, zone=zone))
    for trace in _volume_bars(course, key, words=words, zone=zone):
        fig.add_trace(trace)
    return fig


def _bands(
    course: Course, windows: Sequence[tuple[str, datetime, datetime]], zone: ZoneInfo
) -> list[dict[str, Any]]:
    """The times without a snapshot, and the windows: one that holds all says nothing behind it."""
    start, end = course.span
    least = (end - start) / 200  # a minute in two weeks is still seen
    gaps = [
        _band(gap, zone=zone, colour=LINE, opacity=0.55) for gap in _seen_apart(course).iter_rows()
    ]
    shaded = [
        _band((a, max(b, a + least)), zone=zone, colour=ORANGE, opacity=0.22, text=letter)
        for letter, a, b in windows
        if a > start or b < end
    ]
    return [*gaps, *shaded]


def _seen_apart(course: Course) -> pl.DataFrame:
    """The times without a snapshot, those as one that stand less than a pixel apart: start, end."""
    pixel = (course.span[1] - course.span[0]) / PIXELS
    new = (pl.col("start") - pl.col("end").shift(1) > pixel).fill_null(value=True)
    bands = course.missing.sort("start").group_by(band=new.cum_sum(), maintain_order=True)
    return bands.agg(pl.col("start").min(), pl.col("end").max()).drop("band")


def _deepest(course: Course) -> int:
    known = [course.ranks[name].drop_nulls().to_list() for name in ("rank", "place")]
    deepest: int = max([10, *known[0], *known[1]])
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
    span: tuple[datetime, datetime],
    *,
    zone: ZoneInfo,
    colour: str,
    opacity: float,
    text: str = "",
) -> dict[str, Any]:
    """A shape over both panels."""
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
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": start,
        "x1": end,
        "y0": 0,
        "y1": 1,
        "fillcolor": colour,
        "opacity": opacity,
        "line_width": 0,
        "layer": "below",
        **label,
    }


def _rank_line(course: Course, key: tuple[str, str], zone: ZoneInfo) -> go.Scatter:
    rows = course.ranks.rows(named=True)
    marks = [None if row["rank"] is None else _row(key, row["snapshot_at"]) for row in rows]
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


def _row(key: tuple[str, str], at: datetime) -> str:
    """The mark of the topic's row in one snapshot."""
    return mark_text("row", "rankings", f"{key[0]}|{at:%Y-%m-%dT%H:%M:%S.%fZ}|{key[1]}")


def _placed(
    course: Course, key: tuple[str, str], *, how: str, words: Mapping[str, str], zone: ZoneInfo
) -> go.Scatter:
    rows = course.ranks.filter(placed=how).drop_nulls("place").rows(named=True)
    return go.Scatter(
        x=[_local(row["snapshot_at"], zone) for row in rows],
        y=[row["place"] for row in rows],
        customdata=[_row(key, row["snapshot_at"]) for row in rows],
        mode="markers",
        marker={
            "symbol": PLACED[how],
            "size": 9,
            "color": PALE,
            "line": {"color": INK, "width": 1.2},
        },
        hovertemplate=f"%{{x|%Y-%m-%d %H:%M}} · #%{{y}} · {in_figure(words[how])}<extra></extra>",
    )


def _calls(course: Course, *, words: Mapping[str, str], zone: ZoneInfo) -> go.Scatter:
    return go.Scatter(
        x=[_local(at, zone) for at in course.calls["created_at"]],
        y=[-0.5] * course.calls.height,
        customdata=[mark_text("row", "posts", post) for post in course.calls["post_id"]],
        mode="markers",
        marker={"symbol": "star", "size": 12, "color": RED, "line": {"color": INK, "width": 1}},
        hovertemplate=f"%{{x|%Y-%m-%d %H:%M}} · {in_figure(words['call'])}<extra></extra>",
    )


def _without(course: Course, *, words: Mapping[str, str], zone: ZoneInfo) -> go.Scatter:
    """What is left of the volume without the flagged accounts, 0 where a bar has nothing else."""
    known = dict(course.volume.select("start", "other").iter_rows())
    first, last = min(known), max(known)
    starts = [first + n * course.step for n in range((last - first) // course.step + 1)]
    said = f" {in_figure(words['without'])}<extra></extra>"
    return go.Scatter(
        x=[_local(at + course.step / 2, zone) for at in starts],
        y=[known.get(at, 0) for at in starts],
        yaxis="y2",
        mode="lines",
        line={"color": INK, "width": 1.5, "dash": "dash", "shape": "hvh"},
        hovertemplate="%{x|%m-%d %H:%M} · %{y}" + said,
    )


def _volume_bars(
    course: Course, key: tuple[str, str], *, words: Mapping[str, str], zone: ZoneInfo
) -> list[go.Bar | go.Scatter]:
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
    if not course.volume["flagged"].sum():
        return [other]
    return [flagged, other, _without(course, words=words, zone=zone)]


def _positive(counts: pl.Series) -> list[int | None]:
    """No bar where the count is 0: it would catch the pointer."""
    return [n if n else None for n in counts.to_list()]


def _heat_bars(course: Course, key: tuple[str, str], zone: ZoneInfo) -> go.Bar:
    rows = course.ranks.drop_nulls("heat").rows(named=True)
    return go.Bar(
        x=[_local(row["snapshot_at"], zone) for row in rows],
        y=[row["heat"] for row in rows],
        yaxis="y2",
        customdata=[_row(key, row["snapshot_at"]) for row in rows],
        marker={"color": PALE, "line": {"color": SOFT, "width": 0.5}},
        hovertemplate="%{x|%m-%d %H:%M} · %{y:,}<extra></extra>",
    )
