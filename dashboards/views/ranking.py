# SPDX-License-Identifier: GPL-3.0-or-later
"""A topic's way through a hot list, and how many acted on it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit import case as cases
from graphkit.investigation.against_list import against_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboards.snapshot import Record, Snapshot
    from graphkit.tables import Corpus

PAGE_SIZE = 25
PAD, HOUR = timedelta(hours=2), timedelta(hours=1)
PUSH = "ranking-manipulation"
PLACED = ("promoted", "pinned", "given")  # no earned rank: marked so, or without rank or heat
_BINS = tuple(timedelta(minutes=m) for m in (1, 5, 10, 30, 60, 180, 360, 720, 1440))


def flagged_topics(snapshot: Snapshot) -> pl.DataFrame:
    """How many findings with a window each topic has: topic, findings, graded."""
    rows = [
        (topic, finding["grade"] is not None)
        for finding in snapshot.findings
        if finding["window"] is not None
        for topic in finding["subjects"]["topics"]
    ]
    frame = pl.DataFrame(rows, schema={"topic": pl.String, "graded": pl.Boolean}, orient="row")
    return frame.group_by("topic").agg(
        findings=pl.len().cast(pl.Int64), graded=pl.col("graded").sum().cast(pl.Int64)
    )


def topics(snapshot: Snapshot, *, text: str | None, list_id: str | None) -> pl.DataFrame:
    """The topics that hold `text`, those in graded findings first, then by time on the list.

    Columns: list_id, topic, snapshots, best_rank (earned), placed (snapshots in which the platform
    placed it), first_at, last_at, peak_heat, findings, graded.
    """
    grouped = snapshot.once(_grouped)
    if list_id is not None:
        grouped = grouped.filter(pl.col("list_id") == list_id)
    if text is not None:
        wanted = pl.lit(text.lower())
        grouped = grouped.filter(
            pl.col("topic").str.to_lowercase().str.contains(wanted, literal=True)
        )
    flagged = grouped.join(flagged_topics(snapshot), on="topic", how="left").with_columns(
        pl.col("findings", "graded").fill_null(0)
    )
    falling = [True, True, True, False, False]
    return flagged.sort(["graded", "findings", "snapshots", "topic", "list_id"], descending=falling)


def listed_of_findings(snapshot: Snapshot) -> list[str]:
    """The topics of findings with a window that are on some list."""
    listed = snapshot.once(_grouped)["topic"]
    return (
        flagged_topics(snapshot).filter(pl.col("topic").is_in(listed.implode()))["topic"].to_list()
    )


def earned(rankings: pl.DataFrame) -> pl.DataFrame:
    """`rankings` with earned_rank, place, and how the platform placed a row (one of PLACED).

    A row that is promoted or pinned, or has no rank or a heat of 0 as the places that a list gives
    away, has no earned rank. On a list without any rank the positions count as ranks.
    """
    by_place = pl.col("rank").is_null().all().over("list_id")
    rank = pl.when(by_place).then("position").otherwise("rank")
    given = rank.is_null() | (pl.col("heat") == 0).fill_null(value=False)
    how = (
        pl.when(pl.col("is_promoted")).then(pl.lit("promoted"))
        .when(pl.col("is_pinned")).then(pl.lit("pinned"))
        .when(given).then(pl.lit("given"))
    )  # fmt: skip
    return rankings.with_columns(
        earned_rank=pl.when(how.is_null()).then(rank),
        place=pl.coalesce("rank", "position"),
        placed=how,
    )


def _grouped(corpus: Corpus) -> pl.DataFrame:
    return (
        earned(corpus.rankings)
        .group_by("list_id", "topic")
        .agg(
            snapshots=pl.len().cast(pl.Int64),
            best_rank=pl.col("earned_rank").min(),
            placed=pl.col("placed").count().cast(pl.Int64),
            first_at=pl.col("snapshot_at").min(),
            last_at=pl.col("snapshot_at").max(),
            peak_heat=pl.col("heat").max(),
        )
    )


def by_position(snapshot: Snapshot, list_id: str) -> bool:
    """Whether the list gives no rank at all, so that positions are drawn in their place."""
    own = snapshot.corpus.rankings.filter(pl.col("list_id") == list_id)
    return own["rank"].null_count() == own.height


@dataclass(frozen=True)
class Course:
    """One topic on one list between two times.

    Attributes:
        ranks: snapshot_at, rank (earned; null while the topic is not on the list or placed by the
            platform, and at the start of each time without a snapshot), place, placed (how; see
            `earned`), heat, list_id, topic.
        missing: start, end of the times without any snapshot of the list.
        stays: start, end, best_rank (earned), snapshots, placed (snapshots of them in which the
            platform placed it) of each stay on the list, over all times.
        volume: start, flagged, other (actions by accounts in graded findings on the topic, and by
            others); empty when nobody acted on the topic in the data.
        calls: post_id, created_at, text of the open calls in the span; see `calls`.
        step: the width of a bar.
        span: the first and last time shown.
    """

    ranks: pl.DataFrame
    missing: pl.DataFrame
    stays: pl.DataFrame
    volume: pl.DataFrame
    calls: pl.DataFrame
    step: timedelta
    span: tuple[datetime, datetime]


def course(
    snapshot: Snapshot, list_id: str, topic: str, *, between: tuple[str | None, str | None]
) -> Course:
    """The course of `topic`, over its whole time on the list or `between` two ISO times."""
    own = snapshot.corpus.rankings.filter(pl.col("list_id") == list_id)
    times = own.select("snapshot_at").unique().sort("snapshot_at")
    typical = times["snapshot_at"].diff().median()
    tick = typical if isinstance(typical, timedelta) else timedelta(hours=1)
    there = earned(own).filter(pl.col("topic") == topic).sort("snapshot_at")
    start, end = _range(there, between, tick)
    inside = pl.col("snapshot_at").is_between(start, end)
    missing = _missing(times, tick).filter((pl.col("end") > start) & (pl.col("start") < end))
    # a row without rank where the list was not read: no line is drawn across it
    unread = missing.select(snapshot_at=pl.col("start") + timedelta(microseconds=1))
    known = pl.concat([times, unread]).filter(inside)
    ranks = known.join(_ranked(there), on="snapshot_at", how="left").sort("snapshot_at")
    step = next((b for b in _BINS if (end - start) / b <= 90), _BINS[-1])
    return Course(
        ranks=ranks,
        missing=missing,
        stays=_stays(times.join(_ranked(there), on="snapshot_at", how="left"), tick),
        volume=_volume(snapshot, topic, start=start, end=end, step=step),
        calls=calls(snapshot, topic).filter(pl.col("created_at").is_between(start, end)),
        step=step,
        span=(start, end),
    )


def courses(
    snapshot: Snapshot, keys: Sequence[tuple[str, str]], *, between: tuple[str | None, str | None]
) -> list[Course]:
    """The courses of one or two (list, topic), each from its own start over the same length.

    `between` holds for the first.
    """
    limits = [between, *[(None, None)] * (len(keys) - 1)]
    own = [course(snapshot, *key, between=asked) for key, asked in zip(keys, limits, strict=True)]
    if len(own) == 1:
        return own
    length = own[0].span[1] - own[0].span[0]
    if between == (None, None):
        length = max(each.span[1] - each.span[0] for each in own)
    spans = [(each.span[0].isoformat(), (each.span[0] + length).isoformat()) for each in own]
    return [course(snapshot, *key, between=span) for key, span in zip(keys, spans, strict=True)]


def _range(
    there: pl.DataFrame, between: tuple[str | None, str | None], tick: timedelta
) -> tuple[datetime, datetime]:
    first, last = there["snapshot_at"].to_list()[0], there["snapshot_at"].to_list()[-1]
    pad = max(3 * tick, (last - first) / 20)
    asked = [None if text is None else datetime.fromisoformat(text) for text in between]
    start = first - pad if asked[0] is None else asked[0]
    return start, last + pad if asked[1] is None else asked[1]


def _ranked(there: pl.DataFrame) -> pl.DataFrame:
    columns = ["snapshot_at", "list_id", "topic", "heat", "place", "placed"]
    return there.select(*columns, rank="earned_rank")


def _missing(times: pl.DataFrame, tick: timedelta) -> pl.DataFrame:
    """Times longer than one and a half usual steps without a snapshot: start, end."""
    gaps = times.select(start=pl.col("snapshot_at").shift(1), end="snapshot_at").drop_nulls()
    return gaps.filter(pl.col("end") - pl.col("start") > 1.5 * tick)


def _stays(ranks: pl.DataFrame, tick: timedelta) -> pl.DataFrame:
    """Runs of snapshots with the topic on the list; a missing snapshot ends a run."""
    apart = pl.col("snapshot_at").diff() > 1.5 * tick
    on_list = pl.col("topic").is_not_null()
    new = on_list & (~on_list.shift(1, fill_value=False) | apart.fill_null(value=False))
    runs = ranks.sort("snapshot_at").with_columns(stay=new.cum_sum()).filter(on_list)
    return (
        runs.group_by("stay")
        .agg(
            start=pl.col("snapshot_at").min(),
            end=pl.col("snapshot_at").max(),
            best_rank=pl.col("rank").min(),
            snapshots=pl.len().cast(pl.Int64),
            placed=pl.col("placed").count().cast(pl.Int64),
        )
        .sort("start")
        .drop("stay")
    )


def _volume(
    snapshot: Snapshot, topic: str, *, start: datetime, end: datetime, step: timedelta
) -> pl.DataFrame:
    during = _acts(snapshot, topic).filter(pl.col("acted_at").is_between(start, end))
    flagged = pl.col("is_flagged")
    binned = during.with_columns(start=pl.col("acted_at").dt.truncate(step))
    return (
        binned.group_by("start")
        .agg(flagged=flagged.sum().cast(pl.Int64), other=(~flagged).sum().cast(pl.Int64))
        .sort("start")
    )


def _acts(snapshot: Snapshot, topic: str) -> pl.DataFrame:
    """The dated actions on the topic: acted_at, is_flagged (by an account in a graded finding)."""
    accounts = [
        account
        for finding in windows(snapshot, topic)
        if finding["grade"] is not None
        for account in finding["subjects"]["accounts"]
    ]
    acts = snapshot.corpus.actions.filter(pl.col("object_id") == topic)
    flagged = pl.col("account_id").is_in(accounts)
    return acts.select("acted_at", is_flagged=flagged).drop_nulls("acted_at")


def with_actions_before(snapshot: Snapshot, topic: str, stays: pl.DataFrame) -> pl.DataFrame:
    """`stays` with before_flagged and before_other: the actions in the hour before each began.

    Null where nobody acted on the topic in the data.
    """
    acts = _acts(snapshot, topic)
    if acts.is_empty():
        none = pl.lit(None, pl.Int64)
        return stays.with_columns(before_flagged=none, before_other=none)
    soon = pl.col("start") - pl.col("acted_at")
    near = stays.select("start").join(acts, how="cross")
    near = near.filter(soon > timedelta(0), soon <= HOUR)
    counted = near.group_by("start").agg(
        before_flagged=pl.col("is_flagged").sum().cast(pl.Int64),
        before_other=(~pl.col("is_flagged")).sum().cast(pl.Int64),
    )
    joined = stays.join(counted, on="start", how="left", maintain_order="left")
    return joined.with_columns(pl.col("before_flagged", "before_other").fill_null(0))


def against(snapshot: Snapshot, finding: Record, topic: str) -> pl.DataFrame:
    """The topic's ranks on the real list, by score, and without a push's accounts; else empty."""
    if finding["kind"] != PUSH or finding["grade"] is None or not finding["subjects"]["accounts"]:
        return pl.DataFrame()
    during = window_on(snapshot, finding, topic)
    return against_list(snapshot.corpus, finding, topic, during=during)


def windows(snapshot: Snapshot, topic: str) -> list[Record]:
    """The findings with a window about the topic, by the start of the window."""
    found = [
        finding
        for finding in snapshot.findings
        if finding["window"] is not None and topic in finding["subjects"]["topics"]
    ]
    return sorted(found, key=lambda f: (f["window"]["start"], f["finding_id"]))


def calls(snapshot: Snapshot, topic: str) -> pl.DataFrame:
    """The dated open calls that name the topic, among the rows of its findings.

    Columns: post_id, created_at, text.
    """
    keys = [
        row["key"]
        for finding in windows(snapshot, topic)
        for row in _roles(snapshot, finding).filter(role="announcement").iter_rows(named=True)
    ]
    posts = snapshot.corpus.posts.filter(pl.col("post_id").is_in(keys))
    named = pl.col("text").str.to_lowercase().str.contains(topic.lower(), literal=True)
    dated = posts.filter(named).drop_nulls("created_at")
    return dated.select("post_id", "created_at", "text").sort("created_at", "post_id")


def _roles(snapshot: Snapshot, finding: Record) -> pl.DataFrame:
    rows = cases.evidence(snapshot.case, finding["run_id"], finding["finding_id"])
    return rows.filter(table="posts")


def window_on(snapshot: Snapshot, finding: Record, topic: str) -> tuple[datetime, datetime]:
    """The first and last time of the finding's rows on `topic`; of the finding where none are."""
    rows = cases.evidence(snapshot.case, finding["run_id"], finding["finding_id"])
    keys = rows.filter(pl.col("table") == "actions")["key"]
    acts = snapshot.corpus.actions.filter(
        pl.col("object_id") == topic, pl.col("action_id").is_in(keys.implode())
    )
    times = acts["acted_at"].drop_nulls().sort().to_list()
    if times:
        return times[0], times[-1]
    start, end = (datetime.fromisoformat(finding["window"][name]) for name in ("start", "end"))
    return start, end


def letters(count: int) -> list[str]:
    """A, B, ... Z, then A1, B1, ... for the windows of a figure."""
    return [chr(65 + i % 26) + (str(i // 26) if i >= 26 else "") for i in range(count)]


def lists(snapshot: Snapshot) -> list[Any]:
    """The lists in the case."""
    found: list[Any] = snapshot.once(_lists)
    return found


def _lists(corpus: Corpus) -> list[Any]:
    return corpus.rankings["list_id"].unique().sort().to_list()
