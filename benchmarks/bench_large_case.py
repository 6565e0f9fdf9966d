# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard on a large case: CPU, size and memory of each page on its first and second visit.

`python -m benchmarks.bench_large_case [POSTS]`: 4 million posts, 2.5 GB as JSON Lines, unless told
otherwise. Each step is a process of its own; `pages` makes what a server makes that is started on
a case whose rows were read before.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from benchmarks.large_case import add_findings, make
from dashboards.app import PAGES
from dashboards.pages.rows_drawer import rows_drawer
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.still import still
from dashboards.words import Words
from graphkit.case import load_corpus, open_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.snapshot import Snapshot

TOTAL = 4_000_000
BUSY = "weiju:5000000000"


def peak() -> float:
    """The most memory that this process had, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def build(folder: Path, total: int) -> None:
    """Makes the case, and says how large it is."""
    make(folder, total)
    some = pl.read_parquet(next((folder / "tables" / "posts").iterdir()), n_rows=20_000)
    size = len(some.write_ndjson().encode()) / some.height * total
    print(f"{total:,} posts, {size / 1e9:.1f} GB as JSON Lines")


def derive(folder: Path, _total: int) -> None:
    """Reads the rows for the first time; adds findings afterwards."""
    case, begin = open_case(folder), time.process_time()
    load_corpus(case)
    spent = time.process_time() - begin
    print(f"rows read, merged and derived, once: {spent:.0f} s CPU, peak {peak():.1f} GB")
    add_findings(case)


def addresses(held: Snapshot) -> Iterator[tuple[str, str, str, list[str] | None]]:
    """The pages: what it is, path, parameters, and the mark whose rows stand below."""
    corpus, finding, run = held.corpus, held.findings[0]["finding_id"], held.runs[0].run_id
    quiet, post = corpus.posts.select("account_id", "post_id").row(-1)
    cited = "citation:repost:60:2"
    yield from [
        ("overview", "/", "", None),
        ("finding of 5,000 rows", "/finding", f"?id={finding}", None),
        ("account, quiet", "/account", f"?id={quiet}", None),
        ("account, busy", "/account", f"?id={BUSY}", None),
        ("account, busy, page 100", "/account", f"?id={BUSY}&posts=100", None),
        ("rows of the busy account", "/account", f"?id={BUSY}", ["account", BUSY]),
        ("rows of an hour of it", "/account", f"?id={BUSY}", ["hour", BUSY, "1", "10"]),
        ("one row and its pictures", "/", "", ["row", "posts", post]),
        ("rows of the finding", "/", "", ["evidence", run, finding]),
        ("ranking", "/ranking", "", None),
        ("story", "/story", "", None),
        ("evidence", "/evidence", "", None),
        ("runs", "/runs", "", None),
        ("account search", "/account", "?q=reader_77", None),
        ("network, reposts in 60 s", "/network", "?lens=coaction&act=repost&within=60s", None),
        ("network, citations", "/network", "?lens=citation", None),
        ("rows of a citation link", "/network", "", ["edge", cited, BUSY, quiet]),
    ]


def pages(folder: Path, _total: int) -> None:
    """Makes each page twice and prints what it cost."""
    held, begin = snapshot(folder), time.process_time()
    asked = list(addresses(held))
    print(f"rows read again: {time.process_time() - begin:.1f} s CPU, peak {peak():.1f} GB")
    begin = time.process_time()
    held.masked(["any"])
    print(f"names of the case: {time.process_time() - begin:.0f} s CPU, peak {peak():.1f} GB")
    for visit in ("first", "second"):
        for name, path, search, mark in asked:
            begin = time.process_time()
            view = View(snapshot(folder), Query.read(path, search), Words("en"))
            made = still(PAGES[path][1](view) if mark is None else rows_drawer(view, mark))
            spent, size = time.process_time() - begin, len(json.dumps(made, default=_plain))
            print(f"{visit} visit, {name}: {spent:.2f} s CPU, {size / 1e3:.0f} kB", flush=True)
    print(f"peak {peak():.1f} GB")


def _plain(component: Any) -> Any:
    return component.to_plotly_json()


STEPS = {"build": build, "derive": derive, "pages": pages, "pages again": pages}


def main(total: int = TOTAL) -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as place:
        for name in STEPS:
            print(f"-- {name}", flush=True)
            me = [sys.executable, "-m", "benchmarks.bench_large_case"]
            subprocess.run([*me, name, str(Path(place) / "case"), str(total)], check=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        STEPS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(*map(int, sys.argv[1:]))
