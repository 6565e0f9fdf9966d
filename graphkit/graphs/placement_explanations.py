# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of what a hot list shows at a place, each tested on its snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import tested_caveat

if TYPE_CHECKING:
    from graphkit.findings import Caveat

MOST = 0.5  # a share of the rows from which on one thing may explain them
ONE_HALF = 0.9  # a share of the rows in one half of the snapshots that looks like a re-design


@dataclass(frozen=True)
class Place:
    """The rows of a finding, all rows of its list, and what is known of the list's snapshots.

    `snapshots` is the list's row of `RankingFacts.snapshots`; `is_biased` says whether the list was
    collected in a way that breaks the null model.
    """

    rows: pl.DataFrame
    rankings: pl.DataFrame
    snapshots: dict[str, int]
    is_biased: bool


def common_explanations(place: Place) -> tuple[Caveat, ...]:
    """The caveats of every finding about a place of a list."""
    return (_collected(place), _missing(place), _redesigned(place), _news(place), _declared(place))


def held_explanations(place: Place, rank: int, *, is_revolving: bool | None) -> tuple[Caveat, ...]:
    """The caveats of a held rank: `is_revolving` says whether topics enter at the rank above."""
    return (_tied(place, rank), _shifted(place, rank), _revolving(is_revolving), CLEAR_LEAD)


def newness(new_share: float, near_new_share: float, *, most: float) -> Caveat:
    """Whether topics at a rank are newer than their neighbours', by `most` times or more."""
    return tested_caveat(
        "the topics are newer, and reads and discussions add up over time",
        f"share of topics that are new to the list at this rank, {most:g} times the neighbours'",
        explains=new_share >= most * near_new_share,
        detail=f"{new_share:.0%} new here, {near_new_share:.0%} at the neighbouring ranks",
    )


CLEAR_LEAD = tested_caveat(
    "a topic that is far ahead of the next keeps its rank, and in quiet hours all do",
    "only steps in which other listed topics passed it are counted",
    explains=False,
    detail="a rank that nobody passes adds nothing to the counts",
)


def _collected(place: Place) -> Caveat:
    return tested_caveat(
        "an artefact of how the list was collected",
        "whether a source of its rows was collected as a snowball, or in an unknown way",
        explains=place.is_biased,
        detail="how some rows were collected is unknown or follows the rows themselves"
        if place.is_biased
        else "all sources of the list state how they were collected",
    )


def _missing(place: Place) -> Caveat:
    missing, taken = place.snapshots["missing"], place.snapshots["snapshots"]
    return tested_caveat(
        "what happened in missing snapshots",
        "topics are followed only to a next snapshot that is there; nothing is filled in",
        explains=False if missing == 0 else None,
        detail=f"{missing} of {missing + taken} snapshots are missing"
        + (", and what the list showed then is not known" if missing else ""),
    )


def _length(rankings: pl.DataFrame) -> int | None:
    """The most frequent number of ranks in a snapshot."""
    lengths = rankings.group_by("snapshot_at").agg(ranks=pl.col("rank").max())
    found: int | None = lengths["ranks"].drop_nulls().mode().min()  # type: ignore[assignment]
    return found


def _redesigned(place: Place) -> Caveat:
    times = place.rankings["snapshot_at"].unique().sort()
    late = pl.col("snapshot_at") >= times[len(times) // 2]
    share = place.rows.select(late.mean()).item()
    before, after = (_length(place.rankings.filter(h)) for h in (~late, late))
    return tested_caveat(
        "the list was re-designed, or its columns changed",
        "the halves of the snapshots: rows of the finding, and ranks that the list has",
        explains=max(share, 1 - share) >= ONE_HALF or before != after,
        detail=f"{1 - share:.0%} and {share:.0%} of the rows; {before} and {after} ranks",
    )


def _news(place: Place) -> Caveat:
    rows = place.rows
    day = rows.group_by(pl.col("snapshot_at").dt.date()).len()["len"].max()
    topic = rows.group_by("topic").len()["len"].max()
    shares = [float(each) / rows.height for each in (day, topic)]  # type: ignore[arg-type]
    return tested_caveat(
        "the news of one day or one story",
        f"the largest share of the rows that one day (UTC) or one topic has, {MOST:.0%} or more",
        explains=max(shares) >= MOST,
        detail=f"one day has at most {shares[0]:.0%} of the rows, one topic {shares[1]:.0%}",
    )


def _mean(flags: pl.Series) -> float | None:
    return flags.cast(pl.Float64).mean()  # type: ignore[return-value]  # a mean of floats


def _declared(place: Place) -> Caveat:
    share = _mean(place.rows["is_promoted"])
    return tested_caveat(
        "advertising that the platform declares",
        f"share of the rows that the platform marks as promoted, {MOST:.0%} or more",
        explains=None if share is None else share >= MOST,
        detail="the rows do not say whether they are marked" if share is None
        else f"{share:.0%} of the rows are marked",
    )  # fmt: skip


def _tied(place: Place, rank: int) -> Caveat:
    """Whether the heat at `rank` is shown equal to a neighbour's: a tie has no order of its own."""
    near = pl.col("rank").is_in([rank - 1, rank + 1])
    heats = place.rankings.filter(near).select("snapshot_at", near_heat="heat")
    pairs = place.rows.join(heats, on="snapshot_at").drop_nulls(["heat", "near_heat"])
    equal = pairs.group_by("snapshot_at").agg((pl.col("heat") == pl.col("near_heat")).any())
    share = _mean(equal["heat"])
    return tested_caveat(
        "a tie: the order of equal heat is a matter of display",
        f"share of the snapshots in which a neighbour shows the same heat, {MOST:.0%} or more",
        explains=None if share is None else share >= MOST,
        detail="no heat is shown" if share is None else f"equal in {share:.0%} of the snapshots",
    )


def _shifted(place: Place, rank: int) -> Caveat:
    """Whether ranks are numbered without the places given away, so that those shift nothing."""
    ranked = place.rankings.filter(
        pl.col("rank") <= rank, pl.col("is_pinned").fill_null(value=False)
    )
    marked = place.rankings["is_pinned"].null_count() < place.rankings.height
    return tested_caveat(
        "a pinned row that comes and goes above shifts the ranks",
        "pinned rows that have a rank of their own at or above this one",
        explains=ranked.height > 0 if marked else None,
        detail=f"{ranked.height} such rows" if marked else "the rows do not say what is pinned",
    )


def _revolving(is_revolving: bool | None) -> Caveat:  # noqa: FBT001  the outcome of a test
    return tested_caveat(
        "the rank above is where topics are put in and taken out: its shadow",
        "whether topics come in at the rank above more often than at its neighbours",
        explains=is_revolving,
        detail={
            True: "they do: the topic below may keep its number while that place is filled anew",
            False: "they do not",
            None: "the rank above has no two ranks on either side to compare with",
        }[is_revolving],
    )
