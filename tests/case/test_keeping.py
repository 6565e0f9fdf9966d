# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames under `derived/`: made once, whole or not there, never those of other rows."""

from __future__ import annotations

import fcntl
import os

import polars as pl
import pytest

from graphkit.case import create_case, kept, load_corpus, open_case, store
from graphkit.investigation.ingesting import ingest
from graphkit.tables import TABLES

POSTS = "post_id,account_id,platform,created_at,time_precision,kind,text,is_seen,parent_id\n"
FILES = {
    "first.csv": [
        "p:1,p:a,p,2026-03-02T00:00:00Z,second,original,the bridge is closed since today,true,",
        "p:2,p:b,p,2026-03-02T00:01:00Z,second,repost,,true,p:1",
        "p:3,p:c,p,2026-03-02T00:02:00Z,second,quote,says @a that the bridge is shut,true,p:9",
    ],
    "second.csv": [
        "p:1,p:a,p,2026-03-02T00:00:00Z,second,original,the bridge is open since today,true,",
        "p:4,p:c,p,2026-03-02T00:03:00Z,second,original,the bridge is closed since today,true,",
    ],
    "third.csv": ["p:4,p:c,p,2026-03-02T00:03:00Z,second,original,,true,"],
}


@pytest.fixture
def case(tmp_path):
    """A case with three imports, which have posts in common and contradict each other."""
    case = create_case(tmp_path / "case")
    for name in FILES:
        imported(case, name)
    return case


def imported(case, name, rows=None):
    path = case.root.parent / name
    path.write_text(POSTS + "\n".join(FILES[name] if rows is None else rows) + "\n")
    ingest(case, [path], importer_name="canonical", collection="stream")


def folders(case, name="rows"):
    return sorted(each.name for each in (case.root / "derived").glob(f"{name}-*"))


class Making:
    """Makes a frame, and counts how often."""

    def __init__(self, number=1):
        self.number, self.times = number, 0

    def __call__(self):
        self.times += 1
        return {"numbers": pl.DataFrame({"n": [self.number]})}


def told(case, make, state="s"):
    return kept(case, "numbers", state=state, make=make)["numbers"]["n"].to_list()


def test_what_was_made_once_is_read(tmp_path):
    case, make = create_case(tmp_path / "case"), Making()
    assert [told(case, make) for _ in range(3)] == [[1], [1], [1]]
    assert make.times == 1


def test_another_state_is_made_anew_and_the_former_goes(tmp_path):
    case = create_case(tmp_path / "case")
    assert told(case, Making(1), "a") == [1]
    assert told(case, Making(2), "b") == [2]
    assert folders(case, "numbers") == ["numbers-b"]


def test_a_damaged_file_is_made_anew(tmp_path):
    case, make = create_case(tmp_path / "case"), Making()
    told(case, make)
    (case.root / "derived" / "numbers-s" / "numbers.parquet").write_bytes(b"PAR1 half")
    assert [told(case, make) for _ in range(2)] == [[1], [1]]
    assert make.times == 2


def test_what_a_kill_left_counts_for_nothing_and_goes(tmp_path):
    case, make = create_case(tmp_path / "case"), Making()
    left = case.root / "derived" / ".numbers-s.part"
    left.mkdir()
    (left / "numbers.parquet").write_bytes(b"PAR1 half")
    assert told(case, make) == [1]
    assert sorted(each.name for each in (case.root / "derived").iterdir()) == ["numbers-s"]


def test_on_a_full_or_read_only_disk_nothing_is_kept_and_nothing_is_missing(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    case, make = create_case(tmp_path / "case"), Making()
    monkeypatch.setattr("graphkit.case.keeping.os.fsync", full)
    assert [told(case, make) for _ in range(2)] == [[1], [1]]
    assert make.times == 2
    assert list((case.root / "derived").iterdir()) == []


def test_while_another_process_keeps_the_same_it_is_made_and_not_written(tmp_path):
    case, make = create_case(tmp_path / "case"), Making()
    handle = os.open(case.root / "derived", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert told(case, make) == [1]
    assert folders(case, "numbers") == []
    os.close(handle)
    assert (told(case, make), folders(case, "numbers")) == ([1], ["numbers-s"])


def test_rows_read_from_what_was_kept_equal_rows_made_of_the_imports(case, monkeypatch):
    made = load_corpus(case)
    monkeypatch.setattr(store, "merged", None)  # nothing is merged again
    monkeypatch.setattr(store, "stored_rows", None)  # and no imported table read
    again = load_corpus(open_case(case.root))
    for name in TABLES:
        assert again.table(name).equals(made.table(name)), name
    assert made.posts["post_id"].to_list() == ["p:1", "p:2", "p:3", "p:4"]
    assert made.revisions.select("subject_id", "value").rows() == [
        ("p:1", "the bridge is open since today")
    ]


def test_a_new_import_is_in_the_rows_at_once(case):
    load_corpus(case)
    before = folders(case)
    row = "p:5,p:d,p,2026-03-02T00:04:00Z,second,original,another word on the bridge,true,"
    imported(case, "fourth.csv", [row])
    assert load_corpus(case).posts["post_id"].to_list() == ["p:1", "p:2", "p:3", "p:4", "p:5"]
    assert (len(folders(case)), folders(case) == before) == (1, False)


def test_a_file_that_was_edited_is_made_anew(tmp_path):
    case, make = create_case(tmp_path / "case"), Making()
    told(case, make)
    (kept_file,) = (case.root / "derived").glob("numbers-*/*.parquet")
    pl.DataFrame({"n": [666]}).write_parquet(kept_file)  # whole, and of the same columns
    assert told(case, make) == [1]
    assert (make.times, told(case, make)) == (2, [1])


def test_a_file_that_was_taken_away_or_put_beside_is_noticed(tmp_path):
    case, make = create_case(tmp_path / "case"), Making()
    told(case, make)
    (kept_file,) = (case.root / "derived").glob("numbers-*/*.parquet")
    kept_file.with_name("more.parquet").write_bytes(kept_file.read_bytes())
    assert told(case, make) == [1]
    (kept_file,) = (case.root / "derived").glob("numbers-*/*.parquet")
    kept_file.unlink()
    assert told(case, make) == [1]
    assert make.times == 3
