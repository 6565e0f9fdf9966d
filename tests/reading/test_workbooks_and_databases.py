# SPDX-License-Identifier: GPL-3.0-or-later
"""Workbooks and SQLite databases: cells as text, ids that lost digits shown as such."""

from __future__ import annotations

import gzip
import sqlite3
import zipfile
from contextlib import closing
from xml.sax.saxutils import escape

import pytest

from graphkit.errors import InputError
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import Record, Refused, records, sampled, table_rows

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def sheet(rows):
    """The XML of a sheet: texts, numbers, ("time" or "day", serial)."""
    lines = []
    for number, row in rows.items():
        cells = []
        for column, value in zip("ABCDEF", row, strict=False):
            place = f'r="{column}{number}"'
            if isinstance(value, str):
                cells.append(f'<c {place} t="inlineStr"><is><t>{escape(value)}</t></is></c>')
            elif isinstance(value, tuple):
                cells.append(
                    f'<c {place} s="{1 if value[0] == "time" else 2}"><v>{value[1]}</v></c>'
                )
            elif isinstance(value, bool):
                cells.append(f'<c {place} t="b"><v>{int(value)}</v></c>')
            elif value is not None:
                cells.append(f"<c {place}><v>{value}</v></c>")
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def workbook(path, **sheets):
    """A small .xlsx file with these sheets."""
    names = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    styles = f'<Relationship Id="rId99" Type="{LINKS}/styles" Target="styles.xml"/>'
    main = f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{names}</sheets></workbook>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{main}</Relationships>',
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}">{links}{styles}</Relationships>'
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
        "</cellXfs></styleSheet>",
        **{f"xl/worksheets/sheet{n}.xml": sheet(rows) for n, rows in enumerate(sheets.values(), 1)},
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def cells(path, **options):
    [rows] = table_rows(path, ReadOptions(**options))
    return rows.frame.to_dicts()


def test_cells_are_texts_days_are_days_and_long_numbers_show_that_they_lost_digits(tmp_path):
    rows = {
        2: ("post_id", "when", "n"),
        3: (1898990000000000000, ("time", 46091.375), 12),
        5: (123, ("day", 46091), True),
        6: ("1898990000000000001", 46091.375, 1.5),
    }
    path = workbook(tmp_path / "a.xlsx", Posts=rows)
    assert cells(path) == [
        {"post_id": "1.898990e+18", "when": "2026-03-10T09:00:00", "n": "12", "source_line": 3},
        {"post_id": "123", "when": "2026-03-10", "n": "true", "source_line": 5},
        {"post_id": "1898990000000000001", "when": "46091.375", "n": "1.5", "source_line": 6},
    ]
    sample = sampled(path)
    assert (sample.form, sample.columns) == ("excel", ("post_id", "when", "n"))


def test_the_first_sheet_is_read_unless_another_is_named(tmp_path):
    path = workbook(tmp_path / "a.xlsx", One={1: ("a",), 2: ("x",)}, Two={1: ("b",), 2: ("y",)})
    assert cells(path) == [{"a": "x", "source_line": 2}]
    assert cells(path, sheet="Two") == [{"b": "y", "source_line": 2}]
    with pytest.raises(InputError, match=r"has no sheet Three; it has: One, Two"):
        cells(path, sheet="Three")


def test_a_workbook_without_a_table_says_so(tmp_path):
    for rows, message in (({}, "no header"), ({1: ("a", "a")}, "twice"), ({1: ("a",)}, "no rows")):
        with pytest.raises(InputError, match=rf"a\.xlsx: .*{message}"):
            cells(workbook(tmp_path / "a.xlsx", One=rows))


def test_a_damaged_workbook_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", One={1: ("a",), 2: ("x",)})
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(InputError, match=r"a\.xlsx: is not a workbook .*; save it as CSV"):
        cells(path)


def database(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


WEIBO = (
    "CREATE TABLE weibo (id varchar, n INTEGER, x REAL, b BLOB)",
    "INSERT INTO weibo VALUES ('5270000000000002', 9007199254740993, 1.5, x'61ff'), "
    "(NULL, NULL, NULL, NULL)",
)


def test_the_one_table_of_a_database_is_read_as_text(tmp_path):
    path = database(tmp_path / "a.db", *WEIBO)
    values = {"id": "5270000000000002", "n": "9007199254740993", "x": "1.5", "b": "a\\xff"}
    empty = dict.fromkeys(values)
    assert cells(path) == [{**values, "source_line": 1}, {**empty, "source_line": 2}]
    assert (sampled(path).form, sampled(path).columns) == ("sqlite", ("weibo",))


def test_of_several_tables_one_must_be_named(tmp_path):
    path = database(
        tmp_path / "a.db", *WEIBO, 'CREATE TABLE "us""er" (id)', 'INSERT INTO "us""er" VALUES (7)'
    )
    with pytest.raises(InputError, match=r'has several tables; it has: us"er, weibo'):
        cells(path)
    assert cells(path, sheet='us"er') == [{"id": "7", "source_line": 1}]
    assert list(records(path, ReadOptions(), at=('us"er',))) == [Record(1, {"id": "7"}, {})]
    with pytest.raises(InputError, match="has no table weibo; DROP"):
        list(records(path, ReadOptions(), at=("weibo; DROP TABLE weibo",)))


def test_a_packed_database_is_read_and_the_file_is_not_changed(tmp_path):
    plain = database(tmp_path / "a.db", *WEIBO).read_bytes()
    path = tmp_path / "b.db.gz"
    path.write_bytes(gzip.compress(plain))
    assert len(cells(path)) == 2
    assert (tmp_path / "a.db").read_bytes() == plain


def test_rows_that_are_still_in_the_log_beside_a_database_are_not_lost_quietly(tmp_path):
    path = database(tmp_path / "a.db", *WEIBO)
    (tmp_path / "a.db-wal").write_bytes(b"x")
    with pytest.raises(
        InputError, match=r"its last rows are in a\.db-wal; .* PRAGMA wal_checkpoint"
    ):
        cells(path)


def test_text_that_is_no_utf8_costs_its_row(tmp_path):
    path = database(
        tmp_path / "a.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES ('x'), (CAST(x'ff' AS TEXT))"
    )
    found = list(records(path, ReadOptions()))
    assert found[1] == Record(1, {"a": "x"}, {})
    line, refused = found[0]
    assert line == 2
    assert isinstance(refused, Refused)
