# SPDX-License-Identifier: GPL-3.0-or-later
"""Invented hot lists for the placement measurements: an hourly list that nobody touches, and holds.

Topics come with the rhythm of a day, rise for an hour or three and fade with half-lives of their
own; how much they waver is their own too, and at night all waver less. Some last for weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.tables import RANKINGS

if TYPE_CHECKING:
    from numpy.typing import NDArray

START = datetime(2026, 3, 2, tzinfo=UTC)
LENGTH = 50
HELD = {"topic": pl.String, "snapshot": pl.Int64, "to": pl.Int64}


@dataclass(frozen=True)
class Hold:
    """`count` topics of the list held on `rank`, each for `snapshots` in a row."""

    rank: int
    snapshots: int
    count: int


def _scores(dice: np.random.Generator, hours: int) -> NDArray[np.float64]:
    """Log score of each topic (rows) at each hour, -inf before it comes."""
    at = np.arange(hours)
    waking = 0.55 + 0.45 * np.sin((at % 24 - 9) / 24 * 2 * np.pi)
    begins = np.repeat(at, dice.poisson(12 * waking))
    begins = np.concatenate([np.full(20, -1), begins])
    size = len(begins)
    age = at[None, :] - begins[:, None]
    half_life = np.where(begins < 0, 1e4, dice.lognormal(1.6, 0.7, size))
    rise = dice.integers(1, 4, size)
    life = np.where(age < rise[:, None], age / rise[:, None], 1.0)
    fade = np.clip(age - rise[:, None], 0, None) / half_life[:, None] * np.log(2)
    peak = np.where(begins < 0, 1.0, dice.exponential(1.2, size))
    waver = dice.lognormal(-1.6, 0.6, size)[:, None] * (0.2 + 0.8 * waking)
    walk = np.cumsum(dice.normal(size=age.shape) * waver, axis=1) * 0.5
    noise = walk + dice.normal(size=age.shape) * waver
    total = peak[:, None] + np.log(np.clip(life, 0.05, None)) - fade + noise
    return np.where(age >= 0, total, -np.inf)


def list_of(
    seed: int, holds: tuple[Hold, ...] = (), *, days: int = 14, missed: float = 0.05
) -> tuple[pl.DataFrame, set[str]]:
    """Rankings of one list with reads, and the topics that were held."""
    dice = np.random.default_rng(seed)
    scores = _scores(dice, days * 24)
    order = np.argsort(-scores, axis=0, kind="stable")[: 2 * LENGTH]
    heat = np.round(1e4 * np.exp(np.take_along_axis(scores, order, axis=0))).astype(np.int64) + 1
    noise = dice.lognormal(0, 0.8, order.shape)
    frame = pl.DataFrame(
        {
            "snapshot": np.repeat(np.arange(days * 24), 2 * LENGTH),
            "topic": [f"t{t}" for t in order.T.ravel()],
            "rank": np.tile(np.arange(1, 2 * LENGTH + 1), days * 24),
            "heat": heat.T.ravel(),
            "read_count": (heat * noise * 10).T.ravel().astype(np.int64),
        }
    )
    planted = [r for hold in holds for r in held_rows(dice, frame, hold)]
    frame = implanted(frame, planted).filter(pl.col("rank") <= LENGTH)
    seen = np.flatnonzero(dice.random(days * 24) >= missed)
    frame = frame.filter(pl.col("snapshot").is_in(seen))
    at = pl.lit(START) + pl.col("snapshot") * timedelta(hours=1)
    rows = frame.with_columns(list_id=pl.lit("list"), snapshot_at=at, source_id=pl.lit("s"))
    return RANKINGS.conform(rows), {topic for topic, _, _ in planted}


def held_rows(
    dice: np.random.Generator, frame: pl.DataFrame, hold: Hold
) -> list[tuple[str, int, int]]:
    """(topic, snapshot, rank): topics near the rank when their turn comes, never two at a time."""
    last = int(frame["snapshot"].max()) + 1  # type: ignore[arg-type]
    slots = np.arange(0, last - hold.snapshots, hold.snapshots + 2)
    rows = []
    for start in sorted(dice.choice(slots, min(hold.count, len(slots)), replace=False).tolist()):
        near = frame.filter((pl.col("rank") - hold.rank).abs() <= 3, pl.col("snapshot") == start)[
            "topic"
        ]
        topic = near[int(dice.integers(len(near)))]
        rows += [(topic, start + n, hold.rank) for n in range(hold.snapshots)]
    return rows


def implanted(frame: pl.DataFrame, rows: list[tuple[str, int, int]]) -> pl.DataFrame:
    """`frame` with the topics of `rows` at their ranks, the others moved up or down by one.

    Columns snapshot, topic, rank and any others; `rows` are (topic, snapshot, rank).
    """
    wanted = pl.DataFrame(rows, schema=HELD, orient="row")
    others = frame.join(wanted, on=["snapshot", "topic"], how="anti")
    place = pl.col("rank").rank("ordinal").over("snapshot").cast(pl.Int64)
    others = others.with_columns(rank=place).join(
        wanted.select("snapshot", "to"), on="snapshot", how="left"
    )
    below = pl.col("rank") >= pl.col("to")
    moved = others.with_columns(rank=pl.col("rank") + below.fill_null(value=False)).drop("to")
    at_rank = frame.rename({"rank": "to"}).drop("topic")
    held = wanted.join(at_rank, on=["snapshot", "to"]).rename({"to": "rank"})
    return pl.concat([moved, held.select(moved.columns)]).sort("snapshot", "rank")
