# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/measured/coordinated-sharing.md says: false groups, power, and the null's classes.

`python -m benchmarks.measure_coordinated_sharing`; needs the reference data beside the project.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.bench_coaction import WITHIN, reference_log
from graphkit.detectors.coordinated_sharing import Params
from graphkit.graphs.coaction import edge_codes, timed_rows
from graphkit.graphs.coaction_groups import GroupRule, coaction_groups, permuted_rows
from graphkit.graphs.nulls import benjamini_hochberg, burst_null, poisson_tail
from graphkit.kernels.coaction import sweep_edges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.graphs.coaction import TimedRows

SEEDS = (7001, 7002, 7003, 7004, 7005)  # none of them was used in choosing a rule or threshold
TAKE_PART = 0.9


def default_rule() -> GroupRule:
    """The rule of the detector's default parameters."""
    params = Params()
    return GroupRule(**{each.name: getattr(params, each.name) for each in fields(GroupRule)})


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


def false_groups(actions: pl.DataFrame, permutations: int = 20) -> str:
    """Edges and groups in the log, and in the log with its accounts permuted within the hour."""
    rule = replace(default_rule(), permutations=permutations, seed=SEEDS[0], stratum_rows=1)
    rows = timed_rows(actions, within=WITHIN)
    with_edges = with_groups = 0
    for permuted in permuted_rows(rows, rule):
        accounts = permuted.names.gather(permuted.accounts)
        dealt = permuted.actions[permuted.position].with_columns(account_id=accounts)
        edges, _ = edge_codes(permuted, min_objects=rule.min_objects)
        with_edges += int((edges["q_value"] <= rule.alpha).any())
        found = coaction_groups(dealt, replace(rule, permutations=0))
        with_groups += int(found.chances.height > 0)
    real, _ = edge_codes(rows, min_objects=rule.min_objects)
    groups = coaction_groups(actions, rule).chances.height
    return (
        f"real log: {real.height} edges of two objects, {(real['q_value'] <= rule.alpha).sum()} at "
        f"q {rule.alpha}, {groups} groups; permuted {permutations} times: {with_edges} times an "
        f"edge, {with_groups} times a group"
    )


def power(actions: pl.DataFrame) -> Iterator[str]:
    """Per size and number of objects: members recovered, others accused, groups with p <= .01."""
    rule = default_rule()
    for accounts in (5, 10, 20):
        for objects in (3, 5, 8):
            recovered, others, significant = [], 0, 0
            for seed in SEEDS:
                log, members = implanted(actions, accounts=accounts, objects=objects, seed=seed)
                found = coaction_groups(log, rule)
                named = set(found.edges["a"]) | set(found.edges["b"])
                recovered.append(len(named & set(members)) / accounts)
                others += len(named - set(members))
                significant += int((found.chances["p_value"] <= Params().strong_p).any())
            yield (
                f"| {accounts} | {objects} | {np.mean(recovered):.2f} | {others} | "
                f"{significant} of {len(SEEDS)} |"
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
    """Prints the figures of docs/measured/coordinated-sharing.md."""
    actions = reference_log("russian_coord_tweets")
    if actions is None:
        print("measure_coordinated_sharing: skipped, the reference data is not beside the project")
        return
    print(false_groups(actions))
    for line in (*power(actions), *classes(actions)):
        print(line)


if __name__ == "__main__":
    main()
