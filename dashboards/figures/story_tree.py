# SPDX-License-Identifier: GPL-3.0-or-later
"""The time tree of a trace: line style is the class of a step, the mark the source it names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from plotly import graph_objects as go

from dashboards.figures.plain import BLUE, GREY, INK, ORANGE, RED, SOFT, figure
from dashboards.query import mark_text
from dashboards.shown import duration, in_figure, number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from dashboards.views.story import Axis, Step, Tree

TOP = 92
NARROW = 190  # pixels of the plot on a phone: what is apart there is apart on every screen
GUTTER = 54  # pixels right of the plot, where the counts stand
LONGEST = 20  # characters of a name in the picture
WIDEST = 25  # columns of the words of a wording; a Chinese character takes two
DASHES = {"E1": "solid", "E2": "dash", "E3": "dashdot", "E4": "dot"}
MARKS = {
    "named": ("circle", BLUE),
    "vague": ("triangle-up", ORANGE),
    "none": ("square", GREY),
    "wrong": ("x", RED),
}


def story_figure(drawn: Tree, axis: Axis, *, x: Mapping[str, float], texts: Texts) -> go.Figure:
    """The tree: time to the right, breaks where nothing happened for long, a lane a branch.

    The lanes of one wording stand together under its words. These and the names have rows, and
    counts a gutter, of their own: no label meets a mark or another label.
    """
    places = rows_of(drawn, x, texts.names)
    high = 26 if drawn.lanes <= 30 else 18
    levels = _levels(axis)
    top = -0.7 - (1 + max(levels, default=0)) * 17 / high
    fig = figure(round(TOP + high * (places.count - top)))
    fig.update_layout(margin={"r": GUTTER})
    fig.update_yaxes(visible=False, range=[places.count - 0.3, top])
    low = min([0.0, *x.values()])
    fig.update_xaxes(
        range=[low - 0.03, 1.03],
        showgrid=True,
        side="top",
        tickvals=[place for place, _ in axis.ticks],
        ticktext=_tick_texts(axis, texts.zone),
    )
    for (place, seconds), level in zip(axis.breaks, levels, strict=True):
        at = -0.7 - (level + 0.5) * 17 / high
        _draw_break(fig, (place, at), duration(seconds), places.count)
    for cls, dash in DASHES.items():
        fig.add_trace(_lines(drawn, x, places, (cls, dash)))
    for state in MARKS:
        for seen in ("seen", "deleted", "unseen", "external"):
            fig.add_trace(_marks(drawn, x, places, look=(state, seen), texts=texts))
    _draw_bands(fig, places, texts)
    _draw_names(fig, drawn, x, places, texts)
    _draw_counts(fig, drawn, places)
    return fig


@dataclass(frozen=True)
class Rows:
    """The row of each lane, of each name above its lane, of the words above each wording's lanes.

    `bands` has the places of the wordings that are drawn, where there are two or more; `count` is
    how many rows there are.
    """

    lanes: tuple[int, ...]
    names: Mapping[str, int]
    bands: Mapping[int, int]
    count: int


def rows_of(drawn: Tree, x: Mapping[str, float], names: Collection[str]) -> Rows:
    """A row for each lane, and above it one for each name, the leftmost on top."""
    over: dict[int, list[str]] = {}
    for step in drawn.steps:
        if step.node_id in names:
            over.setdefault(step.lane, []).append(step.node_id)
    band_of = {step.lane: step.band for step in drawn.steps}
    several = len(set(band_of.values())) > 1
    lanes, named, bands, at = [], {}, {}, 0
    for lane in range(drawn.lanes):
        if several and band_of[lane] not in bands:
            bands[band_of[lane]] = at
            at += 1
        for node in sorted(over.get(lane, ()), key=lambda n: (x[n], n)):
            named[node] = at
            at += 1
        lanes.append(at)
        at += 1
    return Rows(tuple(lanes), named, bands, at)


def _levels(axis: Axis) -> list[int]:
    """The level at which the text of each break stands: the lowest that is free there."""
    ends: list[float] = []
    levels = []
    for place, seconds in axis.breaks:
        half = 4 * len(duration(seconds)) / NARROW
        level = next((i for i, end in enumerate(ends) if end <= place - half), len(ends))
        ends[level : level + 1] = [place + half]
        levels.append(level)
    return levels


class Texts:
    """What the figure says of each step: `notes` on hover, `names` above; all texts escaped.

    `bands` has the words of each wording, by its place from the top.
    """

    def __init__(
        self,
        *,
        notes: Mapping[str, str],
        names: Mapping[str, str],
        zone: ZoneInfo,
        what: str,
        bands: Sequence[str] = (),
        deleted: Collection[str] = (),
    ) -> None:
        self.notes = {key: in_figure(text, 120) for key, text in notes.items()}
        self.names = {key: in_figure(text, LONGEST) for key, text in names.items()}
        self.bands = [in_figure(narrow(text)) for text in bands]
        self.zone, self.what, self.deleted = zone, what, deleted

    def seen(self, step: Step) -> str:
        """seen, unseen or external as the trace has it; deleted where the post is gone since."""
        state = str(step.node["state"])
        return "deleted" if state == "seen" and step.node_id in self.deleted else state


def _tick_texts(axis: Axis, zone: ZoneInfo) -> list[str]:
    """Times of day, with the day where it changes and the year where that does."""
    local = [at.astimezone(zone) for _, at in axis.ticks]
    minutes = [f"{at:%Y-%m-%d %H:%M}" for at in local]
    clock = "%H:%M" if len(set(minutes)) == len(minutes) else "%H:%M:%S"
    texts, year, day = [], "", ""
    for at in local:
        lines = [f"{at:{clock}}", f"{at:%m-%d}", f"{at:%Y}"]
        depth = 3 if lines[2] != year else 2 if lines[1] != day else 1
        texts.append("<br>".join(lines[:depth]))
        _, day, year = lines
    return texts


def _draw_break(fig: go.Figure, at: tuple[float, float], text: str, rows: int) -> None:
    half = 0.012
    fig.add_shape(
        type="rect",
        x0=at[0] - half,
        x1=at[0] + half,
        y0=-0.7,
        y1=rows - 0.4,
        line_width=0,
        fillcolor=SOFT,  # seen on light and on dark
        opacity=0.2,
        layer="below",
    )
    fig.add_annotation(
        x=at[0], y=at[1], text=text, showarrow=False, font={"size": 12, "color": SOFT}
    )


def _lines(drawn: Tree, x: Mapping[str, float], places: Rows, look: tuple[str, str]) -> go.Scatter:
    """All steps of one class as elbows: down the parent's time, then along the child's lane."""
    cls, dash = look
    rows = {step.node_id: places.lanes[step.lane] for step in drawn.steps}
    xs: list[float | None] = []
    ys: list[float | None] = []
    for step in drawn.steps:
        if step.edge is not None and step.edge["cls"] == cls and step.parent in rows:
            start, own = x[step.parent], rows[step.node_id]
            xs += [start, start, x[step.node_id], None]
            ys += [rows[step.parent], own, own, None]
    width = 1.8 if cls == "E1" else 1.5
    return go.Scatter(
        x=xs,
        y=ys,
        mode="lines",
        line={"color": SOFT, "width": width, "dash": dash},
        hoverinfo="skip",
    )


def _marks(
    drawn: Tree, x: Mapping[str, float], places: Rows, *, look: tuple[str, str], texts: Texts
) -> go.Scatter:
    state, seen = look
    steps = [s for s in drawn.steps if (state_of(s), texts.seen(s)) == look]
    symbol, colour = MARKS[state]
    if seen == "external":
        symbol = "diamond"
    ends = {"unseen": "-open", "deleted": "-open-dot"}
    return go.Scatter(
        x=[x[s.node_id] for s in steps],
        y=[places.lanes[s.lane] for s in steps],
        mode="markers",
        marker={
            "symbol": symbol + ends.get(seen, ""),
            "size": 12 if drawn.lanes <= 30 else 9,
            "color": colour,
            "line": {"color": colour if seen in ends else INK, "width": 2 if seen in ends else 1},
        },
        customdata=[step_mark(s, texts.what) for s in steps],
        hovertext=[texts.notes[s.node_id] for s in steps],
        hoverinfo="text",
    )


def _draw_names(
    fig: go.Figure, drawn: Tree, x: Mapping[str, float], places: Rows, texts: Texts
) -> None:
    """Rings around the named posts, and the name of each in its own row above."""
    named = [s for s in drawn.steps if s.node_id in places.names]
    fig.add_trace(
        go.Scatter(
            x=[x[s.node_id] for s in named],
            y=[places.lanes[s.lane] for s in named],
            mode="markers",
            marker={
                "symbol": "circle-open",
                "size": 21 if drawn.lanes <= 30 else 15,
                "color": SOFT,  # seen on light and on dark
                "line": {"width": 2},
            },
            hoverinfo="skip",
        )
    )
    for step in named:
        at = x[step.node_id]
        fig.add_annotation(
            x=at,
            y=places.names[step.node_id],
            text=f"<b>{texts.names[step.node_id]}</b>",
            showarrow=False,
            xanchor="left" if at <= 0.5 else "right",
            xshift=-8 if at <= 0.5 else 8,
            font={"size": 12},
        )


def narrow(text: str, columns: int = WIDEST) -> str:
    """`text` cut to so many columns, a Chinese character taking two.

    >>> narrow("大桥主塔", 6)
    '大桥…'
    """
    wide = [2 if east_asian_width(each) in "WF" else 1 for each in text]
    if sum(wide) <= columns:
        return text
    ends = list(accumulate(wide))
    return text[: sum(end < columns for end in ends)] + "…"


def _draw_bands(fig: go.Figure, places: Rows, texts: Texts) -> None:
    """The words of each wording above its lanes, and a line where they begin."""
    for band, row in places.bands.items():
        line = {"color": SOFT, "width": 0.5}
        fig.add_shape(
            type="line", xref="paper", x0=0, x1=1, y0=row - 0.5, y1=row - 0.5, line=line,
            layer="below",
        )  # fmt: skip
        fig.add_annotation(
            x=0,
            xref="paper",
            y=row,
            text=texts.bands[band],
            showarrow=False,
            xanchor="left",
            font={"size": 12, "color": SOFT},
        )


def _draw_counts(fig: go.Figure, drawn: Tree, places: Rows) -> None:
    """How many posts branch off a lane unseen: right of the plot, at the lane's end."""
    hidden: dict[int, int] = {}
    for step in drawn.steps:
        hidden[step.lane] = hidden.get(step.lane, 0) + step.hidden
    for lane, count in hidden.items():
        if count:
            fig.add_annotation(
                x=1,
                xref="paper",
                y=places.lanes[lane],
                text=f"+{number(count)}",
                showarrow=False,
                xanchor="left",
                font={"size": 12, "color": SOFT},
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
