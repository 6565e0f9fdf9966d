# SPDX-License-Identifier: GPL-3.0-or-later
"""Citations that the rows contradict: of what was not there yet, was gone, or does not say it.

These are facts about rows; no outcome accuses, and every grade is None.

- later-source: the cited post is later than its citer by every clock that both have (shown time,
  time in the id, time of arrival), beyond the precision of the times and `slack`. Citers edited
  since then are left out: an edit may bring a citation.
- clock-disagreement: the same for `clock_share` or more of the citations from one file to another,
  by three accounts or more: what disagrees is the files' clocks, and nobody is told of.
- deleted-source: the citation was made after the cited post was found deleted, beyond `slack`.
- deleted-since: the cited post was found deleted after it was cited.
- account-not-yet: the named account was made later than the post that names it, by more than
  `account_slack`. Accounts with posts older than themselves are left out: their date is of
  something else.
- silent-source: `support` says that the source is silent or contradicts; or the text names an
  account as source of which `least_posts` earlier posts or more are at hand, and none of them
  shares more than `paraphrase` of its words with the citing post's.

Citations of one outcome are one finding for each account that has `least_rows` or more of them: the
cited account where more accounts cite it so than its citer so cites others, else the citer. All
others of the outcome make one finding together, about no account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import (
    Detector,
    EvidenceRow,
    Finding,
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
)
from graphkit.graphs.anomaly_explanations import Anomaly, explanations
from graphkit.graphs.dated_citations import (
    asked_sources,
    dated_citations,
    named_citations,
    seconds,
    width,
)
from graphkit.tables import CITATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "citation-anomaly"
KEY = ["post_id", "citation_no"]
CLOCK_ACCOUNTS = 3
AT = pl.coalesce("created_at", "id_time")


@dataclass(frozen=True)
class Params:
    """Parameters of citation-anomaly."""

    slack: timedelta = param(
        timedelta(minutes=5), doc="by how much clocks may differ without a word", minimum=0
    )
    account_slack: timedelta = param(
        timedelta(days=2), doc="by how much an account may be younger than a post naming it",
        minimum=0,
    )  # fmt: skip
    clock_share: float = param(
        0.05, doc="share of later sources from which on two files' clocks disagree",
        minimum=0.001, maximum=1,
    )  # fmt: skip
    least_rows: int = param(3, doc="least citations of a finding about one account", minimum=1)
    least_posts: int = param(3, doc="least earlier posts at hand of a source that is silent",
                             minimum=1)  # fmt: skip
    paraphrase: float = param(
        0.2, doc="share of words in common from which on a source may have said it",
        minimum=0.05, maximum=1,
    )  # fmt: skip


def _later(dated: pl.DataFrame, params: Params) -> dict[str, pl.DataFrame]:
    """Rows of later-source and of clock-disagreement, by outcome."""
    later = pl.col("gap").is_not_null() & (pl.col("gap") > params.slack.total_seconds())
    compared = dated.filter(pl.col("gap").is_not_null()).with_columns(
        is_later=later & ~pl.col("may_be_added")
    )
    files = ["source_id", "cited_source_id"]
    told = compared.filter("is_later").group_by(files).agg(
        count=pl.len(), accounts=pl.col("account_id").n_unique()
    )  # fmt: skip
    of_files = compared.group_by(files).agg(file_share=pl.col("is_later").mean())
    clocks = told.join(of_files, on=files).filter(
        pl.col("source_id") != pl.col("cited_source_id"),
        pl.col("file_share") >= params.clock_share,
        pl.col("accounts") >= CLOCK_ACCOUNTS,
        pl.col("count") >= params.least_rows,
    )
    own = [
        compared.group_by(name).agg(
            pl.col("is_later").mean().alias(f"{name}_share"), pl.len().alias(f"{name}_count")
        )
        for name in ("account_id", "cited_account_id")
    ]
    rows = compared.filter("is_later").with_columns(seconds=pl.col("gap"))
    for each in own:
        rows = rows.join(each, on=each.columns[0])
    return {
        "later-source": rows.join(clocks, on=files, how="anti"),
        "clock-disagreement": rows.join(clocks.select(*files, "file_share"), on=files),
    }


def _deleted(dated: pl.DataFrame, params: Params) -> dict[str, pl.DataFrame]:
    after = seconds(AT - pl.col("cited_deleted_at")) - pl.max_horizontal(width(), 0)
    known = dated.filter(pl.col("account_id") != pl.col("cited_account_id")).with_columns(
        seconds=after
    )
    known = known.filter(pl.col("seconds").is_not_null())
    is_after = pl.col("seconds") > params.slack.total_seconds()
    return {
        "deleted-source": known.filter(is_after),
        "deleted-since": known.filter(pl.col("seconds") < 0).with_columns(
            seconds=-pl.col("seconds")
        ),
    }


def _named(corpus: Corpus, dated: pl.DataFrame, params: Params) -> dict[str, pl.DataFrame]:
    named = named_citations(corpus).with_columns(cited_account_id="target")
    early = seconds(pl.col("made_at") - AT) - pl.max_horizontal(width(), 0)
    added = (pl.col("edited_at") >= pl.col("made_at")).fill_null(value=False)
    older = (pl.col("first_at") < pl.col("made_at")).fill_null(value=False)
    not_yet = named.with_columns(seconds=early).filter(
        pl.col("seconds") > params.account_slack.total_seconds(), ~added, ~older
    )
    asked = asked_sources(corpus, named).filter(
        pl.col("best_share").fill_null(0.0) < params.paraphrase,
        pl.col("earlier_count") >= params.least_posts,
    )
    said = pl.col("support").is_in(["silent", "contradicts"])
    silent = pl.concat([asked, dated.filter(said), named.filter(said)], how="diagonal")
    return {"account-not-yet": not_yet, "silent-source": silent}


def _anomalies(rows: pl.DataFrame, outcome: str, params: Params) -> Iterator[Anomaly]:
    """The rows of one outcome by the account (or, of clocks, the pair of files) that has them."""
    if outcome == "clock-disagreement":
        pairs = rows.sort("source_id", "cited_source_id", *KEY).group_by(
            "source_id", "cited_source_id", maintain_order=True
        )
        yield from (Anomaly(outcome, part) for _, part in pairs)
        return
    cited_by = pl.col("account_id").n_unique().over("cited_account_id")
    cites = pl.col("target").n_unique().over("account_id")
    side = pl.when(cited_by >= cites).then("cited_account_id").otherwise("account_id")
    sided = rows.with_columns(side=side, is_cited=cited_by >= cites).sort("side", *KEY)
    many = pl.len().over("side", "is_cited") >= params.least_rows
    for key, part in sided.filter(many).group_by("side", "is_cited", maintain_order=True):
        yield Anomaly(outcome, part.drop("side", "is_cited"), str(key[0]), bool(key[1]))
    rest = sided.filter(~many).sort(KEY)
    if rest.height:
        yield Anomaly(outcome, rest.drop("side", "is_cited"))


SUMMARIES = {
    "later-source": "{n} citations by {accounts} accounts point to posts that are later than their "
    "citers, by {least} to {most}.",
    "clock-disagreement": "{n} of the citations from one file to another, {share} of all, point to "
    "posts that are later than their citers, by {least} to {most}: the files' clocks disagree.",
    "deleted-source": "{n} citations by {accounts} accounts were made {least} to {most} after the "
    "cited posts were found deleted.",
    "deleted-since": "{n} citations by {accounts} accounts rest on posts that were found deleted "
    "{least} to {most} later.",
    "account-not-yet": "{n} posts by {accounts} accounts name an account that was made {least} to "
    "{most} later.",
    "silent-source": "{n} citations by {accounts} accounts name a source whose posts at hand do "
    "not say what is cited.",
}


def _length(value: float | None) -> str:
    """Seconds in the largest unit that they fill."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if value is not None and value >= size:
            return f"{value / size:.1f} {unit}"
    return f"{0 if value is None else value:.0f} seconds"


