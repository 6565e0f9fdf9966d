# SPDX-License-Identifier: GPL-3.0-or-later
"""UGFraud's FRAUDAR in an environment of its own, on the edges of a generated log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = "0.1.1.3"
PINS = (f"UGFraud=={VERSION}", "numpy==2.4.6", "scipy==1.17.1")
RUN = """
import json, sys, time
import numpy as np
from scipy import sparse
from UGFraud.Detector.Fraudar import logWeightedAveDegree
rows, columns = np.load(sys.argv[1])
matrix = sparse.csc_matrix((np.ones(len(rows)), (rows, columns)))
start = time.process_time()
(accounts, objects), score = logWeightedAveDegree(matrix)
spent = time.process_time() - start
print(json.dumps([float(score), len(accounts), len(objects), spent]))
"""


@dataclass(frozen=True)
class Peeled:
    """The score and size of the block, and the seconds of CPU it took without reading the edges."""

    score: float
    accounts: int
    objects: int
    seconds: float


def fraudar() -> Path | None:
    """The Python that has UGFraud, installed if it was not; None where it cannot be."""
    cache = os.environ.get("XDG_CACHE_HOME")
    folder = Path.home() / ".cache" if cache is None else Path(cache)
    place = folder / "graphkit-benchmarks" / f"UGFraud-{VERSION}"
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "-q", *PINS]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"peer_fraudar: not installed: {done.stderr.strip()[-200:]}", file=sys.stderr)
            return None
        (place / "ready").touch()
    return python


def peeled(python: Path, edges: NDArray[np.int64]) -> Peeled:
    """What UGFraud finds on `edges`: two rows, account and object codes, both from 0."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "edges.npy"
        np.save(file, edges)
        run = [str(python), "-c", RUN, str(file)]
        done = subprocess.run(run, capture_output=True, text=True, check=True)
    return Peeled(*json.loads(done.stdout))
