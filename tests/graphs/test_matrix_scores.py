# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs brought together: kinds, multiplicity, and the layer that does not count itself."""

from __future__ import annotations

import polars as pl
import pytest

from graphkit.graphs.matrix_scores import scores

SIGNS = {"cohort": 0.5, "run": 1.0, "credential": None, "bio": 1e-9, "contact": 0.2}


def scored(layers, alpha=0.01, **changes):
    frame = pl.DataFrame(
        {"candidate": list(range(len(layers))), "layer": layers},
        schema_overrides={"candidate": pl.Int64},
    )
    rows = [(c, sign, p) for c in range(len(layers)) for sign, p in {**SIGNS, **changes}.items()]
    tests = pl.DataFrame(
        rows, schema={"candidate": pl.Int64, "sign": pl.String, "p_value": pl.Float64}, orient="row"
    )
    return scores(frame, tests, acts=("url",), alpha=alpha)


def test_the_p_value_is_simes_over_what_cannot_be_copied():
    found = scored(["url"], cohort=0.004, run=0.005)
    assert found.groups.select("kinds", "tests", "p_value", "q_value").rows() == [
        (3, 2, pytest.approx(0.005), pytest.approx(0.01))
    ]


def test_copied_signs_speak_but_give_no_p_value():
    found = scored(["url"])
    assert found.speaking(0) == ["bio"]
    assert found.groups["p_value"].item() == 1.0


@pytest.mark.parametrize(
    ("layer", "silent"), [("bio", {"bio", "contact"}), ("contact", {"bio"}), ("run", {"run"})]
)
def test_the_kind_that_proposed_a_group_does_not_count(layer, silent):
    assert not silent & set(scored([layer], run=1e-9).signs["sign"])


def test_a_sign_speaks_when_it_survives_kinds_and_candidates_of_its_family():
    limit = 0.01 / (3 * 2)
    assert scored(["url"], cohort=0.99 * limit).speaking(0) == ["bio", "cohort"]
    assert scored(["url"], cohort=1.01 * limit).speaking(0) == ["bio"]
    assert scored(["url", "url"], cohort=0.99 * limit).speaking(0) == ["bio"]


def test_groups_of_the_other_family_do_not_raise_the_bar():
    limit = 0.01 / (3 * 2)
    assert "cohort" in scored(["url", "bio", "code"], cohort=0.99 * limit).speaking(0)


def test_a_group_of_which_nothing_that_names_is_known_has_p_one():
    found = scored(["url"], cohort=None, run=None)
    assert found.groups.select("kinds", "p_value", "q_value").rows() == [(1, 1.0, 1.0)]
