# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of a push, each tested on the rows or openly untested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, CaveatOutcome, tested_caveat
from graphkit.graphs.audience_traits import clock_deviation
from graphkit.graphs.coaudience import DAY, HOUR
from graphkit.graphs.pushes import LEAST_OTHERS, Push

if TYPE_CHECKING:
    from graphkit.graphs.open_calls import OpenCalls
    from graphkit.tables import Corpus

AFFILIATION = "a class, employer or other body that the accounts declare"
BROADCAST = "a scheduled broadcast"


@dataclass(frozen=True)
class Cutoffs:
    """From which values on an explanation weakens; `Params` of the detector says what each is."""

    tight_ratio: float = 0.2
    common_topics: int = 3
    news_near: float = 0.5
    news_before: float = 0.35
    notified: int = 5
    notified_times: float = 10
    notified_topics: float = 0.5
    broadcast_days: int = 3
    broadcast_within: timedelta = timedelta(minutes=15)
    declared: float = 0.5
    app_share: float = 0.8
    app_common: float = 0.5
    occasion_gap: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class Setting:
    """What is known beside the push.

    `calls` are the announcements of its topics, `whole_minutes` is the share of all times that are
    whole minutes, `dropped` whether windows of a minute were therefore not used.
    """

    calls: OpenCalls
    whole_minutes: float
    dropped: bool


def explanations(
    push: Push, corpus: Corpus, *, setting: Setting, cutoffs: Cutoffs
) -> tuple[Caveat, ...]:
    """The caveats of a push, in a fixed order."""
    return (
        _announcement(setting.calls),
        _one_occasion(push, cutoffs),
        _fans(push, cutoffs),
        _news(push, cutoffs),
        _notification(push, cutoffs),
        _broadcast(push, cutoffs),
        _affiliation(push, corpus, cutoffs),
        _app(push, corpus, cutoffs),
        _placement(push, corpus),
        _collection(corpus, setting),
        Caveat(
            "a shared time zone or daily rhythm",
            "the null model keeps each account's own number of actions in each hour",
            CaveatOutcome.STANDS,
            "held by construction, to the hour; rhythms within the hour are not",
        ),
    )


def _one_occasion(push: Push, cutoffs: Cutoffs) -> Caveat:
    """One gathering, or one topic under two names: shared windows that are one window."""
    starts = push.group.windows.sort("start", "stop")
    reached = pl.col("stop").cum_max().shift(1)
    apart = pl.col("start") - reached >= cutoffs.occasion_gap.total_seconds()
    count = 1 + starts.select(apart.fill_null(value=False).sum()).item()
    return tested_caveat(
        "one gathering, or one topic under several names",
        "the windows are of one occasion",
        explains=count == 1,
        detail=f"{count} occasions at least {_minutes(cutoffs.occasion_gap)} minutes apart",
    )


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:g}"


def _announcement(calls: OpenCalls) -> Caveat:
    topics, left = len(calls.covered), len(calls.uncovered)
    return tested_caveat(
        "an openly announced drive",
        "earlier posts, still there, call people to all tight topics but one at their time",
        explains=None if calls.posts is None else calls.explain,
        detail="no posts to search"
        if calls.posts is None
        else f"{topics} tight topics announced, {left} not, in {len(calls.keys)} posts, "
        f"{calls.by_core} of them by core accounts",
    )


def _fans(push: Push, cutoffs: Cutoffs) -> Caveat:
    against = "the topics' other accounts" if push.has_others else "topics with as many accounts"
    ratio, days = push.ratio, push.measures["days"]
    common = push.measures["loose_topics_in_common"]
    spread = "no spread ratio" if ratio is None else f"spread ratio {ratio:.3f} against {against}"
    is_loose = ratio is not None and ratio > cutoffs.tight_ratio
    recur = common >= cutoffs.common_topics
    return tested_caveat(
        "a fan community or other recurring audience",
        "the group comes no tighter than others do, or meets loosely on "
        f"{cutoffs.common_topics} topics",
        explains=None if ratio is None and not recur else is_loose or recur,
        detail=f"{spread}; {common:g} topics loosely in common; {days:g} different days",
    )


def _news(push: Push, cutoffs: Cutoffs) -> Caveat:
    test = (
        f"{cutoffs.news_near:.0%} of the others came within an hour of the core, "
        f"{cutoffs.news_before:.0%} of those before it"
    )
    known = push.arrivals.filter(pl.col("others") >= LEAST_OTHERS)
    near, before = known["near_share"].median(), known["before_share"].median()
    if not isinstance(near, float) or not isinstance(before, float):
        return tested_caveat(
            "breaking news", test, explains=None, detail="too few other accounts on the topics"
        )
    detail = f"{near:.0%} of the others within an hour, {before:.0%} of those before the core"
    explains = near >= cutoffs.news_near and before >= cutoffs.news_before
    return tested_caveat("breaking news", test, explains=explains, detail=detail)


