# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts named like a known one: what is told, how strongly, and which innocents are not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measure_names import imitations
from graphkit.detectors.lookalike_account import Params, detect, reach
from graphkit.findings import CaveatOutcome, Grade
from graphkit.graphs.lookalike_explanations import BRANCH, FANS, KNOWN, OLDER, ORDINARY, OWNER
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, SOURCES, Corpus

OLD = datetime(2018, 1, 1, tzinfo=UTC)
NEW = datetime(2026, 1, 1, tzinfo=UTC)
KNOWN_ONE = {
    "handle": "澍州日报",
    "is_verified": True,
    "followers_count": 90_000,
    "created_at": OLD,
}
WIRE = {"handle": "Northmoor Wire", "is_verified": True, "created_at": OLD}
COUNTS = {"rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0}
SOURCE = {"source_id": "s", "file": "f", "sha256": "0" * 64, "importer": "canonical",
          "collection": "stream", **COUNTS}  # fmt: skip
ORDINARY_NAMES = [f"{a}{b}{c}路" for a in "东西南北中" for b in "山水云木石" for c in "桥塔门亭台"]


def corpus(*accounts, posts=(), citations=(), ordinary=ORDINARY_NAMES):
    rows = [{"account_id": f"p:{n}", **each} for n, each in enumerate(accounts)]
    rows += [{"account_id": f"p:o{n}", "handle": name} for n, name in enumerate(ordinary)]
    known = {"platform": "p", "source_id": "s"}
    lists = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
    shown = {"time_precision": "second", "kind": "original", "is_seen": True, **lists}
    cited = {"citation_no": 0, "via": "field", "rule": "made", "certainty": 1.0, "source_id": "s"}
    frames = [[{**known, **each} for each in rows], [{**known, **shown, **p} for p in posts],
              [{**cited, **c} for c in citations], [SOURCE]]  # fmt: skip
    tables = (ACCOUNTS, POSTS, CITATIONS, SOURCES)
    made = [
        t.conform(pl.DataFrame(f, infer_schema_length=None)) if f else t.empty()
        for t, f in zip(tables, frames, strict=True)
    ]
    return Corpus(accounts=made[0], posts=made[1], citations=made[2], sources=made[3])


def found(*accounts, **more):
    return list(detect(corpus(*accounts, **more), Params(shuffles=1)))


def outcome_of(finding, hypothesis):
    [caveat] = [each for each in finding.caveats if each.hypothesis == hypothesis]
    return caveat.outcome


def young(name, **more):
    return {"handle": name, "created_at": NEW, "followers_count": 40, **more}


@pytest.mark.parametrize("name", ["澍州日\u200b报", "N\u043erthmoor Wire"])
def test_a_younger_account_with_a_hidden_or_foreign_letter_is_moderate(name):
    [finding] = found(KNOWN_ONE, WIRE, young(name))
    assert (finding.outcome, finding.grade) == ("imitates", Grade.MODERATE)
    assert finding.subjects.accounts == ("p:2",)
    assert finding.measures["days_younger"] == 2922.0
    assert name not in finding.summary
    assert "澍州" not in finding.summary


def test_bidi_marks_are_told_by_number_and_never_shown():
    [finding] = found(WIRE, young("Northmoor \u202eWire"))
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in finding.summary
    assert "\u202e" not in finding.summary + "".join(c.detail for c in finding.caveats)


def test_the_older_of_the_two_is_never_above_weak():
    [finding] = found({**WIRE, "created_at": NEW}, young("N\u043erthmoor Wire", created_at=OLD))
    assert (finding.outcome, finding.grade) == ("imitates", Grade.WEAK)
    assert outcome_of(finding, OLDER) is CaveatOutcome.WEAKENS


def test_an_older_account_that_only_resembles_is_explained():
    [finding] = found({**KNOWN_ONE, "created_at": NEW}, young("舒州日报", created_at=OLD))
    assert (finding.outcome, finding.grade, finding.subjects.accounts) == ("explained", None, ())


def test_where_dates_are_unknown_it_stays_weak_and_says_so():
    [finding] = found(WIRE, {"handle": "N\u043erthmoor Wire"})
    assert finding.grade is Grade.WEAK
    assert outcome_of(finding, OLDER) is CaveatOutcome.UNTESTED


def test_a_whole_name_in_another_script_may_be_an_honest_one():
    [finding] = found({**WIRE, "handle": "copecc"}, young("\u0441\u043e\u0440\u0435\u0441\u0441"))
    assert (finding.outcome, finding.grade) == ("imitates", Grade.WEAK)


def test_an_added_official_and_a_name_that_sounds_the_same_are_weak():
    told = found(KNOWN_ONE, young("澍州日报官方"), young("舒州日报"), young("澍州日報"))
    assert [(f.outcome, f.grade) for f in told] == [("resembles", Grade.WEAK)] * 3


def test_ways_that_ordinary_names_are_alike_by_are_not_told_but_counted():
    many = [f"{a}川云山记" for a in "寄记继纪济计技季祭际剂寂蓟霁"]
    accounts = [{**KNOWN_ONE, "handle": "舒川云山记"}, young("抒川云山记")]
    assert [f.outcome for f in found(*accounts)] == ["resembles"]
    assert found(*accounts, ordinary=[*ORDINARY_NAMES, *many]) == []
    said = reach(corpus(*accounts, ordinary=[*ORDINARY_NAMES, *many]), Params())
    assert said[0].endswith("not told: 1 by same-sound; 1 by one-edit.")


def test_ordinary_names_with_hidden_letters_weaken_one_more():
    odd = [f"{n}\u200b" for n in ORDINARY_NAMES[:40]]
    [finding] = found(WIRE, young("N\u200borthmoor Wire"), ordinary=[*ORDINARY_NAMES, *odd])
    assert outcome_of(finding, ORDINARY) is CaveatOutcome.WEAKENS
    assert finding.grade is Grade.WEAK


def test_one_declared_owner_explains_a_near_name_but_not_a_hidden_letter():
    owner = {"declared_owner": "澍州日报社"}
    near, hidden = found({**KNOWN_ONE, **owner}, young("澍州日报官方", **owner),
                         young("澍州\u200b日报", **owner))[::-1]  # fmt: skip
    assert (near.outcome, near.grade, near.subjects.accounts) == ("explained", None, ())
    assert outcome_of(near, OWNER) is CaveatOutcome.WEAKENS
    assert (hidden.outcome, hidden.grade) == ("imitates", Grade.WEAK)


def test_branches_of_a_house_are_explained():
    south = {**KNOWN_ONE, "handle": "霁川日报-南堰"}
    branches = [young("霁川日报-北堰"), young("霁川日报-西埠")]
    [finding] = found(south, *branches)
    assert finding.outcome == "explained"
    assert outcome_of(finding, BRANCH) is CaveatOutcome.WEAKENS


def test_fans_parodies_and_namesakes_are_explained_or_not_told():
    star = {**KNOWN_ONE, "handle": "许鹿鸣"}
    fans = [young("许鹿鸣后援会"), young("许鹿鸣吧"), young("许鹿鸣2"), young("许鹿明")]
    assert found(star, *fans, {"handle": "x1", "display_name": "许鹿鸣"}) == []
    [finding] = found(WIRE, young("N\u043erthmoor Wire", bio="A parody of a paper"))
    assert (finding.outcome, finding.grade) == ("explained", None)
    assert outcome_of(finding, FANS) is CaveatOutcome.WEAKENS


def test_two_people_of_one_name_are_nothing_and_two_newspapers_of_one_name_are_weak():
    person = {"handle": "a1", "display_name": "Ann Marlow", "is_verified": True, "created_at": OLD}
    paper = {**person, "display_name": "Marlow Gazette", "handle": "mg"}
    assert found(person, {"handle": "b1", "display_name": "Ann Marlow"}) == []
    [finding] = found(paper, {"handle": "b1", "display_name": "Marlow Gazette"})
    assert (finding.outcome, finding.grade) == ("resembles", Grade.WEAK)


def test_accounts_with_standing_and_other_platforms_resemble_nobody():
    other = {**WIRE, "handle": "N\u043erthmoor Wire"}
    assert found(WIRE, other) == []
    assert found(WIRE, young("N\u043erthmoor Wire", platform="q")) == []
    assert found({**WIRE, "is_verified": None}, young("N\u043erthmoor Wire")) == []


def test_the_resembled_accounts_own_repost_weakens_and_its_mention_does_not_decide():
    posts = [
        {"post_id": "p:x", "account_id": "p:1", "created_at": NEW + timedelta(days=3)},
        {"post_id": "p:y", "account_id": "p:0"},
        {"post_id": "p:z", "account_id": "p:o1", "mentions": ["N\u043erthmoor Wire"]},
    ]
    cites = [{"post_id": "p:y", "target_kind": "post", "target": "p:x"}]
    accounts = (WIRE, young("N\u043erthmoor Wire"))
    [known] = found(*accounts, posts=posts, citations=cites)
    assert outcome_of(known, KNOWN) is CaveatOutcome.WEAKENS
    assert known.grade is Grade.WEAK
    assert known.measures["citing_accounts_count"] == 2.0
    roles = {(row.key, row.role) for row in known.evidence}
    assert roles >= {("p:1", "look-alike"), ("p:0", "resembled"), ("p:x", "posted"),
                     ("p:y|0", "cites"), ("p:z", "mentions")}  # fmt: skip
    warned = [{**posts[1], "mentions": ["N\u043erthmoor Wire"]}]
    [warned_of] = found(*accounts, posts=warned)
    assert outcome_of(warned_of, KNOWN) is CaveatOutcome.UNTESTED
    assert warned_of.grade is Grade.MODERATE


@pytest.mark.parametrize("name", ["Northmoor Wire", "苇港日报社新闻"])
def test_of_the_measured_imitations_all_are_told_and_of_the_innocents_none(name):
    known = {**KNOWN_ONE, "handle": name}
    for way, made in imitations(name, random.Random(5)).items():
        if made is not None:
            told = {f.outcome for f in found(known, young(made))}
            quiet = way.startswith("innocent") or way == "two edits"
            assert bool(told) != quiet, (way, made)


def test_in_a_small_table_chance_is_untested():
    [finding] = found(KNOWN_ONE, young("澍州日报官方"), ordinary=[])
    assert outcome_of(finding, ORDINARY) is CaveatOutcome.UNTESTED
    assert finding.p_value is None


@settings(deadline=None, max_examples=4)
@given(st.randoms(use_true_random=False))
def test_neither_row_order_nor_ids_change_what_is_told(dice):
    made = corpus(KNOWN_ONE, WIRE, young("N\u043erthmoor Wire"), young("澍州日报官方"))
    ids = made.accounts["account_id"].to_list()
    new = dict(zip(ids, dice.sample(ids, len(ids)), strict=True))
    accounts = made.accounts.with_columns(pl.col("account_id").replace(new)).sample(
        fraction=1.0, shuffle=True, seed=dice.randint(0, 99)
    )

    def told(corpus, names):
        return sorted(
            (f.outcome, f.summary, f.p_value, sorted(f.measures.items()),
             [names[each] for each in f.subjects.accounts])
            for f in detect(corpus, Params())
        )  # fmt: skip

    same = {each: each for each in ids}
    back = {value: key for key, value in new.items()}
    assert told(Corpus(accounts=accounts, sources=made.sources), back) == told(made, same)
