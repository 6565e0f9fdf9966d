# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials claimed after their end, of another profession, or not shown; and the innocents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.detectors.credential_mismatch import DATE, Params, detect
from graphkit.findings import CaveatOutcome, Grade
from graphkit.tables import ACCOUNTS, POSTS, REVISIONS, SOURCES, Corpus

END = datetime(2026, 1, 1, tzinfo=UTC)
COUNTS = {"rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0}
SOURCE = {"source_id": "s", "file": "f", "sha256": "0" * 64, "importer": "canonical",
          "collection": "stream", **COUNTS}  # fmt: skip
DOCTOR = {"account_id": "p:a", "credential": "执业医师", "credential_expires_at": END,
          "created_at": END - timedelta(days=900)}  # fmt: skip
CLAIM = "作为执业医师，我建议大家少吃生芽菜"


def corpus(accounts, *said, revisions=()):
    lists = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
    rows = [
        {"post_id": f"p:{n}", "account_id": account, "platform": "p", "source_id": "s",
         "time_precision": "second", "kind": "original", "is_seen": True, "text": text,
         "created_at": END + timedelta(days=day), **lists}
        for n, (account, text, day) in enumerate(said)
    ]  # fmt: skip
    people = [{"platform": "p", "source_id": "s", **each} for each in accounts]
    later = [{"subject_kind": "account", "source_id": "s", "source_line": n, **each}
             for n, each in enumerate(revisions)]  # fmt: skip
    made = [
        t.conform(pl.DataFrame(f, infer_schema_length=None)) if f else t.empty()
        for t, f in ((ACCOUNTS, people), (POSTS, rows), (REVISIONS, later), (SOURCES, [SOURCE]))
    ]
    return Corpus(accounts=made[0], posts=made[1], revisions=made[2], sources=made[3])


def found(accounts, *said, **more):
    return list(detect(corpus(accounts, *said, **more), Params()))


def test_a_credential_claimed_after_its_end_is_weak_and_names_the_register():
    [told] = found([DOCTOR], ("p:a", CLAIM, 61), ("p:a", "我是执业医师，", 75))
    assert (told.outcome, told.grade, told.subjects.accounts) == ("expired", Grade.WEAK, ("p:a",))
    assert told.summary.startswith("2 posts claim a credential 61 to 75 days after the end")
    renewed = told.caveats[0]
    assert renewed.outcome is CaveatOutcome.UNTESTED
    assert "look the person up in the register" in renewed.detail
    assert {(row.table, row.role) for row in told.evidence} == {
        ("accounts", "credential"), ("posts", "claim"),
    }  # fmt: skip


def test_a_claim_before_the_end_or_soon_after_it_is_nothing():
    assert found([DOCTOR], ("p:a", CLAIM, -3), ("p:a", CLAIM, 29)) == []
    assert len(found([DOCTOR], ("p:a", CLAIM, 31))) == 1


def test_a_credential_that_ended_and_is_not_claimed_is_nothing():
    said = ("今天包了饺子", "我不是执业医师了，别问", "执业医师考试改革了", "我是退休医生，说两句",
            "他说：“我是执业医师。”")  # fmt: skip
    assert found([DOCTOR], *(("p:a", text, 90) for text in said)) == []


def test_what_somebody_writes_outside_his_field_is_nothing():
    lawyer = {**DOCTOR, "credential": "持证律师", "credential_expires_at": END + timedelta(9000)}
    assert found([lawyer], ("p:a", "感冒药可以减半吃", 90)) == []


def test_a_renewal_that_any_row_knows_clears_it():
    later = {"subject_id": "p:a", "column": "credential_expires_at", "value": "2028-01-01T00:00Z"}
    assert found([DOCTOR], ("p:a", CLAIM, 61), revisions=[later]) == []
    exact = {**later, "value": "2028-01-01T00:00:00.000000Z"}
    assert found([DOCTOR], ("p:a", CLAIM, 61), revisions=[exact]) == []
    earlier = {**later, "value": "2025-06-01T00:00:00.000000Z"}
    assert len(found([DOCTOR], ("p:a", CLAIM, 61), revisions=[earlier])) == 1


def test_an_end_before_the_account_was_made_is_of_something_else():
    odd = {**DOCTOR, "created_at": END + timedelta(days=5)}
    [told] = found([odd], ("p:a", CLAIM, 61))
    assert (told.outcome, told.grade, told.subjects.accounts) == ("explained", None, ())
    assert [c.outcome for c in told.caveats if c.hypothesis == DATE] == [CaveatOutcome.WEAKENS]


def test_the_credentials_own_words_count_where_no_standing_is_known():
    inspector = {**DOCTOR, "credential": "水质检测员"}
    [told] = found([inspector], ("p:a", "作为水质检测员，我看了报告", 61))
    assert told.outcome == "expired"


def test_another_profession_than_the_credentials_is_weak():
    nurse = {**DOCTOR, "credential": "注册护士", "credential_expires_at": None}
    [told] = found([nurse], ("p:a", "作为机长，我说两句", 3))
    assert (told.outcome, told.grade) == ("contradictory", Grade.WEAK)
    assert "(nurse) claims another: pilot" in told.summary
    assert found([{**nurse, "bio": "前飞行员"}], ("p:a", "早", 3)) == []
    [by_bio] = found([{**nurse, "bio": "飞行员"}], ("p:a", "早", 3))
    assert (by_bio.outcome, by_bio.window) == ("contradictory", None)


def test_a_profession_without_a_credential_is_a_row_about_nobody():
    other = {"account_id": "p:b"}
    [told] = found([DOCTOR, other], ("p:b", "我是一名律师，提醒大家", 3))
    assert (told.outcome, told.grade, told.subjects.accounts) == ("unverifiable", None, ())
    assert told.subjects.posts == ("p:0",)
    assert found([other], ("p:b", "我是一名律师，提醒大家", 3)) == []
    assert found([DOCTOR, other], ("p:b", "作为一名老师，提醒大家", 3)) == []


@settings(deadline=None, max_examples=4)
@given(st.randoms(use_true_random=False), st.integers(-400, 400))
def test_neither_row_order_nor_ids_nor_a_shift_of_all_times_change_what_is_told(dice, days):
    nurse = {"account_id": "p:n", "credential": "注册护士", "created_at": END}
    made = corpus([DOCTOR, nurse, {"account_id": "p:b"}], ("p:a", CLAIM, 61),
                  ("p:n", "作为机长，我说两句", 3), ("p:b", "我是一名律师，", 3))  # fmt: skip
    new = dict(zip(["p:a", "p:n", "p:b"], dice.sample(["p:x", "p:y", "p:z"], 3), strict=True))
    frames = {
        name: getattr(made, name)
        .with_columns(pl.col("account_id").replace(new))
        .with_columns(pl.col(pl.Datetime) + timedelta(days=days))
        .sample(fraction=1.0, shuffle=True, seed=dice.randint(0, 99))
        for name in ("accounts", "posts")
    }

    def told(corpus, names):
        return sorted(
            (f.outcome, f.subjects.posts, [names.get(a, a) for a in f.subjects.accounts])
            for f in detect(corpus, Params())
        )

    assert told(Corpus(**frames, sources=made.sources), {}) == told(made, new)
