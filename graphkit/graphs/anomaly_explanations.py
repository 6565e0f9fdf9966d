# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of citations that the rows contradict, with the outcomes of their tests."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, tested_caveat
from graphkit.text.normal import normal_form

if TYPE_CHECKING:
    from graphkit.tables import Corpus

MOSTLY = 0.5
ENOUGH = 5
ZONES = 14 * 3600.0 + 60
"""Seconds by which a wrong time zone can be off."""


@dataclass(frozen=True)
class Anomaly:
    """Citations with one thing wrong.

    Attributes:
        outcome: of citation-anomaly.
        rows: one row a citation, as by `dated_citations` or `named_citations`; where it is a matter
            of time with `seconds`, by how much.
        account: whose they are, where they are one account's.
        is_cited: whether that account is the one cited, else the one that cites.
    """

    outcome: str
    rows: pl.DataFrame
    account: str | None = None
    is_cited: bool = False

    @property
    def prefix(self) -> str:
        """Of the columns of that account."""
        return "cited_" if self.is_cited else ""

    def seconds(self, what: str) -> float | None:
        """`min`, `median` or `max` of the seconds; null where it is no matter of time."""
        if "seconds" not in self.rows.columns:
            return None
        told = {"min": pl.Series.min, "median": pl.Series.median, "max": pl.Series.max}[what]
        return told(self.rows["seconds"].cast(pl.Float64))  # type: ignore[return-value]  # floats

    @property
    def later_share(self) -> float | None:
        """The share of later sources among all citations of or by the account."""
        name = f"{self.prefix}account_id_share"
        if self.account is None or name not in self.rows.columns:
            return None
        share: float = self.rows[name][0]
        return share


def explanations(anomaly: Anomaly, corpus: Corpus, *, left_out: int) -> tuple[Caveat, ...]:
    """The innocent explanations of `anomaly`; `left_out` later sources may have come by edits."""
    if anomaly.outcome == "later-source":
        own = [_clock(anomaly), _edits(anomaly, corpus, left_out), _copies(anomaly, corpus)]
    elif anomaly.outcome == "clock-disagreement":
        own = [_zone(anomaly), _edits(anomaly, corpus, left_out)]
    elif anomaly.outcome == "silent-source":
        own = [_said_elsewhere(anomaly), _other_words(anomaly)]
    else:
        own = [_untold(anomaly)]
    return (*own, _collection(anomaly, corpus))


def _clock(anomaly: Anomaly) -> Caveat:
    rows = anomaly.rows
    by_server = rows.filter((pl.col("gap_id") > 0) | (pl.col("gap_received") > 0)).height
    share, side = anomaly.later_share, "cited" if anomaly.is_cited else "citing"
    count = 0 if share is None else rows[f"{anomaly.prefix}account_id_count"][0]
    explains: bool | None = None
    if by_server == rows.height:
        explains = False
    elif share is not None and count >= ENOUGH:
        explains = share >= MOSTLY
    return tested_caveat(
        "A clock or time zone is wrong, not the order.",
        "the platform's own clocks; the other citations of the account",
        explains=explains,
        detail=f"{by_server} of {rows.height} are later by the platform's clock as well. "
        + (
            "The rows are of several accounts."
            if share is None
            else f"{share:.0%} of the {count} citations of the {side} account point to later posts."
        ),
    )


def _edits(anomaly: Anomaly, corpus: Corpus, left_out: int) -> Caveat:
    platforms = anomaly.rows["platform"].unique()
    edits = corpus.posts.drop_nulls("edited_at").filter(
        pl.col("platform").is_in(platforms.implode()), pl.col("platform") != "web"
    )
    untold = sorted(set(platforms) - set(edits["platform"].unique()))
    return tested_caveat(
        "The citation was added when the citing post was edited.",
        "times of edits",
        explains=None if untold else False,
        detail=f"{left_out} citations of later posts in the case are left out because their post "
        f"was edited since. No edits are recorded for: {', '.join(untold) or 'none'}.",
    )


