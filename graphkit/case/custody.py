# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a case is as it was left: inputs, audit log, and what the audit log says was saved."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING

from graphkit.case.batches import batch_records, source_records
from graphkit.case.journal import NO_LINE, audit, journal_lines, seal_of, seal_of_files
from graphkit.case.runs import FILES
from graphkit.errors import CaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from graphkit.case.folder import Case
    from graphkit.case.journal import Record

LOG = "audit.jsonl"
JOURNALS = {
    "judgements.jsonl": ("review",),
    "notes.jsonl": ("note",),
    "decisions.jsonl": ("name", "in-full"),
    "searches.jsonl": ("search",),
    "basket.jsonl": ("basket",),
    "pins.jsonl": ("pin",),
}
"""The journals of a case, and the events that the audit log has for their lines."""
UNLOGGED_ONCE = frozenset({"basket.jsonl", "pins.jsonl"})  # before their lines were in the log


def input_problems(case: Case) -> list[str]:
    """Which kept files (inputs, attachments) are missing or changed, each with file and hash."""
    folder = case.root / "inputs"
    files = {str(r["sha256"]): (str(r["file"]), folder) for r in source_records(case)}
    attached = [each["detail"]["sha256"] for each in audit(case) if each["event"] == "attach"]
    files |= dict.fromkeys(attached, ("an attachment", folder / "attachments"))
    found = ((name, sha256, where / sha256) for sha256, (name, where) in files.items())
    return sorted(problem for each in found for problem in _wrong(*each))


def refuse_changed(case: Case) -> None:
    """Returns when every kept file is as it came: nothing leaves a case of which one is not.

    Raises:
        CaseError: an input or an attachment is missing or was changed; each is named.
    """
    problems = input_problems(case)
    if problems:
        raise CaseError(
            f"nothing was written, the case is not as it was: {'; '.join(problems)}; put the file "
            f"back from a copy of the case, then see: graphkit doctor {case.root}"
        )


def _wrong(name: str, sha256: str, copy: Path) -> Iterator[str]:
    if not copy.is_file():
        yield f"input {name} is missing (sha256:{sha256})"
        return
    with copy.open("rb") as handle:
        now = hashlib.file_digest(handle, "sha256").hexdigest()
    if now != sha256:
        yield f"input {name} was changed (sha256:{sha256} when it came, now sha256:{now})"


def chain_problems(case: Case) -> list[str]:
    """Where the hash chain of the audit log breaks, a sentence each."""
    prev, problems = NO_LINE, list[str]()
    for number, line in enumerate(journal_lines(case, LOG)):
        try:
            entry = json.loads(line)
        except ValueError:
            return [*problems, "audit log: it holds a line that is not JSON"]
        links = (entry.get("prev"), entry.get("seq")) if isinstance(entry, dict) else None
        if links != (prev, number):
            problems.append(f"audit log: line {number + 1} does not follow the one before")
        prev = hashlib.sha256(line).hexdigest()
    return problems


def record_problems(case: Case) -> list[str]:
    """What does not fit the audit log: edited journals, runs and traces. Its chain must be whole.

    Lines of cases that were begun before the log had seals are only counted.
    """
    log = audit(case)
    found = [problem for name in JOURNALS for problem in _journal_problems(case, name, log)]
    found += _import_problems(case, log)
    for name, seal in sorted(_last(log, "run", "runs/{run_id}").items()):
        found += _sealed_problems(case, name, [f"{name}/{file}" for file in FILES], seal)
    for name, seal in sorted(_last(log, "trace", "traces/{trace_id}.json").items()):
        found += _sealed_problems(case, name, [name], seal)
    return found


def _sealed_problems(case: Case, name: str, files: Sequence[str], seal: str) -> Iterator[str]:
    paths = [case.root / file for file in files]
    if not all(path.is_file() for path in paths):
        yield f"{name}: is missing, though the audit log has it"
    elif seal != seal_of_files(case, paths):
        yield f"{name}: is not what the audit log says was saved"


def _import_problems(case: Case, log: Iterable[Record]) -> list[str]:
    said = {each["detail"]["batch_id"] for each in log if each["event"] == "import"}
    held = {str(record["batch_id"]) for record in batch_records(case)}
    told = [f"inputs/{name}.json: is in no line of the audit log" for name in sorted(held - said)]
    lost = sorted(said - held)
    return told + [f"inputs/{name}.json: is missing, though the audit log has it" for name in lost]


def head_problems(case: Case, head: Mapping[str, object]) -> list[str]:
    """Whether the audit log still holds the line `head` ({seq, sha256}) that was once signed."""
    lines, seq = journal_lines(case, LOG), head["seq"]
    if not isinstance(seq, int) or seq >= len(lines):
        return [
            f"audit log: it ends at line {len(lines)}, a signed bundle knew line {_number(seq)}"
        ]
    if hashlib.sha256(lines[seq]).hexdigest() != head["sha256"]:
        return [f"audit log: line {_number(seq)} is not the one that a signed bundle knew"]
    return []


def _number(seq: object) -> object:
    return seq + 1 if isinstance(seq, int) else seq


def _journal_problems(case: Case, name: str, log: Iterable[Record]) -> Iterator[str]:
    said = [each["detail"] for each in log if each["event"] in JOURNALS[name]]
    seals = [each["seal"] for each in said if "seal" in each]
    lines = journal_lines(case, name)
    if len(lines) < len(said) or (len(lines) > len(said) and name not in UNLOGGED_ONCE):
        yield f"{name}: has {len(lines)} lines, the audit log {len(said)}"
    held = Counter(seal_of(case, line) for line in lines)
    edited = (Counter(seals) - held).total()
    if edited:
        yield f"{name}: {edited} of its lines are not what the audit log says was saved"


def _last(log: Iterable[Record], event: str, place: str) -> dict[str, str]:
    """The last seal of each file that lines of the sort `event` speak of."""
    details = [each["detail"] for each in log if each["event"] == event]
    return {place.format(**each): each["seal"] for each in details if "seal" in each}
