# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims of a credential, held against the credential that the platform shows.

- expired: posts claim the account's credential, in the first person (text/standings.toml), more
  than `grace` after the last end that any row gives for it. Weak: whether it was renewed, its
  register knows and the rows do not.
- contradictory: the platform shows the credential of one profession and the account claims another
  that hardly anybody holds beside it. Weak.
- unverifiable: a profession that has a register is claimed and the platform shows no credential,
  though it shows others'. Rows to look up, about nobody.

What somebody writes outside his field is no finding, nor is a credential that ended and is not
claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import (
    Caveat,
    CaveatOutcome,
    Detector,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
    tested_caveat,
)
from graphkit.graphs.credential_rows import (
    expired_claims,
    other_credentials,
    unverifiable_claims,
)
from graphkit.graphs.standing_explanations import collection, read_by_rule
from graphkit.graphs.standing_rows import claim_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "credential-mismatch"
DATE = "the date is of something else: the end lies before the account was made"


@dataclass(frozen=True)
class Params:
    """Parameters of credential-mismatch."""

    grace: timedelta = param(
        timedelta(days=30), doc="how long after its end a credential may still be claimed",
        minimum=0,
    )  # fmt: skip


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of credential-mismatch in `corpus`: expired, contradictory, then unverifiable."""
    if corpus.posts.is_empty() or corpus.accounts["credential"].count() == 0:
        return
    claims = claim_rows(corpus)
    late = expired_claims(corpus, claims, params.grace)
    for _, rows in late.group_by("account_id", maintain_order=True):
        yield _expired(rows, corpus)
    other = other_credentials(corpus, claims)
    for _, rows in other.group_by("account_id", maintain_order=True):
        yield _contradictory(rows, corpus)
    bare = unverifiable_claims(corpus, claims)
    for (standing,), rows in bare.group_by("standing", maintain_order=True):
        yield _unverifiable(str(standing), rows, corpus)


def _untested(hypothesis: str, detail: str) -> Caveat:
    return Caveat(hypothesis, "none: rows do not say", CaveatOutcome.UNTESTED, detail)


def _expired(rows: pl.DataFrame, corpus: Corpus) -> Finding:
    account, ended, made = (rows[n][0] for n in ("account_id", "expires_at", "created_at"))
    wrong = None if made is None else ended < made
    days = sorted(((rows["at"] - rows["expires_at"]).dt.total_seconds() / 86_400).to_list())
    caveats = (
        _untested(
            "the credential was renewed, and the platform does not show it yet",
            "look the person up in the register that keeps it; later ends in the data count",
        ),
        _untested(
            "it is held for life, and only the platform's check has an end",
            "ask the platform what its date means",
        ),
        tested_caveat(
            DATE,
            "whether the end lies before the account was made",
            explains=wrong,
            detail="the account's date is not known"
            if wrong is None
            else f"ended {ended:%Y-%m-%d}",
        ),
        read_by_rule(),
        collection(corpus),
    )
    summary = (
        f"{rows.height} posts claim a credential {days[0]:.0f} to {days[-1]:.0f} days after "
        f"the end that the platform shows for it."
    )
    said = ("explained", None) if wrong else ("expired", Grade.WEAK)
    evidence = [EvidenceRow("accounts", account, "credential")]
    evidence += [EvidenceRow("posts", post, "claim") for post in rows["post_id"]]
    numbers = {"days_after_end": days[-1], "claims_count": float(rows.height)}
    return _finding(said, summary, (caveats, evidence, numbers), rows.select("account_id", "at"))


def _contradictory(rows: pl.DataFrame, corpus: Corpus) -> Finding:
    account, held = rows["account_id"][0], rows["held"][0]
    claimed = ", ".join(rows["standing"].unique().sort())
    posts = corpus.posts.join(
        rows.filter(table="posts"), left_on="post_id", right_on="key", how="semi"
    )
    caveats = (
        _untested("the person holds both", "look both up in their registers"),
        _untested("several people write under one account", "ask who writes there"),
        read_by_rule(),
        collection(corpus),
    )
    evidence = [EvidenceRow("accounts", account, "credential")]
    evidence += [
        EvidenceRow(table, key, "claim")
        for table, key in rows.select("table", "key").iter_rows()
        if table == "posts"
    ]
    summary = (
        f"An account with the credential of one profession ({held}) claims another: {claimed}."
    )
    numbers = {"claims_count": float(rows.height)}
    who = posts.select("account_id", at="created_at")
    told = who if who.height else pl.DataFrame({"account_id": [account], "at": [None]})
    return _finding(("contradictory", Grade.WEAK), summary, (caveats, evidence, numbers), told)


def _unverifiable(standing: str, rows: pl.DataFrame, corpus: Corpus) -> Finding:
    caveats = (
        _untested(
            "most who say so are what they say, and never asked for the platform's mark",
            "look them up in the profession's register where it matters",
        ),
        read_by_rule(),
        collection(corpus),
    )
    accounts = rows["account_id"].n_unique()
    summary = (
        f"{rows.height} posts of {accounts} accounts claim a profession that has a register "
        f"({standing}); the platform shows no credential of theirs."
    )
    evidence = [EvidenceRow("posts", post, "claim") for post in rows["post_id"]]
    numbers = {"claims_count": float(rows.height), "accounts_count": float(accounts)}
    return _finding(("unverifiable", None), summary, (caveats, evidence, numbers), rows)


def _finding(
    said: tuple[str, Grade | None],
    summary: str,
    told: tuple[tuple[Caveat, ...], list[EvidenceRow], dict[str, float]],
    rows: pl.DataFrame,
) -> Finding:
    caveats, evidence, numbers = told
    times = rows["at"].drop_nulls().sort()
    outcome, grade = said
    count = numbers["claims_count"]
    accounts = tuple(rows["account_id"].unique().sort()) if grade is not None else ()
    return Finding(
        kind=KIND,
        outcome=outcome,
        grade=grade,
        score=0.0 if grade is None else rounded(0.5 * count / (count + 3)) or 0.0,
        summary=summary,
        subjects=Subjects(
            accounts=accounts,
            posts=tuple(sorted({each.key for each in evidence if each.table == "posts"})),
        ),
        evidence=tuple(sorted(set(evidence))),
        caveats=caveats,
        null_model=NullModel(reason="a claim and a date are read, not tested"),
        window=None if times.is_empty() else (times[0], times[-1]),
        measures={name: rounded(value) or 0.0 for name, value in sorted(numbers.items())},
    )


OUTCOMES = {
    "expired": Outcome("a credential is claimed after its end", accuses=True),
    "contradictory": Outcome("another profession is claimed than the credential's", accuses=True),
    "unverifiable": Outcome("a profession is claimed and no credential is shown", accuses=False),
    "explained": Outcome("the date of the credential is of something else", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Claims of a credential that has ended, is another's, or that the platform lacks.",
    outcomes=OUTCOMES,
    needs=("posts", "accounts"),
    limits=(
        "Credentials and their ends are what the platform shows; the registers are not in the "
        "data.",
        "A claim that is not in the first person, or in a picture, is not seen.",
        "Bios have no dates: a bio alone is never held against an end.",
        "What an account says outside its field is not looked at.",
    ),
    params=Params,
    detect=detect,
)
