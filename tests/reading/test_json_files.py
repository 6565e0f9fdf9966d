# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Lines and JSON documents: each value with its line, good ones kept when others are not."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.reading import documents, json_lines
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import Record, Refused, records, sampled, table_rows

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
NUL = "holds NUL, which no text does"
HALF = "not a row: a character is half of a surrogate pair"
UNDECODABLE = "holds bytes that are no character of its encoding; give --encoding if it is another"
CUT_OFF = "the document is cut off here; what follows is missing"


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path, at=()):
    return [
        (each.line, each.value, dict(each.head))
        if isinstance(each, Record)
        else (each[0], each[1].reason)
        for each in records(path, ReadOptions(), at=at)
    ]


VALUE = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.text('a桥\n"\\]}', max_size=4)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=6,
)


@QUICK
@given(
    st.lists(VALUE, max_size=8),
    st.sampled_from([None, 1, 4]),
    st.sampled_from([1, 3, 64]),
    st.data(),
)
def test_each_element_of_a_document_stands_on_its_line(values, indent, block, data):
    before = data.draw(st.dictionaries(st.sampled_from("xy"), VALUE, max_size=2))
    after = data.draw(st.dictionaries(st.sampled_from("zw"), VALUE, max_size=2))
    text = json.dumps({**before, "d": {"list": values, **after}}, indent=indent)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "CHARACTERS_AT_ONCE", block)
        patch.setattr(documents, "READ_AT_ONCE", block)
        found = read(written(Path(folder), "a.json", text), at=("d", "list"))
    assert [value for _, value, _ in found] == values
    assert all(head == before | after for _, _, head in found)
    lines = text.split("\n")
    for line, value, _ in found:
        assert lines[line - 1].strip().startswith(json.dumps(value)[0]) or indent is None


@QUICK
@given(st.lists(VALUE, min_size=1, max_size=6), st.data())
def test_a_document_that_is_cut_off_gives_its_whole_elements_and_one_reason(values, data):
    text = json.dumps(values, ensure_ascii=False)
    cut = data.draw(st.integers(1, len(text) - 1))
    with tempfile.TemporaryDirectory() as folder:
        *found, last = read(written(Path(folder), "a.json", text[:cut]))
    assert [value for _, value, *_ in found] == values[: len(found)]
    assert last == (1, CUT_OFF)


def test_a_document_that_breaks_in_the_middle_says_where(tmp_path):
    path = written(tmp_path, "a.json", '[\n {"a": 1},\n {"a": oops},\n {"a": 3}\n]')
    assert read(path) == [(2, {"a": 1}, {}), (3, "no JSON: Expecting value")]


def test_what_follows_a_document_is_told(tmp_path):
    path = written(tmp_path, "a.json", '[\n{"a": 1}]\n[{"a": 2}]')
    assert read(path) == [(2, {"a": 1}, {}), (3, "something follows the end of the document")]


def test_an_element_that_is_no_text_is_refused_and_the_others_are_read(tmp_path):
    text = (
        r'["\ud800", "a\u0000", "\ud83d\ude00", "\\u0000", "'
        + "\t"
        + r'", NaN, 12345678901234567890123]'
    )
    assert read(written(tmp_path, "a.json", text)) == [
        (1, HALF), (1, NUL), (1, "\U0001f600", {}), (1, "\\u0000", {}), (1, "\t", {}),
        (1, None, {}), (1, 12345678901234567890123, {}),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "9" * 5_000])
def test_a_document_made_to_hurt_is_refused(tmp_path, text):
    [(line, reason)] = read(written(tmp_path, "a.json", "[" + text))
    assert (line, reason.split(":")[0]) == (1, reason.split(":")[0])
    sampled(written(tmp_path, "b.json", text))


def test_what_is_under_the_keys_may_be_one_value_or_stand_before_its_last_key(tmp_path):
    one = written(tmp_path, "a.json", '{"data": {"id": "1"}, "meta": 2}')
    assert read(one, at=("data",)) == [(1, {"id": "1"}, {"meta": 2})]
    assert read(one, at=("data", "id")) == [(1, "1", {"meta": 2})]
    array = written(tmp_path, "b.json", '{"data": [{"id": "1"}]}')
    assert read(array, at=("data", "videos")) == [(1, {"id": "1"}, {})]
    with pytest.raises(InputError, match=r"a\.json: has nothing under posts; export it again"):
        read(one, at=("posts",))


def test_the_sample_of_a_document_has_its_arrays_cut(tmp_path):
    whole = {
        "name": "x",
        "a": {"b": list(range(50))},
        "list": [{"id": n} for n in range(50)],
        "z": 1,
    }
    [sample] = sampled(written(tmp_path, "a.json", json.dumps(whole))).objects
    cut = {"name": "x", "a": {"b": list(range(20))}, "list": [{"id": n} for n in range(20)], "z": 1}
    assert sample == cut
    array = sampled(written(tmp_path, "b.json", json.dumps(whole["list"])))
    assert array.objects == tuple(whole["list"][:20])
    assert array.columns == ("id",)


def test_the_sample_of_a_long_document_reads_only_its_beginning(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "SAMPLED_CHARACTERS", 60)
    text = '{"name": "x", "list": [' + '{"id": 1}, ' * 100_000
    assert sampled(written(tmp_path, "a.json", text)).objects == (
        {"name": "x", "list": [{"id": 1}] * 3},
    )


