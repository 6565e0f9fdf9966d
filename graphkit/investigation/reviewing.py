# SPDX-License-Identifier: GPL-3.0-or-later
"""What people decide: judgements of findings, names in what leaves the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.case import add_judgement, add_name, finding, load_corpus
from graphkit.errors import ParameterError, UnknownNameError
from graphkit.findings import Verdict

if TYPE_CHECKING:
    from graphkit.case import Case


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


def name_account(case: Case, account_id: str, *, reason: str, by: str) -> dict[str, Any]:
    """The decision as saved. From now on what leaves the case names this account.

    Raises:
        UnknownNameError: no row of the case has that account.
        ParameterError: no reason.
    """
    if not reason.strip():
        raise ParameterError("naming an account needs a reason; give --reason")
    corpus = load_corpus(case)
    known = set()
    for table in ("accounts", "posts", "actions"):
        known |= set(corpus.table(table)["account_id"].unique().to_list())
    matches = [each for each in known if account_id in (each, each.partition(":")[2])]
    if len(matches) != 1:
        raise UnknownNameError.among("account", account_id, matches if matches else known)
    return add_name(case, matches[0], reason=reason, by=by)
