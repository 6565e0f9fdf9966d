# SPDX-License-Identifier: GPL-3.0-or-later
"""What people decide: judgements of findings, names in what leaves the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case import add_judgement, add_name, finding, load_corpus, named_accounts
from graphkit.errors import ParameterError, UnknownNameError
from graphkit.findings import Verdict

if TYPE_CHECKING:
    from graphkit.case import Case
    from graphkit.tables import Corpus


def review(case: Case, finding_id: str, verdict: str, *, note: str, by: str) -> dict[str, Any]:
    """The judgement as saved: {finding_id, verdict, note, by, at}.

    Raises:
        UnknownNameError: no such finding, or no such verdict.
        ParameterError: no note, or nobody judges.
    """
    if verdict not in set(Verdict):
        raise UnknownNameError.among("verdict", verdict, set(Verdict))
    if not note.strip() or not by.strip():
        raise ParameterError("a judgement needs a note and a name; give --note and --by")
    known = finding(case, finding_id)["finding_id"]
    return add_judgement(case, known, verdict=Verdict(verdict), note=note, by=by)


def name_account(case: Case, account_id: str, *, reason: str, by: str) -> bool:
    """Whether what leaves the case names this account from now on; the decision is saved.

    An account that the platform verified, or that the source register calls an outlet or official,
    is named when one person decides so; any other counts as a private person's, and a second one,
    under another name, must decide the same.

    Raises:
        UnknownNameError: no row of the case has that account.
        ParameterError: no reason, or nobody decides.
    """
    if not reason.strip() or not by.strip():
        raise ParameterError("naming an account needs a reason and a name; give --reason and --by")
    corpus = load_corpus(case)
    known = set()
    for table in ("accounts", "posts", "actions"):
        known |= set(corpus.table(table)["account_id"].unique().to_list())
    matches = [each for each in known if account_id in (each, each.partition(":")[2])]
    if len(matches) != 1:
        raise UnknownNameError.among("account", account_id, matches if matches else known)
    is_private = matches[0] not in _public_accounts(corpus)
    add_name(case, matches[0], reason=reason, by=by, is_private=is_private)
    return matches[0] in named_accounts(case)


def _public_accounts(corpus: Corpus) -> set[str]:
    """Accounts that the platform verified, or that the register calls outlet or official."""
    registered = corpus.labels.filter(
        pl.col("subject_kind") == "account",
        pl.col("label").is_in(["outlet", "official"]),
        pl.col("retracted_at").is_null(),
    )
    verified = corpus.accounts.filter("is_verified")["account_id"]
    return {*verified.to_list(), *registered["subject_id"].to_list()}
