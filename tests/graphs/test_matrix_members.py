# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the rest of a group may have met."""

from __future__ import annotations

import polars as pl
import pytest

from graphkit.graphs.matrix_members import most_met
from graphkit.graphs.sharing_explanations import SharingGroup


def acts(objects):
    """A group of which account n took part in so many objects."""
    rows = [(f"a{n:02}", f"o{o}") for n, count in enumerate(objects) for o in range(count)]
    frame = pl.DataFrame(rows, schema=["account_id", "object_id"], orient="row")
    names = frame["account_id"].unique().sort()
    nothing = pl.DataFrame()
    return SharingGroup("url", names, nothing, frame, nothing, nothing, 1.0)


@pytest.mark.parametrize(
    ("objects", "met"),
    [
        ([9, 5, 5, 4], ["a00"]),
        ([9, 9, 5, 4], []),
        ([5, 5, 5, 5], []),
        ([9, 9, *[5] * 18], ["a00", "a01"]),
        ([9, 9, 9, *[5] * 18], []),
    ],
    ids=["one", "two of four", "all alike", "a tenth", "more than a tenth"],
)
def test_who_took_part_most_is_met_where_hardly_anybody_did_as_often(objects, met):
    assert most_met(acts(objects)).to_list() == met
