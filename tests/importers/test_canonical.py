# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with graphkit's own column names, or with a map to them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from graphkit.errors import InputError
from graphkit.importers.canonical import IMPORTER
from graphkit.reading import cells
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled
from graphkit.tables import TABLES

SAMPLES = Path(__file__).parent / "samples"
ONE = datetime(2026, 3, 10, 1, tzinfo=UTC)
HEADER = "post_id,account_id,created_at\n"


def written(tmp_path, text, name="a.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def read(path, **options):
    """The rows of all batches by table, rejects, warnings and notes; the counts add up."""
    batches = list(IMPORTER.read(path, ReadOptions(**options)))
    for each in batches:
        assert each.rows_read == each.rejects.height + sum(f.height for f in each.tables.values())
    tables = {name: pl.concat(b.tables[name] for b in batches if name in b.tables)
              for name in dict.fromkeys(n for b in batches for n in b.tables)}  # fmt: skip
    problems = [
        pl.concat(getattr(b, kind) for b in batches).rows() for kind in ("rejects", "warnings")
    ]
    return tables, *problems, {text: n for b in batches for text, n in b.notes.items()}


def test_each_faulty_row_of_the_sample_ends_as_it_should():
    options = {"columns": {"created_at": "time", "urls": "url"}}
    tables, rejects, warnings, notes = read(SAMPLES / "dirty_posts.csv", **options)
    assert dict(rejects) == {
        2: "column 'post_id' (\"1.89904E+18\") is a number that lost digits; export ids as text",
        5: "column 'time' (\"10/03/2026 09:00\") may be day-first or month-first; "
        "give --date-order DMY or MDY",
        7: "column 'time' (\"刚刚\") is relative; give --collected-at to read relative times",
        9: "nothing in column 'account_id'",
    }
    assert warnings == [
        (11, "it cites itself; that citation is left out"),
        (15, "its time lies after its collection"),
    ]
    assert notes == {}
    posts = {row["post_id"]: row for row in tables["posts"].to_dicts()}
    assert (posts["local:107"]["created_at"], posts["local:107"]["time_precision"]) == (
        None,
        "unknown",
    )
    assert posts["local:108"]["parent_id"] is None
    assert posts["local:108"]["kind"] == "original"
    assert (posts["local:109"]["parent_id"], posts["local:109"]["kind"]) == (
        "local:999999",
        "repost",
    )
    assert [posts[f"local:{n}"]["created_at"] for n in (101, 102, 104)] == [ONE] * 3
    assert posts["local:111"]["account_id"] == "local:=cmd|calc"
    assert posts["local:111"]["text"] == "@SUM(1+1) formula text"


def test_csv_json_lines_documents_and_parquet_give_the_same_rows(tmp_path):
    row = {"post_id": 1, "account_id": "a", "created_at": "2026-03-10T01:00:00Z", "urls": ["u"]}
    files = [
        written(tmp_path, HEADER.replace("\n", ",urls\n") + '1,a,2026-03-10T01:00:00Z,"[""u""]"\n'),
        written(tmp_path, json.dumps(row), "a.jsonl"),
        written(tmp_path, json.dumps([row]), "a.json"),
        tmp_path / "a.parquet",
    ]
    pl.DataFrame({**{n: [v] for n, v in row.items()}, "created_at": [ONE]}).write_parquet(files[3])
    frames = [read(path)[0]["posts"].drop("source_line") for path in files]
    assert frames[0]["post_id"].to_list() == ["local:1"]
    assert frames[0]["created_at"].to_list() == [ONE]
    assert all(frame.equals(frames[0]) for frame in frames)


@pytest.mark.parametrize(
    ("columns", "table"),
    [
        (HEADER, "posts"),
        ("account_id,handle\n", "accounts"),
        ("object_id,account_id,acted_at\n", "actions"),
        ("topic,snapshot_at\n", "rankings"),
        ("subject_kind,subject_id,label\n", "labels"),
        ("post_id,target_kind,target\n", "citations"),
    ],
)
def test_a_file_is_known_by_the_columns_that_a_table_must_have(tmp_path, columns, table):
    why = IMPORTER.suits(sampled(written(tmp_path, columns)))
    assert why == f"it has the columns of the table {table}"


@pytest.mark.parametrize("columns", ["a,b\n", "post_id,account_id,time\n", "post_id,account_id\n"])
def test_posts_that_lack_their_times_are_no_list_of_accounts(tmp_path, columns):
    assert IMPORTER.suits(sampled(written(tmp_path, columns))) is None


def test_a_file_that_fits_no_table_names_its_columns(tmp_path):
    with pytest.raises(InputError, match=r"a\.csv: fits no table \(columns: a, b\); .*--table"):
        read(written(tmp_path, "a,b\n1,2\n"))


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path):
    path = written(tmp_path, "post_id,account_id,when\n1,a,1773104400\n")
    with pytest.raises(
        InputError, match=r"no column created_at .* --map .*post_id, account_id, when"
    ):
        read(path, table="posts")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_column_that_only_the_map_has_is_told(tmp_path, name):
    text = HEADER + "1,a,1773104400\n"
    if name == "a.jsonl":
        text = '{"post_id": "1", "account_id": "a", "created_at": 1773104400}\n'
    path = written(tmp_path, text, name)
    with pytest.raises(InputError, match="the map names the column nope; the file has: "):
        read(path, columns={"text": "nope"})


