# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of signs: rare values, runs of numbers, cohorts, and what does not count."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import polars as pl
import pytest

from graphkit.graphs.account_signs import COLUMNS, SharedValues
from graphkit.graphs.sign_tests import run_tests, smallest_run, value_tests

NOTHING = pl.DataFrame(schema={"candidate": pl.Int64, "key": pl.String})
GROUP = [f"g{n}" for n in range(5)]
MEMBERS = pl.DataFrame(
    {"candidate": [0] * 5, "account_id": GROUP}, schema_overrides={"candidate": pl.Int64}
)


def values(holders, *, known=100, sign="contact"):
    """`holders`: value -> accounts, each by a post of its own."""
    rows = [(sign, a, v, "posts", f"{a}/{v}") for v, accounts in holders.items() for a in accounts]
    crowd = [*GROUP, *(f"c{n}" for n in range(known - 5))]
    return SharedValues(
        pl.DataFrame(rows, schema=list(COLUMNS), orient="row").sort(pl.all()),
        pl.DataFrame({"sign": sign, "account_id": crowd}),
    )


def result(shared, held_out=NOTHING, hub_share=0.1):
    found = value_tests(MEMBERS, shared, held_out=held_out, hub_share=hub_share, least=3)
    return replace(found, tests=found.tests.filter(pl.col("sign") == "contact"))


def test_a_value_that_only_the_group_holds_has_the_hypergeometric_tail():
    found = result(values({"v": GROUP[:4]}))
    assert found.tests.rows() == [(0, "contact", pytest.approx(comb(96, 1) / comb(100, 5)), 5)]
    assert found.rows["account_id"].to_list() == GROUP[:4]


def test_the_tail_is_multiplied_by_the_values_that_could_have_been_shared():
    others = {f"o{n}": ["c1", "c2", "c3"] for n in range(9)}
    (row,) = result(values({"v": GROUP[:4], **others})).tests.rows()
    assert row[2] == pytest.approx(10 * comb(96, 1) / comb(100, 5))


def test_a_value_that_many_outside_hold_is_dropped_and_counted():
    found = result(values({"v": [*GROUP, *(f"c{n}" for n in range(20))]}))
    assert found.tests["p_value"].to_list() == [1.0]
    assert found.hubs.rows() == [(0, "contact", "v")]
    assert found.rows.is_empty()


def test_what_members_did_in_the_rows_that_proposed_them_does_not_count():
    held_out = pl.DataFrame({"candidate": [0, 0], "key": ["g0/v", "g1/v"]}, schema=NOTHING.schema)
    found = result(values({"v": GROUP[:4]}), held_out)
    assert found.tests["p_value"].to_list() == [1.0]


def test_signs_of_which_the_corpus_knows_nothing_are_untested():
    shared = values({"v": GROUP[:4]})
    found = value_tests(MEMBERS, shared, held_out=NOTHING, hub_share=0.1, least=3)
    untested = found.tests.filter(pl.col("p_value").is_null())["sign"].to_list()
    assert untested == ["bio", "client", "code", "credential", "handle", "rename", "template"]


def of_renames(others):
    """Four members renamed on one day, with so many others on days of their own and one on it."""
    rows = [("rename", a, "d0", "revisions", a) for a in [*GROUP[:4], "c0"]]
    rows += [("rename", f"c{n}", f"d{n}", "revisions", f"c{n}") for n in range(1, others)]
    crowd = [*GROUP[:4], *(f"c{n}" for n in range(others))]
    shared = SharedValues(
        pl.DataFrame(rows, schema=list(COLUMNS), orient="row").sort(pl.all()),
        pl.DataFrame({"sign": "rename", "account_id": crowd}),
    )
    found = value_tests(MEMBERS, shared, held_out=NOTHING, hub_share=0.01, least=4)
    return found.tests.filter(pl.col("sign") == "rename")["p_value"].item()


def test_renames_on_one_day_are_held_against_when_others_rename():
    assert of_renames(30) == pytest.approx(30 * comb(5, 4) / comb(34, 4))


def test_renames_are_not_tested_where_hardly_anybody_else_renames():
    assert of_renames(19) is None


def test_too_few_known_members_are_not_tested():
    shared = values({"v": ["c1", "c2", "c3"]})
    few = SharedValues(shared.rows, shared.known.filter(~pl.col("account_id").is_in(GROUP[:3])))
    assert result(few).tests["p_value"].to_list() == [None]


def run(handles, least=4):
    named = pl.DataFrame(
        {"account_id": GROUP, "handle": handles}, schema_overrides={"handle": pl.String}
    )
    return run_tests(MEMBERS, named, least=least)


def test_numbers_in_a_row_behind_one_stem_are_a_run():
    found = run(["moon4120", "moon4121", "moon4123", "moon4124", "star9"])
    assert found.tests["p_value"].item() < 1e-6
    assert found.rows["account_id"].to_list() == GROUP[:4]


@pytest.mark.parametrize(
    "handles",
    [
        ["moon1", "moon2", "moon3", "moon4", "moon5"],
        ["moon4120", "star4121", "sun4122", "sea4123", "sky4124"],
        ["user40000120", "user40000121", "user40000122", "user40000123", "user40000124"],
        ["moon1120", "moon3121", "moon5122", "moon7123", "moon9124"],
    ],
    ids=["one digit", "other stems", "suggested by the platform", "far apart"],
)
def test_what_is_no_run(handles):
    assert run(handles).tests["p_value"].item() > 0.01


def test_unknown_handles_are_not_tested():
    assert run([None, None, None, "moon1", "moon2"]).tests["p_value"].to_list() == [None]


@pytest.mark.parametrize(("level", "fewest"), [(0.01, 4), (1e-6, 4), (1e-9, 5), (1e-40, 11)])
def test_the_smallest_run_falls_with_the_level(level, fewest):
    assert smallest_run(least=4, level=level) == fewest
