# SPDX-License-Identifier: GPL-3.0-or-later
"""Near-duplicate pairs among generated short texts: CPU seconds, rows and peak memory by size."""

from __future__ import annotations

import resource
import time

import numpy as np
import polars as pl

from graphkit.text.near_duplicates import near_duplicate_groups, near_duplicate_pairs

WORDS, WORDS_PER_TEXT, COPIED_SHARE, CHANGED_SHARE, SEED = 20_000, (15, 60), 0.3, 0.1, 20261122


def generated_texts(count: int) -> pl.DataFrame:
    """Texts of 30 to 120 Chinese characters in words of Zipf frequency, 30 % altered copies."""
    rng = np.random.default_rng(SEED)
    words = [chr(0x4E00 + i // 140) + chr(0x4E00 + 500 + i % 140 * 7) for i in range(WORDS)]
    weights = 1 / np.arange(1, WORDS + 1)
    rows: list[np.ndarray] = []
    for copied in rng.random(count) < COPIED_SHARE:
        if copied and rows:
            row = rows[rng.integers(len(rows))].copy()
            changed = rng.random(len(row)) < CHANGED_SHARE * rng.random()
            row[changed] = rng.integers(WORDS, size=changed.sum())
        else:
            row = rng.choice(WORDS, rng.integers(*WORDS_PER_TEXT), p=weights / weights.sum())
        rows.append(row)
    texts = ["".join(words[word] for word in row) for row in rows]
    return pl.DataFrame({"text_id": [f"t{i:07d}" for i in range(count)], "text": texts})


TASKS = {
    "pairs, Jaccard .7": (near_duplicate_pairs, 0.7, None),
    "pairs, Jaccard .5": (near_duplicate_pairs, 0.5, None),
    "pairs, Jaccard .5 or containment .8": (near_duplicate_pairs, 0.5, 0.8),
    "groups, Jaccard .5": (near_duplicate_groups, 0.5, None),
}


def main() -> None:
    """Prints a line for each size and task."""
    for count in (10_000, 100_000):
        texts = generated_texts(count)
        for name, (task, threshold, containment) in TASKS.items():
            start = time.process_time()
            rows = task(texts, threshold=threshold, containment=containment).height
            seconds = time.process_time() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count:>7} texts, {name}: {seconds:.1f} s of CPU, {rows} rows, peak {peak:.0f} MB"
            )


if __name__ == "__main__":
    main()
