# SPDX-License-Identifier: GPL-3.0-or-later
"""How the cost of co-action grows with the rows of a log, and with those of one object.

`python -m benchmarks.bench_coaction_growth`; with a path it also draws the two pictures there, as
`docs/measured/coaction-speed.svg`. Logs are generated (seed 11), each is counted in a process of
its own: edges of one object and more up to a million rows, of two objects and more up to ten.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bench_coaction import run
from benchmarks.coaction_log import one_object_log, platform_log

SEED = 11
PLATFORM = (10_000, 100_000, 1_000_000, 10_000_000)
OBJECT = (10, 100, 1_000, 10_000, 100_000)
EVERY_EDGE = 1_000_000
"""Rows up to which every edge is made; above, only those of two objects."""


@dataclass(frozen=True)
class Point:
    """One measured log: its rows, what was found, and the least CPU and peak of the runs."""

    series: str
    rows: int
    edges: int
    pairs: int
    cpu: float
    wall: float
    peak: float


def point(series: str, way: str, log: Path, rows: int) -> Point:
    """The least of two runs (one above a million rows); prints its line."""
    done = [run(way, log) for _ in range(2 if rows <= EVERY_EDGE else 1)]
    found = done[0][1]
    least = {name: min(told[name] for _, told in done) for name in ("cpu", "wall")}
    peak = min(spent.peak for spent, _ in done)
    made = Point(series, rows, found["edges"], found["pairs"], peak=peak, **least)
    print(
        f"| {series} | {rows:,} | {made.edges:,} | {made.pairs:,} | {made.cpu:.2f} | "
        f"{made.wall:.2f} | {made.peak:.0f} |",
        flush=True,
    )
    return made


def points(folder: Path):
    """Every point, each log written to `folder` and deleted after its runs."""
    log = folder / "log.parquet"
    for rows in PLATFORM:
        platform_log(rows, seed=SEED).write_parquet(log)
        if rows <= EVERY_EDGE:
            yield point("every edge", "edges", log, rows)
        yield point("edges of two objects", "thresholded", log, rows)
    for rows in OBJECT:
        one_object_log(rows, seed=SEED).write_parquet(log)
        yield point("one object", "edges", log, rows)


def draw(measured: list[Point], path: Path) -> None:
    """Writes the two pictures: CPU seconds and peak memory against rows."""
    import matplotlib  # noqa: PLC0415  only the picture needs it

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "graphkit", "svg.fonttype": "none"})
    from matplotlib import pyplot  # noqa: PLC0415  after the backend is chosen

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for series, mark in (("every edge", "o"), ("edges of two objects", "s"), ("one object", "^")):
        those = [each for each in measured if each.series == series]
        rows = [each.rows for each in those]
        for axis, values in zip(axes, ("cpu", "peak"), strict=True):
            axis.plot(rows, [getattr(each, values) for each in those], mark + "-", label=series)
    labels = ("CPU seconds, file to edges", "peak memory, MB")
    for axis, label in zip(axes, labels, strict=True):
        axis.set(xscale="log", yscale="log", xlabel="rows", ylabel=label)
        axis.grid(visible=True, alpha=0.3)
    axes[0].legend(frameon=False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def main() -> None:
    """Prints the table of all points; draws them to the path that follows, if one does."""
    print(
        "| log | rows | edges | row pairs | CPU s | wall s | peak MB |\n"
        "|---|---|---|---|---|---|---|"
    )
    with TemporaryDirectory() as folder:
        measured = list(points(Path(folder)))
    if len(sys.argv) > 1 and sys.argv[-1].endswith(".svg"):
        draw(measured, Path(sys.argv[-1]))


if __name__ == "__main__":
    main()
