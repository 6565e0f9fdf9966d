# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user waits for: help, and the whole demo, as processes, with CPU and wall seconds."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from statistics import median


def timed(*arguments, folder=None):
    """CPU and wall seconds of one run of graphkit."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", "from graphkit.cli import main; main()", *arguments]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start


def main() -> None:
    """Prints the figures."""
    print(f"load {os.getloadavg()[0]:.1f}")
    helps = [timed("--help") for _ in range(5)]
    print(f"graphkit --help: {median(c for c, _ in helps):.3f} s CPU (median of 5)")
    for run in ("cold caches of a new folder", "again, in another new folder"):
        with tempfile.TemporaryDirectory() as folder:
            cpu, wall = timed("demo", folder=folder)
        print(f"graphkit demo ({run}): {cpu:.1f} s CPU, {wall:.1f} s wall")
