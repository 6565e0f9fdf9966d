# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks cut into a real log: who is found beside what; and what nobody could find in an invented.

`python -m benchmarks.measure_ranking_power null` says what the real log has without a block, as it
is and with the accounts permuted within the hours (`null larger`: of a larger month); `blocks`
writes the table beside the page; `picture` draws it; `told` asks a test that is told the windows of
the small blocks. `tuning` beside another word takes the month and seeds that rules were chosen on.
Needs the reference data.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import combinations
from math import comb, log10
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import polars as pl

from benchmarks.measure_ranking import f1
from benchmarks.ranking_world import Plant, corpus_of, world_of
from benchmarks.real_logs import MONTH, TUNING_MONTH, Implant, implanted_group, weibo_log
from graphkit.detectors.ranking_manipulation import Params, detect
from graphkit.graphs.audience_groups import co_audience, distinct_groups
from graphkit.graphs.coaudience import (
    ActionLog,
    CoAudienceRule,
    Grid,
    action_log,
    audience_pairs,
    audiences,
    shuffled,
)
from graphkit.graphs.nulls import poisson_tail
from graphkit.tables import ACTIONS, Corpus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from graphkit.graphs.coaudience import Audiences

    Bools = NDArray[np.bool_]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "measured"
TABLE, PICTURE = PAGE / "ranking-manipulation-power.csv", PAGE / "ranking-manipulation-power.svg"
LARGER = "2015-11"  # 330,000 reposts of 640 cascades, for the null
SEEDS, SHUFFLES, WORLDS = (7301, 7302, 7303), range(7401, 7421), range(101, 109)
SIZES, TOPICS = (5, 10, 20, 50), (2, 3, 5, 10)
PLACES = {
    "new topics, nine in ten": {},
    "new topics, half": {"present": 0.5},
    "new topics, nine in ten, camouflage": {"camouflage": 3, "biased": True},
    "in others' bursts, nine in ten": {"in_bursts": True},
}
GRIDS = [Grid(width, offset) for width in (60, 600, 3600) for offset in (0, width // 2)]
RULE = CoAudienceRule(family=len(GRIDS))


def real_log(month: str) -> pl.DataFrame:
    """The reposts of a month; a topic is a cascade."""
    log = weibo_log(month)
    if log is None:
        sys.exit("no reference data beside the project")
    topic = pl.col("object_id").str.split(".").list.first()
    return log.with_columns(object_id=topic, act=pl.lit("repost"))


def groups(log: ActionLog) -> list[set[str]]:
    """The core accounts of the groups that the detector would report on."""
    found = distinct_groups(
        group for grid in GRIDS for group in co_audience(log, grid, RULE).groups
    )
    return [set(log.account_ids.gather(group.core)) for group, _ in found]


def null(month: str) -> None:
    """The groups of the real log and of shuffled ones, and how the detector ends them."""
    rows = real_log(month)
    fixed = {"time_precision": "second", "source_id": "log"}
    table = rows.with_columns(pl.lit(value).alias(name) for name, value in fixed.items())
    corpus = Corpus(actions=ACTIONS.conform(table))
    found = list(detect(corpus, Params(acts=("repost",), permutations=0)))
    accounts, topics = rows["account_id"].n_unique(), rows["object_id"].n_unique()
    print(f"{month}: {rows.height:,} reposts, {accounts:,} accounts, {topics} cascades")
    print("- as it is:", dict(Counter(f"{each.outcome}, {each.grade}" for each in found)))
    log = action_log(rows)
    counts = [len(groups(shuffled(log, seed=seed))) for seed in SHUFFLES]
    print(f"- of {len(counts)} shuffled logs with a group: {sum(map(bool, counts))}", flush=True)


def lines(month: str, seeds: Sequence[int]) -> Iterator[dict[str, object]]:
    """One line a place, size and number of topics: means of the nearest group, strangers summed."""
    rows = real_log(month)
    for place, how in PLACES.items():
        for accounts in SIZES:
            for topics in TOPICS:
                block = Implant(accounts, topics, **how)  # type: ignore[arg-type]
                seen = [_nearest(rows, block, seed) for seed in seeds]
                yield {
                    "place": place,
                    "accounts": accounts,
                    "topics": topics,
                    "found": sum(score > 0 for score, _ in seen),
                    "f1": round(float(np.mean([score for score, _ in seen])), 3),
                    "strangers": sum(others for _, others in seen),
                }


def _nearest(rows: pl.DataFrame, block: Implant, seed: int) -> tuple[float, int]:
    """F1 of the group nearest to a block that is added, and the strangers in its core."""
    added, names = implanted_group(rows.drop("act"), block, seed)
    found = groups(action_log(added.with_columns(act=pl.lit("repost"))))
    best: set[str] = max(found, key=lambda core: f1(core, set(names)), default=set())
    score = f1(best, set(names))
    return score, len(best - set(names)) if score else 0


def draw(table: pl.DataFrame) -> None:
    """The picture: a panel a place, a line a size."""
    mpl.rcParams.update({"svg.hashsalt": "graphkit", "svg.fonttype": "none", "font.size": 7})
    picture, axes = plt.subplots(1, len(PLACES), figsize=(11, 2.4), sharey=True,
                                 layout="constrained")  # fmt: skip
    for place, axis in zip(PLACES, axes, strict=True):
        for accounts in SIZES:
            line = table.filter(place=place, accounts=accounts).sort("topics")
            axis.plot(line["topics"], line["f1"], marker=".", label=f"{accounts} accounts")
        axis.set_title(place.replace(", ", ",\n"), fontsize=7)
        axis.set_ylim(-0.05, 1.05)
    axes[0].legend(frameon=False)
    picture.supxlabel("topics of the block")
    picture.supylabel("F1 of its accounts")
    picture.savefig(PICTURE, metadata={"Date": None, "Creator": None})
    plt.close(picture)


def told(seeds: Sequence[int]) -> None:
    """How far from chance a fifth of a small block is, for a test that is told its windows.

    The test counts the accounts in two windows or more, against the sum of what every pair shares
    by chance, for the best choice of windows, grid and limit of events. One that is not told
    searches all sets of as many windows: their number times the tail is the least that it could
    report (log10; -3.3 is 1 % over the six grids and three limits).
    """
    print(
        "| seed | block | best pair | needed | best set | its windows |\n|---|---|---|---|---|---|"
    )
    for seed in seeds:
        blocks = (Plant(20, 5, 0.2), Plant(50, 3, 0.2))
        world = world_of(seed, blocks, interests=1 + 29 * (seed % 2))
        log = action_log(corpus_of(world).actions)
        for number, block in enumerate(blocks):
            kind = f"plant-{number}"
            topics = _among(log.topic_ids, [f"t{topic}" for topic in world.topics[kind]])
            members = _among(log.account_ids, [f"a{number}" for number in world.members[kind]])
            each = [_told(log, grid, daily, (topics, members)) for grid in GRIDS
                    for daily in (100, 2, 0.6)]  # fmt: skip
            pair = min(each, key=lambda found: found[0] - found[1])
            best = min(found[2:] for found in each)
            print(f"| {seed} | {block.accounts}x{block.topics} | {pair[0]:.1f} | {pair[1]:.1f} "
                  f"| {best[0]:.1f} | {best[1]} |", flush=True)  # fmt: skip


def _told(
    log: ActionLog, grid: Grid, daily: float, block: tuple[Bools, Bools]
) -> tuple[float, float, float, int]:
    """Log10 of the block's best pair, of what it needs, of its best set of windows; its size."""
    events = audiences(log, grid, CoAudienceRule(max_daily_events=daily))
    pairs, _ = audience_pairs(events, CoAudienceRule(min_accounts=2, min_shared=1))
    chosen = _windows_of(events, *block)
    own = pairs.filter(pl.col("left").is_in(chosen), pl.col("right").is_in(chosen))
    need = log10(RULE.alpha / RULE.family / max(audience_pairs(events, RULE)[1], 1))
    best = log10(max(own["p_value"].to_numpy().min(initial=1.0), 1e-300))
    sets = [_set_tail(events, own, some) for k in range(2, len(chosen) + 1)
            for some in combinations(chosen, k)]  # fmt: skip
    return best, need, *min(sets, default=(0.0, 0))


def _among(ids: pl.Series, wanted: list[str]) -> Bools:
    return ids.is_in(wanted).to_numpy()


def _windows_of(events: Audiences, topics: Bools, members: Bools) -> list[int]:
    """The audience of each topic with most members."""
    inside = np.bincount(events.audience, members[events.account], minlength=events.size.size)
    of_topic = [
        np.flatnonzero((events.topic == t) & (events.size >= 2)) for t in np.flatnonzero(topics)
    ]
    return [int(own[inside[own].argmax()]) for own in of_topic if own.size]


def _set_tail(events: Audiences, own: pl.DataFrame, some: tuple[int, ...]) -> tuple[float, int]:
    """Log10 of the tail of a set of windows times the number of such sets, and the set's size."""
    hits = np.bincount(events.account[np.isin(events.audience, some)])
    least = int(events.size[list(some)].min())
    between = own.filter(pl.col("left").is_in(some), pl.col("right").is_in(some))
    expected = np.maximum(between["expected"].to_numpy().sum(keepdims=True), 1e-9)
    tail = poisson_tail(np.array([(hits >= 2).sum()]), expected).item()
    return log10(max(tail, 1e-300)) + log10(
        comb(int((events.size >= least).sum()), len(some))
    ), len(some)


def main() -> None:
    """Measures what is asked for."""
    words = set(sys.argv[1:])
    month = TUNING_MONTH if "tuning" in words else MONTH
    if "null" in words:
        null(LARGER if "larger" in words else month)
    if "blocks" in words:
        pl.DataFrame(list(lines(month, SEEDS))).write_csv(TABLE)
    if "picture" in words:
        draw(pl.read_csv(TABLE))
    if "told" in words:
        told(range(1, 9) if "tuning" in words else WORLDS)


if __name__ == "__main__":
    main()
