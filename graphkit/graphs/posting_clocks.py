# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether accounts keep the same hours and fall silent on the same days, beyond their like.

An account's clock is how its activity departs from everybody's, by hour of the week and by day of
the log (so that silences count too), as a vector of length 1. A group's statistic is the mean
cosine over its pairs; chance is the same number of accounts drawn from those of the same language
and activity (a permutation test, stopped early when hopeless: Besag and Clifford 1991). The hours
in which a proposed group co-acted are left out, so that acting together is not counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphkit.tables import Corpus

HOUR, DAY, WEEK_HOURS = 3_600, 86_400, 168
LEAST_EVENTS = 10
"""Events below which an account has no clock."""
MOST_DAYS = 366
"""Days above which silences are counted in larger steps."""
BLOCK, ENOUGH = 499, 10
"""Draws made at once, and draws as close as the group after which more would not help."""


@dataclass(frozen=True)
class Drawing:
    """How draws are made: how many at most, and from which seed."""

    permutations: int
    seed: int


@dataclass(frozen=True)
class Clocks:
    """The clocks of all accounts with ten events or more.

    Attributes:
        events: account_id, second: when each account did something, each second once.
        names: account_id, stratum (language and activity) in an order that does not depend on
            names; row k is row k of the two matrices.
        weekly: unit vectors by hour of the week.
        daily: unit vectors by day of the log.
        usual: what everybody does, by hour of the week and by day: two vectors of shares.
        origin: the first second of the log, cut to the day; `step` seconds are one entry of daily.
    """

    events: pl.DataFrame
    names: pl.DataFrame
    weekly: NDArray[np.float32]
    daily: NDArray[np.float32]
    usual: tuple[NDArray[np.float64], NDArray[np.float64]]
    origin: int
    step: int

    @cached_property
    def pools(self) -> dict[str, NDArray[np.int64]]:
        """The rows of each stratum."""
        placed = self.names.select("stratum").with_row_index("row")
        grouped = placed.group_by("stratum").agg(pl.col("row").cast(pl.Int64).sort())
        return {name: np.array(rows) for name, rows in grouped.iter_rows()}

    def vectors(self, events: pl.DataFrame) -> tuple[pl.DataFrame, list[NDArray[np.float32]]]:
        """account_id and events of each account in `events` with ten or more, and its vectors."""
        counted = events.group_by("account_id").agg(events=pl.len().cast(pl.Int64))
        active = counted.filter(pl.col("events") >= LEAST_EVENTS).sort("account_id")
        row = active.with_row_index("row").select("account_id", "row")
        placed = events.join(row, on="account_id").select("row", "second")
        rows = placed["row"].to_numpy().astype(np.int64)
        seconds = placed["second"].to_numpy()
        week = _counts(rows, seconds // HOUR % WEEK_HOURS, (active.height, WEEK_HOURS))
        week = (np.roll(week, 1, 1) + 2 * week + np.roll(week, -1, 1)) / 4
        days = (seconds - self.origin) // self.step
        daily = _counts(rows, days, (active.height, len(self.usual[1])))
        return active, [
            _departure(counts, usual)
            for counts, usual in zip((week, daily), self.usual, strict=True)
        ]


def _counts(
    rows: NDArray[np.int64], places: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    flat = np.bincount(rows * shape[1] + places, minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(float)


def _departure(counts: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pearson residuals of each row of `counts` against the `usual` shares, at length 1."""
    expected = counts.sum(axis=1, keepdims=True) * usual
    residual = (counts - expected) / np.sqrt(np.maximum(usual, 1e-6))
    length = np.linalg.norm(residual, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (residual / np.maximum(length, 1e-9)).astype(np.float32)
    return unit


def _shares(rows: NDArray[np.int64], places: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """The share of each place, every account counting alike."""
    weight = 1 / np.bincount(rows)[rows]
    total = np.bincount(places, weight, minlength=size)
    shares: NDArray[np.float64] = total / total.sum()
    return shares


def clocks(corpus: Corpus) -> Clocks | None:
    """The clocks of a corpus's posts and actions; None where no account has ten events."""
    events = _events(corpus)
    active = events.filter(pl.len().over("account_id") >= LEAST_EVENTS)
    if active.is_empty():
        return None
    rows = active["account_id"].rank("dense").to_numpy().astype(np.int64) - 1
    seconds = active["second"].to_numpy()
    origin = int(seconds.min()) // DAY * DAY
    days = (int(seconds.max()) - origin) // DAY + 1
    step = DAY * -(-days // MOST_DAYS)
    week = _shares(rows, seconds // HOUR % WEEK_HOURS, WEEK_HOURS)
    week = (np.roll(week, 1) + 2 * week + np.roll(week, -1)) / 4
    daily = _shares(rows, (seconds - origin) // step, -(-days * DAY // step))
    empty = np.empty((0, 0), np.float32)
    bare = Clocks(active, active.clear(), empty, empty, (week, daily), origin, step)
    named, vectors = bare.vectors(active)
    named = named.join(_languages(corpus), on="account_id", how="left", maintain_order="left")
    order = _anonymous_order(named["events"].to_numpy(), vectors)
    placed = named.select("account_id", stratum=stratum(pl.col("events"), pl.col("lang")))
    weekly, daily_vectors = (each[order] for each in vectors)
    return Clocks(active, placed[order], weekly, daily_vectors, (week, daily), origin, step)


def stratum(events: pl.Expr, lang: pl.Expr) -> pl.Expr:
    """The language and the binary order of magnitude of the activity."""
    size = events.log(2).floor().cast(pl.Int64).cast(pl.String)
    return pl.concat_str(lang.fill_null(""), pl.lit("/"), size)


def _anonymous_order(
    events: NDArray[np.int64], vectors: list[NDArray[np.float32]]
) -> NDArray[np.int64]:
    """An order of accounts by what they did and not by what they are called."""
    marks = [
        (each.astype(float) @ np.cos(np.arange(1, each.shape[1] + 1) ** 1.5)).round(6)
        for each in vectors
    ]
    return np.lexsort((*marks, events))


def _events(corpus: Corpus) -> pl.DataFrame:
    return _event_keys(corpus).select("account_id", "second").unique()


def _event_keys(corpus: Corpus) -> pl.DataFrame:
    exact = pl.col("time_precision").is_in(["second", "minute"])
    named = [
        corpus.posts.filter(exact, "is_seen").select(
            "account_id", pl.lit("posts").alias("table"), at="created_at", key="post_id"
        ),
        corpus.actions.filter(exact).select(
            "account_id", pl.lit("actions").alias("table"), at="acted_at", key="action_id"
        ),
    ]
    dated = pl.concat(named).drop_nulls("at")
    return dated.select("account_id", "table", "key", second=pl.col("at").dt.epoch("s"))


def event_rows(corpus: Corpus, events: pl.DataFrame) -> pl.DataFrame:
    """The row (table, key) behind each of `events` (account_id, second), a post before an action.

    By account and second.
    """
    asked = _event_keys(corpus).join(events, on=["account_id", "second"], how="semi")
    ordered = asked.sort(
        "account_id", "second", "table", "key", descending=[False, False, True, False]
    )
    first = ordered.unique(["account_id", "second"], keep="first", maintain_order=True)
    return first.select("table", "key")


def _languages(corpus: Corpus) -> pl.DataFrame:
    counted = corpus.posts.drop_nulls("lang").group_by("account_id", "lang").len()
    ordered = counted.sort(["account_id", "len", "lang"], descending=[False, True, False])
    return ordered.group_by("account_id", maintain_order=True).agg(pl.col("lang").first())


@dataclass(frozen=True)
class ClockTest:
    """One group's clock: p_value (null: too few with a clock), and `known`, who has a clock.

    `cosine` is the mean cosine over pairs, `expected` that of the draws, both of the closer of the
    two clocks.
    """

    p_value: float | None
    known: tuple[str, ...]
    cosine: float
    expected: float


def clock_test(clock: Clocks, events: pl.DataFrame, drawing: Drawing, *, least: int) -> ClockTest:
    """The test of one group by what its members did (`events`: account_id, second)."""
    active, vectors = clock.vectors(events)
    known = tuple(active["account_id"])
    placed = active.join(clock.names, on="account_id", how="left", maintain_order="left")
    langs = pl.col("stratum").str.extract("^(.*)/")
    placed = placed.with_columns(stratum=stratum(pl.col("events"), langs))
    wanted = placed.group_by("stratum").len().sort("stratum")
    pools = [(count, clock.pools.get(name)) for name, count in wanted.iter_rows()]
    drawn = [(count, rows) for count, rows in pools if rows is not None]
    if active.height < least or len(drawn) < len(pools):
        return ClockTest(None, known, 0.0, 0.0)
    results = [
        _tested(own, matrix, drawn, drawing)
        for own, matrix in zip(vectors, (clock.weekly, clock.daily), strict=True)
    ]
    closer = int(np.argmin([p for p, _ in results]))
    p_value, expected = results[closer]
    return ClockTest(min(1.0, 2 * p_value), known, _cosine(vectors[closer]), expected)


def _cosine(own: NDArray[np.float32]) -> float:
    """The mean cosine over pairs of rows."""
    exact = own.astype(float)
    total = (exact.sum(axis=0) ** 2).sum() - (exact**2).sum()
    return float((total / (len(exact) * (len(exact) - 1))).round(9))


def _draws(
    matrix: NDArray[np.float32], pools: list[tuple[int, NDArray[np.int64]]], drawing: Drawing
) -> Iterator[NDArray[np.float64]]:
    """Blocks of mean cosines of drawn groups. Drawing one account twice only raises them."""
    rng, left = np.random.default_rng(drawing.seed), drawing.permutations
    size = sum(count for count, _ in pools)
    room = max(1, 20_000_000 // (size * matrix.shape[1]))
    while left > 0:
        made = min(BLOCK, left, room)
        rows = np.hstack([pool[rng.integers(0, len(pool), (made, n))] for n, pool in pools])
        chosen = matrix[rows]
        total = chosen.sum(axis=1, dtype=float)
        squares = np.einsum("ijk,ijk->i", chosen, chosen, dtype=float)
        yield ((total**2).sum(axis=1) - squares) / (size * (size - 1))
        left -= made


def _tested(
    own: NDArray[np.float32],
    matrix: NDArray[np.float32],
    pools: list[tuple[int, NDArray[np.int64]]],
    drawing: Drawing,
) -> tuple[float, float]:
    """The permutation p of one clock, and the mean cosine of the draws."""
    observed, beaten, made, total = _cosine(own), 0, 0, 0.0
    for block in _draws(matrix, pools, drawing):
        beaten += int((block >= observed - 1e-9).sum())
        made, total = made + len(block), total + float(block.sum())
        if beaten >= ENOUGH:
            break
    return (1 + beaten) / (1 + made), total / max(made, 1)
