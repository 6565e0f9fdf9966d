# SPDX-License-Identifier: GPL-3.0-or-later
"""The exact near-duplicate join on real texts grown to 680,000, beside two MinHash libraries.

Every run is a process of its own, with its wall, CPU and peak memory. The texts are those of the
Weibo posts and stories beside the project, in normal form and distinct, grown by seeded splices:
the beginning of one and the end of another, and a few characters exchanged. Without that data, or
where the libraries cannot be installed, this is said and skipped. Recall of the join is against
comparing a sample with everything; that of the libraries against the join.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from benchmarks.peer_minhash import minhash, verified_pairs
from benchmarks.text_world import SHARED
from benchmarks.whole_process import cost
from graphkit.text.near_duplicates import near_duplicate_groups, near_duplicate_pairs
from graphkit.text.normal import normal_form
from graphkit.text.shingles import shingles

SEED, SAMPLE, SHORTEST, THRESHOLD = 20261122, 2_000, 3, 0.7
FILES = ("weibo_ma2016/text_sample", "weibo_ma2016/originals", "stories/stories")
SIZES, MOST = (100_000, 680_000), {"rensa": 680_000, "datasketch": 100_000}
MODES = {"pairs": (0.7, None), "groups .5": (0.5, None), "groups .5 or .8 held": (0.5, 0.8)}


def real_texts(folder: Path = SHARED) -> list[str]:
    """The distinct normal forms of the texts beside the project, of three characters or more."""
    texts = pl.concat(pl.read_parquet(folder / f"{name}.parquet")["text"] for name in FILES)
    plain = normal_form(texts).drop_nulls()
    return plain.filter(plain.str.len_chars() >= SHORTEST).unique().sort().to_list()


def grown(texts: list[str], count: int) -> list[str]:
    """`texts` and seeded splices of them, `count` distinct texts in all."""
    draw, made = np.random.default_rng(SEED), dict.fromkeys(texts[:count])
    letters = "".join(texts[::37])
    while len(made) < count:
        one, other = (texts[int(n)] for n in draw.integers(len(texts), size=2))
        cut = int(draw.integers(len(one) // 2, len(one) + 1))
        said = list(one[:cut] + other[len(other) - int(draw.integers(0, 12)) :])
        for place in np.flatnonzero(draw.random(len(said)) < draw.choice([0.0, 0.02, 0.1])):
            said[place] = letters[int(draw.integers(len(letters)))]
        if len(said) >= SHORTEST:
            made["".join(said)] = None
    return list(made)


def frame(texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"text_id": [f"{n:07d}" for n in range(len(texts))], "text": texts})


def pairs_of_sample(texts: pl.DataFrame, chosen: np.ndarray) -> set[tuple[int, int]]:
    """All pairs of Jaccard 0.7 with a text of the sample, by comparing it with everything."""
    numbered = texts.with_row_index("n").select(text_id="n", text="text")
    of_texts = shingles(numbered)
    column = of_texts["shingle"].rank("dense").to_numpy().astype(np.int64) - 1
    row = of_texts["text_id"].to_numpy().astype(np.int64)
    held = csr_array((np.ones(len(row), np.int32), (row, column)))
    shared = (held[chosen] @ held.T).tocoo()
    sizes = np.bincount(row, minlength=texts.height)
    a, b = chosen[shared.coords[0]], shared.coords[1]
    close = shared.data >= THRESHOLD * (sizes[a] + sizes[b] - shared.data) - 1e-9
    close &= a != b
    ends = np.sort(np.stack([a[close], b[close]], axis=1), axis=1)
    return set(map(tuple, ends.tolist()))


def recall(texts: pl.DataFrame, found: np.ndarray) -> tuple[float, int]:
    """The share of the sample's pairs that are in `found` (pairs of numbers), and how many it has.

    Every pair of `found` that touches the sample must be one of them.
    """
    size = min(SAMPLE, texts.height)
    chosen = np.sort(np.random.default_rng(SEED).choice(texts.height, size, replace=False))
    wanted = pairs_of_sample(texts, chosen)
    touching = np.isin(found, chosen).any(axis=1)
    ours = set(map(tuple, np.sort(found[touching], axis=1).tolist()))
    assert ours <= wanted
    return len(ours & wanted) / max(len(wanted), 1), len(wanted)


def join(mode: str, file: Path, result: Path) -> None:
    """Runs one mode on the lines of `file`; pairs go to `result`."""
    threshold, containment = MODES[mode]
    texts = frame(file.read_text("utf-8").split("\n"))
    task = near_duplicate_pairs if mode == "pairs" else near_duplicate_groups
    rows = task(texts, threshold=threshold, containment=containment)
    if mode == "pairs":
        np.save(result, rows.select(pl.col("a", "b").cast(pl.Int64)).to_numpy())
    print(rows.height)


def measured(texts: list[str], folder: Path, wanted: set[str]) -> None:
    """Prints the cost of each mode and peer that is `wanted` on `texts`; pairs always."""
    file, result = folder / "texts.txt", folder / "pairs.npy"
    file.write_text("\n".join(texts), "utf-8")
    for mode in (each for each in MODES if each in wanted):
        run = [
            sys.executable,
            "-m",
            "benchmarks.bench_near_duplicates",
            mode,
            str(file),
            str(result),
        ]
        took = cost(run)
        said = f"{took.wall:.1f} s wall, {took.cpu:.1f} s CPU, {took.peak:.0f} MB"
        print(f"{len(texts):,} texts, {mode}: {said}, {int(took.output):,} rows", flush=True)
    exact = np.load(result)
    share, known = recall(frame(texts), exact)
    print(f"recall against comparing {SAMPLE} with all: {share:.4f} of {known:,} pairs", flush=True)
    python = minhash()
    for peer, most in MOST.items():
        if len(texts) > most or peer not in wanted:
            continue
        if python is None:
            print(f"{peer}: skipped, it could not be installed")
            continue
        took = verified_pairs(python, peer, texts=file, found=folder / "theirs.npy")
        theirs = set(map(tuple, np.load(folder / "theirs.npy").tolist()))
        hits = len(theirs & set(map(tuple, exact.tolist()))) / len(exact)
        said = f"{took.wall:.1f} s wall, {took.cpu:.1f} s CPU, {took.peak:.0f} MB"
        print(f"{len(texts):,} texts, {peer}: {said}, recall {hits:.4f}", flush=True)


def main() -> None:
    """Prints a line for each size, mode and library, or for those named: `680000 pairs rensa`."""
    if sys.argv[1:2] and sys.argv[1] in MODES:
        join(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    if not SHARED.exists():
        print("near-duplicates: skipped, the reference data is not beside the project")
        return
    texts = real_texts()
    print(f"{len(texts):,} real texts")
    asked = [int(each) for each in sys.argv[1:] if each.isdigit()]
    every = {*MODES, *MOST}
    wanted = {"pairs", *(every & set(sys.argv[1:]))} if asked else every
    for size in asked if asked else SIZES:
        with TemporaryDirectory() as folder:
            measured(grown(texts, size), Path(folder), wanted)


if __name__ == "__main__":
    main()
