# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a finding as SVG text: its accounts as a graph, its rows over time.

The same input gives the same bytes: no date, ids from a fixed salt, text as text, and matplotlib's
own defaults whatever the machine's settings are. Groups have classes, so that a page may set other
colours in the dark; accounts are filled and what they acted on is hollow, which holds in grey too.
A picture never stands alone: the numbers that it shows are returned as a frame too.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from matplotlib import style
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from graphkit.bundle.markup import Html
from graphkit.graphs.layout import force_layout

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

MAX_NODES = 120  # more than that is a hairball on paper
MAX_BARS = 24
_STEPS = tuple(
    timedelta(seconds=each)
    for each in (1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 86400, 7 * 86400, 30 * 86400)
)
_MARKS = 5
_WIDTH = 6.6  # inches
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_INK, _LINE, _FILL, _PAPER = "#1f2933", "#7b8794", "#24507a", "#ffffff"
_FEW_NODES, _LOW, _HIGH = 8, 2.3, 3.6  # the height of a graph, and up to how many nodes it is low
_CROWDED = 60  # so many lines are drawn fully; more of them are fainter
_CLASSES = "accounts|objects|links|bars|account-numbers|object-numbers|words"
_OWN = {
    "svg.hashsalt": "graphkit",
    "svg.fonttype": "none",
    "font.size": 7.5,
    "text.parse_math": False,
    **dict.fromkeys(["text.color", "axes.labelcolor", "xtick.color", "ytick.color"], _INK),
    "axes.edgecolor": _LINE,
}


def graph_picture(nodes: pl.DataFrame, edges: pl.DataFrame) -> Html:
    """The graph of a finding as SVG: numbers at points, for the table beside it names them.

    `nodes` has node, number and kind (account or object), `edges` a, b, relation and weight.
    """
    high = _LOW if nodes.height < _FEW_NODES else _HIGH
    placed = _placed(nodes, edges, high)
    with _settings():
        figure = Figure(figsize=(_WIDTH, high))
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDTH), ylim=(high, 0))
        axes.set_axis_off()
        axes.add_collection(_lines(placed, edges))
        for kind, marker, fill, ink in (
            ("account", "o", _FILL, _PAPER),
            ("object", "s", _PAPER, _INK),
        ):
            part = placed.filter(pl.col("kind") == kind)
            axes.scatter(
                part["x"], part["y"], s=130, marker=marker, c=fill,
                edgecolors=fill if kind == "account" else ink, linewidths=0.8, zorder=3,
                gid=f"{kind}s",
            )  # fmt: skip
            for number, x, y in part.select("number", "x", "y").rows():
                axes.text(x, y, str(number), color=ink, ha="center", va="center_baseline",
                          size=6.5, gid=f"{kind}-numbers")  # fmt: skip
        return _svg(figure)


def _placed(nodes: pl.DataFrame, edges: pl.DataFrame, high: float) -> pl.DataFrame:
    """The nodes with `x` and `y` in inches: of the layout the angles, and the order outwards.

    So the points fill the picture: as the forces have them, those in the middle lie on one another.
    """
    x, y = (pl.col(each) - pl.col(each).mean() for each in ("x", "y"))
    outwards = ((x**2 + y**2).rank("ordinal") - 0.5) / pl.len()
    angle = pl.arctan2(y, x)
    places = force_layout(edges.select("a", "b")).select(
        "node",
        *[
            (size / 2 + (size / 2 - 0.2) * turn * outwards.sqrt()).alias(name)
            for name, size, turn in (("x", _WIDTH, angle.cos()), ("y", high, angle.sin()))
        ],
    )
    return nodes.join(places, on="node", maintain_order="left")


