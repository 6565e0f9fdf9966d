# SPDX-License-Identifier: GPL-3.0-or-later
"""datasketch and rensa in an environment of their own: near-duplicates by MinHash and bands."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.whole_process import cost

if TYPE_CHECKING:
    from benchmarks.whole_process import Cost

PINS = ("datasketch==2.0.0", "rensa==0.5.0", "numpy==2.4.6", "scipy==1.17.1")
READ = """
import sys
import numpy as np
texts = open(sys.argv[1], encoding="utf-8").read().split("\\n")
tokens = [{text[i:i + 3] for i in range(len(text) - 2)} for text in texts]
pairs = []
"""
DATASKETCH = """
from datasketch import MinHash, MinHashLSH
lsh = MinHashLSH(threshold=0.7, num_perm=128, params=(25, 5))
made = list(MinHash.bulk([[t.encode() for t in each] for each in tokens], num_perm=128))
with lsh.insertion_session() as session:
    for number, each in enumerate(made):
        session.insert(number, each, check_duplication=False)
for number, each in enumerate(made):
    pairs += [(number, other) for other in lsh.query(each) if other > number]
"""
RENSA = """
from rensa import RMinHash, RMinHashLSH
made = RMinHash.from_token_sets([sorted(each) for each in tokens], num_perm=125, seed=42)
lsh = RMinHashLSH(threshold=0.7, num_perm=125, num_bands=25)
lsh.insert_many(made)
for number, found in enumerate(lsh.query_all(made)):
    pairs += [(number, other) for other in found if other > number]
"""
VERIFY = """
def jaccard(a, b):
    shared = len(tokens[a] & tokens[b])
    return shared / (len(tokens[a]) + len(tokens[b]) - shared)
kept = [(a, b) for a, b in pairs if jaccard(a, b) >= 0.7 - 1e-9]
np.save(sys.argv[2], np.array(kept, np.int64).reshape(-1, 2))
print(len(pairs))
"""
SCRIPTS = {"datasketch": READ + DATASKETCH + VERIFY, "rensa": READ + RENSA + VERIFY}


def minhash() -> Path | None:
    """The Python that has both, installed if it was not; None where they cannot be."""
    cache = os.environ.get("XDG_CACHE_HOME")
    folder = Path.home() / ".cache" if cache is None else Path(cache)
    place = folder / "graphkit-benchmarks" / "minhash-1"
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "-q", *PINS]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"peer_minhash: not installed: {done.stderr.strip()[-200:]}", file=sys.stderr)
            return None
        (place / "ready").touch()
    return python


def verified_pairs(python: Path, peer: str, *, texts: Path, found: Path) -> Cost:
    """What `peer` costs on the lines of `texts`; its candidates of Jaccard 0.7 go to `found`.

    The candidates are compared exactly, so that what is missed is all that it does wrong.
    """
    return cost([str(python), "-c", SCRIPTS[peer], str(texts), str(found)])
