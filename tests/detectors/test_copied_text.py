# SPDX-License-Identifier: GPL-3.0-or-later
"""Templated copy: what is found, who is named, what the template is, and what explains it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from graphkit.case import runs
from graphkit.detectors.copied_text import Params, detect
from graphkit.findings import CaveatOutcome, Grade
from graphkit.graphs.copied_texts import CopyRule, copied_texts
from graphkit.tables import ACCOUNTS, CITATIONS, LABELS, POSTS, SOURCES, Corpus

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
SENTENCE = "用了{}天露芽净颜洗面奶，{}也带着它，已经回购第{}次了，姐妹们闭眼入不会错！"
PLACES = ("宿舍", "出差", "健身房", "早八", "加班", "旅行")
TEN = [f"x:p{n}" for n in range(10)]
LISTS = ("urls", "mentions", "hashtags", "media_hashes")
SOURCE = {"source_id": "s", "file": "posts.csv", "sha256": "0" * 64, "importer": "canonical",
          "collection": "stream", "rows_read": 0, "accepted": 0, "duplicate": 0,
          "rejected": 0}  # fmt: skip


def ordinary(seed=1, count=600):
    """Posts of 80 people in invented words, none of them copied."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(26, 48, count)
    said = ["".join(chr(0x4E00 + n) for n in draw.integers(0, 3000, size)) for size in sizes]
    return [row(f"o{n}", f"x:o{n % 80}", text, hours=n % 90) for n, text in enumerate(said)]


def row(name, account, text, *, hours=0.0, **more):
    at = START + timedelta(hours=hours)
    fixed = {"post_id": f"x:{name}", "account_id": account, "text": text, "created_at": at}
    return fixed | {"kind": "original", "client": "web", **{name: [] for name in LISTS}} | more


def campaign(accounts=TEN, times=2, sentence=SENTENCE, **more):
    """Each account fills the sentence in anew, every seven hours."""
    rows = []
    for n in range(len(accounts) * times):
        text = sentence.format(7 + n, PLACES[n % 6], 2 + n % 5)
        rows.append(row(f"c{n:02}", accounts[n % len(accounts)], text, hours=7 * n, **more))
    return rows


def corpus(rows, **tables):
    lists = dict.fromkeys(LISTS, pl.List(pl.String))
    posts = pl.DataFrame(rows, schema_overrides=lists, infer_schema_length=None)
    fixed = {"platform": "x", "time_precision": "second", "source_id": "s"}
    posts = posts.with_columns(
        is_seen=pl.lit(value=True), **{name: pl.lit(value) for name, value in fixed.items()}
    )
    sources = SOURCES.conform(pl.DataFrame([SOURCE]))
    return Corpus(posts=POSTS.conform(posts).sort("post_id"), sources=sources, **tables)


def found(rows, **tables):
    return list(detect(corpus(rows, **tables), Params()))


def told(finding, word):
    [caveat] = [c for c in finding.caveats if word in c.hypothesis]
    return caveat.outcome


def test_a_template_over_days_is_moderate_and_printed_with_its_blanks():
    [finding] = found([*ordinary(), *campaign()])
    assert (finding.outcome, finding.grade) == ("templated", Grade.MODERATE)
    assert finding.subjects.accounts == tuple(sorted(TEN))[1:]
    assert finding.measures["copies_count"] == 20
    assert finding.measures["blanks_count"] == 3
    assert finding.measures["own_fillings_share"] == 1
    assert finding.measures["returning_accounts"] == 10
    assert "天露芽净颜洗面奶，{" in finding.summary
    assert "也带着它，已经回购第{" in finding.summary
    assert {r.role for r in finding.evidence} == {"first", "copy"}
    assert finding.q_value < 1e-9


def test_whoever_posted_it_first_is_a_row_and_never_named():
    rows = [*ordinary(), *campaign(accounts=["x:victim", *TEN])]
    [finding] = found(rows)
    assert "x:victim" not in finding.subjects.accounts
    assert finding.measures["left_out_count"] == 1


def test_four_accounts_are_too_few():
    assert found([*ordinary(), *campaign(accounts=TEN[:4], times=4)]) == []


