# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of posts made together and soon deleted, with the outcomes of tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, CaveatOutcome, tested_caveat
from graphkit.graphs.sharing_explanations import owner_share
from graphkit.text.announcements import announcements

if TYPE_CHECKING:
    from graphkit.graphs.ephemeral_bursts import Bursts
    from graphkit.tables import Corpus

SWEEP = "the platform, or who wrote them, took down posts of every age at that time"
OWNER = "one owner who runs the accounts openly removed the posts"
TIMER = "an application that deletes after a fixed time"
MOSTLY = 0.5
PEAK, LEAST_SWEPT = 3, 5
"""Times the usual, and posts, that a sweep takes beside those of a burst at least."""
TIMED_ACCOUNTS, TIMED_HOURS, TIMED_SHARE = 5, 5, 0.25
WHOLE = 0.2
"""Share of times at second 0 from which on the clock may be one of minutes."""
NOTICE = timedelta(days=7)


@dataclass(frozen=True)
class Family:
    """Bursts with accounts in common, or one burst.

    Attributes:
        bursts: rows of `Bursts.bursts`.
        members: rows of `Bursts.members`, and role (`account_roles`).
        named: the accounts that the finding is about.
    """

    bursts: pl.DataFrame
    members: pl.DataFrame
    named: pl.Series

    @property
    def topics(self) -> pl.DataFrame:
        """Hashtags on half of the posts of one burst: topic and start (UTC), by topic."""
        sizes = self.members.group_by("burst").agg(size=pl.len(), start=pl.col("created_at").min())
        borne = self.members.select("burst", "post_id", topic="hashtags").explode("topic")
        counts = borne.drop_nulls("topic").group_by("burst", "topic").agg(
            pl.col("post_id").n_unique()
        ).join(sizes, on="burst")  # fmt: skip
        common = counts.filter(pl.col("post_id") >= MOSTLY * pl.col("size"))
        return common.group_by("topic").agg(pl.col("start").min()).sort("topic")


def explanations(family: Family, bursts: Bursts, corpus: Corpus) -> tuple[Caveat, ...]:
    """The caveats of a family, in a fixed order."""
    return (
        _sweep(family, bursts),
        _owner(family, corpus),
        _timer(family, bursts),
        _habit(family),
        _corrections(family, bursts),
        _announced(family, corpus),
        _clock(family),
        _collection(family, corpus),
        Caveat(
            "news or a broadcast that many posted on at once",
            "fates are dealt among the posts of the hour as they were made",
            CaveatOutcome.STANDS,
            "held by construction: a busy minute is no evidence, only what was deleted of it is",
        ),
    )


def _sweep(family: Family, bursts: Bursts) -> Caveat:
    """Whether other posts, of no burst and of other accounts, went while the bursts' did."""
    lives = bursts.lives.filter((pl.col("fault") == "many ages").fill_null(value=True))
    others = lives.join(bursts.members, on="post_id", how="anti").join(
        family.members, on="account_id", how="anti"
    )
    spans = family.members.group_by("burst").agg(
        low=pl.col("deleted_at").quantile(0.1),
        high=pl.col("deleted_at").quantile(0.9),
        size=pl.len(),
    )
    seconds = (pl.col("high") - pl.col("low")).dt.total_seconds() + 1
    whole = lives.select(pl.col("deleted_at").max() - pl.col("deleted_at").min()).item()
    usual = others.height / (whole.total_seconds() + 1)
    times = others["deleted_at"].sort()
    went = times.search_sorted(spans["high"], "right") - times.search_sorted(spans["low"], "left")
    many = pl.max_horizontal(MOSTLY * pl.col("size"), PEAK * usual * seconds, pl.lit(LEAST_SWEPT))
    swept = spans.with_columns(went=went.cast(pl.Int64)).filter(pl.col("went") >= many)
    return tested_caveat(
        SWEEP,
        "others' posts deleted in the same span: five, half as many, and three times the usual",
        explains=swept.height >= MOSTLY * spans.height,
        detail=f"{went.sum()} such posts beside {family.members.height}; enough of them on "
        f"{swept.height} of {spans.height} occasions",
    )


