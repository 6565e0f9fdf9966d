# SPDX-License-Identifier: GPL-3.0-or-later
"""What people decide of a finding and of an account, and what is asked of them first."""

from __future__ import annotations

import pytest

from graphkit.case import audit, create_case, judgements, named_accounts, pseudonym, save_run
from graphkit.errors import ParameterError, UnknownNameError
from graphkit.findings import Finding, NullModel, Subjects
from graphkit.investigation import ingest, name_account, review
from graphkit.tables import Corpus

POSTS = """post_id,account_id,created_at,text
1,a,2026-03-02T00:00:00Z,one
2,b,2026-03-02T00:01:00Z,two
"""


@pytest.fixture
def case(tmp_path):
    case = create_case(tmp_path / "case", zone="UTC")
    file = tmp_path / "posts.csv"
    file.write_text(POSTS)
    ingest(case, [file], collection="keyword")
    return case


@pytest.fixture
def finding(case):
    found = Finding(
        kind="citation-loop",
        outcome="lead",
        grade=None,
        score=0.5,
        summary="Rows.",
        subjects=Subjects(accounts=("local:a",)),
        evidence=(),
        caveats=(),
        null_model=NullModel(reason="counted"),
    )
    recipe = {"detector": "citation-loop", "version": "1", "params": {}}
    save_run(case, recipe, findings=[found], corpus=Corpus())
    return found.finding_id


def test_a_judgement_is_saved_under_the_whole_id_of_its_finding(case, finding):
    review(case, finding[:5], "rejected", note="one newsroom", by="Ada")
    [saved] = judgements(case)
    assert (saved["finding_id"], saved["verdict"]) == (finding, "rejected")
    assert (saved["note"], saved["by"]) == ("one newsroom", "Ada")


@pytest.mark.parametrize(("note", "by"), [(" ", "Ada"), ("one newsroom", "")])
def test_nobody_judges_without_a_note_and_a_name(case, finding, note, by):
    with pytest.raises(ParameterError, match="a judgement needs a note and a name"):
        review(case, finding, "confirmed", note=note, by=by)
    assert judgements(case) == []


def test_a_verdict_that_does_not_exist_is_refused(case, finding):
    with pytest.raises(UnknownNameError, match="no verdict is called 'guilty'"):
        review(case, finding, "guilty", note="one newsroom", by="Ada")


def test_an_account_is_named_by_its_own_id_and_the_audit_log_has_its_pseudonym(case):
    assert not name_account(case, "a", reason="a public office", by="Ada")
    assert name_account(case, "a", reason="a public office", by="Lin")
    assert named_accounts(case) == {"local:a"}
    assert audit(case)[-1]["detail"]["account"] == pseudonym(case, "local:a")


def test_a_private_person_is_named_by_two_people_and_not_by_one_twice(case):
    for by in ("Ada", " ada ", "ADA"):
        assert not name_account(case, "a", reason="it began there", by=by)
    assert named_accounts(case) == frozenset()
    assert name_account(case, "a", reason="it began there", by="Lin")


@pytest.mark.parametrize(
    ("table", "content"),
    [
        ("accounts", "account_id,platform,is_verified\na,local,true\n"),
        ("labels", "subject_kind,subject_id,label\naccount,local:a,official\n"),
    ],
)
def test_one_person_is_enough_for_a_verified_or_registered_account(case, tmp_path, table, content):
    path = tmp_path / f"{table}.csv"
    path.write_text(content)
    ingest(case, [path])
    assert name_account(case, "a", reason="a public office", by="Ada")


def test_no_account_is_named_without_a_reason(case):
    with pytest.raises(ParameterError, match="naming an account needs a reason and a name"):
        name_account(case, "local:a", reason=" ", by="Ada")
    assert named_accounts(case) == frozenset()


def test_an_account_without_rows_is_not_named(case):
    with pytest.raises(UnknownNameError, match="no account is called 'c'"):
        name_account(case, "c", reason="a public office", by="Ada")
