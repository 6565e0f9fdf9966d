# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as they lie: packed, in other encodings, with names that say something else."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile

import polars as pl
import pytest
import zstandard

from graphkit.errors import InputError
from graphkit.reading.importer import ReadOptions
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import records, sampled, table_rows

TABLE = "post_id,text\n1,据网传，河洲大桥昨夜垮塌\n2,情况属实？\n"
ROWS = [
    {"post_id": "1", "text": "据网传，河洲大桥昨夜垮塌"},
    {"post_id": "2", "text": "情况属实？"},
]
AS_GB18030 = "the text is read as GB18030; give --encoding if it is not"
NO_CHARACTER = "holds bytes that are no character of its encoding; give --encoding if it is another"


def zstandard_frames(content):
    """Two frames, the second with a window of 2 GB, as Reddit's dumps have them."""
    half = len(content) // 2
    wide = zstandard.ZstdCompressionParameters.from_level(3, window_log=31, enable_ldm=True)
    first = zstandard.ZstdCompressor().compress(content[:half])
    return first + zstandard.ZstdCompressor(compression_params=wide).compress(content[half:])


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def rows_of(path, **options):
    return [
        row
        for rows in table_rows(path, ReadOptions(**options))
        for row in rows.frame.drop("source_line").to_dicts()
    ]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard_frames])
@pytest.mark.parametrize("name", ["posts.csv", "posts.csv.gz", "posts.csv.zst"])
def test_a_packed_file_is_read_as_it_is_whatever_it_is_called(tmp_path, pack, name):
    path = written(tmp_path, name, pack(TABLE.encode()))
    assert rows_of(path) == ROWS
    assert sampled(path).name == "posts.csv"


