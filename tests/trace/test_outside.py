# SPDX-License-Identifier: GPL-3.0-or-later
from datetime import UTC, datetime

import polars as pl
import pytest

from graphkit.trace import outside as module
from graphkit.trace.outside import Outside, outside, outside_cell

AT = datetime(2013, 5, 1, tzinfo=UTC)


@pytest.fixture
def table(monkeypatch):
    rows = {
        "cell": ["20-40"], "platform": ["weibo"], "first_year": [2011], "last_year": [2016],
        "outside": [30], "n": [90], "outside_held": [28], "n_held": [88],
    }  # fmt: skip
    monkeypatch.setattr(module, "_table", lambda: pl.DataFrame(rows))


def test_a_cell_with_counts_gives_its_share_and_says_on_what(table):
    assert outside("20-40", platform="weibo", at=AT) == Outside(
        "20-40",
        0.333,
        "the first copy was outside in 28 of 88 traces of held-out stories, weibo 2011-2016",
    )


@pytest.mark.parametrize(
    ("cell", "platform", "at"),
    [
        ("20-40", "x", AT),
        ("20-40", "weibo", AT.replace(year=2020)),
        ("20-40", "weibo", None),
        ("lone", "weibo", AT),
    ],
)
def test_other_platforms_years_and_cells_have_no_probability(table, cell, platform, at):
    assert outside(cell, platform=platform, at=at) == Outside(cell, None, "not calibrated here")


@pytest.mark.parametrize(
    ("missing", "references", "tellings", "cell"),
    [
        (0.0, 5, 2, "0-20"),
        (0.19, 9, 2, "0-20"),
        (0.39, 9, 2, "20-40"),
        (1.0, 9, 3, "40-up"),
        (1.0, 9, 1, "lone"),
        (1.0, 4, 2, "unknown"),
        (None, 9, 2, "unknown"),
    ],
)
def test_the_cell_is_the_band_of_what_is_missing(missing, references, tellings, cell):
    assert outside_cell(missing, references=references, tellings=tellings) == cell


def test_the_shipped_table_holds_only_cells_with_enough_traces_in_both_halves():
    shipped = module._table()
    assert min(shipped["n"].min(), shipped["n_held"].min()) >= 20
    assert shipped["cell"].is_unique().all()
    assert "lone" not in shipped["cell"]
