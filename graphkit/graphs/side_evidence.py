# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence on accounts that does not come from the times at which they met.

Each test compares a share among a group's accounts with the share that everybody else has, by a
binomial tail. Accounts are not independent draws, so a small tail is a reason to look and not a
rate of error.
"""

from __future__ import annotations

import polars as pl
from scipy.stats import binom

from graphkit.text.normal import normal_form

COHORT_DAYS = 30
SAME_TEXT_ACCOUNTS = 3
TELLING = ("cohort", "deleted")  # of one topic; an organiser can ask for a text, and for newcomers
SCHEMA = {
    "group": pl.Int64,
    "test": pl.String,
    "known": pl.Int64,
    "share": pl.Float64,
    "expected_share": pl.Float64,
    "p_value": pl.Float64,
}


def side_evidence(
    rows: pl.DataFrame, actions: pl.DataFrame, accounts: pl.DataFrame, posts: pl.DataFrame
) -> pl.DataFrame:
    """Four tests of each group's accounts, by group and test; a test without data has no row.

    `rows` are actions of the groups: group and the columns of `actions`; the tables are a corpus's.
    Columns: group, test, known (accounts for which the data say), share, expected_share, p_value.

    - cohort: most accounts made within the same 30 days, against all accounts that act;
    - first-seen: accounts whose first action of all is in the group, against the same hours;
    - same-text: accounts whose text three or more of the group share on a topic, against the
      accounts of other topics;
    - deleted: accounts with a deleted post in the group, against as many of all posts that carry
      actions as each has there.
    """
    tests = [
        _tested(_cohort(rows, actions, accounts), "cohort"),
        _tested(_first_seen(rows, actions), "first-seen"),
        _tested(_same_text(rows, actions, posts), "same-text"),
        _tested(_deleted(rows, actions, posts), "deleted"),
    ]
    return pl.concat(tests).sort("group", "test")


def _tested(counts: pl.DataFrame, test: str) -> pl.DataFrame:
    """The binomial tail of k among `known`, times the `tries` among which k is the most."""
    least = counts["k"].cast(pl.Int64) - 1
    tail = binom.sf(least, counts["known"], counts["expected_share"])
    p_value = (pl.Series(tail, dtype=pl.Float64) * counts["tries"]).clip(0, 1)
    named = counts.with_columns(
        test=pl.lit(test), share=pl.col("k") / pl.col("known"), p_value=p_value
    )
    return named.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def _cohort(rows: pl.DataFrame, actions: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    days = pl.col("created_at").dt.epoch("d") // COHORT_DAYS
    made = accounts.drop_nulls("created_at").select("account_id", made=days)
    acting = made.join(actions, on="account_id", how="semi")
    shares = acting.group_by("made").agg(expected_share=pl.len() / acting.height)
    own = rows.select("group", "account_id").unique().join(made, on="account_id")
    bins = own.group_by("group", "made").agg(k=pl.len()).join(shares, on="made")
    ordered = bins.sort(["group", "k", "made"], descending=[False, True, False])
    return ordered.group_by("group", maintain_order=True).agg(
        pl.col("k", "expected_share").first(), known=pl.col("k").sum(), tries=pl.len()
    )


def _first_seen(rows: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    hour = pl.col("acted_at").dt.truncate("1h")
    timed = actions.drop_nulls("acted_at")
    first = timed.group_by("account_id").agg(first=pl.col("acted_at").min())
    hourly = timed.select("account_id", hour=hour).unique().join(first, on="account_id")
    is_new = pl.col("first").dt.truncate("1h") == pl.col("hour")
    of_hour = hourly.group_by("hour").agg(all=pl.len().cast(pl.Int64), new=is_new.sum())
    own = rows.group_by("group", "account_id").agg(pl.col("acted_at").min())
    own = own.join(first, on="account_id").with_columns(hour=hour)
    inside = own.group_by("group", "hour").agg(
        known=pl.len(), k=(pl.col("first") == pl.col("acted_at")).sum()
    )
    told = inside.join(of_hour, on="hour").sort("group", "hour")
    rest = (pl.col("new") - pl.col("k") + 1) / (pl.col("all") - pl.col("known") + 2)
    return told.group_by("group").agg(
        pl.col("k", "known").sum(),
        expected_share=(rest * pl.col("known")).sum() / pl.col("known").sum(),
        tries=pl.lit(1),
    )


def _copied(rows: pl.DataFrame, posts: pl.DataFrame, *among: str) -> pl.DataFrame:
    """Of each account with texts `among` these: whether one of them is shared there."""
    texts = posts.select(content_id="post_id", text=normal_form(pl.col("text"))).filter(
        pl.col("text").str.len_chars() > 0
    )
    said = rows.select(*among, "account_id", "content_id").unique().join(texts, on="content_id")
    shared = pl.col("account_id").n_unique().over(*among, "text") >= SAME_TEXT_ACCOUNTS
    return (
        said.with_columns(is_shared=shared)
        .group_by(*among, "account_id")
        .agg(pl.col("is_shared").any())
    )


def _same_text(rows: pl.DataFrame, actions: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Texts are shared within a topic on both sides, and a topic more is a chance more."""
    everyone = _copied(actions, posts, "object_id")
    of_topic = everyone.group_by("object_id").agg(k=pl.col("is_shared").sum(), known=pl.len())
    own = rows.select("group", "object_id").unique().join(of_topic, on="object_id")
    inside = own.group_by("group").agg(inside_k=pl.col("k").sum(), inside=pl.col("known").sum())
    k, known = of_topic["k"].sum(), of_topic["known"].sum()
    rest = (k - pl.col("inside_k") + 1) / (known - pl.col("inside") + 2)
    each = (
        _copied(rows, posts, "group", "object_id")
        .group_by("group", "account_id")
        .agg(pl.col("is_shared").any(), topics=pl.len())
        .join(inside.select("group", rest=rest), on="group")
    )
    return each.group_by("group").agg(
        k=pl.col("is_shared").sum(),
        known=pl.len(),
        expected_share=(1 - (1 - pl.col("rest")) ** pl.col("topics")).mean(),
        tries=pl.lit(1),
    )


def _deleted(rows: pl.DataFrame, actions: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    fate = posts.select(content_id="post_id", gone=pl.col("deleted_at").is_not_null())
    carried = fate.join(actions, on="content_id", how="semi")["gone"]
    gone = int(carried.sum())
    own = rows.select("group", "account_id", "content_id").unique().join(fate, on="content_id")
    share = (gone + 1) / (carried.len() + 2)
    each = own.group_by("group", "account_id").agg(pl.col("gone").any(), posts=pl.len())
    told = each.group_by("group").agg(
        k=pl.col("gone").sum(),
        known=pl.len(),
        expected_share=(1 - (1 - share) ** pl.col("posts")).mean(),
        tries=pl.lit(1),
    )
    return told.filter(pl.lit(gone > 0))  # no deletion anywhere: the collection does not tell
