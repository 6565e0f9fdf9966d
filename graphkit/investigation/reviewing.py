# SPDX-License-Identifier: GPL-3.0-or-later
"""What people decide and add: judgements, names, searches, things found by hand."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.case import (
    add_judgement,
    add_name,
    append_audit,
    finding,
    load_corpus,
    locked,
    write_file,
)
from graphkit.errors import InputError, ParameterError, UnknownNameError
from graphkit.findings import Verdict
from graphkit.ids import canonical_json
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import ReadOptions

if TYPE_CHECKING:
    from datetime import datetime

    from graphkit.case import Case
    from graphkit.investigation.ingesting import Ledger

BY_HAND = "found-by-hand"


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


def add_by_hand(case: Case, what: str, *, seen_at: datetime, by: str) -> list[Ledger]:
    """The ledger of one row in `labels`: an address, a file (kept by its hash) or a text.

    Raises:
        InputError: nothing to add.
    """
    path = Path(what)
    if not what.strip():
        raise InputError("nothing to add; give an address, a file or a text")
    if "://" not in what and len(what) < 1000 and path.is_file():
        kind, subject = "url", f"sha256:{attach(case, path, by=by)}"
    else:
        kind, subject = ("url" if "://" in what.split(maxsplit=1)[0] else "claim"), what
    row = {
        "subject_kind": kind,
        "subject_id": subject,
        "label": BY_HAND,
        "labelled_at": seen_at.isoformat(),
        "labelled_by": by,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "added-by-hand.jsonl"
        file.write_bytes(canonical_json(row) + b"\n")
        return ingest(case, [file], options=ReadOptions(table="labels"), collection="account-list")


def attach(case: Case, path: Path, *, by: str) -> str:
    """The SHA-256 of the file, a read-only copy of which the case now keeps.

    Raises:
        InputError: it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}); check it") from error
    sha256 = hashlib.sha256(content).hexdigest()
    with locked(case):
        write_file(case.root / "inputs" / "attachments" / sha256, content, mode=0o444)
    append_audit(case, "attach", {"sha256": sha256, "bytes": len(content), "by": by})
    return sha256
