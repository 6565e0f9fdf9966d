# SPDX-License-Identifier: GPL-3.0-or-later
"""A map says which column is which; one that was guessed is written, read and used again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError, UnknownNameError
from graphkit.importers.canonical import IMPORTER
from graphkit.investigation.column_map import ColumnMap, column_map, guess_for, map_of, map_text
from graphkit.reading.importer import ReadOptions

SAMPLES = Path(__file__).parent.parent / "importers" / "samples"


def read(tmp_path, text, name="map.toml"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return column_map(path)


def test_a_map_has_columns_and_what_holds_for_all_rows(tmp_path):
    text = 'table = "posts"\nplatform = "weibo"\nsheet = "S"\n[columns]\npost_id = "nr"\n'
    found = read(tmp_path, text)
    assert found == ColumnMap("posts", {"post_id": "nr"}, "weibo", "S")
    told = found.options(ReadOptions(platform="x", tz="UTC"))
    assert told == ReadOptions(
        platform="x", tz="UTC", table="posts", sheet="S", columns={"post_id": "nr"}
    )


def test_a_map_without_a_section_or_the_other_way_round_is_understood(tmp_path):
    assert read(tmp_path, 'post_id = "nr"\n').columns == {"post_id": "nr"}
    assert read(tmp_path, 'nr = "post_id"\n').columns == {"post_id": "nr"}
    as_json = read(tmp_path, '{"table": "posts", "columns": {"text": "says"}}', "map.json")
    assert as_json == ColumnMap("posts", {"text": "says"})


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("post_id = 1\n", InputError, r"map\.toml: 'columns' must say graphkit's column"),
        ('platform = 1\npost_id = "a"\n', InputError, "'columns' must say"),
        ('table = "pots"\n', UnknownNameError, "no table is called 'pots'; did you mean posts"),
        (
            'post_idd = "a"\n',
            UnknownNameError,
            "no column is called 'post_idd'; did you mean post_id",
        ),
        ("post_id\n", InputError, "is not TOML or JSON"),
    ],
)
def test_a_map_that_is_none_says_so(tmp_path, text, error, message):
    with pytest.raises(error, match=message):
        read(tmp_path, text)


NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(["post_id", "text", "account_handle"]), NAME), NAME)
def test_what_is_written_is_read_again(tmp_path_factory, columns, reason):
    mapped = ColumnMap("posts", columns, "x", None, dict.fromkeys(columns, reason))
    found = read(tmp_path_factory.mktemp("map"), map_text(mapped))
    assert (found.table, found.platform, found.columns) == ("posts", "x", columns)


def test_a_guessed_edge_list_is_imported_by_its_saved_map(tmp_path):
    path = SAMPLES / "generic_edges.csv"
    saved = tmp_path / "edges.toml"
    saved.write_text(map_text(map_of(guess_for(path))), "utf-8")
    [batch] = IMPORTER.read(path, column_map(saved).options(ReadOptions()))
    posts = batch.tables["posts"]
    assert posts["kind"].to_list() == ["quote", "repost", "original", "reply", "quote"]
    assert posts["parent_id"].null_count() == 1
    assert posts["account_id"].str.starts_with("x:@").all()


def test_a_guess_that_leaves_something_open_is_no_map(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,time,date\n1,2026-03-10,2026-03-10\n", "utf-8")
    with pytest.raises(InputError, match=r"cannot tell .*created_at: time, date \(each fits\)"):
        map_of(guess_for(path))
