# SPDX-License-Identifier: GPL-3.0-or-later
"""What people add to a case: judgements, notes, names, searches, what goes into the bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.case.journal import append_audit, append_journal, read_journal
from graphkit.case.pseudonyms import pseudonym
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.case.folder import Case
    from graphkit.case.journal import Record
    from graphkit.findings import Verdict


def add_judgement(case: Case, finding_id: str, *, verdict: Verdict, note: str, by: str) -> Record:
    """The judgement as saved: {finding_id, verdict, note, by, at}."""
    record = {"finding_id": finding_id, "verdict": verdict.value, "note": note, "by": by}
    saved = append_journal(case, "judgements.jsonl", record)
    append_audit(case, "review", {"finding_id": finding_id, "verdict": verdict.value})
    return saved


def judgements(case: Case) -> list[Record]:
    """All judgements, oldest first; the last one of a finding is its state."""
    return read_journal(case, "judgements.jsonl")


def add_note(case: Case, text: str, *, finding_id: str | None, by: str) -> Record:
    """The note as saved: {text, finding_id, by, at}."""
    saved = append_journal(case, "notes.jsonl", {"text": text, "finding_id": finding_id, "by": by})
    append_audit(case, "note", {"finding_id": finding_id})
    return saved


def notes(case: Case) -> list[Record]:
    """All notes, oldest first."""
    return read_journal(case, "notes.jsonl")


def add_name(case: Case, account_id: str, *, reason: str, by: str, is_private: bool) -> Record:
    """The decision as saved: {account_id, reason, by, is_private, at}."""
    record = {"account_id": account_id, "reason": reason, "by": by, "is_private": is_private}
    saved = append_journal(case, "decisions.jsonl", record)
    append_audit(case, "name", {"account": pseudonym(case, account_id)})
    return saved


def decisions(case: Case) -> list[Record]:
    """All decisions to name an account, oldest first."""
    return read_journal(case, "decisions.jsonl")


def named_accounts(case: Case) -> frozenset[str]:
    """The accounts that exports name: one person decided so, for a private person two did."""
    deciders: dict[str, set[str]] = {}
    named = set()
    for each in decisions(case):
        who = deciders.setdefault(str(each["account_id"]), set())
        who.add(each["by"].strip().casefold())
        if len(who) > 1 or not each.get("is_private", False):
            named.add(str(each["account_id"]))
    return frozenset(named)


def add_search(
    case: Case,
    where: str,
    query: str,
    *,
    found: int,
    searched_at: str | None = None,
    by: str | None = None,
) -> Record:
    """The search as saved: {where, query, found, searched_at, by, at}.

    `found` is how many hits there were, `searched_at` when it was, where that is told (ISO 8601),
    `at` when it was saved.

    Raises:
        ParameterError: `found` is below 0, or where or what was searched is blank.
    """
    if found < 0:
        raise ParameterError(f"{found} hits cannot have been found; write 0 for none")
    if not where.strip() or not query.strip():
        raise ParameterError("a search needs a place and a question; write both")
    record = {"where": where, "query": query, "found": found, "searched_at": searched_at, "by": by}
    saved = append_journal(case, "searches.jsonl", record)
    append_audit(case, "search", {"found": found})
    return saved


def searches(case: Case) -> list[Record]:
    """What was looked for, found or not, oldest first."""
    return read_journal(case, "searches.jsonl")


def set_basket(case: Case, finding_id: str, *, kept: bool) -> None:
    """Puts a finding into the evidence basket, or takes it out."""
    append_journal(case, "basket.jsonl", {"finding_id": finding_id, "kept": kept})


def basket(case: Case) -> list[str]:
    """The findings in the basket, in the order in which they were put there."""
    return _kept(read_journal(case, "basket.jsonl"), "finding_id")


def set_pin(case: Case, account_id: str, *, kept: bool) -> None:
    """Pins an account, so that every picture of accounts shows it, or takes the pin out."""
    append_journal(case, "pins.jsonl", {"account_id": account_id, "kept": kept})


def pins(case: Case) -> list[str]:
    """The pinned accounts, in the order in which they were pinned."""
    return _kept(read_journal(case, "pins.jsonl"), "account_id")


def _kept(records: list[Record], name: str) -> list[str]:
    """What was kept last, by `name`, in order."""
    kept: dict[str, None] = {}
    for record in records:
        kept.pop(record[name], None)
        if record["kept"]:
            kept[record[name]] = None
    return list(kept)
