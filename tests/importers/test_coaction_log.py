# SPDX-License-Identifier: GPL-3.0-or-later
"""CooRTweet's log (its manual, `prep_data`): object_id, account_id, content_id, timestamp_share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from graphkit.errors import InputError
from graphkit.importers.coaction_log import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
HEADER = "object_id,account_id,content_id,timestamp_share\n"


def read(path):
    batches = list(IMPORTER.read(path, ReadOptions()))
    actions = pl.concat(b.tables["actions"] for b in batches if b.tables)
    rejects = [row for b in batches for row in b.rejects.rows()]
    return actions, rejects, {text: n for b in batches for text, n in b.notes.items()}


def test_the_sample_gives_six_actions():
    path = SAMPLES / "coortweet.csv"
    assert IMPORTER.suits(sampled(path)) == "it has the four columns of a co-action log"
    actions, rejects, notes = read(path)
    assert (actions.height, rejects, notes) == (6, [], {})
    assert actions.row(0, named=True) == {
        "action_id": "a59852843501c4e5",
        "account_id": "local:1004",
        "object_id": "2031174026654646274",
        "act": "share",
        "acted_at": datetime(2026, 3, 10, 1, 5, 5, tzinfo=UTC),
        "time_precision": "second",
        "content_id": "local:2031174467056566275",
        "source_id": "",
        "source_line": 2,
    }


def test_a_content_id_on_two_objects_is_two_actions_and_is_noted_through_all_batches(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("graphkit.reading.regular.ROWS_AT_ONCE", 1)
    path = tmp_path / "a.csv"
    rows = (
        "o,a,1,1773104400\np,a,2,1773104401\nq,a,1,1773104400\nq,a,2,1773104400\nq,a,2,1773104400\n"
    )
    path.write_text(HEADER + rows, "utf-8")
    actions, _, notes = read(path)
    assert actions.height == 5
    assert notes == {"{n} content ids stand on more than one object; all kept": 2}


def test_a_row_without_account_object_or_content_is_rejected_and_one_without_time_is_not(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ",a,1,1773104400\no,,1,1\no,a,,1773104400\no,a,1,\n", "utf-8")
    actions, rejects, _ = read(path)
    assert [line for line, _ in rejects] == [2, 3, 4]
    assert actions["acted_at"].to_list() == [None]


def test_a_log_without_one_of_its_columns_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("object_id,account_id,timestamp_share\no,a,1773104400\n", "utf-8")
    assert IMPORTER.suits(sampled(path)) is None
    with pytest.raises(InputError, match="no column content_id for the table actions"):
        read(path)


def test_the_published_log_keeps_its_39_content_ids_on_two_objects(shared):
    actions, rejects, notes = read(
        shared / "data" / "coordination" / "russian_coord_tweets.parquet"
    )
    assert (actions.height, rejects) == (35_125, [])
    assert notes == {"{n} content ids stand on more than one object; all kept": 39}
