# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/measured/coordinated-sharing.md says: false groups, and the null's classes.

`python -m benchmarks.measure_coordinated_sharing`; needs the reference data beside the project.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import beta

from benchmarks.bench_coaction import WITHIN, reference_log
from benchmarks.real_logs import default_rule, weibo_log
from graphkit.detectors.coordinated_sharing import Params
from graphkit.graphs.coaction import edge_codes, timed_rows
from graphkit.graphs.coaction_groups import coaction_groups, permuted_rows
from graphkit.graphs.nulls import benjamini_hochberg, burst_null, poisson_tail
from graphkit.kernels.coaction import sweep_edges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.graphs.coaction import TimedRows

SEEDS = (7001, 7002, 7003, 7004, 7005)  # none of them was used in choosing a rule or threshold
TAKE_PART = 0.9
BUSY_MONTH = "2015-04"  # of the Weibo cascades: accounts that meet on several objects
SHUFFLES = {"russian": 300, "weibo": 200}


def implanted(
    actions: pl.DataFrame, *, accounts: int, objects: int, seed: int, share: float = TAKE_PART
) -> tuple[pl.DataFrame, list[str]]:
    """`actions` and a group of its own accounts on new objects, within 45 s each time; its members.

    The times are those of random rows of the log; each member takes part with chance `share`.
    """
    rng = np.random.default_rng(seed)
    names = actions["account_id"].unique().sort()
    members = names.gather(np.sort(rng.choice(len(names), accounts, replace=False)))
    starts = actions["acted_at"].gather(rng.integers(actions.height, size=objects))
    rows = pl.DataFrame({"object_id": [f"new{i}" for i in range(objects)], "start": starts}).join(
        members.to_frame(), how="cross"
    )
    rows = rows.filter(pl.Series(rng.random(rows.height) < share)).with_row_index()
    delay = pl.Series(rng.integers(0, 45, rows.height)) * timedelta(seconds=1)
    added = rows.select(
        pl.format("i{}", "index").alias("action_id"),
        "object_id",
        "account_id",
        (pl.col("start") + delay).alias("acted_at"),
    )
    return pl.concat([actions, added]), members.to_list()


def interval(hits: int, tries: int) -> str:
    """The 95 % interval of a share (Clopper and Pearson 1934)."""
    low = float(beta.ppf(0.025, hits, tries - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, tries - hits)) if hits < tries else 1.0
    return f"{hits} of {tries}, {low:.1%} to {high:.1%}"


def as_log(rows: TimedRows) -> pl.DataFrame:
    """The log that `rows` were read from."""
    times = pl.Series(rows.times).cast(pl.Datetime("us", "UTC"))
    ids = rows.action_ids.gather(rows.position)
    named = {"action_id": ids, "account_id": rows.names.gather(rows.accounts)}
    return pl.DataFrame(named | {"object_id": rows.items.gather(rows.objects), "acted_at": times})


def shuffles(actions: pl.DataFrame, tries: int) -> str:
    """How often a log shuffled within the hour has an edge of two objects at q, and a group."""
    rule = replace(default_rule(), permutations=tries, seed=SEEDS[0], stratum_rows=1)
    with_edges = with_groups = pairs = 0
    for permuted in permuted_rows(timed_rows(actions, within=WITHIN), rule):
        dealt = as_log(permuted)
        edges, _ = edge_codes(permuted, min_objects=rule.min_objects)
        pairs += edges.height
        with_edges += int((edges["q_value"] <= rule.alpha).any())
        found = coaction_groups(dealt, replace(rule, permutations=0))
        with_groups += int(found.chances.height > 0)
    return (
        f"shuffled: {pairs / tries:.1f} edges of two objects a shuffle; an edge at q in "
        f"{interval(with_edges, tries)}; a group in {interval(with_groups, tries)}"
    )


def real(actions: pl.DataFrame) -> str:
    """What the log itself shows."""
    rule = default_rule()
    edges, _ = edge_codes(timed_rows(actions, within=WITHIN), min_objects=rule.min_objects)
    groups = coaction_groups(actions, rule).chances.height
    return (
        f"{actions.height:,} rows, {edges.height} edges of two objects, "
        f"{(edges['q_value'] <= rule.alpha).sum()} of them at q {rule.alpha}, {groups} groups"
    )


def recalled(rows: TimedRows, members: list[str], *, by_all_pairs: bool) -> float:
    """The share of a group's pairs that are edges, with either way of making burst classes."""
    objects_count = int(rows.objects[-1]) + 1
    layout = (rows.low, rows.high, rows.order, rows.starts)
    found, pairs, one_off = sweep_edges(rows.objects, rows.accounts, *layout, objects_count, 2)
    null = burst_null(
        rows.accounts,
        rows.objects,
        object_pairs=pairs,
        one_off=pairs if by_all_pairs else one_off,
    )
    a, b, shared, _ = found.T
    q = benjamini_hochberg(poisson_tail(shared, null.expected(a, b)), tests=rows.tests)
    codes = rows.names.search_sorted(pl.Series(sorted(members))).to_numpy()
    inside = np.isin(a, codes) & np.isin(b, codes)
    pairs_count = len(members) * (len(members) - 1) / 2
    return float((inside & (q <= Params().alpha)).sum() / pairs_count)


def classes(actions: pl.DataFrame) -> Iterator[str]:
    """Per size, objects, participation: pairs recalled by classes of all or of one-off pairs."""
    for accounts, objects, share in ((9, 3, 0.9), (50, 3, 0.9), (60, 6, 0.6), (200, 8, 0.9)):
        recalls = []
        for seed in SEEDS:
            log, members = implanted(
                actions, accounts=accounts, objects=objects, seed=seed, share=share
            )
            rows = timed_rows(log, within=WITHIN)
            recalls.append([recalled(rows, members, by_all_pairs=way) for way in (True, False)])
        by_all, by_one_off = np.mean(recalls, axis=0)
        yield f"| {accounts} | {objects} | {share} | {by_all:.2f} | {by_one_off:.2f} |"


def main() -> None:
    """Prints the figures on shuffles and classes of docs/measured/coordinated-sharing.md."""
    logs = {"russian": reference_log("russian_coord_tweets"), "weibo": weibo_log(BUSY_MONTH)}
    for name, actions in logs.items():
        if actions is not None and (name in sys.argv[1:] or len(sys.argv) == 1):
            print(f"{name}: {real(actions)}", flush=True)
            print(shuffles(actions, SHUFFLES[name]), flush=True)
            for line in classes(actions) if name == "russian" else ():
                print(line)


if __name__ == "__main__":
    main()
