# SPDX-License-Identifier: GPL-3.0-or-later
"""Pushes and what looks like them, on small invented logs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.case import runs
from graphkit.detectors.ranking_manipulation import Params, detect
from graphkit.errors import ParameterError
from graphkit.findings import CaveatOutcome
from graphkit.tables import ACCOUNTS, ACTIONS, LABELS, POSTS, RANKINGS, SOURCES, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = 3600
QUICK = Params(permutations=0)
PUSHED = ("pushed0", "pushed1", "pushed2", "pushed3")
PUSHERS = tuple(sorted(f"p{n}" for n in range(20)))
FANS = "a fan community or other recurring audience"


def crowd(dice):
    """12,000 everyday actions of 800 accounts on 60 topics over four days."""
    return [
        (someone(dice), f"t{dice.randrange(60)}", dice.randrange(96 * HOUR)) for _ in range(12_000)
    ]


def someone(dice):
    return f"a{dice.randrange(800)}"


def push(dice, *, members=20, topics=4, width=300):
    """Accounts within five minutes of each other on topics that 40 others visit over a day."""
    rows = []
    for t in range(topics):
        begin = (17 * t + 5) * HOUR + dice.randrange(HOUR)
        rows += [(f"p{n}", f"pushed{t}", begin + dice.randrange(width)) for n in range(members)]
        rows += [
            (someone(dice), f"pushed{t}", begin + dice.randrange(18 * HOUR)) for _ in range(40)
        ]
    return rows


def show(dice):
    """Thirty viewers and a dozen guests, each night on another title, over an hour from eight."""
    rows = []
    for night in range(4):
        here = [f"v{n}" for n in dice.sample(range(30), 24)] + [someone(dice) for _ in range(12)]
        begin = (24 * night + 20) * HOUR
        rows += [(account, f"night{night}", begin + dice.randrange(HOUR)) for account in here]
    return rows


def actions_of(rows, *, act="search"):
    frame = pl.DataFrame(
        {
            "action_id": [f"x{n:06d}" for n in range(len(rows))],
            "account_id": [account for account, _, _ in rows],
            "object_id": [topic for _, topic, _ in rows],
            "acted_at": [START + timedelta(seconds=second) for *_, second in rows],
        }
    )
    fixed = {"act": act, "time_precision": "second", "source_id": "log"}
    return ACTIONS.conform(frame.with_columns(**{n: pl.lit(v) for n, v in fixed.items()}))


def post(post_id, account, second, text):
    lists = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
    fixed = {"platform": "p", "time_precision": "second", "kind": "original", "is_seen": True}
    at = START + timedelta(seconds=second)
    return {"post_id": post_id, "account_id": account, "created_at": at, "text": text,
            "source_id": "log", **fixed, **lists}  # fmt: skip


def sources(collection="stream"):
    row = {"source_id": "log", "file": "log.csv", "sha256": "0", "importer": "canonical",
           "collection": collection, "rows_read": 1, "accepted": 1, "duplicate": 0,
           "rejected": 0}  # fmt: skip
    return SOURCES.conform(pl.DataFrame([row]))


@pytest.fixture(scope="module")
def pushed():
    dice = Random(1)
    return actions_of(crowd(dice) + push(dice) + show(dice))


def vanishing(actions):
    """The corpus of `actions` with a post each; those of the push are deleted, and one in forty."""
    log = actions.with_columns(content_id=pl.concat_str(pl.lit("post:"), "action_id"))
    is_push = pl.col("account_id").str.starts_with("p") & pl.col("object_id").str.contains("pushed")
    is_gone = is_push | pl.col("action_id").str.ends_with("00")
    lists = {n: pl.lit([], pl.List(pl.String)) for n in ("urls", "mentions", "hashtags",
                                                        "media_hashes")}  # fmt: skip
    posts = log.select(
        "account_id", "time_precision", "source_id", post_id="content_id", created_at="acted_at",
        platform=pl.lit("p"), kind=pl.lit("original"), is_seen=pl.lit(value=True),
        deleted_at=pl.when(is_gone).then(pl.col("acted_at")), **lists,
    )  # fmt: skip
    return Corpus(actions=log, posts=POSTS.conform(posts))


def made_together(actions):
    """Accounts of which the pushers were made on one day, and nobody else."""
    rows = [
        {"account_id": account, "platform": "p", "source_id": "log",
         "created_at": START - timedelta(days=9 if account.startswith("p") else 10 * n)}
        for n, account in enumerate(actions["account_id"].unique().sort())
    ]  # fmt: skip
    return ACCOUNTS.conform(pl.DataFrame(rows))


@pytest.fixture(scope="module")
def gone(pushed):
    return vanishing(pushed)


@pytest.fixture(scope="module")
def found(gone):
    return list(detect(replace(gone, sources=sources()), Params(permutations=19)))


def about(findings, topic):
    (finding,) = [each for each in findings if topic in each.subjects.topics]
    return finding


def explained(finding):
    return {c.hypothesis for c in finding.caveats if c.outcome is CaveatOutcome.WEAKENS}


def test_a_push_is_rented_or_automated_with_its_accounts_and_topics(found):
    finding = about(found, "pushed0")
    assert (finding.outcome, finding.grade) == ("rented-or-automated", "moderate")
    assert finding.subjects.accounts == PUSHERS
    assert finding.subjects.topics == PUSHED
    assert finding.p_value == 0.05
    assert finding.q_value < 1e-6
    assert finding.measures["spread_ratio"] < 0.05
    assert finding.measures["peak_share"] > 0.5
    assert explained(finding) == set()


def test_its_ranks_are_given_with_and_without_its_accounts_under_two_scores(found):
    numbers = about(found, "pushed0").measures
    for counts in ("accounts", "actions"):
        assert numbers[f"peak_rank_by_{counts}"] == 1.0
        assert numbers[f"peak_rank_by_{counts}_without"] > 5.0
        without = numbers[f"minutes_in_top_by_{counts}_without"]
        assert numbers[f"minutes_in_top_by_{counts}"] >= without > 0


def test_evidence_is_the_rows_in_the_windows_core_apart_from_associated(found, pushed):
    finding = about(found, "pushed0")
    rows = pushed.filter(pl.col("object_id").is_in(PUSHED), pl.col("account_id").is_in(PUSHERS))
    core = {row.key for row in finding.evidence if row.role == "core"}
    assert core <= set(rows["action_id"])
    assert len(core) > 0.95 * rows.height
    finding = about(found, "night0")
    members = set(finding.subjects.accounts)
    others = {row.key for row in finding.evidence if row.role == "associated"}
    accounts = pushed.filter(pl.col("action_id").is_in(sorted(others)))["account_id"]
    assert others
    assert not set(accounts) & members


def test_recurring_viewers_of_a_nightly_show_are_not_accused(found):
    finding = about(found, "night0")
    assert (finding.outcome, finding.grade) == ("recurring-audience", None)
    assert {FANS, "a scheduled broadcast"} <= explained(finding)


def test_what_was_not_in_the_data_is_untested(found):
    untested = {
        c.hypothesis for c in about(found, "pushed0").caveats if c.outcome is CaveatOutcome.UNTESTED
    }
    assert untested == {
        "a class, employer or other body that the accounts declare",
        "an application that posts for its users",
        "placement by the platform or an advertiser",
    }


def test_deleted_posts_and_a_small_p_value_make_it_strong(gone):
    finding = about(list(detect(gone, Params(permutations=19, alpha=0.05))), "pushed0")
    assert (finding.outcome, finding.grade) == ("rented-or-automated", "strong")
    assert finding.measures["deleted_share"] == 1.0


def test_without_what_willing_people_do_not_leave_it_is_undetermined(pushed):
    finding = about(list(detect(Corpus(actions=pushed), QUICK)), "pushed0")
    assert (finding.outcome, finding.grade) == ("undetermined", None)
    assert finding.subjects.accounts == PUSHERS


def test_accounts_made_in_one_month_may_be_a_class_and_change_nothing(pushed):
    corpus = Corpus(actions=pushed, accounts=made_together(pushed))
    finding = about(list(detect(corpus, QUICK)), "pushed0")
    assert (finding.outcome, finding.grade) == ("undetermined", None)
    assert finding.measures["cohort_share"] == 1.0


def test_people_asked_in_private_to_come_in_one_minute_are_never_rented():
    dice = Random(6)
    rows = crowd(dice) + push(dice, width=60)
    people = {f"p{n}": f"a{n}" for n in range(20)}  # everyday accounts, not new ones
    drive = actions_of([(people.get(account, account), *rest) for account, *rest in rows])
    finding = about(list(detect(Corpus(actions=drive), QUICK)), "pushed0")
    assert (finding.outcome, finding.grade) == ("undetermined", None)


def test_one_topic_under_two_names_is_one_occasion():
    dice = Random(7)
    rows = push(dice, topics=1)
    named = [(account, "pushed again", late + 1) for account, _, late in rows if account[0] == "p"]
    finding = about(list(detect(vanishing(actions_of(crowd(dice) + rows + named)), QUICK)),
                    "pushed0")  # fmt: skip
    assert (finding.outcome, finding.grade) == ("lead", "weak")
    assert "one gathering, or one topic under several names" in explained(finding)


def test_one_account_with_half_of_the_log_is_set_aside_and_counted(gone):
    half = actions_of([("busy", f"t{n % 60}", 28 * n) for n in range(12_000)])
    busy = half.with_columns(action_id=pl.concat_str(pl.lit("y"), "action_id"))
    finding = about(list(detect(replace(gone, actions=pl.concat([gone.actions, busy])), QUICK)),
                    "pushed0")  # fmt: skip
    assert finding.measures["accounts_set_aside"] == 1
    assert set(finding.subjects.accounts) <= set(PUSHERS)


def test_a_log_without_a_counted_row_says_nothing():
    assert list(detect(Corpus(actions=ACTIONS.empty()), QUICK)) == []


def test_each_stated_score_gives_its_ranks_and_an_unknown_one_is_refused(gone):
    scores = ("actions", "weighted", "velocity", "weibo2021")
    numbers = about(list(detect(gone, replace(QUICK, scores=scores))), "pushed0").measures
    for counts in ("accounts", *scores):
        assert numbers[f"peak_rank_by_{counts}"] == 1.0
        assert numbers[f"peak_rank_by_{counts}_without"] >= 1.0
        assert f"displaced_by_{counts}" in numbers
    with pytest.raises(ParameterError, match="no 'heat'; there are accounts"):
        list(detect(gone, replace(QUICK, scores=("heat",))))


def calls_for(actions, topics, *, by="a1", gone=False, late=0):
    """One post a topic, half a day before, that names when the push starts in the zone UTC+8."""
    rows = []
    for n, topic in enumerate(topics):
        came = actions.filter(object_id=topic).filter(pl.col("account_id").str.starts_with("p"))
        start = came["acted_at"].min()
        clock = start + timedelta(hours=8, minutes=late)
        second = int((start - START).total_seconds()) - 5 * HOUR
        row = post(f"c{n}", by, second, f"Everyone, {clock:%H:%M} {topic}!")
        rows.append({**row, "deleted_at": start if gone else None})
    return POSTS.conform(pl.DataFrame(rows, infer_schema_length=None))


def test_calls_before_the_windows_make_it_openly_organised(pushed):
    posts = calls_for(pushed, PUSHED)
    finding = about(list(detect(Corpus(actions=pushed, posts=posts), QUICK)), "pushed0")
    assert (finding.outcome, finding.grade) == ("openly-organised", "weak")
    assert {row.key for row in finding.evidence if row.table == "posts"} == {"c0", "c1", "c2", "c3"}


@pytest.mark.parametrize(
    "call",
    [{"late": 17}, {"gone": True}, {"topics": PUSHED[:1]}, {"topics": PUSHED[:3]}],
    ids=["another minute", "deleted", "one topic", "all but one topic"],
)
def test_a_call_covers_only_its_topic_and_minute_and_while_it_is_there(pushed, call):
    posts = calls_for(pushed, **{"topics": PUSHED, **call})
    finding = about(list(detect(Corpus(actions=pushed, posts=posts), QUICK)), "pushed0")
    assert (finding.outcome, finding.grade) == ("undetermined", None)


@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        ({"topics": PUSHED[:1], "by": "p0"}, "rented-or-automated"),
        ({"topics": PUSHED[:2], "by": "p0"}, "rented-or-automated"),
        ({"by": "p0", "gone": True}, "rented-or-automated"),
        ({"by": "p0"}, "lead"),
    ],
    ids=["one topic", "half of its topics", "all, deleted afterwards", "all, still there"],
)
def test_what_a_push_announces_itself_beside_deleted_posts(gone, pushed, call, outcome):
    posts = calls_for(pushed, **{"topics": PUSHED, **call})
    corpus = replace(gone, posts=pl.concat([gone.posts, posts]))
    assert about(list(detect(corpus, QUICK)), "pushed0").outcome == outcome


def test_the_announced_topics_of_fans_are_a_finding_apart_from_their_loose_ones():
    dice = Random(4)
    rows = crowd(dice) + push(dice, members=30, width=60)
    for club in range(3):
        begin = (20 * club + 9) * HOUR
        rows += [(f"p{n}", f"club{club}", begin + dice.randrange(5 * HOUR)) for n in range(30)]
    log = actions_of(rows)
    findings = list(detect(Corpus(actions=log, posts=calls_for(log, PUSHED)), QUICK))
    drive = about(findings, "pushed0")
    assert (drive.outcome, drive.grade) == ("openly-organised", "weak")
    assert drive.subjects.topics == PUSHED
    private = about(list(detect(Corpus(actions=log), QUICK)), "pushed0")
    assert (private.outcome, private.grade) == ("undetermined", None)


def test_rows_collected_along_links_give_a_lead_at_most(gone):
    corpus = replace(gone, sources=sources("snowball"))
    finding = about(list(detect(corpus, QUICK)), "pushed0")
    assert (finding.outcome, finding.grade) == ("lead", "weak")
    assert explained(finding) == {"an artefact of collection"}


def test_a_declared_affiliation_is_a_recurring_audience(pushed):
    rows = [
        {"subject_kind": "account", "subject_id": account, "label": "affiliation:statistics class",
         "source_id": "log", "source_line": n}
        for n, account in enumerate(PUSHERS)
    ]  # fmt: skip
    corpus = Corpus(actions=pushed, labels=LABELS.conform(pl.DataFrame(rows)))
    assert about(list(detect(corpus, QUICK)), "pushed0").outcome == "recurring-audience"


def test_a_promoted_topic_may_have_been_moved_by_the_platform(pushed, gone):
    at = pushed.filter(object_id="pushed0", account_id="p0")["acted_at"].item()
    row = {"list_id": "l", "snapshot_at": at, "topic": "pushed0", "is_promoted": True,
           "source_id": "log"}  # fmt: skip
    corpus = replace(gone, rankings=RANKINGS.conform(pl.DataFrame([row])))
    finding = about(list(detect(corpus, QUICK)), "pushed0")
    assert (finding.outcome, finding.grade) == ("lead", "weak")
    assert explained(finding) == {"placement by the platform or an advertiser"}


def test_people_who_also_meet_loosely_elsewhere_stay_a_lead():
    dice = Random(1)
    rows = crowd(dice) + push(dice)
    for club in range(4):
        begin = (20 * club + 2) * HOUR
        rows += [(f"p{n}", f"club{club}", begin + dice.randrange(12 * HOUR)) for n in range(20)]
    finding = about(list(detect(vanishing(actions_of(rows)), QUICK)), "pushed0")
    assert (finding.outcome, finding.grade) == ("lead", "weak")
    assert finding.measures["loose_topics_in_common"] == 4


def test_one_topic_is_never_more_than_a_lead_and_names_no_account():
    dice = Random(2)
    rows = crowd(dice) + push(dice, members=80, topics=1)
    plain = Corpus(actions=actions_of(rows))
    assert list(detect(plain, QUICK)) == []
    log = plain.actions.with_columns(content_id=pl.concat_str(pl.lit("post:"), "action_id"))
    texts = [
        post(f"post:{action}", account, 0, "best price today" if account[0] == "p" else action)
        for action, account in log.select("action_id", "account_id").iter_rows()
    ]
    corpus = Corpus(actions=log, posts=POSTS.conform(pl.DataFrame(texts, infer_schema_length=None)))
    assert list(detect(corpus, QUICK)) == []  # newcomers with one text: what a drive looks like
    (lead,) = detect(replace(corpus, accounts=made_together(log)), QUICK)
    assert (lead.outcome, lead.grade, lead.subjects.topics) == ("lead", "weak", ("pushed0",))
    assert lead.subjects.accounts == ()
    assert {row.role for row in lead.evidence} == {"associated"}
    assert "cohort, first-seen, same-text" in lead.summary


def test_windows_of_a_minute_are_not_used_where_times_are_whole_minutes():
    dice = Random(3)
    rows = crowd(dice) + push(dice, width=60)
    minute = Params(permutations=0, scales=("60s",))
    assert about(list(detect(Corpus(actions=actions_of(rows)), minute)), "pushed0")
    rounded = [(account, topic, second // 60 * 60) for account, topic, second in rows]
    assert list(detect(Corpus(actions=actions_of(rounded)), minute)) == []


def test_acts_that_are_not_counted_and_undated_rows_are_left_out(pushed):
    other = pushed.with_columns(act=pl.lit("repost"))
    assert list(detect(Corpus(actions=other), QUICK)) == []
    undated = pushed.with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias("acted_at"))
    assert list(detect(Corpus(actions=undated), QUICK)) == []


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_neither_row_order_nor_names_change_what_is_found(pushed, seed):
    quick = Params(permutations=2)
    first = list(detect(Corpus(actions=pushed), quick))
    again = pushed.sample(fraction=1, shuffle=True, seed=seed)
    assert list(detect(Corpus(actions=again), quick)) == first
    accounts = pushed["account_id"].unique().sort()
    names = dict(zip(accounts, accounts.sample(fraction=1, shuffle=True, seed=seed), strict=True))
    renamed = pushed.with_columns(pl.col("account_id").replace_strict(names))
    other_names = list(detect(Corpus(actions=renamed), quick))
    of_topics = attrgetter("subjects.topics")  # equal scores come by the id, which has names in it
    for one, other in zip(
        sorted(first, key=of_topics), sorted(other_names, key=of_topics), strict=True
    ):
        assert other.subjects.accounts == tuple(sorted(names[a] for a in one.subjects.accounts))
        assert (other.evidence, other.caveats, other.measures) == (
            one.evidence,
            one.caveats,
            one.measures,
        )
        assert (other.grade, other.p_value, other.q_value) == (one.grade, one.p_value, one.q_value)


def test_in_the_shipped_world_the_push_is_found_and_no_innocent_group_is_above_weak(
    world_case, repository
):
    truth = json.loads((repository / "datasets/invented_world/data/truth.json").read_text("utf-8"))
    (push_truth,) = [group for group in truth["planted"] if group["name"] == "push"]
    (run,) = [each for each in runs(world_case) if each.detector == "ranking-manipulation"]
    accused = [each for each in run.findings if each["grade"] in {"moderate", "strong"}]
    (finding,) = accused
    assert (finding["outcome"], finding["grade"]) == ("rented-or-automated", "strong")
    assert set(finding["subjects"]["topics"]) == set(push_truth["topics"])
    assert set(finding["subjects"]["accounts"]) == set(push_truth["accounts"])
    episodes = next(group for group in truth["innocent"] if group["name"] == "television")["topics"]
    outcomes = {e["outcome"] for e in run.findings if set(e["subjects"]["topics"]) & set(episodes)}
    assert outcomes == {"recurring-audience"}
    (drive_truth,) = [group for group in truth["innocent"] if group["name"] == "fan_drive"]
    (drive,) = [
        e for e in run.findings if set(e["subjects"]["topics"]) & set(drive_truth["topics"])
    ]
    assert (drive["outcome"], drive["grade"]) == ("openly-organised", "weak")
    assert drive["subjects"]["topics"] == drive_truth["topics"]
