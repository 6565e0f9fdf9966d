# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories that many carry without a source: which are told, in what order, and which are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.detectors.unsourced_claim import Params, detect, reach
from graphkit.findings import CaveatOutcome
from graphkit.graphs.citation_rows import citation_rows
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, SOURCES, Corpus

START = datetime(2026, 1, 1, tzinfo=UTC)
COUNTS = {"rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0}
SOURCE = {"source_id": "s", "file": "f", "sha256": "0" * 64, "importer": "canonical",
          "collection": "stream", **COUNTS}  # fmt: skip
SCARE = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路"
FLOOD = "霁川上游连降暴雨，南堰闸口水位超警戒2米，下游三个村连夜转移400余人"


class World:
    """Posts as they are made."""

    def __init__(self):
        self.posts = []
        self.accounts = {}

    def say(self, account, text, **more):
        number = len(self.posts)
        lists = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
        self.accounts.setdefault(f"p:{account}", {})
        self.posts.append(
            {"post_id": f"p:{number:04}", "account_id": f"p:{account}", "platform": "p",
             "source_id": "s", "time_precision": "second", "kind": "original", "is_seen": True,
             "text": text, "created_at": START + timedelta(minutes=number), **lists, **more}
        )  # fmt: skip
        return self.posts[-1]["post_id"]

    def pass_on(self, post, count, start=0):
        for n in range(start, start + count):
            self.say(f"r{n}", "转发", kind="repost", parent_id=post, root_id=post)

    def corpus(self):
        people = [{"account_id": a, "platform": "p", "source_id": "s", **more}
                  for a, more in sorted(self.accounts.items())]  # fmt: skip
        made = [
            t.conform(pl.DataFrame(f, infer_schema_length=None))
            for t, f in ((ACCOUNTS, people), (POSTS, self.posts), (SOURCES, [SOURCE]))
        ]
        cites = citation_rows(made[1], made[0]).with_columns(source_id=pl.lit("s"))
        return Corpus(
            accounts=made[0], posts=made[1], sources=made[2], citations=CITATIONS.conform(cites)
        )


def told(world, **params):
    return list(detect(world.corpus(), Params(min_accounts=5, **params)))


def scare(copies=6, **more):
    world = World()
    for n in range(copies):
        world.say(f"c{n}", f"{SCARE}！" + "速转" * (n % 2), **more)
    return world


def test_a_scare_that_many_copy_without_a_source_is_told_with_its_states_and_reach():
    world = scare()
    world.say("vague", f"网传{SCARE}")
    world.pass_on("p:0000", 4)
    [finding] = told(world)
    assert (finding.outcome, finding.grade) == ("unsourced", None)
    assert finding.subjects.claims == ("claim:p:0000",)
    assert finding.measures["reach"] == 11.0
    assert [finding.measures[f"posts_{name}"] for name in ("named", "vague", "none")] == [0, 1, 6]
    roles = [row.role for row in finding.evidence]
    assert (roles.count("passes-on"), roles.count("vague"), roles.count("none")) == (4, 1, 6)


def test_one_post_that_many_repost_is_a_story_too():
    world = World()
    world.pass_on(world.say("a", SCARE), 8)
    assert [each.measures["reach"] for each in told(world)] == [9.0]
    few = World()
    few.pass_on(few.say("a", SCARE), 3)
    assert told(few) == []


@pytest.mark.parametrize(
    "more",
    [
        {"urls": ["https://paper.example/1"]},
        {"text": f"据澍州日报报道，{SCARE}"},
        {"source_label": "澍州日报"},
    ],
)
def test_a_story_whose_posts_name_a_source_is_not_told(more):
    world = World()
    for n in range(6):
        world.say(f"c{n}", **{"text": SCARE, **more})
    assert told(world) == []


def test_a_source_named_by_few_is_counted_and_a_post_of_the_story_is_no_source():
    world = scare(copies=8)
    world.say("credits", f"{SCARE}，转自@c0")
    world.say("quotes", SCARE + "，真的", kind="quote", parent_id="p:0000")
    [finding] = told(world)
    assert finding.measures["posts_named"] == 1.0
    assert finding.measures["posts_none"] == 9.0
    assert told(world, max_named_share=0.05) == []


@pytest.mark.parametrize(
    "text",
    [
        "我今天在苇港大桥上走了3个来回，昨晚还有人在桥边唱歌来着",
        "我觉得苇港大桥主塔那3条裂缝太离谱了，家在桥边的怎么办",
        "限时优惠！苇港大桥边小店满3减1，下单包邮，家在桥边的赶紧来",
        "苇港大桥主塔的3条裂缝哈哈哈哈，钢索在响是我在弹琴",
        "大桥边的晚风真温柔，家在桥边的人真有福气，明天还来",
    ],
)
def test_diaries_opinions_advertisements_jokes_and_small_talk_are_not_told(text):
    world = World()
    world.pass_on(world.say("a", text), 9)
    assert told(world) == []
    assert reach(world.corpus(), Params(min_accounts=5))[0].startswith(
        "1 stories reach 5 accounts; 1 of them name hardly a source, and 0 of these look"
    )


def test_an_office_and_somebody_who_was_there_may_be_the_source_themselves():
    office = scare()
    office.accounts["p:c0"] = {"is_verified": True}
    assert [each.outcome for each in told(office)] == ["first-hand"]
    witness = World()
    witness.pass_on(witness.say("a", f"{FLOOD}。我亲眼看见"), 9)
    assert told(witness) == []  # a diary by its words
    there = World()
    there.pass_on(there.say("a", f"{FLOOD}。Eyewitness here"), 9)
    [finding] = told(there)
    assert finding.outcome == "first-hand"
    assert finding.caveats[0].outcome is CaveatOutcome.WEAKENS


def test_a_picture_weakens_and_the_share_that_names_nothing_here_is_told():
    world = scare(media_hashes=["abc"])
    for n in range(6):
        world.say(f"n{n}", f"据南堰日报报道，{FLOOD}")
    [finding] = told(world)
    assert finding.caveats[1].outcome is CaveatOutcome.WEAKENS
    assert finding.caveats[2].detail == "50% of 2 reports that 4 to 7 accounts carry"
    assert finding.measures["sourceless_share_here"] == 0.5


def test_the_farthest_reaching_story_comes_first():
    world = scare()
    world.pass_on(world.say("f", FLOOD), 20, start=50)
    assert [each.measures["reach"] for each in told(world)] == [21.0, 6.0]


@settings(deadline=None, max_examples=4)
@given(st.randoms(use_true_random=False), st.integers(-400, 400))
def test_neither_row_order_nor_ids_nor_a_shift_of_all_times_change_what_is_told(dice, days):
    world = scare()
    world.pass_on("p:0000", 4)
    world.pass_on(world.say("f", FLOOD), 20, start=50)
    made = world.corpus()
    ids = made.accounts["account_id"].to_list()
    new = dict(zip(ids, dice.sample(ids, len(ids)), strict=True))
    frames = {
        name: getattr(made, name)
        .with_columns(pl.col(each).replace(new) for each in ("account_id",) if name != "citations")
        .with_columns(pl.col(pl.Datetime) + timedelta(days=days))
        .sample(fraction=1.0, shuffle=True, seed=dice.randint(0, 99))
        for name in ("accounts", "posts", "citations")
    }

    def seen(corpus):
        return [(f.outcome, f.summary, f.finding_id, sorted(f.measures.items()))
                for f in detect(corpus, Params(min_accounts=5))]  # fmt: skip

    assert seen(Corpus(**frames, sources=made.sources)) == seen(made)
