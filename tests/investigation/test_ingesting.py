# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing: every row of a file is accepted, a duplicate, or rejected with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from graphkit.case import create_case, load_corpus, open_case, source_records, stored
from graphkit.errors import CaseError, InputError, ParameterError, UnknownNameError
from graphkit.investigation.column_map import column_map
from graphkit.investigation.detecting import detect
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
    assert dict(ledger.rejects.iter_rows()) == {
        2: "column 'post_id' (\"1.89904E+18\") is a number that lost digits; export ids as text",
        5: "column 'time' (\"10/03/2026 09:00\") may be day-first or month-first; "
        "give --date-order DMY or MDY",
        7: "column 'time' (\"刚刚\") is relative; give --collected-at to read relative times",
        9: "nothing in column 'account_id'",
    }
    assert ledger.duplicates.to_dicts() == [{"line": 8, "first": 4}]
    assert ledger.warnings.to_dicts() == [
        {"line": 8, "reason": "met again: text differs; kept as a revision"},
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
    assert ledger.rejects["line"].to_list() == [2, 9]
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
    assert ledger.duplicates.to_dicts() == [{"line": 2, "first": None}]


def test_lines_are_counted_through_quoted_line_breaks(case, tmp_path):
    text = 'post_id,account_id,created_at,text\n1,a,1773104400,"two\nlines"\n2,,1773104400,x\n'
    [ledger] = ingest(case, [written(tmp_path, "a.csv", text)])
    assert ledger.rejects.to_dicts() == [{"line": 4, "reason": "nothing in column 'account_id'"}]


def test_a_row_with_too_many_cells_is_rejected_and_counted(case, tmp_path):
    text = "post_id,account_id,created_at\n1,a,1773104400,extra\n2,a,1773104400\n"
    [ledger] = ingest(case, [written(tmp_path, "a.csv", text)])
    assert (ledger.rows_read, ledger.accepted) == (2, 1)
    assert ledger.rejects.to_dicts() == [{"line": 2, "reason": "4 cells where the header has 3"}]


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


def test_a_row_that_holds_nul_is_rejected(case, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"post_id,account_id,created_at\n1,a\x00,1773104400\n2,a,1773104400\n")
    [ledger] = ingest(case, [path])
    assert ledger.rejects.to_dicts() == [{"line": 2, "reason": "holds NUL, which no text does"}]
    assert (ledger.rows_read, ledger.accepted) == (2, 1)


def test_a_missing_column_is_named_with_those_that_are_there(case, tmp_path):
    path = written(tmp_path, "a.csv", "post_id,account_id,when\n1,a,1773104400\n")
    with pytest.raises(
        InputError, match=r"no column created_at .* --map .*post_id, account_id, when"
    ):
        ingest(case, [path], options=ReadOptions(table="posts"))


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


POSTS = "post_id,account_id,created_at\n"


def test_a_file_of_which_no_row_is_accepted_can_be_imported_again(case, tmp_path):
    path = written(tmp_path, "a.csv", POSTS + "1,a,2026-03-10 09:00\n")
    [refused] = ingest(case, [path])
    assert (refused.rows_read, refused.accepted, len(refused.rejects)) == (1, 0, 1)
    assert source_records(case) == []
    [ledger] = ingest(case, [path], options=ReadOptions(tz="Asia/Shanghai"))
    assert (ledger.accepted, ledger.is_known) == (1, False)


def test_posts_that_lack_their_times_are_not_taken_for_accounts(case, tmp_path):
    path = written(tmp_path, "a.csv", "post_id,account_id,note\n1,a,1773104400\n")
    with pytest.raises(InputError, match=r"not every column can be told: no column for created_at"):
        ingest(case, [path])
    assert source_records(case) == []


def test_a_guess_that_leaves_nothing_open_is_used_told_and_kept(case, tmp_path):
    path = written(tmp_path, "mine.csv", "post id,author id,created at,body\n1,a,1773104400,x\n")
    [ledger] = ingest(case, [path])
    assert (ledger.importer, ledger.why) == ("canonical", "its columns were guessed")
    assert (ledger.accepted, ledger.tables) == (1, ("posts",))
    assert ledger.notes[0].startswith("post_id is the column 'post id': ")
    assert ledger.notes[-1] == "this map is kept in the case as maps/mine.csv.toml"
    mapped = column_map(case.root / "maps" / "mine.csv.toml")
    assert mapped.columns["account_id"] == "author id"
    [again] = ingest(case, [path])
    assert again.is_known
    assert ingest(case, [path], options=mapped.options(ReadOptions()))[0].is_known


def test_a_guess_that_leaves_something_open_is_a_map_to_fill_in(case, tmp_path):
    path = written(tmp_path, "mine.csv", "post id,author id,body\n1,a,x\n")
    with pytest.raises(
        InputError, match=r"^mine\.csv: .*fill that in in .*mine\.csv\.toml and give"
    ):
        ingest(case, [path])
    assert source_records(case) == []
    text = (case.root / "maps" / "mine.csv.toml").read_text()
    assert 'post_id = "post id"' in text
    assert text.endswith("# to fill in: no column for created_at\n")


def test_columns_of_files_in_a_folder_are_not_guessed(case, tmp_path):
    (tmp_path / "exports").mkdir()
    written(tmp_path, "exports/mine.csv", "post id,author id,created at\n1,a,1773104400\n")
    [ledger] = ingest(case, [tmp_path / "exports"])
    assert ledger.unread.startswith("no importer knows this format; name a table and a column map")


def test_a_problem_of_the_map_names_the_file(case, tmp_path):
    path = written(tmp_path, "a.csv", POSTS + "1,a,1773104400\n")
    with pytest.raises(InputError, match=r"^a\.csv: the map names the column nope"):
        ingest(case, [path], options=ReadOptions(columns={"text": "nope"}))


@pytest.mark.parametrize("platform", ["", "a:b", "we ibo", "\x1b[31m"])
def test_a_platform_with_which_no_id_can_begin_is_refused(case, tmp_path, platform):
    path = written(tmp_path, "a.csv", POSTS + "1,a,1773104400\n")
    with pytest.raises(ParameterError, match="is no name of a platform"):
        ingest(case, [path], options=ReadOptions(platform=platform))


def test_a_name_too_long_for_a_file_is_said(case, tmp_path):
    with pytest.raises(InputError, match=r"cannot be read \(File name too long\)"):
        ingest(case, [tmp_path / ("a" * 300 + ".csv")])


def test_a_suffix_in_capitals_is_the_same_suffix(case, tmp_path):
    [ledger] = ingest(case, [written(tmp_path, "A.CSV", POSTS + "1,a,1773104400\n")])
    assert ledger.accepted == 1


LINE = '{"post_id":"%s","account_id":"a","created_at":"2026-03-10T01:00:00Z"%s}\n'


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (r',"text":"\ud800"', "not a row: a character is half of a surrogate pair"),
        (r',"\ud800":"x"', "not a row: a character is half of a surrogate pair"),
        (',"text":' + "[" * 100_000, "not a row: nested too deeply"),
        (',"urls":[{"u":1}]', 'column \'urls\' ("[{"u":1}]") is not a list of plain values'),
    ],
)
def test_a_line_that_holds_no_row_is_rejected_wherever_it_stands(case, tmp_path, field, reason):
    text = LINE % (1, field) + LINE % (2, ',"urls":["u",null]')
    [ledger] = ingest(case, [written(tmp_path, "a.jsonl", text)])
    assert (ledger.rows_read, ledger.accepted) == (2, 1)
    assert ledger.rejects.to_dicts() == [{"line": 1, "reason": reason}]
    assert stored(case, "posts")["urls"].to_list() == [["u"]]


