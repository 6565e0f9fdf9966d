# SPDX-License-Identifier: GPL-3.0-or-later
"""Cohort, first-seen, same-text and deleted, each on rows written out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.graphs.side_evidence import side_evidence
from graphkit.tables import ACCOUNTS, ACTIONS, POSTS

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def world():
    """200 everyday accounts with posts over two days; 20 that meet at noon of the second day."""
    actions, posts, accounts = [], [], []

    def act(account, topic, at, text, *, gone=False):
        number = len(actions)
        post = {"post_id": f"p{number}", "account_id": account, "created_at": at, "text": text}
        posts.append({**post, "deleted_at": at + DAY if gone else None})
        actions.append(
            {
                "action_id": f"x{number:04d}",
                "account_id": account,
                "object_id": topic,
                "acted_at": at,
                "content_id": f"p{number}",
            }
        )

    for n in range(200):
        accounts.append({"account_id": f"o{n}", "created_at": START - n * 9 * DAY})
        for hour in (n % 24, 24 + n % 24):
            at = START + timedelta(hours=hour, minutes=n % 50)
            act(f"o{n}", f"t{n % 15}", at, f"words of their own {n} {hour}", gone=n % 40 == 0)
    for n in range(20):
        accounts.append({"account_id": f"g{n}", "created_at": START - 5 * DAY})
        at = START + timedelta(hours=36, seconds=n)
        act(f"g{n}", "pushed", at, "best price today!" if n < 15 else f"mine {n}", gone=n < 18)
    columns = {"act": "post", "time_precision": "second", "source_id": "s"}
    platform = {"platform": "p", "source_id": "s"}
    post = {**platform, "time_precision": "second", "kind": "original", "is_seen": True}
    lists = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
    return (
        ACTIONS.conform(pl.DataFrame([{**row, **columns} for row in actions])),
        ACCOUNTS.conform(pl.DataFrame([{**row, **platform} for row in accounts])),
        POSTS.conform(
            pl.DataFrame([{**row, **post, **lists} for row in posts], infer_schema_length=None)
        ),
    )


@pytest.fixture(scope="module")
def found():
    actions, accounts, posts = world()
    rows = pl.concat(
        [
            actions.filter(object_id="pushed").with_columns(group=0),
            actions.filter(object_id="t3").with_columns(group=1),
        ]
    )
    sides = side_evidence(
        rows.with_columns(pl.col("group").cast(pl.Int64)), actions, accounts, posts
    )
    return {
        (group, test): (known, share, p) for group, test, known, share, _, p in sides.iter_rows()
    }


def test_accounts_made_in_one_month_stand_out(found):
    assert found[0, "cohort"][:2] == (20, 1.0)
    assert found[0, "cohort"][2] < 1e-6


def test_accounts_never_seen_before_stand_out(found):
    assert found[0, "first-seen"][:2] == (20, 1.0)
    assert found[0, "first-seen"][2] < 1e-4


def test_a_text_that_three_share_stands_out(found):
    assert found[0, "same-text"][:2] == (20, 0.75)
    assert found[0, "same-text"][2] < 1e-6


def test_posts_that_were_deleted_stand_out(found):
    assert found[0, "deleted"][:2] == (20, 0.9)
    assert found[0, "deleted"][2] < 1e-6


def test_an_everyday_topic_does_not_stand_out(found):
    assert {test: p > 0.05 for (group, test), (*_, p) in found.items() if group == 1} == {
        "cohort": True,
        "deleted": True,
        "first-seen": True,
        "same-text": True,
    }


def test_what_the_data_do_not_say_has_no_row():
    actions, _, _ = world()
    rows = actions.filter(object_id="pushed").with_columns(group=pl.lit(0, pl.Int64))
    found = side_evidence(rows, actions, ACCOUNTS.empty(), POSTS.empty())
    assert found["test"].to_list() == ["first-seen"]


def test_where_nothing_was_deleted_deletion_has_no_row():
    actions, accounts, posts = world()
    rows = actions.filter(object_id="pushed").with_columns(group=pl.lit(0, pl.Int64))
    kept = posts.with_columns(deleted_at=pl.lit(None, posts.schema["deleted_at"]))
    found = side_evidence(rows, actions, accounts, kept)
    assert found["test"].to_list() == ["cohort", "first-seen", "same-text"]


def test_who_posts_often_is_expected_to_have_deleted_once():
    actions, accounts, posts = world()
    own = actions.filter(pl.col("content_id").is_not_null())
    everyday = own.filter(pl.col("object_id") != "pushed").with_columns(group=pl.lit(0, pl.Int64))
    found = side_evidence(everyday, actions, accounts, posts).filter(test="deleted")
    assert found["expected_share"].item() > found["share"].item() / 3
    assert found["p_value"].item() > 0.001
