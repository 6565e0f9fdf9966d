# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the places of the Weibo slice, as the page on rankings shows them.

`python -m benchmarks.draw_ranking_placement docs/measured/ranking-placement.svg`
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import matplotlib as mpl
import polars as pl
from matplotlib.figure import Figure

from benchmarks.measure_ranking_placement import found_in, weibo
from graphkit.investigation.placing import PlacePicture, place_picture
from graphkit.investigation.shipped import dataset

if TYPE_CHECKING:
    from collections.abc import Collection

    from matplotlib.axes import Axes

ZONE = "Asia/Shanghai"
INK, LINE, PALE, BLUE, ORANGE, RED = (
    "#1d2329", "#8a939c", "#c9d3dc", "#2f6690", "#c8791b", "#b3402a",
)  # fmt: skip


def _panel(axes: Axes, seen: PlacePicture, column: str, *, told: Collection[int]) -> None:
    """Limits as bars, values as points; ranks in findings as squares with their rank above."""
    limit = f"{column.removesuffix('_share')}_limit"
    bars = seen.ranks.drop_nulls(limit)
    axes.bar(bars["rank"], bars[limit], color=PALE, edgecolor=LINE, linewidth=0.4)
    is_told = pl.col("rank").is_in(sorted(told))
    for rows, marker, size, colour in (
        (seen.ranks.filter(~is_told), "o", 7, BLUE),
        (seen.ranks.filter(is_told), "s", 22, ORANGE),
    ):
        axes.scatter(
            rows["rank"],
            rows[column],
            s=size,
            c=colour,
            marker=marker,
            edgecolors=INK,
            linewidths=0.4,
            zorder=3,
        )
    for rank, value in seen.ranks.filter(is_told).select("rank", column).rows():
        axes.annotate(str(rank), (rank, value), (0, 9), textcoords="offset points", ha="center")
    axes.set_xlim(0, seen.ranks["rank"].to_list()[-1] + 1)
    axes.margins(y=0.17)


def draw(seen: PlacePicture, path: str, *, held: Collection[int], spikes: Collection[int]) -> None:
    """Writes the three panels as SVG; the same data give the same bytes."""
    mpl.rcParams.update({"svg.hashsalt": "graphkit", "svg.fonttype": "none", "font.size": 7.5})
    figure = Figure(figsize=(7.2, 5.6), layout="constrained")
    top, middle, low = figure.subplots(3, 1, height_ratios=[5, 4, 1.6])
    _panel(top, seen, "held_share", told=held)
    ranks = seen.ranks["rank"]
    top.scatter(ranks, seen.ranks["kept_share"], marker="_", s=30, color=INK, zorder=4)
    top.set_ylabel("kept, of those passed")
    top.yaxis.set_major_formatter("{x:.0%}")
    top.set_title(
        "circle: share that keeps its rank while others pass; square: in a finding; bar: up to "
        "where the neighbours'\nrate explains it (99 %); dash: still there in the next snapshot, "
        "of those still listed", size=7, loc="left",
    )  # fmt: skip
    _panel(middle, seen, "entries", told=spikes)
    middle.set_ylabel("topics that came in")
    middle.set_xlabel("rank")
    days = [f"{at:%m-%d}" for at in seen.missing["start"]]
    low.bar(days, seen.missing["missing"], color=RED, edgecolor=INK, hatch="xx", linewidth=0.4)
    low.set_ylabel("snapshots\nmissing")
    low.yaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    for axes in (top, middle, low):
        axes.spines[["top", "right"]].set_visible(b=False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def main() -> None:
    """Draws the picture of the shipped slice, and prints rank 3."""
    rankings = weibo(dataset("weibo_hot_slice").files[0].path)
    [list_id] = rankings["list_id"].unique()
    seen = place_picture(rankings, list_id, zone=ZONE)
    found = [f for f in found_in(rankings) if "rank" in f.measures]
    told = {
        name: {int(f.measures["rank"]) for f in found if f.outcome == name}
        for name in ("held-position", "entry-spike")
    }
    draw(seen, sys.argv[1], held=told["held-position"], spikes=told["entry-spike"])
    print(seen.ranks.filter(rank=3).to_dicts()[0])


if __name__ == "__main__":
    main()
