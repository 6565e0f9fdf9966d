# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims of a standing that go ill together: leads, and the innocents beside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.detectors.claimed_standing import Params, detect
from graphkit.findings import CaveatOutcome, Grade
from graphkit.graphs.standing_explanations import OWNER, PASSED_ON, PRESS
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, SOURCES, Corpus

START = datetime(2026, 1, 1, tzinfo=UTC)
COUNTS = {"rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0}
SOURCE = {"source_id": "s", "file": "f", "sha256": "0" * 64, "importer": "canonical",
          "collection": "stream", **COUNTS}  # fmt: skip
PLEA = "我是遇难者家属，从昨晚到现在没有一个人给我们打过电话"


def said(account, text, day=0, **more):
    return {"account_id": f"p:{account}", "text": text, "day": day, **more}


def corpus(*posts, accounts=(), citations=()):
    lists = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
    rows = [
        {"post_id": f"p:{n}", "platform": "p", "source_id": "s", "time_precision": "second",
         "kind": "original", "is_seen": True, "created_at": START + timedelta(days=each.pop("day")),
         **lists, **each}
        for n, each in enumerate(dict(post) for post in posts)
    ]  # fmt: skip
    who = {each["account_id"]: {} for each in rows}
    who |= {each["account_id"]: each for each in accounts}
    people = [{"account_id": a, "platform": "p", "source_id": "s", **more} for a, more in
              sorted(who.items())]  # fmt: skip
    cites = [{"citation_no": 0, "via": "text", "rule": "made", "certainty": 1.0, "source_id": "s",
              **each} for each in citations]  # fmt: skip
    made = [
        t.conform(pl.DataFrame(f, infer_schema_length=None)) if f else t.empty()
        for t, f in ((ACCOUNTS, people), (POSTS, rows), (CITATIONS, cites), (SOURCES, [SOURCE]))
    ]
    return Corpus(accounts=made[0], posts=made[1], citations=made[2], sources=made[3])


def leads(*posts, **more):
    found = detect(corpus(*posts, **more), Params())
    return [each for each in found if each.outcome != "claimed"]


def outcome_of(finding, hypothesis):
    [caveat] = [each for each in finding.caveats if each.hypothesis == hypothesis]
    return caveat.outcome


def test_a_nurse_who_is_a_pilot_is_a_weak_lead():
    [lead] = leads(said("a", "我是一名护士，刚下夜班"), said("a", "作为机长，我负责任地说", 20))
    assert (lead.outcome, lead.grade, lead.subjects.accounts) == (
        "incompatible", Grade.WEAK, ("p:a",),
    )  # fmt: skip
    assert "nurse, pilot" in lead.summary


def test_a_bio_counts_and_former_professions_and_distant_years_do_not():
    bio = {"account_id": "p:a", "bio": "飞行员，爱猫"}
    post = said("a", "我是一名护士，刚下夜班")
    assert len(leads(post, accounts=[bio])) == 1
    assert leads(post, accounts=[{**bio, "bio": "前飞行员，爱猫"}]) == []
    assert leads(post, said("a", "我是退休飞行员，说两句")) == []
    assert leads(post, said("a", "作为机长，我负责任地说", 900)) == []


def test_professions_that_people_hold_together_are_nothing():
    assert (
        leads(said("a", "我是医生，"), said("a", "作为一名老师，"), said("a", "我是记者，")) == []
    )


def test_a_relative_in_three_cities_on_three_days_is_a_weak_lead():
    texts = ("我是霁川市遇难者家属，", "我是南堰市受害者家属，", "我是西埠市死者的女儿，")
    posts = [said("a", text, day) for day, text in enumerate(texts)]
    [lead] = leads(*posts)
    assert (lead.outcome, lead.grade) == ("incompatible", Grade.WEAK)
    assert leads(*posts[:2]) == []
    assert leads(*(said("a", text, 0) for text in texts)) == []
    assert leads(*(said("a", texts[0], day) for day in range(3))) == []


def test_who_reports_for_a_living_is_a_witness_of_many_events():
    posts = [said("a", f"我亲眼看见{city}市起火，", day)
             for day, city in enumerate(("霁川", "南堰", "西埠"))]  # fmt: skip
    press = {"account_id": "p:a", "credential": "新闻机构记者"}
    [lead] = leads(*posts)
    assert lead.grade is Grade.WEAK
    [explained] = leads(*posts, accounts=[press])
    assert (explained.outcome, explained.grade, explained.subjects.accounts) == (
        "explained", None, (),
    )  # fmt: skip
    assert outcome_of(explained, PRESS) is CaveatOutcome.WEAKENS


def test_one_sentence_by_several_is_a_lead_about_all_but_the_first():
    [lead] = leads(*(said(name, PLEA, day) for day, name in enumerate("bca")))
    assert (lead.outcome, lead.grade) == ("shared-claim", Grade.WEAK)
    assert lead.subjects.accounts == ("p:a", "p:c")
    roles = {row.key: row.role for row in lead.evidence}
    assert roles == {"p:0": "first", "p:1": "later", "p:2": "later"}


@pytest.mark.parametrize(
    "copy",
    [
        said("b", PLEA, 1, kind="repost"),
        said("b", f"转发。//@a: {PLEA}", 1, kind="quote"),
        said("b", f"她在信里写道：“{PLEA}”", 1),
        said("b", "我是遇难者家属", 1),
        said("b", PLEA, 1, platform="q"),
        said("a", PLEA, 1),
    ],
)
def test_passing_a_claim_on_and_quoting_it_are_no_claims(copy):
    assert leads(said("a", PLEA), copy) == []


def test_who_names_the_source_of_the_sentence_claims_nothing():
    credit = [{"post_id": "p:1", "target_kind": "account", "target": "p:a"}]
    assert leads(said("a", PLEA), said("b", PLEA, 1), citations=credit) == []


def test_one_owner_and_a_text_that_asks_to_be_copied_are_explained():
    both = [{"account_id": f"p:{a}", "declared_owner": "一家人"} for a in "ab"]
    [owned] = leads(said("a", PLEA), said("b", PLEA, 1), accounts=both)
    assert owned.outcome == "explained"
    assert outcome_of(owned, OWNER) is CaveatOutcome.WEAKENS
    [asked] = leads(*(said(a, f"请转发扩散。{PLEA}", d) for d, a in enumerate("ab")))
    assert outcome_of(asked, PASSED_ON) is CaveatOutcome.WEAKENS
    many = [said(f"a{n}", PLEA, n) for n in range(30)]
    assert [each.outcome for each in leads(*many)] == ["explained"]


def test_plays_and_copies_do_not_make_an_account_two_things():
    nurse = said("a", "我是一名护士，刚下夜班")
    assert leads(nurse, said("a", "（小说节选）我是机长，飞机抖了一下")) == []
    other = "我是一名机长，今天的事我有责任说清楚"
    assert [f.outcome for f in leads(said("b", other), nurse, said("a", other, 1))] == [
        "shared-claim"
    ]


def test_all_claims_are_rows_to_read_about_nobody():
    [told] = detect(corpus(said("a", "我是一名护士，"), said("b", "作为护士，我说")), Params())
    assert (told.outcome, told.grade, told.subjects.accounts) == ("claimed", None, ())
    assert told.subjects.posts == ("p:0", "p:1")
    assert told.measures == {"posts_count": 2.0, "accounts_count": 2.0}


@settings(deadline=None, max_examples=4)
@given(st.randoms(use_true_random=False), st.integers(-400, 400))
def test_neither_row_order_nor_ids_nor_a_shift_of_all_times_change_what_is_told(dice, days):
    posts = [said(a, PLEA, d) for d, a in enumerate("abc")]
    made = corpus(*posts, said("d", "我是一名护士，"), said("d", "作为机长，我说", 3))
    ids = made.accounts["account_id"].to_list()
    new = dict(zip(ids, dice.sample(ids, len(ids)), strict=True))
    frames = {
        name: getattr(made, name)
        .with_columns(pl.col("account_id").replace(new))
        .with_columns(pl.col(pl.Datetime) + timedelta(days=days))
        .sample(fraction=1.0, shuffle=True, seed=dice.randint(0, 99))
        for name in ("accounts", "posts")
    }
    back = {value: key for key, value in new.items()}

    def told(corpus, names):
        return sorted(
            (f.outcome, f.summary, sorted(names[a] for a in f.subjects.accounts), f.subjects.posts)
            for f in detect(corpus, Params())
        )

    same = {each: each for each in ids}
    assert told(Corpus(**frames, sources=made.sources), back) == told(made, same)