def parquet(tmp_path, **columns):
    at = datetime(2026, 3, 10, 1, tzinfo=UTC)
    values = {"post_id": [1, 2], "account_id": ["a", "b"], "created_at": [at, at]}
    path = tmp_path / "a.parquet"
    pl.DataFrame({**values, **columns}).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("column", "values", "accepted"),
    [
        ("post_id", [["1"], None], 1),
        ("text", [b"a", b"\xff"], 2),
        ("text", [["a"], None], 2),
        ("text", [{"a": 1}, None], 2),
        ("urls", [[{"u": "x"}], []], 1),
        ("urls", pl.Series([["a", "b"]] * 2, dtype=pl.Array(pl.String, 2)), 2),
        ("urls", [[1], [2]], 2),
        ("platform", [["x"], ["y"]], 2),
        ("created_at", [timedelta(1)] * 2, 0),
        ("created_at", [1773104400.5, float("nan")], 1),
        ("created_at", [float("inf"), -1.0], 0),
        ("created_at", [20260310, 2026], 0),
        ("created_at", [date(2026, 3, 10)] * 2, 0),
        ("source_line", [5, 6], 2),
    ],
)
def test_parquet_columns_of_any_type_are_read_or_rejected(case, tmp_path, column, values, accepted):
    [ledger] = ingest(case, [parquet(tmp_path, **{column: values})])
    assert (ledger.rows_read, ledger.accepted) == (2, accepted)
    assert len(ledger.rejects) == 2 - accepted


