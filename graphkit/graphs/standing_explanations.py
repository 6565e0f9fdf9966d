# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of claims of a standing, with the outcomes of their tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, CaveatOutcome, tested_caveat
from graphkit.graphs.sharing_explanations import owner_share
from graphkit.text.open_calls import calls_openly
from graphkit.text.standings import of_press

if TYPE_CHECKING:
    from graphkit.tables import Corpus

PRESS = "somebody who reports for a living, on many events"
OWNER = "one owner who says the same under several accounts"
PASSED_ON = "a text that people were asked to pass on, or that became a joke"
MANY = 30
"""Accounts with one and the same sentence from which on it has become a saying."""
MOSTLY = 0.5


def read_by_rule() -> Caveat:
    """That rules read the claims, and what they leave out."""
    return Caveat(
        "a rule read a claim where there is none",
        "denials, conditions, questions, quotations, what others are said to have said, plays and "
        "jokes are left out",
        CaveatOutcome.UNTESTED,
        "the rules are few and language is not: read the rows",
    )


def of_one_account(corpus: Corpus, account: str, *, is_profession: bool) -> tuple[Caveat, ...]:
    """The caveats of claims of one account that go ill together."""
    row = corpus.accounts.filter(account_id=account)
    told = pl.concat([row[name] for name in ("credential", "bio", "handle", "display_name")])
    reports = told.to_frame("said").select(of_press(pl.col("said")).fill_null(value=False).any())
    life = "changed professions, or trained for both" if is_profession else "met with all of it"
    return (
        tested_caveat(
            PRESS,
            "words of the press in its credential, bio or names (standings.toml)",
            explains=None if row.is_empty() else bool(reports.item()),
            detail="the account has no row" if row.is_empty() else "see its row",
        ),
        Caveat(
            f"the person {life}",
            "none: rows do not know lives",
            CaveatOutcome.UNTESTED,
            "ask, and look up the register of the profession or the event's records",
        ),
        Caveat(
            "several people write under one account",
            "none: rows do not know who writes",
            CaveatOutcome.UNTESTED,
            "compare the posts' devices, times and manner",
        ),
        Caveat(
            "it passes on what others said of themselves",
            "sentences that another account wrote first, and posts that name a source, are left "
            "out",
            CaveatOutcome.STANDS,
            "held by construction, as far as the others' posts are in the data",
        ),
        read_by_rule(),
        collection(corpus),
    )


def of_one_sentence(corpus: Corpus, rows: pl.DataFrame) -> tuple[Caveat, ...]:
    """The caveats of a sentence that several accounts claim by; `rows` of `shared_claims`."""
    accounts = rows["account_id"].unique()
    share = owner_share(corpus, accounts)
    texts = corpus.posts.join(rows, on="post_id", how="semi")
    asking = texts.select(calls_openly(pl.col("text")).mean()).item()
    called = 0.0 if asking is None else float(asking)
    plays = int(rows["is_play"].sum())
    return (
        tested_caveat(
            OWNER,
            "half of the accounts declare the same owner or affiliation",
            explains=None if share is None else share >= MOSTLY,
            detail="nobody in the data declares an owner" if share is None else f"{share:.0%}",
        ),
        tested_caveat(
            PASSED_ON,
            f"half of the texts ask to be passed on (open_calls.csv) or say that they play; {MANY} "
            "accounts",
            explains=called >= MOSTLY or plays >= MOSTLY * rows.height or len(accounts) >= MANY,
            detail=f"{called:.0%} ask, {plays} of {rows.height} say that they play, "
            f"{len(accounts)} accounts",
        ),
        tested_caveat(
            "one of them wrote it of himself, and the others copied it",
            "whose post is the earliest in the data; that account is not named",
            explains=None if rows["is_first"].null_count() else False,
            detail="who was first elsewhere, or in a picture, rows do not say",
        ),
        read_by_rule(),
        collection(corpus),
    )


def collection(corpus: Corpus) -> Caveat:
    """Whether the posts were collected in a way that picks people."""
    files = corpus.biased_sources("posts").height
    return tested_caveat(
        "an artefact of collection: posts that would explain it were not collected",
        "the collection recorded with each file of posts",
        explains=files > 0,
        detail=f"{files} files were collected by snowball or in an unknown way",
    )
