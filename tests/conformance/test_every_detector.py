# SPDX-License-Identifier: GPL-3.0-or-later
"""What every detector must hold, whichever it is: the findings contract, on the shipped world."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import polars as pl
import pytest

from graphkit.case import evidence, load_corpus, runs
from graphkit.errors import ParameterError
from graphkit.findings import CaveatOutcome, Grade, params_from, specs
from graphkit.investigation.plugins import detectors
from graphkit.tables import TABLES, Corpus

DETECTORS = detectors()
CONTRACT = {
    "finding_id", "run_id", "detector", "version", "kind", "outcome", "grade", "score", "p_value",
    "q_value", "null_model", "summary", "subjects", "window", "measures", "evidence_count",
    "evidence", "caveats", "params",
}  # fmt: skip
REPETITIONS = {"permutations", "copies", "shuffles"}
each_detector = pytest.mark.parametrize("name", sorted(DETECTORS))


@pytest.fixture(scope="module")
def by_detector(world_case):
    return {run.detector: run for run in runs(world_case)}


@each_detector
def test_it_says_something_of_the_shipped_world(by_detector, name):
    assert by_detector[name].findings


@each_detector
def test_its_findings_have_exactly_the_fields_of_the_contract(by_detector, name):
    for record in by_detector[name].findings:
        assert set(record) == CONTRACT
        assert json.loads(json.dumps(record)) == record
        assert record["kind"] == record["detector"] == name
        assert 0 <= record["score"] <= 1


@each_detector
def test_its_outcomes_are_documented_and_only_those_that_accuse_have_a_grade(by_detector, name):
    for record in by_detector[name].findings:
        outcome = DETECTORS[name].outcomes[record["outcome"]]
        assert (record["grade"] is not None) == outcome.accuses


@each_detector
def test_each_finding_has_rows_and_each_row_its_line(world_case, by_detector, name):
    run = by_detector[name]
    rows = evidence(world_case, run.run_id)
    assert rows["file"].null_count() == rows["line"].null_count() == 0
    counted = dict(rows.group_by("finding_id").len().rows())
    assert counted == {r["finding_id"]: r["evidence_count"] for r in run.findings}
    assert all(r["evidence_count"] > 0 for r in run.findings)
    assert set(rows["table"]) <= set(TABLES)


@each_detector
def test_the_rows_of_a_finding_are_in_the_corpus(world_case, by_detector, name):
    corpus = load_corpus(world_case)
    rows = evidence(world_case, by_detector[name].run_id)
    for (table,), part in rows.group_by("table"):
        keys = corpus.table(table).select(TABLES[table].row_key())
        assert set(part["key"]) <= set(keys["key"])


@each_detector
def test_each_finding_has_caveats_with_an_outcome_and_a_null_model_or_the_reason(by_detector, name):
    for record in by_detector[name].findings:
        assert record["caveats"]
        assert {c["outcome"] for c in record["caveats"]} <= {"weakens", "stands", "untested"}
        assert all(c["hypothesis"] and c["test"] and c["detail"] for c in record["caveats"])
        assert ("name" in record["null_model"]) != ("reason" in record["null_model"])


@each_detector
def test_a_summary_is_one_sentence_about_rows_and_names_nobody(world_case, by_detector, name):
    handles = set(load_corpus(world_case).accounts["handle"].drop_nulls())
    for record in by_detector[name].findings:
        summary = record["summary"]
        assert summary.endswith(".")
        assert "\n" not in summary
        assert not [word for word in summary.split() if word.strip("@,.") in handles]
        assert "bot" not in summary.lower().split()
        assert not any(account in summary for account in record["subjects"]["accounts"])


@each_detector
def test_on_rows_whose_collection_breaks_the_null_it_stays_weak_and_says_so(
    world_case, by_detector, name
):
    corpus = load_corpus(world_case)
    unknown = corpus.sources.with_columns(collection=pl.lit("unknown"))
    detector = DETECTORS[name]
    quick = {s.name: "19" for s in specs(detector.params) if s.name in REPETITIONS}
    params = params_from(detector.params, quick)
    found = list(detector.detect(replace(corpus, sources=unknown), params))
    graded = any(record["grade"] for record in by_detector[name].findings)
    assert {f.grade for f in found if f.grade is not None} == ({Grade.WEAK} if graded else set())
    for finding in found:
        told = [c for c in finding.caveats if "collect" in f"{c.hypothesis} {c.test}"]
        assert told
        assert finding.grade is None or CaveatOutcome.WEAKENS in {c.outcome for c in told}


@each_detector
def test_nothing_is_found_where_there_is_nothing(name):
    assert list(DETECTORS[name].detect(Corpus(), DETECTORS[name].params())) == []


@each_detector
def test_every_parameter_has_a_default_help_and_bounds_that_hold(name):
    params = DETECTORS[name].params
    assert len(fields(params)) == len(specs(params))
    for spec in specs(params):
        assert len(spec.doc) > 10
        if spec.maximum is not None:
            with pytest.raises(ParameterError, match=spec.name):
                params_from(params, {spec.name: str(spec.maximum * 10 + 1)})


@each_detector
def test_it_says_what_it_cannot_see(name):
    assert DETECTORS[name].limits
    assert all(limit.endswith(".") for limit in DETECTORS[name].limits)


@each_detector
def test_its_name_and_outcomes_are_those_of_the_stable_contract(name):
    stable = {
        "account-matrix": {"run-together", "declared-family", "ordinary"},
        "claimed-standing": {"incompatible", "shared-claim", "explained", "claimed"},
        "credential-mismatch": {"expired", "contradictory", "unverifiable", "explained"},
        "lookalike-account": {"imitates", "resembles", "explained"},
        "unsourced-claim": {"unsourced", "first-hand"},
        "citation-anomaly": {"later-source", "clock-disagreement", "deleted-source",
                             "deleted-since", "account-not-yet", "silent-source"},
        "coordinated-sharing": {"coordinated", "openly-organised", "ordinary"},
        "citation-loop": {"loop", "sourceless-group", "lead", "tight-but-sourced",
                          "single-origin", "insufficient"},
        "copied-text": {"templated", "copied", "openly-organised", "declared-family", "ordinary"},
        "ephemeral-burst": {"ephemeral", "cleared-up", "undetermined"},
        "labelled-before": {"labelled-before", "labels-differ"},
        "ranking-manipulation": {"rented-or-automated", "openly-organised", "lead",
                                 "recurring-audience", "undetermined"},
        "recycled-news": {"recycled", "dated", "attributed", "evergreen", "re-dated"},
        "ranking-placement": {"held-position", "given-place", "declared-promotion", "entry-spike",
                              "engagement-gap", "insufficient"},
        "source-drift": {"source-dropped", "made-vaguer", "source-changed", "hearsay-dropped",
                         "made-firmer", "label-dropped", "never-said", "says-otherwise",
                         "loop-closes"},
    }  # fmt: skip
    assert set(DETECTORS[name].outcomes) == stable[name]
