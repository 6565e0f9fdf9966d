# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of accounts that look run together, each tested on one group.

Every function takes the corpus, a group and the limits of `sharing_explanations`, and gives a
caveat. Those on open calls, fans and apps are the ones of coordinated sharing, on the rows that
proposed the group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.findings import tested_caveat
from graphkit.graphs.account_signs import RENAME_DAYS, renames
from graphkit.graphs.sharing_explanations import (
    MIN_DAYS,
    NEARLY_ALL,
    Limits,
    SharingGroup,
    automatic_client,
    open_call,
    owner_share,
    shared_interest,
)
from graphkit.tables import Corpus
from graphkit.text.announcements import is_announcement
from graphkit.text.handles import numbered_handles
from graphkit.text.open_calls import calls_openly

if TYPE_CHECKING:
    from graphkit.findings import Caveat
    from graphkit.graphs.cohorts import Cohort

WAVE = 3.0
"""Outsiders made in a cohort's days, against what is usual, from which it is a wave."""
HOURS, MOST_MEETINGS = 2, 0.8
"""Hours of the day into which this share of a class's meetings falls."""
RARE = 0.02
"""Share of the other verified accounts above which a credential names a trade and not a holder."""


@dataclass(frozen=True)
class MatrixGroup:
    """One group that is told of, with what its explanations are tested on.

    `accounts` are those named, `left_out` how many the proposal also had; `signs` are those that
    speak, `silent` those that do not and `untested` those that the data could not test; `common`
    are those of which members share a value that many others hold too, which does not count;
    `acts` are the dated rows that proposed it, None where there are none; `calls` is a corpus of
    the posts that ask for anything.
    """

    accounts: pl.Series
    left_out: int
    signs: tuple[str, ...]
    silent: tuple[str, ...]
    untested: tuple[str, ...]
    common: tuple[str, ...]
    cohort: Cohort | None
    acts: SharingGroup | None
    calls: Corpus


def asking_posts(corpus: Corpus) -> Corpus:
    """A corpus of nothing but the posts that ask their readers to copy, share or join.

    Where none asks, one that does not stands for the texts that there are.
    """
    asks = calls_openly(pl.col("text")) | is_announcement(pl.col("text"))
    asking = corpus.posts.filter(asks)
    any_text = corpus.posts.drop_nulls("text").sort("post_id").head(1)
    return Corpus(posts=any_text if asking.is_empty() else asking)


def family_share(corpus: Corpus, accounts: pl.Series) -> float | None:
    """The largest share of `accounts` that openly belong together; None if nothing is known.

    One declared owner, one affiliation label, or one credential of the platform that hardly any
    other verified account has.
    """
    owner = owner_share(corpus, accounts)
    verified = corpus.accounts.filter("is_verified").drop_nulls("credential")
    if verified.is_empty():
        return owner
    ours = pl.col("account_id").is_in(accounts.implode())
    sizes = verified.group_by("credential").agg(inside=ours.sum(), outside=(~ours).sum())
    others = max(verified.filter(~ours).height, 1)
    named = sizes.filter(pl.col("outside") <= RARE * others)["inside"]
    held = int(named.to_numpy().max(initial=0)) / len(accounts)
    return max(held, 0.0 if owner is None else owner)


def affiliation(corpus: Corpus, group: MatrixGroup, limits: Limits) -> Caveat:
    """Whether members declare one owner, employer, outlet or class."""
    share = family_share(corpus, group.accounts)
    return tested_caveat(
        "declared affiliation: one owner, outlet, employer or class, openly",
        "largest share with one declared owner, affiliation label or credential of the platform",
        explains=None if share is None else share >= limits.explained_share,
        detail="nobody in the data declares anything"
        if share is None
        else f"{share:.0%} of the accounts",
    )


