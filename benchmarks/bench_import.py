# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing a million posts and ten million actions, beside a plain polars read of the same file.

`python -m benchmarks.bench_import`; each measurement is a process of its own. A plain read keeps
all of the file in memory and checks nothing; an import writes it into a case.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

POSTS, ACTIONS = 1_000_000, 10_000_000
MOST_MEMORY_MB = 4_096
AT_ONCE = 500_000
START = 1_773_104_400


def posts(numbers: pl.Series) -> pl.DataFrame:
    """Posts of 20,000 accounts: a third reposts, each original with a text of its own."""
    n = numbers.alias("n")
    is_repost = pl.col("n") % 3 == 2
    return pl.DataFrame(n).select(
        post_id=pl.format("{}", 2031173187793846273 + pl.col("n") * 4099),
        account_id=pl.format("{}", 1000 + pl.col("n") * 7919 % 20_000),
        platform=pl.lit("weiju"),
        created_at=START + pl.col("n") // 5,
        kind=pl.when(is_repost).then(pl.lit("repost")).otherwise(pl.lit("original")),
        parent_id=pl.when(is_repost).then(pl.format("{}", 2031173187793846273)),
        text=pl.when(~is_repost).then(
            pl.format("The old bridge over the Fen, part {} of the town's report, 旧桥关闭 {}.",
                      pl.col("n"), pl.col("n") % 97)
        ),
        url=pl.format("https://weiju.example/{}", pl.col("n")),
    )  # fmt: skip


def actions(numbers: pl.Series) -> pl.DataFrame:
    """Reposts of 200,000 accounts on 50,000 objects, each row another."""
    return pl.DataFrame(numbers.alias("n")).select(
        action_id=pl.format("a{}", pl.col("n") * 2654435761 % (1 << 40)),
        account_id=pl.format("{}", pl.col("n") * 7919 % 200_000),
        object_id=pl.format("{}", pl.col("n") * 104729 % 50_000),
        act=pl.lit("repost"),
        acted_at=START + pl.col("n") // 8,
        platform=pl.lit("weiju"),
    )


FILES = {
    "posts.csv": (posts, POSTS),
    "posts.jsonl": (posts, POSTS),
    "actions.csv": (actions, ACTIONS),
}


def make(path: Path) -> None:
    """Writes the file."""
    rows, count = FILES[path.name]
    with path.open("wb") as handle:
        for start in range(0, count, AT_ONCE):
            frame = rows(pl.int_range(start, min(count, start + AT_ONCE), eager=True))
            if path.suffix == ".csv":
                frame.write_csv(handle, include_header=start == 0)
            else:
                frame.write_ndjson(handle)


def read(path: Path) -> int:
    """The rows of the file, read by polars."""
    is_csv = path.suffix == ".csv"
    return (pl.read_csv(path, infer_schema=False) if is_csv else pl.read_ndjson(path)).height


def imported(path: Path) -> int:
    """The rows of the file that a new case accepts."""
    from graphkit.case import create_case  # noqa: PLC0415  a plain read does not pay for it
    from graphkit.investigation.ingesting import ingest  # noqa: PLC0415

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        [ledger] = ingest(create_case(Path(folder) / "case"), [path], importer_name="canonical")
    return ledger.accepted


def measured(what: str, path: Path) -> dict[str, float]:
    """Rows, wall and CPU seconds, and peak memory (MB) of `what` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bench_import", what, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def measure(what: str, path: Path) -> None:
    """Prints what `measured` reads."""
    wall, cpu = time.perf_counter(), time.process_time()
    rows = {"read": read, "import": imported}[what](path)
    told = {
        "rows": rows,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


def main() -> None:
    """Prints a line for each file and way, and the ratio of the two."""
    with tempfile.TemporaryDirectory() as folder:
        for name, (_, count) in FILES.items():
            path = Path(folder) / name
            subprocess.run(
                [sys.executable, "-m", "benchmarks.bench_import", "make", str(path)], check=True
            )
            told = {what: measured(what, path) for what in ("read", "import")}
            for what, each in told.items():
                print(
                    f"import {name} {what}: {each['rows']:,} rows, {path.stat().st_size >> 20} MB, "
                    f"{each['wall']:.1f} s wall, {each['cpu']:.1f} s CPU, "
                    f"{each['rows'] / each['wall']:,.0f} rows/s, peak {each['peak']:,.0f} MB",
                    flush=True,
                )
            if told["import"]["rows"] != count or told["import"]["peak"] > MOST_MEMORY_MB:
                raise SystemExit(f"{name}: not all rows, or more than {MOST_MEMORY_MB:,} MB")
            ratio = {each: told["import"][each] / told["read"][each] for each in ("wall", "peak")}
            print(
                f"import {name}: {ratio['wall']:.1f} times the time and {ratio['peak']:.1f} times "
                "the memory of a plain polars read"
            )
            path.unlink()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        measure(sys.argv[1], Path(sys.argv[2]))
