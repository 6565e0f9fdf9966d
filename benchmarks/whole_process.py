# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command costs as a whole process, its children included: wall, CPU and peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TICK = 0.02


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and CPU, the peak of resident memory in MB, and what was printed.

    `peak` is the largest sum over the processes that ran at one time, looked at every 20 ms, or the
    most that one of them held, if that is more. The kernel's own figure for a child (`ru_maxrss`)
    counts what its parent held, too.
    """

    wall: float
    cpu: float
    peak: float
    output: str


def _resident(group: int) -> tuple[float, float]:
    """MB that the processes of a process group hold together, and the most that one has held."""
    held, most = 0, 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[2]) != group:
                continue
            status = dict(
                line.split(":", 1) for line in (folder / "status").read_text().splitlines()
            )
        except OSError:  # it has ended
            continue
        held += int(status.get("VmRSS", "0 kB").split()[0])
        most = max(most, int(status.get("VmHWM", "0 kB").split()[0]))
    return held / 1024, most / 1024


def cost(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """What `command` costs, with `environment` added to this process's.

    Raises:
        RuntimeError: the command fails; the message ends with what it printed.
    """
    added = {} if environment is None else environment
    with TemporaryFile("w+") as printed:
        started, peak = time.perf_counter(), 0.0
        process = subprocess.Popen(
            command,
            stdout=printed,
            stderr=subprocess.STDOUT,
            env={**os.environ, **added},
            start_new_session=True,
        )
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        while not ended:
            peak = max(peak, *_resident(process.pid))
            time.sleep(TICK)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        output = printed.read()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {output[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak, output)
