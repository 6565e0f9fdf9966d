# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of co-action, each tested on the rows of one group.

Every function takes the corpus, a group and the limits, and gives a caveat: the explanation
weakens the finding, the finding stands against it, or the data cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.findings import tested_caveat
from graphkit.text.announcements import is_announcement
from graphkit.text.normal import normal_form
from graphkit.text.open_calls import calls_openly

if TYPE_CHECKING:
    from graphkit.findings import Caveat
    from graphkit.tables import Corpus

MIN_DAYS = 3
"""Days below which a fixed hour cannot be told from a single occasion."""
MIN_WORDS = 12
"""Characters of normal form below which a text found in another is no copy, as for the act."""
NEARLY_ALL = 0.9
"""Share of rows by one client, and of objects with one text, that make a text look automatic."""


@dataclass(frozen=True)
class Limits:
    """What it takes for an explanation to weaken; the detector's parameters of these names."""

    explained_share: float
    reaction: timedelta
    call_span: timedelta
    coarse_share: float


@dataclass(frozen=True)
class SharingGroup:
    """One group with the rows that its explanations are tested on.

    `rows` are its co-actions (action_id, account_id, object_id, acted_at, content_id, text,
    client), `others` what accounts outside did to the same objects, `log` all rows of the act,
    `unnamed_count` accounts of the group that are left out, see `graphs.shadowed`.
    """

    act: str
    accounts: pl.Series
    edges: pl.DataFrame
    rows: pl.DataFrame
    others: pl.DataFrame
    log: pl.DataFrame
    p_value: float
    unnamed_count: int = 0

    @property
    def first(self) -> pl.DataFrame:
        """When the group first acted on each object: object_id, first_at; by object."""
        times = self.rows.group_by("object_id").agg(first_at=pl.col("acted_at").min())
        return times.sort("object_id")


def owner_share(corpus: Corpus, accounts: pl.Series) -> float | None:
    """The largest share of `accounts` with one declared owner or affiliation; None if unknown."""
    label = pl.col("label")
    affiliated = corpus.labels.filter(
        pl.col("subject_kind") == "account",
        label.str.starts_with("affiliation"),
        pl.col("retracted_at").is_null(),
    ).select(account_id="subject_id", owner="label")
    declared = corpus.accounts.select("account_id", owner="declared_owner")
    known = pl.concat([declared, affiliated]).drop_nulls("owner")
    if known.is_empty():
        return None
    ours = known.filter(pl.col("account_id").is_in(accounts.implode()))
    sizes = ours.group_by("owner").agg(pl.col("account_id").n_unique())["account_id"]
    return float(sizes.to_numpy().max(initial=0)) / len(accounts)


def declared_affiliation(corpus: Corpus, group: SharingGroup, limits: Limits) -> Caveat:
    """Whether members declare one owner (accounts.declared_owner, labels `affiliation...`)."""
    share = owner_share(corpus, group.accounts)
    return tested_caveat(
        "declared affiliation: one owner runs the accounts openly",
        "share of members with the same declared owner or affiliation label",
        explains=None if share is None else share >= limits.explained_share,
        detail="nobody in the data declares an owner"
        if share is None
        else f"{share:.0%} of the members",
    )


def _asks(text: pl.Expr) -> pl.Expr:
    return calls_openly(text) | is_announcement(text)


def called_share(corpus: Corpus, group: SharingGroup, limits: Limits) -> float | None:
    """The share of objects that an outsider's original asked for before the group acted.

    The original did the same act to the object, is the object, or contains the group's words.
    """
    if corpus.posts["text"].null_count() == corpus.posts.height:
        return None
    calls = corpus.posts.filter(
        _asks(pl.col("text")),
        pl.col("kind").is_in(["original", "quote"]),
        ~pl.col("account_id").is_in(group.accounts.implode()),
    ).select("post_id", "created_at", words=normal_form(pl.col("text")))
    acted = calls.join(group.others, left_on="post_id", right_on="content_id")
    itself = calls.with_columns(object_id="post_id")
    said = group.rows.select("object_id", own=normal_form(pl.col("text"))).unique()
    copied = said.filter(pl.col("own").str.len_chars() >= MIN_WORDS).join(calls, how="cross")
    copied = copied.filter(pl.col("words").str.contains(pl.col("own"), literal=True))
    called = [each.select("object_id", "created_at") for each in (acted, itself, copied)]
    lead = pl.col("first_at") - pl.col("created_at")
    timely = (
        pl.concat(called)
        .join(group.first, on="object_id")
        .filter(lead > timedelta(0), lead <= limits.call_span)
    )
    return timely["object_id"].n_unique() / group.first.height


