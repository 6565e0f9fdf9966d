# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated repost logs whose size is chosen: a whole platform's, and one object's."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl

START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
MONTH = 30 * 86400


def _log(objects, accounts, seconds) -> pl.DataFrame:
    codes = pl.DataFrame({"object": objects, "account": accounts, "second": seconds.astype("i8")})
    return codes.select(
        pl.format("r{}", pl.int_range(pl.len())).alias("action_id"),
        pl.format("o{}", "object").alias("object_id"),
        pl.format("a{}", "account").alias("account_id"),
        ((pl.col("second") + START) * 1_000_000).cast(pl.Datetime("us", "UTC")).alias("acted_at"),
    )


def _ranks(generator, *, size: int, among: int, offset: int, exponent: float):
    """`size` draws of 0 to among - 1, the weight of each (its rank + offset) ** -exponent."""
    weights = (np.arange(among) + float(offset)) ** -exponent
    edges = np.cumsum(weights / weights.sum())
    return np.searchsorted(edges[:-1], generator.random(size)).astype(np.int32)


def platform_log(rows: int, *, seed: int) -> pl.DataFrame:
    """`rows` reposts of a month: a few objects and accounts take most, delays are lognormal.

    There are a quarter as many objects and an eighth as many accounts as rows; half of an object's
    reposts come within two hours of it.
    """
    generator = np.random.default_rng(seed)
    objects = _ranks(generator, size=rows, among=max(rows // 4, 1), offset=20, exponent=0.9)
    accounts = _ranks(generator, size=rows, among=max(rows // 8, 2), offset=1, exponent=0.8)
    born = generator.integers(0, MONTH, max(rows // 4, 1))
    delay = generator.lognormal(np.log(7200), 1.6, rows)
    return _log(objects, accounts, born[objects] + delay)


def one_object_log(rows: int, *, seed: int) -> pl.DataFrame:
    """`rows` reposts of one object, a row every six seconds on average, each of an account anew.

    Of each there is a second one on an object of its own, so that accounts have two rows.
    """
    generator = np.random.default_rng(seed)
    seconds = generator.integers(0, 6 * rows, rows)
    objects = np.concatenate([np.zeros(rows, np.int32), 1 + np.arange(rows, dtype=np.int32)])
    accounts = np.tile(np.arange(rows, dtype=np.int32), 2)
    return _log(objects, accounts, np.concatenate([seconds, generator.integers(0, MONTH, rows)]))
