# SPDX-License-Identifier: GPL-3.0-or-later
"""The count as joins gives the rows of the count on arrays, on polars, DuckDB and Spark."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import ParameterError
from graphkit.graphs.coaction import coaction
from graphkit.graphs.coaction_relational import EDGES, relational_edges, relational_log
from graphkit.investigation.shipped import dataset

MINUTE = timedelta(seconds=60)
START = datetime(2026, 3, 10, tzinfo=UTC)


def log_of(rows):
    return pl.DataFrame(
        {
            "account_id": [f"x:{account}" for account, _, _ in rows],
            "object_id": [f"o{object_}" for _, object_, _ in rows],
            "action_id": [str(number) for number in range(len(rows))],
            "acted_at": [START + timedelta(seconds=second) for _, _, second in rows],
        },
        schema_overrides={"acted_at": pl.Datetime("us", "UTC")},
    )


def counted(actions, within, min_objects=1):
    return coaction(actions, within=within, min_objects=min_objects).edges.select(list(EDGES))


def reposts():
    [file] = [f for f in dataset("russian_reposts").files if f.importer]
    columns = (
        pl.read_parquet(file.path)
        if file.path.suffix == ".parquet"
        else pl.read_csv(file.path, infer_schema=False)
    )
    return columns.select(
        pl.col("account_id", "object_id").cast(pl.String),
        action_id=pl.int_range(pl.len()).cast(pl.String),
        acted_at=pl.from_epoch(pl.col("timestamp_share").cast(pl.Int64)).dt.replace_time_zone("UTC")
        .cast(pl.Datetime("us", "UTC")),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 300)), max_size=30
    ),
    seconds=st.sampled_from([0, 1, 60]),
    min_objects=st.integers(1, 2),
)
def test_joins_and_arrays_count_the_same_pairs(rows, seconds, min_objects):
    actions, within = log_of(rows), timedelta(seconds=seconds)
    found = relational_edges(relational_log(actions.lazy()), within=within, min_objects=min_objects)
    assert found.equals(counted(actions, within, min_objects))


def test_the_russian_reposts_have_6206_edges_and_6281_row_pairs():
    edges = relational_edges(relational_log(reposts().lazy()), within=MINUTE)
    assert (edges.height, edges["pairs_count"].sum()) == (6206, 6281)
    assert edges.equals(counted(reposts(), MINUTE))


def test_duckdb_counts_the_same_from_a_parquet_file(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    relational_log(reposts().lazy()).sink_parquet(tmp_path / "log.parquet")
    with duckdb.connect() as connection:
        found = relational_edges(
            connection.read_parquet(str(tmp_path / "log.parquet")), within=MINUTE
        )
    assert found.equals(counted(reposts(), MINUTE))


@pytest.fixture(scope="module")
def spark():
    """A Spark session on this machine: Sail's server, which speaks Spark Connect without Java."""
    server_module = pytest.importorskip("pysail.spark")
    sql = pytest.importorskip("pyspark.sql")
    server = server_module.SparkConnectServer("127.0.0.1", 0)
    server.start()
    _, port = server.listening_address
    with (
        pytest.MonkeyPatch.context() as patch
    ):  # pyspark takes a worker without a file for a doctest
        patch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
        session = sql.SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
    yield session
    session.stop()
    server.stop()


@pytest.mark.filterwarnings("default")
def test_spark_counts_the_same_from_a_parquet_file(spark, tmp_path):
    relational_log(reposts().lazy()).sink_parquet(tmp_path / "log.parquet")
    found = relational_edges(spark.read.parquet(str(tmp_path / "log.parquet")), within=MINUTE)
    assert found.equals(counted(reposts(), MINUTE))


def test_a_negative_window_is_refused():
    with pytest.raises(ParameterError, match="is negative"):
        relational_edges(relational_log(log_of([]).lazy()), within=timedelta(seconds=-1))


@pytest.mark.parametrize(("second", "met"), [(0, 1), (60, 1), (61, 0)])
def test_the_window_is_inclusive_and_ties_meet(second, met):
    log = relational_log(log_of([(1, 1, 30), (2, 1, 30 + second)]).lazy())
    assert relational_edges(log, within=MINUTE).height == met