def open_call(corpus: Corpus, group: SharingGroup, limits: Limits) -> Caveat:
    """Whether somebody asked in public for what the group did, or its own texts ask for it."""
    share = called_share(corpus, group, limits)
    asking = group.rows.select(asking=_asks(pl.col("text")).mean()).item()
    found = None
    if share is not None:
        found = max(share, 0.0 if asking is None else asking) >= limits.explained_share
    return tested_caveat(
        "open call: people copy what a public post asked them to copy",
        "earlier originals by others with a phrase of open_calls.csv; the same phrases in the rows",
        explains=found,
        detail="there are no texts"
        if share is None
        else f"{share:.0%} of the objects were called for before, "
        + ("the rows have no text" if asking is None else f"{asking:.0%} of the rows ask to share"),
    )


def prompt_reaction(corpus: Corpus, group: SharingGroup, limits: Limits) -> Caveat:
    """Whether the group acts as soon as somebody outside publishes, as subscribers do."""
    published = [
        corpus.posts.filter(~pl.col("account_id").is_in(group.accounts.implode())).select(
            object_id="post_id", published_at="created_at"
        ),
        group.others.select("object_id", published_at="acted_at"),
    ]
    known = pl.concat(published).join(group.first, on="object_id").drop_nulls("published_at")
    known = known.filter(pl.col("published_at") <= pl.col("first_at"))
    earliest = known.group_by("object_id", "first_at").agg(pl.col("published_at").min())
    delay = earliest["first_at"] - earliest["published_at"]
    share = int((delay <= limits.reaction).sum()) / group.first.height
    unknown = group.act == "repost" and earliest.is_empty()
    return tested_caveat(
        "notification: each account reacts at once to what somebody else publishes",
        f"objects on which the group acted within {limits.reaction} of their publication outside",
        explains=None if unknown else share >= limits.explained_share,
        detail="no original of a repost is in the data"
        if unknown
        else f"{share:.0%} of the objects",
    )


def _meanwhile(group: SharingGroup, limits: Limits) -> pl.DataFrame:
    """How many accounts outside acted on each object when the group did: object_id, theirs."""
    ours = group.rows.select("object_id", "acted_at", met_at="acted_at").sort("acted_at")
    near = group.others.sort("acted_at").join_asof(
        ours,
        on="acted_at",
        by="object_id",
        strategy="nearest",
        tolerance=limits.reaction,
        check_sortedness=False,  # polars cannot check within `by`; both are sorted just above
    )
    met = near.drop_nulls("met_at")
    return met.group_by("object_id").agg(theirs=pl.col("account_id").n_unique())


def shared_interest(corpus: Corpus, group: SharingGroup, limits: Limits) -> Caveat:
    """Whether a crowd was there too each time, or all the objects are of one author (fans).

    Only who acts at the group's moments counts: that an object is popular on other days does not
    explain that the same few accounts meet on it within the window.
    """
    members = group.rows.group_by("object_id").agg(ours=pl.col("account_id").n_unique())
    both = members.join(_meanwhile(group, limits), on="object_id", how="left").fill_null(0)
    popular = both.filter(pl.col("theirs") >= pl.col("ours")).height / both.height
    authors = corpus.posts.join(members, left_on="post_id", right_on="object_id")["account_id"]
    top = int(authors.value_counts()["count"].to_numpy().max(initial=0))
    fans = top > 1 and top > both.height * limits.explained_share
    return tested_caveat(
        "shared interest: a fan community, or people who share what everybody shares",
        f"objects with as many outsiders within {limits.reaction}; objects by one author",
        explains=popular >= limits.explained_share or fans,
        detail=f"{popular:.0%} of the objects were as popular outside when the group acted, "
        f"{top} of {both.height} by one author",
    )


