# SPDX-License-Identifier: GPL-3.0-or-later
"""The coordination-network-toolkit in an environment of its own, on a log of reposts.

It is installed from the package registry, once, into the user's cache folder; its requirements
conflict with nothing there. Version 1.5.2 (2022) is the last that was published.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.whole_process import Cost, cost

VERSION = "1.5.2"
PINS = (
    f"coordination-network-toolkit=={VERSION}", "networkx==3.6.1", "regex==2026.11.15",
    "tqdm==4.70.1", "twarc==2.14.0",
)  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """What the toolkit found: directed edges without its self loops, those, and their cost."""

    directed: int
    loops: int
    reading: Cost
    counting: Cost


def toolkit() -> Path | None:
    """The toolkit's command, installed if it was not; None where it cannot be."""
    cache = os.environ.get("XDG_CACHE_HOME")
    folder = Path.home() / ".cache" if cache is None else Path(cache)
    place = folder / "graphkit-benchmarks" / f"coordination-network-toolkit-{VERSION}"
    command = place / "bin" / "compute_networks"
    if not command.exists():
        venv.create(place, with_pip=True, clear=True)
        pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-q", *PINS]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"peer_toolkit: not installed: {done.stderr.strip()[-200:]}", file=sys.stderr)
            return None
    return command


def as_messages(actions: pl.DataFrame) -> pl.DataFrame:
    """`actions` in the eight columns that the toolkit reads."""
    nothing = pl.lit("")
    return actions.select(
        message_id="action_id",
        user_id="account_id",
        username="account_id",
        repost_id="object_id",
        reply_id=nothing,
        message=nothing,
        timestamp=pl.col("acted_at").dt.epoch("s"),
        urls=nothing,
    )


def counted(command: Path, actions: pl.DataFrame, *, seconds: int) -> Counted:
    """The toolkit's co-retweet network of `actions`, every edge kept, on two processes."""
    with TemporaryDirectory() as folder:
        log, database = Path(folder) / "log.csv", Path(folder) / "network.db"
        as_messages(actions).write_csv(log)
        run = [str(command), str(database)]
        reading = cost([*run, "preprocess", "--format", "csv", str(log)])
        options = ["--time_window", str(seconds), "--min_edge_weight", "1", "--n_cpus", "2"]
        counting = cost([*run, "compute", "co_retweet", *options])
        with sqlite3.connect(database) as connection:
            edges, loops = connection.execute(
                "select count(*), sum(user_1 = user_2) from co_retweet_network"
            ).fetchone()
    return Counted(edges - loops, loops, reading, counting)
