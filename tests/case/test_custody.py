# SPDX-License-Identifier: GPL-3.0-or-later
"""A case shows when something in it was changed from outside."""

from __future__ import annotations

import pytest

from graphkit.case import (
    add_judgement,
    add_name,
    add_note,
    add_search,
    audit,
    create_case,
    load_corpus,
    save_run,
    save_trace,
    set_basket,
    set_pin,
)
from graphkit.cli import main
from graphkit.findings import Verdict
from graphkit.investigation.by_hand import attach
from graphkit.investigation.health import case_problems
from graphkit.investigation.ingesting import ingest

POSTS = "post_id,account_id,platform,created_at,text\n1,a,p,2026-03-10T01:00:00Z,down\n"
RECIPE = {"detector": "copied-text", "version": "1", "params": {}, "not_tested": []}


@pytest.fixture
def case(tmp_path):
    case = create_case(tmp_path / "case")
    (tmp_path / "posts.csv").write_text(POSTS)
    ingest(case, [tmp_path / "posts.csv"])
    (tmp_path / "shot.png").write_bytes(b"a picture")
    attach(case, tmp_path / "shot.png", by="Lin")
    add_judgement(case, "f1", verdict=Verdict.CONFIRMED, note="seen", by="Lin")
    add_note(case, "first", finding_id=None, by="Lin")
    add_name(case, "p:a", reason="office", by="Lin", is_private=False)
    add_search(case, "archive", "bridge", found=0)
    set_basket(case, "f1", kept=True)
    set_pin(case, "p:a", kept=True)
    save_run(case, RECIPE, findings=[], corpus=load_corpus(case))
    save_trace(case, {"query": "q", "claim": "c"})
    return case


def only(folder, pattern):
    [path] = folder.glob(pattern)
    return path


def rewritten(path, content):
    path.chmod(0o644)
    path.write_bytes(content)


CHANGES = {
    "an input": (
        lambda root: rewritten(only(root / "inputs", "[0-9a-f]" * 64), b"other"),
        "input posts.csv was changed (sha256:",
    ),
    "an input gone": (
        lambda root: only(root / "inputs", "[0-9a-f]" * 64).unlink(),
        "input posts.csv is missing (sha256:",
    ),
    "an attachment": (
        lambda root: rewritten(only(root / "inputs" / "attachments", "*"), b"other"),
        "input an attachment was changed (sha256:",
    ),
    "a judgement": (
        lambda root: (root / "judgements.jsonl").write_bytes(
            (root / "judgements.jsonl").read_bytes().replace(b"seen", b"sewn")
        ),
        "judgements.jsonl: 1 of its lines are not what the audit log says was saved",
    ),
    "a note gone": (
        lambda root: (root / "notes.jsonl").write_bytes(b""),
        "notes.jsonl: has 0 lines, the audit log 1",
    ),
    "a name decided outside": (
        lambda root: (root / "decisions.jsonl").write_bytes(
            (root / "decisions.jsonl").read_bytes() * 2
        ),
        "decisions.jsonl: has 2 lines, the audit log 1",
    ),
    "a run": (
        lambda root: only(root / "runs", "*/findings.jsonl").write_bytes(b"{}\n"),
        ": is not what the audit log says was saved",
    ),
    "a run's recipe": (
        lambda root: only(root / "runs", "*/recipe.json").write_bytes(b"{}\n"),
        ": is not what the audit log says was saved",
    ),
    "a run's rows gone": (
        lambda root: only(root / "runs", "*/evidence.parquet").unlink(),
        ": is missing, though the audit log has it",
    ),
    "a trace gone": (
        lambda root: only(root / "traces", "*.json").unlink(),
        "json: is missing, though the audit log has it",
    ),
    "an import": (
        lambda root: only(root / "inputs", "*.json").unlink(),
        "json: is missing, though the audit log has it",
    ),
}


def test_a_case_that_nobody_touched_has_no_problems(case):
    assert case_problems(case.root) == []


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_from_outside_is_named(case, name):
    change, problem = CHANGES[name]
    change(case.root)
    found = case_problems(case.root)
    assert any(problem in each for each in found), found


def test_inputs_and_attachments_cannot_be_written(case):
    kept = [path for path in (case.root / "inputs").rglob("*") if len(path.name) == 64]
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o444, 0o444]


def test_every_write_has_a_line_in_the_audit_log(case):
    assert [each["event"] for each in audit(case)] == [
        *("import", "attach", "review", "note", "name", "search", "basket", "pin", "run", "trace")
    ]


def test_the_log_says_nothing_that_a_guess_could_confirm(case):
    log = (case.root / "audit.jsonl").read_text()
    assert "p:a" not in log
    assert "office" not in log
    add_note(case, "first", finding_id=None, by="Lin")
    assert all(len(each["detail"].get("seal", "seal-" + "x" * 12)) == 17 for each in audit(case))


def test_doctor_says_what_was_changed(case, capsys):
    assert main(["doctor", str(case.root)]) == 0
    CHANGES["a judgement"][0](case.root)
    capsys.readouterr()
    assert main(["doctor", str(case.root)]) == 1
    assert "judgements.jsonl: 1 of its lines are not" in capsys.readouterr().out
