# SPDX-License-Identifier: GPL-3.0-or-later
"""What accounts were called, and handles that went from one account to another."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from graphkit.graphs.handle_history import handed_on, handle_history
from graphkit.tables import TABLES, Corpus


def at(day):
    return datetime(2026, 3, day, tzinfo=UTC)


def rows(name, *given):
    table = TABLES[name]
    schema = {column: spec.dtype for column, spec in table.columns.items()}
    return table.check(pl.DataFrame(list(given), schema=schema, orient="row"))


def account(account_id, handle, *, file="f1", **more):
    platform = account_id.split(":")[0]
    line = more.pop("line", 1)
    return {
        "account_id": account_id,
        "platform": platform,
        "handle": handle,
        "source_id": file,
        "source_line": line,
        **more,
    }


def renamed(account_id, handle, *, day, column="handle"):
    return {
        "subject_kind": "account",
        "subject_id": account_id,
        "column": column,
        "value": handle,
        "collected_at": at(day),
        "source_id": "f9",
        "source_line": day,
    }


def post(account_id, *, day, line, file="f1"):
    return {
        "post_id": f"{account_id}/{day}",
        "account_id": account_id,
        "platform": account_id.split(":")[0],
        "time_precision": "second",
        "kind": "original",
        **{name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")},
        "collected_at": at(day),
        "is_seen": True,
        "source_id": file,
        "source_line": line,
    }


def file(source_id, day=None):
    told = {"file": "a.csv", "sha256": "0", "importer": "i", "collection": "stream"}
    counts = dict.fromkeys(("rows_read", "accepted", "duplicate", "rejected"), 1)
    collected = None if day is None else at(day)
    return {"source_id": source_id, **told, "collected_at": collected, **counts}


def corpus(*, accounts, revisions=(), posts=(), files=(("f1", 1), ("f2", 5), ("f9", None))):
    return Corpus(
        accounts=rows("accounts", *accounts),
        revisions=rows("revisions", *revisions),
        posts=rows("posts", *posts),
        sources=rows("sources", *(file(*each) for each in files)),
    )


def test_the_row_of_an_account_and_its_revisions_are_its_names_in_the_order_of_time():
    history = handle_history(
        corpus(
            accounts=[account("x:1", "moon", display_name="Moon")],
            revisions=[renamed("x:1", "sun", day=4), renamed("x:1", "S", day=4, column="bio")],
        )
    )
    assert history.select("handle", "display_name", "seen_at", "table", "key").rows() == [
        ("moon", "Moon", at(1), "accounts", "x:1"),
        ("sun", None, at(4), "revisions", "account|x:1|handle|sun|f9|4"),
    ]


def test_an_account_was_seen_when_the_posts_of_its_line_were_collected_or_else_its_file():
    history = handle_history(
        corpus(
            accounts=[account("x:1", "moon"), account("x:2", "sun", line=2)],
            posts=[post("x:1", day=3, line=1)],
        )
    )
    assert history["seen_at"].to_list() == [at(3), at(1)]


def test_a_handle_that_one_account_gave_up_and_another_took_is_handed_on():
    found = handed_on(
        corpus(
            accounts=[account("x:1", "Moon"), account("x:2", "＠moon\u200b", file="f2")],
            revisions=[renamed("x:1", "sun", day=4)],
        )
    )
    assert found.select("object_id", "account_id", "seen_at").rows() == [
        ("x:moon", "x:1", at(1)),
        ("x:moon", "x:2", at(5)),
    ]


def test_a_handle_of_two_accounts_at_once_or_on_two_platforms_is_not_handed_on():
    at_once = [account("x:1", "moon"), account("x:2", "moon", line=2)]
    elsewhere = [account("x:1", "moon"), account("weibo:2", "moon", file="f2")]
    assert handed_on(corpus(accounts=at_once)).is_empty()
    assert handed_on(corpus(accounts=elsewhere)).is_empty()


def test_an_account_that_was_still_collected_under_its_handle_did_not_hand_it_on():
    accounts = [account("x:1", "moon"), account("x:2", "moon", file="f2")]
    later = post("x:1", day=8, line=7)
    assert handed_on(corpus(accounts=accounts, posts=[later])).is_empty()
    left = renamed("x:1", "sun", day=4)
    assert handed_on(corpus(accounts=accounts, revisions=[left], posts=[later])).height == 2


def test_unknown_times_empty_handles_and_accounts_known_by_handle_alone_are_no_holders():
    unknown = [account("x:1", "moon"), account("x:2", "moon", file="f9")]
    empty = [account("x:1", "\u200b"), account("x:2", "", file="f2")]
    bare = [account("x:1", "moon"), account("x:@moon", "moon", file="f2")]
    for accounts in (unknown, empty, bare):
        assert handed_on(corpus(accounts=accounts)).is_empty()


def test_the_order_of_rows_changes_nothing():
    accounts = [account(f"x:{n}", "moon", file=f"f{1 + n % 2}", line=n) for n in range(4)]
    accounts += [account("x:8", "sun"), account("x:9", "sun", file="f2")]
    one, other = (corpus(accounts=each) for each in (accounts, accounts[::-1]))
    assert handed_on(one).equals(handed_on(other))
    assert handed_on(one)["object_id"].to_list() == ["x:sun", "x:sun"]
