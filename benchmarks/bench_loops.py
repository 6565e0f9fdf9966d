# SPDX-License-Identifier: GPL-3.0-or-later
"""Chain ends and chained loops on 1.3 million citations, beside networkx and CIDRE's measure.

python -m benchmarks.bench_loops [SECTION...], of growth, whole, beside and tenfold; with a path to
an SVG the growth is drawn there. Every step (`benchmarks.loop_steps`) runs in a process of its own
and reads made tables from Parquet files, as a case does.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.loop_steps import QUESTIONS
from benchmarks.whole_process import cost

SIZES = (200_000, 400_000, 800_000, 1_600_000)
SECTIONS = ("growth", "whole", "beside", "tenfold")
COLOURS = ("#1f5fa8", "#b5540c", "#2d7d46", "#7a3b9c")


def alone(step: str, *arguments: object) -> str:
    """What a process prints that runs one step; prints it, and the peak of its memory."""
    print(f"\n{step} {' '.join(str(each) for each in arguments)}", flush=True)
    spent = cost([sys.executable, "-m", "benchmarks.loop_steps", step, *map(str, arguments)])
    print(f"{spent.output}  peak of the process {spent.peak / 1024:.2f} GiB", flush=True)
    return spent.output


def growth(folder: Path) -> dict[str, list[float]]:
    """The CPU seconds of each step for each of `SIZES`; the largest tables stay in `folder`."""
    steps: dict[str, list[float]] = {}
    for posts in SIZES:
        alone("written", folder, posts)
        taken = json.loads(alone("chains", folder).splitlines()[-1])
        for name, seconds in taken.items():
            steps.setdefault(name, []).append(seconds)
    return steps


def growth_svg(sizes: list[int], steps: dict[str, list[float]]) -> str:
    """CPU seconds (up) over millions of posts (right), a line a step, as SVG text."""
    wide, high, left = 640, 320, 56
    most, top = max(sizes), max(value for values in steps.values() for value in values)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        'font-family="sans-serif" font-size="12">',
        f'<path d="M{left} 10V280H{wide - 20}" fill="none" stroke="#444"/>',
        f'<text x="{left}" y="312">CPU seconds over posts</text>',
    ]
    for size in sizes:
        x = left + (wide - left - 40) * size / most
        lines.append(f'<text x="{x:.0f}" y="296" text-anchor="middle">{size / 1e6:g} M</text>')
    for value in (top / 2, top):
        y = 280 - 260 * value / top
        lines.append(f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{value:.1f}</text>')
    for place, (name, values) in enumerate(steps.items()):
        points = " ".join(
            f"{left + (wide - left - 40) * size / most:.1f},{280 - 260 * value / top:.1f}"
            for size, value in zip(sizes, values, strict=True)
        )
        colour = COLOURS[place % len(COLOURS)]
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        lines.append(f'<text x="{left + 12}" y="{24 + 16 * place}" fill="{colour}">{name}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def main() -> None:
    """Prints the figures of docs/measured/citation-speed.md, or the sections named."""
    asked = [each for each in sys.argv[1:] if each in SECTIONS] or SECTIONS
    print(f"load {os.getloadavg()[0]:.1f} at the start, {os.cpu_count()} processors")
    with TemporaryDirectory() as name:
        folder = Path(name)
        if "growth" in asked:
            steps = growth(folder)
            for path in (each for each in sys.argv[1:] if each.endswith(".svg")):
                Path(path).write_text(growth_svg(list(SIZES), steps))
        elif asked != ["tenfold"]:
            alone("written", folder, SIZES[-1])
        if "whole" in asked:
            alone("whole", folder)
        if "beside" in asked:
            alone("cidre", folder)
            for question in QUESTIONS:
                alone("networkx", folder, question)
    if "tenfold" in asked:
        alone("unwritten", 10 * SIZES[-1])
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
