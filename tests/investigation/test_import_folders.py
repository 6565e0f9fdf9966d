# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing many files and folders in one command."""

from __future__ import annotations

import os
import time

import pytest

from graphkit.case import audit, create_case, load_corpus, source_records
from graphkit.errors import InputError
from graphkit.investigation import folders
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import ReadOptions

POSTS = "platform,post_id,account_id,created_at\n"


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case")


def posts_file(path, *ids, at=1773104400):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(POSTS + "".join(f"p,{each},a,{at}\n" for each in ids))
    return path


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    posts_file(folder / "b" / "two.csv", 2, 1)
    posts_file(folder / "a.csv", 1)
    posts_file(folder / ".hidden.csv", 7)
    posts_file(folder / ".git" / "x.csv", 8)
    (folder / "notes.md").write_text("# not a table\n")
    (folder / "broken.parquet").write_bytes(b"PAR1 and no more")
    (folder / "empty.csv").write_text("")
    posts_file(create_case(folder / "old case").root / "c.csv", 9)
    return folder


def test_a_folder_is_its_files_and_what_cannot_be_read_is_named(case, exports):
    ledgers = ingest(case, [exports])
    assert [(each.file, each.accepted) for each in ledgers if each.unread is None] == [
        ("a.csv", 1),
        ("b/two.csv", 1),
    ]
    assert ledgers[1].file == "b/two.csv"
    assert ledgers[1].duplicates.rows() == [(3, None)]
    why = {each.file: each.unread for each in ledgers if each.unread is not None}
    assert list(why) == ["broken.parquet", "empty.csv", "notes.md"]
    assert why["empty.csv"] == "the file is empty; export it again"
    assert why["notes.md"].startswith("no importer knows this format")
    assert load_corpus(case).posts["post_id"].to_list() == ["p:1", "p:2"]


def test_one_command_is_one_batch(case, exports):
    ingest(case, [exports])
    records = source_records(case)
    [batch_id] = {each["batch_id"] for each in records}
    assert sorted(each["file"] for each in records) == ["a.csv", "b/two.csv"]
    assert [f.name for f in case.root.glob("inputs/*.json")] == [f"{batch_id}.json"]
    assert [f.stem for f in case.root.glob("tables/*/*")] == [batch_id]
    [line] = audit(case)
    assert line["detail"] == {
        "batch_id": batch_id, "importer": "canonical", "files": 2, "rows_read": 3, "accepted": 2,
    }  # fmt: skip
    kept = {f.name: f.stat().st_mode & 0o777 for f in case.root.glob("inputs/*") if not f.suffix}
    assert kept == {each["sha256"]: 0o444 for each in records}


def test_a_folder_again_changes_nothing_and_then_brings_what_is_new(case, exports):
    ingest(case, [exports])
    again = ingest(case, [exports])
    assert [each.is_known for each in again if each.unread is None] == [True, True]
    assert len(audit(case)) == 1
    posts_file(exports / "c.csv", 3)
    assert sum(each.accepted for each in ingest(case, [exports])) == 1
    assert load_corpus(case).posts["post_id"].to_list() == ["p:1", "p:2", "p:3"]


def test_a_file_that_is_named_itself_must_be_read(case, exports):
    with pytest.raises(InputError, match=r"^notes\.md: no importer knows this format"):
        ingest(case, [exports, exports / "notes.md"])
    assert source_records(case) == []


def test_a_file_that_breaks_off_in_a_folder_leaves_no_row(case, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    row = '{"platform": "p", "post_id": "%s", "account_id": "a", "created_at": 1773104400%s}\n'
    (folder / "a.jsonl").write_text(row % (1, ""))  # its fault is known when all of it was read
    (folder / "b.jsonl").write_text(row % (5, ', "words": "x"'))
    ledgers = ingest(case, [folder], options=ReadOptions(columns={"text": "words"}))
    assert [each.unread is None for each in ledgers] == [False, True]
    assert ledgers[0].unread.startswith("the map names the column words; the file has: ")
    assert load_corpus(case).posts["post_id"].to_list() == ["p:5"]
    assert [each["file"] for each in source_records(case)] == ["b.jsonl"]
    assert len([f for f in case.root.glob("inputs/*") if not f.suffix]) == 1


def test_a_link_to_a_folder_is_named_and_not_followed(case, exports):
    (exports / "loop").symlink_to(exports)
    why = {each.file: each.unread for each in ingest(case, [exports])}
    assert why["loop"] == "is a link to a folder; name that folder itself"


def test_the_same_bytes_in_two_files_of_a_command_are_kept_once(case, tmp_path):
    folder = tmp_path / "exports"
    for name in ("a.csv", "b.csv"):
        posts_file(folder / name, 1)
    first, second = ingest(case, [folder])
    assert (first.accepted, second.accepted, second.is_known) == (1, 0, True)
    assert [each["file"] for each in source_records(case)] == ["a.csv"]


def test_a_folder_without_files_is_refused(case, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="none: is a folder without files"):
        ingest(case, [tmp_path / "none"])
    with pytest.raises(InputError, match="case: is a case; name files"):
        ingest(case, [case.root])


def test_a_folder_that_may_not_be_opened_is_named(tmp_path, monkeypatch):
    posts_file(tmp_path / "exports" / "a.csv", 1)

    def walk(folder, onerror):
        onerror(PermissionError(13, "Permission denied", str(folder / "shut")))
        return iter([(str(folder), ["shut"], ["a.csv"])])

    monkeypatch.setattr(folders.os, "walk", walk)
    found = folders.named_files([tmp_path / "exports"])
    assert [(each.name, each.unread) for each in found] == [
        ("a.csv", None),
        ("shut", "cannot be opened (Permission denied)"),
    ]


def test_a_folder_inside_that_is_closed_does_not_stop_the_others(tmp_path, monkeypatch):
    posts_file(tmp_path / "exports" / "a.csv", 1)
    (tmp_path / "exports" / "shut").mkdir()
    look = os.stat

    def denied(path, *args, **options):
        if "shut" + os.sep in os.fspath(path):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return look(path, *args, **options)

    monkeypatch.setattr(folders.os, "stat", denied)
    assert [each.name for each in folders.named_files([tmp_path / "exports"])] == ["a.csv"]


def test_what_is_no_file_is_not_waited_for(case, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match=r"pipe\.csv: is not a file; save it as one"):
        ingest(case, [tmp_path / "pipe.csv"])


def test_a_file_that_changes_while_it_is_read_is_refused(case, tmp_path):
    path = posts_file(tmp_path / "a.csv", 1)

    def growing(_progress):
        path.write_text(path.read_text() + "p,2,a,1773104400\n")

    with pytest.raises(InputError, match=r"a\.csv: was changed while it was read"):
        ingest(case, [path], watch=growing)


def test_progress_counts_the_rows_of_all_files(case, exports):
    seen = []
    ingest(case, [exports], watch=seen.append)
    assert [(each.file, each.rows) for each in seen] == [("a.csv", 1), ("b/two.csv", 3)]


def test_hundreds_of_small_files_take_seconds(case, tmp_path):
    folder = tmp_path / "hours"
    for number in range(300):
        posts_file(folder / f"{number:04}.csv", number, at=1773104400 + number)
    begun = time.process_time()
    ledgers = ingest(case, [folder])
    assert sum(each.accepted for each in ledgers) == 300
    assert time.process_time() - begun < 30
    assert len(list(case.root.glob("tables/posts/*"))) == 1
