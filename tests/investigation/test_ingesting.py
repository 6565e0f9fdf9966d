# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing: every row of a file is accepted, a duplicate, or rejected with a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from graphkit.case import create_case, load_corpus, open_case, source_records, stored
from graphkit.errors import CaseError, InputError, UnknownNameError
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import ReadOptions

DIRTY = {"created_at": "time", "urls": "url"}


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case")


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_each_faulty_row_ends_as_it_should(case, shared):
    path = shared / "data" / "formats" / "dirty_posts.csv"
    [ledger] = ingest(case, [path], options=ReadOptions(columns=DIRTY))
    assert (ledger.rows_read, ledger.accepted) == (14, 9)
    assert {row["line"]: row["reason"] for row in ledger.rejects} == {
        2: "column 'post_id' (\"1.89904E+18\") is a number that lost digits; export ids as text",
        5: "column 'time' (\"10/03/2026 09:00\") may be day-first or month-first; "
        "give --date-order DMY or MDY",
        7: "column 'time' (\"刚刚\") is relative; give --collected-at to read relative times",
        9: "nothing in column 'account_id'",
    }
    assert ledger.duplicates == [{"line": 8, "first": 4}]
    assert ledger.warnings == [
        {"line": 11, "reason": "it cites itself; that citation is left out"},
        {"line": 15, "reason": "its time lies after its collection"},
    ]
    posts = {row["post_id"]: row for row in load_corpus(case).posts.to_dicts()}
    assert sorted(posts) == [f"local:{n}" for n in (101, 102, 104, 107, 108, 109, 110, 111, 112)]
    assert posts["local:107"]["created_at"] is None
    assert posts["local:107"]["time_precision"] == "unknown"
    assert posts["local:108"]["parent_id"] is None
    assert posts["local:109"]["parent_id"] == "local:999999"
    assert posts["local:101"]["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["local:102"]["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["local:104"]["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["local:111"]["account_id"] == "local:=cmd|calc"


def test_what_was_rejected_for_want_of_an_option_is_accepted_with_it(case, shared):
    path = shared / "data" / "formats" / "dirty_posts.csv"
    at = datetime(2026, 3, 10, 3, tzinfo=UTC)
    options = ReadOptions(columns=DIRTY, date_order="DMY", tz="Asia/Shanghai", collected_at=at)
    [ledger] = ingest(case, [path], options=options)
    assert [row["line"] for row in ledger.rejects] == [2, 9]
    posts = stored(case, "posts").filter(pl.col("post_id").is_in(["local:103", "local:105"]))
    assert posts["created_at"].to_list() == [datetime(2026, 3, 10, 1, tzinfo=UTC), at]
    assert posts["time_precision"].to_list() == ["minute", "minute"]


def test_the_co_action_log_keeps_a_content_id_that_stands_on_two_objects(case, shared):
    path = shared / "data" / "coordination" / "russian_coord_tweets.parquet"
    [ledger] = ingest(case, [path])
    assert ledger.importer == "coaction-log"
    assert (ledger.rows_read, ledger.accepted) == (35_125, 35_124)
    assert (len(ledger.duplicates), len(ledger.rejects)) == (1, 0)
    assert ledger.notes == ("39 content ids stand on more than one object; all kept",)


def test_the_hot_list_slice_loses_nothing(case, shared):
    path = shared / "data" / "ranking" / "weibo_hot_hourly" / "slice_2025-03-01_14.parquet"
    [ledger] = ingest(case, [path])
    assert (ledger.importer, ledger.rows_read, ledger.accepted) == ("weibo-hot", 16_219, 16_219)
    rankings = load_corpus(case).rankings
    assert rankings["rank"].null_count() == 313
    assert rankings.filter("is_pinned").height == 313


def test_the_same_bytes_twice_change_nothing(case, tmp_path):
    path = written(tmp_path, "a.csv", "post_id,account_id,created_at\n1,a,1773104400\n")
    ingest(case, [path])
    [again] = ingest(case, [path])
    assert again.is_known
    assert len(source_records(case)) == 1


def test_a_post_that_an_earlier_file_brought_is_a_duplicate(case, tmp_path):
    header = "post_id,account_id,created_at\n"
    ingest(case, [written(tmp_path, "a.csv", header + "1,a,1773104400\n")])
    [ledger] = ingest(
        case, [written(tmp_path, "b.csv", header + "1,a,1773104400\n2,a,1773104401\n")]
    )
    assert (ledger.rows_read, ledger.accepted) == (2, 1)
    assert ledger.duplicates == [{"line": 2, "first": None}]


def test_lines_are_counted_through_quoted_line_breaks(case, tmp_path):
    text = 'post_id,account_id,created_at,text\n1,a,1773104400,"two\nlines"\n2,,1773104400,x\n'
    [ledger] = ingest(case, [written(tmp_path, "a.csv", text)])
    assert ledger.rejects == [{"line": 4, "reason": "nothing in column 'account_id'"}]


def test_a_row_with_too_many_cells_is_rejected_and_counted(case, tmp_path):
    text = "post_id,account_id,created_at\n1,a,1773104400,extra\n2,a,1773104400\n"
    [ledger] = ingest(case, [written(tmp_path, "a.csv", text)])
    assert (ledger.rows_read, ledger.accepted) == (2, 1)
    assert ledger.rejects == [{"line": 2, "reason": "4 cells where the header has 3"}]


def test_json_lines_and_parquet_and_csv_give_the_same_rows(tmp_path):
    row = '{"post_id":1,"account_id":"a","created_at":"2026-03-10T01:00:00Z","urls":["u"]}\n'
    files = [
        written(tmp_path, "a.jsonl", row),
        written(
            tmp_path, "a.csv", 'post_id,account_id,created_at,urls\n1,a,1773104400,"[""u""]"\n'
        ),
        tmp_path / "a.parquet",
    ]
    at = datetime(2026, 3, 10, 1, tzinfo=UTC)
    values = {"post_id": [1], "account_id": ["a"], "created_at": [at], "urls": [["u"]]}
    pl.DataFrame(values).write_parquet(files[2])
    frames = []
    for number, path in enumerate(files):
        case = create_case(tmp_path / f"case{number}")
        ingest(case, [path])
        frames.append(stored(case, "posts").drop("source_id", "source_line"))
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def test_a_line_that_is_not_json_is_rejected_and_counted(case, tmp_path):
    text = '{"post_id":"1","account_id":"a","created_at":null}\n{"post_id":\n'
    [ledger] = ingest(case, [written(tmp_path, "a.jsonl", text)])
    assert (ledger.rows_read, ledger.accepted, len(ledger.rejects)) == (2, 1, 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "empty.csv: the file is empty"),
        ("header.csv", b"post_id,account_id,created_at\n", "has a header and no rows"),
        ("binary.csv", bytes(range(128, 256)), "is not UTF-8 text"),
        ("binary.parquet", bytes(range(256)), "is not a Parquet file"),
        ("nul.csv", b"post_id,account_id,created_at\n1,a\x00,2\n", "not a text file|not UTF-8"),
        ("other.csv", b"a,b\n1,2\n", "no importer knows this format"),
        ("twice.csv", b"post_id,post_id\n1,2\n", "no importer knows|twice the column"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_the_case_as_it_was(
    case, tmp_path, name, content, message
):
    path = tmp_path / name
    path.write_bytes(content)
    good = written(tmp_path, "a.csv", "post_id,account_id,created_at\n1,a,1773104400\n")
    with pytest.raises(InputError, match=message):
        ingest(case, [good, path])
    assert source_records(case) == []
    assert stored(case, "posts").is_empty()


def test_a_missing_column_is_named_with_those_that_are_there(case, tmp_path):
    path = written(tmp_path, "a.csv", "post_id,account_id,when\n1,a,1773104400\n")
    with pytest.raises(
        InputError, match=r"no column created_at .* --map .*post_id, account_id, when"
    ):
        ingest(case, [path], options=ReadOptions(table="posts"))


def test_a_folder_is_not_a_file(case, tmp_path):
    with pytest.raises(InputError, match="is a folder; name the files in it"):
        ingest(case, [tmp_path])


def test_a_folder_that_is_not_a_case_says_how_to_make_one(tmp_path):
    with pytest.raises(CaseError, match="is not a case; make one with: graphkit new"):
        open_case(tmp_path)


def test_an_unknown_way_of_collection_is_refused(case):
    with pytest.raises(UnknownNameError, match="no way of collection is called 'snowbal'; did you"):
        ingest(case, [], collection="snowbal")


def test_an_import_without_its_record_does_not_count(case, tmp_path):
    path = written(tmp_path, "a.csv", "post_id,account_id,created_at\n1,a,1773104400\n")
    ingest(case, [path])
    [record] = (case.root / "inputs").glob("*.json")
    record.unlink()
    assert load_corpus(case).posts.is_empty()


def test_the_platform_in_a_file_qualifies_the_accounts_of_any_table(case, tmp_path):
    text = "platform,object_id,account_id,act,acted_at\nweiju,topic,7,search,1773104400\n"
    ingest(case, [written(tmp_path, "a.csv", text)])
    assert stored(case, "actions")["account_id"].to_list() == ["weiju:7"]
    assert stored(case, "actions")["object_id"].to_list() == ["topic"]
