# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts and bios that claim a standing (doctor, witness), and claims that go ill together.

A claim is read from a post's own words by the forms of text/standings.toml, in the first person;
denials, conditions, questions, quotations, reported speech, reposts, jokes and stories are none.

- incompatible: an account claims two professions that hardly anybody holds at once (doctor, nurse,
  pilot, police, firefighter, lawyer), former ones aside, at most `within` apart; or to be party,
  relative or witness in `min_events` events, by hashtag or place, on as many days.
- shared-claim: `min_accounts` accounts of a platform claim in one and the same sentence of
  `min_characters` characters or more, without naming a source. Who wrote it first is not named.
- explained: an explanation other than the collection weakens one of these.
- claimed: all claims of a standing, as rows to read; it says nothing against anybody.

The first two are leads and always weak: people are more than one thing, and rules misread.
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
)
from graphkit.graphs.standing_explanations import (
    OWNER,
    PASSED_ON,
    PRESS,
    collection,
    of_one_account,
    of_one_sentence,
    read_by_rule,
)
from graphkit.graphs.standing_rows import (
    claim_rows,
    many_events,
    rival_professions,
    shared_claims,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "claimed-standing"
EXPLAINING = {PRESS, OWNER, PASSED_ON}


@dataclass(frozen=True)
class Params:
    """Parameters of claimed-standing."""

    within: timedelta = param(
        timedelta(days=365), doc="how far apart two professions may be claimed at most", minimum=0
    )
    min_events: int = param(
        3, doc="events in which an account is party, relative or witness, at least", minimum=2
    )
    min_accounts: int = param(2, doc="accounts with one and the same sentence, at least", minimum=2)
    min_characters: int = param(
        12, doc="characters of a sentence that is the same, at least (letters and digits)",
        minimum=6,
    )  # fmt: skip


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of claimed-standing in `corpus`: leads first, then the claims by standing."""
    if corpus.posts.is_empty():
        return
    claims = claim_rows(corpus)
    rivals = rival_professions(claims, corpus, params.within)
    events = many_events(claims, params.min_events)
    shared = shared_claims(
        claims, min_accounts=params.min_accounts, min_characters=params.min_characters
    )
    yield from _of_accounts(rivals, corpus, is_profession=True)
    yield from _of_accounts(events, corpus, is_profession=False)
    for _, rows in shared.group_by("platform", "words", maintain_order=True):
        yield _of_sentence(rows, corpus)
    for (standing,), rows in claims.sort("standing").group_by("standing", maintain_order=True):
        yield _claimed(str(standing), rows, corpus)


def _graded(caveats: tuple[Caveat, ...], outcome: str) -> tuple[str, Grade | None]:
    weakening = {each.hypothesis for each in caveats if each.outcome is CaveatOutcome.WEAKENS}
    return ("explained", None) if weakening & EXPLAINING else (outcome, Grade.WEAK)


def _of_accounts(rows: pl.DataFrame, corpus: Corpus, *, is_profession: bool) -> Iterator[Finding]:
    for (account,), part in rows.group_by("account_id", maintain_order=True):
        caveats = of_one_account(corpus, str(account), is_profession=is_profession)
        outcome, grade = _graded(caveats, "incompatible")
        posts = part.filter(table="posts")
        count = part["standing"].n_unique()
        summary = (
            f"An account claims {count} professions that hardly anybody holds at once: "
            f"{', '.join(part['standing'].unique().sort())}."
            if is_profession
            else f"An account claims in {posts.height} posts about different events to be "
            f"{' or '.join(part['standing'].unique().sort())}."
        )
        yield _finding(
            (outcome, grade, summary, caveats),
            evidence=[EvidenceRow(t, k, s) for s, t, k in part.select("standing", "table", "key")
                      .iter_rows()],
            accounts=(str(account),),
            corpus=corpus,
        )  # fmt: skip


def _of_sentence(rows: pl.DataFrame, corpus: Corpus) -> Finding:
    caveats = of_one_sentence(corpus, rows)
    outcome, grade = _graded(caveats, "shared-claim")
    others = rows.filter(~pl.col("is_first").fill_null(value=False))["account_id"].unique()
    count = rows["account_id"].n_unique()
    summary = (
        f"{count} accounts claim to be {' and '.join(rows['standing'].unique().sort())} in one and "
        f"the same sentence of {len(rows['words'][0])} characters, and name no source."
    )
    roles = rows.select(
        "post_id", role=pl.when("is_first").then(pl.lit("first")).otherwise(pl.lit("later"))
    )
    return _finding(
        (outcome, grade, summary, caveats),
        evidence=[EvidenceRow("posts", post, role) for post, role in roles.iter_rows()],
        accounts=tuple(others.sort()) if grade is not None else (),
        corpus=corpus,
    )


def _claimed(standing: str, rows: pl.DataFrame, corpus: Corpus) -> Finding:
    accounts = rows["account_id"].n_unique()
    posts = rows["post_id"].n_unique()
    summary = f"{posts} posts of {accounts} accounts claim the standing “{standing}”."
    return _finding(
        ("claimed", None, summary, (read_by_rule(), collection(corpus))),
        evidence=[EvidenceRow("posts", post, "claim") for post in rows["post_id"]],
        accounts=(),
        corpus=corpus,
    )


def _finding(
    said: tuple[str, Grade | None, str, tuple[Caveat, ...]],
    *,
    evidence: list[EvidenceRow],
    accounts: tuple[str, ...],
    corpus: Corpus,
) -> Finding:
    outcome, grade, summary, caveats = said
    keys = sorted({row.key for row in evidence if row.table == "posts"})
    posts = corpus.posts.filter(pl.col("post_id").is_in(keys))
    times = posts["created_at"].drop_nulls().sort()
    rows = len(set(evidence))
    return Finding(
        kind=KIND,
        outcome=outcome,
        grade=grade,
        score=0.0 if grade is None else rounded(0.3 * rows / (rows + 3)) or 0.0,
        summary=summary,
        subjects=Subjects(accounts=accounts if grade is not None else (), posts=tuple(keys)),
        evidence=tuple(sorted(set(evidence))),
        caveats=caveats,
        null_model=NullModel(reason="what people say of themselves is read, not tested"),
        window=None if times.is_empty() else (times[0], times[-1]),
        measures={
            "posts_count": float(len(keys)),
            "accounts_count": float(posts["account_id"].n_unique()),
        },
    )


OUTCOMES = {
    "incompatible": Outcome("claims of one account that hardly anybody can make", accuses=True),
    "shared-claim": Outcome("several accounts claim in one and the same sentence", accuses=True),
    "explained": Outcome("the press, one owner, or a text that people pass on", accuses=False),
    "claimed": Outcome("posts that claim a standing, to be read", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Posts and bios that claim a standing, and claims that go ill together; leads only.",
    outcomes=OUTCOMES,
    needs=("posts",),
    limits=(
        "Rules read Chinese and English, in the first person; a claim in other words is not seen.",
        "Whether a claim is true, rows do not say.",
        "People change professions and have several; some are witnesses more than once.",
        "Who copies the words of a genuine relative makes them look shared; the earliest in the "
        "data is not named, but the earliest may not be in the data.",
        "Events are told by hashtag or place: one event under several hashtags, on several days, "
        "counts as several.",
    ),
    params=Params,
    detect=detect,
)
