# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of a push, each tested on the rows or openly untested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, CaveatOutcome, tested_caveat
from graphkit.graphs.audience_traits import clock_deviation
from graphkit.graphs.coaudience import DAY, HOUR
from graphkit.graphs.pushes import LEAST_OTHERS, Push

if TYPE_CHECKING:
    from graphkit.tables import Corpus

AFFILIATION = "a class, employer or other body that the accounts declare"
COMMON_TOPICS = 3
BROADCAST = "a scheduled broadcast"


def explanations(
    push: Push,
    corpus: Corpus,
    *,
    announced: float | None,
    tight_ratio: float,
    whole_minutes: float,
) -> tuple[Caveat, ...]:
    """The caveats of a push, in a fixed order.

    `announced` is the share of its topics that an earlier post announces (None without posts),
    `tight_ratio` the spread ratio up to which it is tighter than a recurring audience, and
    `whole_minutes` the share of all times that are whole minutes.
    """
    return (
        _announcement(announced),
        _fans(push, tight_ratio),
        _news(push),
        _notification(push),
        _broadcast(push),
        _affiliation(push, corpus),
        _app(push, corpus),
        _placement(push, corpus),
        _collection(corpus, whole_minutes),
        Caveat(
            "a shared time zone or daily rhythm",
            "the null model keeps each account's own number of actions in each hour",
            CaveatOutcome.STANDS,
            "held by construction, to the hour; rhythms within the hour are not",
        ),
    )


def _announcement(announced: float | None) -> Caveat:
    return tested_caveat(
        "an openly announced drive",
        "an earlier post names the topic and a time of day, and calls people",
        explains=None if announced is None else announced > 0,
        detail="no posts to search"
        if announced is None
        else f"{announced:.0%} of the topics announced",
    )


def _fans(push: Push, tight_ratio: float) -> Caveat:
    against = "the topics' other accounts" if push.has_others else "topics with as many accounts"
    ratio, days = push.ratio, push.measures["days"]
    common = push.measures["loose_topics_in_common"]
    spread = "no spread ratio" if ratio is None else f"spread ratio {ratio:.3f} against {against}"
    is_loose = ratio is not None and ratio > tight_ratio
    recur = common >= COMMON_TOPICS
    return tested_caveat(
        "a fan community or other recurring audience",
        "the group comes no tighter than others do, or meets loosely on three topics",
        explains=None if ratio is None and not recur else is_loose or recur,
        detail=f"{spread}; {common:g} topics loosely in common; {days:g} different days",
    )


def _news(push: Push) -> Caveat:
    test = "half of the others came within an hour of the core, a third of those before it"
    known = push.arrivals.filter(pl.col("others") >= LEAST_OTHERS)
    near, before = known["near_share"].median(), known["before_share"].median()
    if not isinstance(near, float) or not isinstance(before, float):
        return tested_caveat(
            "breaking news", test, explains=None, detail="too few other accounts on the topics"
        )
    detail = f"{near:.0%} of the others within an hour, {before:.0%} of those before the core"
    return tested_caveat(
        "breaking news", test, explains=near >= 0.5 and before >= 0.35, detail=detail
    )


def _notification(push: Push) -> Caveat:
    known = push.arrivals.filter(pl.col("others") >= LEAST_OTHERS)
    burst = (pl.col("same_minute") >= 5) & (pl.col("same_minute") >= 10 * pl.col("minute_mean"))
    share = known.select(burst.mean()).item()
    return tested_caveat(
        "a push notification of the platform",
        "the other accounts burst in the core's busiest minute on half of the topics",
        explains=None if share is None else share >= 0.5,
        detail="too few other accounts on the topics"
        if share is None
        else f"they burst on {share:.0%} of {known.height} topics",
    )


def _broadcast(push: Push) -> Caveat:
    medians = push.arrivals["core_median"].sort()
    days = (medians // DAY).n_unique()
    apart = clock_deviation(medians)
    return tested_caveat(
        BROADCAST,
        "three topics or more on different days, each within 15 minutes of one time of day",
        explains=days >= 3 and apart <= 900,
        detail=f"{days} days; middle times up to {apart / 60:.0f} minutes from their mean",
    )


def _affiliation(push: Push, corpus: Corpus) -> Caveat:
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
        "half of the core accounts declare the same owner or affiliation",
        explains=share >= 0.5 if known >= 0.5 else None,
        detail=f"known of {known:.0%} of the core; the commonest holds {share:.0%}",
    )


def _app(push: Push, corpus: Corpus) -> Caveat:
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
        explains=share >= 0.8 and common < 0.5 and 2 * core < users.len(),
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


def _collection(corpus: Corpus, whole_minutes: float) -> Caveat:
    biased = corpus.biased_sources("actions").height
    return tested_caveat(
        "an artefact of collection",
        "the sources of the actions are neither snowballs nor unknown",
        explains=None if corpus.sources.is_empty() else biased > 0,
        detail=f"{biased} such sources; {whole_minutes:.0%} of the times are whole minutes",
    )
