# SPDX-License-Identifier: GPL-3.0-or-later
"""An import that is killed or fails leaves the case as it was, or as it should be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphkit.case import audit, batches, create_case, load_corpus, open_case, source_records
from graphkit.investigation import committing, staging
from graphkit.investigation.health import case_problems
from graphkit.investigation.ingesting import ingest

POSTS = "platform,post_id,account_id,created_at\n"
WRITES = 20
ROWS = [f"p,{n},a,1773104400\n" for n in (1, 2, 1)]


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


def posts_file(path, *rows):
    path.write_text(POSTS + "".join(rows))
    return path


@pytest.fixture
def case(tmp_path):
    """A case with one import."""
    case = create_case(tmp_path / "case")
    ingest(case, [posts_file(tmp_path / "first.csv", ROWS[0])])
    return case


def state(case):
    """What the case says, and every file that it has."""
    rows = load_corpus(case).posts.select("post_id", "source_id").rows()
    files = {p.relative_to(case.root).as_posix() for p in case.root.rglob("*") if p.is_file()}
    return rows, sorted(files - {p for p in files if p.startswith("derived/")})


def dying_at(monkeypatch, number):
    """From the call `number` of what changes the disk on, nothing works any more."""
    calls = []

    def dies(real):
        def call(*args, **named):
            calls.append(real)
            if len(calls) >= number:
                raise Killed
            return real(*args, **named)

        return call

    for owner, name in (
        (Path, "replace"), (Path, "unlink"), (os, "fsync"), (batches, "append_audit_line"),
        (batches.shutil, "rmtree"), (committing.pl.LazyFrame, "sink_parquet"),
        (staging.pl.DataFrame, "write_parquet"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, dies(getattr(owner, name)))
    return calls


def two_files(tmp_path):
    other = posts_file(tmp_path / "b.csv", "p,9,b,1773104400\n")
    return [posts_file(tmp_path / "a.csv", *ROWS), other]


@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_death_at_any_write_leaves_the_old_state_or_the_new(case, tmp_path, monkeypatch, number):
    files = two_files(tmp_path)
    old = state(case)[0]
    with monkeypatch.context() as dying:
        dying_at(dying, number)
        with pytest.raises(Killed):
            ingest(case, files)
    assert list(case.root.glob(".staging-*"))
    here = load_corpus(case).posts["post_id"].to_list()  # puts right what was left
    assert here in ([key for key, _ in old], ["p:1", "p:2", "p:9"])
    assert not list(case.root.glob(".staging-*"))
    assert case_problems(case.root) == []
    assert len(audit(case)) == len({r["batch_id"] for r in source_records(case)})
    ingest(case, files)
    whole = create_case(tmp_path / "whole")
    for some in ([tmp_path / "first.csv"], files):
        ingest(whole, some)
    assert state(case) == state(whole)


def test_there_are_no_more_writes_than_that(case, tmp_path, monkeypatch):
    with monkeypatch.context() as dying:
        calls = dying_at(dying, 99)
        ingest(case, two_files(tmp_path))
    assert len(calls) == WRITES


def test_a_failing_disk_leaves_nothing_behind(case, tmp_path, monkeypatch):
    before = state(case)

    def full(*_args, **_named):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(committing.pl.LazyFrame, "sink_parquet", full)
        with pytest.raises(OSError, match="No space left"):
            ingest(case, [posts_file(tmp_path / "a.csv", *ROWS)])
    assert state(case) == before


KILL = """
import os, signal, sys
from pathlib import Path
from graphkit.case import open_case
from graphkit.investigation.ingesting import ingest
left, real = int(sys.argv[3]), Path.replace
def replace(self, target):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.replace = replace
ingest(open_case(Path(sys.argv[1])), [Path(sys.argv[2])])
"""


@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_kill_leaves_a_case_that_the_next_import_puts_right(case, tmp_path, number):
    path = posts_file(tmp_path / "a.csv", *ROWS)
    old = source_records(case)
    command = [sys.executable, "-c", KILL, str(case.root), str(path), str(number)]
    assert subprocess.run(command, check=False).returncode == -9
    assert source_records(open_case(case.root)) == old
    [ledger] = ingest(case, [path])
    assert (ledger.accepted, len(ledger.duplicates)) == (1, 2)
    assert len(audit(case)) == 2
    assert case_problems(case.root) == []
    assert not list(case.root.glob(".staging-*"))


def test_an_import_that_is_running_is_not_put_right(case):
    with batches.staging(case) as folder:
        (folder / "part").write_text("")
        load_corpus(case)
        assert (folder / "part").exists()
