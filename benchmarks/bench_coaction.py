# SPDX-License-Identifier: GPL-3.0-or-later
"""Co-action over a million generated reposts, beside a self-join and a peer, in one run.

`python -m benchmarks.bench_coaction`; needs the reference data beside the project. Every way reads
the log from a file in a process of its own, libraries and all; the edges of all are checked.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.peer_toolkit import VERSION, counted, toolkit
from benchmarks.whole_process import Cost, cost

WITHIN = timedelta(seconds=60)
EXPECTED = {"edges": 699_104, "pairs": 808_941, "evidence": 808_941, "directed_rows": 1_615_585}
"""On these all other tools agree; the last is the sum of the toolkit's weights."""

DIRECTED, LOOPS = 1_398_208, 114_479
RUNS = 5


def reference_log(name: str) -> pl.DataFrame | None:
    """The actions of a four-column log of the reference data; None when it is not there."""
    for parent in Path(__file__).resolve().parents:
        path = parent / "shared" / "data" / "coordination" / f"{name}.parquet"
        if path.exists():
            micros = (pl.col("timestamp_share").cast(pl.Float64) * 1e6).cast(pl.Int64)
            return pl.read_parquet(path).select(
                pl.format("r{}", pl.int_range(pl.len())).alias("action_id"),
                pl.col("object_id", "account_id").cast(pl.String),
                micros.cast(pl.Datetime("us", "UTC")).alias("acted_at"),
            )
    return None


def run(way: str, log: Path, **environment: str) -> tuple[Cost, dict[str, float]]:
    """The cost of one of `coaction_ways` on `log`, and what it printed."""
    command = [sys.executable, "-m", "benchmarks.coaction_ways", way, str(log)]
    spent = cost(command, environment)
    return spent, json.loads(spent.output)


def spread(values) -> str:
    """Minimum and median."""
    return f"{min(values):.2f} (median {median(values):.2f})"


def checked(way: str, told: dict[str, float]) -> None:
    """Ends the run if the way counted something else than all others do."""
    found = {name: told[name] for name in EXPECTED if name in told}
    if way != "thresholded" and found != {name: EXPECTED[name] for name in found}:
        raise SystemExit(f"bench_coaction: {way} found {found}, expected {EXPECTED}")


def measured(way: str, log: Path, runs: int = RUNS) -> tuple[float, float]:
    """The median wall and CPU seconds of whole processes; prints the line of `way`."""
    run(way, log)
    done = [run(way, log) for _ in range(runs)]
    for _, told in done:
        checked(way, told)
    walls, cpus, peaks = zip(*((each.wall, each.cpu, each.peak) for each, _ in done), strict=True)
    print(
        f"coaction {way}: {done[0][1]['edges']:,} edges; file to result "
        f"{spread([told['wall'] for _, told in done])} s wall, "
        f"{spread([told['cpu'] for _, told in done])} s CPU; whole process {spread(walls)} s wall, "
        f"{spread(cpus)} s CPU, peak {spread(peaks)} MB; {runs} runs",
        flush=True,
    )
    return median(walls), median(cpus)


def cold(log: Path) -> None:
    """Prints the line of a first run, whose kernels are not compiled yet."""
    with TemporaryDirectory() as empty:
        spent, told = run("edges", log, NUMBA_CACHE_DIR=empty)
    print(
        f"coaction edges, cold: compiling {told['ready']:.1f} s, then {told['wall']:.2f} s wall; "
        f"whole process {spent.wall:.1f} s wall, {spent.cpu:.1f} s CPU, peak {spent.peak:.0f} MB",
        flush=True,
    )


def times(theirs: tuple[float, float], ours: tuple[float, float]) -> str:
    """How many times longer others take, whole process beside whole process."""
    wall, cpu = (each / own for each, own in zip(theirs, ours, strict=True))
    return f"{wall:.1f} times as long as our edges, {cpu:.1f} times the CPU"


def beside_toolkit(actions: pl.DataFrame, ours: tuple[float, float]) -> None:
    """Prints the toolkit's line and how many times longer it takes than `ours`."""
    command = toolkit()
    if command is None:
        print("coaction: the coordination-network-toolkit is left out, it cannot be installed here")
        return
    peer = counted(command, actions, seconds=60)
    if (peer.directed, peer.loops) != (DIRECTED, LOOPS):
        raise SystemExit(f"toolkit: {peer.directed}, {peer.loops}; expected {DIRECTED}, {LOOPS}")
    reading, counting = peer.reading, peer.counting
    spent = (reading.wall + counting.wall, reading.cpu + counting.cpu)
    print(
        f"coordination-network-toolkit {VERSION}: {peer.directed:,} directed edges and "
        f"{peer.loops:,} self loops, {spent[0]:.1f} s wall ({reading.wall:.1f} to read, "
        f"{counting.wall:.1f} to count), {spent[1]:.1f} s CPU, peak "
        f"{max(reading.peak, counting.peak):.0f} MB; {times(spent, ours)}"
    )


def main() -> None:
    """Prints a line for each way, and how many times longer the others take."""
    actions = reference_log("synth_reposts_1m")
    if actions is None:
        print("bench_coaction: skipped, the reference data is not beside the project")
        return
    print(f"load {os.getloadavg()[0]:.1f} at the start, {os.cpu_count()} processors")
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log.parquet"
        actions.write_parquet(log)
        cold(log)
        ours = {way: measured(way, log) for way in ("edges", "evidence", "thresholded")}
        joined = measured("self_join", log, runs=3)
    print(f"coaction: the self-join takes {times(joined, ours['edges'])}")
    beside_toolkit(actions, ours["edges"])
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
