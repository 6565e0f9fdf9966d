# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames are checked once, at the door, with errors that say what is wrong."""

from __future__ import annotations

import polars as pl
import pytest

from graphkit.errors import TableError
from graphkit.tables import ACCOUNTS, ACTIONS, RANKINGS, SOURCES, TABLES, Corpus


def accounts(*ids):
    frame = pl.DataFrame({"account_id": list(ids), "platform": "x", "source_id": "s"})
    return ACCOUNTS.conform(frame)


def test_an_empty_table_passes_its_own_check():
    for table in TABLES.values():
        table.check(table.empty())


def test_conform_adds_what_may_be_null_and_drops_what_does_not_belong():
    frame = accounts("x:1").with_columns(extra=pl.lit(1))
    assert ACCOUNTS.conform(frame).columns == list(ACCOUNTS.columns)


def test_a_missing_required_column_is_named():
    with pytest.raises(TableError, match="accounts: no column platform, source_id"):
        ACCOUNTS.conform(pl.DataFrame({"account_id": ["x:1"]}))


def test_a_repeated_key_is_counted():
    with pytest.raises(TableError, match="accounts: 1 rows repeat the key account_id"):
        Corpus(accounts=accounts("x:1", "x:1"))


def test_a_null_in_a_required_column_is_counted():
    with pytest.raises(TableError, match="accounts: 1 rows have no account_id"):
        ACCOUNTS.check(accounts(None))


def test_a_wrong_type_is_named():
    with pytest.raises(TableError, match="columns or types differ"):
        ACCOUNTS.check(accounts("x:1").with_columns(followers_count=pl.lit("many")))


def test_a_row_key_of_several_parts_has_its_time_in_utc():
    frame = pl.DataFrame(
        {"list_id": ["l"], "snapshot_at": ["2026-03-10T01:00:00Z"], "topic": ["t"]}
    ).with_columns(pl.col("snapshot_at").str.to_datetime(time_zone="UTC"))
    assert frame.select(RANKINGS.row_key()).item() == "l|2026-03-10T01:00:00.000000Z|t"


def test_a_few_rows_added_by_hand_do_not_make_a_log_biased():
    actions = pl.DataFrame(
        {
            "action_id": [str(number) for number in range(200)],
            "account_id": "t:a",
            "object_id": "o",
            "act": "url",
            "time_precision": "second",
            "source_id": ["hand"] + ["stream"] * 199,
        }
    )
    source = {"sha256": "", "importer": "canonical", "rows_read": 1, "accepted": 1}
    kinds = {"hand": "snowball", "stream": "stream"}
    sources = [
        {
            **source,
            "source_id": name,
            "file": name,
            "collection": kind,
            "duplicate": 0,
            "rejected": 0,
        }
        for name, kind in kinds.items()
    ]
    corpus = Corpus(
        actions=ACTIONS.conform(actions), sources=SOURCES.conform(pl.DataFrame(sources))
    )
    assert corpus.biased_sources("actions").is_empty()
    few = Corpus(actions=corpus.actions.head(90), sources=corpus.sources)
    assert few.biased_sources("actions")["source_id"].to_list() == ["hand"]
