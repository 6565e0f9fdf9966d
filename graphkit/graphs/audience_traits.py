# SPDX-License-Identifier: GPL-3.0-or-later
"""What sets a group of audiences apart from the other accounts on the same topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.coaudience import DAY, HOUR
from graphkit.graphs.nulls import poisson_tail

if TYPE_CHECKING:
    from graphkit.graphs.audience_groups import AudienceGroup
    from graphkit.graphs.coaudience import ActionLog

LEAST_EXPECTED = 1e-9  # no account of the core acts elsewhere: nothing expected, nothing seen
MOST_TOPICS_ORDERED = 12  # agreement of order is a mean over pairs of topics


def group_rows(actions: pl.DataFrame, log: ActionLog, group: AudienceGroup) -> pl.DataFrame:
    """All dated actions on the group's topics, by action id.

    Columns: action_id, account_id, object_id, second (since 1970), content_id, in_window (of the
    group), topics (in how many of the group's topics the account was in a window), is_core.
    """
    second = pl.col("acted_at").dt.epoch("s")
    windows = group.windows.select(
        pl.Series("object_id", log.topic_ids.gather(group.windows["topic"])), "start", "stop"
    )
    members = group.members.select(
        pl.Series("account_id", log.account_ids.gather(group.members["account"])),
        "topics",
        "is_core",
    )
    near = (
        actions.join(windows, on="object_id", how="semi")
        .drop_nulls("acted_at")
        .select("action_id", "account_id", "object_id", "content_id", second=second)
    )
    inside = near.join(windows, on="object_id").filter(
        pl.col("second") >= pl.col("start"), pl.col("second") < pl.col("stop")
    )
    return (
        near.with_columns(in_window=pl.col("action_id").is_in(inside["action_id"].implode()))
        .join(members, on="account_id", how="left")
        .with_columns(pl.col("is_core").fill_null(value=False), pl.col("topics").fill_null(0))
        .sort("action_id")
    )


def _range(second: str = "second") -> pl.Expr:
    """The interquartile range of seconds."""
    return pl.col(second).quantile(0.75, "linear") - pl.col(second).quantile(0.25, "linear")


def topic_spreads(actions: pl.DataFrame) -> pl.DataFrame:
    """For each topic, its accounts and the interquartile range of their first actions' seconds.

    Columns: object_id, accounts, spread; by topic.
    """
    first = pl.col("acted_at").min().dt.epoch("s").alias("second")
    firsts = actions.drop_nulls("acted_at").group_by("object_id", "account_id").agg(first)
    spreads = firsts.group_by("object_id").agg(accounts=pl.len(), spread=_range())
    return spreads.sort("object_id")


def spread_ratios(rows: pl.DataFrame, threshold: int, spreads: pl.DataFrame) -> pl.DataFrame:
    """How tightly the group acts on each topic, relative to everybody else there.

    An account counts as group on a topic by what it did on the *other* topics, so that choosing
    the group by its windows does not make it look tight; the rest of the core is neither group nor
    other there. Columns: object_id, group_accounts,
    other_accounts, group_spread, other_spread, like_spread (median spread of topics with half to
    twice as many accounts), by topic. Spreads are interquartile ranges of first actions, seconds.
    """
    hit = rows.group_by("object_id", "account_id").agg(
        pl.col("second").min(), pl.col("in_window").any(), pl.col("topics", "is_core").first()
    )
    needed = min(threshold, rows["object_id"].n_unique() - 1)
    elsewhere = pl.col("topics") - pl.col("in_window").cast(pl.Int64)
    told = hit.with_columns(is_group=elsewhere >= needed)
    group = (
        told.filter("is_group")
        .group_by("object_id")
        .agg(group_accounts=pl.len(), group_spread=_range())
    )
    others = (
        told.filter(~pl.col("is_group"), ~pl.col("is_core"))
        .group_by("object_id")
        .agg(other_accounts=pl.len(), other_spread=_range())
    )
    both = hit.select("object_id").unique().join(group, on="object_id", how="left")
    both = both.join(others, on="object_id", how="left")
    own = both.select("object_id")
    size = spreads.join(own, on="object_id").rename({"accounts": "size"}).drop("spread")
    foreign = spreads.join(own, on="object_id", how="anti")
    like = (
        size.join_where(
            foreign.drop("object_id"),
            pl.col("accounts") * 2 >= pl.col("size"),
            pl.col("accounts") <= pl.col("size") * 2,
        )
        .group_by("object_id")
        .agg(like_spread=pl.col("spread").median())
    )
    counted = both.join(like, on="object_id", how="left").with_columns(
        pl.col("group_accounts", "other_accounts").fill_null(0)
    )
    return counted.sort("object_id")


def topics_in_common(actions: pl.DataFrame, rows: pl.DataFrame) -> int:
    """On how many other topics, at any time, the core accounts meet more often than by chance.

    A tenth of the core or more, and a Poisson tail (each account picks topics as everybody does) of
    1 % over all topics. Fans and colleagues have a common history; rented accounts need not.
    """
    core = rows.filter("is_core")["account_id"].unique()
    here = rows["object_id"].unique().implode()
    visits = actions.filter(~pl.col("object_id").is_in(here)).select("account_id", "object_id")
    marked = visits.unique().with_columns(own=pl.col("account_id").is_in(core.implode()))
    topics = marked.group_by("object_id").agg(own=pl.col("own").sum(), all=pl.len())
    expected = int(marked["own"].sum()) / max(marked.height, 1) * topics["all"].to_numpy()
    tail = poisson_tail(topics["own"], np.maximum(expected, LEAST_EXPECTED)) * topics.height
    return int(((tail <= 0.01) & (topics["own"].to_numpy() >= 0.1 * core.len())).sum())


def order_agreement(rows: pl.DataFrame) -> float | None:
    """How alike the order of the core accounts is from topic to topic: mean Spearman correlation.

    Over pairs of topics (the twelve with most core accounts) that share ten core accounts or more
    and whose middle times are an hour or more apart; None when there is no such pair. A scheduler
    that walks through a list gives values near 1, and so do people who act on two topics whenever
    they look: topics of one occasion tell nothing.
    """
    core = rows.filter("is_core", "in_window")
    firsts = core.group_by("object_id", "account_id").agg(pl.col("second").min())
    firsts = firsts.with_columns(middle=pl.col("second").median().over("object_id"))
    most = firsts.group_by("object_id").len().sort(["len", "object_id"], descending=[True, False])
    firsts = firsts.join(most.head(MOST_TOPICS_ORDERED), on="object_id", how="semi")
    pairs = firsts.join(firsts, on="account_id", suffix="_b")
    is_apart = (pl.col("middle") - pl.col("middle_b")).abs() >= HOUR
    ordered = pairs.filter(pl.col("object_id") < pl.col("object_id_b"), is_apart)
    agreement = (
        ordered.group_by("object_id", "object_id_b")
        .agg(rho=pl.corr("second", "second_b", method="spearman"), shared=pl.len())
        .filter(pl.col("shared") >= 10, pl.col("rho").is_finite())
        .sort("object_id", "object_id_b")
    )
    mean = agreement["rho"].mean()
    return mean if isinstance(mean, float) else None


def arrivals(rows: pl.DataFrame) -> pl.DataFrame:
    """When the other accounts came to each topic, relative to the core: one row a topic, sorted.

    Columns: object_id, core_median (second of the core's middle action in the windows), others,
    near_share (of the others, within an hour of it), before_share (of those, ahead of it),
    same_minute and minute_mean (others in the core's busiest minute, and in the mean minute of the
    hours around it).
    """
    core = rows.filter("is_core", "in_window").with_columns(minute=pl.col("second") // 60)
    minutes = core.group_by("object_id", "minute").len()
    ordered = minutes.sort(["object_id", "len", "minute"], descending=[False, True, False])
    busiest = ordered.group_by("object_id").agg(pl.col("minute").first())
    middle = core.group_by("object_id").agg(core_median=pl.col("second").median())
    others = rows.filter(~pl.col("is_core")).join(
        middle.join(busiest, on="object_id"), on="object_id"
    )
    late = pl.col("second") - pl.col("core_median")
    near = late.abs() <= HOUR
    counted = others.group_by("object_id").agg(
        others=pl.len(),
        near_share=near.mean(),
        before_share=(late < 0).filter(near).mean(),
        same_minute=(pl.col("second") // 60 == pl.col("minute")).sum(),
        minute_mean=near.sum() / (2 * HOUR / 60),
    )
    return middle.join(counted, on="object_id", how="left").sort("object_id")


def clock_deviation(seconds: pl.Series) -> float:
    """The greatest distance of times from their circular mean time of day, in seconds.

    >>> clock_deviation(pl.Series([86_400 - 60, 2 * 86_400 + 60]))
    60.0
    """
    turn = seconds.to_numpy() % DAY / DAY * 2 * np.pi
    mean = np.angle(np.exp(1j * turn).mean())
    apart = np.abs(np.angle(np.exp(1j * (turn - mean))))
    return round(float(apart.max()) / (2 * np.pi) * DAY, 3)
