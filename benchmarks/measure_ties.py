# SPDX-License-Identifier: GPL-3.0-or-later
"""How often two groups that have nothing to do with each other would be tied by their members.

`python -m benchmarks.measure_ties`: pairs of groups drawn from the accounts of the invented world's
log, each account alike, or as often as it acts (seed 401).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from graphkit.graphs.member_overlap import overlap
from graphkit.investigation.shipped import dataset
from graphkit.investigation.ties import ALPHA

PAIRS, SIZES, SEED = 2_000, (60, 24), 401


def main() -> None:
    """Prints the share of pairs with p <= .05 and <= ALPHA under both ways of drawing."""
    [file] = [f for f in dataset("invented_world").files if f.path.name == "actions.parquet"]
    log = pl.read_parquet(file.path)
    activity = log.group_by("account_id").agg(count=pl.len()).sort("account_id")
    names = activity["account_id"].to_numpy()
    weight = activity["count"].to_numpy() / activity["count"].sum()
    dice = np.random.default_rng(SEED)
    print(f"{activity.height} accounts, {PAIRS} pairs of groups of {SIZES[0]} and {SIZES[1]}")
    for drawn, chance in (("each account alike", None), ("as often as it acts", weight)):
        groups = [
            [dice.choice(names, size, replace=False, p=chance).tolist() for size in SIZES]
            for _ in range(PAIRS)
        ]
        found = [overlap(activity, *pair) for pair in groups]
        for name in ("p_value", "p_alike"):
            values = np.array([getattr(each, name) for each in found])
            shares = ", ".join(f"p <= {a}: {(values <= a).mean():.4f}" for a in (0.05, ALPHA))
            print(f"{drawn}, {name}: {shares}")


if __name__ == "__main__":
    main()
