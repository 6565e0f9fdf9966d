# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns: QUT-Digital-Observatory/coordination-network-toolkit, README and preprocess.py."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.errors import InputError
from graphkit.importers.coordination_network_toolkit import COLUMNS, IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
SAMPLE = SAMPLES / "coordination_network_toolkit.csv"
with SAMPLE.open(encoding="utf-8") as handle:
    ROWS = list(csv.reader(handle))[1:]


def written(tmp_path, *rows):
    path = tmp_path / "messages.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def frame(batch):
    return batch.tables["posts"].drop("source_line").to_dicts()


def test_with_a_header_without_one_and_with_an_index_in_front_the_posts_are_the_same(tmp_path):
    expected = frame(read(SAMPLE))
    index = [["", *COLUMNS], *([str(n), *row] for n, row in enumerate(ROWS))]
    for rows in (ROWS, index, index[1:], [["Unnamed: 0", *COLUMNS], *index[1:]]):
        path = written(tmp_path, *rows)
        assert IMPORTER.suits(sampled(path)) is not None
        assert frame(read(path)) == expected


def test_other_names_in_the_header_are_read_by_their_place(tmp_path):
    path = written(tmp_path, list("abcdefgh"), *ROWS)
    assert IMPORTER.suits(sampled(path)) is None
    assert frame(read(path)) == frame(read(SAMPLE))


def test_the_first_row_of_a_file_without_header_is_on_line_one(tmp_path):
    assert read(written(tmp_path, *ROWS)).tables["posts"]["source_line"][0] == 1
    assert read(SAMPLE).tables["posts"]["source_line"][0] == 2


@pytest.mark.parametrize(
    ("cell", "urls"),
    [
        ("https://a.example https://b.example", ["https://a.example", "https://b.example"]),
        ("['https://a.example', 'https://b.example']", ["https://a.example", "https://b.example"]),
        ("['http://example.com/7']", ["http://example.com/7"]),
        ("[]", []),
        ("", []),
    ],
)
def test_links_are_parted_by_blanks_or_written_as_python_writes_lists(cell, urls, tmp_path):
    batch = read(written(tmp_path, [*ROWS[1][:7], cell]))
    assert batch.tables["posts"]["urls"].to_list() == [urls]


def test_times_that_count_from_the_first_id_of_x_are_read_as_what_they_mean(tmp_path):
    number = ROWS[1][0]
    since = [str((int(number) >> 22) / 1000), str((int(number) >> 22) // 1000), "1773104400.0"]
    for told in since:
        [post] = frame(read(written(tmp_path, [*ROWS[1][:6], told, ""])))
        assert post["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_rounded_ids_and_rows_of_other_widths_are_refused_one_by_one(tmp_path):
    rounded = [ROWS[3][0], "1004", "c", "2.03117E+18", "", "", "1773104705", ""]
    batch = read(written(tmp_path, COLUMNS, ROWS[0], rounded, ROWS[1][:5]))
    assert batch.tables["posts"].height == 1
    assert batch.rejects.rows() == [
        (
            3,
            "column 'parent_id' (\"2.03117E+18\") is a number that lost digits; export ids as text",
        ),
        (4, "5 cells where there are 8"),
    ]


def test_the_platform_is_the_one_that_the_person_tells():
    assert frame(read(SAMPLE))[0]["post_id"] == "local:1807990077649846272"
    told = frame(read(SAMPLE, platform="x"))[0]
    assert (told["post_id"], told["account_id"]) == ("x:1807990077649846272", "x:1001")


def test_a_table_of_eight_other_columns_does_not_suit(tmp_path):
    assert IMPORTER.suits(sampled(written(tmp_path, list("abcdefgh"), list("12345678")))) is None
    assert IMPORTER.suits(sampled(SAMPLES / "generic_edges.csv")) is None


def test_a_header_without_rows_is_told(tmp_path):
    with pytest.raises(InputError, match="has no rows; export it again"):
        list(IMPORTER.read(written(tmp_path, COLUMNS), ReadOptions()))


def test_a_row_that_is_no_text_is_refused_and_the_next_is_read(tmp_path):
    path = written(tmp_path, COLUMNS, ROWS[0], ROWS[1])
    path.write_bytes(path.read_bytes().replace(b"southbank_daily", b"south\x00bank"))
    batch = read(path)
    assert batch.tables["posts"]["post_id"].to_list() == ["local:2031173187793846273"]
    assert batch.rejects["reason"].to_list() == ["holds NUL, which no text does"]
