# SPDX-License-Identifier: GPL-3.0-or-later
"""FRAUDAR's densest blocks against every block there is, on small graphs."""

from __future__ import annotations

import itertools
import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.errors import ParameterError
from graphkit.graphs.densest_block import densest_blocks

logs = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("vwxyz")), min_size=1, max_size=25
)


def frame(rows):
    return pl.DataFrame(rows, schema=["account_id", "object_id"], orient="row")


def score_of(edges, accounts, objects):
    """The log-weighted average degree of a block of `edges`, as the paper writes it."""
    degree = {o: sum(o == other for _, other in edges) for _, o in edges}
    inside = [1 / math.log(degree[o] + 5) for a, o in edges if a in accounts and o in objects]
    return sum(inside) / (len(accounts) + len(objects))


def subsets(items):
    return [set(s) for n in range(1, len(items) + 1) for s in itertools.combinations(items, n)]


def ids(blocks, side, block=0):
    return set(blocks.filter(side=side, block=block)["id"])


@settings(deadline=None, max_examples=60)
@given(logs)
def test_the_first_block_has_at_least_half_the_score_of_the_best_of_all_blocks(rows):
    edges = set(rows)
    found = densest_blocks(frame(rows))
    score = found["score"][0]
    assert score == pytest.approx(score_of(edges, ids(found, "account"), ids(found, "object")))
    accounts, objects = ({pair[side] for pair in edges} for side in (0, 1))
    best = max(score_of(edges, a, o) for a in subsets(accounts) for o in subsets(objects))
    assert best / 2 - 1e-9 <= score <= best + 1e-9


@settings(deadline=None, max_examples=40)
@given(logs, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_repeats_change_a_block(rows, dice):
    mixed = rows + rows[:3]
    dice.shuffle(mixed)
    assert densest_blocks(frame(mixed), most=3).equals(densest_blocks(frame(rows), most=3))


def test_a_block_is_found_beside_a_hub_and_its_camouflage_takes_nothing_from_its_score():
    block = [(f"f{n}", f"t{m}") for n in range(12) for m in range(6)]
    rest = [(f"p{n}", "popular") for n in range(200)] + [(f"p{n}", f"q{n % 40}") for n in range(90)]
    plain = densest_blocks(frame(block + rest))
    hidden = densest_blocks(frame(block + rest + [(f"f{n}", "popular") for n in range(12)]))
    assert ids(plain, "account") == ids(hidden, "account") == {f"f{n}" for n in range(12)}
    assert ids(plain, "object") == {f"t{m}" for m in range(6)}
    assert plain["score"][0] == pytest.approx(72 / math.log(17) / 18)
    assert hidden["score"][0] >= plain["score"][0]


def test_the_next_block_is_in_what_the_first_leaves():
    first = [(f"a{n}", f"x{m}") for n in range(6) for m in range(6)]
    second = [(f"b{n}", f"y{m}") for n in range(4) for m in range(4)]
    found = densest_blocks(frame(first + second), most=5)
    assert found["block"].unique().sort().to_list() == [0, 1]
    assert ids(found, "account", 1) == {"b0", "b1", "b2", "b3"}
    assert found.filter(block=1)["score"][0] == pytest.approx(16 / math.log(9) / 8)


def test_a_log_without_rows_has_no_block():
    assert densest_blocks(frame([])).rows() == []
    with pytest.raises(ParameterError, match="most is 0"):
        densest_blocks(frame([]), most=0)
