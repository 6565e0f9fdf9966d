# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns are guessed by their names and tested on their cells; nothing ambiguous is decided."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.reading.guessing import guessed_map
from graphkit.reading.importer import ReadOptions
from graphkit.reading.mapped_posts import kinds_by_name, names_of_columns
from graphkit.reading.rows import table_rows
from graphkit.tables import POST_KINDS, TABLES

SAMPLES = Path(__file__).parent.parent / "importers" / "samples"
TIME = "2026-03-10T01:00:00Z"


def guess(**columns):
    frame = pl.DataFrame(
        {name: pl.Series(cells, dtype=pl.String) for name, cells in columns.items()}
    )
    return guessed_map(frame.columns, frame)


def guess_of(name):
    first = next(table_rows(SAMPLES / name, ReadOptions()))
    return guessed_map(first.columns, first.frame)


def test_4cats_table_is_guessed_with_a_reason_for_each_column():
    found = guess_of("4cat_custom.csv")
    assert (found.table, found.constants, found.undecided) == ("posts", {}, ())
    assert found.columns == {
        "post_id": "id",
        "account_handle": "author",
        "created_at": "timestamp",
        "text": "body",
        "root_id": "thread_id",
    }
    assert found.reasons["created_at"] == (
        "'timestamp' is a name for it (X API, 4CAT, minet, Reddit dumps, TikTok, Meta Content "
        "Library); its cells are times"
    )
    assert found.reasons.keys() == found.columns.keys()


def test_chinese_names_are_known():
    found = guess(
        帖子编号=["1", "2"], 作者=["甲", "乙"], 发布时间=["2026年3月10日 09:00", "昨天 22:10"],
        正文=["x", "y"], 转发数=["1", "2"], 链接=["https://a.example/1", "https://a.example/2"],
    )  # fmt: skip
    assert found.table == "posts"
    assert found.columns == {
        "post_id": "帖子编号", "account_handle": "作者", "created_at": "发布时间", "text": "正文",
        "url": "链接", "declared_repost_count": "转发数",
    }  # fmt: skip


def test_an_edge_list_is_posts_on_the_platform_of_its_addresses():
    found = guess_of("generic_edges.csv")
    assert (found.table, found.constants, found.undecided) == ("posts", {"platform": "x"}, ())
    assert found.columns == {
        "post_id": "post_id", "created_at": "time", "account_handle": "source",
        "target_handle": "target", "kind": "type", "target_url": "url",
    }  # fmt: skip
    assert found.reasons["target_url"].endswith("; each is a post on x of the account in 'target'")


def test_an_edge_list_whose_addresses_are_not_the_targets_is_not_guessed():
    columns = {
        "source": ["a"],
        "target": ["b"],
        "type": ["repost"],
        "time": [TIME],
        "post_id": ["1"],
    }
    own = guess(**columns, url=["https://x.com/a/status/1"])
    assert own.table is None
    assert "no column for target_url" in own.undecided or "no column for account" in own.undecided


@pytest.mark.parametrize(
    ("name", "table"),
    [("coortweet.csv", "actions"), ("dirty_posts.csv", "posts"), ("weibo_search.csv", "posts")],
)
def test_other_samples_are_guessed_as_what_they_are(name, table):
    assert guess_of(name).table == table


def test_two_columns_that_both_fit_leave_a_needed_one_open():
    found = guess(id=["1", "2"], author=["a", "b"], time=[TIME, TIME], date=[TIME, TIME])
    assert found.table is None
    assert found.undecided == ("created_at: time, date (each fits)", "no column for created_at")


def test_two_names_of_which_only_one_fits_are_decided():
    found = guess(id=["1", "2"], author=["a", "b"], time=["soon", "later"], date=[TIME, TIME])
    assert (found.table, found.columns["created_at"]) == ("posts", "date")


@pytest.mark.parametrize(
    ("ids", "why"),
    [(["1", "1"], "twice"), (["1.8E+18", "2"], "lost digits"), ([None, None], "nothing")],
)
def test_a_column_named_id_is_the_posts_only_if_its_cells_are_whole_and_differ(ids, why):
    found = guess(id=ids, author=["a", "b"], time=[TIME, TIME])
    assert (found.table, found.undecided) == (None, ("no column for post_id",)), why


def test_graphkits_own_names_are_believed():
    found = guess(
        post_id=["1", "1"], account_id=["a", "b"], created_at=["soon", TIME], id=["7", "8"]
    )
    assert found.columns == {
        "post_id": "post_id",
        "account_id": "account_id",
        "created_at": "created_at",
    }


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.permutations(["id", "author", "time", "body", "url"]), st.permutations([0, 1, 2]))
def test_neither_the_order_of_columns_nor_of_rows_changes_the_guess(names, order):
    cells = {
        "id": ["1", "2", "3"], "author": ["a", "b", "c"], "time": [TIME, "1773104400", "2026/3/1"],
        "body": ["x", "y", None], "url": ["https://a.example/", None, "https://b.example/"],
    }  # fmt: skip
    found = guess(**{name: [cells[name][n] for n in order] for name in names})
    assert found.table == "posts"
    assert found.columns == {
        "post_id": "id", "account_handle": "author", "created_at": "time", "text": "body",
        "url": "url",
    }  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.dictionaries(
        st.sampled_from(["id", "text", "source", "target", "url", "时间", "type", "x", ""]),
        st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=2, max_size=2),
    )
)
def test_any_table_can_be_guessed_at_without_a_crash(columns):
    found = guess(**columns)
    assert set(found.columns.values()) <= set(columns)


def test_every_group_of_names_says_where_it_was_met_and_names_a_column_that_exists():
    for group in names_of_columns()["names"]:
        table = TABLES["posts" if group["table"] == "edges" else group["table"]]
        meant = {
            "account_handle", "target_handle", "target_url", "repost_of", "quote_of", "reply_to",
        }  # fmt: skip
        assert group["column"] in {*table.columns, "platform", *meant}
        assert group["source"]
        assert len(set(group["names"])) == len(group["names"])
    assert set(kinds_by_name().values()) == set(POST_KINDS)