LINE = st.one_of(
    VALUE.map(lambda value: json.dumps(value, ensure_ascii=False)),
    st.sampled_from(["", "  ", "{", '{"a": NaN}', r'{"a": "\u0000"}', r'"\ud800"', "{}x"]),
)


@QUICK
@given(
    st.lists(LINE, max_size=12).map(lambda lines: ["7", *lines]), st.sampled_from([1, 7, 1 << 19])
)
def test_each_line_of_json_lines_is_a_record_or_refused_on_its_line(lines, block):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "BYTES_AT_ONCE", block)
        path = written(Path(folder), "a.jsonl", "\n".join(lines) + "\n")
        found = read(path)
        filled = [number for number, text in enumerate(lines, start=1) if text.strip()]
        assert [each[0] for each in found] == filled
        for line, value, *_ in found:
            if not isinstance(value, str) and "NaN" not in lines[line - 1]:
                assert value == json.loads(lines[line - 1])
        dicts = [line for line, value, *_ in found if isinstance(value, dict)]
        if any(value for _, value, *_ in found if isinstance(value, dict)):
            rows = list(table_rows(path, ReadOptions()))
            assert [n for each in rows for n in each.frame["source_line"]] == dicts
            assert sum(each.rows_read for each in rows) == len(filled)


def rows_of(path):
    frames = [rows.frame for rows in table_rows(path, ReadOptions())]
    return [row for frame in frames for row in frame.drop("source_line").to_dicts()]


def test_values_of_any_kind_become_text_as_the_file_has_them(tmp_path):
    first = '{"a": 9007199254740993, "b": 1.5, "c": true, "d": ["x"], "e": {"k": null}, "f": ""}'
    text = first + '\n{"a": "7"}\n'
    nothing = dict.fromkeys("bcdef")
    assert rows_of(written(tmp_path, "a.jsonl", text)) == [
        {
            "a": "9007199254740993",
            "b": "1.5",
            "c": "true",
            "d": '["x"]',
            "e": '{"k":null}',
            "f": None,
        },
        {"a": "7", **nothing},
    ]


def test_keys_that_come_late_are_columns_that_earlier_rows_lack(tmp_path, monkeypatch):
    monkeypatch.setattr(json_lines, "BYTES_AT_ONCE", 8)
    path = written(tmp_path, "a.jsonl", '{"a":"1"}\n{"b":"2"}\n{"a":"3","b":"4"}\n')
    assert rows_of(path) == [{"a": "1", "b": None}, {"a": None, "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (r'{"a": "\ud800"}', HALF),
        (r'{"\ud800": "a"}', HALF),
        ('{"a": ' + "[" * 100_000, "not a row: nested too deeply"),
        (r'{"a": "x\u0000"}', NUL),
        (b'{"a": "\xe6\xa1"}', UNDECODABLE),
        ('{"a": 1', "not a row: unexpected end of data"),
    ],
)  # fmt: skip
def test_a_line_that_holds_no_value_is_refused_with_its_reason(tmp_path, line, reason):
    raw = line if isinstance(line, bytes) else line.encode()
    path = written(tmp_path, "a.jsonl", '{"a": "桥"}\n'.encode() + raw + b'\n{"a": "z"}\n')
    assert read(path) == [(1, {"a": "桥"}, {}), (2, reason), (3, {"a": "z"}, {})]
    [rows] = table_rows(path, ReadOptions())
    assert (rows.frame["a"].to_list(), rows.rejects.rows()) == (["桥", "z"], [(2, reason)])


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.json", '{"a": 1}\n{"a": 2}\n', "json-lines"),
        ("a.json", '{"a": 1}\n', "json"),
        ("a.json", '[{"a": 1},\n{"a": 2}]', "json"),
        ("a.json", '{\n"a": 1}', "json"),
        ("a.jsonl", '[\n{"a": 1}\n]', "json"),
        ("a.jsonl", "{bad\n{}\n", "json-lines"),
        ("a.ndjson", '{"a": 1}', "json-lines"),
        ("RC_2026-03", '{"a": 1}\n{"a": 2}\n', "json-lines"),
        ("dump.txt", '[{"a": 1}]', "json"),
    ],
)
def test_documents_and_lines_are_told_apart_by_what_they_hold(tmp_path, name, text, form):
    assert sampled(written(tmp_path, name, text)).form == form


def test_a_document_of_objects_is_a_table_too(tmp_path):
    path = written(tmp_path, "a.json", '[{"a": 1},\n 7,\n {"b": 2}]')
    [rows] = table_rows(path, ReadOptions())
    assert rows.frame.to_dicts() == [
        {"a": "1", "b": None, "source_line": 1}, {"a": None, "b": "2", "source_line": 3},
    ]  # fmt: skip
    assert rows.rejects.rows() == [(2, "not a row: not a JSON object")]


def test_a_refused_record_is_a_line_and_a_reason():
    assert Refused("x") == Refused(reason="x")


def test_the_escapes_that_telegram_desktop_writes_for_control_characters_are_read(tmp_path):
    path = tmp_path / "result.json"
    path.write_text(
        '{"messages": [\n{"text": "a\\x0Bb\\x1fc \\\\x0B"},\n{"text": "d"}\n]}', "utf-8"
    )
    found = list(records(path, ReadOptions(), at=("messages",)))
    assert [(each.line, each.value) for each in found] == [
        (2, {"text": "a\x0bb\x1fc \\x0B"}),
        (3, {"text": "d"}),
    ]