def schedule(_: Corpus, group: SharingGroup, limits: Limits) -> Caveat:
    """Whether the group acts at one clock time, day after day."""
    first = group.first["first_at"]
    days = first.dt.date().n_unique()
    minutes = np.sort(first.dt.epoch("s").to_numpy() // 60 % 1440)
    around = np.concatenate([minutes, minutes + 1440])
    inside = np.searchsorted(around, minutes + 10, side="right") - np.arange(len(minutes))
    share = float(inside.max()) / len(minutes)
    return tested_caveat(
        "scheduled broadcast: a programme or a tool that posts at a fixed time",
        "largest share of objects first acted on within the same ten minutes of the day",
        explains=None if days < MIN_DAYS else share > limits.explained_share,
        detail=f"{share:.0%} of the objects, on {days} days (tested from {MIN_DAYS} days on)",
    )


def automatic_client(corpus: Corpus, group: SharingGroup, limits: Limits) -> Caveat:
    """Whether one client wrote the texts, as it does for others (a share button, an app)."""
    hypothesis = "automatic text: a share button or an app writes the same words for everybody"
    test = "one client for the rows, one text an object, and outsiders repeat each other through it"
    known = group.rows.drop_nulls(["client", "text"])
    if known.height <= group.rows.height / 2:
        return tested_caveat(
            hypothesis, test, explains=None, detail="client or text is not in the data"
        )
    client, count = known["client"].value_counts().sort("count", "client").row(-1)
    texts = known.group_by("object_id").agg(n=normal_form(pl.col("text")).n_unique())
    one_text = texts.filter(pl.col("n") == 1).height / texts.height
    outside = corpus.posts.filter(
        pl.col("client") == client,
        ~pl.col("account_id").is_in(group.accounts.implode()),
        pl.col("kind") != "repost",
    ).select("account_id", words=normal_form(pl.col("text")))
    shared = outside.filter(pl.col("account_id").n_unique().over("words") > 1)
    repeated = shared.height / max(outside.height, 1)
    uniform = min(count / known.height, one_text) >= NEARLY_ALL
    detail = (
        f"{count / known.height:.0%} of rows by one client, {one_text:.0%} of objects with one "
    )
    detail += f"text; outsiders repeat each other in {repeated:.0%} of {outside.height} posts by it"
    return tested_caveat(
        hypothesis, test, explains=uniform and repeated >= limits.explained_share, detail=detail
    )


def coarse_clock(_: Corpus, group: SharingGroup, limits: Limits) -> Caveat:
    """Whether the log's times are too coarse for the window."""
    coarse = group.log.select(
        zero=(pl.col("acted_at").dt.second() == 0).mean(),
        minute=(pl.col("time_precision") != "second").mean(),
    )
    zero, minute = coarse.row(0)
    return tested_caveat(
        "coarse clock: times cut to the minute make strangers coincide",
        "share of the act's times at second 0, or stated to be less precise than the second",
        explains=max(zero, minute) >= limits.coarse_share,
        detail=f"{zero:.1%} at second 0, {minute:.1%} of minute precision",
    )


def biased_collection(corpus: Corpus, group: SharingGroup, _: Limits) -> Caveat:
    """Whether the rows were collected in a way that breaks the null model."""
    biased = corpus.biased_sources("actions").sort("source_id")
    ours = group.log.filter(pl.col("source_id").is_in(biased["source_id"].implode())).height
    return tested_caveat(
        "collection artefact: rows gathered from suspects outward look coordinated",
        "rows of the act from sources collected by snowball or in an unknown way",
        explains=ours > 0,
        detail=f"{ours} of {group.log.height} rows",
    )


def activity(_: Corpus, group: SharingGroup, limits: Limits) -> Caveat:
    """Whether the members' activity alone explains their meetings."""
    sums = group.edges.select("expected", "objects_count").sum()
    share = sums["expected"].item() / sums["objects_count"].item()
    return tested_caveat(
        "hyper-activity: accounts that share a great deal meet by chance",
        "shared objects that the null expects from the members' own activity",
        explains=share >= limits.explained_share,
        detail=f"{share:.1%} of the shared objects are expected",
    )


EXPLANATIONS = (
    declared_affiliation,
    open_call,
    prompt_reaction,
    shared_interest,
    schedule,
    automatic_client,
    coarse_clock,
    biased_collection,
    activity,
)
