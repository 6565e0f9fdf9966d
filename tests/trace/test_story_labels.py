# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels on a story: by whom, since when, what came after them, and that none is taken as true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measure_source_drift import START, corpus_of
from graphkit.detectors.labelled_before import Params, detect
from graphkit.findings import CaveatOutcome
from graphkit.trace.labels import story_labels
from graphkit.trace.origin import trace_story

STORY = "苇港大桥主塔出现三条裂缝昨晚有人听到钢索在响家在桥边的赶紧绕路"
SMALL = Params(least_accounts=2, least_posts=2, least_after=1)


def posts(count=6, **more):
    """Copies of the story, an hour apart."""
    return [
        {"post_id": f"p:{n}", "account_id": f"p:a{n}", "hours": n, "text": STORY, **more}
        for n in range(count)
    ]


def label(hours, said="false", **more):
    at = None if hours is None else START + timedelta(hours=hours)
    return {"subject_id": "p:0", "label": said, "labelled_by": "A desk", "labelled_at": at, **more}


def labelled(*labels, told=None):
    corpus = corpus_of(posts() if told is None else told, labels=list(labels))
    return story_labels(corpus, trace_story(corpus, "p:0").to_json())


def found(*labels, told=None):
    return list(detect(corpus_of(posts() if told is None else told, labels=list(labels)), SMALL))


def test_a_label_on_one_post_is_one_on_the_story_and_what_came_after_is_counted():
    [row] = labelled(label(2.5))
    assert (row["label"], row["labelled_by"], row["labelled_at"]) == (
        "false", "A desk", "2026-01-01T02:30:00Z",
    )  # fmt: skip
    assert (row["posts_count"], row["after_count"], row["first_after"]) == (6, 3, "p:3")
    assert row["before_posting"] is True
    assert row["conflicts"] == []


def test_a_label_that_was_taken_back_or_ran_out_counts_up_to_then():
    taken_back, ran_out = labelled(
        label(1.5, retracted_at=START + timedelta(hours=3.5)),
        label(1.5, "satire", expires_at=START + timedelta(hours=2.5)),
    )
    assert (taken_back["after_count"], ran_out["after_count"]) == (2, 1)
    assert taken_back["retracted_at"] == "2026-01-01T03:30:00Z"


def test_a_label_after_all_posts_or_without_a_time_came_before_none():
    late, undated = labelled(label(99), label(None, "satire"))
    assert (late["before_posting"], undated["before_posting"]) == (False, None)


def test_labels_that_say_otherwise_stand_beside_each_other():
    rows = labelled(label(1), label(2, "true", labelled_by="Another desk"))
    assert [row["conflicts"] for row in rows] == [["true (Another desk)"], ["false (A desk)"]]


@pytest.mark.parametrize(
    ("kind", "subject", "count"),
    [
        ("account", "p:a4", 1),
        ("claim", "桥塔出现三条裂缝，昨晚有人听到钢索在响", 6),
        ("claim", "一条与此无关的说法", None),
        ("url", "https://bridge.example/a?utm_source=x", 2),
        ("outlet", "bridge.example", 2),
        ("post", "p:elsewhere", None),
    ],
)
def test_each_kind_of_subject_finds_the_posts_that_it_is_about(kind, subject, count):
    told = posts()
    for post in told[4:]:
        post["text"] += " https://bridge.example/a"
        post["urls"] = ["https://bridge.example/a"]
    rows = labelled(label(0, subject_kind=kind, subject_id=subject), told=told)
    assert [row["posts_count"] for row in rows] == ([] if count is None else [count])


def test_the_note_on_how_a_row_was_found_is_no_label():
    assert labelled(label(1, "found-by-hand")) == []


def test_posts_after_a_label_are_told_with_the_label_and_without_a_grade():
    [finding] = found(label(2.5))
    assert (finding.outcome, finding.grade) == ("labelled-before", None)
    assert finding.subjects.posts == ("p:4", "p:5")
    assert finding.subjects.accounts == ()
    assert (finding.measures["posts_after_count"], finding.measures["after_share"]) == (
        2,
        0.333333333333,
    )
    assert {row.role for row in finding.evidence} == {"label", "after-label", "labelled"}
    assert finding.caveats[0].detail == 'Labels: "false" by A desk.'
    assert "false" not in finding.summary


def test_labels_on_accounts_are_told_by_the_trace_alone():
    about = label(0, "state media", subject_kind="account", subject_id="p:a4")
    assert found(about) == []


def test_labellers_that_disagree_are_an_outcome_of_their_own():
    [finding] = found(label(1), label(2, "true", labelled_by="Another desk"))
    assert finding.outcome == "labels-differ"
    assert finding.measures["labellers_count"] == 2


def test_posts_that_tell_of_the_denial_may_explain_it():
    told = posts()
    for post in told[3:]:
        post["text"] = f"辟谣：{STORY}"
    [finding] = found(label(1.5), told=told)
    assert finding.caveats[1].outcome is CaveatOutcome.WEAKENS
    [plain] = found(label(1.5))
    assert plain.caveats[1].outcome is CaveatOutcome.STANDS


@given(order=st.permutations(range(6)), name=st.text("abcdef", min_size=1, max_size=5))
@settings(max_examples=10, deadline=None)
def test_row_order_and_names_of_accounts_change_nothing(order, name):
    told = posts()
    mixed = [{**told[n], "account_id": f"p:{name}{n}"} for n in order]
    plain, again = found(label(2.5)), found(label(2.5), told=mixed)
    assert [f.finding_id for f in plain] == [f.finding_id for f in again]
    assert [f.measures for f in plain] == [f.measures for f in again]
