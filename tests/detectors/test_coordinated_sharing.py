# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinated sharing: outcomes, grades, explanations, and what a framed account can hope for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.detectors.coordinated_sharing import DETECTOR, Params, detect
from graphkit.tables import ACCOUNTS, ACTIONS, LABELS, POSTS, SOURCES, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
PARAMS = Params(permutations=99)
FAST = Params(permutations=19)
GROUP = [f"t:g{m}" for m in range(6)]


def at(second):
    return START + timedelta(seconds=second)


def crowd_rows(seed=7):
    """Four hundred accounts, two thousand rows on five hundred addresses over five days."""
    dice = Random(seed)
    return [
        (f"t:n{dice.randrange(400):03}", f"u{dice.randrange(500)}", dice.randrange(432_000))
        for _ in range(2000)
    ]


def group_rows(accounts=GROUP, objects=5, seed=8, step=80_000):
    """The accounts on each object within fifty seconds, in any order, at no fixed hour."""
    dice = Random(seed)
    starts = [step * k + dice.randrange(30_000) for k in range(objects)]
    return [(a, f"s{k}", s + dice.randrange(50)) for k, s in enumerate(starts) for a in accounts]


def table(schema, rows):
    """A frame of a table from dicts; a source is filled in."""
    frame = pl.DataFrame([{"source_id": "s1", **row} for row in rows], infer_schema_length=None)
    return schema.conform(frame) if rows else schema.empty()


def world(
    rows, *, act="url", posts=(), owners=None, collection="stream", precision="second", **texts
):
    """A corpus in which every row is an action carried by a post of its own text and client."""
    actions = [
        {"action_id": f"t:p{i:05}#{act}#0", "account_id": a, "object_id": o, "act": act,
         "acted_at": at(s), "time_precision": precision, "content_id": f"t:p{i:05}"}
        for i, (a, o, s) in enumerate(rows)
    ]  # fmt: skip
    carriers = [
        {"post_id": f"t:p{i:05}", "account_id": a, "created_at": at(s), "kind": "original",
         "text": f"{texts.get('text', 'row')} {i if 'text' not in texts else ''}",
         "client": texts.get("client", f"client {i % 3}")}
        for i, (a, o, s) in enumerate(rows)
    ]  # fmt: skip
    fixed = {
        "platform": "t", "time_precision": "second", "urls": [], "mentions": [], "hashtags": [],
        "media_hashes": [], "is_seen": True,
    }  # fmt: skip
    accounts = [
        {"account_id": a, "platform": "t", "declared_owner": (owners or {}).get(a, f"owner of {a}")}
        for a in sorted({a for a, *_ in rows})
    ]
    source = {
        "source_id": "s1",
        "file": "x.csv",
        "sha256": "0",
        "importer": "x",
        "collection": collection,
    }
    counts = dict.fromkeys(("rows_read", "accepted", "duplicate", "rejected"), 0)
    return Corpus(
        actions=table(ACTIONS, actions),
        posts=table(POSTS, [{**fixed, **post} for post in (*carriers, *posts)]),
        accounts=table(ACCOUNTS, accounts),
        sources=SOURCES.conform(pl.DataFrame([{**source, **counts}])),
    )


def only(corpus, params=PARAMS):
    (finding,) = detect(corpus, params)
    return finding


def outcome_of(finding, beginning):
    (caveat,) = [c for c in finding.caveats if c.hypothesis.startswith(beginning)]
    return caveat.outcome.value


def test_six_accounts_on_the_same_five_addresses_are_coordinated_and_strong():
    finding = only(world(crowd_rows() + group_rows()))
    assert (finding.outcome, finding.grade) == ("coordinated", "strong")
    assert list(finding.subjects.accounts) == GROUP
    assert len(finding.evidence) == 30
    assert {row.table for row in finding.evidence} == {"actions"}
    assert finding.p_value == 0.01
    assert {c.outcome.value for c in finding.caveats} == {"stands"}
    assert finding.measures["objects_count"] == 5
    assert finding.measures["edges_count"] == 15
    assert finding.measures["smallest_detectable_objects"] == 2
    assert finding.summary == (
        "6 accounts linked the same 5 addresses within 60 seconds of one another, in 15 pairs "
        "that did so more often than chance explains."
    )


def test_evidence_keys_are_the_keys_of_the_rows():
    corpus = world(crowd_rows() + group_rows())
    keys = {row.key for row in only(corpus, FAST).evidence}
    rows = corpus.actions.filter(ACTIONS.row_key().is_in(sorted(keys)))
    assert sorted(rows["account_id"].unique()) == GROUP


def test_a_crowd_gives_no_finding():
    assert list(detect(world(crowd_rows()), PARAMS)) == []


