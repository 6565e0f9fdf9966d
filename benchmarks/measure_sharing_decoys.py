# SPDX-License-Identifier: GPL-3.0-or-later
"""An obvious group added to a real log: does it change who is named in another group there?

`python -m benchmarks.measure_sharing_decoys`; needs the reference data beside the project.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.real_logs import Implant, implanted_group, named_accounts, real_logs, seconds

SEEDS = range(7301, 7321)
DECOYS = ((5, 5), (20, 10), (50, 20), (200, 10), (20, 100))
"""Accounts and objects of the decoy groups."""


def with_decoys(log: pl.DataFrame, accounts: int, objects: int, seed: int) -> pl.DataFrame:
    """`log` and a group of new accounts on new objects, all together each time."""
    rng = np.random.default_rng(seed)
    times = log["acted_at"].gather(rng.integers(log.height, size=objects))
    names = pl.DataFrame({"account_id": [f"decoy{i:03}" for i in range(accounts)]})
    rows = pl.DataFrame(
        {"object_id": [f"decoy{i}" for i in range(objects)], "acted_at": times}
    ).join(names, how="cross")
    rows = rows.with_columns(
        pl.col("acted_at") + seconds(rng.integers(0, 45, rows.height)),
        action_id=pl.format("d{}", pl.int_range(pl.len())),
    )
    return pl.concat([log, rows.select(log.columns)])


def main() -> None:
    """Prints in how many insertions of a decoy group the other accounts named are the same."""
    for name, log in real_logs().items():
        same = tries = 0
        for number, seed in enumerate(SEEDS):
            group = Implant(accounts=(5, 10, 20, 50)[number % 4], shares=3 + number // 4 % 2)
            added, _ = implanted_group(log, group, seed)
            before, _ = named_accounts(added)
            for accounts, objects in DECOYS:
                named, _ = named_accounts(with_decoys(added, accounts, objects, seed))
                same += {each for each in named if not each.startswith("decoy")} == before
                tries += 1
        print(f"{name}: the same accounts in {same} of {tries}", flush=True)


if __name__ == "__main__":
    main()
