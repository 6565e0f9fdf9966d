# SPDX-License-Identifier: GPL-3.0-or-later
"""The windowed co-action count as joins, for logs that outgrow one machine.

The same count as `coaction.coaction`, written over narwhals frames: it runs where the log lies, on
polars, DuckDB or Spark, and only the edges come back. Rows are joined on their object and the time
bucket (as wide as the window), and with the next bucket; a join on the object alone would make a
pair of every two rows of a viral object.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from narwhals.typing import IntoLazyFrame

MICROSECOND = timedelta(microseconds=1)
EDGES: dict[str, Any] = {
    "a": pl.String,
    "b": pl.String,
    "objects_count": pl.Int64,
    "pairs_count": pl.Int64,
    "a_first_count": pl.Int64,
    "b_first_count": pl.Int64,
    "first_at": pl.Datetime("us", "UTC"),
    "last_at": pl.Datetime("us", "UTC"),
}
TIMES = ("first_at", "last_at")


def relational_log(actions: pl.LazyFrame) -> pl.LazyFrame:
    """The columns of `actions` that the count needs, `acted_us` being microseconds since 1970.

    Whole numbers mean the same in every engine; times with a zone do not. Write this to Parquet
    (`sink_parquet`) to hand a log of the case to another engine.
    """
    timed = actions.filter(pl.col("acted_at").is_not_null())
    return timed.select("account_id", "object_id", acted_us=pl.col("acted_at").dt.epoch("us"))


def relational_edges(
    log: IntoLazyFrame, *, within: timedelta, min_objects: int = 1
) -> pl.DataFrame:
    """The pairs of accounts that meet on `min_objects` objects, counted by the engine of `log`.

    Args:
        log: `account_id`, `object_id` and `acted_us` (see `relational_log`) of one act: a polars
            LazyFrame, a DuckDB relation, a Spark DataFrame, or what else narwhals reads.
        within: two rows of different accounts on one object meet when they are at most this far
            apart, inclusive.
        min_objects: least distinct objects of a pair.

    Returns:
        a, b (a < b), objects_count, pairs_count, a_first_count, b_first_count, first_at, last_at
        as in `Coaction.edges`, sorted by a and b. Evidence rows and chances need the rows in
        memory: count those with `coaction` on the accounts that come back.

    Raises:
        ParameterError: `within` is negative.
    """
    if within < timedelta(0):
        raise ParameterError(f"within: {within} is negative; give a span such as 60s")
    width = max(within // MICROSECOND, 1)
    rows = (
        nw.from_native(log)
        .lazy()
        .select("account_id", "object_id", "acted_us", bucket=nw.col("acted_us") // width)
    )
    met = nw.concat([_in_one_bucket(rows), _in_next_bucket(rows, within // MICROSECOND)])
    edges = _counted(met).filter(nw.col("objects_count") >= min_objects)
    return _edges_frame(edges)


def _in_one_bucket(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Row pairs whose times lie in one bucket: at most a window apart."""
    pairs = rows.join(rows, on=["object_id", "bucket"], how="inner", suffix="_r")
    return _ordered(pairs.filter(nw.col("account_id") < nw.col("account_id_r")))


def _in_next_bucket(rows: nw.LazyFrame[Any], window: int) -> nw.LazyFrame[Any]:
    """Row pairs of a bucket and the next one that are at most a window apart."""
    later = rows.with_columns(bucket=nw.col("bucket") - 1)
    pairs = rows.join(later, on=["object_id", "bucket"], how="inner", suffix="_r")
    return _ordered(
        pairs.filter(
            nw.col("account_id") != nw.col("account_id_r"),
            nw.col("acted_us_r") - nw.col("acted_us") <= window,
        )
    )


def _ordered(pairs: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The pairs as object_id, a, b, a_us, b_us with a < b."""
    left, right = ("account_id", "acted_us"), ("account_id_r", "acted_us_r")
    is_first = nw.col("account_id") < nw.col("account_id_r")
    return pairs.select(
        "object_id",
        a=nw.when(is_first).then(nw.col(left[0])).otherwise(nw.col(right[0])),
        b=nw.when(is_first).then(nw.col(right[0])).otherwise(nw.col(left[0])),
        a_us=nw.when(is_first).then(nw.col(left[1])).otherwise(nw.col(right[1])),
        b_us=nw.when(is_first).then(nw.col(right[1])).otherwise(nw.col(left[1])),
    )


def _counted(met: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    one = nw.lit(1, nw.Int64)
    none = nw.lit(0, nw.Int64)
    told = met.with_columns(
        a_first=nw.when(nw.col("a_us") < nw.col("b_us")).then(one).otherwise(none),
        b_first=nw.when(nw.col("b_us") < nw.col("a_us")).then(one).otherwise(none),
        first_us=nw.min_horizontal("a_us", "b_us"),
        last_us=nw.max_horizontal("a_us", "b_us"),
    )
    return told.group_by("a", "b").agg(
        objects_count=nw.col("object_id").n_unique(),
        pairs_count=nw.len(),
        a_first_count=nw.col("a_first").sum(),
        b_first_count=nw.col("b_first").sum(),
        first_at=nw.col("first_us").min(),
        last_at=nw.col("last_us").max(),
    )


def _edges_frame(edges: nw.LazyFrame[Any]) -> pl.DataFrame:
    collected = edges.select(list(EDGES)).collect(backend="polars").to_native()
    whole = pl.DataFrame(collected).with_columns(pl.col(TIMES).cast(pl.Int64))
    return whole.select(pl.col(name).cast(dtype) for name, dtype in EDGES.items()).sort("a", "b")
