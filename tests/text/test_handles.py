# SPDX-License-Identifier: GPL-3.0-or-later
"""Stems, numbers and parts of handles."""

from __future__ import annotations

import polars as pl

from graphkit.text.handles import handle_parts, numbered_handles


def accounts(*handles):
    return pl.DataFrame(
        {"account_id": [f"a{i}" for i in range(len(handles))], "handle": list(handles)},
        schema={"account_id": pl.String, "handle": pl.String},
    )


def test_the_number_at_the_end_is_split_from_its_stem():
    assert numbered_handles(accounts("moon_0412", "Ｍoon7", "月亮12")).rows() == [
        ("a0", "moon_", 4, 412, False),
        ("a1", "moon", 1, 7, False),
        ("a2", "月亮", 2, 12, False),
    ]


def test_names_that_platforms_give_are_known():
    told = numbered_handles(accounts("User_10000412", "用户88", "users2b9"))
    assert told["is_suggested"].to_list() == [True, True, False]


def test_handles_without_stem_or_number_or_with_endless_numbers_have_no_row():
    assert numbered_handles(accounts("12345", "moon", None, "a" + "1" * 40)).rows() == []


def test_short_latin_parts_say_nothing_but_two_ideographs_do():
    parts = handle_parts(accounts("blue", "云汀事"))
    assert sorted(parts.rows()) == [
        ("a0", "=blue"), ("a1", "$汀事"), ("a1", "=云汀事"), ("a1", "^云汀"),
    ]  # fmt: skip


def test_suggested_names_have_no_parts():
    assert handle_parts(accounts("user123456", "用户9")).rows() == []
