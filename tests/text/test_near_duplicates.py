# SPDX-License-Identifier: GPL-3.0-or-later
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bench_near_duplicates import frame as frame_of
from benchmarks.bench_near_duplicates import grown, real_texts, recall
from graphkit.errors import ParameterError
from graphkit.text.near_duplicates import near_duplicate_groups, near_duplicate_pairs
from graphkit.text.shingles import shingles

SHORT = st.text(alphabet="ab垮", max_size=9)


def frame(texts):
    ids = [f"t{number:03d}" for number in range(len(texts))]
    return pl.DataFrame({"text_id": ids, "text": texts}, schema={"text_id": str, "text": str})


def shingle_set(text):
    padded = text.ljust(3, "\0")
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def by_brute_force(texts, threshold, containment, shortest):
    first: dict[str, str] = {}
    pairs = []
    for number, text in enumerate(texts):
        if text and text in first:
            pairs.append((first[text], f"t{number:03d}", 1.0, 1.0))
        elif text:
            first[text] = f"t{number:03d}"
    for (a, a_id), (b, b_id) in combinations(first.items(), 2):
        one, other = shingle_set(a), shingle_set(b)
        shared, smaller = len(one & other), min(len(one), len(other))
        jaccard, held = shared / len(one | other), shared / smaller
        excerpt = containment is not None and smaller >= shortest and held >= containment - 1e-9
        if jaccard >= threshold - 1e-9 or excerpt:
            pairs.append((a_id, b_id, jaccard, held))
    return sorted(pairs)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.none(), SHORT), max_size=12),
    st.sampled_from([0.2, 0.5, 0.7, 1.0]),
    st.sampled_from([None, 0.6, 0.8, 1.0]),
)
def test_pairs_equal_those_of_comparing_every_text_with_every_other(texts, threshold, containment):
    pairs = near_duplicate_pairs(
        frame(texts), threshold=threshold, containment=containment, shortest_excerpt=3
    )
    assert pairs.rows() == by_brute_force(texts, threshold, containment, 3)


@settings(max_examples=30, deadline=None)
@given(st.lists(SHORT, min_size=1, max_size=12), st.randoms())
def test_the_order_of_the_rows_changes_nothing(texts, random):
    rows = frame(texts)
    order = list(range(len(texts)))
    random.shuffle(order)
    shuffled = rows[order]
    assert near_duplicate_pairs(shuffled, threshold=0.5).equals(
        near_duplicate_pairs(rows, threshold=0.5)
    )
    assert near_duplicate_groups(shuffled, threshold=0.5).equals(
        near_duplicate_groups(rows, threshold=0.5)
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(SHORT, max_size=12), st.sampled_from([None, 0.8]))
def test_groups_are_the_components_of_the_pairs(texts, containment):
    rows = frame(texts)
    group = {text_id: text_id for text_id, text in rows.rows() if text}
    pairs = near_duplicate_pairs(rows, threshold=0.5, containment=containment, shortest_excerpt=3)
    for _ in texts:
        for a, b, *_measures in pairs.rows():
            group[a] = group[b] = min(group[a], group[b])
    groups = near_duplicate_groups(rows, threshold=0.5, containment=containment, shortest_excerpt=3)
    assert dict(groups.rows()) == group


def test_a_changed_word_is_a_near_duplicate_and_a_cut_is_an_excerpt():
    whole = "河洲大桥昨夜垮塌多车坠河救援人员已经赶到现场市民请绕行等待通报"
    rows = frame([whole, whole.replace("多车", "两车"), whole[:25], "今天天气很好"])
    pairs = near_duplicate_pairs(rows, threshold=0.8)
    assert pairs.rows() == [("t000", "t001", 26 / 32, 26 / 29)]
    with_excerpts = near_duplicate_pairs(rows, threshold=0.8, containment=1.0)
    assert with_excerpts.select("a", "b").rows() == [("t000", "t001"), ("t000", "t002")]


def test_a_thousand_copies_are_a_thousand_rows_less_one():
    pairs = near_duplicate_pairs(frame(["转发微博"] * 1000))
    assert pairs.height == 999
    assert pairs["a"].unique().to_list() == ["t000"]


def test_no_text_at_all_gives_no_pair_and_no_group():
    empty = frame([None, "", None])
    assert near_duplicate_pairs(empty).rows() == []
    assert near_duplicate_groups(empty, containment=0.8).rows() == []


def test_a_threshold_of_zero_is_refused():
    with pytest.raises(ParameterError, match=r"threshold: 0 is outside \(0, 1\]"):
        near_duplicate_pairs(frame(["a"]), threshold=0)


def test_shingles_are_the_distinct_windows_of_three_characters():
    found = shingles(frame(["abab", "ab", "", None, "垮塌了"]))
    assert dict(found.group_by("text_id").len().sort("text_id").rows()) == {
        "t000": 2,
        "t001": 1,
        "t004": 1,
    }


def test_of_13600_texts_grown_by_splices_every_pair_of_a_sample_is_found(shared):
    texts = frame_of(grown(real_texts(shared / "data" / "cascades"), 13_600))
    pairs = near_duplicate_pairs(texts, threshold=0.7).select(pl.col("a", "b").cast(pl.Int64))
    share, known = recall(texts, pairs.to_numpy())
    assert known > 100
    assert share == 1.0
