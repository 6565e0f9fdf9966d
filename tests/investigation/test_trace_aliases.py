# SPDX-License-Identifier: GPL-3.0-or-later
"""Former names of accounts, as a trace tells them: with the rows that show each."""

from __future__ import annotations

import json

import pytest

from graphkit.case import create_case
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.tracing import trace_story
from graphkit.investigation.tree import trace_lines

SAYS = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"


def post(number, by, text, **more):
    row = {"post_id": str(number), "account_id": by, "text": text, "kind": "repost"}
    row |= {"platform": "weiju", "parent_id": "1", "root_id": "1"}
    return row | {"created_at": f"2026-03-10T0{number}:00:00Z"} | more


@pytest.fixture
def trace(tmp_path):
    rows = [
        post(1, "root", SAYS, kind="original", parent_id=None, root_id=None),
        post(2, "new", "我昨天刚走过这座桥"),
        post(3, "b", "哈//@Old\u202eName:我昨天刚走过这座桥"),
        post(4, "c", "嗯//@Old\u202eName:我昨天刚走过这座桥"),
    ]
    names = [
        {"account_id": by, "handle": by, "platform": "weiju"} for by in ("root", "new", "b", "c")
    ]
    case = create_case(tmp_path / "case")
    for table, records in (("posts", rows), ("accounts", names)):
        file = tmp_path / f"{table}.jsonl"
        file.write_text("".join(f"{json.dumps(each)}\n" for each in records), "utf-8")
        ingest(case, [file], importer_name="canonical")
    return trace_story(case, "weiju:1")


def test_an_alias_has_the_name_as_written_the_account_and_the_posts_that_show_it(trace):
    assert trace["aliases"] == [
        {
            "name": "@Old\u202eName",
            "account_id": "weiju:new",
            "accounts_count": 2,
            "posts": ["weiju:3", "weiju:4"],
            "quoted": ["weiju:2"],
        }
    ]


def test_the_tree_says_by_which_rows_a_name_is_known_and_shows_hidden_marks(trace):
    [line] = [line for line in trace_lines(trace) if line.startswith("alias: ")]
    assert line == (
        "alias: @Old[U+202E]Name, which no account bears, is quoted with the words of weiju:2 "
        "in 2 posts (weiju:3, weiju:4)"
    )


def test_a_name_that_one_account_alone_quotes_is_said_to_be_so(trace):
    alone = trace | {"aliases": [trace["aliases"][0] | {"accounts_count": 1}]}
    [line] = [line for line in trace_lines(alone) if line.startswith("alias: ")]
    assert line.endswith("; one account alone says so")
