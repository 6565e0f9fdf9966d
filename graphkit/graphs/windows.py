# SPDX-License-Identifier: GPL-3.0-or-later
"""The window of a co-action, estimated from how fast a log's fastest objects spread."""

from __future__ import annotations

from datetime import timedelta

import polars as pl


def estimated_window(actions: pl.DataFrame) -> timedelta | None:
    """The median time in which the fastest tenth of objects reach half of their rows.

    `actions` has object_id, account_id and acted_at. Objects of a single account are left out, and
    half is at least the second row. None where no object has two accounts.

    Giglietto, Righetti, Rossi and Marino 2020, "It takes a village to manipulate the media"
    (doi 10.1080/1369118X.2020.1739732), with their q = 0.1 and p = 0.5.

    >>> rows = [("o", "u", 0), ("o", "v", 20), ("p", "u", 0), ("p", "v", 900)]
    >>> log = pl.DataFrame(rows, schema=["object_id", "account_id", "second"], orient="row")
    >>> estimated_window(log.select("object_id", "account_id", acted_at=pl.from_epoch("second")))
    datetime.timedelta(seconds=20)
    """
    shared = actions.drop_nulls("acted_at").filter(
        pl.col("account_id").n_unique().over("object_id") >= 2
    )
    half = pl.max_horizontal((pl.len() + 1) // 2, pl.lit(2)) - 1
    times: pl.Expr = pl.col("acted_at").sort()
    spans = shared.group_by("object_id").agg(took=times.get(half) - times.first())["took"].sort()
    fastest = spans.head(max(1, len(spans) // 10))
    median = fastest.median()
    return median if isinstance(median, timedelta) else None
