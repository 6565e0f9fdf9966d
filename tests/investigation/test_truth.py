# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's own table: found, missed, spared and wrongly accused, each by a rule."""

from __future__ import annotations

from graphkit.investigation.truth import compare, innocent, planted

RING = {
    "name": "ring",
    "accounts": ["a", "b", "c"],
    "topics": [],
    "urls": [],
    "expected": [{"kind": "citation-loop", "outcomes": ["loop"]}],
}
FANS = {"name": "fans", "accounts": ["f", "g", "h", "i"], "topics": ["idol"], "urls": []}


def record(accounts, *, grade="strong", outcome="loop", kind="citation-loop", topics=()):
    subjects = {"accounts": list(accounts), "topics": list(topics), "urls": []}
    return {"kind": kind, "outcome": outcome, "grade": grade, "score": 1.0, "subjects": subjects}


def test_a_plant_is_found_when_an_accusing_finding_names_most_of_it():
    verdict = planted(RING, [record("abd")], kinds=["citation-loop"], origin=None)
    assert (verdict.is_well, verdict.said) == (True, "citation-loop: loop, strong")


def test_a_plant_is_missed_when_the_finding_names_others_or_exonerates():
    records = [record("axy"), record("abc", grade=None, outcome="tight-but-sourced")]
    verdict = planted(RING, records, kinds=["citation-loop"], origin=None)
    assert (verdict.is_well, verdict.said) == (False, "missed by citation-loop")


def test_a_fact_about_a_list_is_found_by_its_outcome_without_a_grade():
    held = {
        **RING,
        "accounts": [],
        "topics": ["t", "u", "v"],
        "expected": [{"kind": "ranking-placement", "outcomes": ["held-position"]}],
    }
    about = {"accounts": (), "kind": "ranking-placement", "grade": None, "topics": ["t", "u"]}
    verdicts = [
        planted(held, [record(**about, outcome=o)], kinds=["ranking-placement"], origin=None)
        for o in ("held-position", "given-place")
    ]
    assert [v.is_well for v in verdicts] == [True, False]
    assert verdicts[0].said == "ranking-placement: held-position, no grade"


def test_a_plant_that_no_detector_can_see_is_a_named_miss():
    verdict = planted(RING, [], kinds=["coordinated-sharing"], origin=None)
    assert (verdict.is_well, verdict.said) == (False, "no detector yet: citation-loop")


def test_a_deleted_first_post_is_found_only_when_the_trace_names_it():
    story = {**RING, "deleted_root": {"post_id": "p0"}}
    assert planted(story, [], kinds=[], origin="p0").is_well
    assert not planted(story, [], kinds=[], origin="p1").is_well
    assert not planted(story, [], kinds=[], origin=None).is_well


def test_innocents_are_spared_up_to_weak_and_wronged_above():
    assert innocent(FANS, [record("fgh", grade="weak")], [RING]).is_well
    assert not innocent(FANS, [record("fgh", grade="moderate")], [RING]).is_well
    assert innocent(FANS, [record("fabcdexyz")], [RING]).is_well


def test_a_finding_about_a_plant_does_not_count_against_innocents_in_it():
    camouflaged = {**RING, "accounts": ["f", "g", "h"]}
    assert innocent(FANS, [record("fgh")], [camouflaged]).is_well


def test_findings_about_nobody_in_particular_are_counted():
    truth = {"planted": [RING], "innocent": [FANS]}
    verdicts = compare(truth, [record("xyz")], kinds=["citation-loop"], origin=None)
    assert [each.is_well for each in verdicts] == [False, True, False]
    assert verdicts[-1].said == "1 findings above weak about nobody in particular"
