# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms: lxw15337674/weibo-trending-hot-history, justjavac/weibo-trending-hot-search."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from graphkit.errors import InputError
from graphkit.importers.weibo_hot import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
HOURLY = SAMPLES / "weibo_hot_search_2026-03-10T09.json"
DAILY = SAMPLES / "weibo_hot_daily" / "2026-03-10.json"
NINE = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def rows(frame, *columns):
    return [tuple(row) for row in frame.select(columns).iter_rows()]


def test_an_hourly_file_is_a_snapshot_with_the_ranks_of_its_addresses():
    batch = read(HOURLY)
    assert rows(
        batch.tables["rankings"],
        "list_id", "snapshot_at", "topic", "rank", "position", "is_pinned", "heat", "is_promoted",
        "category", "read_count", "discuss_count", "origin_count",
    ) == [
        ("weibo-hot-search", NINE, "河洲大桥", 1, 1, False, 1865009, False, "社会", 5433000, 1969,
         88),
        ("weibo-hot-search", NINE, "示例品牌新品", 2, 2, False, 900000, True, "社会", 100, 3, 1),
        ("weibo-hot-search", NINE, "南岸马拉松", 3, 3, False, 640112, False, "社会", 800000, 2100,
         900),
    ]  # fmt: skip


def test_the_archives_own_path_says_the_hour(tmp_path):
    path = tmp_path / "api" / "2026-03-10" / "09.json"
    path.parent.mkdir(parents=True)
    shutil.copy(HOURLY, path)
    assert read(path).tables["rankings"]["snapshot_at"].unique().to_list() == [NINE]


def test_a_file_without_a_date_takes_the_hour_in_which_its_addresses_were_shown(tmp_path):
    path = tmp_path / "list.json"
    address = "https://m.weibo.cn/search?extparam=c_type%3D51%26display_time%3D1773106079"
    topic = {"title": "#河洲大桥#", "url": address, "hot": 5, "ads": False}
    path.write_text(json.dumps([topic, {"title": " ", "url": "", "hot": 1, "ads": False}]), "utf-8")
    batch = read(path)
    assert rows(batch.tables["rankings"], "snapshot_at", "topic", "rank", "is_pinned") == [
        (NINE, "河洲大桥", None, True)
    ]
    assert batch.rejects["reason"].to_list() == ["no title"]


def test_a_list_that_says_no_time_is_refused_with_advice(tmp_path):
    path = tmp_path / "list.json"
    shutil.copy(HOURLY, path)
    with pytest.raises(InputError, match=r"name it as the archive does \(2026-03-10/09\.json\)"):
        read(path)


@pytest.mark.parametrize("name", ["raw/2026-03-10.json", "2026-03-10/summary.json"])
def test_a_days_union_is_a_list_of_its_own_without_hours_or_ranks(name, tmp_path):
    path = tmp_path / name
    path.parent.mkdir()
    shutil.copy(DAILY if name.startswith("raw") else HOURLY, path)
    batch = read(path).tables["rankings"]
    start = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
    assert batch.select("list_id", "snapshot_at").unique().rows() == [
        ("weibo-hot-search-daily", start)
    ]
    assert {"河洲大桥", "南岸马拉松"} <= set(batch["topic"])
    told = batch.select("rank", "position", "heat", "is_pinned").null_count().row(0)
    assert set(told) == {batch.height}


def test_the_table_is_read_as_before():
    batch = read(SAMPLES / "weibo_hot_table.csv")
    ten = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    assert rows(
        batch.tables["rankings"], "snapshot_at", "topic", "rank", "position", "is_pinned",
        "is_promoted", "category",
    ) == [
        (NINE, "河洲大桥", 1, 1, False, False, "社会"),
        (NINE, "示例品牌新品", 2, 2, False, True, "社会"),
        (ten, "河洲春耕", None, 1, True, False, "时事"),
    ]  # fmt: skip
    assert batch.notes == {"{n} rows have no band_rank": 1}


def test_odd_rows_of_the_table_are_rejected_with_their_lines(tmp_path):
    path = tmp_path / "hot.csv"
    head, *lines = (SAMPLES / "weibo_hot_table.csv").read_text("utf-8").splitlines()
    odd = [lines[0].replace("1865009", "many"), lines[1].replace(",9,2", ",24,2"),
           lines[2].replace("河洲春耕", "##")]  # fmt: skip
    path.write_text("\n".join([head, *odd]), "utf-8")
    batch = read(path)
    assert batch.rejects.rows() == [
        (2, "not a number in column hot"), (3, "no date or hour"), (4, "no title")
    ]  # fmt: skip


def test_the_real_slice_comes_out_whole(shared):
    path = shared / "data" / "ranking" / "weibo_hot_hourly" / "slice_2025-03-01_14.parquet"
    batches = list(IMPORTER.read(path, ReadOptions()))
    frame = pl.concat([batch.tables["rankings"] for batch in batches])
    assert (frame.height, frame["snapshot_at"].n_unique()) == (16_219, 313)
    assert sum(batch.rejects.height for batch in batches) == 0


def test_each_form_says_why_it_suits():
    paths = (HOURLY, DAILY, SAMPLES / "weibo_hot_table.csv")
    assert [IMPORTER.suits(sampled(path)) for path in paths] == [
        "its topics have title, url, hot and ads, as in the hourly hot-search archive",
        "it has a day's topics of the Weibo hot-search list",
        "it has the columns of the hourly Weibo hot-search list",
    ]
