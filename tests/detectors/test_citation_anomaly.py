# SPDX-License-Identifier: GPL-3.0-or-later
"""Citations that the rows contradict: what is told, of whom, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measure_citation_anomaly import World, make_world, told_rows
from graphkit.detectors.citation_anomaly import OUTCOMES, Params, detect
from graphkit.findings import CaveatOutcome

INNOCENT = {
    "ordinary", "edited since", "cut to the day", "cut to the minute", "put right by ids",
    "deleted a moment before", "made the day after", "older than its date", "in other words",
}  # fmt: skip


def small():
    return World(np.random.default_rng(1))


def citing_later(world, citers, hours=2.0, **more):
    """A post of `a:source`, cited by each of `citers` that many hours before it was there."""
    cited = world.post("a:source", 100 + hours)
    for citer in citers:
        world.cite("later-source", world.post(citer, 100, **more), "post", cited)
    return cited


def found(world, late=0.0, **params):
    return list(detect(world.corpus(late), Params(**params)))


@pytest.fixture(scope="module")
def planted():
    corpus, planted = make_world(7)
    return told_rows(corpus)[0], planted


def test_every_planted_citation_is_told_as_what_it_is(planted):
    told, rows = planted
    for outcome in set(OUTCOMES) - {"clock-disagreement"}:
        assert {frozenset(told.get(key, ())) for key in rows[outcome]} == {frozenset({outcome})}


def test_nothing_is_told_of_the_innocent_that_rows_can_tell_apart(planted):
    told, rows = planted
    assert {name: len(rows[name] & set(told)) for name in INNOCENT} == dict.fromkeys(INNOCENT, 0)


def test_a_file_read_in_a_wrong_zone_is_one_finding_about_clocks_and_none_about_people():
    world = small()
    for n in range(40):
        post = world.post(f"a:p{n % 5}", 100 + n)
        world.cite("across", world.post(f"b:p{n % 5}", 101 + n), "post", post)
        other = world.post(f"b:p{n % 5}", 100 + n)
        world.cite("across", world.post(f"a:p{n % 5}", 101 + n), "post", other)
    assert found(world) == []
    [clock] = found(world, late=8.0)
    assert clock.outcome == "clock-disagreement"
    assert clock.subjects.accounts == ()
    assert clock.measures["citations_count"] == 40
    assert clock.caveats[0].outcome is CaveatOutcome.WEAKENS
    assert "40 of the citations from one file to another, 100% of all" in clock.summary


def test_citations_of_one_account_are_its_finding_and_scattered_ones_are_about_nobody():
    world = small()
    cited = citing_later(world, ["a:one", "a:two", "a:three"])
    world.cite("later-source", world.post("a:four", 1), "post", world.post("a:other", 4))
    scattered, about = sorted(found(world), key=lambda f: -len(f.subjects.accounts))[::-1]
    assert about.subjects.accounts == ("a:source",)
    assert ("posts", cited, "cited") in {(e.table, e.key, e.role) for e in about.evidence}
    assert about.measures["min_gap_seconds"] == 7198.0
    assert scattered.subjects.accounts == ()
    assert scattered.measures["citations_count"] == 1


def test_no_outcome_accuses_and_no_finding_has_a_grade():
    corpus, _ = make_world(7)
    assert {f.grade for f in detect(corpus, Params())} == {None}
    assert not any(outcome.accuses for outcome in OUTCOMES.values())


def test_a_citer_edited_since_is_left_out_and_counted():
    world = small()
    late = datetime(2026, 1, 6, tzinfo=UTC)
    citing_later(world, ["a:e1", "a:e2"], edited_at=late)
    citing_later(world, ["a:one", "a:two", "a:three"])
    [finding] = found(world)
    assert finding.measures["citations_count"] == 3
    edits = finding.caveats[1]
    assert edits.outcome is CaveatOutcome.STANDS
    assert edits.detail.startswith("2 citations of later posts")


def test_where_edits_are_never_recorded_they_are_untested():
    world = small()
    citing_later(world, ["a:one", "a:two", "a:three"])
    [finding] = found(world)
    assert finding.caveats[1].outcome is CaveatOutcome.UNTESTED
    assert finding.caveats[1].detail.endswith("No edits are recorded for: a.")


def test_a_later_upload_of_the_same_words_may_explain_it():
    world = small()
    citing_later(world, ["a:one", "a:two", "a:three"])
    assert found(world)[0].caveats[2].outcome is CaveatOutcome.STANDS
    world.post("a:source", 1, text=world.posts[0]["text"])
    assert found(world)[0].caveats[2].outcome is CaveatOutcome.WEAKENS


def test_an_account_most_of_whose_citations_are_late_may_have_a_wrong_clock():
    world = small()
    for n in range(6):
        world.cite("x", world.post("a:late", n), "post", world.post(f"a:s{n}", n + 3))
    [finding] = found(world)
    assert finding.subjects.accounts == ("a:late",)
    assert (finding.measures["later_share"], finding.caveats[0].outcome) == (1, "weakens")


def test_a_source_marked_as_contradicting_is_told_whatever_its_words():
    world = small()
    post = world.post("a:teller", 9)
    world.cite("x", post, "post", world.post("a:source", 1))
    corpus = world.corpus(0.0)
    marked = corpus.citations.with_columns(support=pl.lit("contradicts"))
    [finding] = detect(replace(corpus, citations=marked), Params())
    assert finding.outcome == "silent-source"
    assert finding.caveats[1].detail.startswith("1 of 1 rows were marked")


def test_a_source_with_too_few_posts_at_hand_is_not_called_silent():
    world = small()
    for hours in (1, 2):
        world.post("a:source", hours)
    for n in range(3):
        world.cite("x", world.post(f"b:t{n}", 9), "account", "a:source", via="text")
    assert found(world) == []
    [finding] = found(world, least_posts=2)
    assert finding.outcome == "silent-source"
    assert finding.measures["nearest_share"] < 0.2


@settings(deadline=None, max_examples=10)
@given(st.randoms(use_true_random=False), st.integers(-400, 400))
def test_neither_row_order_nor_names_nor_a_shift_of_all_times_change_a_finding(dice, days):
    corpus, _ = make_world(3)
    names = corpus.accounts["account_id"].to_list()
    new = [f"{name[:2]}{place}" for place, name in enumerate(dice.sample(names, len(names)))]
    rename = pl.col(pl.String).replace(dict(zip(names, new, strict=True)))
    moved = pl.col(pl.Datetime) + timedelta(days=days)
    frames = {
        name: getattr(corpus, name)
        .sample(fraction=1.0, shuffle=True, seed=dice.randint(0, 99))
        .with_columns(rename)
        .with_columns(moved)
        for name in ("accounts", "posts", "citations")
    }

    def told(corpus):
        return sorted((f.outcome, f.summary, sorted(f.measures.items()), f.subjects.posts)
                      for f in detect(corpus, Params()))  # fmt: skip

    assert told(replace(corpus, **frames)) == told(corpus)