def test_a_mapped_key_that_only_later_objects_have_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr("graphkit.reading.json_lines.BYTES_AT_ONCE", 1)
    row = '{"post_id": "%s", "account_id": "a", "created_at": 1773104400%s}\n'
    path = written(tmp_path, row % (1, "") + row % (2, ', "says": "x"'), "a.jsonl")
    tables, *_ = read(path, columns={"text": "says"})
    assert tables["posts"]["text"].to_list() == [None, "x"]


def test_columns_that_are_not_used_are_noted_once(tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.reading.regular.ROWS_AT_ONCE", 1)
    path = written(
        tmp_path, HEADER.replace("\n", ",colour\n") + "1,a,1773104400,red\n2,a,1773104400,red\n"
    )
    assert read(path)[3] == {"columns not used: colour": 1}


def test_the_names_for_a_parent_say_which_kind_of_post_it_is(tmp_path):
    header = HEADER.replace("\n", ",repost_of,quote_of,reply_to\n")
    rows = "1,a,1773104400,,,\n2,a,1773104400,1,,\n3,a,1773104400,,1,\n4,a,1773104400,,,1\n"
    tables, *_ = read(written(tmp_path, header + rows))
    assert tables["posts"]["kind"].to_list() == ["original", "repost", "quote", "reply"]
    assert tables["posts"]["parent_id"].to_list() == [None, "local:1", "local:1", "local:1"]


def test_citations_of_a_post_are_numbered_on_through_all_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.reading.regular.ROWS_AT_ONCE", 2)
    rows = "".join(f"{post},url,https://a.example/{n}\n" for n, post in enumerate("1121212"))
    tables, *_ = read(written(tmp_path, "post_id,target_kind,target\n" + rows))
    numbers = tables["citations"].select("post_id", "citation_no").rows()
    assert numbers == [
        ("local:1", 0), ("local:1", 1), ("local:2", 0), ("local:1", 2), ("local:2", 1),
        ("local:1", 3), ("local:2", 2),
    ]  # fmt: skip


def test_the_platform_in_a_file_qualifies_the_accounts_of_any_table(tmp_path):
    text = "platform,object_id,account_id,act,acted_at\nWeiju,topic,7,search,1773104400\n"
    [row] = read(written(tmp_path, text))[0]["actions"].to_dicts()
    assert (row["account_id"], row["object_id"]) == ("weiju:7", "topic")


def parquet(tmp_path, **columns):
    values = {"post_id": [1, 2], "account_id": ["a", "b"], "created_at": [ONE, ONE]}
    path = tmp_path / "a.parquet"
    pl.DataFrame({**values, **columns}).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("column", "values", "accepted"),
    [
        ("post_id", [["1"], None], 1),
        ("post_id", [1.0, 2.0], 0),
        ("text", [b"a", b"\xff"], 2),
        ("text", [{"a": 1}, None], 2),
        ("urls", [[{"u": "x"}], []], 1),
        ("urls", pl.Series([["a", "b"]] * 2, dtype=pl.Array(pl.String, 2)), 2),
        ("urls", [[1], [2]], 2),
        ("created_at", [1773104400.5, float("nan")], 1),
        ("created_at", [20260310, 2026], 0),
        ("source_line", [5, 6], 2),
    ],
)
def test_parquet_columns_of_any_type_are_read_or_rejected(tmp_path, column, values, accepted):
    tables, rejects, *_ = read(parquet(tmp_path, **{column: values}))
    assert (tables["posts"].height, len(rejects)) == (accepted, 2 - accepted)