def _notification(push: Push, cutoffs: Cutoffs) -> Caveat:
    known = push.arrivals.filter(pl.col("others") >= LEAST_OTHERS)
    same, usual = pl.col("same_minute"), pl.col("minute_mean")
    burst = (same >= cutoffs.notified) & (same >= cutoffs.notified_times * usual)
    share = known.select(burst.mean()).item()
    return tested_caveat(
        "a push notification of the platform",
        "the other accounts burst in the core's busiest minute on "
        f"{cutoffs.notified_topics:.0%} of the topics",
        explains=None if share is None else share >= cutoffs.notified_topics,
        detail="too few other accounts on the topics"
        if share is None
        else f"they burst on {share:.0%} of {known.height} topics",
    )


def _broadcast(push: Push, cutoffs: Cutoffs) -> Caveat:
    medians = push.arrivals["core_median"].sort()
    days = (medians // DAY).n_unique()
    apart = clock_deviation(medians)
    return tested_caveat(
        BROADCAST,
        f"topics on {cutoffs.broadcast_days} days or more, each within "
        f"{_minutes(cutoffs.broadcast_within)} minutes of one time of day",
        explains=days >= cutoffs.broadcast_days
        and apart <= cutoffs.broadcast_within.total_seconds(),
        detail=f"{days} days; middle times up to {apart / 60:.0f} minutes from their mean",
    )


def _affiliation(push: Push, corpus: Corpus, cutoffs: Cutoffs) -> Caveat:
    core = push.core.select("account_id").unique()
    owners = corpus.accounts.drop_nulls("declared_owner")
    labels = corpus.labels.filter(
        pl.col("subject_kind") == "account", pl.col("label").str.starts_with("affiliation:")
    )
    bodies = pl.concat(
        [
            owners.select("account_id", body="declared_owner"),
            labels.select(account_id="subject_id", body=pl.col("label").str.slice(12)),
        ]
    ).join(core, on="account_id", how="semi")
    known = bodies["account_id"].n_unique() / core.height
    most = bodies.unique().group_by("body").len()["len"].max()
    share = (most if isinstance(most, int) else 0) / core.height
    return tested_caveat(
        AFFILIATION,
        f"{cutoffs.declared:.0%} of the core accounts declare the same owner or affiliation",
        explains=share >= cutoffs.declared if known >= cutoffs.declared else None,
        detail=f"known of {known:.0%} of the core; the commonest holds {share:.0%}",
    )


def _app(push: Push, corpus: Corpus, cutoffs: Cutoffs) -> Caveat:
    """An application that posts for its users: the core use it, and so do many others."""
    clients = corpus.posts.drop_nulls("client").select("account_id", "post_id", "client")
    own = clients.join(push.core, left_on="post_id", right_on="content_id", how="semi")
    counts = own.group_by("client").len().sort(["len", "client"], descending=[True, False])
    test = "one uncommon client sent the core's posts, and most of its users are not core"
    if own.height < push.measures["core_accounts"] / 2:
        return tested_caveat(
            "an application that posts for its users",
            test,
            explains=None,
            detail="clients not known",
        )
    client, most = counts.row(0)
    users = clients.filter(client=client)["account_id"].unique()
    core = users.is_in(push.core["account_id"].unique().implode()).sum()
    common = (clients["client"] == client).sum() / clients.height
    share = most / own.height
    return tested_caveat(
        "an application that posts for its users",
        test,
        explains=share >= cutoffs.app_share
        and common < cutoffs.app_common
        and 2 * core < users.len(),
        detail=f"the commonest client sent {share:.0%} of the core's posts and {common:.0%} of all",
    )


def _placement(push: Push, corpus: Corpus) -> Caveat:
    spans = push.core.group_by("object_id").agg(
        first=pl.col("second").min() - HOUR, last=pl.col("second").max() + HOUR
    )
    listed = corpus.rankings.join(spans, left_on="topic", right_on="object_id")
    at = pl.col("snapshot_at").dt.epoch("s")
    near = listed.filter(at.is_between(pl.col("first"), pl.col("last")))
    placed = near.filter(
        pl.col("is_promoted").fill_null(value=False) | pl.col("is_pinned").fill_null(value=False)
    )
    count, shown = placed["topic"].n_unique(), near["topic"].n_unique()
    return tested_caveat(
        "placement by the platform or an advertiser",
        "a snapshot within an hour of the windows shows the topic promoted or pinned",
        explains=count > 0 if shown else None,
        detail=f"{count} of {shown} topics seen in snapshots were promoted or pinned",
    )


def _collection(corpus: Corpus, setting: Setting) -> Caveat:
    biased = corpus.biased_sources("actions").height
    said = "; windows of a minute were not used" if setting.dropped else ""
    return tested_caveat(
        "an artefact of collection",
        "the sources of the actions are neither snowballs nor unknown",
        explains=None if corpus.sources.is_empty() else biased > 0,
        detail=f"{biased} such sources; {setting.whole_minutes:.0%} of the times are whole "
        f"minutes{said}",
    )
