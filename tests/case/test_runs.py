# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs as they are saved: evidence with its sources, and the orders of findings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.case import create_case, evidence, finding, findings, runs, save_run
from graphkit.errors import UnknownNameError
from graphkit.findings import EvidenceRow, Finding, Grade, NullModel, Subjects
from graphkit.tables import ACTIONS, SOURCES, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
RECIPE = {"detector": "citation-loop", "version": "1", "params": {}}


def corpus():
    """A hundred and twenty actions of one file."""
    rows = [
        {
            "action_id": f"x{number:03}",
            "account_id": "p:a",
            "object_id": "p:o",
            "act": "repost",
            "acted_at": START + timedelta(seconds=number),
            "time_precision": "second",
            "source_id": "s",
            "source_line": number + 2,
        }
        for number in range(120)
    ]
    source = {"source_id": "s", "file": "log.csv", "sha256": "ab" * 32, "importer": "canonical"}
    counts = dict.fromkeys(["rows_read", "accepted", "duplicate", "rejected"], 0)
    sources = pl.DataFrame([{**source, "collection": "keyword", **counts}])
    return Corpus(actions=ACTIONS.conform(pl.DataFrame(rows)), sources=SOURCES.conform(sources))


def said(account, score, grade, keys=("x003",)):
    return Finding(
        kind="citation-loop",
        outcome="loop",
        grade=grade,
        score=score,
        summary="Rows.",
        subjects=Subjects(accounts=(account,)),
        evidence=tuple(EvidenceRow("actions", key, "citation") for key in keys),
        caveats=(),
        null_model=NullModel(reason="counted"),
    )


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case", zone="UTC")


def test_a_run_has_its_findings_by_falling_score(case):
    made = [said("p:a", 0.2, Grade.STRONG), said("p:b", 0.9, Grade.WEAK), said("p:c", 0.5, None)]
    save_run(case, RECIPE, findings=made, corpus=corpus())
    assert [record["score"] for record in runs(case)[0].findings] == [0.9, 0.5, 0.2]


def test_findings_of_a_case_come_by_grade_and_those_that_accuse_nobody_last(case):
    made = [said("p:a", 0.9, None), said("p:b", 0.1, Grade.STRONG), said("p:c", 0.5, Grade.WEAK)]
    save_run(case, RECIPE, findings=made, corpus=corpus())
    assert [record["grade"] for record in findings(case)] == ["strong", "weak", None]


def test_each_row_of_evidence_is_counted_once_and_a_hundred_are_shown(case):
    keys = [f"x{number:03}" for number in range(120)]
    one = said("p:a", 0.5, Grade.WEAK, keys=[*keys, "x000"])
    [record] = save_run(case, RECIPE, findings=[one], corpus=corpus()).findings
    assert record["evidence_count"] == 120
    assert [shown["key"] for shown in record["evidence"]] == keys[:100]
    assert record["evidence"][3]["source"] == {"file": "log.csv", "line": 5, "sha256": "ab" * 32}
    kept = evidence(case, runs(case)[0].run_id, record["finding_id"])
    assert kept["key"].to_list() == keys


def test_a_finding_is_known_by_the_beginning_of_its_id_when_it_is_the_only_one(case):
    one = said("p:a", 0.5, Grade.WEAK)
    save_run(case, RECIPE, findings=[one], corpus=corpus())
    assert finding(case, one.finding_id[:4])["finding_id"] == one.finding_id
    with pytest.raises(UnknownNameError, match="no finding is called ''"):
        finding(case, "")


def test_an_id_is_the_same_in_any_order_of_the_evidence_and_another_with_other_rows():
    ids = {
        keys: said("p:a", 0.5, None, keys=keys).finding_id
        for keys in (("x001", "x002"), ("x002", "x001"), ("x001",))
    }
    assert ids["x001", "x002"] == ids["x002", "x001"]
    assert ids["x001",] != ids["x001", "x002"]