def test_word_for_word_copies_have_no_grade_and_name_nobody():
    text = SENTENCE.format(7, "宿舍", 2)
    rows = [row(f"c{n}", account, text, hours=9 * n) for n, account in enumerate(TEN)]
    [finding] = found([*ordinary(), *rows])
    assert (finding.outcome, finding.grade) == ("copied", None)
    assert finding.subjects.accounts == ()
    assert finding.measures["blanks_count"] == 0


def test_few_fillings_that_are_handed_on_are_a_rumour_without_a_grade():
    texts = [
        f"苇港大桥主塔出现{n}条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！" for n in (3, 13)
    ]
    rows = [row(f"c{n}", account, texts[n > 4], hours=n) for n, account in enumerate(TEN)]
    [finding] = found([*ordinary(), *rows])
    assert (finding.outcome, finding.grade) == ("copied", None)
    assert finding.measures["fillings_count"] == 2


def test_an_application_that_writes_its_users_posts_is_ordinary_and_names_nobody():
    [finding] = found([*ordinary(), *campaign(client="Bubu")])
    assert (finding.outcome, finding.grade) == ("ordinary", None)
    assert finding.subjects.accounts == ()
    assert told(finding, "an application") is CaveatOutcome.WEAKENS


def test_a_client_that_writes_other_things_too_is_no_such_application():
    others = [each | {"client": "Bubu"} for each in ordinary()[:40]]
    [finding] = found([*others, *ordinary()[40:], *campaign(client="Bubu")])
    assert (finding.outcome, finding.grade) == ("templated", Grade.MODERATE)


def test_one_declared_owner_is_a_declared_family():
    accounts = ACCOUNTS.conform(
        pl.DataFrame({"account_id": TEN}).with_columns(
            platform=pl.lit("x"), declared_owner=pl.lit("a broadcaster"), source_id=pl.lit("s")
        )
    )
    [finding] = found([*ordinary(), *campaign()], accounts=accounts)
    assert (finding.outcome, finding.grade) == ("declared-family", None)


def test_an_open_call_to_copy_is_at_most_weak():
    sentence = "请把这段话复制到自己的主页：" + SENTENCE
    [finding] = found([*ordinary(), *campaign(sentence=sentence)])
    assert (finding.outcome, finding.grade) == ("openly-organised", Grade.WEAK)


def test_word_for_word_copies_that_name_one_source_are_a_quotation():
    text = SENTENCE.format(7, "宿舍", 2)
    rows = [row(f"c{n}", account, text, hours=n) for n, account in enumerate(TEN)]
    fixed = {
        "citation_no": 0,
        "target_kind": "outlet",
        "target": "日报",
        "via": "text",
        "rule": "r",
    }
    cited = [{"post_id": f"x:c{n}", "certainty": 1.0, "source_id": "s", **fixed} for n in range(5)]
    citations = CITATIONS.conform(pl.DataFrame(cited))
    [finding] = found([*ordinary(), *rows], citations=citations)
    assert (finding.outcome, finding.grade) == ("ordinary", None)
    [filled] = found([*ordinary(), *campaign()], citations=citations)
    assert filled.outcome == "templated"


@pytest.mark.parametrize(
    ("word", "more"),
    [
        ("a headline or a result", {"urls": ["https://run.example/r/1"]}),
        ("a chant", {"kind": "reply", "root_id": "x:o1", "parent_id": "x:o1"}),
    ],
)
def test_a_common_page_or_one_conversation_keeps_a_template_weak(word, more):
    kind = {"kind": more["kind"]} if "kind" in more else {}
    [finding] = found([*(each | kind for each in ordinary()), *campaign(**more)])
    assert finding.grade is Grade.WEAK
    assert told(finding, word) is CaveatOutcome.WEAKENS


def test_a_challenge_that_as_many_others_take_part_in_keeps_a_template_weak():
    many = [each | {"hashtags": ["挑战"]} for each in ordinary()]
    [finding] = found([*many, *campaign(hashtags=["挑战"])])
    assert finding.grade is Grade.WEAK
    assert told(finding, "a challenge") is CaveatOutcome.WEAKENS


