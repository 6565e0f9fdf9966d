# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that look or sound alike: by which way, and which are not."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.lookalike_names import dealt, name_twins
from graphkit.text.lookalikes import differing, hides, name_keys, one_edit, skeleton, sound


def way(name, like):
    return name_twins(pl.Series([name]), pl.Series([like]))["way"].to_list()


@pytest.mark.parametrize(
    ("name", "like", "expected"),
    [
        ("澍州日报\u200b", "澍州日报", "hidden"),
        ("\u202eNorthmoor Wire", "Northmoor Wire", "hidden"),
        ("North\u00admoor Wire", "Northmoor Wire", "hidden"),
        ("N\u043erthmoor Wire", "Northmoor Wire", "mixed-script"),
        ("\u0430\u0440\u0440\u0435\u0435", "appee", "other-script"),
        ("Ｎｏｒｔｈｍｏｏｒ Ｗｉｒｅ", "Northmoor Wire", "styled"),
        ("Northmoor W1re", "Northmoor Wire", "same-shape"),
        ("N0rthmoor Wire", "Northmoor Wire", "same-shape"),
        ("Norтhmoor", "Northmoor", "mixed-script"),  # though Cyrillic te is no confusable of t
        ("澍州曰报", "澍州日报", "same-shape"),
        ("澍州日報", "澍州日报", "traditional-simplified"),
        ("舒州日报", "澍州日报", "same-sound"),
        ("澍州日报官方", "澍州日报", "added-word"),
        ("Northmoor Wire Official", "Northmoor Wire", "added-word"),
        ("Northmoor Wre", "Northmoor Wire", "one-edit"),
        ("Northmoro Wire", "Northmoor Wire", "one-edit"),
        ("霁川日报-南堰", "霁川日报-北堰", "one-edit"),
        ("Northmoor Wire", "Northmoor Wire", "same-name"),
    ],
)
def test_two_names_are_alike_by_the_plainest_way(name, like, expected):
    found = way(name, like)
    assert expected in found


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("苏旧事2", "苏旧事3"),  # numbers, as people and platforms put them
        ("用户8812345", "用户8812346"),
        ("moon2024star", "moon2025star"),
        ("张伟", "章伟"),  # short names sound alike every day
        ("温观测", "闻观测"),
        ("许鹿鸣后援会", "许鹿鸣"),  # a fan club's name is another name
        ("许鹿鸣官方后援会", "许鹿鸣"),
        ("岚屿广播汐城站", "岚屿广播澍州站"),
        ("tamven_", "tamven"),
        ("family\u200d", "familia"),
        ("Herald", "Harold"),
    ],
)
def test_names_that_are_only_a_little_alike_are_not_told(name, like):
    assert way(name, like) == []


def test_an_emoji_and_a_persian_name_hide_nothing():
    names = pl.Series(["❤\ufe0f", "👩\u200d🌾", "\u0645\u06cc\u200c\u062e", "a\u200bb"])
    assert pl.select(hides(names)).to_series().to_list() == [False, False, False, True]


def test_what_differs_is_told_by_number_so_that_nothing_hidden_is_shown():
    told = differing("N\u043erth\u202e\u200b", "North")
    assert told == [
        "U+043E CYRILLIC SMALL LETTER O for U+006F",
        "U+202E RIGHT-TO-LEFT OVERRIDE, U+200B ZERO WIDTH SPACE",
    ]
    assert not set("".join(told)) & set("\u202e\u200b\u043e")


def test_a_skeleton_and_a_sound_are_what_the_tables_say():
    names = pl.Series(["PAYPAL", "раураl", "rnodern", "modem"])
    assert skeleton(names).to_list() == [
        "paypal", "paypal", "rnodern", "rnodern",
    ]  # fmt: skip
    assert sound(pl.Series(["澍州日報-A1"])).item() == "shuzhouribao-A1"


def edits(name):
    letters = set("abcd")
    places = range(len(name) + 1)
    dropped = {name[:n] + name[n + 1 :] for n in places[:-1]}
    changed = {name[:n] + c + name[n + 1 :] for n in places[:-1] for c in letters}
    added = {name[:n] + c + name[n:] for n in places for c in letters}
    swapped = {name[:n] + name[n + 1] + name[n] + name[n + 2 :] for n in places[:-2]}
    return (dropped | changed | added | swapped) - {name}


def test_one_edit_is_what_brute_force_calls_one():
    for name in ("abca", "dd", "abab"):
        near = edits(name)
        for size in (1, 2, 3, 4, 5):
            for other in map("".join, itertools.product("abcd", repeat=size)):
                assert one_edit(name, other) == (other in near), (name, other)


@settings(deadline=None, max_examples=15)
@given(st.text("abcd", min_size=8, max_size=10), st.data())
def test_names_one_edit_apart_share_a_key_and_so_are_found(name, data):
    other = data.draw(st.sampled_from(sorted(each for each in edits(name) if len(each) > 7)))
    keys = [set(name_keys(pl.Series([each])).filter(way="edit")["key"]) for each in (name, other)]
    assert keys[0] & keys[1]


@settings(deadline=None, max_examples=10)
@given(st.lists(st.text("ab日报oо", min_size=1, max_size=6), min_size=2, max_size=8), st.data())
def test_neither_the_order_nor_the_number_of_rows_changes_what_is_alike(names, data):
    shuffled = data.draw(st.permutations(names))
    anchors = pl.Series(names[:2])
    one = name_twins(pl.Series(names), anchors)
    assert name_twins(pl.Series([*shuffled, *shuffled]), anchors).equals(one)


def test_dealt_names_keep_their_lengths_and_their_characters_by_place():
    names = pl.Series(["abc", "def", "gh", "ij", "日"])
    made = dealt(names, np.random.default_rng(3))
    assert sorted(map(len, made)) == [1, 2, 2, 3, 3]
    assert sorted(each[0] for each in made if len(each) == 3) == ["a", "d"]
    assert sorted(each[1] for each in made if len(each) == 2) == ["h", "j"]