def _summary(anomaly: Anomaly) -> str:
    rows = anomaly.rows
    share = rows["file_share"][0] if "file_share" in rows.columns else 0.0
    return SUMMARIES[anomaly.outcome].format(
        n=rows.height,
        accounts=rows["account_id"].n_unique(),
        least=_length(anomaly.seconds("min")),
        most=_length(anomaly.seconds("max")),
        share=f"{share:.0%}",
    )


def _measures(anomaly: Anomaly) -> dict[str, float]:
    rows = anomaly.rows
    counted: dict[str, float | None] = {
        "citations_count": rows.height,
        "citing_accounts_count": rows["account_id"].n_unique(),
        "cited_count": rows["target"].n_unique(),
        **{f"{name}_gap_seconds": anomaly.seconds(name) for name in ("min", "median", "max")},
        "later_share": anomaly.later_share,
    }
    if anomaly.outcome == "silent-source":
        counted["nearest_share"] = rows["best_share"].cast(pl.Float64).fill_null(0.0).max()  # type: ignore[assignment]  # the largest of floats
    rounds = {name: rounded(value) for name, value in counted.items()}
    return {name: value for name, value in rounds.items() if value is not None}


def _evidence(anomaly: Anomaly) -> tuple[EvidenceRow, ...]:
    rows = anomaly.rows
    found = [
        EvidenceRow("citations", key, "citation") for key in rows.select(CITATIONS.row_key())["key"]
    ]
    found += [EvidenceRow("posts", post, "citing") for post in rows["post_id"].unique()]
    table = "accounts" if anomaly.outcome == "account-not-yet" else "posts"
    if anomaly.outcome == "silent-source":
        found += [
            EvidenceRow("posts", post, "nearest") for post in rows["best_id"].drop_nulls().unique()
        ]
    else:
        found += [EvidenceRow(table, each, "cited") for each in rows["target"].unique()]
    return tuple(sorted(set(found)))


