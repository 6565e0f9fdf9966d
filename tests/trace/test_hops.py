# SPDX-License-Identifier: GPL-3.0-or-later
"""Which copies are held to what their nearest earlier wordings bear, against a count by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.trace.hops import copies_of

START = datetime(2026, 1, 1, tzinfo=UTC)
MARGIN = 0.1
TELLING = st.tuples(
    st.integers(0, 12), st.integers(0, 3), st.sampled_from("abc"), st.booleans(), st.booleans(),
    st.booleans(),
)  # fmt: skip
LIKENESS = [1.0, 0.95, 0.8, 0.7]


def frames(rows):
    """Tellings of one story: hour, wording, account, whether it bears, is a relay, was edited."""
    told = pl.DataFrame(
        [
            {"post_id": f"p{n:02}", "story_id": "s", "wording": wording, "account_id": account,
             "at": START + timedelta(hours=hour), "end": START + timedelta(hours=hour, seconds=1),
             "edited_at": START + timedelta(hours=99) if edited else None, "is_relay": relay,
             "bears": bears}
            for n, (hour, wording, account, bears, relay, edited) in enumerate(rows)
        ],
        schema_overrides={"edited_at": pl.Datetime("us", "UTC"), "wording": pl.Int64},
    )  # fmt: skip
    near = pl.DataFrame(
        [
            {"wording": a, "near": b, "similarity": LIKENESS[abs(a - b)]}
            for a in range(4)
            for b in range(4)
        ]
    )
    holders = told.filter("bears").select("post_id", since="end")
    return told, near, holders


def counted(rows):
    """The children and their parents by hand."""
    found = set()
    posts = [(f"p{n:02}", *row) for n, row in enumerate(rows)]
    for child, hour, wording, account, _, relay, edited in posts:
        earlier = [p for p in posts if p[1] < hour]
        if relay or edited or not earlier:
            continue
        best = max(LIKENESS[abs(p[2] - wording)] for p in earlier)
        near = [p for p in earlier if LIKENESS[abs(p[2] - wording)] >= best - MARGIN]
        if all(p[4] for p in near) and account not in {p[3] for p in near}:
            first = min(near, key=lambda p: (-LIKENESS[abs(p[2] - wording)], p[1], p[0]))
            found.add((child, first[0]))
    return found


@given(st.lists(TELLING, max_size=10))
@settings(max_examples=60, deadline=None)
def test_copies_and_their_parents_are_those_counted_by_hand(rows):
    if not rows:
        return
    told, near, holders = frames(rows)
    found = copies_of(told, near, holders, margin=MARGIN)
    assert set(found.select("child", "parent").rows()) == counted(rows)


def test_what_was_brought_by_an_edit_counts_from_the_edit_on():
    told, near, holders = frames([(0, 0, "a", True, False, False), (2, 0, "b", False, False, False),
                                  (6, 0, "c", False, False, False)])  # fmt: skip
    late = holders.with_columns(since=pl.lit(START + timedelta(hours=4)))
    assert copies_of(told, near, holders, margin=MARGIN)["child"].to_list() == ["p01"]
    assert copies_of(told, near, late, margin=MARGIN).is_empty()