def test_a_corpus_without_actions_gives_no_finding():
    assert list(detect(Corpus(), PARAMS)) == []


def test_twenty_shadows_do_not_make_the_account_that_they_follow_a_member():
    dice, rows = Random(9), crowd_rows()
    for k in range(8):
        start = 50_000 * k + dice.randrange(9000)
        rows.append(("t:victim", f"v{k}", start))
        rows += [(f"t:shadow{m:02}", f"v{k}", start + 2 + dice.randrange(50)) for m in range(20)]
    finding = only(world(rows))
    assert "t:victim" not in finding.subjects.accounts
    assert len(finding.subjects.accounts) == 19  # one shadow is in the middle all eight times
    assert finding.measures["followed_count"] == 1
    assert outcome_of(finding, "notification") == "weakens"
    assert finding.grade == "weak"


@pytest.mark.parametrize(
    "delay",
    [
        lambda dice, number: -1 - dice.randrange(50),
        lambda dice, number: dice.randrange(101) - 50,
        lambda dice, number: dice.randrange(41) - 20,
        lambda dice, number: (1 + dice.randrange(50)) * (1 if number % 2 else -1),
    ],
    ids=["before it", "around it", "closely around it", "ten before and ten after it"],
)
def test_twenty_shadows_that_foresee_an_account_do_not_make_it_a_member(delay):
    dice, rows = Random(9), crowd_rows()
    for k in range(8):
        start = 50_000 * k + 100 + dice.randrange(9000)
        rows.append(("t:victim", f"v{k}", start))
        rows += [(f"t:shadow{m:02}", f"v{k}", start + delay(dice, m)) for m in range(20)]
    finding = only(world(rows), FAST)
    assert "t:victim" not in finding.subjects.accounts
    assert not any(row.key.startswith("t:victim") for row in finding.evidence)
    assert len(finding.subjects.accounts) >= 19
    assert 1 <= finding.measures["unnamed_count"] <= 2
    assert " not named." in finding.summary


def test_a_declared_family_is_ordinary_and_has_no_grade():
    corpus = world(crowd_rows() + group_rows(), owners=dict.fromkeys(GROUP, "Radio"))
    finding = only(corpus)
    assert (finding.outcome, finding.grade) == ("ordinary", None)
    assert outcome_of(finding, "declared affiliation") == "weakens"


def test_affiliation_labels_count_as_declared_until_retracted():
    corpus = world(crowd_rows() + group_rows())
    rows = [
        {"subject_kind": "account", "subject_id": a, "label": "affiliation:class"} for a in GROUP
    ]
    labels = table(LABELS, rows)
    assert only(replace(corpus, labels=labels), FAST).outcome == "ordinary"
    taken_back = labels.with_columns(retracted_at=pl.lit(START).cast(pl.Datetime("us", "UTC")))
    assert only(replace(corpus, labels=taken_back), FAST).outcome == "coordinated"


def test_half_a_family_stays_coordinated_but_weak():
    corpus = world(crowd_rows() + group_rows(), owners=dict.fromkeys(GROUP[:4], "Radio"))
    finding = only(corpus)
    assert (finding.outcome, finding.grade) == ("coordinated", "weak")


CALL = {"post_id": "t:call", "account_id": "t:n001", "kind": "original", "client": "web"}


def test_an_earlier_public_call_by_an_outsider_makes_it_openly_organised_and_weak():
    body = "the council wants to close the library, tell them what you think of it"
    call = CALL | {"created_at": at(0), "text": f"Please copy this: {body}"}
    rows = [(a, "t", 60_000 + 4000 * k) for k, a in enumerate(GROUP)]
    copies = [(a, f"s{k}", s + 50) for k in range(5) for a, _, s in group_rows(objects=1)]
    shifted = [(a, o, s + 20_000 * int(o[1])) for a, o, s in copies]
    corpus = world(
        crowd_rows() + shifted + rows, text=body, posts=[call | {"text": f"copy this: {body}"}]
    )
    finding = only(corpus)
    assert (finding.outcome, finding.grade) == ("openly-organised", "weak")


@pytest.mark.parametrize(
    "change",
    [
        {"account_id": GROUP[0]},
        {"created_at": at(431_999)},
        {"kind": "repost"},
        {"text": "library"},
    ],
    ids=["by a member", "afterwards", "a repost", "asks for nothing"],
)
def test_what_is_no_earlier_call_by_an_outsider_does_not_exonerate(change):
    body = "the council wants to close the library, tell them what you think of it"
    call = CALL | {"created_at": at(0), "text": f"copy this: {body}"} | change
    finding = only(world(crowd_rows() + group_rows(step=20_000), text=body, posts=[call]), FAST)
    assert finding.outcome == "coordinated"


