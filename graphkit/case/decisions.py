# SPDX-License-Identifier: GPL-3.0-or-later
"""What people add to a case: judgements, notes, names, searches, what goes into the bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.case.journal import append_journal, read_journal
from graphkit.case.pseudonyms import pseudonym
from graphkit.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from graphkit.case.folder import Case
    from graphkit.case.journal import Record
    from graphkit.findings import Verdict

_WITHDRAWN = "withdrawn"  # findings.Verdict.WITHDRAWN


def add_judgement(case: Case, finding_id: str, *, verdict: Verdict, note: str, by: str) -> Record:
    """The judgement as saved: {finding_id, verdict, note, by, at}."""
    record = {"finding_id": finding_id, "verdict": verdict.value, "note": note, "by": by}
    detail = {"finding_id": finding_id, "verdict": verdict.value}
    return append_journal(case, "judgements.jsonl", record, event="review", detail=detail)


def judgements(case: Case) -> list[Record]:
    """All judgements, oldest first; see `standing_judgements`."""
    return read_journal(case, "judgements.jsonl")


def standing_judgements(case: Case) -> dict[str, Record]:
    """The last judgement of each finding; none of a finding whose last one was taken back."""
    last = {each["finding_id"]: each for each in judgements(case)}
    return {name: each for name, each in last.items() if each["verdict"] != _WITHDRAWN}


def add_note(case: Case, text: str, *, finding_id: str | None, by: str) -> Record:
    """The note as saved: {text, finding_id, by, at}."""
    record, detail = {"text": text, "finding_id": finding_id, "by": by}, {"finding_id": finding_id}
    return append_journal(case, "notes.jsonl", record, event="note", detail=detail)


def notes(case: Case) -> list[Record]:
    """All notes, oldest first."""
    return read_journal(case, "notes.jsonl")


def add_name(case: Case, account_id: str, *, reason: str, by: str, is_private: bool) -> Record:
    """The decision as saved: {account_id, reason, by, is_private, at}."""
    record = {"account_id": account_id, "reason": reason, "by": by, "is_private": is_private}
    detail = {"account": pseudonym(case, account_id)}
    return append_journal(case, "decisions.jsonl", record, event="name", detail=detail)


def decisions(case: Case) -> list[Record]:
    """All decisions to name an account, oldest first."""
    return [each for each in read_journal(case, "decisions.jsonl") if "account_id" in each]


def add_in_full(case: Case, *, reason: str, by: str) -> Record:
    """The decision that exports keep texts and times whole: {decision, reason, by, at}.

    Decided again for the same reason by the same person, it is the one that was saved.

    Raises:
        ParameterError: no reason, or nobody decides.
    """
    if not reason.strip() or not by.strip():
        raise ParameterError(
            "texts and times in full need a reason and a name; give both, --by too"
        )
    record = {"decision": "in-full", "reason": reason, "by": by}
    for each in in_full_decisions(case):
        if record.items() <= each.items():
            return each
    return append_journal(case, "decisions.jsonl", record, event="in-full", detail={})


def in_full_decisions(case: Case) -> list[Record]:
    """All decisions to keep texts and times whole in an export, oldest first."""
    return [each for each in read_journal(case, "decisions.jsonl") if "decision" in each]


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
    return append_journal(case, "searches.jsonl", record, event="search", detail={"found": found})


def searches(case: Case) -> list[Record]:
    """What was looked for, found or not, oldest first."""
    return read_journal(case, "searches.jsonl")


def set_basket(case: Case, finding_id: str, *, kept: bool) -> None:
    """Puts a finding into the evidence basket, or takes it out."""
    record = {"finding_id": finding_id, "kept": kept}
    append_journal(case, "basket.jsonl", record, event="basket", detail=record)


def move_in_basket(case: Case, finding_id: str, *, by: int) -> None:
    """Moves a finding of the basket `by` places: down, or up where `by` is below 0.

    Raises:
        UnknownNameError: the basket does not hold it.
    """
    kept = basket(case)
    if finding_id not in kept:
        raise UnknownNameError.among("finding in the basket", finding_id, kept)
    others = [each for each in kept if each != finding_id]
    place = max(0, kept.index(finding_id) + by)
    after = others[:place][-1] if place else None
    record = {"finding_id": finding_id, "kept": True, "after": after}
    append_journal(case, "basket.jsonl", record, event="basket", detail=record)


def basket(case: Case) -> list[str]:
    """The findings in the basket, in the order in which they were put or moved there."""
    return _kept(read_journal(case, "basket.jsonl"), "finding_id")


def set_pin(case: Case, account_id: str, *, kept: bool) -> None:
    """Pins an account, so that every picture of accounts shows it, or takes the pin out."""
    record = {"account_id": account_id, "kept": kept}
    detail = {"account": pseudonym(case, account_id), "kept": kept}
    append_journal(case, "pins.jsonl", record, event="pin", detail=detail)


def pins(case: Case) -> list[str]:
    """The pinned accounts, in the order in which they were pinned."""
    return _kept(read_journal(case, "pins.jsonl"), "account_id")


def _kept(records: list[Record], name: str) -> list[str]:
    """What was kept last, by `name`, in order; `after` is the one before it, null for the first."""
    kept: list[str] = []
    for record in records:
        each, stays = record[name], record["kept"]
        if each in kept and (not stays or "after" in record):
            kept.remove(each)
        if stays and each not in kept:
            before = record.get("after")
            first = 0 if before is None else kept.index(before) + 1 if before in kept else len(kept)
            kept.insert(first if "after" in record else len(kept), each)
    return kept
