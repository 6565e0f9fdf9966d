# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bad cell costs: its row where an id or a time would be lost, else only itself."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from graphkit.reading.batches import table_batches
from graphkit.reading.importer import ReadOptions
from graphkit.reading.records import Found, record_batches
from graphkit.reading.shapes import Record, Refused, Rows
from graphkit.tables import TABLES

NONE = pl.DataFrame(schema={"line": pl.Int64, "reason": pl.String})
POST = {"post_id": "1", "account_id": "a", "created_at": "2026-03-10T01:00:00Z"}
ONE = datetime(2026, 3, 10, 1, tzinfo=UTC)


def batch(*dicts, table="posts", **options):
    names = list(dict.fromkeys(name for each in dicts for name in each))
    columns = {name: [each.get(name) for each in dicts] for name in names}
    lines = {"source_line": range(2, len(dicts) + 2)}
    frame = pl.DataFrame(columns, strict=False).with_columns(
        **{n: pl.Series(v) for n, v in lines.items()}
    )
    [found] = table_batches([Rows(frame, NONE, len(dicts))], table, options=ReadOptions(**options))
    assert found.tables[table].schema == TABLES[table].schema
    return found


def post(**cells):
    return batch({**POST, **cells})


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("post_id", "1.89904E+18", "is a number that lost digits; export ids as text"),
        ("post_id", "123.0", "is a number that lost digits; export ids as text"),
        ("parent_id", "1.9e+18", "is a number that lost digits; export ids as text"),
        ("parent_id", 1.5e18, "is a number that lost digits; export ids as text"),
        ("created_at", "soon", "cannot be read as a time; write ISO 8601 with an offset"),
        ("urls", '[{"u": 1}]', "is not a list of plain values"),
        ("urls", r'["\ud800"]', "is not a list of plain values"),
        ("urls", r'["a\u0000"]', "is not a list of plain values"),
    ],
)
def test_a_bad_id_list_or_time_that_must_be_there_costs_the_row(column, cell, reason):
    found = post(**{column: cell})
    assert found.tables["posts"].height == 0
    [(line, told)] = found.rejects.rows()
    assert (line, told.split(") ", 1)[1]) == (2, reason)
    assert told.startswith(f"column '{column}' (\"")


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("declared_repost_count", "many", "is no whole number"),
        ("declared_repost_count", "12.5", "is no whole number"),
        ("is_seen", "perhaps", "is neither true nor false"),
        ("collected_at", "yesterday", "is relative; give --collected-at to read relative times"),
        ("edited_at", "1/2/26", "cannot be read as a time; write ISO 8601 with an offset"),
    ],
)  # fmt: skip
def test_a_bad_number_truth_or_other_time_costs_only_itself_and_is_told(column, cell, reason):
    found = post(**{column: cell})
    [row] = found.tables["posts"].to_dicts()
    assert row[column] is None or row[column] is True  # is_seen has a default
    assert found.rejects.height == 0
    assert found.warnings.rows() == [(2, f"column '{column}' (\"{cell}\") {reason}; left empty")]


def test_a_kind_that_is_none_costs_the_row():
    assert post(kind="cite").rejects.rows() == [
        (2, "kind is none of original, repost, quote, reply")
    ]


@pytest.mark.parametrize(
    "cell", ["101\t", " 101", "101'", "'101", "\ufeff101", "101\u00a0", "101\r"]
)
def test_what_spreadsheets_and_tools_hang_on_ids_is_taken_off(cell):
    assert post(post_id=cell).tables["posts"]["post_id"].to_list() == ["local:101"]


@pytest.mark.parametrize(
    "cell", ["12e45", "1e10", "it's", "a'", "=cmd|calc", "at://did:plc:x/y/3k"]
)
def test_ids_that_only_look_odd_stay_as_they_are(cell):
    assert post(post_id=cell).tables["posts"]["post_id"].to_list() == [f"local:{cell}"]


def test_empty_cells_of_columns_that_must_be_filled_cost_the_row():
    found = batch(POST, {**POST, "account_id": " \t"}, {**POST, "post_id": None})
    assert found.rejects.rows() == [
        (3, "nothing in column 'account_id'"), (4, "nothing in column 'post_id'"),
    ]  # fmt: skip


def test_numbers_and_truths_are_read_as_people_write_them():
    found = post(declared_repost_count=" 12.0", is_seen="No")
    [row] = found.tables["posts"].to_dicts()
    assert (row["declared_repost_count"], row["is_seen"]) == (12, False)
    assert found.warnings.height == 0