def _undated(hypothesis: str) -> Caveat:
    return tested_caveat(
        hypothesis,
        "dated rows that proposed the group",
        explains=None,
        detail="it was proposed by what accounts say of themselves, which has no dates",
    )


def called(_: Corpus, group: MatrixGroup, limits: Limits) -> Caveat:
    """Whether somebody outside asked in public for what the group shares."""
    if group.acts is None:
        return _undated("open call: people copy what a public post asked them to copy")
    return open_call(group.calls, group.acts, limits)


def interest(corpus: Corpus, group: MatrixGroup, limits: Limits) -> Caveat:
    """Whether what proposed the group is popular outside, or all of one author (fans)."""
    if group.acts is None:
        return _undated("shared interest: a fan community shares what it likes")
    return shared_interest(corpus, group.acts, limits)


def automatic(corpus: Corpus, group: MatrixGroup, limits: Limits) -> Caveat:
    """Whether one client wrote the texts, as it does for others (a share button, an app)."""
    hypothesis = "automatic text: a share button or an app writes the same words for everybody"
    if group.acts is None:
        return _undated(hypothesis)
    known = group.acts.rows.drop_nulls(["client", "text"])["client"]
    most = int(known.value_counts()["count"].to_numpy().max(initial=0))
    if most >= NEARLY_ALL * len(known):
        return automatic_client(corpus, group.acts, limits)
    return tested_caveat(
        hypothesis,
        "one client for the rows",
        explains=False,
        detail=f"{most} of {len(known)} rows by one client",
    )


