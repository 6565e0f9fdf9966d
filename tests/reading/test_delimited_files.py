# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV: each row with the physical line on which it begins, in regular files and in odd ones."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.reading import cells, delimited
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import Record, records, sampled, table_rows

QUICK = settings(max_examples=150, deadline=None, derandomize=True)


def read(tmp_path, content, name="a.csv", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return together(path, **options)


def together(path, *, short_rows=False, **options):
    """The rows (line, cells) and rejects (line, reason) of a whole file."""
    good, bad = [], []
    for rows in table_rows(path, ReadOptions(**options), short_rows=short_rows):
        good += [(row.pop("source_line"), tuple(row.values())) for row in rows.frame.to_dicts()]
        bad += rows.rejects.rows()
        assert rows.rows_read == rows.frame.height + rows.rejects.height
    return good, bad


def by_hand(text):
    """The rows and rejects as the standard library reads them, one record at a time."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, strict=True)
    good, bad, header, begins = [], [], None, 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return good, bad
        except csv.Error as error:
            bad.append((begins, f"is no row of CSV: {error}"))
        else:
            if record and header is None:
                header = record
            elif record and len(record) == len(header):
                good.append((begins, tuple(cell if cell else None for cell in record)))
            elif record:
                reason = f"{len(record)} cells where the header has {len(header)}"
                bad.append((begins, reason))
        begins = reader.line_num + 1


QUOTED = st.text(st.sampled_from('ab,"\n桥\r'), max_size=5).map(
    lambda text: '"' + text.replace('"', '""') + '"'
)
BARE = st.text(st.sampled_from("ab 桥\ufeff"), max_size=4)
ODD = st.sampled_from(['a"b', '"a"b', '"', 'a""', '"a" ', "\r", "\n", "x\ry"])
ROW = st.lists(st.one_of(BARE, QUOTED), min_size=1, max_size=4)
ODD_ROW = st.lists(st.one_of(BARE, QUOTED, ODD), min_size=1, max_size=4)
BREAK = st.sampled_from(["\n", "\r\n", "\n\n"])


@QUICK
@given(
    st.lists(st.one_of(ROW, ROW, ROW, ODD_ROW), min_size=1, max_size=9),
    BREAK,
    st.booleans(),
    st.sampled_from([5, 11, 64, 1 << 24]),
)
def test_rows_and_lines_are_those_of_a_reader_by_hand(rows, line_break, ends, block):
    text = line_break.join(["p,q,r", *(",".join(row) for row in rows)]) + line_break * ends
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "BLOCK_BYTES", block)
        patch.setattr(cells, "ROWS_AT_ONCE", 3)
        path = Path(folder) / "a.csv"
        path.write_text(text, "utf-8", newline="")
        wanted = by_hand(text)
        if wanted == ([], []):
            with pytest.raises(InputError, match="has a header and no rows"):
                together(path)
            return
        assert together(path) == wanted


def test_a_row_over_several_lines_stands_where_it_begins(tmp_path):
    text = 'a,b\n1,"two\nlines"\n\n2,"x ""y"""\n'
    assert read(tmp_path, text) == ([(2, ("1", "two\nlines")), (5, ("2", 'x "y"'))], [])


def test_a_quote_that_is_never_closed_costs_the_row_that_it_opens(tmp_path):
    good, bad = read(tmp_path, 'a,b\n1,x\n2,"never\n3,closed\n')
    assert good == [(2, ("1", "x"))]
    assert bad == [(3, "is no row of CSV: unexpected end of data")]


def test_rows_with_nul_and_rows_with_other_bytes_are_rejected_and_the_others_read(tmp_path):
    good, bad = read(tmp_path, b"a,b\n1,\xe6\xa1\xa5\n2,a\0b\n3,\xe6\xa1\n4,\xe6\xa1\xa5\n")
    assert [line for line, _ in good] == [2, 5]
    assert bad == [
        (3, "holds NUL, which no text does"),
        (4, "holds bytes that are no character of its encoding; give --encoding if it is another"),
    ]


def test_short_rows_lack_their_last_cells_only_where_the_format_says_so(tmp_path):
    text = "a,b,c\n1\n1,2,3,4\n"
    assert read(tmp_path, text)[1] == [
        (2, "1 cells where the header has 3"),
        (3, "4 cells where the header has 3"),
    ]
    good, bad = read(tmp_path, text, short_rows=True)
    assert good == [(2, ("1", None, None))]
    assert bad == [(3, "4 cells where the header has 3")]


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "a;b\n1,5;2\n"), ("a.csv", "a\tb\n1,5\t2\n"), ("a.tsv", "a\tb\n1,5\t2\n"),
     ("a.txt", "a|b\n1,5|2\n")],
)  # fmt: skip
def test_what_parts_the_header_parts_the_rows(tmp_path, name, text):
    assert read(tmp_path, text, name) == ([(2, ("1,5", "2"))], [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty|has no header"),
        (b"\n\n", "has no header"),
        (b"a,b\n", "has a header and no rows"),
        (b"a,a\n1,2\n", "twice the column a"),
        (b"a,,\n1,2,3\n", r"twice the column \(no name\)"),
        (b"a\0,b\n1,2\n", "is no text"),
    ],
)
def test_a_file_without_a_table_says_so(tmp_path, content, message):
    with pytest.raises(InputError, match=rf"^a\.csv.*(?:{message})"):
        read(tmp_path, content)


def test_rows_come_in_batches_of_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "ROWS_AT_ONCE", 100)
    monkeypatch.setattr("graphkit.reading.regular.ROWS_AT_ONCE", 100)
    path = tmp_path / "a.csv"
    path.write_text("a\n" + "".join(f"{n}\n" for n in range(1_050)), "utf-8")
    batches = list(table_rows(path, ReadOptions()))
    assert [rows.rows_read for rows in batches] == [99] + [100] * 9 + [51]
    lines = [line for rows in batches for line in rows.frame["source_line"]]
    assert lines == list(range(2, 1_052))


def test_records_are_the_filled_cells_of_each_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,\n", "utf-8")
    assert list(records(path, ReadOptions())) == [Record(2, {"a": "1"}, {})]


def test_a_sample_has_the_columns_and_the_text_and_the_name_without_its_packing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfpost_id,text\n1,x\n")
    sample = sampled(path)
    assert (sample.form, sample.columns, sample.text) == (
        "delimited", ("post_id", "text"), "post_id,text\n1,x\n",
    )  # fmt: skip