def test_a_greeting_keeps_a_template_weak():
    sentence = "祝{}天没见的老朋友们新年快乐，在{}的也好，第{}次说了，都要平平安安健健康康！"
    [finding] = found([*ordinary(), *campaign(sentence=sentence)])
    assert finding.grade is Grade.WEAK
    assert told(finding, "a greeting") is CaveatOutcome.WEAKENS


def test_common_phrases_that_meet_by_chance_are_nothing():
    starts = [f"今天的任务就是{word}然后" for word in ("换链条", "剪指甲", "堆肥料", "爬山坡")]
    ends = ["，修了整整一个下午呢", "，等了足足四十分钟了", "，写满了一页作业纸"]
    draw = np.random.default_rng(3)
    rows = [
        row(
            f"c{n}", f"x:m{n % 70}", starts[draw.integers(4)] + ends[draw.integers(3)], hours=n % 90
        )
        for n in range(300)
    ]
    assert [f for f in found([*ordinary(), *rows]) if f.grade is Grade.MODERATE] == []


def test_a_corpus_without_copies_gives_nothing_and_neither_do_short_texts():
    assert found(ordinary()) == []
    assert found([row(f"c{n}", a, "转发微博！") for n, a in enumerate(TEN)]) == []


def test_two_templates_in_one_group_of_near_duplicates_are_two():
    other = "用了{}天露芽净颜洗面奶，{}同事问链接，退了{}次货还是想要，大家避雷这一家店铺！"
    second = [each | {"post_id": f"{each['post_id']}b"} for each in
              campaign(accounts=[f"x:q{n}" for n in range(8)], sentence=other)]  # fmt: skip
    rule = CopyRule(5, 12, 0.3, 0.05)
    both = copied_texts(corpus([*ordinary(), *campaign(), *second]), rule)
    assert sorted(each.posts.height for each in both) == [16, 20]


def test_neither_the_order_of_rows_nor_the_names_of_accounts_change_a_finding():
    whole = corpus([*ordinary(), *campaign()])
    plain = list(detect(whole, Params()))
    mixed = replace(whole, posts=whole.posts.sample(fraction=1, shuffle=True, seed=5))
    assert list(detect(mixed, Params())) == plain
    renamed = whole.posts.with_columns(pl.col("account_id").str.replace("x:p", "x:z"))
    [finding] = detect(replace(whole, posts=renamed), Params())
    assert finding.measures == plain[0].measures
    assert finding.q_value == plain[0].q_value


def test_labels_of_affiliation_count_as_one_owner():
    rows = [{"subject_kind": "account", "subject_id": each, "label": "affiliation:class",
             "source_id": "s", "source_line": n} for n, each in enumerate(TEN)]  # fmt: skip
    labels = LABELS.conform(pl.DataFrame(rows))
    assert found([*ordinary(), *campaign()], labels=labels)[0].outcome == "declared-family"


@pytest.fixture(scope="module")
def of_the_world(world_case):
    [run] = [run for run in runs(world_case) if run.detector == "copied-text"]
    return run.findings


def test_the_template_of_the_shipped_world_is_found_and_no_innocent_is_above_weak(
    of_the_world, repository
):
    truth = json.loads((repository / "datasets/invented_world/data/truth.json").read_bytes())
    [plant] = [g for g in truth["planted"] if g["name"] == "templated_copy"]
    above = [f for f in of_the_world if f["grade"] not in (None, "weak")]
    assert [(f["outcome"], f["grade"]) for f in above] == [("templated", "moderate")]
    assert len(above[0]["subjects"]["accounts"]) == 13
    assert set(above[0]["subjects"]["accounts"]) < set(plant["accounts"])
    assert "天露芽净颜洗面奶，{" in above[0]["summary"]
    assert "次了，姐妹们闭眼入不会错！" in above[0]["summary"]


@pytest.mark.parametrize(
    ("name", "outcome"), [("open_call", "openly-organised"), ("app_shares", "ordinary")]
)
def test_what_innocents_of_the_shipped_world_become(of_the_world, repository, name, outcome):
    truth = json.loads((repository / "datasets/invented_world/data/truth.json").read_bytes())
    [group] = [g for g in truth["innocent"] if g["name"] == name]
    about = [
        f["outcome"]
        for f in of_the_world
        if any(row["key"] in group["posts"] for row in f["evidence"])
    ]
    assert about == [outcome]