def shared_hours(_: Corpus, group: MatrixGroup, __: Limits) -> Caveat:
    """Whether the group meets at one time of day, as a class, a shift or an audience does."""
    if group.acts is None:
        return _undated("shared hours: a lesson, a shift or a programme brings them together")
    first = group.acts.first["first_at"]
    days, minutes = first.dt.date().n_unique(), np.sort(first.dt.epoch("s").to_numpy() // 60 % 1440)
    around = np.concatenate([minutes, minutes + 1440])
    inside = np.searchsorted(around, minutes + HOURS * 60, "right") - np.arange(len(minutes))
    share = float(inside.max()) / len(minutes)
    return tested_caveat(
        "shared hours: a lesson, a shift or a programme brings them together",
        f"largest share of meetings within the same {HOURS} hours of the day",
        explains=None if days < MIN_DAYS else share >= MOST_MEETINGS,
        detail=f"{share:.0%} of {len(minutes)}, on {days} days (tested from {MIN_DAYS} days on)",
    )


def registration_wave(_: Corpus, group: MatrixGroup, __: Limits) -> Caveat:
    """Whether the cohort's days brought many new accounts to the corpus."""
    found = group.cohort if "cohort" in group.signs else None
    return tested_caveat(
        "registration wave: an event or campaign brought many new accounts in the same days",
        f"outsiders made in the cohort's days, against {WAVE:g} times what is usual around them",
        explains=found is not None and is_wave(found),
        detail="no cohort is counted"
        if found is None
        else f"{found.outsiders} outsiders, {found.usual:.1f} are usual",
    )


def is_wave(cohort: Cohort) -> bool:
    """Whether outsiders came in its days too: more than usual, and no fewer than members."""
    return cohort.outsiders >= max(WAVE * cohort.usual, cohort.members)


def occasion(corpus: Corpus, group: MatrixGroup, _: Limits) -> Caveat:
    """Whether many others were renamed in the same days."""
    hypothesis = "occasion: a feast, a campaign or a new owner makes people rename on the same days"
    test = f"others renamed in the days, against {WAVE:g} times what is usual for them"
    if "rename" not in group.signs:
        return tested_caveat(hypothesis, test, explains=False, detail="no renames are counted")
    renamed = renames(corpus).with_columns(
        day=pl.col("seen_at").dt.truncate("1d"),
        ours=pl.col("account_id").is_in(group.accounts.implode()),
    )
    ours = renamed.filter("ours").unique(["account_id", "day"])["day"].value_counts()
    first = ours.sort(-pl.col("count").cast(pl.Int64), "day")["day"].item(0)
    near = pl.col("day").is_between(first, first + timedelta(days=RENAME_DAYS - 1))
    inside = renamed.filter(near).group_by("ours").agg(pl.col("account_id").n_unique())
    counts = dict(inside.iter_rows())
    others, days = renamed.filter(~pl.col("ours")), renamed["day"].n_unique()
    usual = others.unique(["account_id", "day"]).height * RENAME_DAYS / days
    many = max(WAVE * usual, counts.get(True, 0))
    return tested_caveat(
        hypothesis,
        test,
        explains=counts.get(False, 0) >= many,
        detail=f"{counts.get(False, 0)} others, {usual:.1f} are usual",
    )


def suggested_names(corpus: Corpus, group: MatrixGroup, _: Limits) -> Caveat:
    """How many of the accounts have a name that a platform gives; those never count."""
    own = corpus.accounts.filter(pl.col("account_id").is_in(group.accounts.implode()))
    known = own.drop_nulls("handle")
    given = numbered_handles(known.select("account_id", "handle")).filter("is_suggested").height
    return tested_caveat(
        "suggested names: handles that the platform gave to new accounts look alike",
        "handles of the forms in handles.toml, which count neither as a run nor as look-alikes",
        explains=None if known.is_empty() else False,
        detail="no handle is known"
        if known.is_empty()
        else f"{given} of {known.height} handles are suggested ones, and not counted",
    )


def imitation(corpus: Corpus, group: MatrixGroup, _: Limits) -> Caveat:
    """Whether accounts could be named because others made themselves look like them."""
    made = corpus.accounts.filter(pl.col("account_id").is_in(group.accounts.implode()))
    dated = made["created_at"].len() - made["created_at"].null_count()
    proved = {"cohort", "run"} & set(group.signs)
    return tested_caveat(
        "imitation: somebody made other accounts look like an innocent one",
        "accounts that others follow, that are older than a run, that took part in most, or that "
        "came first where the group was proposed by what can be copied, are left out; only a "
        "cohort or run names",
        explains=False if proved and dated == len(group.accounts) else None,
        detail=f"{group.left_out} accounts left out, creation known of {dated} of "
        f"{len(group.accounts)}" + ("" if proved else "; no sign speaks that cannot be copied"),
    )


def missing_signs(_: Corpus, group: MatrixGroup, __: Limits) -> Caveat:
    """Which signs speak, which do not, and which the data could not test."""
    blind = sorted({"cohort", "run"} & set(group.untested))
    said = {
        "speak": group.signs,
        "do not": group.silent,
        "not tested": group.untested,
        "shared by many others and not counted": group.common,
    }
    return tested_caveat(
        "separate people: signs that could not be tested may say so",
        "creation times and handles of at least as many accounts as make a group",
        explains=None if blind else False,
        detail="; ".join(f"{how}: {', '.join(signs or ['none'])}" for how, signs in said.items()),
    )


def biased_collection(corpus: Corpus, _: MatrixGroup, __: Limits) -> Caveat:
    """Whether the rows were collected in a way that breaks the null models."""
    tables = ("accounts", "posts", "actions")
    biased = {name: corpus.biased_sources(name).height for name in tables}
    told = [f"{count} of {name}" for name, count in biased.items() if count]
    return tested_caveat(
        "collection artefact: rows gathered from suspects outward make their signs look rare",
        "sources of accounts, posts and actions collected by snowball or in an unknown way",
        explains=bool(told),
        detail=f"{', '.join(told)} sources" if told else "no such source",
    )


EXPLANATIONS = (
    affiliation,
    called,
    interest,
    automatic,
    shared_hours,
    registration_wave,
    occasion,
    suggested_names,
    imitation,
    missing_signs,
    biased_collection,
)