def _finding(anomaly: Anomaly, corpus: Corpus, left_out: int) -> Finding:
    rows, times = anomaly.rows, anomaly.rows.select(at=AT)["at"].drop_nulls()
    return Finding(
        kind=KIND,
        outcome=anomaly.outcome,
        grade=None,
        score=rounded(rows.height / (rows.height + 10)) or 0.0,
        summary=_summary(anomaly),
        subjects=Subjects(
            accounts=() if anomaly.account is None else (anomaly.account,),
            posts=tuple(rows["post_id"].unique().sort()),
        ),
        evidence=_evidence(anomaly),
        caveats=explanations(anomaly, corpus, left_out=left_out),
        null_model=NullModel(reason="rows that contradict each other are read, not tested"),
        window=None if times.is_empty() else (times.min(), times.max()),  # type: ignore[arg-type]
        measures=_measures(anomaly),
    )


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of citation-anomaly in `corpus`: by outcome, those about one account first."""
    if corpus.citations.is_empty() or corpus.posts.is_empty():
        return
    dated = dated_citations(corpus)
    found = {**_later(dated, params), **_deleted(dated, params), **_named(corpus, dated, params)}
    added = dated.filter(pl.col("gap") > params.slack.total_seconds(), "may_be_added").height
    for outcome in OUTCOMES:
        for anomaly in _anomalies(found[outcome], outcome, params):
            yield _finding(anomaly, corpus, added)


OUTCOMES = {
    "later-source": Outcome("the cited post is later than its citer", accuses=False),
    "clock-disagreement": Outcome("the clocks of two files disagree", accuses=False),
    "deleted-source": Outcome("cited after it was found deleted", accuses=False),
    "deleted-since": Outcome("found deleted after it was cited", accuses=False),
    "account-not-yet": Outcome("the named account was made later", accuses=False),
    "silent-source": Outcome("the source at hand does not say it", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="citations of what was not there yet, was gone, or does not say it; rows, no grades",
    outcomes=OUTCOMES,
    needs=("posts", "citations"),
    limits=(
        "Times of unknown precision, and posts without a time, are not compared.",
        "A whole file with one wrong clock agrees with itself: only between files it is seen.",
        "When a post was deleted is known only as when it was found deleted.",
        "What a source said elsewhere, in pictures, or in posts that are not at hand is not seen; "
        "a source that is quoted in other words or another language looks silent.",
        "Only what a text attributes to an account with posts in the case is compared; outlets and "
        "addresses are not.",
    ),
    params=Params,
    detect=detect,
)
