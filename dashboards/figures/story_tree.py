# SPDX-License-Identifier: GPL-3.0-or-later
"""The time tree of a trace: line style is the class of a step, the mark the source it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly import graph_objects as go

from dashboards.figures.plain import BLUE, GREY, INK, LINE, ORANGE, RED, SOFT, figure
from dashboards.query import mark_text
from dashboards.shown import duration, in_figure, moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from dashboards.views.story import Axis, Step, Tree

TOP = 96
DASHES = {"E1": "solid", "E2": "dash", "E3": "dashdot", "E4": "dot"}
MARKS = {
    "named": ("circle", BLUE),
    "vague": ("triangle-up", ORANGE),
    "none": ("square", GREY),
    "wrong": ("x", RED),
}


def story_figure(drawn: Tree, axis: Axis, *, x: Mapping[str, float], texts: Texts) -> go.Figure:
    """The tree: time to the right, a lane a branch, breaks where nothing happened for long."""
    lane = 26 if drawn.lanes <= 30 else 15
    fig = figure(TOP + lane * (drawn.lanes + 1))
    fig.update_yaxes(visible=False, range=[drawn.lanes - 0.3, -1.9])
    low = min([0.0, *x.values()])
    fig.update_xaxes(
        range=[low - 0.03, 1.06],
        showgrid=True,
        side="top",
        tickvals=[place for place, _ in axis.ticks],
        ticktext=_tick_texts(axis, texts.zone),
    )
    for place, seconds in axis.breaks:
        _draw_break(fig, place, texts.gap.format(duration(seconds)), drawn.lanes)
    for cls, dash in DASHES.items():
        fig.add_trace(_lines(drawn, x, cls, dash))
    for state in MARKS:
        for seen in ("seen", "unseen", "external"):
            fig.add_trace(_marks(drawn, x, look=(state, seen), texts=texts))
    _draw_names(fig, drawn, x, texts)
    return fig


class Texts:
    """What the figure says of each step: `notes` on hover, `names` beside; all texts escaped."""

    def __init__(
        self,
        *,
        notes: Mapping[str, str],
        names: Mapping[str, str],
        gap: str,
        zone: ZoneInfo,
        what: str,
    ) -> None:
        self.notes = {key: in_figure(text, 120) for key, text in notes.items()}
        self.names = {key: in_figure(text, 40) for key, text in names.items()}
        self.gap, self.zone, self.what = gap, zone, what


def _tick_texts(axis: Axis, zone: ZoneInfo) -> list[str]:
    """Times of day, with the date where it changes."""
    texts, day = [], ""
    for _, at in axis.ticks:
        date, _, clock = moment(at, zone).partition(" ")
        texts.append(clock if date == day else f"{clock}<br>{date}")
        day = date
    return texts


def _draw_break(fig: go.Figure, place: float, text: str, lanes: int) -> None:
    half = 0.012
    fig.add_shape(
        type="rect",
        x0=place - half,
        x1=place + half,
        y0=-0.7,
        y1=lanes - 0.4,
        line_width=0,
        fillcolor=LINE,
        opacity=0.45,
        layer="below",
    )
    fig.add_annotation(
        x=place, y=-1.05, text=text, showarrow=False, font={"size": 12, "color": SOFT}
    )


def _lines(drawn: Tree, x: Mapping[str, float], cls: str, dash: str) -> go.Scatter:
    """All steps of one class as elbows: down the parent's time, then along the child's lane."""
    lanes = {step.node_id: step.lane for step in drawn.steps}
    xs: list[float | None] = []
    ys: list[float | None] = []
    for step in drawn.steps:
        if step.edge is not None and step.edge["cls"] == cls and step.parent in lanes:
            start = x[step.parent]
            xs += [start, start, x[step.node_id], None]
            ys += [lanes[step.parent], step.lane, step.lane, None]
    width = 1.8 if cls == "E1" else 1.5
    return go.Scatter(
        x=xs,
        y=ys,
        mode="lines",
        line={"color": SOFT, "width": width, "dash": dash},
        hoverinfo="skip",
    )


def _marks(
    drawn: Tree, x: Mapping[str, float], *, look: tuple[str, str], texts: Texts
) -> go.Scatter:
    state, seen = look
    steps = [s for s in drawn.steps if (state_of(s), s.node["state"]) == look]
    symbol, colour = MARKS[state]
    if seen == "external":
        symbol = "diamond"
    hollow = seen == "unseen"
    return go.Scatter(
        x=[x[s.node_id] for s in steps],
        y=[s.lane for s in steps],
        mode="markers",
        marker={
            "symbol": f"{symbol}-open" if hollow else symbol,
            "size": 12 if drawn.lanes <= 30 else 9,
            "color": colour,
            "line": {"color": colour if hollow else INK, "width": 2 if hollow else 1},
        },
        customdata=[step_mark(s, texts.what) for s in steps],
        hovertext=[texts.notes[s.node_id] for s in steps],
        hoverinfo="text",
    )


def _draw_names(fig: go.Figure, drawn: Tree, x: Mapping[str, float], texts: Texts) -> None:
    """The names of candidates above their marks, and how many posts follow unseen at a branch."""
    named = [s for s in drawn.steps if s.node_id in texts.names]
    more: Sequence[Step] = [s for s in drawn.steps if s.hidden]
    fig.add_trace(
        go.Scatter(
            x=[x[s.node_id] for s in named],
            y=[s.lane for s in named],
            mode="markers",
            marker={"symbol": "circle-open", "size": 21, "color": INK, "line": {"width": 1.6}},
            hoverinfo="skip",
        )
    )
    for step in named:
        fig.add_annotation(
            x=x[step.node_id],
            y=step.lane,
            text=f"<b>{texts.names[step.node_id]}</b>",
            showarrow=False,
            xanchor="left",
            xshift=-4,
            yshift=19,
            font={"size": 12},
        )
    fig.add_trace(
        go.Scatter(
            x=[x[s.node_id] for s in more],
            y=[s.lane for s in more],
            mode="text",
            text=[f"+{s.hidden}" for s in more],
            textposition="bottom right",
            textfont={"size": 11, "color": SOFT},
            hoverinfo="skip",
        )
    )


def state_of(step: Step) -> str:
    """The attribution state of a step; `none` where the trace has none."""
    attribution = step.node.get("attribution")
    state = None if attribution is None else attribution.get("state")
    return state if state in MARKS else "none"


def step_mark(step: Step, what: str) -> str:
    """The mark of a step: the rows of the edge to its parent, else the post itself.

    Of a post that the data do not hold, the rows that refer to it.
    """
    if step.edge is not None and step.parent is not None:
        return mark_text("step", what, step.node_id, step.parent)
    if step.node["state"] != "seen":
        return mark_text("told", what, step.node_id)
    return mark_text("row", "posts", str(step.node["post_id"]))
