# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names and habits: dataabc/weibo-search, weibo/spiders/search.py and weibo/pipelines.py."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.weibo_search import IMPORTER
from graphkit.reading.importer import ReadOptions

FILE = Path(__file__).parent / "samples" / "weibo_search.csv"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def rows(frame, *columns):
    return [tuple(row) for row in frame.select(columns).iter_rows()]


def changed(tmp_path, old, new):
    path = tmp_path / "weibo_search.csv"
    text = FILE.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return read(path)


def test_every_row_is_a_post_to_the_minute_with_the_source_of_its_repost():
    batch = read(FILE)
    minute = lambda *at: datetime(2026, 3, 10, *at, tzinfo=UTC)  # noqa: E731  a table's shorthand
    p = "weibo:527000000000"
    columns = ("post_id", "account_id", "created_at", "kind", "parent_id")
    assert rows(batch.tables["posts"], *columns) == [
        (p + "0000", "weibo:1001", datetime(2024, 7, 2, 4, 10, tzinfo=UTC), "original", None),
        (p + "1000", "weibo:1002", minute(1, 0), "original", None),
        (p + "2000", "weibo:1003", minute(1, 3), "quote", p + "1000"),
        (p + "3000", "weibo:1004", minute(1, 5), "repost", p + "2000"),
        (p + "4000", "weibo:1002", minute(1, 6), "original", None),
        (p + "5000", "weibo:1005", minute(1, 7), "original", None),
        (p + "6000", "weibo:1006", minute(1, 30), "original", None),
        (p + "7000", "weibo:1001", minute(3, 0), "quote", p + "1000"),
    ]  # fmt: skip
    assert batch.tables["posts"]["time_precision"].unique().to_list() == ["minute"]
    assert rows(batch.tables["posts"].head(1), "url", "client", "hashtags", "mentions") == [
        ("https://weibo.com/1001/PsYnT0aB", "iPhone客户端", ["河洲大桥"], [])
    ]
    assert (batch.rows_read, batch.rejects.height) == (8, 0)


def test_a_badge_is_a_certification_and_membership_is_not():
    accounts = read(FILE).extras["accounts"].unique(["account_id"]).sort("account_id").head(2)
    assert rows(accounts, "account_id", "handle", "is_verified", "credential") == [
        ("weibo:1001", "南岸日报", True, "蓝V"),
        ("weibo:1002", "青石快讯", False, None),
    ]


def test_the_tail_of_a_link_in_a_sources_account_number_is_cut(tmp_path):
    batch = changed(tmp_path, ",1001,南岸日报,河洲", ",1001?refer_flag=1001030103_,南岸日报,河洲")
    assert rows(batch.tables["posts"].head(1), "account_id", "url") == [
        ("weibo:1001", "https://weibo.com/1001/PsYnT0aB")
    ]


def test_rows_of_an_older_version_without_the_last_columns_are_kept(tmp_path):
    batch = changed(tmp_path, ",,,,,蓝V,非会员,0\n5270000000001000", "\n5270000000001000")
    assert (batch.rows_read, batch.rejects.height) == (8, 0)


@pytest.mark.parametrize(
    ("words", "told", "precision"),
    [
        ("刚刚", datetime(2026, 3, 11, 0, 0, tzinfo=UTC), "minute"),
        ("5分钟前", datetime(2026, 3, 10, 23, 55, tzinfo=UTC), "minute"),
        ("昨天 22:10", datetime(2026, 3, 10, 14, 10, tzinfo=UTC), "minute"),
        ("03月10日 09:30", datetime(2026, 3, 10, 1, 30, tzinfo=UTC), "minute"),
        ("2025年12月31日 09:30", datetime(2025, 12, 31, 1, 30, tzinfo=UTC), "minute"),
    ],
)
def test_words_for_times_are_read_once_the_time_of_collection_is_told(
    words, told, precision, tmp_path
):
    batch = changed(tmp_path, "2026-03-10 09:30", words)
    needs = not words.startswith("2025")
    assert ["give --collected-at" in reason for reason in batch.rejects["reason"]] == [True] * needs
    again = read(tmp_path / "weibo_search.csv", collected_at=datetime(2026, 3, 11, tzinfo=UTC))
    reader = again.tables["posts"].filter(account_id="weibo:1006")
    assert rows(reader, "created_at", "time_precision") == [(told, precision)]


def test_an_id_that_a_spreadsheet_mangled_is_rejected(tmp_path):
    batch = changed(tmp_path, "\n5270000000006000", "\n5.27E+15")
    assert "export ids as text" in batch.rejects["reason"][0]