NAIVE = ["2026-03-10T09:00:00"] * 2


def test_a_parquet_time_without_zone_says_so(case, tmp_path):
    [ledger] = ingest(case, [parquet(tmp_path, created_at=pl.Series(NAIVE).str.to_datetime())])
    assert ledger.rejects["reason"][0].endswith(
        "has no time zone; give --tz, such as Asia/Shanghai"
    )


HOT = (
    "date,hour,order,band_rank,c_type,title,hot,ads\n"
    "2025-03-01,1,1,1,1,#桥#,5,1\n"
    "2025-03-01,x,1,1,1,a,5,0\n"
    "2025-03-01,99,1,1,1,b,5,0\n"
    "2025-03-01,1,2,one,1,c,5,0\n"
)


def test_a_hot_list_as_text_is_read_and_its_faults_are_rejected(case, tmp_path):
    [ledger] = ingest(case, [written(tmp_path, "hot.csv", HOT)])
    assert (ledger.rows_read, ledger.accepted) == (4, 1)
    assert dict(ledger.rejects.iter_rows()) == {
        3: "not a number in column hour",
        4: "no date or hour",
        5: "not a number in column band_rank",
    }
    [row] = stored(case, "rankings").to_dicts()
    assert (row["topic"], row["rank"], row["is_promoted"]) == ("桥", 1, True)


def test_a_file_that_is_no_hot_list_is_refused_by_its_importer(case, tmp_path):
    path = written(tmp_path, "a.csv", POSTS + "1,a,1773104400\n")
    with pytest.raises(InputError, match=r"a\.csv: no column date, hour"):
        ingest(case, [path], importer_name="weibo-hot")


def test_rows_that_lacked_an_option_are_accepted_when_it_is_given_and_no_row_comes_twice(
    case, tmp_path
):
    rows = "1,a,1773104400\n2,a,2026-03-10 09:00:00\n"
    path = written(tmp_path, "a.csv", f"post_id,account_id,created_at\n{rows}")
    [first] = ingest(case, [path])
    [second] = ingest(case, [path], options=ReadOptions(tz="Asia/Shanghai"))
    [third] = ingest(case, [path], options=ReadOptions(tz="Asia/Shanghai"))
    assert (first.accepted, len(first.rejects)) == (1, 1)
    assert (second.accepted, len(second.duplicates), len(second.rejects)) == (1, 1, 0)
    assert third.is_known
    assert load_corpus(case).posts["post_id"].to_list() == ["local:1", "local:2"]
    ids = load_corpus(case).sources["source_id"].to_list()
    assert ids == [ids[0], f"{ids[0]}-2"]


def test_a_run_is_another_run_when_the_same_bytes_were_read_in_another_zone(tmp_path):
    path = written(tmp_path, "a.csv", "post_id,account_id,created_at\n1,a,2026-03-10 09:00:00\n")
    seen = set()
    for zone in ("Asia/Shanghai", "UTC"):
        case = create_case(tmp_path / zone.replace("/", "-"))
        ingest(case, [path], options=ReadOptions(tz=zone))
        seen |= {run.run_id for run in detect(case, ["citation-loop"])}
    assert len(seen) == 2


def test_a_detector_whose_acts_the_log_does_not_hold_is_not_tested_and_says_so(case, tmp_path):
    rows = "object_id,account_id,content_id,timestamp_share\no,a,1,1773104400\no,b,2,1773104401\n"
    ingest(case, [written(tmp_path, "log.csv", rows)])
    runs = {run.detector: run.recipe["not_tested"] for run in detect(case)}
    assert runs["coordinated-sharing"] == []
    assert runs["citation-loop"] == ["posts", "citations"]
    [missing] = runs["ranking-manipulation"]
    assert missing.startswith("actions that are search, ")