def test_an_edge_list_becomes_posts_with_parents_and_links():
    columns = {
        "post_id": "post_id", "account_handle": "source", "target_handle": "target",
        "created_at": "time", "kind": "type", "target_url": "url",
    }  # fmt: skip
    path = SAMPLES / "generic_edges.csv"
    tables, rejects, warnings, notes = read(path, platform="x", table="posts", columns=columns)
    assert (rejects, warnings, notes) == ([], [], {})
    rows = tables["posts"].select("post_id", "account_id", "kind", "parent_id", "urls").rows()
    assert rows == [
        ("x:2031174026654646274", "x:@hezhou_watch", "quote", "x:2031173187793846273", []),
        ("x:2031174467056566275", "x:@city_express01", "repost", "x:2031174026654646274", []),
        ("x:2031174865515446276", "x:@qingshi_news", "original", None,
         ["https://x.com/city_express01/status/2031174467056566275"]),
        ("x:2031180737541046278", "x:@lin_reader", "reply", "x:2031173187793846273", []),
        ("x:2031203386782646279", "x:@southbank_daily", "quote", "x:2031173187793846273", []),
    ]  # fmt: skip


def test_an_edge_to_what_is_no_known_post_keeps_the_address_and_the_name(tmp_path):
    text = "id,source,target,type,time,url\n1,@a,b,RT,1773104400,https://b.example/1\n"
    columns = {
        "post_id": "id", "account_handle": "source", "target_handle": "target",
        "created_at": "time", "kind": "type", "target_url": "url",
    }  # fmt: skip
    [row] = read(written(tmp_path, text), columns=columns)[0]["posts"].to_dicts()
    assert (row["kind"], row["parent_id"]) == ("repost", None)
    assert (row["account_id"], row["source_label"]) == ("local:@a", "@b")
    assert row["urls"] == ["https://b.example/1"]


def test_every_table_that_it_gives_exists():
    assert set(IMPORTER.gives) <= set(TABLES)


def test_the_subject_of_a_label_may_name_its_platform_itself(tmp_path):
    text = (
        "subject_kind,subject_id,label\n"
        "account,weiju:42,affiliation:class\n"
        "account,42,registered-outlet\n"
        "post,at://did:plc:lin/app.bsky.feed.post/3k,false\n"
    )
    path = written(tmp_path, text)

    untold = read(path)[0]["labels"]["subject_id"].to_list()
    told = read(path, platform="weiju")[0]["labels"]["subject_id"].to_list()

    assert untold == ["weiju:42", "local:42", "local:at://did:plc:lin/app.bsky.feed.post/3k"]
    assert told == ["weiju:42", "weiju:42", "weiju:at://did:plc:lin/app.bsky.feed.post/3k"]