def test_a_packed_file_that_is_cut_gives_the_rows_before_the_cut(tmp_path):
    lines = "".join(f"{n},{n * 7919 % 1009}\n" for n in range(20_000))
    packed = gzip.compress(f"post_id,text\n{lines}".encode())
    path = written(tmp_path, "a.csv.gz", packed[: len(packed) // 2])
    read = list(table_rows(path, ReadOptions()))
    lines = [line for rows in read for line in rows.frame["source_line"]]
    assert lines == list(range(2, len(lines) + 2))
    assert 5_000 < len(lines) < 15_000
    [(line, reason)] = [row for rows in read for row in rows.rejects.rows()]
    assert line == lines[-1] + 1
    assert reason == "the compressed file is cut off or damaged here; what follows cannot be read"


def test_a_packed_file_of_which_nothing_can_be_read_says_so(tmp_path):
    path = written(tmp_path, "a.csv.gz", gzip.compress(TABLE.encode())[:12])
    with pytest.raises(
        InputError, match=r"a\.csv\.gz: is damaged from its beginning; copy it again"
    ):
        sampled(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be-bom", "gb18030"])
def test_chinese_text_in_the_usual_encodings_is_read_without_being_told(tmp_path, encoding):
    text = TABLE if encoding != "utf-16-be-bom" else "\ufeff" + TABLE
    path = written(tmp_path, "a.csv", text.encode(encoding.removesuffix("-bom")))
    assert rows_of(path) == ROWS
    [rows] = table_rows(path, ReadOptions())
    assert rows.notes == ({AS_GB18030: 1} if encoding == "gb18030" else {})


def test_that_text_is_read_as_gb18030_is_noted_in_the_batch(tmp_path):
    path = written(tmp_path, "a.jsonl", '{"text": "据网传，河洲大桥昨夜垮塌"}\n'.encode("gb18030"))

    def read(record):
        yield Found("posts", {"post_id": "1", "account_id": "a", "text": record.value["text"]})

    options = ReadOptions()
    [batch] = record_batches(records(path, options), read, options=options, platform="x")
    assert batch.tables["posts"]["text"].to_list() == ["据网传，河洲大桥昨夜垮塌"]
    assert batch.notes == {AS_GB18030: 1}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("post_id,text\n1,Où est né cet élève ? À Orléans près d’ici\n", "cp1252"),
        ("post_id,text\n1,Мост рухнул прошлой ночью\n", "cp1251"),
        ("post_id,text\n1,昨夜大橋垮塌，據報導多車墜河，來源為網路\n", "big5"),
        ("post_id,text\n1,昨夜、橋が崩落したという情報です\n", "shift_jis"),
        ("post_id,text\n1,어젯밤 다리가 무너졌다고 합니다\n", "euc-kr"),
    ],
)
def test_text_in_another_encoding_is_read_only_when_its_name_is_told(tmp_path, text, encoding):
    path = written(tmp_path, "a.csv", text.encode(encoding))
    with pytest.raises(InputError, match=r"a\.csv: is not UTF-8 text; .* give its --encoding"):
        sampled(path)
    assert rows_of(path, encoding=encoding) == [{"post_id": "1", "text": text[15:-1]}]
    assert sampled(path, ReadOptions(encoding=encoding)).columns == ("post_id", "text")


@pytest.mark.parametrize("encoding", ["klingon", "base64", "undefined", ""])
def test_what_is_no_encoding_of_text_is_named(tmp_path, encoding):
    path = written(tmp_path, "a.csv", TABLE.encode())
    with pytest.raises(InputError, match=f"no encoding is called '{encoding}'; write gb18030"):
        sampled(path, ReadOptions(encoding=encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
def test_a_mark_before_the_text_is_no_part_of_it_even_where_the_encoding_is_told(
    tmp_path, encoding
):
    path = written(tmp_path, "a.csv", ("\ufeff" + TABLE).encode(encoding))
    assert rows_of(path, encoding=encoding) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_character_that_is_cut_at_the_end_costs_its_row_only(tmp_path, encoding):
    content = (TABLE + "3,桥").encode(encoding)[:-1]
    path = written(tmp_path, "a.csv", content)
    [rows] = table_rows(path, ReadOptions())
    assert rows.frame["post_id"].to_list() == ["1", "2"]
    [(line, _)] = rows.rejects.rows()
    assert line == 4


def test_a_damaged_row_among_many_does_not_make_a_file_of_another_encoding(tmp_path):
    path = written(tmp_path, "a.csv", TABLE.encode() + b"3,\xe6\xa1\xff\n" + "4,好\n".encode())
    [rows] = table_rows(path, ReadOptions())
    assert rows.frame["post_id"].to_list() == ["1", "2", "4"]
    assert rows.rejects.rows() == [(4, NO_CHARACTER)]


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.html", b"<!doctype html><p>x", "html"),
        ("page", b"  <html><p>x", "html"),
        ("a.mhtml", b"From: <Saved by Blink>\r\n", "mhtml"),
        ("page.txt", b"MIME-Version: 1.0\r\n", "mhtml"),
        ("a.warc", b"WARC/1.1\r\n", "warc"),
        ("crawl.gz", gzip.compress(b"WARC/1.1\r\n", mtime=0), "warc"),
        ("a.html", "<meta charset=gbk>网传".encode("gbk"), "html"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "unknown"),
        ("notes.txt", b"only words, and a comma\nno table here\n", "unknown"),
        ("table.txt", b"a,b\n1,2\n3,4\n", "delimited"),
    ],
)
def test_forms_are_known_by_what_a_file_holds_then_by_its_name(tmp_path, name, content, form):
    assert sampled(written(tmp_path, name, content)).form == form


def test_archives_are_told_apart_by_what_is_in_them(tmp_path):
    forms = {}
    for member in ("xl/workbook.xml", "content.xml", "datapackage.json", "photo.jpg"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(member, "x")
        path = written(tmp_path, "a.zip", packed.getvalue())
        try:
            forms[member] = sampled(path).form
        except InputError as error:
            forms[member] = str(error).split(" (")[0]
    assert forms == {
        "xl/workbook.xml": "a.zip: is not a workbook",
        "content.xml": "a.zip: is not a workbook",
        "datapackage.json": "wacz",
        "photo.jpg": "unknown",
    }


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.parquet", "is not a Parquet file"),
        ("a.xlsx", "is not a workbook"),
        ("a.db", "is not a SQLite"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, name, message):
    path = written(tmp_path, name, bytes(range(256)))
    with pytest.raises(InputError, match=rf"^{name}: {message}"):
        sampled(path)


def test_a_file_that_is_no_table_cannot_be_read_as_one(tmp_path):
    path = written(tmp_path, "a.html", b"<html>")
    with pytest.raises(InputError, match=r"a\.html: is no table that can be read; give CSV"):
        list(table_rows(path, ReadOptions()))


def test_what_cannot_be_opened_says_why(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.csv: cannot be read \(No such file"):
        sampled(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\)"):
        list(table_rows(tmp_path, ReadOptions()))


def test_parquet_keeps_its_types_and_comes_in_batches_that_count_on(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"n": range(250_001), "source_line": 7}).write_parquet(path)
    batches = list(table_rows(path, ReadOptions()))
    assert [rows.rows_read for rows in batches] == [100_000, 100_000, 50_001]
    assert batches[0].frame.schema == {"n": pl.Int64, "source_line": pl.Int64}
    assert batches[2].frame.row(0) == (200_000, 200_001)


def test_nul_is_rejected_in_parquet_as_in_text(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": ["a", "b\0"]}).write_parquet(path)
    [rows] = table_rows(path, ReadOptions())
    assert (rows.frame.height, rows.rejects.rows()) == (1, [(2, "holds NUL, which no text does")])