def test_texts_that_ask_to_be_copied_weaken():
    finding = only(world(crowd_rows() + group_rows(), text="copy and paste, do not share"), FAST)
    assert outcome_of(finding, "open call") == "weakens"
    assert finding.grade == "weak"


def test_fans_of_one_author_stay_weak():
    posts = [
        {"post_id": f"s{k}", "account_id": "t:star", "created_at": None, "kind": "original"}
        for k in range(5)
    ]
    finding = only(world(crowd_rows() + group_rows(), act="repost", posts=posts))
    assert outcome_of(finding, "shared interest") == "weakens"
    assert finding.grade == "weak"


def test_reposting_as_soon_as_others_publish_stays_weak():
    first = {}
    for _, item, second in group_rows():
        first[item] = min(second, first.get(item, second))
    posts = [
        {"post_id": item, "account_id": f"t:n{k:03}", "created_at": at(s - 30), "kind": "original"}
        for k, (item, s) in enumerate(first.items())
    ]
    finding = only(world(crowd_rows() + group_rows(), act="repost", posts=posts))
    assert outcome_of(finding, "notification") == "weakens"
    assert finding.grade == "weak"


def test_reposts_whose_originals_are_missing_leave_the_reaction_untested_and_moderate():
    finding = only(world(crowd_rows() + group_rows(), act="repost"))
    assert outcome_of(finding, "notification") == "untested"
    assert finding.grade == "moderate"


def test_a_fixed_hour_every_day_stays_weak():
    rows = [
        (a, f"s{k}", 86_400 * k + 28_800 + s % 50)
        for k in range(5)
        for a, _, s in group_rows(objects=1)
    ]
    finding = only(world(crowd_rows() + rows))
    assert outcome_of(finding, "scheduled") == "weakens"
    assert finding.grade == "weak"


def test_a_share_button_that_writes_the_same_text_for_strangers_weakens():
    corpus = world(crowd_rows() + group_rows(), text="my run today was five miles", client="Runs")
    finding = only(corpus, FAST)
    assert outcome_of(finding, "automatic text") == "weakens"


def test_one_client_that_nobody_else_repeats_through_does_not_weaken():
    corpus = world(crowd_rows() + group_rows(), client="web")
    assert outcome_of(only(corpus, FAST), "automatic text") == "stands"


@pytest.mark.parametrize("collection", ["snowball", "unknown"])
def test_rows_collected_from_suspects_outward_stay_weak_and_say_so(collection):
    finding = only(world(crowd_rows() + group_rows(), collection=collection))
    assert outcome_of(finding, "collection") == "weakens"
    assert finding.grade == "weak"


def test_times_cut_to_the_minute_stay_weak():
    rows = [(a, o, s - s % 60) for a, o, s in crowd_rows() + group_rows()]
    finding = only(world(rows))
    assert outcome_of(finding, "coarse clock") == "weakens"
    assert finding.grade == "weak"


def test_times_known_to_the_day_are_not_read_as_seconds():
    rows = [(a, o, s - s % 86_400) for a, o, s in crowd_rows() + group_rows()]
    assert list(detect(world(rows, precision="day"), PARAMS)) == []


def test_a_bare_log_is_never_strong_because_explanations_stay_untested():
    corpus = world(crowd_rows() + group_rows())
    finding = only(Corpus(actions=corpus.actions, sources=corpus.sources))
    assert outcome_of(finding, "open call") == "untested"
    assert outcome_of(finding, "declared affiliation") == "untested"
    assert finding.grade == "moderate"


def test_acts_that_are_not_asked_for_are_not_tested():
    corpus = world(crowd_rows() + group_rows(), act="search")
    assert list(detect(corpus, PARAMS)) == []


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_renaming_accounts_and_shuffling_rows_changes_no_number(seed, dice):
    corpus = world(crowd_rows(seed) + group_rows(seed=seed + 1))
    new = dict(zip(GROUP, dice.sample(GROUP, len(GROUP)), strict=True))
    actions = corpus.actions.with_columns(pl.col("account_id").replace(new))
    shuffled = actions[dice.sample(range(actions.height), actions.height)]
    before = only(corpus, FAST)
    after = only(replace(corpus, actions=shuffled), FAST)
    assert list(after.subjects.accounts) == sorted(new[a] for a in before.subjects.accounts)
    assert after.evidence == before.evidence
    assert after.measures == before.measures
    assert after.grade == before.grade


def test_no_summary_names_an_account_and_every_outcome_is_declared():
    finding = only(world(crowd_rows() + group_rows()), FAST)
    assert not any(account in finding.summary for account in GROUP)
    assert finding.outcome in DETECTOR.outcomes
