# SPDX-License-Identifier: GPL-3.0-or-later
"""What was reported as saved stays; the audit log shows when it was changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from graphkit.case import (
    add_note,
    append_audit,
    audit,
    basket,
    create_case,
    notes,
    open_case,
    pseudonym,
    set_basket,
)
from graphkit.errors import CaseError, ParameterError
from graphkit.investigation.health import case_problems


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case", zone="Asia/Shanghai")


def test_a_line_cut_off_by_a_kill_is_dropped_and_the_next_one_is_whole(case):
    add_note(case, "first", finding_id=None, by="Lin")
    with (case.root / "notes.jsonl").open("ab") as handle:
        handle.write(b'{"text":"half')
    assert [each["text"] for each in notes(case)] == ["first"]
    add_note(case, "second", finding_id=None, by="Lin")
    assert [each["text"] for each in notes(case)] == ["first", "second"]


def test_two_writers_do_not_lose_each_others_notes(case):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add_note(case, str(n), finding_id=None, by="Lin"), range(40)))
    assert sorted(int(each["text"]) for each in notes(case)) == list(range(40))
    assert [each["seq"] for each in audit(case)] == list(range(40))
    assert case_problems(case.root) == []


def test_an_edited_audit_line_is_found(case):
    for event in ("one", "two", "three"):
        append_audit(case, event, {})
    path = case.root / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"two"', b'"TWO"'))
    assert case_problems(case.root) == ["audit log: line 3 does not follow the one before"]


def test_the_basket_holds_what_was_put_in_and_not_taken_out(case):
    set_basket(case, "a", kept=True)
    set_basket(case, "b", kept=True)
    set_basket(case, "a", kept=False)
    set_basket(case, "c", kept=True)
    assert basket(case) == ["b", "c"]


def test_pseudonyms_are_the_same_in_a_case_and_differ_between_cases(case, tmp_path):
    other = create_case(tmp_path / "other")
    assert pseudonym(case, "x:1") == pseudonym(open_case(case.root), "x:1")
    assert pseudonym(case, "x:1") != pseudonym(other, "x:1")
    assert "x:1" not in pseudonym(case, "x:1")
    assert (case.root / "keys" / "pseudonym.key").stat().st_mode & 0o777 == 0o600


def test_a_folder_with_something_in_it_does_not_become_a_case(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CaseError, match="is there already and not empty"):
        create_case(tmp_path)


def test_an_unknown_zone_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(ParameterError, match="no time zone is called 'Mars'"):
        create_case(tmp_path / "case", zone="Mars")
    assert not (tmp_path / "case").exists()


def test_a_case_of_another_format_says_so(case):
    (case.root / "case.toml").write_text("format_version = 9\n")
    with pytest.raises(CaseError, match="is a case of format 9, this graphkit reads 2"):
        open_case(case.root)


def test_a_case_without_a_name_or_zone_says_so(case):
    (case.root / "case.toml").write_text("format_version = 2\n")
    with pytest.raises(CaseError, match=r"its case\.toml has no name or no zone"):
        open_case(case.root)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"x\n", "audit log: it holds a line that is not JSON"),
        (b"[1]\n", "audit log: line 1 does not follow the one before"),
    ],
)
def test_a_line_that_is_no_audit_record_is_found(case, line, problem):
    (case.root / "audit.jsonl").write_bytes(line)
    assert case_problems(case.root) == [problem]