def _owner(family: Family, corpus: Corpus) -> Caveat:
    share = owner_share(corpus, family.members["account_id"].unique())
    return tested_caveat(
        OWNER,
        "half of the accounts declare the same owner or affiliation",
        explains=None if share is None else share >= MOSTLY,
        detail="no account in the data declares an owner"
        if share is None
        else f"the commonest is of {share:.0%} of the accounts",
    )


def _timer(family: Family, bursts: Bursts) -> Caveat:
    """Whether the lives are, to the second, those that many other accounts' posts have."""
    life = pl.col("life_seconds").cast(pl.Int64)
    client = pl.col("client").fill_null("")
    outside = bursts.posts.drop_nulls("life_seconds").join(family.members, on="post_id", how="anti")
    lives = outside.group_by(client, life).agg(
        accounts=pl.col("account_id").n_unique(), hours=(pl.col("at") // 3_600).n_unique()
    )
    minute = pl.col("accounts").sum().over("client", pl.col("life_seconds") // 60)
    fixed = lives.filter(
        pl.col("accounts") >= TIMED_ACCOUNTS,
        pl.col("hours") >= TIMED_HOURS,
        pl.col("accounts") >= TIMED_SHARE * minute,
    ).select("client", "life_seconds")
    around = pl.concat(
        fixed.with_columns(life_seconds=pl.col("life_seconds") + off) for off in (-1, 0, 1)
    ).unique()
    ours = family.members.select("post_id", client, life)
    timed = ours.join(around, on=["client", "life_seconds"], how="semi").height
    return tested_caveat(
        TIMER,
        "lives that five other accounts' posts by that client have to the second, in five hours",
        explains=timed >= MOSTLY * ours.height,
        detail=f"{timed} of {ours.height} posts have such a life",
    )


def _habit(family: Family) -> Caveat:
    accounts = family.members.unique("account_id")
    aside = accounts.filter(role="aside").height
    return tested_caveat(
        "people who delete soon whatever they post, beside whom others happened to",
        "accounts that delete soon alone more often, or always came first; set aside",
        explains=aside >= MOSTLY * accounts.height,
        detail=f"{aside} of {accounts.height} accounts",
    )


def _corrections(family: Family, bursts: Bursts) -> Caveat:
    known = family.members["text"].is_not_null().any()
    return tested_caveat(
        "people who post again with a slip put right",
        "posts that the same account made again soon, with half of their words, are left out",
        explains=False if known else None,
        detail=f"{bursts.posts['is_corrected'].sum()} left out of the whole corpus"
        if known
        else "the texts are not in the data",
    )


def _announced(family: Family, corpus: Corpus) -> Caveat:
    topics = family.topics
    calls = announcements(corpus.posts, topics).join(topics, on="topic")
    recent = calls.filter(pl.col("start") - pl.col("created_at") <= NOTICE)
    count = recent["topic"].n_unique()
    return tested_caveat(
        "an openly announced drive",
        "a post of the week before names the topic and a time of day, and calls people",
        explains=count >= MOSTLY * topics.height if topics.height else None,
        detail=f"{count} of {topics.height} topics announced",
    )


def _clock(family: Family) -> Caveat:
    made, gone = (
        float((family.members[name].dt.second() == 0).sum()) / family.members.height
        for name in ("created_at", "deleted_at")
    )
    return tested_caveat(
        "a clock of minutes",
        "the share of times at second 0",
        explains=max(made, gone) >= WHOLE,
        detail=f"{made:.0%} of the times of posting, {gone:.0%} of those of deletion",
    )


def _collection(family: Family, corpus: Corpus) -> Caveat:
    biased = corpus.biased_sources("posts").height
    same = family.members.group_by("burst", "deleted_at").len().group_by("burst").agg(
        pl.col("len").max()
    )  # fmt: skip
    at_once = int(same["len"].sum())
    return tested_caveat(
        "an artefact of collection: the times are when a collector found the posts gone",
        "how the posts were collected; deletions of a burst that have one and the same second",
        explains=biased > 0 or at_once >= MOSTLY * family.members.height,
        detail=f"{biased} sources are snowballs or unknown; {at_once} of {family.members.height} "
        "deletions are in the commonest second of their burst",
    )