def test_a_list_is_an_array_a_single_text_or_nothing_and_is_read_alike_in_any_company():
    cells = ['["a", "b"]', "c", "[]", None, '["1", 2, 2.50, null]', "[x", r'["\u6865"]']
    wanted = [["a", "b"], ["c"], [], [], ["1", "2", "2.50"], ["[x"], ["桥"]]
    rows = [{**POST, "post_id": str(n), "urls": cell} for n, cell in enumerate(cells)]
    assert batch(*rows).tables["posts"]["urls"].to_list() == wanted
    assert [batch(row).tables["posts"]["urls"].to_list()[0] for row in rows] == wanted


def told_of(**cells):
    return post(platform="x", post_id="1898990000000000000", **cells).warnings["reason"].to_list()


def test_a_time_that_its_id_denies_is_told_and_both_are_kept():
    shown = "2025-03-11T06:51:12Z"
    found = post(platform="x", post_id="1898990000000000000", created_at=shown)
    assert found.warnings.rows() == [
        (2, "its id carries the time 2025-03-10T06:51:12Z, while it shows 2025-03-11T06:51:12Z")
    ]
    [row] = found.tables["posts"].to_dicts()
    assert row["id_time"] == datetime(2025, 3, 10, 6, 51, 12, 185_000, tzinfo=UTC)
    assert row["created_at"] == datetime(2025, 3, 11, 6, 51, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "created_at",
    [
        "2025-03-10T06:51:12Z",
        "2025-03-10T06:52:00Z",
        "2025-03-10T06:51Z",
        "2025-03-10T06:50Z",
        None,
    ],
)
def test_a_time_within_its_precision_and_a_minute_is_not_denied(created_at):
    assert told_of(created_at=created_at) == []


def test_a_day_is_not_denied_by_an_hour_of_it():
    options = {"tz": "Asia/Shanghai", "platform": "x"}
    row = {**POST, "post_id": "1898990000000000000", "created_at": "2025-03-10"}
    assert batch(row, **options).warnings.height == 0
    assert batch({**row, "created_at": "2025-03-12"}, **options).warnings.height == 1


def test_an_id_that_is_made_when_the_upload_begins_denies_nothing():
    row = {**POST, "post_id": "2384288897814875714", "platform": "instagram"}
    found = batch(row)
    assert found.tables["posts"]["id_time"].null_count() == 0
    assert found.warnings.height == 0


@pytest.mark.parametrize(
    ("table", "cells", "reason"),
    [
        (
            "labels",
            {"subject_kind": "user", "subject_id": "1", "label": "x"},
            "subject_kind is none of post, account, url, outlet, claim",
        ),
        (
            "citations",
            {"post_id": "1", "target_kind": "page"},
            "target_kind is none of post, account, url, outlet, vague, none",
        ),
    ],
)
def test_a_subject_or_target_of_an_unknown_kind_costs_the_row(table, cells, reason):
    assert batch(cells, table=table).rejects.rows() == [(2, reason)]


def found(*pairs, **options):
    """The batches of what a format finds in records 1, 2, ..."""
    given = ReadOptions(**options)
    records = [Record(n, each, {}) for n, each in enumerate(pairs, start=1)]
    return list(record_batches(records, lambda record: record.value, options=given, platform="x"))


def test_what_came_along_and_cannot_be_kept_is_told_on_its_line():
    extra = ("posts", {**POST, "post_id": "1.5E+18"})
    nobody = ("accounts", {"account_id": None, "handle": "h"})
    [only] = found([Found("posts", POST, (extra, nobody))])
    assert (only.rows_read, only.tables["posts"].height, only.extras["posts"].height) == (1, 1, 0)
    assert only.warnings.rows() == [
        (1, "what came along in it is left out: column 'post_id' (\"1.5E+18\") "
            "is a number that lost digits; export ids as text"),
    ]  # fmt: skip


def test_a_text_where_a_list_should_be_is_one_text():
    [only] = found([Found("posts", {**POST, "urls": "https://a.example/"})])
    assert only.tables["posts"]["urls"].to_list() == [["https://a.example/"]]


def test_a_record_over_which_a_format_stumbles_is_refused_and_the_others_are_read():
    def read(record):
        yield Found("posts", {**POST, "post_id": record.value["id"]})

    records = [Record(1, {"id": "1"}, {}), Record(2, {}, {}), (3, Refused("no row"))]
    [only] = record_batches(records, read, options=ReadOptions(), platform="x")
    assert only.tables["posts"]["post_id"].to_list() == ["x:1"]
    assert only.rejects.rows() == [
        (2, "has a shape that this format does not have ('id')"), (3, "no row"),
    ]  # fmt: skip


def test_a_page_of_many_posts_does_not_make_a_batch_of_any_size(monkeypatch):
    monkeypatch.setattr("graphkit.reading.records.ROWS_AT_ONCE", 10)
    page = [Found("posts", {**POST, "post_id": str(n)}) for n in range(7)]
    assert [each.rows_read for each in found(page, page, page, page, page)] == [14, 14, 7]
