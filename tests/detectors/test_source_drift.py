# SPDX-License-Identifier: GPL-3.0-or-later
"""What copies lost on their way, and named sources that do not say it."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measure_source_drift import START, corpus_of
from graphkit.detectors.source_drift import OUTCOMES, Params, detect
from graphkit.findings import CaveatOutcome

STORY = "苇港大桥主塔出现三条裂缝昨晚有人听到钢索在响家在桥边的赶紧绕路"
OTHER = "青棹河口夜鹭巢区又要修栈道规划局在公示期内听取居民意见截止周五"
SMALL = Params(least_accounts=2, least_posts=2)


def post(number, text, hours=None, **more):
    row = {"post_id": f"p:{number}", "account_id": f"p:a{number}", "text": text,
           "hours": number if hours is None else hours}  # fmt: skip
    return {**row, **more}


def told(*texts, **more):
    """The findings over posts of those texts, an hour apart, each of its own account."""
    return found([post(n, text) for n, text in enumerate(texts)], **more)


def found(posts, **more):
    return list(detect(corpus_of(posts, **more), SMALL))


def roles(finding):
    return {(row.role, row.key) for row in finding.evidence if row.table == "posts"}


@pytest.mark.parametrize(
    ("outcome", "before", "after"),
    [
        ("source-dropped", f"据苇港时报报道，{STORY}", STORY),
        ("source-dropped", f"{STORY} via@某人", STORY),
        ("made-vaguer", f"据苇港时报报道，{STORY}", f"网传{STORY}"),
        ("source-changed", f"据苇港时报报道，{STORY}", f"据北汀通讯报道，{STORY}"),
        ("hearsay-dropped", f"网传{STORY}", STORY),
        ("made-firmer", f"网传{STORY}", f"据北汀通讯报道，{STORY}"),
        ("made-firmer", f"网传{STORY}", f"据报道，{STORY}"),
        ("label-dropped", f"【广告】{STORY}", STORY),
        ("label-dropped", f"{STORY}（AI生成）", STORY),
        ("label-dropped", f"{STORY}（未经证实）", STORY),
        ("label-dropped", f"2025年6月3日，{STORY}", STORY),
    ],
)
def test_the_first_copy_that_lost_it_is_told_with_its_parent(outcome, before, after):
    [finding] = told(before, before, after)
    assert finding.outcome == outcome
    assert {("first-child", "p:2"), ("first-parent", "p:0")} <= roles(finding)
    assert (finding.grade, finding.subjects.accounts) == (None, ())


def test_the_places_of_both_sources_in_their_texts_are_told():
    [finding] = told(f"据苇港时报报道，{STORY}", f"{STORY} 据北汀通讯报道")
    spans = [finding.measures[f"first_{n}"] for n in
             ("parent_start", "parent_end", "child_start", "child_end")]  # fmt: skip
    assert spans == [0, 7, 32, 39]
    assert {(r.role, r.key) for r in finding.evidence if r.table == "citations"} == {
        ("named-by-child", "p:1|0"),
        ("named-by-parent", "p:0|0"),
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"据苇港时报报道，{STORY}", f"{STORY}（苇港时报）"),
        (f"据苇港时报报道，{STORY}", f"{STORY} 来自 @a0"),
        (f"据苇港时报报道，{STORY}", f"{STORY} @路人"),
        (f"2025年6月3日，{STORY}", f"6月3日，{STORY}"),
        (f"网传{STORY}", f"网传{STORY}，据北汀通讯报道"),
    ],
)
def test_a_copy_that_still_credits_somebody_lost_nothing(before, after):
    assert told(before, after) == []


def test_who_copied_a_text_from_which_the_source_was_gone_lost_nothing():
    named = f"据苇港时报报道，{STORY}"
    [finding] = told(named, STORY, STORY, STORY)
    assert finding.measures["copies_lost_count"] == 1
    assert ("first-child", "p:1") in roles(finding)


def test_a_comment_that_stood_beside_the_story_is_no_copy_of_it():
    comment = "上个月就觉得桥面有点晃要是真的为什么还不封桥呢"
    named = f"据苇港时报报道，{STORY}"
    assert told(f"{named} {comment}", comment, named) == []
    [longer] = told(named, f"{STORY} {comment}，{comment[:9]}，{comment[-9:]}")
    assert longer.outcome == "source-dropped"


def test_posts_that_the_platform_shows_with_what_they_pass_on_are_no_copies():
    named = f"据苇港时报报道，{STORY}"
    for kind in ("repost", "quote", "reply"):
        passed = post(1, STORY, kind=kind, parent_id="p:0", root_id="p:0")
        assert found([post(0, named), passed, post(2, named)]) == []
    chained = post(1, f"{STORY} //@a0:{named}")
    assert found([post(0, named), chained, post(2, named)]) == []


def test_edits_are_left_out_on_both_sides():
    named, late = f"据苇港时报报道，{STORY}", START + timedelta(hours=9)
    assert len(found([post(0, named), post(1, STORY)])) == 1
    assert found([post(0, named, edited_at=late), post(1, STORY)]) == []
    assert found([post(0, named), post(1, STORY, edited_at=late)]) == []


def test_posts_whose_order_the_clocks_leave_open_are_not_compared():
    named = f"据苇港时报报道，{STORY}"
    day = {"time_precision": "day"}
    assert found([post(0, named, **day), post(1, STORY, **day)]) == []
    assert len(found([post(0, named, **day), post(30, STORY, **day)])) == 1


def test_an_account_that_repeats_itself_without_its_source_is_no_copy():
    own = {"account_id": "p:one"}
    posts = [post(0, f"据苇港时报报道，{STORY}", **own), post(1, STORY, **own)]
    assert found([*posts, post(2, f"据苇港时报报道，{STORY}")]) == []


def test_the_post_that_others_name_is_what_a_bare_copy_lost():
    [finding] = told(STORY, f"{STORY} 转自@a0", STORY)
    assert {("first-child", "p:2"), ("first-parent", "p:0")} <= roles(finding)


def test_a_label_of_the_platform_counts_from_when_it_was_given():
    ai = {"subject_id": "p:0", "label": "AI-generated", "labelled_by": "p"}
    given = [{**ai, "labelled_at": START + timedelta(minutes=30)}]
    [finding] = told(STORY, STORY, labels=given)
    assert finding.outcome == "label-dropped"
    assert "(made by AI)" in finding.summary
    assert {r.role for r in finding.evidence if r.table == "labels"} == {"label-of-parent"}
    assert told(STORY, STORY, labels=[{**ai, "labelled_at": START + timedelta(hours=5)}]) == []


def paper(*texts):
    """Posts of one account, before the story."""
    return [post(n, text, account_id="p:paper") for n, text in enumerate(texts)]


def citing(text=STORY, source="paper"):
    return [post(n, f"据@{source} 报道，{text}") for n in (10, 11, 12)]


def test_a_source_whose_posts_at_hand_do_not_say_it_is_told_with_its_nearest_and_later_texts():
    denial = post(20, "声明：本社从未发布苇港大桥出现裂缝的报道", account_id="p:paper")
    earlier = paper("今日天气晴", "河灯节周六举行，欢迎市民参加", "新线路试运行")
    [finding] = found([*earlier, *citing(), denial])
    assert finding.outcome == "never-said"
    assert {("first-child", "p:10"), ("nearest-of-source", "p:2"),
            ("later-of-source", "p:20")} <= roles(finding)  # fmt: skip
    assert finding.measures["first_earlier_count"] == 3


def test_a_source_that_said_it_or_passed_it_on_or_of_which_too_little_is_at_hand_is_not_told():
    assert found([*paper("甲乙丙丁", "戊己庚辛", STORY), *citing()]) == []
    assert found([*paper("甲乙丙丁", "戊己庚辛"), *citing()]) == []
    told_first = post(8, STORY, account_id="p:first")
    shared = post(9, "转发", account_id="p:paper", kind="repost", parent_id="p:8")
    earlier = paper("甲乙丙丁", "戊己庚辛", "壬癸子丑")
    assert found([*earlier, told_first, shared, *citing(source="paper")]) == []


def test_a_source_that_gives_other_numbers_says_otherwise():
    earlier = paper("甲乙丙丁", "戊己庚辛", STORY.replace("三条", "3条"))
    [finding] = found([*earlier, *citing(STORY.replace("三条", "30条"))])
    assert finding.outcome == "says-otherwise"
    assert ("first-nearest-of-source", "p:2") in roles(finding)


def test_a_story_that_comes_back_to_the_account_where_it_was_closes_a_loop():
    posts = [
        post(0, STORY, account_id="p:one"),
        post(1, f"{STORY} 据@one 爆料", account_id="p:two"),
        post(2, f"据@two 报道，{STORY}", account_id="p:one"),
    ]
    [finding] = found(posts)
    assert finding.outcome == "loop-closes"
    assert {("first-child", "p:2"), ("first-parent", "p:1"), ("first-began", "p:0")} <= roles(
        finding
    )
    assert finding.measures["first_steps"] == 2


def test_an_answer_and_its_answer_are_no_loop():
    posts = [
        post(0, STORY, account_id="p:one"),
        post(1, f"{STORY}?", account_id="p:two", kind="quote", parent_id="p:0"),
        post(2, f"{STORY}!", account_id="p:one", kind="quote", parent_id="p:1"),
    ]
    assert found(posts) == []


def test_the_share_that_was_lost_elsewhere_is_what_chance_is_measured_by():
    elsewhere = [post(100 + n, f"据苇港时报报道，{OTHER}") for n in range(4)]
    elsewhere.append(post(200, OTHER))
    posts = [post(0, f"据北汀通讯报道，{STORY}"), post(1, f"据北汀通讯报道，{STORY}"),
             post(2, STORY)]  # fmt: skip
    first = min(found([*posts, *elsewhere]), key=lambda finding: finding.window)
    assert first.measures["copies_asked_count"] == 2
    assert first.measures["lost_elsewhere_share"] == 0.25
    assert (first.null_model.expected, first.null_model.tests_made) == (0.5, 4)
    [alone] = found(posts)
    assert (
        alone.null_model.reason == "no other story of the case has copies that could have lost it"
    )


def test_a_picture_or_a_cut_text_may_explain_it():
    named = f"据苇港时报报道，{STORY}"
    [plain] = found([post(0, named, media_hashes=["m"]), post(1, STORY)])
    assert [c.outcome for c in plain.caveats[:2]] == [CaveatOutcome.STANDS, CaveatOutcome.STANDS]
    [shown] = found([post(0, named), post(1, f"{STORY}…", media_hashes=["m"])])
    assert [c.outcome for c in shown.caveats[:2]] == [CaveatOutcome.WEAKENS, CaveatOutcome.WEAKENS]


def test_a_story_of_one_house_or_of_little_reach_is_not_looked_at():
    posts = [post(0, f"据苇港时报报道，{STORY}"), post(1, STORY)]
    owners = [{"account_id": f"p:a{n}", "declared_owner": "House"} for n in (0, 1)]
    assert found(posts, accounts=owners) == []
    assert list(detect(corpus_of(posts), Params())) == []


def test_no_outcome_accuses():
    assert not any(outcome.accuses for outcome in OUTCOMES.values())


@given(order=st.permutations(range(8)), name=st.text("abcdef", min_size=1, max_size=5))
@settings(max_examples=10, deadline=None)
def test_row_order_and_names_of_accounts_change_nothing(order, name):
    texts = [f"据苇港时报报道，{STORY}", STORY, f"网传{STORY}", f"【广告】{OTHER}", OTHER,
             f"据苇港时报报道，{OTHER}", f"{STORY}（AI生成）", OTHER]  # fmt: skip
    posts = [post(n, text) for n, text in enumerate(texts)]
    renamed = [{**posts[n], "account_id": f"p:{name}{n}"} for n in order]
    plain = [(f.outcome, f.evidence, f.measures) for f in found(posts)]
    assert plain == [(f.outcome, f.evidence, f.measures) for f in found(renamed)]
    shuffled = corpus_of(renamed)
    again = [f.finding_id for f in detect(shuffled, SMALL)]
    assert again == [f.finding_id for f in found(posts)]


def test_the_false_story_of_the_invented_world_is_told_with_its_hop_and_its_outlet(world_case):
    from graphkit.case import findings, load_corpus  # noqa: PLC0415  only where the world is made

    corpus = load_corpus(world_case)
    texts = dict(corpus.posts.select("post_id", "text").rows())
    own = [f for f in findings(world_case) if f["kind"] == "source-drift"]
    dropped = [f for f in own if f["outcome"] == "source-dropped"]
    firsts = [{e["role"]: texts[e["key"]] for e in f["evidence"] if e["table"] == "posts"}
              for f in dropped]  # fmt: skip
    bridge = [f for f in firsts if "苇港大桥" in f["first-child"]]
    assert any("转自@苇港老陈头" in f["first-parent"] for f in bridge)
    assert not any("转自" in f["first-child"] for f in bridge)
    never = [f for f in own if f["outcome"] == "never-said"]
    assert any("北汀通讯" in texts[p] for f in never for p in f["subjects"]["posts"])
    assert corpus.posts.filter(pl.col("post_id").is_in(never[0]["subjects"]["posts"])).height
