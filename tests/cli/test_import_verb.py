# SPDX-License-Identifier: GPL-3.0-or-later
"""What `graphkit import` prints of one file, of many, and of what it could not read."""

from __future__ import annotations

import io
import json

import pytest

from graphkit.case import create_case
from graphkit.cli import import_, main

POSTS = "platform,post_id,account_id,created_at,text\n"


def run(*arguments):
    return main([str(each) for each in arguments])


def posts_file(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(POSTS + "".join(f"p,{key},a,1773104400,{text}\n" for key, text in rows))
    return path


@pytest.fixture
def root(tmp_path):
    return create_case(tmp_path / "case").root


def test_each_kind_of_problem_is_printed_with_its_line(root, tmp_path, capsys):
    rows = [("1", "a"), ("", "x"), ("1", "b"), ("1", "a")]
    assert run("import", root, posts_file(tmp_path / "a.csv", *rows)) == 0
    out, err = capsys.readouterr()
    assert out == (
        "a.csv: 4 rows read = 1 accepted + 2 duplicate + 1 rejected "
        "(canonical: it has the columns of the table posts)\n"
    )
    assert err.splitlines() == [
        "  line 3: rejected: nothing in column 'post_id'",
        "  line 4: duplicate of line 2",
        "  line 5: duplicate of line 2",
        "  line 4: met again: text differs; kept as a revision",
        "  import it again with the missing option to accept the rest",
    ]


def test_ten_of_each_are_shown_and_json_has_all(root, tmp_path, capsys):
    path = posts_file(tmp_path / "a.csv", *[("1", "a")] * 14)
    assert run("import", root, path, "--json") == 0
    [ledger] = json.loads(capsys.readouterr().out)
    assert ledger["duplicates"] == [{"line": n, "first": 2} for n in range(3, 16)]
    assert (ledger["file"], ledger["accepted"], ledger["unread"]) == ("a.csv", 1, None)
    posts_file(path, *[("1", "a")] * 13, ("2", "b"))
    assert run("import", root, path) == 0
    err = capsys.readouterr().err.splitlines()
    assert err[0] == "  line 2: duplicate of an earlier import or another file"
    assert (len(err), err[-1]) == (11, "  and 3 more; --json prints all")


def test_many_files_are_one_line_for_each_importer(root, tmp_path, capsys):
    for number in range(30):
        posts_file(tmp_path / "files" / f"{number:02}.csv", (number % 20, "a"), ("", number))
    (tmp_path / "files" / "notes.md").write_text("# notes\n")
    assert run("import", root, tmp_path / "files") == 0
    out, err = capsys.readouterr()
    assert out == (
        "30 files: 60 rows read = 20 accepted + 10 duplicate + 30 rejected (canonical)\n"
    )
    lines = err.splitlines()
    assert lines[0] == "  00.csv line 3: rejected: nothing in column 'post_id'"
    assert lines[10:12] == [
        "  and 30 more; --json prints all",
        "  import it again with the missing option to accept the rest",
    ]
    assert lines[12].startswith("not imported: notes.md: no importer knows this format")
    assert run("import", root, tmp_path / "files") == 0
    assert "files: the same bytes, told the same, are in the case" in capsys.readouterr().err


def test_a_folder_of_which_nothing_can_be_read_is_bad_input(root, tmp_path, capsys):
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.md").write_text("# notes\n")
    assert run("import", root, folder) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "and 2 more files were not imported; --json names all"


def test_encoding_is_told(root, tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_bytes((POSTS + "p,1,a,1773104400,Straße\n").encode("cp1252"))
    assert run("import", root, path, "--encoding", "cp1252") == 0
    assert "1 accepted" in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_one_line_that_is_gone_at_the_end(root, tmp_path, capsys, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(import_.time, "monotonic", lambda: float(next(clock)))
    terminal = Terminal()
    monkeypatch.setattr(import_.sys, "stderr", terminal)
    path = posts_file(tmp_path / "a\x1b[31m.csv", ("1", "a"), ("2", "b"))
    assert run("import", root, path) == 0
    first, *_, last = terminal.getvalue().split("\r")[1:]
    assert first.rstrip() == "a[U+001B][31m.csv (0.0 MB): 2 rows, 2 rows/s"
    assert (last, "\n" in terminal.getvalue()) == ("", False)
    assert run("import", root, tmp_path / "none.csv") == 2
