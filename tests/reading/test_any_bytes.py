# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a file holds, it gives rows and reasons or one InputError, and the counts add up."""

from __future__ import annotations

import bz2
import gzip
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import Record, records, sampled, table_rows

SUFFIXES = (
    ".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx", ".xls", ".db", ".html", ".txt", "",
    ".zst", ".csv.gz",
)  # fmt: skip
MAGIC = (
    b"PAR1", b"SQLite format 3\0", b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\x28\xb5\x2f\xfd",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"WARC/1.1",
)  # fmt: skip
PIECES = st.sampled_from([
    b"post_id,text\n", b'"', b"\n", b"\r\n", b"\r", b",", b";", b"\t", b"\0", b"\xff", b'{"a":',
    b"}", b"[", b"]", b"1e999", b"NaN", b'"\\ud800"', b'"\\u0000"', "桥".encode(),
    "桥".encode("gb18030"), "桥".encode("utf-16-le"), b"9" * 30, b"<html>", *MAGIC,
])  # fmt: skip
CONTENT = st.one_of(
    st.binary(max_size=200),
    st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=30).map(b"".join),
)
QUICK = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def written(folder, suffix, content):
    path = Path(folder) / f"file{suffix}"
    path.write_bytes(content)
    return path


@QUICK
@given(
    CONTENT,
    st.sampled_from(SUFFIXES),
    st.sampled_from([None, "gb18030", "utf-16", "latin-1", "idna", "utf-7"]),
)
def test_any_bytes_are_read_or_refused_with_one_kind_of_error(content, suffix, encoding):
    options = ReadOptions(encoding=encoding)
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, suffix, content)
        with suppress(InputError):
            sampled(path, options)
        for at in ((), ("a",)):
            with suppress(InputError):
                for each in records(path, options, at=at):
                    assert isinstance(each, Record) or each[1].reason
        with suppress(InputError):
            for rows in table_rows(path, options):
                assert rows.frame.height + rows.rejects.height == rows.rows_read
                assert rows.rejects["reason"].null_count() == 0


CELL = st.text(st.sampled_from('ab ,;"\n\r桥é'), max_size=6)


@QUICK
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=12), st.data())
def test_a_file_cut_anywhere_gives_the_rows_before_and_at_most_a_wrong_one(table, data):
    lines = ["a,b,c", *(",".join('"' + c.replace('"', '""') + '"' for c in row) for row in table)]
    whole = "\n".join(lines).encode()
    cut = data.draw(st.integers(0, len(whole)))
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, ".csv", whole[:cut])
        with suppress(InputError):
            read = list(table_rows(path, ReadOptions(encoding="utf-8")))
            assert sum(rows.rows_read for rows in read) <= len(table)


PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".zst": zstandard.ZstdCompressor().compress}


@pytest.mark.parametrize("suffix", sorted(PACKERS))
@pytest.mark.parametrize("form", [".csv", ".jsonl", ".json"])
@QUICK
@given(data=st.data())
def test_a_packed_file_cut_anywhere_gives_its_first_rows_and_a_reason(suffix, form, data):
    rows = [f'{{"n": "{n}"}}' for n in range(300)]
    text = {
        ".csv": "n\n" + "".join(f"{n}\n" for n in range(300)),
        ".jsonl": "".join(f"{row}\n" for row in rows),
        ".json": f"[{', '.join(rows)}]",
    }[form]
    packed = PACKERS[suffix](text.encode())
    cut = data.draw(st.integers(0, len(packed)))
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, form + suffix, packed[:cut])
        try:
            found = list(records(path, ReadOptions()))
        except InputError:
            return
    good = [each.value["n"] for each in found if isinstance(each, Record)]
    assert good == [str(n) for n in range(len(good))]
    assert len(found) - len(good) == (0 if len(good) == 300 and cut == len(packed) else 1)
