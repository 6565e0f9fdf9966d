# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a finding as SVG text: its accounts as a graph, its rows over time.

The same input gives the same bytes: no date, ids from a fixed salt, text as text, and matplotlib's
own defaults whatever the machine's settings are. A picture never stands alone: the numbers that it
shows are returned as a frame too.
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

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from matplotlib.axes import Axes

MAX_NODES = 120  # more than that is a hairball on paper
MAX_BARS = 24
_STEPS = tuple(
    timedelta(seconds=each)
    for each in (1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 86400, 7 * 86400, 30 * 86400)
)
_MARKS = 5
_WIDTH = 6.6  # inches
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_INK, _LINE, _FILL, _SOFT = "#1f2933", "#9aa5b1", "#3b6ea5", "#7b8794"


def graph_picture(nodes: pl.DataFrame, edges: pl.DataFrame) -> str:
    """The graph of a finding as SVG: numbers at points, for the table beside it names them.

    `nodes` has node, number, kind (account or object), x and y; `edges` a, b and weight.
    """
    place = nodes.select("node", "x", "y")
    ends = edges.select("a", "b", "weight").sort("weight", "a", "b")
    ends = ends.join(place, left_on="a", right_on="node", maintain_order="left")
    ends = ends.join(place, left_on="b", right_on="node", suffix="_b", maintain_order="left")
    starts, stops = ends.select("x", "y").to_numpy(), ends.select("x_b", "y_b").to_numpy()
    widths = (0.4 + 1.1 * ends["weight"] / ends["weight"].max()).to_list()
    with _settings():
        figure, axes = _canvas(2.4 if nodes.height < 8 else 3.8)
        lines = list(np.stack([starts, stops], axis=1))
        axes.add_collection(LineCollection(lines, linewidths=widths, colors=_LINE))
        for kind, marker, colour in (("account", "o", _FILL), ("object", "s", _SOFT)):
            part = nodes.filter(pl.col("kind") == kind)
            axes.scatter(part["x"], part["y"], s=95, marker=marker, color=colour, zorder=3)
        for number, x, y in nodes.select("number", "x", "y").rows():
            axes.text(x, y, str(number), color="white", ha="center", va="center", size=6)
        axes.set_axis_off()
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.08)
        return _svg(figure)


def timeline_counts(times: pl.Series, *, zone: str) -> tuple[pl.DataFrame, timedelta]:
    """How many of `times` fall into each step: columns at (in the zone) and rows; and the step.

    The step is the least of 1 s to 30 days that needs at most 24 bars (30 days may need more).
    """
    known = times.drop_nulls().dt.convert_time_zone(zone).sort().alias("at")
    if not known.len():
        return pl.DataFrame({"at": known, "rows": pl.Series([], dtype=pl.Int64)}), _STEPS[0]
    first, last = known[0], known[-1]
    step = next((each for each in _STEPS if (last - first) / each < MAX_BARS - 1), _STEPS[-1])
    counted = known.to_frame().group_by(pl.col("at").dt.truncate(step)).len("rows")
    return counted.select("at", pl.col("rows").cast(pl.Int64)).sort("at"), step


def timeline_picture(counts: pl.DataFrame, step: timedelta) -> str:
    """`counts` and `step` (from `timeline_counts`) as bars over time, as SVG."""
    first, last = counts["at"][0], counts["at"][-1] + step
    starts = [(at - first) / step for at in counts["at"]]
    marks = [first + (last - first) * part / (_MARKS - 1) for part in range(_MARKS)]
    form = "%Y-%m-%d" if step >= _DAY else "%m-%d %H:%M" if step >= _MINUTE else "%H:%M:%S"
    with _settings():
        figure, axes = _canvas(1.9, edge=0.4)
        axes.bar(starts, counts["rows"].to_list(), width=0.92, align="edge", color=_FILL)
        axes.set_xticks([(at - first) / step for at in marks], [f"{at:{form}}" for at in marks])
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel("rows of evidence")
        axes.spines[["top", "right"]].set_visible(b=False)
        return _svg(figure)


def _canvas(height: float, *, edge: float = 0.0) -> tuple[Figure, Axes]:
    """A drawing `height` inches high, with `edge` inches for ticks at the left and below."""
    figure = Figure(figsize=(_WIDTH, height))
    left, low = edge / _WIDTH, edge / height
    return figure, figure.add_axes((left, low, 0.99 - 1.5 * left, 0.97 - low))


def _settings() -> AbstractContextManager[None]:
    """Matplotlib's own defaults, whatever the machine's are, with a fixed salt."""
    own = {
        "svg.hashsalt": "graphkit",
        "svg.fonttype": "none",
        "font.size": 7.5,
        "text.parse_math": False,
        **dict.fromkeys(["text.color", "axes.labelcolor", "xtick.color", "ytick.color"], _INK),
        "axes.edgecolor": _LINE,
    }
    return style.context(["default", own])


def _svg(figure: Figure) -> str:
    """The drawing as one `svg` element: no prologue, no date, no ids that nothing refers to."""
    buffer = io.BytesIO()
    nothing = dict.fromkeys(["Creator", "Date", "Format", "Type"])
    figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue().decode()
    text = re.sub(r"<style.*?</style>", "", text[text.index("<svg") :], flags=re.DOTALL)
    return re.sub(r'<g id="[^"]*"', "<g", text)
