# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of a group whom its rows cannot tell from one that all the others shadow.

Accounts that copy whatever somebody does, just after it, just before it (when they can foresee it)
or around it, meet one another on all that he does, and he meets them. No count of meetings tells
him from a member; his place in the meetings may. A *meeting* is a run of a group's rows on one
object with no gap above the window. An account is not named when

- it came first, or last, in nearly all its pairs: it is followed, or it follows; or
- it is a *hub*: it is within the window of everybody in its meetings, and most members are not; or
- it is a *centre*: the others fall before and after it as by the toss of a coin, where a member
  comes early as often as in the middle; and the group is there for nearly all that it does, or for
  half of it when the group hardly meets without it. With few others there everybody looks like a
  centre, so this needs `CENTRE_PARTNERS`.

A member that takes part in everything and happens to be in the middle each time is lost with him:
docs/measured/coordinated-sharing.md says how many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import chi2

if TYPE_CHECKING:
    from datetime import timedelta

CENTRE_PARTNERS = 12
"""Others in a typical meeting from which on a centre can be told from a member."""
CENTRE_P = 0.001
"""Chance at which the others' places around a shadowed account would make it look a member."""
HARDLY_WITHOUT = 0.9
"""Share of the group's rows that lie in meetings with the account."""
NEARLY_ALL, HALF = 0.8, 0.5
"""Share of the objects that it acted on at all on which it met the group."""
ALL, MOST = 0.98, 0.95
"""Share of its meetings in which a hub is near everybody; most members are so in fewer."""


def _meetings(rows: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    """Every account's first row of each meeting, with the meeting's number, size and span."""
    late = pl.col("acted_at").diff() > within
    starts = pl.col("object_id").ne_missing(pl.col("object_id").shift()) | late
    ordered = rows.select("object_id", "account_id", "acted_at").sort("object_id", "acted_at")
    numbered = ordered.with_columns(meeting=starts.fill_null(value=True).cum_sum())
    first = numbered.group_by("meeting", "object_id", "account_id").agg(pl.col("acted_at").min())
    return first.with_columns(
        others=pl.len().over("meeting") - 1,
        opened=pl.col("acted_at").min().over("meeting"),
        closed=pl.col("acted_at").max().over("meeting"),
    ).filter(pl.col("others") > 0)


def places(rows: pl.DataFrame, log: pl.DataFrame, *, within: timedelta) -> pl.DataFrame:
    """Where each account of a group stands in its meetings, one row an account, by account_id.

    `rows` are the group's (account_id, object_id, acted_at), `log` all rows of the act. Columns:
    account_id, meetings_count, pairs_count (others met, summed over the meetings), earlier_count
    and later_count (of those), spread (the sum over meetings of the squared difference of earlier
    and later over the number met: the number of meetings on average when a coin decides),
    near_share (meetings in which it is within the window of everybody), attended_share (of the
    group's meetings, by accounts), own_share (objects with the group, of all it acted on).
    """
    met = _meetings(rows, within)
    others, time = pl.col("others"), pl.col("acted_at")
    earlier = time.rank("min").over("meeting").cast(pl.Int64) - 1
    later = others.cast(pl.Int64) + 1 - time.rank("max").over("meeting").cast(pl.Int64)
    placed = met.with_columns(
        earlier=earlier,
        later=later,
        spread=(earlier - later) ** 2 / others,
        is_near=(time - pl.col("opened") <= within) & (pl.col("closed") - time <= within),
    )
    acted = log.group_by("account_id").agg(acted=pl.col("object_id").n_unique())
    by_account = placed.group_by("account_id").agg(
        meetings_count=pl.len(),
        pairs_count=others.sum(),
        earlier_count=pl.col("earlier").sum(),
        later_count=pl.col("later").sum(),
        spread=pl.col("spread").sort().sum(),
        near_share=pl.col("is_near").mean(),
        attended_share=(others + 1).sum() / met.height,
        objects=pl.col("object_id").n_unique(),
    )
    joined = by_account.join(acted, on="account_id", how="left").sort("account_id")
    return joined.with_columns(own_share=pl.col("objects") / pl.col("acted")).drop(
        "objects", "acted"
    )


def shadowed(
    rows: pl.DataFrame, log: pl.DataFrame, *, within: timedelta, followed_share: float
) -> pl.Series:
    """The ids of the accounts in `rows` that cannot be told from a shadowed one, sorted."""
    found = places(rows, log, within=within)
    pairs, meetings = pl.col("pairs_count"), pl.col("meetings_count")
    most = int(found["meetings_count"].to_numpy().max(initial=0))
    usual = pl.Series(chi2.isf(CENTRE_P, np.arange(1, most + 1)))
    at_edge = pl.max_horizontal("earlier_count", "later_count") >= followed_share * pairs
    is_hub = (pl.col("near_share") >= ALL) & (pl.col("near_share").median() < MOST)
    only_with_it = pl.col("attended_share") >= HARDLY_WITHOUT
    least = pl.when(only_with_it).then(HALF).otherwise(NEARLY_ALL)
    is_centre = (
        (pairs >= CENTRE_PARTNERS * meetings)
        & (pl.col("own_share") >= least)
        & (pl.col("spread") <= pl.lit(usual).gather(meetings - 1))
    )
    return found.filter(at_edge | is_hub | is_centre)["account_id"]
