# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that accounts share: where they are read, and when an account was renamed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from graphkit.graphs.account_signs import renames, shared_values
from graphkit.tables import ACCOUNTS, REVISIONS, SOURCES, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
COUNTS = dict.fromkeys(("rows_read", "accepted", "duplicate", "rejected"), 0)


def day(number):
    return START + timedelta(days=number)


def corpus(accounts, said=(), *, collected=0):
    """Accounts collected on a day, and what later rows say: account, column, value, day."""
    rows = [{"platform": "t", "source_id": "s", **row} for row in accounts]
    later = [
        {"subject_kind": "account", "subject_id": a, "column": c, "value": v,
         "collected_at": day(d), "source_id": "s", "source_line": line}
        for line, (a, c, v, d) in enumerate(said)
    ]  # fmt: skip
    source = {"source_id": "s", "file": "x", "sha256": "0", "importer": "x", **COUNTS}
    at = None if collected is None else day(collected)
    frame = pl.DataFrame([{"collection": "stream", "collected_at": at, **source}])
    return Corpus(
        accounts=ACCOUNTS.conform(pl.DataFrame(rows, infer_schema_length=None)),
        revisions=REVISIONS.conform(pl.DataFrame(later)) if later else REVISIONS.empty(),
        sources=SOURCES.conform(frame),
    )


def account(name, **about):
    return {"account_id": name, "handle": f"old_{name[-1]}", "created_at": day(-400), **about}


def test_a_rename_is_dated_by_when_the_new_name_was_first_seen():
    made = corpus(
        [account("t:a"), account("t:b")],
        [("t:a", "handle", "moon", 3), ("t:a", "handle", "star", 5), ("t:b", "bio", "x", 3)],
    )
    found = renames(made).select("account_id", "seen_at", "table")
    assert found.rows() == [("t:a", day(3), "revisions"), ("t:a", day(5), "revisions")]


def test_a_display_name_counts_but_a_flag_beside_it_does_not():
    made = corpus(
        [account("t:a", display_name="Moon"), account("t:b", display_name="Sun")],
        [("t:a", "display_name", "moon 🎄", 3), ("t:b", "display_name", "Sea", 4)],
    )
    assert renames(made).select("account_id", "seen_at").rows() == [("t:b", day(4))]


def test_the_names_of_the_first_thirty_days_are_no_renames():
    made = corpus(
        [account("t:a", created_at=day(-20))],
        [("t:a", "handle", "moon", 5), ("t:a", "handle", "star", 15)],
    )
    assert renames(made)["seen_at"].to_list() == [day(15)]


def test_the_row_that_stays_is_the_first_where_its_time_is_unknown():
    made = corpus([account("t:a")], [("t:a", "handle", "moon", 3)], collected=None)
    assert renames(made)["seen_at"].to_list() == [day(3)]


def values(made, sign, least=2):
    rows = shared_values(made, least=least).rows.filter(pl.col("sign") == sign)
    return sorted(rows.select("account_id", "value", "table").rows())


def test_renames_on_neighbouring_days_share_a_value_and_later_ones_do_not():
    names = [account(f"t:{n}") for n in "abc"]
    said = [("t:a", "handle", "x", 4), ("t:b", "handle", "y", 5), ("t:c", "handle", "z", 7)]
    assert values(corpus(names, said), "rename") == [
        ("t:a", "2026-03-06", "revisions"),
        ("t:b", "2026-03-06", "revisions"),
    ]


def test_payment_links_in_bios_are_codes():
    bios = ["lamps: ko-fi.com/ann", "more lamps https://ko-fi.com/ann?x=1", "ko-fi.com/bob"]
    made = corpus([account(f"t:{n}", bio=bio) for n, bio in zip("abc", bios, strict=True)])
    assert values(made, "code") == [
        ("t:a", "ko-fi.com/ann", "accounts"),
        ("t:b", "ko-fi.com/ann", "accounts"),
    ]


def test_display_names_have_parts_as_handles_have():
    made = corpus([
        account("t:a", handle="qwert", display_name="云汀新鲜事"),
        account("t:b", handle="zuiop", display_name="云汀大事"),
    ])  # fmt: skip
    assert values(made, "handle") == [("t:a", "^云汀", "accounts"), ("t:b", "^云汀", "accounts")]
