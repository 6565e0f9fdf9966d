# SPDX-License-Identifier: GPL-3.0-or-later
import polars as pl

from graphkit.trace.wordings import oddness

FIRST = "苇港大桥主塔出现3条裂缝家在桥边的赶紧绕路"
COMMENT = f"看完手都抖了{FIRST}"
CUT = "苇港大桥主塔出现3条裂缝"


def test_the_text_that_all_copies_hold_is_the_least_odd():
    found = oddness(pl.Series([FIRST, COMMENT, CUT, FIRST]))
    assert found.sort("oddness")["words"].to_list() == [FIRST, COMMENT, CUT]
    assert found.sort("oddness")["oddness"].round(3).to_list() == [0.0, 0.24, 0.474]


def test_a_wording_that_many_posts_repeat_counts_once():
    once = oddness(pl.Series([FIRST, COMMENT, CUT]))
    often = oddness(pl.Series([FIRST, *([CUT] * 50), COMMENT]))
    assert once.equals(often)


def test_one_wording_alone_is_neither_odd_nor_plain():
    assert oddness(pl.Series([FIRST, FIRST, None]))["oddness"].to_list() == [None]