def _copies(anomaly: Anomaly, corpus: Corpus) -> Caveat:
    """Whether the cited account had the same text in a post before its citer."""
    words = normal_form(pl.col("text"))
    pairs = anomaly.rows.select("post_id", "created_at", "target", "cited_account_id")
    theirs = corpus.posts.filter(
        pl.col("account_id").is_in(pairs["cited_account_id"].unique().implode())
    ).select("post_id", "account_id", at="created_at", words=words)
    told = theirs.filter(pl.col("words") != "")
    cited = pairs.join(told.select("words", target="post_id"), on="target")
    earlier = cited.join(told.select("words", "at", cited_account_id="account_id"),
                         on=["cited_account_id", "words"])  # fmt: skip
    copied = earlier.filter(pl.col("at") < pl.col("created_at"))["post_id"].n_unique()
    count = anomaly.rows["post_id"].n_unique()
    return tested_caveat(
        "What is cited is a later upload of what was there before.",
        "earlier posts of the cited account with the same words",
        explains=None if cited.is_empty() else copied >= MOSTLY * count,
        detail=f"For {copied} of {count} citing posts an earlier post of the cited account has the "
        "same words.",
    )


def _zone(anomaly: Anomaly) -> Caveat:
    most = anomaly.seconds("max")
    return tested_caveat(
        "The files were read in different time zones.",
        "whether a shift of 14 hours at most puts all rows in order",
        explains=most is not None and most <= ZONES,
        detail=f"The largest gap is {0 if most is None else most / 3600:.1f} hours. Import the "
        "file again with its zone (--tz), and see whether the finding is gone.",
    )


UNTOLD = {
    "deleted-source": (
        "The citer had the post open, or a copy of it; or it was shown again.",
        "none: rows do not say when a post was read, nor whether it came back",
    ),
    "deleted-since": (
        "Posts are deleted for many reasons, by their authors or by the platform.",
        "none: rows do not say why a post is gone",
    ),
    "account-not-yet": (
        "The name belonged to another account then, or the account's date is of something else.",
        "none but that accounts with posts older than themselves are left out",
    ),
}


def _untold(anomaly: Anomaly) -> Caveat:
    """The explanation that rows cannot test."""
    hypothesis, test = UNTOLD[anomaly.outcome]
    hours = (anomaly.seconds("min") or 0.0) / 3600
    count = anomaly.rows["target"].n_unique()
    detail = f"{count} are cited; the least time between is {hours:.2f} hours."
    return tested_caveat(hypothesis, test, explains=None, detail=detail)


def _said_elsewhere(anomaly: Anomaly) -> Caveat:
    counts = anomaly.rows["earlier_count"].drop_nulls().cast(pl.Float64).to_list()
    median = statistics.median(counts) if counts else 0.0
    return tested_caveat(
        "The source said it elsewhere: on its site, on air, in a post that is not at hand.",
        "none: only posts in the case are compared",
        explains=None,
        detail=f"Compared with {median:.0f} earlier posts of the source "
        "(median). Newspapers and stations say most of what they say elsewhere.",
    )


def _other_words(anomaly: Anomaly) -> Caveat:
    given = anomaly.rows.drop_nulls("support").height
    return tested_caveat(
        "The source said it in other words, in another language, or in a picture.",
        "words in common with its nearest earlier post",
        explains=None,
        detail=f"{given} of {anomaly.rows.height} rows were marked by who made the data; the "
        "others are compared by words. The nearest posts are among the rows.",
    )


def _collection(anomaly: Anomaly, corpus: Corpus) -> Caveat:
    files = corpus.biased_sources("posts").height
    depends = anomaly.outcome in {"silent-source", "account-not-yet"}
    return tested_caveat(
        "Rows that were not collected would explain it.",
        "the collection recorded with each file of posts",
        explains=files > 0 if depends else False,
        detail=f"{files} files were collected by snowball or in an unknown way. "
        + ("" if depends else "What these rows say of each other does not rest on other rows."),
    )
