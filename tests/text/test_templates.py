# SPDX-License-Identifier: GPL-3.0-or-later
from itertools import product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.text.templates import template

DAYS, FEELS, PLACES = (7, 12, 33), ("清清爽爽", "一点都不紧绷"), ("宿舍", "健身房")
SENTENCE = "用了{}天露芽洗面奶，{}，{}也带着它，姐妹们闭眼入！"


def frame(texts, accounts=None):
    rows = {
        "text_id": [f"t{n:02}" for n in range(len(texts))],
        "account_id": [f"a{n}" for n in range(len(texts))] if accounts is None else accounts,
        "text": texts,
    }
    return pl.DataFrame(rows)


def praise():
    return [SENTENCE.format(*each) for each in product(DAYS, FEELS, PLACES)]


def test_the_parts_are_what_all_have_and_the_slots_are_what_each_fills_in():
    found = template(frame(praise()))
    assert found.parts == ("用了", "天露芽洗面奶，", "也带着它，姐妹们闭眼入！")
    days = found.fillings.filter(slot_no=1)["filling"]
    assert sorted(set(days)) == ["12", "33", "7"]
    assert found.text_ids.len() == 12


def test_it_is_shown_on_one_line_with_the_commonest_fillings_in_braces():
    texts = [f"I just ran {n} km with\nBubu, join me!" for n in (3, 14, 22, 9, 9)]
    assert template(frame(texts)).shown() == ("I just ran {9|14|22|…} km with Bubu, join me!")


def test_hidden_characters_are_shown_as_what_they_are():
    assert template(frame(["safe\u202ename here"] * 2)).shown() == "safe[U+202E]name here"


def test_what_is_added_before_and_after_is_a_slot_and_no_blank_inside():
    texts = ["大桥主塔出现裂缝快绕路", "转：大桥主塔出现裂缝快绕路", "大桥主塔出现裂缝快绕路！怕"]
    found = template(frame(texts))
    assert found.parts == ("大桥主塔出现裂缝快绕路",)
    assert found.inner.height == 0
    assert set(found.fillings.filter(slot_no=1)["filling"]) == {"", "！怕"}


def test_one_account_with_many_texts_does_not_make_its_habit_a_part():
    own = [f"收到{n}的花真开心啊朋友们，爱你们大家" for n in "甲乙丙丁戊己庚辛"]
    others = [f"收到{n}的花真开心啊朋友们" for n in "子丑寅卯"]
    found = template(frame([*own, *others], ["one"] * 8 + ["b", "c", "d", "e"]))
    assert found.parts == ("收到", "的花真开心啊朋友们")
    assert found.text_ids.len() == 12


def test_texts_with_nothing_in_common_have_no_template_of_more_than_one():
    found = template(frame(["今天天气很好啊", "完全另外一句话"]))
    assert found is None or found.text_ids.len() == 1


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(12)))
def test_the_order_of_the_rows_changes_nothing(order):
    rows = frame(praise())
    assert template(rows[list(order)]).shown() == template(rows).shown()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="ab(.*)[{ ", max_size=12), min_size=1, max_size=6))
def test_parts_and_fillings_give_every_text_of_the_template_back(texts):
    rows = frame(texts)
    found = template(rows)
    if found is None:
        return
    texts_by_id = dict(rows.select("text_id", "text").iter_rows())
    filled = found.fillings.sort("text_id", "slot_no").group_by("text_id", maintain_order=True)
    for text_id, fillings in filled.agg("filling").iter_rows():
        first, *rest = fillings
        said = first + "".join(p + f for p, f in zip(found.parts, rest, strict=True))
        assert said == texts_by_id[text_id]