def _lines(nodes: pl.DataFrame, edges: pl.DataFrame) -> LineCollection:
    """A line for each edge, the heaviest last and widest."""
    place = nodes.select("node", "x", "y")
    ends = edges.select("weight", "a", "b", "relation").sort(pl.all())
    ends = ends.join(place, left_on="a", right_on="node", maintain_order="left")
    ends = ends.join(place, left_on="b", right_on="node", suffix="_b", maintain_order="left")
    lines = np.stack([ends.select("x", "y").to_numpy(), ends.select("x_b", "y_b").to_numpy()], 1)
    widths = 0.4 + 1.2 * ends["weight"] / ends["weight"].max()
    faint = min(1.0, max(0.2, _CROWDED / max(edges.height, 1)))
    return LineCollection(
        list(lines), linewidths=widths.to_list(), colors=_LINE, alpha=faint, gid="links"
    )


def timeline_counts(
    happened: pl.DataFrame, *, zone: str
) -> dict[int, tuple[pl.DataFrame, timedelta]]:
    """How many rows of each finding fall into each step: columns at (in the zone), rows; the step.

    `happened` has finding and at. The step is the least of 1 s to 30 days that needs at most 24
    bars (30 days may need more). A finding whose rows fall into one step is left out.
    """
    known = happened.with_columns(pl.col("at").dt.convert_time_zone(zone))
    ends = known.group_by("finding").agg(first=pl.col("at").min(), last=pl.col("at").max())
    steps = {finding: _step(first, last) for finding, first, last in ends.rows()}
    counted: dict[int, tuple[pl.DataFrame, timedelta]] = {}
    for step in set(steps.values()):
        own = [finding for finding, each in steps.items() if each == step]
        part = known.filter(pl.col("finding").is_in(own))
        bars = part.group_by("finding", pl.col("at").dt.truncate(step)).len("rows")
        told = bars.sort("finding", "at").select("finding", "at", pl.col("rows").cast(pl.Int64))
        parts = told.partition_by("finding", as_dict=True, include_key=False)
        counted |= {int(n): (each, step) for (n,), each in parts.items() if each.height > 1}
    return counted


def _step(first: datetime, last: datetime) -> timedelta:
    return next((each for each in _STEPS if (last - first) / each < MAX_BARS - 1), _STEPS[-1])


def timeline_picture(counts: pl.DataFrame, step: timedelta) -> Html:
    """`counts` and `step` (from `timeline_counts`) as bars over time, as SVG."""
    first, last = counts["at"][0], counts["at"][-1] + step
    starts = [(at - first) / step for at in counts["at"]]
    marks = [first + (last - first) * part / (_MARKS - 1) for part in range(_MARKS)]
    form = "%Y-%m-%d" if step >= _DAY else "%m-%d %H:%M" if step >= _MINUTE else "%H:%M:%S"
    with _settings():
        figure = Figure(figsize=(_WIDTH, 1.7))
        axes = figure.add_axes((0.06, 0.14, 0.87, 0.82))
        axes.bar(
            starts, counts["rows"].to_list(), width=0.92, align="edge", color=_FILL, gid="bars"
        )
        axes.set_xticks([(at - first) / step for at in marks], [f"{at:{form}}" for at in marks])
        axes.set_xlim(0, (last - first) / step)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.grid(axis="y", linewidth=0.5, alpha=0.5, color=_LINE)
        axes.set_axisbelow(b=True)
        axes.spines[["top", "right", "left"]].set_visible(b=False)
        axes.tick_params(length=0)
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_gid("words")
        return _svg(figure)


def _settings() -> AbstractContextManager[None]:
    """Matplotlib's own defaults, whatever the machine's are, with a fixed salt."""
    return style.context(["default", _OWN])


def _svg(figure: Figure) -> Html:
    """The drawing as one `svg` element: no prologue, date, size, or id that nothing refers to."""
    buffer = io.BytesIO()
    nothing = dict.fromkeys(["Creator", "Date", "Format", "Type"])
    figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    text = buffer.getvalue().decode()
    text = re.sub(r"<style.*?</style>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r' (?:width|height)="[\d.]+pt"', "", text, count=2)  # as large as its place
    # a mark takes its line from where it is used: no page can set that of a definition
    text = re.sub(r'(<path id="[^"]*" d="[^"]*") style="[^"]*"', r"\1", text)
    text = re.sub(rf'<g id="({_CLASSES})"', r'<g class="\1"', text)
    return Html(re.sub(r'<g id="[^"]*"', "<g", text).strip())
