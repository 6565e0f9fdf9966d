# SPDX-License-Identifier: GPL-3.0-or-later
"""A group named beforehand: false alarms on random groups, power, and a published study re-run.

`python -m benchmarks.measure_named_group`; needs the reference data beside the project.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from benchmarks.bench_coaction import WITHIN, reference_log
from benchmarks.measure_coordinated_sharing import SEEDS, implanted
from benchmarks.real_logs import default_rule
from graphkit.graphs.coaction import coaction
from graphkit.graphs.edge_rules import RULES, coortweet_pairs
from graphkit.graphs.named_group import named_group

GROUPS = 200  # some two minutes a setting


def false_alarms(actions: pl.DataFrame, size: int, *, busy: bool) -> str:
    """Random groups of the log with p <= 0.05: of any accounts, or of its busiest tenth."""
    rng = np.random.default_rng(SEEDS[0])
    counts = actions["account_id"].value_counts().sort("count", "account_id", descending=True)
    names = counts.head(counts.height // 10 if busy else counts.height)["account_id"].sort()
    rule = replace(default_rule(), permutations=99, stratum_rows=100)
    hits = 0
    for number in range(GROUPS):
        chosen = names.gather(rng.choice(len(names), size, replace=False))
        hits += named_group(actions, chosen, replace(rule, seed=number)).p_value <= 0.05
    return f"{size} accounts, {'the busiest tenth' if busy else 'any'}: {hits} of {GROUPS}"


def power(actions: pl.DataFrame, accounts: int, objects: int) -> str:
    """How many of five implanted groups have p <= 0.05 and p <= 0.01 when they are named."""
    found = []
    for seed in SEEDS:
        log, members = implanted(actions, accounts=accounts, objects=objects, seed=seed)
        found.append(named_group(log, pl.Series(members), default_rule()).p_value)
    small = sum(p <= 0.05 for p in found), sum(p <= 0.01 for p in found)
    return f"| {accounts} | {objects} | {small[0]} of 5 | {small[1]} of 5 |"


def study(actions: pl.DataFrame) -> str:
    """CooRTweet's own example: what its default keeps, and what of it is beyond chance."""
    pairs = coortweet_pairs(actions, WITHIN)
    kept = RULES["coortweet"].edges(actions, WITHIN)
    tested = coaction(actions, within=WITHIN).edges
    beyond = tested.filter(pl.col("q_value") <= 0.05)
    survive = kept.join(beyond, on=["a", "b"], how="semi")
    of_kept = tested.join(kept, on=["a", "b"], how="semi")
    return (
        f"{pairs.select('a', 'b').n_unique()} pairs of accounts, {kept.height} above the median; "
        f"of those {survive.height} at q 0.05; smallest q of the rest "
        f"{of_kept.filter(pl.col('q_value') > 0.05)['q_value'].min():.3g}"
    )


def main() -> None:
    actions = reference_log("russian_coord_tweets")
    print("CooRTweet's example, 60 s:", study(actions))
    for size in (5, 20):
        for busy in (False, True):
            print(
                "random groups with p <= .05:", false_alarms(actions, size, busy=busy), flush=True
            )
    print("| accounts | objects | p <= .05 | p <= .01 |\n|---|---|---|---|")
    for accounts, objects in ((3, 1), (3, 2), (5, 1), (5, 2), (10, 1), (10, 2)):
        print(power(actions, accounts, objects), flush=True)


if __name__ == "__main__":
    main()
