# SPDX-License-Identifier: GPL-3.0-or-later
"""The one long job of a case: a graphkit subprocess, so that no page waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUN = "import sys; from graphkit.cli import main; sys.exit(main())"
_TAIL = 4096  # bytes of what a job printed that are looked at for its last line


@dataclass(frozen=True)
class Progress:
    """A job as a page shows it: `status` is None while it runs, else its exit status."""

    number: int
    title: str
    done: str
    seconds: int
    line: str
    status: int | None


@dataclass
class _Job:
    number: int
    title: str
    done: str
    began: float
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    seconds: int = 0
    line: str = ""

    def look(self) -> int | None:
        """The exit status, None while it runs; notes the time and the last line till then."""
        status = self.process.poll()
        if not self.output.closed:
            self.seconds, self.line = int(time.monotonic() - self.began), _last_line(self.output)
            if status is not None:
                self.output.close()
        return status


class Jobs:
    """Starts, watches and stops the job; at most one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: _Job | None = None

    def start(self, arguments: Sequence[str], *, title: str, done: str) -> int:
        """The number of the job: `graphkit` with `arguments`; `done` is said at its good end.

        Raises:
            ParameterError: another job is still running.
        """
        with self._lock:
            if self._job is not None and self._job.look() is None:
                raise ParameterError(f"another job is running: {self._job.title}")
            number = 1 if self._job is None else self._job.number + 1
            output = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the job is shown
            process = subprocess.Popen(
                [sys.executable, "-c", _RUN, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            self._job = _Job(number, title, done, time.monotonic(), process, output)
            return number

    def progress(self) -> Progress | None:
        """The last job that was started, or None."""
        with self._lock:
            job = self._job
            if job is None:
                return None
            status = job.look()
            return Progress(job.number, job.title, job.done, job.seconds, job.line, status)

    def stop(self) -> int | None:
        """The number of the last job, ended; what it had saved stays, and nothing by half."""
        with self._lock:
            if self._job is not None and self._job.look() is None:
                self._job.process.terminate()
                self._job.process.wait()
                self._job.look()
            return None if self._job is None else self._job.number


def _last_line(output: IO[bytes]) -> str:
    """The last line that the job printed, without the name of the program."""
    handle = output.fileno()  # its place is shared with the job, so it is not moved
    size = os.fstat(handle).st_size
    tail = os.pread(handle, _TAIL, max(0, size - _TAIL))
    lines = tail.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("graphkit: ") if lines else ""
