# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: verbs, exit statuses, one line for what went wrong."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from graphkit.cli import VERBS, main, parser_of
from graphkit.errors import UnknownNameError


def run(*arguments):
    return main([str(each) for each in arguments])


@pytest.fixture
def case(tmp_path):
    root = tmp_path / "case"
    assert run("new", root) == 0
    return root


def test_help_lists_every_verb_and_imports_nothing_heavy():
    code = (
        "import sys; from graphkit.cli import main; main(['--help']); "
        "heavy = {'polars', 'numpy', 'dash', 'igraph', 'matplotlib'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(f"\n  {verb} " in done.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help_and_says_what_it_does(verb, capsys):
    with pytest.raises(SystemExit, match="0"):
        parser_of(verb).parse_args(["--help"])
    assert len(capsys.readouterr().out) > 60


def test_an_unknown_verb_names_the_nearest(capsys):
    assert run("detct") == 2
    assert capsys.readouterr().err == (
        "graphkit: no verb is called 'detct'; did you mean graphkit detect?\n"
    )


def test_wrong_use_is_one_line_and_status_2(capsys):
    with pytest.raises(SystemExit, match="2"):
        run("new")
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("binary.csv", b"\xff\xfe\x00\x81" * 9), ("no.csv", None), ("dir", "dir")],
)
def test_bad_input_is_one_line_and_status_2_and_changes_nothing(
    case, tmp_path, capsys, name, content
):
    path = tmp_path / name
    if content == "dir":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    before = sorted(str(p) for p in case.rglob("*"))
    capsys.readouterr()
    assert run("import", case, path) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"graphkit: {name}: ")
    assert sorted(str(p) for p in case.rglob("*") if p.name != ".lock") == [
        p for p in before if not p.endswith(".lock")
    ]


def test_a_folder_that_is_not_a_case_is_one_line_and_status_2(tmp_path, capsys):
    assert run("findings", tmp_path) == 2
    assert "is not a case; make one with: graphkit new" in capsys.readouterr().err


def test_json_on_stdout_is_json_alone(case, tmp_path, capsys):
    capsys.readouterr()
    assert run("findings", case, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_ledger_is_printed_and_adds_up(case, tmp_path, capsys):
    path = tmp_path / "posts.csv"
    path.write_text(
        "post_id,account_id,created_at\n1,a,1773104400\n1,a,1773104400\n,b,1773104400\n"
    )
    capsys.readouterr()
    assert run("import", case, path, "--platform", "weiju") == 0
    out, err = capsys.readouterr()
    assert "3 rows read = 1 accepted + 1 duplicate + 1 rejected" in out
    assert "line 4: rejected: nothing in column 'post_id'" in err


def test_a_map_may_be_toml_or_json_and_may_stand_either_way_round(case, tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_text("nr,who,when\n1,a,1773104400\n")
    maps = {
        "a.toml": "[columns]\npost_id = 'nr'\naccount_id = 'who'\ncreated_at = 'when'",
        "b.json": '{"nr": "post_id", "who": "account_id", "when": "created_at"}',
    }
    for number, (name, text) in enumerate(maps.items()):
        (tmp_path / name).write_text(text)
        path.write_text(f"nr,who,when\n{number},a,1773104400\n")
        capsys.readouterr()
        assert run("import", case, path, "--map", tmp_path / name) == 0
        assert "1 rows read = 1 accepted" in capsys.readouterr().out


def test_control_characters_of_others_do_not_reach_the_terminal(case, tmp_path, capsys):
    path = tmp_path / "posts.csv"
    path.write_text("post_id,account_id,created_at\n1,a,\x1b[31mred\u202e\n")
    assert run("import", case, path) == 0
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "[U+001B][31mred[U+202E]" in err


def test_what_was_found_by_hand_is_a_row(case, capsys):
    address = "https://news.example/bridge"
    assert run("add", case, address, "--seen-at", "2026-03-10T09:00+08:00", "--by", "Lin") == 0
    assert run("searched", case, "archive", "bridge", "--found", "0") == 0
    assert run("doctor", case) == 0
    assert "0 problems" in capsys.readouterr().out


def test_a_hostile_file_name_does_not_reach_the_terminal(case, tmp_path, capsys):
    path = tmp_path / "a\x1b[31m.csv"
    path.write_text("post_id,account_id,created_at\n1,a,1773104400\n")
    assert run("import", case, path) == 0
    path.write_text("")
    assert run("import", case, path) == 2
    assert run("import", case, tmp_path / "b\x1b.csv") == 2
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "a[U+001B][31m.csv: 1 rows read" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("",),
        ("searched", "CASE", "桥\N{BRIDGE AT NIGHT}\udce9", "bridge", "--found", "0"),
        ("searched", "CASE", "archive", "bridge", "--found", "-1"),
        ("new", "/dev/null/case"),
        ("graph", "CASE", "coaction", "-o", "a.csv", "--within", "999999999999999999d"),
        ("add", "CASE", "x", "--seen-at", "0001-01-01T00:00+12:00", "--by", "Lin"),
        ("dashboard", "CASE", "--port", "99999999"),
        ("doctor", "/dev/null"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(case, capsys, arguments):
    capsys.readouterr()
    assert run(*(case if each == "CASE" else each for each in arguments)) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_an_unknown_name_does_not_list_thousands():
    message = str(UnknownNameError.among("account", "x", map(str, range(5000))))
    assert message.endswith(" and 4,980 more")
    assert str(UnknownNameError.among("finding", "x", [])) == (
        "no finding is called 'x'; there are: none"
    )


def test_what_is_no_address_is_traced_to_nothing(case, capsys):
    assert run("trace", case, "http://[::bad", "--as", "url") == 0
    assert "not determinable" in capsys.readouterr().out


def test_a_register_says_which_rows_it_rejects(case, tmp_path, capsys):
    path = tmp_path / "register.csv"
    path.write_text("subject_kind,subject_id,label\naccount,1,outlet\n,,\n")
    capsys.readouterr()
    assert run("register", case, path) == 0
    out, err = capsys.readouterr()
    assert out == "1 of 2 rows registered\n"
    assert err.startswith("  line 3: rejected: nothing in column")


def test_a_closed_stdout_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert run("detectors") == 0


def test_an_empty_argument_is_not_the_folder_one_stands_in(case, capsys):
    with pytest.raises(SystemExit, match="2"):
        run("import", case, "")
    assert "is empty; name a file or folder" in capsys.readouterr().err


def test_a_full_disk_says_to_free_space(case, monkeypatch, capsys):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("graphkit.cli.import_.ingest", full)
    assert run("import", case, "a.csv") == 2
    err = capsys.readouterr().err
    assert err.endswith("No space left on device; free some space and do it again\n")
