# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's own table on the shipped world: which plants are found, and that nobody is wronged."""

from __future__ import annotations

import json

import pytest

from graphkit.case import findings
from graphkit.investigation.plugins import detectors
from graphkit.investigation.shipped import dataset
from graphkit.investigation.truth import compare


@pytest.fixture(scope="module")
def truth():
    return json.loads((dataset("invented_world").folder / "data" / "truth.json").read_bytes())


@pytest.fixture(scope="module")
def verdicts(world_case, truth):
    return compare(truth, findings(world_case), kinds=set(detectors()), origin=None)


def test_the_plants_that_the_detectors_can_see_are_found(verdicts):
    found = {each.name: each.said for each in verdicts if each.is_planted and each.is_well}
    assert set(found) - {"templated_copy", "old_news"} == {
        "matrix",
        "push",
        "held_rank",
        "lookalike",
        "expired_credential",
    }
    assert found["lookalike"] == "lookalike-account: imitates, moderate"
    assert "credential-mismatch: expired, weak" in found["expired_credential"]
    assert "citation-loop: loop, moderate" in found["matrix"]
    assert "coordinated-sharing: coordinated, strong" in found["matrix"]
    assert "ranking-manipulation: rented-or-automated, strong" in found["push"]
    assert found["held_rank"] == "ranking-placement: held-position, no grade"


def test_the_plants_that_no_detector_can_see_yet_are_named_as_missed(verdicts):
    missed = {each.name for each in verdicts if each.is_planted and not each.is_well}
    assert missed <= {"false_story", "templated_copy", "old_news"}


def test_no_group_of_innocents_is_above_weak(verdicts):
    assert [each for each in verdicts if not each.is_planted and not each.is_well] == []


def test_the_members_named_are_the_planted_ones(world_case, truth):
    plants = {group["name"]: set(group["accounts"]) for group in truth["planted"]}
    for record in findings(world_case):
        if record["grade"] in ("moderate", "strong"):
            named = set(record["subjects"]["accounts"])
            known = ("matrix", "push", "lookalike", "templated_copy")
            assert any(named <= plants[name] for name in known)
