# SPDX-License-Identifier: GPL-3.0-or-later
"""Which other acts speak for a group that was found in one act.

The group is tested in every other act as one named group (`graphs.named_group`), without the posts
that made it a group: a post that carries both the shared address and a shared hashtag would only
repeat itself. What is left is evidence of its own, which no search has chosen. Of a post with
several objects of the act the rarest counts, so that no post speaks twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, CaveatOutcome
from graphkit.graphs.named_group import named_group

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphkit.findings import Finding
    from graphkit.graphs.coaction_groups import GroupRule

SPEAKING = 0.05
"""Largest p-value, for all acts tested together, at which an act speaks for a group."""
SPOKEN = {
    "act": pl.String(),
    "rows_count": pl.Int64(),
    "same_posts_share": pl.Float64(),
    "members_count": pl.Int64(),
    "shared_objects": pl.Int64(),
    "expected_objects": pl.Float64(),
    "p_value": pl.Float64(),
}


def speaking_acts(
    logs: Iterable[pl.DataFrame], accounts: pl.Series, posts: pl.Series, rule: GroupRule
) -> pl.DataFrame:
    """What the group of `accounts`, found on `posts`, shares in each of `logs` on other posts.

    One row for each log (of one act; as `actions`) in which members have rows: act, rows_count (of
    members), same_posts_share (of these rows, those on `posts`), members_count (with rows on
    other posts), shared_objects and expected_objects (as in `named_group`, of other posts) and
    p_value, not yet for the number of acts; the last four null where nobody could meet.
    """
    rows = []
    for log in logs:
        theirs = log.filter(pl.col("account_id").is_in(accounts.implode()))
        if not theirs.is_empty():
            again = pl.col("content_id").is_in(posts.implode()).fill_null(value=False)
            same = theirs.select(again.mean())
            tested = _tested(log, accounts, posts, rule)
            rows.append((log["act"][0], theirs.height, same.item(), *tested))
    return pl.DataFrame(rows, schema=SPOKEN, orient="row").sort("act")


def _tested(
    log: pl.DataFrame, accounts: pl.Series, posts: pl.Series, rule: GroupRule
) -> tuple[int | None, int | None, float | None, float | None]:
    """members_count, shared_objects, expected_objects and p_value of `SPOKEN` in one log."""
    other = log.filter(~pl.col("content_id").is_in(posts.implode()).fill_null(False))  # noqa: FBT003
    users = pl.col("account_id").n_unique().over("object_id")
    shared = other.with_columns(users=users, post=pl.coalesce("content_id", "action_id")).filter(
        pl.col("users") >= 2
    )
    rarest = shared.sort("users", "object_id", "action_id").unique("post", keep="first")
    hour = pl.col("acted_at").dt.truncate("1h")
    member = pl.col("account_id").is_in(accounts.implode())
    near = rarest.filter(hour.is_in(rarest.filter(member).select(hour).to_series().implode()))
    members = near.filter(member)["account_id"].n_unique()
    if members < 2:
        return None, None, None, None
    found = named_group(near.sort("action_id"), accounts, rule)
    expected = float(f"{found.by_chance.mean():.12g}")
    return members, found.shared_objects, expected, float(f"{found.p_value:.12g}")


def with_other_acts(finding: Finding, spoken: pl.DataFrame, *, alpha: float = SPEAKING) -> Finding:
    """`finding` with what `spoken` (`speaking_acts`) says of its accounts.

    The measures acts_tested and acts_speaking (Bonferroni at `alpha` over those tested), and a
    caveat that says per act how far it repeats the same posts and what the others show. Neither
    changes a grade: silence in other acts explains nothing.
    """
    tested = spoken.drop_nulls("p_value")
    speaking = int((tested["p_value"] * tested.height <= alpha).sum())
    counts = {"acts_tested": tested.height, "acts_speaking": speaking}
    caveats = () if spoken.is_empty() else (_same_posts(spoken),)
    return replace(
        finding, measures={**finding.measures, **counts}, caveats=(*finding.caveats, *caveats)
    )


def _same_posts(spoken: pl.DataFrame) -> Caveat:
    """How far the group's other acts are the same posts again, and what its other posts show."""
    told = [
        f"{act}: {same:.0%} of {rows} rows are the same posts, "
        + (
            "fewer than two could meet on others"
            if p_value is None
            else f"on others {met} objects shared, {expected:.3g} expected, p {p_value:.2g}"
        )
        for act, rows, same, _, met, expected, p_value in spoken.iter_rows()
    ]
    return Caveat(
        hypothesis="one post counted in several acts: the other acts only repeat these rows",
        test="the same accounts as a named group in each other act, on other posts than these",
        outcome=CaveatOutcome.STANDS,
        detail="; ".join(told),
    )
